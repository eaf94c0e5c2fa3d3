"""The table of trials: what a terminal has room for, in which order, and what is marked."""

from __future__ import annotations

import io
import math

import pytest
from made_records import choice, number, record, trial
from rich.console import Console

from nnic.results.chosen_trials import choose_trials
from nnic.runtime.errors import WrongInputError
from nnic.runtime.store.records import best_of
from nnic.screens.format import cells_of, curve_scale, format_metric, metric_digits, sparkline
from nnic.screens.live import render_run
from nnic.screens.run_state import RunState
from nnic.screens.trials import render_trials
from nnic.screens.values import ShownSpace
from nnic.tuners.protocol import Failure

SPACE = [
    number("learning_rate", "loguniform", 1e-5, 1.0),
    number("weight_decay_of_the_optimizer", "loguniform", 1e-6, 1e-2),
    choice("activation", "relu", "elu", "f", written=['"relu"', '"elu"', "make(1,  2)"]),
    choice("fixed", 1, 2),
    *(number(f"parameter_{letter}", "uniform", 0.0, 1.0) for letter in "abcdefgh"),
]
BROKEN = Failure("AssertionError", "no", "/work/train.py", 18)


def values(index: int) -> dict[str, float | str]:
    given = {"learning_rate": 0.01 * (index + 1), "weight_decay_of_the_optimizer": 1e-4 / (index + 1)}
    given |= {f"parameter_{letter}": index / 10 for letter in "abcdefgh"}
    return {**given, "activation": "elu" if index else "relu", "fixed": 1}


def some_trials() -> list:
    made = [trial(i, 0.5 + i / 100, values(i), SPACE, curve=(0.1, 0.2 + i / 100)) for i in range(4)]
    return [*made, trial(4, None, values(4), SPACE, curve=(0.1,), error=BROKEN)]


def table(width: int | None = 80, **more: object) -> list[str]:
    trials = some_trials()
    return render_trials(record(SPACE, trials), trials, True, best=3, width=width, **more).splitlines()


@pytest.mark.parametrize("width", [60, 80, 100, 132, 300])
def test_a_table_fits_its_terminal_and_counts_what_it_leaves_out(width):
    lines = table(width)
    assert max(cells_of(line) for line in lines if "nnic " not in line) <= width  # a command is never cut
    left_out = [line for line in lines if line.startswith("+")]
    if width == 300:
        assert not left_out
        assert "parameter_h" in lines[0]
    else:
        count = int(lines[0].split()[-2].removeprefix("+"))
        shown = len(lines[0].split()) - 2 - len(["#", "status", "metric", "curve"])
        assert count + shown == len(SPACE) - 1  # one is the same in all
        assert left_out[0].startswith(f"+{count} more: ")


def test_parameters_that_are_the_same_in_all_are_named_below():
    lines = table()
    assert "fixed" not in lines[0]
    assert "the same in all: fixed=1" in lines


def test_the_best_row_is_marked_and_failures_are_counted_with_their_command():
    lines = table()
    assert [line.split()[0] for line in lines[1:6]] == ["0", "1", "2", "*3", "4"]
    assert "* the best" in lines
    assert "1 trial failed (AssertionError): nnic logs train-1a2b 4" in lines


def test_a_pipe_gets_every_column():
    lines = table(None)
    assert lines[0].split()[-9:] == ["fixed", *(f"parameter_{letter}" for letter in "abcdefgh")]
    assert lines[5].endswith("AssertionError  train.py:18")
    assert len(lines) == 6


def test_columns_are_chosen_by_name():
    lines = table(columns=["number", "metric", "activation", "parameter_a"])
    assert lines[0].split() == ["#", "metric", "activation", "parameter_a"]
    assert lines[4].split() == ["*3", "0.5300", '"elu"', "0.3"]
    with pytest.raises(WrongInputError, match="--columns 'lr' is unknown; there are number, status"):
        table(columns=["lr"])


def test_other_metrics_of_a_result_are_columns_too():
    made = [trial(i, 0.5, values(i), SPACE, metrics={"f1": 0.25 * i}) for i in range(2)]
    shown = render_trials(record(SPACE, made), made, True, columns=["number", "f1"])
    assert shown.split() == ["#", "f1", "0", "0", "1", "0.2500"]


def test_options_are_shown_as_they_were_written():
    shown = ShownSpace(record(SPACE).space)
    assert shown.value("train/activation/choice", "relu") == '"relu"'
    assert shown.value("train/activation/choice", "f") == "make(1, 2)"
    assert shown.value("train/activation/choice", "of the script's own") == "of the script's own"
    assert (
        shown.config({"train/activation/choice": "elu", "train/fixed/choice": 2})
        == 'activation="elu" fixed=2'
    )


