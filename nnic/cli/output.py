"""Results as JSON that any parser reads."""

from __future__ import annotations

import json
import sys
from typing import Any

from nnic.jsonable import plain


def print_json(value: Any) -> None:
    """Print ``value`` on standard output; a float that is not finite becomes a string."""
    text = json.dumps(plain(value), indent=2, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding if sys.stdout else "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(plain(value), indent=2)
    print(text)
