import os

import pytest

from nnic.runtime.demand import Demand
from nnic.runtime.threads import VARIABLES, count_cpus, thread_limits, threads_per_trial


@pytest.fixture
def eight(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_affinity_counts(eight, tmp_path):
    assert count_cpus(tmp_path) == 8


@pytest.mark.parametrize(
    ("inner", "outer", "cpus"),
    [("max 100000", "max 100000", 8), ("400000 100000", "max 100000", 4), ("max 100000", "250000 100000", 2),
     ("50000 100000", "max 100000", 1), ("9900000 100000", "x", 8)],
)  # fmt: skip
def test_the_quotas_of_every_group_above_count(eight, tmp_path, inner, outer, cpus):
    write(tmp_path / "proc/self/cgroup", "0::/user/job\n")
    write(tmp_path / "sys/fs/cgroup/user/job/cpu.max", inner + "\n")
    write(tmp_path / "sys/fs/cgroup/user/cpu.max", outer + "\n")
    assert count_cpus(tmp_path) == cpus


@pytest.mark.parametrize(("quota", "cpus"), [("-1", 8), ("300000", 3)])
def test_the_first_version_of_control_groups(eight, tmp_path, quota, cpus):
    write(tmp_path / "proc/self/cgroup", "4:memory:/x\n3:cpu,cpuacct:/job\n")
    write(tmp_path / "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", quota + "\n")
    write(tmp_path / "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n")
    assert count_cpus(tmp_path) == cpus


def test_cpus_are_divided_by_the_jobs():
    assert threads_per_trial(Demand(), 1, 8) is None
    assert [threads_per_trial(Demand(), jobs, 8) for jobs in (2, 3, 8, 20)] == [4, 2, 1, 1]
    assert threads_per_trial(Demand(cpus=3), 1, 8) == 3


def test_what_the_user_has_set_stands():
    assert thread_limits(None, {}) == {}
    assert thread_limits(2, {}) == dict.fromkeys(VARIABLES, "2")
    assert thread_limits(2, {"OMP_NUM_THREADS": "8"}) == {}
    limits = thread_limits(2, {"MKL_NUM_THREADS": "8"})
    assert "MKL_NUM_THREADS" not in limits
    assert limits["OMP_NUM_THREADS"] == "2"
