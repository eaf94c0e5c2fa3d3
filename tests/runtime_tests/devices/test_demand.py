from fractions import Fraction

import pytest

from nnic.runtime.config import RunConfig
from nnic.runtime.demand import make_demand
from nnic.runtime.program import Program, ProgramFile
from nnic.runtime.store.connection import MIGRATIONS, database_path, migrate
from nnic.runtime.store.log_entries import Begin
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import AttemptRecord, AttemptState, DeviceRef, TrialRecord, Wait
from nnic.runtime.store.writer import Store
from nnic.tuners.protocol import TrialState
from nnic.tuners.space import SearchSpace

PROGRAM = Program("/code", "t.py", (ProgramFile("t.py", "abc", True),), SearchSpace(()))


def demand(gpus=None, ids=(), per_gpu=None, active=False, cpus=None):
    return make_demand(gpus, ids, per_gpu, active, cpus)


def test_without_a_word_about_gpus_they_are_left_alone():
    assert demand().gpus is None
    assert not demand().uses_gpus
    assert demand(0).gpus == 0
    assert not demand(0).uses_gpus


@pytest.mark.parametrize(
    ("given", "part", "per_gpu"),
    [(0.5, Fraction(1, 2), 2), (0.1, Fraction(1, 10), 10), (1 / 11, Fraction(1, 11), 11),
     (0.3, Fraction(3, 10), 3), (1 / 3, Fraction(1, 3), 3), (1, Fraction(1), 1), (2.0, Fraction(2), 1)],
)  # fmt: skip
def test_parts_are_exact(given, part, per_gpu):
    made = demand(given)
    assert made.gpus == part
    assert made.trials_per_gpu == per_gpu
    assert made.gpu_count == max(1, int(given))
    assert not made.packs


@pytest.mark.parametrize("more", [{"ids": ("0",)}, {"per_gpu": 3}, {"active": True}])
def test_a_word_about_gpus_asks_for_one(more):
    assert demand(**more).gpus == 1
    assert demand(**more).packs is ("per_gpu" in more)


@pytest.mark.parametrize(
    ("given", "words"),
    [({"gpus": 1.5}, "a part of one GPU or a whole number of them, got 1.5"),
     ({"gpus": -1}, "must be 0, a part of a GPU such as 0.5, or a whole number, got -1"),
     ({"gpus": 1e-9}, "must be 0"), ({"gpus": float("nan")}, "got nan"), ({"gpus": float("inf")}, "got inf"),
     ({"gpus": 0, "ids": ("1",)}, "hides the GPUs"), ({"per_gpu": 0}, "per_gpu must be at least 1"),
     ({"cpus": 0}, "cpus_per_trial must be at least 1, got 0")],
)  # fmt: skip
def test_what_cannot_be_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        demand(**given)


def config(home, **more):
    return RunConfig(home=home, name="t-0001", argv=("python", "t.py"), cwd=home, **more)


def test_the_configuration_survives_and_refuses_nonsense(tmp_path):
    made = config(
        tmp_path, gpus_per_trial=0.5, gpu_ids=("0", "GPU-1"), use_active_gpus=True, cpus_per_trial=2
    )
    assert RunConfig.from_json(tmp_path, "t-0001", made.to_json()) == made
    assert made.demand == make_demand(0.5, ("0", "GPU-1"), None, True, 2)
    with pytest.raises(ValueError, match=r"got 2\.5"):
        config(tmp_path, gpus_per_trial=2.5)


def test_a_configuration_from_before_there_were_devices_loads(tmp_path):
    old = config(tmp_path).to_json()
    for key in ("gpus_per_trial", "gpu_ids", "max_trials_per_gpu", "use_active_gpus", "cpus_per_trial"):
        del old[key]
    assert RunConfig.from_json(tmp_path, "t-0001", old) == config(tmp_path)


def test_devices_and_waits_are_stored(tmp_path):
    store = Store(tmp_path)
    store.create(config(tmp_path), PROGRAM, 1.0, Begin(0, 1, None))
    devices = (DeviceRef("GPU-1", "1"), DeviceRef("MIG-2", "0:1"))
    attempt = AttemptRecord(0, AttemptState.RUNNING, 2.0, devices=devices, memory_bytes=5 << 40)
    store.put_trial(TrialRecord(0, TrialState.RUNNING, 0, {}, tmp_path, attempts=(attempt,)))
    waits = (Wait(0, "waits for a GPU"), Wait(None, "waits for a GPU too"))
    store.set_waits(waits)
    store.commit()
    store.close()
    with StoreReader(tmp_path) as reader:
        assert reader.experiment().waits == waits
        assert reader.trial(None, 0).attempts == (attempt,)
        assert reader.trial(None, 0).devices == devices


def test_a_store_from_before_there_were_devices_is_brought_up(tmp_path, monkeypatch):
    monkeypatch.setattr("nnic.runtime.store.connection.MIGRATIONS", MIGRATIONS[:1])
    connection = Store(tmp_path)._database.connection
    connection.execute("INSERT INTO experiment (name, state, created, config, space, sources) "
                       "VALUES ('t-0001', 'done', 1.0, '{}', '{}', '{}')")  # fmt: skip
    connection.execute(
        "INSERT INTO trial (experiment, id, state, attempt, parameters) VALUES (1, 0, 'failed', 0, '{}')"
    )
    connection.execute(
        "INSERT INTO attempt (experiment, trial, number, state, started) VALUES (1, 0, 0, 'failed', 1.0)"
    )
    migrate(connection, database_path(tmp_path), MIGRATIONS)
    row = connection.execute("SELECT devices, memory_bytes, waits FROM attempt JOIN experiment").fetchone()
    connection.close()
    assert row == ("[]", None, "[]")
