"""Scripts of Hydra: each trial writes into a folder of its own."""

import json

import pytest

pytestmark = pytest.mark.needs("hydra")

SCRIPT = """
    import os
    from dataclasses import dataclass

    import hydra
    from hydra.core.config_store import ConfigStore
    from hydra.core.hydra_config import HydraConfig
    from hydra.utils import get_original_cwd

    @dataclass
    class Config:
        lr: float = 0.25  # @nni.uniform(0, 1)
        width: int = 8  # @nni.choice(8, 16, 32)
        epochs: int = 1

    ConfigStore.instance().store(name="config", node=Config)

    @hydra.main(version_base=None, config_name="config")
    def main(cfg):
        print("dir", HydraConfig.get().runtime.output_dir, "own", os.environ["NNIC_OUTPUT_DIR"])
        print("cwd", os.getcwd(), get_original_cwd(), "epochs", cfg.epochs, "width", cfg.width)
        result = cfg.lr
        # @nni.report_final_result(result)

    main()
"""
RANDOM = ("run", "train.py", "--tuner", "random", "--trials", "3", "--jobs", "2")


@pytest.mark.parametrize("share", ["imports", "off"])
def test_annotated_values_and_folders(project, share):
    project.write("train.py", SCRIPT)
    project.nnic(*RANDOM, "--share", share, "--", "epochs=3")
    trials = project.trials()
    assert [trial["status"] for trial in trials] == ["succeeded"] * 3
    for trial in trials:
        values = {key.split("/")[1]: value for key, value in trial["parameters"].items()}
        assert trial["metric"] == values["lr"]
        log = project.log(trial["trial"])
        first = next(line for line in log.splitlines() if line.startswith("dir"))
        _, folder, _, own = first.split()
        assert folder == own
        assert f"cwd {project.root} {project.root} epochs 3 width {values['width']}" in log
        (hydra,) = project.root.glob(
            f".nnic/experiments/*/trials/{trial['trial']}/0/output/.hydra/config.yaml"
        )
        assert "epochs: 3" in hydra.read_text()
    assert not (project.root / "outputs").exists()


def test_an_override_fixes_a_value(project):
    project.write("train.py", SCRIPT)
    done = project.nnic(*RANDOM, "--", "lr=0.5")
    assert "lr" in done.stderr
    assert {trial["metric"] for trial in project.trials()} == {0.5}
    assert "lr" not in " ".join(project.trials()[1]["parameters"])


def test_several_runs_are_refused(project):
    project.write("train.py", SCRIPT)
    done = project.nnic(*RANDOM, "--", "-m", "lr=0.1,0.2", status=2)
    assert "-m makes Hydra run the script several times in one trial; leave it out" in done.stderr


YAML = """
    import hydra

    @hydra.main(version_base=None, config_path="conf", config_name="config")
    def main(cfg):
        print(repr(cfg.optim.name), repr(cfg.flag))
        result = cfg.optim.lr
        # REPORT

    main()
"""
CONFIG = """
    optim: {lr: 0.25, name: sgd}
    flag: false
"""
SPACE = {
    "optim.lr": {"_type": "uniform", "_value": [0, 1]},
    "optim.name": {"_type": "choice", "_value": ["it's a=b, {c}", "back\\\\", ""]},
    "flag": {"_type": "choice", "_value": [True, None]},
}


def test_values_of_a_configuration_file_are_overridden(project):
    """A script without annotations whose space is in a file gets its values as Hydra reads them."""
    project.write("train.py", YAML.replace("# REPORT", "import nni; nni.report_final_result(result)"))
    project.write("conf/config.yaml", CONFIG)
    project.write("space.json", json.dumps(SPACE))
    done = project.nnic(*RANDOM, "--space", "space.json")
    assert "get their values as overrides of Hydra" in done.stderr
    first, *others = project.trials()
    assert first["metric"] == 0.25
    assert "'sgd' False" in project.log(0)
    for trial in others:
        values = trial["parameters"]
        assert trial["metric"] == values["optim.lr"]
        assert f"{values['optim.name']!r} {values['flag']!r}" in project.log(trial["trial"])
