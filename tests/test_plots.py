"""Plots: first the numbers that they show, then that they can be drawn."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest
from made_records import choice, number, record, trial

from nnic.results.importance import ImportanceError
from nnic.results.plot_data import history_data, importance_data, parallel_data, slice_data
from nnic.runtime.errors import WrongInputError
from nnic.screens.plots import draw_plot
from nnic.tuners.protocol import Failure
from nnic.tuners.space import Condition, Parameter, Sampler

RATE = number("lr", "loguniform", 1e-4, 1.0)
WIDTH = number("width", "uniform", 0.0, 10.0)
NET = choice("net", "cnn", "mlp")
DEPTH = Parameter(f"{NET.key}/1/depth/randint", Sampler.RANDINT, (1, 5), condition=Condition(NET.key, 1))
SPACE = [RATE, WIDTH, NET, DEPTH]
VALUES = [
    {"lr": 1e-2, "width": 5.0, "net": "cnn"},
    {"lr": 1e-4, "width": 5.0, "net": "mlp", DEPTH.name: 3},
    {"lr": 1.0, "width": 5.0, "net": "cnn"},
    {"lr": 1e-1, "width": 5.0, "net": "mlp", DEPTH.name: 4},
    {"lr": 1e-3, "width": 5.0, "net": "cnn"},
]


def some(maximize: bool = True):
    metrics = [0.5, 0.7, None, 0.6, math.nan]
    made = []
    for index, (metric, values) in enumerate(zip(metrics, VALUES)):
        error = Failure("ValueError", "no") if metric is None else None
        made.append(trial(index, metric, values, SPACE, error=error))
    return record(SPACE, made, maximize=maximize), made


@pytest.mark.parametrize(("maximize", "best"), [(True, (0.5, 0.7, 0.7)), (False, (0.5, 0.5, 0.5))])
def test_a_history_has_the_best_so_far(maximize, best):
    made, trials = some(maximize)
    data = history_data(made, reversed(trials))
    assert data.trials == (0, 1, 3)
    assert data.metrics == (0.5, 0.7, 0.6)
    assert data.best == best
    assert data.failed == (2,)
    assert data.baseline == 0.5


def test_lines_cross_the_axes_of_what_differs_on_their_scales():
    made, trials = some()
    data = parallel_data(made, trials)
    assert [axis.name for axis in data.axes] == ["lr", "net", "depth"]  # the width is the same in all
    assert data.axes[1].labels == ("cnn", "mlp")
    assert data.trials == (0, 1, 3)
    assert [line[0] for line in data.lines] == pytest.approx([0.5, 0.0, 0.75])
    assert [line[1] for line in data.lines] == [0.0, 1.0, 1.0]
    assert data.lines[0][2] is None  # a cnn has no depth
    assert data.metrics == (0.5, 0.7, 0.6)


def test_parameters_are_chosen_by_their_names_in_their_order():
    made, trials = some()
    data = parallel_data(made, trials, ["width", "lr"])
    assert [axis.name for axis in data.axes] == ["width", "lr"]
    assert data.lines[0] == pytest.approx((0.5, 0.5))
    with pytest.raises(WrongInputError, match="there is no parameter rate; there are lr, width, net, depth"):
        parallel_data(made, trials, ["rate"])


def test_slices_leave_out_trials_without_the_parameter():
    made, trials = some()
    rate, _, depth = slice_data(made, trials)
    assert rate.trials == (0, 1, 3)
    assert rate.places == pytest.approx((0.5, 0.0, 0.75))
    assert rate.axis.value_at(0.25) == pytest.approx(1e-3)
    assert (depth.trials, depth.metrics) == ((1, 3), (0.7, 0.6))


@pytest.mark.parametrize(
    ("parameter", "value", "place"),
    [
        (number("n", "normal", 0.0, 1.0), 3.0, 1.0),  # no range but what was tried
        (RATE, 10.0, 1.0),  # the script's own value, beyond the range
        (choice("o", "a", "b"), "c", 1.0),  # one that is no option
        (choice("o", 1, 2), True, 1.0),
        (WIDTH, -10.0, 0.0),
    ],
)
def test_values_outside_of_the_range_widen_the_axis(parameter, value, place):
    inside = parameter.options[0] if parameter.options else 1.0
    trials = [trial(0, 0.5, {parameter.name: value}, [parameter])]
    trials.append(trial(1, 0.6, {parameter.name: inside}, [parameter]))
    (data,) = slice_data(record([parameter], trials), trials)
    assert data.places[0] == pytest.approx(place)
    assert all(0 <= found <= 1 for found in data.places)


def many():
    trials = [
        trial(i, (i % 7) / 7 + i / 1000, {"lr": 10 ** -(4 * (i % 7) / 7), "width": (i * 3) % 10 + 0.5}, SPACE)
        for i in range(30)
    ]
    return record([RATE, WIDTH], trials), trials


def test_importance_has_names_and_intervals():
    data = importance_data(*many())
    assert data.names[0] == "lr"
    assert data.values[0] > data.values[1]
    assert all(low <= high for low, high in zip(data.low, data.high))
    with pytest.raises(ImportanceError):
        importance_data(*some())


def test_nothing_and_nonsense_are_explained():
    made, trials = some()
    with pytest.raises(WrongInputError, match="there is no plot 'pie'; there are history, parallel"):
        draw_plot(made, trials, "pie")


@pytest.mark.parametrize("kind", ["history", "parallel", "importance", "slice"])
def test_each_plot_is_drawn(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    made, trials = many()
    figure = draw_plot(made, trials, kind)
    figure.savefig(tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(WrongInputError, match="no trial of train-1a2b has a result"):
        draw_plot(record(SPACE), [], "history")


def test_a_missing_matplotlib_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match="plot needs matplotlib; install it: pip install matplotlib"):
        draw_plot(*some(), "history")
