"""What the first trials tell of the values that are there under the names of their parameters."""

import pytest

OPTIONS = """«import»import argparse
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=«train/lr/uniform = 0.1»)
    args = parser.parse_args()
    CHANGE
    «final args.lr»
lr = "another"
main()
"""
PLACES = """«import»
class Config:
    lr = «train/Config.lr/uniform = 0.1»
CONFIG = {"model": {"width": «train/CONFIG['model']['width']/uniform = 8»}}
depth = «train/depth/uniform = 2»
net = «train/net/choice ? 1 | 2 = [3]»
CHANGE
def report():
    depth = 7
    «final depth»
report()
"""


def seen(project, text, trial=1):
    project.add("train.py", text)
    project.write_program()
    parameters = {} if trial == 0 else {"train/lr/uniform": 0.3}
    if "Config" in text:
        names = ("Config.lr", "CONFIG['model']['width']", "depth")
        parameters = {f"train/{name}/uniform": 0.3 for name in names}
    project.write_trial(parameters, trial=trial)
    assert project.start("train.py").stderr == ""
    return [record["values"] for record in project.records() if record["kind"] == "seen"]


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("pass", 0.3),
        ("args.lr = 0.5", 0.5),
        ("vars(args).update({'lr': 0.5})", 0.5),
        ("args.lr *= 2", 0.6),
        ("setattr(args, 'lr', 0.5)", 0.5),
    ],
)
def test_options_of_a_command_line(project, change, value):
    assert seen(project, OPTIONS.replace("CHANGE", change)) == [{"train/lr/uniform": value}]


def test_trial_zero_tells_too_and_later_ones_do_not(project):
    text = OPTIONS.replace("CHANGE", "pass")
    assert seen(project, text, trial=0) == [{"train/lr/uniform": 0.1}]
    assert seen(project, text, trial=3) == []


@pytest.mark.parametrize(
    ("change", "different"),
    [
        ("pass", {}),
        ("CONFIG['model'].update(width=9)", {"CONFIG['model']['width']": 9}),
        ("Config.lr = 0.5", {"Config.lr": 0.5}),
        ("CONFIG = Config = None", {"CONFIG['model']['width']": None, "Config.lr": None}),
    ],
)
def test_variables_fields_and_entries(project, change, different):
    # There are two variables called depth.
    expected = {"CONFIG['model']['width']": 0.3, "Config.lr": 0.3} | different
    left = {f"train/{name}/uniform": value for name, value in expected.items() if value is not None}
    assert seen(project, PLACES.replace("CHANGE", change)) == ([left] if left else [])


def test_variables_that_can_not_be_looked_at_change_nothing(project):
    text = """«import»
class Odd(dict):
    def __contains__(self, key): raise RuntimeError
CONFIG = Odd(lr=«train/CONFIG['lr']/uniform = 0.1»)
«final 1»
"""
    project.add("train.py", text)
    project.write_program()
    project.write_trial({"train/CONFIG['lr']/uniform": 0.3}, trial=1)
    done = project.start("train.py")
    assert (done.returncode, done.stderr) == (0, "")
