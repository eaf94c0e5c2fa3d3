"""Whose a store is: another user's is read, but neither written to nor taken for a project's own."""

import os
import time
from pathlib import Path

import pytest

from nnic.project.home import home_for, named_beforehand
from nnic.runtime import filesystem
from nnic.runtime.config import RunConfig
from nnic.runtime.manager.run import create_experiment
from nnic.runtime.store import seals
from nnic.runtime.store.owners import accept_home, check_home
from nnic.runtime.store.schema import StoreError
from nnic.runtime.store.seals import find_key, is_sealed, seal
from nnic.runtime.store.trust import is_trusted, seal_experiment
from nnic.runtime.store.writer import Store

OTHER = 54321


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("NNIC_HOME", raising=False)
    return tmp_path / "state" / "nnic"


@pytest.fixture
def give(monkeypatch):
    """Make a file another user's. Only root can; for other users, this user is told apart from its owner."""
    given = set()

    def give(path):
        if os.geteuid() == 0:
            os.lchown(path, OTHER, -1)
        else:
            given.add(os.lstat(path).st_ino)

    own = filesystem.is_ours
    for place in ("nnic.runtime.store.owners", "nnic.project.home", "nnic.runtime.store.lock"):
        monkeypatch.setattr(f"{place}.is_ours", lambda found: found.st_ino not in given and own(found))
    return give


@pytest.mark.parametrize("what", ["home", "database", "experiments"])
def test_nothing_is_written_to_a_store_of_another_user(tmp_path, give, what):
    home = tmp_path / "nnic-project"
    Store(home).close()
    (home / "experiments").mkdir()
    give({"home": home, "database": home / "nnic.db", "experiments": home / "experiments"}[what])
    before = sorted(os.listdir(home))
    for use in (Store, lambda home: create_experiment(home, "train")):
        with pytest.raises(StoreError, match=r"another user .*\n.*nnic doctor --trust"):
            use(home)
    assert sorted(os.listdir(home)) == before
    assert not list((home / "experiments").iterdir())
    accept_home(home)
    create_experiment(home, "train")


def test_a_link_of_another_user_is_not_followed(tmp_path, give):
    (tmp_path / "mine").mkdir()
    link = tmp_path / "nnic-project"
    link.symlink_to(tmp_path / "mine")
    check_home(link)
    give(link)
    with pytest.raises(StoreError, match="another user"):
        create_experiment(link, "train")
    assert not list((tmp_path / "mine").iterdir())


def test_who_may_write_to_a_home(tmp_path):
    home = tmp_path / ".nnic"
    home.mkdir()
    for mode, fine in ((0o700, True), (0o775, True), (0o2770, True), (0o1777, True), (0o777, False)):
        home.chmod(mode)
        if fine:
            check_home(home)
        else:
            with pytest.raises(StoreError, match="everybody may write"):
                check_home(home)


def test_under_sudo_the_caller_s_store_is_as_good_as_root_s(tmp_path, monkeypatch):
    found = os.stat(tmp_path)
    foreign = os.stat_result((*found[:4], OTHER, *found[5:10]))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert not filesystem.is_ours(foreign)
    monkeypatch.setenv("SUDO_UID", str(OTHER))
    assert filesystem.is_ours(foreign)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not filesystem.is_ours(foreign)


def test_the_home_of_another_user_in_a_folder_above_is_passed_over(tmp_path, give):
    above, script = tmp_path / "above", tmp_path / "above" / "mine" / "train.py"
    (above / ".nnic").mkdir(parents=True)
    script.parent.mkdir()
    script.touch()
    assert home_for(script) == above / ".nnic"
    assert named_beforehand(above / ".nnic", script)
    give(above / ".nnic")
    assert home_for(script) == script.parent / ".nnic"
    assert not named_beforehand(script.parent / ".nnic", script)


def test_the_home_at_the_root_of_a_project_is_not_named(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "scripts").mkdir()
    assert not named_beforehand(tmp_path / ".nnic", tmp_path / "scripts")


