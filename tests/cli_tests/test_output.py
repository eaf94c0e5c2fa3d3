"""Results as JSON."""

import json
import math

import pytest

from nnic.cli.output import print_json


@pytest.mark.parametrize("count", [0, 3, 500])
def test_long_arrays_hold_what_short_ones_do(capsys, count):
    entries = [{"trial": n, "metric": math.nan if n % 2 else n / 7, "note": "é"} for n in range(count)]
    print_json(entries)
    text = capsys.readouterr().out
    wanted = [{**entry, "metric": "NaN" if entry["trial"] % 2 else entry["metric"]} for entry in entries]
    assert json.loads(text) == wanted
    assert count == 0 or len(text.splitlines()) == (2 + count if count > 200 else 2 + 5 * count)
