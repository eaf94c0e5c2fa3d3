"""The compiled text of a program's files, found under the paths of their originals."""

import marshal
import os
import sys

from nnic.runtime.trial import json_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

VERSION = 1


class Snapshot:
    """A compiled program's folder, read-only but for its cache of compiled modules.

    Parameters
    ----------
    folder
        The program's folder.
    code_dir
        Its code directory.
    insertions
        For each of its files, by the path below the code directory, what the compiler put into it.
    """

    def __init__(self, folder: str, code_dir: str, insertions: "dict[str, list[Any]]") -> None:
        self.code_dir = code_dir
        self._folder = folder
        self._insertions = insertions
        self._names = {path.rpartition("/")[2] for path in self._insertions}
        self._found: dict[str, str] = {f"{self.code_dir}/{path}": path for path in self._insertions}
        self._real: dict[str, str] | None = None
        self._awaited = ""
        self._reached: Callable[[], None] | None = None

    def find(self, path: str) -> str:
        """Return the program's file that ``path`` is, relative to the code directory, else ``""``."""
        found = self._found.get(path)
        if found is None:
            found = ""
            # Every import asks this, so what can't be a program's file is told by its name.
            if os.path.basename(path) in self._names or path.startswith(self.code_dir + "/"):
                found = self.find_real(path)
            self._found[path] = found
        return found

    def find_real(self, path: str) -> str:
        """Do as :meth:`find`, for files behind links of any name too."""
        path = os.path.abspath(path)
        if self._real is None:
            self._real = self._list_real_paths()
        return self._found.get(path) or self._real.get(os.path.realpath(path), "")

    def _list_real_paths(self) -> "dict[str, str]":
        folders: dict[str, str] = {}
        real: dict[str, str] = {}
        for path in self._insertions:
            folder, _, name = path.rpartition("/")
            if folder not in folders:
                folders[folder] = os.path.realpath(f"{self.code_dir}/{folder}")
            place = os.path.join(folders[folder], name)
            real[os.path.realpath(place) if os.path.islink(place) else place] = path
        return real

    def annotated(self) -> "list[str]":
        """Return the files that the compiler changed."""
        return [path for path, insertions in self._insertions.items() if insertions]

    def holds(self, path: str) -> bool:
        """Whether a path lies in this folder."""
        return os.path.abspath(path).startswith(self._folder + "/")

    def has_package(self, name: str) -> bool:
        """Whether the program has a module or package of this name at its top."""
        return any(path == name + ".py" or path.startswith(name + "/") for path in self._insertions)

    def when_reached(self, file: str, call: "Callable[[], None]") -> None:
        """Have something called right before this file's code is first asked for."""
        self._awaited, self._reached = file, call

    def _note_reached(self, file: str) -> None:
        call = self._reached
        if call is not None and file == self._awaited:
            self._reached = None
            call()

    def text(self, file: str) -> bytes:
        """Return the compiled text of a file, in the encoding of the source."""
        self._note_reached(file)
        with open(f"{self._folder}/code/{file}", "rb") as stream:
            return stream.read()

    def compile(self, file: str, path: str) -> "CodeType":
        """Compile a file under ``path``, which need not be its own.

        Raises
        ------
        SyntaxError, ValueError
            As the builtin ``compile`` does.
        """
        insertions = self._insertions[file]
        if not insertions:
            return compile(self.text(file), path, "exec", 0, True)
        # Imported here, since the tree's classes alone cost a millisecond.
        from nnic.runtime.trial import positions

        return positions.compile_moved(self.text(file), path, insertions)

    def compile_cached(self, file: str, path: str, script: bool = False) -> "CodeType":
        """Do as :meth:`compile`, or take what an earlier process compiled: this is ``__pycache__``.

        Python shows the warnings of a script's compilation at each start, those of a module's once.
        """
        self._note_reached(file)
        status = os.stat(f"{self._folder}/code/{file}")
        stamp: list[object] = [status.st_mtime_ns, status.st_size, sys.version]
        kind = "script" if script else "module"
        cache = f"{self._folder}/cache/{sys.implementation.cache_tag}-{sys.flags.optimize}-{kind}/{file}"
        code = _read_code(cache, stamp)
        if code is None:
            code = self.compile(file, path)
            if not script or _is_silent(self.text(file), path):
                _write_code(cache, stamp, code)
        elif code.co_filename != path:
            code = _renamed(code, path)
        return code


def read(folder: str) -> Snapshot:
    """Read ``folder/program.json``.

    Raises
    ------
    OSError, ValueError
        When it can't be read, or was written by a newer version.
    """
    path = os.path.join(folder, "program.json")
    with open(path, encoding="utf-8") as file:
        data = json_text.parse(file.read())
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise ValueError(f"{path} is not of version {VERSION}, which this nnic reads")
    return Snapshot(folder, data["code_dir"], {file["path"]: file["insertions"] for file in data["files"]})


def _is_silent(text: bytes, path: str) -> bool:
    """Whether compiling the text shows no warning."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compile(text, path, "exec", 0, True)
        except (SyntaxError, Warning):
            return False
    return True


def _read_code(cache: str, stamp: "list[object]") -> "CodeType | None":
    try:
        with open(cache, "rb") as file:
            found, code = marshal.loads(file.read())
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return code if found == stamp else None


def _renamed(code: "CodeType", path: str) -> "CodeType":
    """Return the code as if it had been compiled under another path, which a link gives it."""
    kind = type(code)
    constants = tuple(_renamed(item, path) if type(item) is kind else item for item in code.co_consts)
    return code.replace(co_filename=path, co_consts=constants)


def _write_code(cache: str, stamp: "list[object]", code: "CodeType") -> None:
    # Each process writes under a name of its own, so that a reader finds a whole file or none.
    draft = f"{cache}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(cache), exist_ok=True)
        with open(draft, "wb") as file:
            file.write(marshal.dumps((stamp, code)))
        os.replace(draft, cache)
    except OSError:
        # A full or read-only disk costs time here, nothing else.
        return