def test_a_seal_holds_for_its_content_and_its_user(tmp_path, state, monkeypatch):
    assert seal(tmp_path, b"one")
    assert seal(tmp_path, b"two")
    assert is_sealed(tmp_path, b"one")
    assert is_sealed(tmp_path, b"two")
    assert not is_sealed(tmp_path, b"three")
    assert state.joinpath("key").stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
    assert not is_sealed(tmp_path, b"one")
    seal(tmp_path, b"one")
    monkeypatch.setenv("XDG_STATE_HOME", str(state.parent))
    assert is_sealed(tmp_path, b"one")


def test_a_damaged_key_is_made_anew_and_an_open_one_closed(state):
    key = find_key(make=True)
    (state / "key").chmod(0o644)
    assert find_key() == key
    assert (state / "key").stat().st_mode & 0o777 == 0o600
    (state / "key").write_bytes(b"short")
    assert find_key() is None
    assert find_key(make=True) not in (None, key)
    (state / "key").unlink()
    (state / "key").symlink_to(state / "elsewhere")
    (state / "elsewhere").write_bytes(bytes(32))
    assert find_key() is None


def test_a_link_or_a_pipe_in_place_of_the_seals_is_removed(tmp_path):
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "seals").symlink_to(tmp_path / "precious")
    seal(tmp_path, b"one")
    assert is_sealed(tmp_path, b"one")
    (tmp_path / "seals").unlink()
    os.mkfifo(tmp_path / "seals")
    assert not is_sealed(tmp_path, b"one")
    seal(tmp_path, b"one")
    assert is_sealed(tmp_path, b"one")
    assert (tmp_path / "precious").read_text() == "precious"


def test_the_first_experiment_of_a_user_needs_its_seal(tmp_path):
    name = create_experiment(tmp_path / ".nnic", "train")
    config = RunConfig(home=tmp_path / ".nnic", name=name, argv=("python", "train.py"), cwd=tmp_path)
    config.program.mkdir()
    time.sleep(0.05)
    (config.program / "program.json").write_text("{}")
    assert not is_trusted(config, time.time())
    seal_experiment(config)
    assert is_trusted(config, time.time())


@pytest.fixture
def old(tmp_path):
    """An experiment without a seal, as an earlier version made it, and when it says that it began."""
    config = RunConfig(home=tmp_path / ".nnic", name="exp", argv=("python", "train.py"), cwd=tmp_path)
    (config.program / "code").mkdir(parents=True)
    for name in ("program.json", "code/train.py"):
        (config.program / name).write_text("{}")
    return config, time.time()


def test_an_experiment_that_was_made_here_before_there_was_a_key_needs_no_seal(old):
    config, created = old
    assert is_trusted(config, created)
    time.sleep(0.05)  # longer than a step of the disk's clock
    find_key(make=True)
    assert is_trusted(config, created)
    (config.program / "code" / "train.py").write_text("evil")
    assert not is_trusted(config, created)


def test_without_a_seal_the_times_must_be_those_of_this_disk(old):
    config, created = old
    for wrong in (created - 3600, created + 3600):
        assert not is_trusted(config, wrong)
    os.utime(config.program / "program.json", (created - 3600, created - 3600))
    assert not is_trusted(config, created - 3600)


def test_without_a_place_for_a_key_what_was_made_here_goes_on(old, monkeypatch):
    config, created = old
    monkeypatch.setattr(seals, "_make_key", lambda folder: (_ for _ in ()).throw(OSError("read-only")))
    seal_experiment(config)
    assert find_key() is None
    assert is_trusted(config, created)


@pytest.mark.parametrize("setting", ["argv", "cwd", "tuner", "environment"])
def test_a_seal_covers_what_decides_which_code_runs(old, setting):
    from dataclasses import replace

    config, created = old
    time.sleep(0.05)
    seal_experiment(config)
    later = created + 3600  # so that the seal alone counts
    assert is_trusted(config, later)
    assert is_trusted(replace(config, jobs=4, trials=None, home=Path(config.home)), later)
    values = {"argv": ("sh", "x"), "cwd": Path("/"), "tuner": "x.py:T", "environment": {"A": "1"}}
    assert not is_trusted(replace(config, **{setting: values[setting]}), later)
    (config.program / "code" / "sitecustomize.py").symlink_to("/dev/null")
    assert not is_trusted(config, later)
