"""What benchmarks/tuners.py compares with: its tasks, its runs and its figures."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tuning import kept, peer_table
from tuning.figures import advantage, ratio, win_rate
from tuning.kept import play_and_keep
from tuning.page import groups_of, print_page
from tuning.players import Setting, comparable_tuners, make_player
from tuning.real import GRIDS, TABLES
from tuning.results import Results
from tuning.runs import Case, as_played, cases_of, fingerprint, is_budgeted, play
from tuning.tasks import TASKS


@pytest.mark.parametrize("name", list(TASKS))
def test_no_configuration_is_better_than_the_optimum_of_its_task(name: str) -> None:
    task = TASKS[name]
    objective = task.make(task.generator(3))
    player = make_player("random", Setting(task.space, 0, 200))
    assert min(objective(player.ask()[1]) for _ in range(200)) >= task.optimum - 1e-9


def test_a_real_task_is_its_table_at_the_points_and_between_them() -> None:
    task, (grid,) = TASKS["diabetes boosting 5"], GRIDS["diabetes boosting 5"]
    losses = np.array(json.loads(TABLES.read_text())[task.name][grid.model]).reshape(grid.shape)
    objective = task.make(task.generator(0))
    config = {axis.name: axis.points[1] for axis in grid.axes}
    assert objective(config) == pytest.approx(losses[1, 1, 1, 1, 1])
    between = (config["subsample"] + grid.axes[2].points[2]) / 2
    expected = (losses[1, 1, 1, 1, 1] + losses[1, 1, 2, 1, 1]) / 2
    assert objective({**config, "subsample": between}) == pytest.approx(expected)


def test_a_run_comes_out_the_same_again_and_its_regret_never_rises_without_noise() -> None:
    case = Case("anneal", "mixed 7", 4, 40, 4)
    regrets = play(case)
    assert regrets.shape == (40,)
    assert (np.diff(regrets) <= 0).all()
    assert (regrets >= 0).all()
    assert (play(case) == regrets).all()
    assert (play(replace(case, seed=5)) != regrets).any()


def test_with_noise_regret_is_of_what_seems_best() -> None:
    # The told loss of a lucky configuration may be the smallest, and its true one may not.
    runs = [play(Case("random", "noisy training 7", seed, 60)) for seed in range(6)]
    assert any((np.diff(regrets) > 0).any() for regrets in runs)


def test_tasks_differ_by_seed_and_a_fingerprint_tells() -> None:
    assert fingerprint("ackley 5", 0) == fingerprint("ackley 5", 0)
    assert fingerprint("ackley 5", 0) != fingerprint("ackley 5", 1)


def test_tuners_that_know_the_number_of_trials_play_each_budget_anew() -> None:
    assert [case.trials for case in cases_of("random", "ackley 5", 0, (50, 100), 1)] == [100]
    assert [case.trials for case in cases_of("tpe", "ackley 5", 0, (50, 100), 1)] == [100]
    assert [case.trials for case in cases_of("evolution", "ackley 5", 0, (50, 100), 1)] == [50, 100]
    assert [case.trials for case in cases_of("auto", "ackley 5", 0, (50, 100), 1)] == [100]
    assert [case.trials for case in cases_of("auto", "ackley 5", 0, (50, 1000), 1)] == [50, 1000]


_UNPLANNED = [entry.name for entry in comparable_tuners() if not is_budgeted(entry.name, "mixed 7", (12, 40))]


def test_all_tuners_that_need_no_budgets_are_compared() -> None:
    names = [entry.name for entry in comparable_tuners()]
    assert names == ["auto", "tpe", "random", "sobol", "gp", "cmaes", "anneal", "evolution"]


@pytest.mark.parametrize("name", _UNPLANNED)
def test_tuners_that_are_said_not_to_plan_begin_the_same_whatever_the_number_of_trials(name: str) -> None:
    settings = [Setting(TASKS["mixed 7"].space, 3, trials) for trials in (12, 40)]
    first, second = (make_player(name, setting) for setting in settings)
    for number in range(12):
        (token, config), (other, same) = first.ask(), second.ask()
        assert config == same
        first.tell(token, float(number % 5))
        second.tell(other, float(number % 5))


def test_results_take_the_smaller_budgets_from_a_longer_run_where_nothing_was_planned() -> None:
    results, regrets = Results(), np.arange(200.0)
    results.add(Case("auto", "ackley 5", 0, 200), regrets, (50, 200, 400))
    results.add(Case("evolution", "ackley 5", 0, 200), regrets, (50, 200, 400))
    assert results.at("auto", "ackley 5", 1, 50) == {0: 49.0}
    assert results.at("evolution", "ackley 5", 1, 50) == {}
    assert results.at("evolution", "ackley 5", 1, 200) == {0: 199.0}


def test_figures() -> None:
    reference = np.array([[1.0, 3.0], [10.0, 10.0]])
    found = np.array([[0.5, 0.5], [0.0, 0.0]])
    assert ratio(found, reference).value == pytest.approx(np.sqrt(0.25 * 0.01))  # the floor
    assert ratio(reference, reference).high == 1
    assert win_rate(found, reference).value == 1
    assert win_rate(reference, reference).value == 0.5
    worse = 2 * found
    assert advantage(found, worse, reference).value == pytest.approx(np.sqrt(0.5))  # both at the floor
    assert advantage(found, worse, reference).high < 1


def test_results_pair_the_seeds_that_both_have() -> None:
    results = Results()
    for seed in range(3):
        results.put(Case("a", "t", seed, 50), 50, float(seed))
    for seed in (2, 0):
        results.put(Case("b", "t", seed, 50), 50, 10.0 + seed)
    a, b = results.pair(("a", 50), ("b", 50), ["t"], 1)
    assert a.tolist() == [[0, 2]]
    assert b.tolist() == [[10, 12]]
    assert results.pair(("a", 50), ("b", 50), ["t", "u"], 1)[0].shape == (2, 0)


def test_the_recorded_runs_of_peers_are_of_the_tasks_as_they_are() -> None:
    lines = list(peer_table.read_table())
    assert lines
    assert [line.task for line in lines if not line.current()] == []
    assert len({line.key for line in lines}) == len(lines)
    for line in lines:
        assert all(len(regrets) == len(line.budgets) for regrets in line.regrets)


def test_where_auto_leaves_all_to_one_tuner_its_run_is_that_ones() -> None:
    case = Case("auto", "branin 2", 1, 14)
    assert as_played(case) == replace(case, player="gp")
    assert (play(case) == play(as_played(case))).all()
    long = Case("auto", "branin 2", 1, 300)
    assert as_played(long) == long


def test_kept_runs_are_not_played_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [Case("random", "branin 2", seed, 6) for seed in (0, 1, 0)]
    path = tmp_path / "runs.jsonl"
    first = list(play_and_keep(cases[:1], path))
    played: list[Case] = []

    def watched(wanted: Sequence[Case]) -> Iterator[NDArray[np.float64]]:
        played.extend(wanted)
        return map(play, wanted)

    monkeypatch.setattr(kept, "play_all", watched)
    again = list(play_and_keep(cases, path))
    assert played == [cases[1]]
    assert np.allclose(again[0], first[0], rtol=1e-3)
    assert (again[2] == again[0]).all()
    assert len(path.read_text().splitlines()) == 2
    path.write_text(path.read_text()[:-9])  # killed in the middle of a line
    played.clear()
    list(play_and_keep(cases, path))
    assert played == [cases[1]]
    assert len(path.read_text().splitlines()) == 2


def test_a_group_without_tasks_is_left_out_of_the_page() -> None:
    assert list(groups_of(["mixed 7"])) == ["mixed", "all"]


def test_the_page_names_the_best_of_the_others_by_family(capsys: pytest.CaptureFixture[str]) -> None:
    results = Results()
    for seed in range(6):
        regrets = {"random": 4.0 + seed % 2, "tpe": 1.0, "CatCMAwM": 2.0, "Optuna TPE": 3.0}
        for player, regret in regrets.items():
            for n in (50, 100):
                results.put(Case(player, "branin 2", seed, n), n, regret)
    print_page(results, "tpe", ["branin 2"], [50], 1)
    table = capsys.readouterr().out
    row = next(line for line in table.splitlines() if line.startswith("| numbers | 50 |"))
    assert "| 6 | 0.22 (" in row
    assert "CatCMAwM 0.44 | 0.50 (0.50 to 0.50) **better** | 100 %" in row
