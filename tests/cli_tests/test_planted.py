"""A store that came with an archive or a repository, or that another user made, does nothing unasked.

An attacker's `.nnic` belongs to whoever unpacked it: it is made here as such an archive would have it.
"""

import json
import marshal
import shutil
import sqlite3
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from nnic.runtime.store.seals import find_key

SCRIPT = """\
lr = 0.1  # @nni.uniform(0, 1)
# @nni.report_final_result(lr)
"""
EVIL = "#!/bin/sh\ntouch '{sign}'\nexec '{python}' \"$@\"\n"


@pytest.fixture(scope="session")
def made(tmp_path_factory, new_project):
    """A project with a finished run, whose values were applied, made by somebody else."""
    root = tmp_path_factory.mktemp("made") / "project"
    root.mkdir()
    project = new_project(root)
    project.environment["XDG_STATE_HOME"] = str(root.with_name("their state"))
    project.write("train.py", SCRIPT)
    project.nnic("run", "train.py", "-q", "--maximize", "--trials", "3", "--tuner", "random", "--name", "exp")
    project.nnic("apply", "exp", "--trial", "1")
    return project


@pytest.fixture(scope="session")
def state(tmp_path_factory):
    """The state of a user who has used nnic before, and so has a key."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder))
        assert find_key(make=True) is not None
    return folder


@pytest.fixture
def planted(made, state, tmp_path, new_project):
    """That project, as this user unpacked it; the paths in it are those of this place."""
    root = tmp_path / "project"
    shutil.copytree(made.root, root, ignore=shutil.ignore_patterns(".git"))
    project = new_project(root)
    project.environment["XDG_STATE_HOME"] = str(state)
    for name in ("program/program.json", "applies/1/journal.json"):
        file = experiment(project) / name
        file.write_text(file.read_text().replace(str(made.root), str(root)))
    change_config(project, lambda text: text.replace(str(made.root), str(root)))
    return project


def experiment(project):
    return project.root / ".nnic/experiments/exp"


def change_config(project, change):
    connection = sqlite3.connect(project.root / ".nnic/nnic.db")
    with connection:
        (text,) = connection.execute("SELECT config FROM experiment").fetchone()
        connection.execute("UPDATE experiment SET config = ?", (change(text),))
    connection.close()


def change_argv(project, change):
    def changed(text):
        config = json.loads(text)
        config["argv"] = change(config["argv"])
        return json.dumps(config)

    change_config(project, changed)


def forge_journal(project, path, before):
    """Let `apply --undo` put `before` into the file at `path`."""
    folder = experiment(project) / "applies/1"
    journal = json.loads((folder / "journal.json").read_text())
    (folder / "0.before").write_text(before)
    journal["files"][0].update(path=str(path), before=sha256(before.encode()).hexdigest())
    journal["files"][0]["after"] = sha256(Path(path).read_bytes()).hexdigest()
    (folder / "journal.json").write_text(json.dumps(journal))


def evil(project):
    """Return a Python that leaves a sign when it is run, and the sign."""
    sign = project.root.with_name("was run")
    program = project.write("evil", EVIL.format(sign=sign, python=sys.executable))
    program.chmod(0o755)
    return program, sign


def test_its_results_can_be_read(planted):
    assert planted.json("best", "exp")["trial"] in (0, 1, 2)
    assert len(planted.json("trials", "exp")) == 3
    planted.nnic("status", "exp")
    planted.nnic("export", "exp")
    found = [entry for entry in planted.json("doctor") if entry["subject"] == "trust"]
    assert "exp" in found[0]["message"]
    assert "nnic doctor --trust" in found[0]["next"]


def test_undo_writes_no_file_of_a_forged_journal(planted):
    victim = planted.root.with_name(".bashrc")
    victim.write_text("# mine\n")
    forge_journal(planted, victim, "rm -rf ~\n")
    for words in ((), ("exp",)):
        result = planted.nnic("apply", *words, "--undo", status=1)
        assert victim.read_text() == "# mine\n"
        assert str(victim) in result.stderr
        assert "nnic doctor --trust" in result.stderr


@pytest.mark.parametrize("way", ["absolute", "dots", "link"])
def test_an_accepted_journal_writes_nothing_outside_of_the_project(planted, way):
    victim = planted.root.with_name("victim.py")
    victim.write_text("# mine\n")
    path = {
        "absolute": victim,
        "dots": f"{planted.root}/../victim.py",
        "link": planted.root / "model.py",
    }[way]
    (planted.root / "model.py").symlink_to(victim)
    forge_journal(planted, path, "evil\n")
    journal = experiment(planted) / "applies/1/journal.json"
    journal.write_text(json.dumps({**json.loads(journal.read_text()), "root": "/"}))
    planted.nnic("doctor", "--trust")
    result = planted.nnic("apply", "--undo", status=1)
    assert "outside of the project" in result.stderr
    assert victim.read_text() == "# mine\n"


def test_undo_does_not_take_a_changed_text_for_the_one_from_before(planted):
    planted.nnic("doctor", "--trust")
    (experiment(planted) / "applies/1/0.before").write_text("evil\n")
    before = (planted.root / "train.py").read_text()
    assert "is damaged" in planted.nnic("apply", "--undo", status=1).stderr
    assert (planted.root / "train.py").read_text() == before


def test_apply_does_not_follow_a_forged_code_directory(planted):
    victim = planted.root.with_name("victim")
    victim.mkdir()
    (victim / "train.py").write_text(SCRIPT)
    file = experiment(planted) / "program/program.json"
    file.write_text(file.read_text().replace(str(planted.root), str(victim)))
    result = planted.nnic("apply", "exp", "--trial", "1", status=1)
    assert (victim / "train.py").read_text() == SCRIPT
    assert "nnic doctor --trust" in result.stderr


def test_neither_apply_nor_resume_runs_a_forged_command(planted):
    program, sign = evil(planted)
    change_argv(planted, lambda argv: [str(program), *argv[1:]])
    for words in (("apply", "exp", "--dry-run"), ("resume", "exp", "--trials", "4")):
        result = planted.nnic(*words, status=1)
        assert not sign.exists()
        assert f"{program} train.py (in " in result.stderr
    text = "import nnic\nnnic.Experiment.open('exp').start().wait()"
    assert started(planted, text).returncode != 0
    assert not sign.exists()


def started(project, text):
    return subprocess.run(
        [sys.executable, "-c", text],
        cwd=project.root,
        env=project.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_request_in_a_file_starts_nothing(planted):
    sign = planted.root.with_name("was run")
    planted.write("tuner.py", f"open({str(sign)!r}, 'w')\n")
    config = {"argv": ["x"], "cwd": "/", "tuner": str(planted.root / "tuner.py:T")}
    (experiment(planted) / "run.json").write_text(json.dumps(config))
    planted.nnic("doctor", "--trust")
    result = started(planted, "import nnic\nnnic.Experiment.open('exp').start().wait()")
    assert result.returncode == 0, result.stderr
    assert not sign.exists()


def test_an_accepted_store_works_until_its_program_is_changed(planted):
    accepted = planted.nnic("doctor", "--trust").stdout
    assert f"{sys.executable} train.py (in {planted.root})" in accepted
    assert not [entry for entry in planted.json("doctor") if entry["subject"] == "trust"]
    planted.nnic("apply", "--undo")
    assert (planted.root / "train.py").read_text() == SCRIPT
    planted.nnic("resume", "exp", "-q", "--trials", "4")
    planted.nnic("apply", "exp", "--trial", "1")
    shutil.rmtree(planted.root / ".nnic/experiments/exp/program/cache", ignore_errors=True)
    added = experiment(planted) / "program/code/other.py"
    added.write_text("")
    planted.nnic("resume", "exp", "-q", "--trials", "5", status=1)
    added.unlink()
    planted.nnic("resume", "exp", "-q", "--trials", "5")
    program, sign = evil(planted)
    change_argv(planted, lambda argv: [str(program), *argv[1:]])
    planted.nnic("resume", "exp", "-q", "--trials", "6", status=1)
    assert not sign.exists()


def test_compiled_modules_that_were_put_beside_the_program_are_not_run(planted):
    sign = planted.root.with_name("was run")
    planted.nnic("doctor", "--trust")
    code = compile(f"open({str(sign)!r}, 'w')", "train.py", "exec")
    for file in experiment(planted).glob("program/cache/*/train.py"):
        stamp = marshal.loads(file.read_bytes())[0]
        file.write_bytes(marshal.dumps((stamp, code)))
    planted.nnic("resume", "exp", "-q", "--trials", "4")
    assert not sign.exists()


def test_a_value_that_is_code_is_not_written(planted):
    planted.nnic("doctor", "--trust")
    connection = sqlite3.connect(planted.root / ".nnic/nnic.db")
    with connection:
        values = json.dumps({"train/lr/uniform": "__import__('os').getcwd()"})
        connection.execute("UPDATE trial SET parameters = ? WHERE id = 1", (values,))
    connection.close()
    assert "which is no number" in planted.nnic("apply", "exp", "--trial", "1", status=1).stderr


@pytest.mark.parametrize("name", ["lock", "seals"])
def test_what_a_link_in_a_store_leads_to_is_not_written(planted, name):
    victim = planted.root.with_name("precious")
    victim.write_text("precious")
    link = experiment(planted) / name
    link.unlink(missing_ok=True)
    link.symlink_to(victim)
    project_commands = {"lock": ("discard", "1"), "seals": ("doctor", "--trust")}
    subprocess.run(
        planted.command(*project_commands[name]), cwd=planted.root, env=planted.environment, timeout=120
    )
    assert victim.read_text() == "precious"


def test_reading_an_older_store_truncates_no_file_that_a_link_leads_to(planted):
    victim = planted.root.with_name("precious")
    victim.write_text("precious")
    home = planted.root / ".nnic"
    old = Path(__file__).parent.parent / "runtime_tests/data/store_v1.db"
    for file in home.glob("nnic.db*"):
        file.unlink()
    shutil.copy(old, home / "nnic.db")
    (home / "nnic.db.v1.backup.part").symlink_to(victim)
    planted.nnic("status")
    assert victim.read_text() == "precious"


def test_another_program_s_database_behind_a_link_stays_as_it_is(planted):
    other = planted.root.with_name("places.sqlite")
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE bookmarks (url)")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    before = other.read_bytes()
    home = planted.root / ".nnic"
    for file in home.glob("nnic.db*"):
        file.unlink()
    (home / "nnic.db").symlink_to(other)
    for words in (("status",), ("run", "train.py", "-q", "--maximize", "--trials", "1")):
        command = planted.command(*words)
        assert subprocess.run(command, cwd=planted.root, env=planted.environment, timeout=120).returncode
        assert other.read_bytes() == before


def test_the_copy_of_a_project_does_not_write_into_the_original(made, tmp_path, new_project):
    copied = tmp_path / "copy"
    shutil.copytree(made.root, copied)
    shutil.rmtree(copied / ".git")
    project = new_project(copied)
    project.environment["XDG_STATE_HOME"] = made.environment["XDG_STATE_HOME"]
    before = (made.root / "train.py").read_text()
    for words in (("apply", "exp", "--trial", "2"), ("apply", "--undo")):
        assert f"is a copy of {made.root / '.nnic'}" in project.nnic(*words, status=1).stderr
    assert (made.root / "train.py").read_text() == before


def test_a_home_in_a_folder_above_is_named_before_it_is_used(made, tmp_path, new_project):
    (tmp_path / "above").mkdir()
    project = new_project(tmp_path / "above")
    project.write("sub/train.py", SCRIPT)
    shutil.rmtree(project.root / ".git")
    (project.root / ".nnic").mkdir(mode=0o700)
    words = ("run", "train.py", "-q", "--maximize", "--trials", "1")
    assert f"in {project.root / '.nnic'}, in a folder above" in project.nnic(*words, cwd="sub").stderr
