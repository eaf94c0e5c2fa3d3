"""Tries a script under Optuna or Ray Tune, in the Python that has them; prints the seconds.

python benchmarks/overhead_peers.py optuna|ray PYTHON SCRIPT JOBS TRIALS
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any


def run_optuna(python: str, script: str, jobs: int, trials: int) -> float:
    """The seconds of a study whose objective runs the script as a process, ``jobs`` of them at once."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def objective(trial: Any) -> float:
        value: float = trial.suggest_float("value", 0, 1)
        subprocess.run([python, script], check=True, stdout=subprocess.DEVNULL)
        return value

    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(0))
    begin = time.perf_counter()
    study.optimize(objective, n_trials=trials, n_jobs=jobs)
    return time.perf_counter() - begin


def run_ray(python: str, script: str, jobs: int, trials: int) -> float:
    """The seconds of a Tuner whose trainable runs the script within a process that Ray starts for it."""
    del python
    os.environ["RAY_AIR_NEW_OUTPUT"] = "0"
    import ray
    from ray import tune

    def trainable(config: dict[str, float]) -> None:
        import runpy

        runpy.run_path(script)
        tune.report({"value": config["value"]})

    ray.init(num_cpus=jobs, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
    settings = tune.TuneConfig(num_samples=trials, max_concurrent_trials=jobs)
    tuner = tune.Tuner(trainable, param_space={"value": tune.uniform(0, 1)}, tune_config=settings)
    begin = time.perf_counter()
    results = tuner.fit()
    seconds = time.perf_counter() - begin
    if results.num_errors:
        raise SystemExit(str(results.errors[0]))
    return seconds


def main() -> None:
    peer, python, script, jobs, trials = sys.argv[1:]
    seconds = {"optuna": run_optuna, "ray": run_ray}[peer](python, script, int(jobs), int(trials))
    print(f"\n{seconds}")


if __name__ == "__main__":
    main()
