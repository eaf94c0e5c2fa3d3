"""Forecasts of learning curves: each family, the posterior's calibration, both directions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnic.tuners.assessors.curves import FAMILIES, Family, forecast
from nnic.tuners.history import History
from nnic.tuners.protocol import Decision, Objective, Problem, Report, Suggestion, Trial, TrialState
from nnic.tuners.registry import make_assessor
from nnic.tuners.testing.spaces import PLANE

X = np.arange(1.0, 31.0)

# With parameters as in Domhan et al. 2015, Table 1, rising from about 0.3 to about 0.9.
KNOWN = {
    "vap": np.exp(-0.2 - 1.0 / X + 0.03 * np.log(X)),
    "pow3": 0.95 - 0.6 * X**-0.9,
    "linear": 0.02 * X + 0.3,
    "logx_linear": 0.18 * np.log(X) + 0.3,
    "dr_hill_zero_background": 0.95 * X**1.2 / (2.0**1.2 + X**1.2),
    "log_power": 0.95 / (1 + (X / math.exp(0.8)) ** -1.3),
    "pow4": 0.95 - (0.8 * X + 1.0) ** -0.8,
    "mmf": 0.95 - (0.95 - 0.1) / (1 + (0.3 * X) ** 1.4),
    "exp4": 0.9 - np.exp(-0.25 * X**0.9 - 0.3),
    "ilog2": 1.05 - 0.7 / np.log2(X + 1),
    "weibull": 0.9 - 0.7 * np.exp(-((0.2 * X) ** 1.2)),
    "janoschek": 0.9 - 0.7 * np.exp(-0.15 * X**1.1),
}


def test_there_are_twelve_families():
    assert [family.name for family in FAMILIES] == list(KNOWN)


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_half_a_curve_tells_where_it_ends(name, sign):
    curve = sign * KNOWN[name]
    noise = 0.003 * np.random.default_rng(5).standard_normal(15)
    found = forecast(np.arange(15), curve[:15] + noise, 30)
    rest = abs(curve[-1] - curve[14])
    assert abs(found.mean - curve[-1]) < 0.05 + 0.4 * rest
    assert found.probability_above(sign * 2.0) == pytest.approx(0.0 if sign > 0 else 1.0, abs=0.02)
    assert found.weights.sum() == pytest.approx(1.0)


def draw(family: Family, rng: np.random.Generator, length: int) -> np.ndarray:
    """A curve of a family whose shape lies between those of the grid, and whose ends are random."""
    first, second = family.grid(length)
    a, b = (rng.choice(grid) * rng.uniform(0.95, 1.05) for grid in (first, second))
    g = family.g(np.arange(1.0, length + 1), np.array(a), np.array(b)) * np.ones(length)
    if family.offset:
        return rng.normal() + rng.normal(0, 2) * (g - g[-1]) / (g[0] - g[-1])
    return rng.normal(0, 2) * g / g[-1]


def test_probabilities_are_calibrated():
    rng = np.random.default_rng(0)
    quantiles = []
    while len(quantiles) < 300:
        with np.errstate(all="ignore"):
            curve = draw(FAMILIES[rng.integers(12)], rng, 27)
        if not np.isfinite(curve).all() or np.abs(curve).max() > 1e4:
            continue
        n = int(rng.integers(6, 20))
        curve = curve + np.ptp(curve[:n]) * 10 ** rng.uniform(-2, -0.3) * rng.standard_normal(27)
        quantiles.append(1 - forecast(np.arange(n), curve[:n], 27).probability_above(curve[-1]))
    inside = np.mean([0.05 < q < 0.95 for q in quantiles])
    # 90 % if prior and noise were those of the curves; ranges are guessed from what is seen.
    assert 0.8 < inside < 0.97
    assert 0.4 < np.mean(quantiles) < 0.6


def test_scale_and_origin_of_a_metric_do_not_matter_to_families_with_an_offset():
    steps, values = np.arange(9), KNOWN["pow3"][:9]
    base = forecast(steps, values, 30).probability_above(0.93)
    assert 0.05 < base < 0.97
    assert forecast(steps, 1e6 * values, 30).probability_above(0.93e6) == pytest.approx(base, abs=1e-6)
    assert forecast(steps, 1e-6 * values, 30).probability_above(0.93e-6) == pytest.approx(base, abs=1e-6)


@pytest.mark.parametrize(
    "values",
    [
        [0.5] * 6,
        [0.0] * 6,
        [1e-320, 2e-320, 1e-320, 3e-320],
        [-4e307, 4e307, 0.0, 4e307, -4e307],
        [1e300, 1.0, 2.0, 3.0],
        [1e16, 1e16 + 2, 1e16 + 4, 1e16 + 4],
    ],
    ids=["equal", "zero", "tiny", "huge", "one outlier", "far from zero"],
)
def test_odd_numbers_have_a_forecast(values):
    found = forecast(np.arange(len(values)), np.array(values), 20)
    for value in (-4e307, 0.0, float(values[0]), 4e307):
        assert 0.0 <= found.probability_above(value) <= 1.0
    assert np.isfinite(found.weights).all()


def test_equal_values_are_expected_to_go_on():
    found = forecast(np.arange(8), np.full(8, 0.5), 20)
    assert found.mean == pytest.approx(0.5)
    assert found.probability_above(0.51) < 0.01
    assert found.probability_above(0.49) > 0.99


def test_long_curves_and_missing_steps():
    steps = np.arange(0, 5000, 3)
    curve = 0.9 - 0.6 * (steps + 1.0) ** -0.5
    found = forecast(steps, curve, 10_000)
    assert found.mean == pytest.approx(0.9 - 0.6 * 10_000**-0.5, abs=0.01)


# -- the assessor --------------------------------------------------------------------------------


def stops(curve: list[float], best: list[float], maximize: bool = True, **options: object) -> list[int]:
    """The steps at which ``curve`` would be stopped when ``best`` has finished."""
    history = History()
    reports = tuple(Report(step, (value,)) for step, value in enumerate(best))
    history.record(Trial(0, Suggestion({}), TrialState.SUCCEEDED, reports))
    assessor = make_assessor("curvefitting", Problem(PLANE, (Objective("m", maximize),)), options)
    found = []
    for step in range(len(curve)):
        reports = tuple(Report(s, (v,)) for s, v in enumerate(curve[: step + 1]))
        trial = Trial(1, Suggestion({}), TrialState.RUNNING, reports)
        history.record(trial)
        if assessor.assess(trial, history) is Decision.STOP:
            found.append(step)
    return found


GOOD = list(KNOWN["pow3"])


def test_a_late_bloomer_runs_and_a_saturated_one_does_not():
    saturated = list(0.6 - 0.3 * np.exp(-X))
    assert stops(saturated, GOOD)[0] <= 9
    rising = list(0.2 + 0.027 * X)  # behind until the end
    assert stops(rising, GOOD) == []


@pytest.mark.parametrize("shift", [0.0, -5.0, 1000.0])
def test_losses_mirror_accuracies(shift):
    saturated = list(0.6 - 0.3 * np.exp(-X))
    up = stops([v + shift for v in saturated], [v + shift for v in GOOD])
    down = stops([-v - shift for v in saturated], [-v - shift for v in GOOD], maximize=False)
    assert up == down
    assert up


def test_a_loss_that_levels_off_above_the_best_is_stopped():
    # Where NNI's rule compares with 0.95 times the best of a loss it stops nothing or everything.
    best, poor = list(0.1 + 2.0 * X**-1.0), list(0.8 + 1.5 * np.exp(-X / 2))
    assert stops(poor, best, maximize=False)[0] <= 12
    assert stops(list(0.05 + 2.0 * X**-1.0), best, maximize=False) == []


def test_when_it_looks():
    saturated = [0.3] * 30
    assert stops(saturated, GOOD, start_step=8, gap=5) == [7, 12, 17, 22, 27]
    assert stops(saturated, GOOD[:10])[-1] == 8  # of ten reports the last decides nothing
    assert stops(saturated, GOOD, epoch_num=40)[-1] == 29
    assert stops([math.nan] * 10, GOOD) == [5, 6, 7, 8, 9]
    assert stops([math.nan, 0.3, math.inf] * 3, GOOD) == []  # three numbers make no forecast
