"""Files written for one question each: what NNI takes, what it refuses, and where its rules are odd.

``hand_made.txt`` holds them: ``=== group: name`` begins a folder, ``--- path`` a file of it.
"""

from __future__ import annotations

import re
from pathlib import Path

from diff_nni.case import Case

_TEXT = """\
'''@nni.variable(nni.choice(1, 'é'),
    name=x)'''
x = 1
if x:
\t'''@nni.report_final_result(x)'''
"""
_TEXTS = Path(__file__).with_name("hand_made.txt")


def hand_made() -> list[Case]:
    """All of them."""
    _, *parts = re.split(r"^=== ", _TEXTS.read_text(encoding="utf-8"), flags=re.M)
    return [*(_case(part) for part in parts), *_written_otherwise()]


def _written_otherwise() -> list[Case]:
    """What a text file of cases can't show."""
    text = _TEXT
    texts = {
        "carriage returns": text.replace("\n", "\r\n"),
        "old carriage returns": text.replace("\n", "\r"),
        "a byte-order mark": f"\ufeff{text}",
        "a form feed": f"\f\n{text}\f",
        "no line end": text.rstrip("\n"),
        "a line continued": text.replace("x = 1", "x = \\\n    1"),
    }
    return [Case(f"text: {name}", {"m.py": text}, kinds=("text",)) for name, text in texts.items()]


def _case(part: str) -> Case:
    name, _, rest = part.partition("\n")
    _, *files = re.split(r"^--- ", rest, flags=re.M)
    texts = {path: text for path, _, text in (file.partition("\n") for file in files)}
    return Case(name, texts, kinds=(name.partition(":")[0],))
