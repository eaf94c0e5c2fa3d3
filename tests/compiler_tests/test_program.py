"""Programs of several files: which belong to one, and the folder that is written."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nnic.api import Compilation, apply_values, check_paths, compile_entry, write_program
from nnic.apply.freshness import changed_lines, original_text
from nnic.apply.values import outer_first
from nnic.findings.diagnostics import Diagnostic
from nnic.project.code_directory import find_code_dir, python_files
from nnic.runtime.program import Program
from nnic.source import SourceFile

FILES = {
    "train.py": (
        "import os\nfrom pkg import model\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import only_types\nelse:\n    import not_types\n"
        "try:\n    import missing\nexcept ImportError:\n    import fallback\n"
        "def late():\n    import importlib\n    importlib.import_module('plugins.one')\n"
        "lr = 0.1  # @nni.uniform(0, 1)\n# @nni.report_final_result(lr)\n"
    ),
    "pkg/__init__.py": "from .shared import value\n",
    "pkg/model.py": "from . import layers\nfrom .sub.deep import thing\nwidth = 8  # @nni.choice(8, 16)\n",
    "pkg/layers.py": "depth = 2  # @nni.choice(2, 3)\n",
    "pkg/shared.py": "value = 1\n",
    "pkg/sub/__init__.py": "",
    "pkg/sub/deep.py": "import pkg.star\nthing = 1\n",
    "pkg/star.py": "",
    "pkg/unused.py": "unused = 1  # @nni.choice(1, 2)\n",
    "only_types.py": "",
    "not_types.py": "",
    "fallback.py": "from namespace.inner import x\n",
    "namespace/inner.py": "x = 1\n",
    "plugins/one.py": "",
    "plugins/two.py": "",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "my pröject"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def findings(compilation: Compilation) -> list[Diagnostic]:
    """What was found but for the note about pkg/unused.py."""
    return [d for d in compilation.diagnostics if d.code != "NNI302"]


def tree_hash(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        digest.update(f"{path.relative_to(root)} {path.lstat().st_mode}".encode())
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def test_an_entry_takes_what_it_imports(project: Path) -> None:
    compilation = compile_entry(project / "train.py")
    assert [file.path for file in compilation.files] == [
        "train.py",
        "fallback.py",
        "namespace/inner.py",
        "not_types.py",
        "pkg/__init__.py",
        "pkg/layers.py",
        "pkg/model.py",
        "pkg/shared.py",
        "pkg/star.py",
        "pkg/sub/__init__.py",
        "pkg/sub/deep.py",
        "plugins/one.py",
    ]
    program = compilation.program
    assert program is not None
    assert (program.code_dir, program.entry, program.module) == (str(project), "train.py", "")
    assert [p.key for p in program.space] == [
        "train/lr/uniform",
        "pkg.layers/depth/choice",
        "pkg.model/width/choice",
    ]
    assert [f.path for f in program.files if f.annotated] == ["train.py", "pkg/layers.py", "pkg/model.py"]


def test_a_folder_takes_all_files(project: Path) -> None:
    compilation = compile_entry(project)
    assert compilation.program is not None
    assert compilation.program.entry == ""
    assert [file.path for file in compilation.files] == sorted(FILES, key=lambda p: p.split("/"))
    assert "pkg.unused/unused/choice" in compilation.program.space


def test_a_script_in_a_package(project: Path) -> None:
    (project / "pkg/run.py").write_text("import layers\nimport pkg.star\nfrom pkg import shared\n")
    (project / "layers.py").write_text("")
    compilation = compile_entry(project / "pkg/run.py")
    assert compilation.entry == "pkg/run.py"
    # As for Python, what stands beside the script comes first.
    paths = [file.path for file in compilation.files]
    assert paths == ["pkg/run.py", "pkg/__init__.py", "pkg/layers.py", "pkg/shared.py", "pkg/star.py"]


def test_a_module(project: Path) -> None:
    compilation = compile_entry(module="pkg.sub.deep", code_dir=project)
    assert compilation.program is not None
    assert (compilation.program.entry, compilation.program.module) == ("pkg/sub/deep.py", "pkg.sub.deep")
    paths = {file.path for file in compilation.files}
    assert paths == {
        "pkg/sub/deep.py",
        "pkg/sub/__init__.py",
        "pkg/__init__.py",
        "pkg/shared.py",
        "pkg/star.py",
    }
    with pytest.raises(FileNotFoundError, match=r"no module pkg\.nothing"):
        compile_entry(module="pkg.nothing", code_dir=project)


def test_wrong_targets(project: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="does not exist"):
        compile_entry(project / "nothing.py")
    with pytest.raises(ValueError, match="outside of the code directory"):
        compile_entry(project / "train.py", code_dir=project / "pkg")
    with pytest.raises(ValueError, match="either a path or a module"):
        compile_entry()


def test_an_entry_behind_a_link_is_compiled_where_python_imports_from(project: Path, tmp_path: Path) -> None:
    (project / "latest.py").symlink_to("train.py")
    compilation = compile_entry(project / "latest.py")
    assert (compilation.code_dir, compilation.entry) == (project, "latest.py")
    for place in (tmp_path / "away.py", project / "pkg" / "start.py"):
        place.symlink_to(project / "train.py")
        compilation = compile_entry(place)
        assert (compilation.code_dir, compilation.entry) == (project, "train.py")
        assert "pkg/model.py" in {file.path for file in compilation.files}
    with pytest.raises(ValueError, match="outside of the code directory"):
        compile_entry(tmp_path / "away.py", code_dir=project / "pkg")


def test_a_hidden_error_is_shown_and_nothing_is_compiled(project: Path) -> None:
    (project / "pkg" / "model.py").write_text("x = 1  # @nni.uniform(1, 0)  # nnic: ignore[NNI103]\n")
    assert check_paths([project]) == []
    compilation = compile_entry(project / "train.py")
    assert compilation.program is None
    assert [(d.code, d.line) for d in findings(compilation)] == [("NNI103", 1)]
    assert "nnic lint only" in findings(compilation)[0].help


def test_code_dir_climbs_out_of_packages(project: Path) -> None:
    assert find_code_dir(project / "pkg/sub/deep.py") == project
    assert find_code_dir(project / "plugins/one.py") == project / "plugins"
    assert find_code_dir(project / "pkg") == project / "pkg"


def test_what_is_left_out_of_a_folder(project: Path) -> None:
    for name in (".nnic/build/x.py", ".git/x.py", "env/lib/x.py", "out/x.py", "keep/x.py", "logs/a/x.py"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("")
    (project / "env/pyvenv.cfg").write_text("")
    (project / ".gitignore").write_text("# comment\n/logs/*\n!logs/b\nplugins/tw?.py\n*.tmp\n")
    (project / "pkg/.nniignore").write_text("/sub/\nlayers.py\n")
    left = set(python_files(project, (project / "out",)))
    gone = {"pkg/sub/__init__.py", "pkg/sub/deep.py", "pkg/layers.py", "plugins/two.py"}
    assert left == set(FILES) - gone | {"keep/x.py"}
    # A folder of the same repository obeys the rules above it.
    assert python_files(project / "plugins") == ["one.py"]


def test_the_folder_that_is_written(project: Path, tmp_path: Path) -> None:
    script = project / "train.py"
    script.chmod(0o755)
    before = tree_hash(project)
    compilation = compile_entry(script)
    out = tmp_path / "built here" / "train"
    write_program(compilation, out)
    assert tree_hash(project) == before
    assert sorted(p.name for p in out.parent.iterdir()) == ["train"]
    assert sorted(p.name for p in out.iterdir()) == ["code", "program.json", "search_space.json"]
    assert Program.load(out) == compilation.program
    space = json.loads((out / "search_space.json").read_text(encoding="utf-8"))
    assert space["train/lr/uniform"] == {"_type": "uniform", "_value": [0, 1]}
    written = sorted(str(p.relative_to(out / "code")) for p in (out / "code").rglob("*") if p.is_file())
    assert written == sorted(file.path for file in compilation.files)
    assert stat.S_IMODE((out / "code/train.py").stat().st_mode) == 0o755
    for file, recorded in zip(compilation.files, compilation.program.files):
        data = (out / "code" / file.path).read_bytes()
        assert recorded.sha256 == hashlib.sha256((project / file.path).read_bytes()).hexdigest()
        assert original_text(data, recorded.insertions) == FILES[file.path]
        assert (data == (project / file.path).read_bytes()) is not recorded.annotated


def test_writing_twice_gives_the_same(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_program(compile_entry(project / "train.py"), out)
    first = tree_hash(out)
    write_program(compile_entry(project / "train.py"), out)
    assert tree_hash(out) == first


def test_nobody_elses_files_are_replaced(project: Path, tmp_path: Path) -> None:
    compilation = compile_entry(project / "train.py")
    for name in ("mine.txt", "code"):
        out = tmp_path / f"out {name}"
        out.mkdir()
        (out / name).write_text("mine")
        with pytest.raises(FileExistsError):
            write_program(compilation, out)
        assert (out / name).read_text() == "mine"
    with pytest.raises(FileExistsError):
        write_program(compilation, project / "train.py")
    empty = tmp_path / "empty"
    empty.mkdir()
    write_program(compilation, empty)


def test_an_export_runs(project: Path, tmp_path: Path) -> None:
    for name in ("missing.py", "data/numbers.txt", ".hidden"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("")
    (project / "data/link").symlink_to("numbers.txt")
    (project / "outer").symlink_to(tmp_path)
    out = project / "out"
    compilation = compile_entry(project / "train.py")
    for _ in range(2):
        write_program(compilation, out, export=True)
    code = out / "code"
    expected = {*FILES, "missing.py", "data/numbers.txt", "data/link", ".hidden"}
    found = {p.relative_to(code).as_posix() for p in code.rglob("*") if not p.is_dir()}
    assert found == expected
    assert os.readlink(code / "data/link") == "numbers.txt"
    assert (code / "outer").resolve() == tmp_path
    # A file outside of the program is copied as it is.
    assert (code / "pkg/unused.py").read_bytes() == (project / "pkg/unused.py").read_bytes()
    root = str(Path(__file__).parents[2])
    subprocess.run([sys.executable, "train.py"], cwd=code, check=True, env={**os.environ, "PYTHONPATH": root})


def test_no_final_result_is_a_finding_of_entries_only(project: Path) -> None:
    (project / "train.py").write_text("lr = 0.1  # @nni.uniform(0, 1)\n")
    (found,) = findings(compile_entry(project / "train.py"))
    assert (found.code, found.line, found.column) == ("NNI203", 1, 1)
    assert compile_entry(project / "train.py").program is not None
    assert compile_entry(project).diagnostics == ()
    assert check_paths([project]) == []
    (project / "train.py").write_text("import fallback\nlr = 0.1  # @nni.uniform(0, 1)\n")
    (project / "fallback.py").write_text("from nni import report_final_result\n")
    assert findings(compile_entry(project / "train.py")) == []


def test_errors_leave_no_program(project: Path, tmp_path: Path) -> None:
    (project / "pkg/layers.py").write_text("x = 1  # @nni.unifrm(0, 1)\ny = 1  # @nni.choice()\n")
    (project / "pkg/model.py").write_text("from . import layers\nz = 1  # @nni.uniform(0)\n")
    compilation = compile_entry(project / "train.py", display_root=project)
    assert compilation.program is None
    places = [(d.path, d.line, d.code) for d in findings(compilation)]
    assert places == [
        ("pkg/layers.py", 1, "NNI101"),
        ("pkg/layers.py", 2, "NNI105"),
        ("pkg/model.py", 2, "NNI102"),
    ]
    with pytest.raises(ValueError, match="with errors"):
        write_program(compilation, tmp_path / "out")
    with pytest.raises(ValueError, match="with errors"):
        apply_values(compilation, {})


def test_two_files_with_one_key(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("a.b.py", "a/b.py"):
        (tmp_path / name).write_text("x = 1  # @nni.choice(1, 2)\n")
    (found,) = compile_entry(tmp_path).diagnostics
    assert found.code == "NNI112"
    assert "a.b/x/choice" in found.message


def test_check_paths(project: Path) -> None:
    (project / "pkg/layers.py").write_text("x = 1  # @nni.unifrm(0, 1)\n")
    (project / "script").write_text("x = 1  # @nni.unifrm(0, 1)\n")
    found = check_paths([project, project / "pkg/layers.py", project / "script"], display_root=project)
    assert [d.path for d in found] == ["pkg/layers.py", "pkg/layers.py", "script"][-len(found) :]
    with pytest.raises(FileNotFoundError):
        check_paths([project / "nothing"])


def test_edited_files_are_told_with_their_lines(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_program(compile_entry(project / "train.py"), out)
    program = Program.load(out)
    assert changed_lines(program, out) == {}
    layers = project / "pkg/layers.py"
    layers.write_text("import os\n\n" + layers.read_text() + "more = 1\n")
    (project / "pkg/star.py").unlink()
    assert changed_lines(program, out) == {"pkg/layers.py": [1, 2, 4], "pkg/star.py": []}


APPLIED = '''\
lr = 1e-3  # @nni.loguniform(1e-5, 1e-1)
batch = 1_000  # @nni.randint(1, 100000)
drop = 0.5  # @nni.uniform(0, 1)
opt = "adam"  # @nni.choice("adam", 'sgd', SGD( 1 ), lambda: 1)
"""@nni.variable(nni.choice(1, 2), name=tied)"""
tied = 1
"""@nni.variable(nni.choice(1, 2), name=tied)"""
tied = 2
"""@nni.function_choice(f(1), g( 2 ) + 1, name=f)"""
y = [f(1), -f(1)]
# @nni.report_final_result(y)
'''


def test_applying_values(tmp_path: Path) -> None:
    (tmp_path / "t.py").write_text(APPLIED)
    compilation = compile_entry(tmp_path / "t.py")
    assert compilation.program is not None
    config = {
        "t/lr/loguniform": 0.00241,
        "t/batch/randint": 25000,
        "t/drop/uniform": 0.25,
        "t/opt/choice": "(lambda : 1)",
        "t/tied/choice": 2,
    }
    text = apply_values(compilation, config)["t.py"]
    assert [line for line in text.splitlines() if not line.startswith(('"""', "#"))] == [
        "lr = 2.41e-3  # @nni.loguniform(1e-5, 1e-1)",
        "batch = 25_000  # @nni.randint(1, 100000)",
        "drop = 0.25  # @nni.uniform(0, 1)",
        "opt = lambda: 1  # @nni.choice(\"adam\", 'sgd', SGD( 1 ), lambda: 1)",
        "tied = 2",
        "tied = 2",
        "y = [f(1), -f(1)]",
    ]
    sum_of_two = {"t/f/function_choice": "(g(2) + 1)"}
    with pytest.raises(ValueError, match=r"t\.py:9: .* the annotation of f would not mean the same"):
        apply_values(compilation, sum_of_two)
    assert "\ny = [g( 2 ) + 1, -(g( 2 ) + 1)]\n" in apply_values(compilation, sum_of_two, strip=True)["t.py"]
    assert (
        apply_values(compilation, {"t/opt/choice": "SGD(1)"})["t.py"]
        .splitlines()[3]
        .startswith("opt = SGD( 1 )  #")
    )
    own = {"t/lr/loguniform": 0.001, "t/batch/randint": 1000, "t/drop/uniform": 0.5, "t/opt/choice": "adam"}
    assert apply_values(compilation, own) == {}
    with pytest.raises(ValueError, match="no parameter 'lr'"):
        apply_values(compilation, {"lr": 1})
    with pytest.raises(ValueError, match="not one of its options"):
        apply_values(compilation, {"t/opt/choice": "other"})


