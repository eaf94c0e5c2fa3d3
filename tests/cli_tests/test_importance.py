import pytest


def test_importance_of_a_run_and_of_too_short_a_one(project):
    project.nnic("run", "train.py", "--trials", "4", "-q")
    refused = project.nnic("importance", status=1)
    assert "it needs 10 trials with a result, there are 4" in refused.stderr

    project.nnic("run", "train.py", "--trials", "16", "-q", "--jobs", "2", "--tuner", "random")
    found = project.json("importance")
    assert found["method"] == "fanova"
    assert found["trials"] == 16
    keys = {"train/lr/loguniform", "train/depth/choice", "train/min/function_choice"}
    assert {p["key"] for p in found["parameters"]} == keys
    for p in found["parameters"]:
        low, high = p["interval"]
        assert 0 <= low <= p["importance"] <= high <= 1
    text = project.nnic("importance").stdout.splitlines()
    assert text[0].endswith("parts of the results' variance, from 16 trials")
    assert [line.split()[0] for line in text[2:5]] == [
        {"train/lr/loguniform": "lr", "train/depth/choice": "depth", "train/min/function_choice": "min"}[
            p["key"]
        ]
        for p in found["parameters"]
    ]
    assert "█" in text[2]

    best = project.json("importance", "--method", "ped-anova", "--best", "0.2")
    assert sum(p["importance"] for p in best["parameters"]) == pytest.approx(1, abs=1e-6)
    assert "--best is above 0" in project.nnic("importance", "--best", "2", status=2).stderr


def test_auto_says_what_it_chose_and_a_resumed_run_keeps_to_it(project):
    project.nnic("run", "train.py", "--trials", "3", "-q")
    (status,) = project.json("status", project.json("status")[0]["experiment"])
    assert status["tuner"] == "auto"
    assert status["plan"]
    assert status["search"] == f"auto: {status['plan']}"
    line = next(x for x in project.nnic("status", status["experiment"]).stdout.splitlines() if "search" in x)
    assert line.split("search")[1].strip() == f"auto: {status['plan']}, maximize  ({status['why']})"
    project.nnic("resume", status["experiment"], "--trials", "5", "-q")
    assert project.json("status")[0]["plan"] == status["plan"]

    project.nnic("run", "train.py", "--trials", "4", "-q", "--tuner-arg", "plan=sobol, anneal@2")
    assert project.json("status")[-1]["plan"] == "sobol, anneal@2"
    assert project.json("status")[-1]["why"] is None
