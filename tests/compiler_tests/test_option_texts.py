"""The text of an option is a part of search spaces, so it is the same under every Python."""

import hashlib
import re
import sys
from pathlib import Path

import pytest

from nnic.syntax.parsing import parse_expression
from nnic.syntax.quoting import quote
from nnic.syntax.texts import option_value

TABLES = sorted(Path(__file__).parent.glob("option_texts*.txt"))


def rows():
    for table in TABLES:
        version = re.search(r"_(\d)_(\d+)\Z", table.stem)
        for block in table.read_text(encoding="utf-8").rstrip("\n").split("\n\n")[1:]:
            lines = block.split("\n")
            option = "\n".join(line for line in lines if not line.startswith("= "))
            text = "\n".join(line[2:] for line in lines if line.startswith("= "))
            unread = version is not None and sys.version_info < (int(version[1]), int(version[2]))
            reason = f"{table.stem}: this Python does not read it"
            yield pytest.param(option, text, id=option, marks=pytest.mark.skipif(unread, reason=reason))


@pytest.mark.parametrize(("option", "text"), list(rows()))
def test_texts(option, text):
    assert option_value(parse_expression(option)) == text


def test_literals():
    texts = "".join(quote(chr(code)) for code in range(sys.maxunicode + 1))
    # What Python 3.11 gives for repr. A newer Unicode has characters that quoting.py has to hear of.
    assert hashlib.sha256(texts.encode()).hexdigest() == (
        "b6fb494bfb07272225448a7ff999339424cff242a824a0e7ee52c7f1a3745706"
    )
    assert quote("it's \U0001fae8") == '"it\'s \\U0001fae8"'