def test_places_are_those_of_every_parameter(tmp_path: Path) -> None:
    (tmp_path / "t.py").write_text(APPLIED)
    (file,) = compile_entry(tmp_path / "t.py").files
    assert file.ir is not None
    source = file.ir.source
    found = [(tunable.name, place.span) for tunable, place in outer_first(file.ir)]
    assert [(name, *source.lines.location(span.start), source.slice(span)) for name, span in found] == [
        ("lr", 1, 6, "1e-3"),
        ("batch", 2, 9, "1_000"),
        ("drop", 3, 8, "0.5"),
        ("opt", 4, 7, '"adam"'),
        ("tied", 6, 8, "1"),
        ("tied", 8, 8, "2"),
        ("f", 10, 6, "f(1)"),
        ("f", 10, 13, "f(1)"),
    ]


def test_insertions_add_up(project: Path) -> None:
    compilation = compile_entry(project / "train.py")
    assert compilation.program is not None
    for file, recorded in zip(compilation.files, compilation.program.files):
        source = SourceFile.decode(file.data, file.path)
        grown = len(file.compiled_data) - len(file.data)
        assert sum(insertion.length for insertion in recorded.insertions) == grown
        places = [(insertion.line, insertion.column) for insertion in recorded.insertions]
        assert places == sorted(places)
        for insertion in recorded.insertions:
            assert insertion.column <= len(source.lines.line_text(insertion.line).encode())


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("train.ipynb", "jupyter nbconvert --to script"),
        ("train.sh", "nnic run -- sh "),
        ("config.YAML", "name the script that reads it"),
        ("space.json", "name the script that reads it"),
    ],
)
def test_what_is_not_a_script_is_refused_with_the_next_step(name: str, step: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("{}\n")
    with pytest.raises(ValueError, match="is not a Python script; .*" + step):
        compile_entry(tmp_path / name)


def test_a_script_may_have_any_other_name(tmp_path: Path) -> None:
    (tmp_path / "train").write_text("lr = 0.1  # @nni.uniform(0, 1)\n")
    assert compile_entry(tmp_path / "train").program is not None