def test_numbers_have_the_digits_that_tell_them_apart():
    close = [trial(i, 0.99 + i * 1e-5, {"learning_rate": 0.1 + i * 1e-4}, SPACE) for i in range(3)]
    lines = render_trials(record(SPACE, close), close, True, width=80).splitlines()
    assert [line.split()[2:] for line in lines[1:4]] == [
        ["0.99000", "1.0", "0.1"],
        ["0.99001", "1.0", "0.1001"],
        ["0.99002", "1.0", "0.1002"],
    ]


@pytest.mark.parametrize(
    ("metrics", "digits"),
    [
        ([0.5, 0.6], 4),
        ([0.123451, 0.123461], 5),
        ([0.5, 0.5], 4),
        ([0.1234567891, 0.1234567892], 6),
        ([math.nan, math.nan, None, math.inf], 4),
        ([1e-7, 1.00001e-7], 6),
        ([], 4),
    ],
)
def test_digits_of_metrics(metrics, digits):
    assert metric_digits(metrics) == digits


def test_one_scale_makes_curves_comparable():
    scale = curve_scale([(0.0, 0.5), (0.5, 1.0)])
    assert scale == (0.0, 1.0)
    assert sparkline((0.0, 0.5), scale=scale)[0] == "▁"
    assert sparkline((0.5, 1.0), scale=scale)[1] == "█"
    assert sparkline((0.0, 0.5), scale=scale)[1] == sparkline((0.5, 1.0), scale=scale)[0]


@pytest.mark.parametrize(
    "curves",
    [
        [[0.3, 0.2, 0.1], [0.31, 0.22, 0.12], [0.3, 1e9]],
        [[0.3, 0.2, 0.1], [0.31, 0.22, 0.12], [math.inf, math.nan]],
        [[0.3, 0.2, 0.1], [0.31, 0.22, 0.12], [-1e308, 1e308]],
    ],
)
def test_a_trial_that_diverged_does_not_flatten_the_others(curves):
    drawn = sparkline(curves[0], scale=curve_scale(curves))
    assert len(set(drawn)) == 3


def test_curves_of_constants_and_of_nothing_are_drawn():
    assert curve_scale([]) is None
    assert sparkline([], scale=None) == ""
    assert sparkline([2.0, 2.0], scale=(2.0, 2.0)) == "▁▁"


def chosen(**more: object) -> list[int]:
    trials = some_trials()
    return [t.id for t in choose_trials(record(SPACE, trials, **more.pop("settings", {})), trials, **more)]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"reverse": True}, [4, 3, 2, 1, 0]),
        ({"top": 2}, [3, 2]),
        ({"top": 2, "settings": {"maximize": False}}, [0, 1]),
        ({"top": 9}, [3, 2, 1, 0]),
        ({"top": 3, "sort": "number"}, [1, 2, 3]),
        ({"statuses": ["failed"]}, [4]),
        ({"sort": "metric"}, [3, 2, 1, 0, 4]),
        ({"sort": "metric", "reverse": True}, [0, 1, 2, 3, 4]),
        ({"sort": "weight_decay_of_the_optimizer"}, [4, 3, 2, 1, 0]),
        ({"sort": "train/activation/choice"}, [1, 2, 3, 4, 0]),
        ({"sort": "steps"}, [4, 0, 1, 2, 3]),
    ],
)
def test_trials_are_chosen_and_ordered(wanted, numbers):
    assert chosen(**wanted) == numbers


def test_what_can_not_be_chosen_is_explained():
    with pytest.raises(WrongInputError, match=r"--sort 'rate' is unknown; trials can be sorted by number"):
        chosen(sort="rate")
    with pytest.raises(WrongInputError, match=r"--status 'bad' is unknown; there are .*failed"):
        chosen(statuses=["bad"])


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_live_picture_fits_and_marks_the_best(width):
    trials = some_trials()
    made = record(SPACE, trials)
    state = RunState.begin(made.config, made.space, trials)
    console = Console(file=io.StringIO(), width=width, height=24, record=True)
    console.print(render_run(state, width, 24))
    lines = console.export_text().splitlines()
    assert max(map(cells_of, lines)) <= width
    assert "…" not in lines[0]
    best = best_of(trials, True)
    assert any(line.lstrip().startswith(f"*{best.id}  succeeded  ") for line in lines)
    assert any(line.startswith(" failed #4  AssertionError  train.py:18") for line in lines)
    header = next(line for line in lines if line.lstrip().startswith("#"))
    assert " more" in header


def test_trials_have_a_repr_of_one_line():
    shown = repr(some_trials()[1])
    assert shown.startswith("<Trial 1 succeeded 0.51: ")
    assert shown.endswith(" more>")
    assert len(shown) <= 79
    assert format_metric(0.51) == "0.5100"
