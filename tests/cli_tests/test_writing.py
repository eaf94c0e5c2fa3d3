"""Files of the user's are replaced all together or not at all, and what was there is kept."""

import os
import stat

import pytest

from nnic.apply.journal import forget, read_applies, record_apply
from nnic.apply.undo_last import plan_undo, undo
from nnic.project import writing
from nnic.project.writing import EditedMeanwhileError, FileChange, replace_files


@pytest.fixture
def changes(tmp_path):
    found = []
    for name in ("a.py", "b.py", "c.py"):
        path = tmp_path / name
        path.write_bytes(b"before " + name.encode())
        found.append(FileChange(path, path.read_bytes(), b"after " + name.encode()))
    return found


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_all_are_replaced(changes, tmp_path):
    changes[0].path.chmod(0o751)
    replace_files(changes)
    assert contents(tmp_path) == {name: b"after " + name.encode() for name in ("a.py", "b.py", "c.py")}
    assert stat.S_IMODE(changes[0].path.stat().st_mode) == 0o751


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("failing", [0, 1, 2])
def test_a_failure_half_way_puts_everything_back(changes, tmp_path, monkeypatch, failing, links):
    before = contents(tmp_path)
    changes[0].path.chmod(0o751)
    real, count = os.replace, iter(range(10))

    def replace(source, target):
        if next(count) == failing:
            raise OSError(28, "No space left on device", str(source))
        real(source, target)

    def link(source, target):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(writing.os, "replace", replace)
    if not links:
        monkeypatch.setattr(writing.os, "link", link)
    with pytest.raises(OSError, match="No space left") as caught:
        replace_files(changes)
    assert caught.value.filename == str(changes[failing].path)
    assert contents(tmp_path) == before
    assert stat.S_IMODE(changes[0].path.stat().st_mode) == 0o751


def test_nothing_is_replaced_when_one_was_edited(changes, tmp_path):
    changes[2].path.write_bytes(b"edited")
    before = contents(tmp_path)
    with pytest.raises(EditedMeanwhileError, match=r"c\.py was edited"):
        replace_files(changes)
    assert contents(tmp_path) == before


def test_an_interrupt_half_way_puts_everything_back(changes, tmp_path, monkeypatch):
    before = contents(tmp_path)
    real, count = os.replace, iter(range(10))

    def replace(source, target):
        if next(count) == 1:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(writing.os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        replace_files(changes)
    assert contents(tmp_path) == before


def test_a_file_that_may_not_be_written_is_refused(changes, tmp_path, monkeypatch):
    before = contents(tmp_path)
    monkeypatch.setattr(writing.os, "access", lambda path, mode: not str(path).endswith("b.py"))
    with pytest.raises(PermissionError):
        replace_files(changes)
    assert contents(tmp_path) == before


def test_an_apply_that_was_killed_half_way_is_undone(changes, tmp_path):
    experiments = tmp_path / "home" / "experiments"
    record_apply(experiments / "train-1", tmp_path, 7, changes)
    replace_files(changes[:2])  # and then the machine went down
    plan = plan_undo(experiments)
    assert plan is not None
    assert (plan.apply.number, plan.apply.trial, len(plan.changes)) == (1, 7, 2)
    undo(plan)
    assert all(change.path.read_bytes() == change.before for change in changes)
    assert plan_undo(experiments) is None


def test_the_journal_counts_through_all_experiments(changes, tmp_path):
    experiments = tmp_path / "experiments"
    first = record_apply(experiments / "b-1", tmp_path, 1, changes[:1])
    second = record_apply(experiments / "a-1", tmp_path, 2, changes[1:2])
    assert [apply.experiment for apply in read_applies(experiments)] == ["b-1", "a-1"]
    replace_files(changes[:2])
    assert plan_undo(experiments).apply.number == second.number
    assert plan_undo(experiments, "b-1").apply.number == first.number
    forget(second)
    assert [apply.number for apply in read_applies(experiments)] == [1]
    (first.folder / "journal.json").write_text("{")
    assert read_applies(experiments) == []


def test_what_was_edited_is_not_undone(changes, tmp_path):
    record_apply(tmp_path / "experiments" / "t-1", tmp_path, 0, changes)
    replace_files(changes)
    changes[0].path.write_bytes(b"mine")
    changes[1].path.unlink()
    plan = plan_undo(tmp_path / "experiments")
    assert plan.edited == {changes[0].path: [1], changes[1].path: []}
    with pytest.raises(ValueError, match="does not overwrite later edits"):
        undo(plan)
    assert changes[2].path.read_bytes() == changes[2].after
