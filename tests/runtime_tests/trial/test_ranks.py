"""Of the processes that train one trial together, the first rank alone reports; all read the same values."""

import json

import pytest

from nnic.runtime.trial import ranks

LR = {"train/lr/loguniform": 0.5}
LEAD = {
    "TF_CONFIG": json.dumps({"cluster": {"chief": [], "worker": []}, "task": {"type": "chief", "index": 0}})
}
WORKER = {"TF_CONFIG": json.dumps({"cluster": {"worker": []}, "task": {"type": "worker", "index": 0}})}
SECOND = {"TF_CONFIG": json.dumps({"cluster": {"worker": []}, "task": {"type": "worker", "index": 1}})}
AFTER_CHIEF = {
    "TF_CONFIG": json.dumps({"cluster": {"chief": [], "worker": []}, "task": {"type": "worker", "index": 0}})
}


@pytest.mark.parametrize(
    ("environment", "first"),
    [
        ({}, True),
        ({"RANK": ""}, True),
        ({"RANK": "none"}, True),
        *[({name: "0"}, True) for name in ranks.GLOBAL],
        *[({name: "1"}, False) for name in ranks.GLOBAL],
        # What Lightning's launcher sets.
        ({"NODE_RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "2"}, True),
        ({"NODE_RANK": "0", "LOCAL_RANK": "1", "WORLD_SIZE": "2"}, False),
        ({"NODE_RANK": "1", "LOCAL_RANK": "0", "WORLD_SIZE": "2"}, False),
        ({"GROUP_RANK": "1", "LOCAL_RANK": "0"}, False),
        # The surer one decides.
        ({"RANK": "0", "SLURM_PROCID": "1"}, True),
        ({"RANK": "2", "LOCAL_RANK": "0"}, False),
        ({"RANK": "0", "LOCAL_RANK": "1"}, True),
        (LEAD, True),
        (WORKER, True),
        (SECOND, False),
        (AFTER_CHIEF, False),
        ({"TF_CONFIG": "{}"}, True),
        ({"TF_CONFIG": "no JSON"}, True),
        # nnic itself runs as rank 3 of something: that is no rank of a trial's process.
        ({"SLURM_PROCID": "3", ranks.INHERITED: "SLURM_PROCID=3"}, True),
        ({"SLURM_PROCID": "4", ranks.INHERITED: "SLURM_PROCID=3"}, False),
        ({"SLURM_PROCID": "3", "LOCAL_RANK": "1", ranks.INHERITED: "SLURM_PROCID=3"}, False),
    ],
)
def test_which_rank_is_first(monkeypatch, environment, first):
    for name in (*ranks.GLOBAL, *ranks.PARTS, "TF_CONFIG", ranks.INHERITED):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ranks.is_first() is first


def test_what_nnic_inherits_is_told_to_trials():
    told = ranks.inherited({"SLURM_PROCID": "3", "RANK": "", "PATH": "/bin", "SLURM_NTASKS": "4"})
    assert told == "SLURM_PROCID=3 SLURM_NTASKS=4"


GROUP = """
«import»import os, sys
lr = «train/lr/loguniform = 0.1»
def train(rank, leave):
    import torch.distributed as dist
    dist.init_process_group("gloo", init_method=sys.argv[1], rank=rank, world_size=2)
    «intermediate lr + rank»
    dist.barrier()
    if leave:
        dist.destroy_process_group()
    «final rank + 10 * lr»
    print(rank, lr, flush=True)
"""
SPAWNED = """
if __name__ == "__main__":
    import torch.multiprocessing as mp
    mp.start_processes(train, (True,), nprocs=2, start_method="fork")
"""
LAUNCHED = """
sys.argv.append("env://")
train(int(os.environ["RANK"]), False)
"""


def test_processes_that_a_script_spawns_have_the_rank_of_their_group(project, tmp_path):
    """The environment says nothing of it, and the group is left before the result."""
    pytest.importorskip("torch")
    project.add("train.py", GROUP + SPAWNED)
    done = project.run("train.py", f"file://{tmp_path}/meeting", parameters=LR)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.splitlines()) == ["0 0.5", "1 0.5"]
    assert (project.reported("intermediate"), project.reported()) == ([0.5], [5.0])


def test_two_processes_of_torchrun(project):
    pytest.importorskip("torch")
    project.add("train.py", GROUP + LAUNCHED)
    words = ("-m", "torch.distributed.run", "--nproc_per_node", "2", "train.py")
    done = project.run(*words, parameters=LR, PYTHONWARNINGS="ignore")
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.splitlines()) == ["0 0.5", "1 0.5"]
    assert (project.reported("intermediate"), project.reported()) == ([0.5], [5.0])
