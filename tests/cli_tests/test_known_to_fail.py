"""A run of which is known that trials fail does not start."""

import subprocess

import pytest

SILENT = "lr = 0.1  # @nni.uniform(0, 1)\nprint(lr)\n"
UNBOUND = "lr = 0.1  # @nni.uniform(0, 1)\n# @nni.report_final_result(acuracy)\n"
OPTION = "f = 1  # @nni.choice(1, undefined_name)\n# @nni.report_final_result(f)\n"
ENTRY = """\
def main():
    lr = 0.1  # @nni.uniform(0, 1)
    print(lr)


if __name__ == '__main__':
    main()
"""


@pytest.mark.parametrize(
    ("text", "code"), [(SILENT, "NNI203"), (UNBOUND, "NNI206"), (OPTION, "NNI206"), (ENTRY, "NNI203")]
)
def test_it_is_not_started(project, text, code):
    project.write("train.py", text)
    told = project.nnic("run", "train.py", "--trials", "2", status=1).stderr
    assert "train.py is not started, because trials are known to fail" in told
    assert code in told
    assert "--keep-going" in told
    assert not (project.root / ".nnic").exists()


def test_it_is_started_when_asked(project):
    project.write("train.py", SILENT)
    project.nnic("run", "train.py", "--trials", "2", "--keep-going", "-q", status=1)
    assert len(project.json("trials")) == 2


@pytest.mark.parametrize(
    "rest",
    [
        "import importlib\nimportlib.import_module('rest').run(lr)\n",
        "import subprocess, sys\nsubprocess.run([sys.executable, 'rest.py'])\n",
        "exec(open('rest.py').read())\n",
        "import runpy\nrunpy.run_path('rest.py')\n",
    ],
)
def test_a_program_that_runs_what_nobody_sees_is_started(project, rest):
    project.write("train.py", SILENT + rest)
    project.write("rest.py", "import nni\nnni.report_final_result(1)\ndef run(x):\n    pass\n")
    told = project.nnic("run", "train.py", "--trials", "1", "-q", status=0)
    assert "known to fail" not in told.stderr


def test_a_report_in_an_imported_file_counts(project):
    project.write("train.py", "import rest\n" + ENTRY)
    project.write("rest.py", "def tell(x):\n    # @nni.report_final_result(x)\n    pass\n")
    project.nnic("lint", "train.py")


def test_a_hidden_finding_is_the_users_word(project):
    hidden = UNBOUND.replace("acuracy)", "acuracy)  # nnic: ignore[NNI206]")
    project.write("train.py", "globals()['acuracy'] = 1\n" + hidden)
    project.nnic("run", "train.py", "--trials", "1", "-q")


def test_lint_of_an_entry_says_the_same(project):
    project.write("train.py", ENTRY)
    for cache in ((), (), ("--no-cache",)):
        assert "NNI203" in project.nnic("lint", *cache, status=1).stdout
    project.write("train.py", ENTRY.replace("print(lr)", "# @nni.report_final_result(lr)\n    print(lr)"))
    project.nnic("lint")


def test_lint_of_a_part_says_nothing(project):
    project.write("train.py", SILENT)  # it may be imported by anything
    project.nnic("lint")
    project.write("train.py", ENTRY.replace("lr = 0.1  # @nni.uniform(0, 1)", "lr = 0.1"))
    project.nnic("lint")  # nothing of it is searched


def test_from_python_an_error_says_what_fails(project):
    project.write("train.py", UNBOUND)
    code = "import nnic; nnic.Experiment('train.py').start()"
    found = subprocess.run(
        [*project.command()[:1], "-c", code],
        cwd=project.root,
        env=project.environment,
        capture_output=True,
        text=True,
    )
    assert "KnownToFailError" in found.stderr
    assert "train.py:2: acuracy is not defined anywhere" in found.stderr
