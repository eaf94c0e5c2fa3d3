"""Which files belong to a program: held against what Python itself imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnic.api import compile_entry

FINAL = "# @nni.report_final_result(1)\n"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def compiled(root: Path, entry: str = "train.py", **options: object) -> list[str]:
    found = compile_entry(root / entry, code_dir=root, **options)  # type: ignore[arg-type]
    return [file.path for file in found.files if file.path != entry]


TELL = """
import sys as _sys
for _name in sorted(_sys.modules):
    _file = getattr(_sys.modules[_name], "__file__", None)
    if _name != "__main__" and _file:
        print(_file)
"""


def imported(root: Path, *command: str, path: str = "") -> list[str]:
    """The files below ``root`` that Python has imported when the program ends."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment["PYTHONPATH"] = path
    result = subprocess.run(
        [sys.executable, "-B", *command],
        cwd=root,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    rows = [Path(row) for row in result.stdout.splitlines()]
    return sorted({row.relative_to(root).as_posix() for row in rows if row.is_relative_to(root)})


PROGRAMS = {
    "submodules": {
        "train.py": "import p.a.deep\nfrom p import b, value\nfrom p.c import thing\n",
        "p/__init__.py": "value = 1\n",
        "p/a/__init__.py": "",
        "p/a/deep.py": "from .. import e\nfrom ..f.g import x\nfrom . import near\nfrom .near import y\n",
        "p/a/near.py": "y = 1\n",
        "p/b.py": "",
        "p/c.py": "thing = 1\n",
        "p/e.py": "",
        "p/f/__init__.py": "",
        "p/f/g.py": "from ... import outer\n" if False else "x = 1\n",
        "p/unused.py": "",
    },
    "type checking": {
        "train.py": (
            "import typing\nimport typing as t\nfrom typing import TYPE_CHECKING\n"
            "from typing import TYPE_CHECKING as TC\n"
            "if TYPE_CHECKING:\n    import n1\n"
            "if typing.TYPE_CHECKING:\n    import n2\n"
            "if t.TYPE_CHECKING:\n    import n3\nelif 1:\n    import y1\n"
            "if TC:\n    import n4\nelse:\n    import y2\n"
            "if not TYPE_CHECKING:\n    import y3\nelse:\n    import n5\n"
            "if TYPE_CHECKING and t:\n    import n6\n"
            "if TYPE_CHECKING or t:\n    import y4\n"
            "if not (TC or typing.TYPE_CHECKING):\n    import y5\nelse:\n    import n7\n"
            "if False:\n    import n8\nelse:\n    import y6\n"
            "if True or t:\n    import y7\nelse:\n    import n9\n"
        ),
        **{f"n{number}.py": "" for number in range(1, 10)},
        **{f"y{number}.py": "" for number in range(1, 8)},
    },
    "statements": {
        "train.py": (
            "import sys\nif sys: import a\n"
            "try:\n    import b\nexcept ImportError:\n    pass\nelse:\n    import c\nfinally:\n    import d\n"
            "def f():\n    import e\nf()\n"
            "class K:\n    import g\n"
            "for x in [1]:\n    import h\nelse:\n    import i\n"
            "while True:\n    import j; break\n"
            "with open(__file__):\n    import k\n"
            "match x:\n    case 1:\n        import l\n"
            "async def late():\n    import m\nimport asyncio\nasyncio.run(late())\n"
        ),
        **{f"{name}.py": "" for name in "abcdeghijklm"},
    },
    "dynamic": {
        "train.py": (
            "import importlib\nimport importlib as il\nfrom importlib import import_module\n"
            "from importlib import import_module as load\n"
            "importlib.import_module('a')\nil.import_module('b')\nimport_module('c.d')\nload('e')\n"
            "import_module(name='g')\nimport_module('.h', 'p')\nimport_module('..i', package='p.q')\n"
            "__import__('j')\n__import__('p.k', fromlist=['l'])\nimport p.inner\n"
        ),
        "c/__init__.py": "",
        "p/__init__.py": "",
        "p/q/__init__.py": "",
        "p/k/__init__.py": "",
        "p/k/l.py": "",
        "p/inner.py": (
            "from importlib import import_module\nimport_module('.m', __package__)\n"
            "import_module('.n', __name__.rpartition('.')[0])\n__import__('o', globals(), None, [], 1)\n"
        ),
        **{f"{name}.py": "" for name in ("a", "b", "c/d", "e", "g", "p/h", "p/i", "j", "p/m", "p/n", "p/o")},
    },
    "loaded by path": {
        "train.py": (
            "import importlib.util as u, os, runpy, sys\nfrom importlib.machinery import SourceFileLoader\n"
            "from pathlib import Path\nHERE = os.path.dirname(os.path.abspath(__file__))\n"
            "def load(name, where):\n"
            "    spec = u.spec_from_file_location(name, where)\n    module = u.module_from_spec(spec)\n"
            "    sys.modules[name] = module\n    spec.loader.exec_module(module)\n    return module\n"
            "spec = u.spec_from_file_location('a', os.path.join(HERE, 'plugs', 'a.py'))\n"
            "sys.modules['a'] = u.module_from_spec(spec)\nspec.loader.exec_module(sys.modules['a'])\n"
            "path = Path(__file__).parent / 'plugs' / 'b.py'\n"
            "spec = u.spec_from_file_location(name='b', location=path)\n"
            "sys.modules['b'] = u.module_from_spec(spec)\nspec.loader.exec_module(sys.modules['b'])\n"
            "SourceFileLoader('c', f'{HERE}/plugs/c.py').load_module()\n"
            "u.spec_from_file_location('gone', HERE + '/gone.py')\n"
            "u.spec_from_file_location('folder', HERE + '/plugs')\n"
            "load('d', Path(HERE, 'plugs', 'd.py'))\nload('e', where=HERE + '/plugs/e.py')\n"
        ),
        "plugs/a.py": "import beside\n",
        "plugs/b.py": "",
        "plugs/c.py": "",
        "plugs/d.py": "",
        "plugs/e.py": "",
        "plugs/unused.py": "",
        "beside.py": "",
    },
    "star": {
        "train.py": "from p import *\nfrom q import *\n",
        "p/__init__.py": "__all__ = ['a', 'b']\n__all__ += ['c']\nvalue = 1\n",
        "p/a.py": "",
        "p/b/__init__.py": "",
        "p/c.py": "",
        "p/d.py": "",
        "q/__init__.py": "",
        "q/e.py": "",
    },
    "two files for one module": {
        "train.py": "import a\nimport b\nfrom c import x\n",
        "a.py": "",
        "a/__init__.py": "",
        "b.py": "",
        "b/inner.py": "",
        "c/__init__.py": "x = 1\n",
        "c/x.py": "",
    },
    "namespaces": {
        "train.py": "import n.a\nfrom n.deep import b\nfrom n.deep.c import x\nimport empty\n",
        "n/a.py": "",
        "n/deep/b.py": "from . import d\nfrom .. import e\n",
        "n/deep/c.py": "x = 1\n",
        "n/deep/d.py": "",
        "n/e.py": "",
        "empty/unused.txt": "",
    },
    "shadows": {
        "train.py": "import random\nimport sys\nimport os\nimport time\nimport itertools\nimport Look\n",
        "random.py": "",
        "sys.py": "",
        "os.py": "",
        "time.py": "",
        "itertools.py": "",
        "look.py": "",
        "Look.py": "",
    },
    "lookalikes": {
        "train.py": "try:\n    import model\nexcept ImportError:\n    import other\n",
        "Model.py": "",
        "model.PY": "",
        "other.py": "",
    },
    "names with letters": {
        "train.py": "import größe\nfrom größe import ñ\n",
        "größe/__init__.py": "",
        "größe/ñ.py": "",
    },
}
if sys.version_info >= (3, 15):
    PROGRAMS["lazy imports"] = {
        "train.py": "lazy import a\nlazy from p import b, value\nlazy from p.d import x\na, b, value, x\n",
        "a.py": "",
        "p/__init__.py": "value = 1\n",
        "p/b.py": "",
        "p/c.py": "",
        "p/d.py": "x = 1\n",
    }


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_files_are_those_that_python_imports(name: str, tmp_path: Path) -> None:
    files = dict(PROGRAMS[name])
    files["train.py"] += TELL + FINAL
    write(tmp_path, files)
    found = set(compiled(tmp_path))
    ran = set(imported(tmp_path, "train.py"))
    # Names in `from c import x` are values or submodules; both are taken.
    assert ran <= found
    assert found - ran <= ({"c/x.py"} if name == "two files for one module" else set())
    assert found


def test_a_file_that_cannot_be_parsed_imports_nothing(tmp_path: Path) -> None:
    for text in ("import a\nx = = 1\n", "import a\n\0\n", "import a\nx = " + "(" * 5000 + "\n"):
        write(tmp_path, {"train.py": text, "a.py": ""})
        assert compiled(tmp_path) == []
    (tmp_path / "train.py").write_bytes(b"import a\n# \xff\n")
    assert compiled(tmp_path) == []


MODULES = {
    "pkg/__init__.py": "from . import shared\n",
    "pkg/__main__.py": "from . import model\nimport pkg.late\n" + TELL,
    "pkg/train.py": "from .model import width\nimport top\n" + TELL,
    "pkg/model.py": "width = 1  # @nni.choice(1, 2)\n",
    "pkg/shared.py": "",
    "pkg/late.py": "",
    "pkg.py": "",
    "top.py": "",
    "model.py": "",
    "space/run.py": TELL,
}


@pytest.mark.parametrize(
    ("module", "entry"),
    [("pkg.train", "pkg/train.py"), ("pkg", "pkg/__main__.py"), ("space.run", "space/run.py")],
)
def test_modules_run_by_name(module: str, entry: str, tmp_path: Path) -> None:
    write(tmp_path, MODULES)
    found = compile_entry(module=module, code_dir=tmp_path)
    assert found.entry == entry
    assert {f.path for f in found.files} - {entry} == set(imported(tmp_path, "-m", module))


@pytest.mark.parametrize(
    "module", ["pkg.nothing", "nothing", "space", "pkg.", ".pkg", "", "pkg.train.x", "time"]
)
def test_modules_that_cannot_be_run(module: str, tmp_path: Path) -> None:
    write(tmp_path, {**MODULES, "time.py": ""})
    with pytest.raises((FileNotFoundError, ValueError)):
        compile_entry(module=module, code_dir=tmp_path)


SOURCES = {
    "pyproject.toml": '[tool.nnic]\nroots = ["src", "libs/extra"]\n',
    "scripts/train.py": "import pkg.model\nimport helper\nimport ns.one\nimport ns.two\nimport both\n"
    + TELL
    + FINAL,
    "scripts/helper.py": "",
    "src/pkg/__init__.py": "",
    "src/pkg/model.py": "from . import layers\nwidth = 1  # @nni.choice(1, 2)\n",
    "src/pkg/layers.py": "",
    "src/pkg/__main__.py": "from . import layers\n" + TELL + FINAL,
    "src/ns/one.py": "",
    "libs/extra/ns/two.py": "from . import one\nfrom . import three\n",
    "libs/extra/ns/three.py": "",
    "src/both/part.py": "",
    "libs/extra/both/__init__.py": "from . import own\n",
    "libs/extra/both/own.py": "",
    "libs/extra/pkg/model.py": "",
}


def test_further_roots(tmp_path: Path) -> None:
    write(tmp_path, SOURCES)
    roots = [tmp_path / "src", tmp_path / "libs/extra", tmp_path / "missing"]
    found = compile_entry(tmp_path / "scripts/train.py", roots=roots)
    assert (found.code_dir, found.entry) == (tmp_path, "scripts/train.py")
    paths = {file.path for file in found.files} - {found.entry}
    assert paths == set(imported(tmp_path, "scripts/train.py", path="src:libs/extra"))
    assert found.program is not None
    assert [p.key for p in found.program.space] == ["src.pkg.model/width/choice"]
    module = compile_entry(module="pkg", code_dir=tmp_path, roots=roots)
    assert module.entry == "src/pkg/__main__.py"
    with pytest.raises(ValueError, match=r"the root .*src lies outside of the code directory"):
        compile_entry(tmp_path / "scripts/train.py", code_dir=tmp_path / "scripts", roots=roots)


def test_a_folder_within_the_code_directory(tmp_path: Path) -> None:
    write(tmp_path, SOURCES)
    found = compile_entry(tmp_path / "src/pkg", code_dir=tmp_path)
    assert [file.path for file in found.files] == [
        "src/pkg/__init__.py",
        "src/pkg/__main__.py",
        "src/pkg/layers.py",
        "src/pkg/model.py",
    ]
    with pytest.raises(ValueError, match=r"the folder .* lies outside of the code directory"):
        compile_entry(tmp_path, code_dir=tmp_path / "src")
