"""Makes the import system serve a program's files from its snapshot, under their own paths.

A hook through ``get_data`` was tried first: it silently ran the defaults from a stale
``__pycache__``. So ``get_code`` is replaced, which looks at no cache beside the source and writes
none there.
"""

import atexit
import builtins
import io
import os
import sys

from nnic.runtime.trial import assignment, left_files, loading, script, snapshot, stdlib

_machinery = stdlib.load("_frozen_importlib_external", "importlib.machinery", "SourceFileLoader")

_main = 0  # The pid of the trial's main process, in that process.
_is_baseline = False  # Asking what is given is asking for what is a trial's own, so it is asked once.
_watch: "left_files.Watch | None" = None

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

# The fork point is told by this many trials, where they come to it no sooner than after these seconds:
# from that the manager judges what prefix sharing would save.
_TRIALS_THAT_TELL = 3
_LEAST_TOLD_S = 0.5

_IMPORTLIB = "<frozen importlib._bootstrap_external>"

# The standard library's modules that compile a script by themselves.
_RUNNERS = {"runpy", "cProfile", "profile", "trace"}


def start(sharing: "Callable[[snapshot.Snapshot], script.Sharing] | None" = None) -> None:
    """Make this process a trial's; called once, before any user's code.

    Parameters
    ----------
    sharing
        What makes a template of this process instead, from the program that it runs; see ``forking``.
    """
    given = assignment.process.given
    launched = os.environ.get(assignment.LAUNCHED, "")
    if not launched or given.program is None:
        assignment.claim_main_process()
    loading.remember()
    program = None
    sys.meta_path.append(NniFinder())
    if given.program is not None:
        global _watch
        program = snapshot.read(given.program)
        _watch = left_files.watch(program)
        serve_imports(program)
        serve_runners(program)
        shared = None if sharing is None else sharing(program)
        claimed = script.serve(program, None if shared is None else shared.share)
        if shared is not None and not claimed:
            shared.give_up("the script is not one of the program's files")
        if program.has_package("nnic"):
            # The user has a package of that name; compiled code needs nnic.runtime only.
            del sys.modules["nnic"]
    if assignment.in_main_process():
        _begin_telling(program)
    elif launched and program is not None and not assignment.has_main_process():
        program.when_reached(launched, lambda: _claim(program))


def _claim(program: "snapshot.Snapshot | None") -> None:
    """Make this process of a launcher's command a main one of the trial: it runs the script, as each rank."""
    assignment.claim_main_process()
    _begin_telling(program)


def _begin_telling(program: "snapshot.Snapshot | None") -> None:
    become_main()
    # What is registered first is called last.
    atexit.register(_tell_outcome, program)


def become_main() -> None:
    """Make this process the one that tells the trial's outcome; those that it forks don't."""
    global _main, _is_baseline
    _main = os.getpid()
    _is_baseline = assignment.process.given.baseline
    if _is_baseline:
        from nnic.runtime.trial import rereading

        rereading.watch()


def serve_imports(program: snapshot.Snapshot) -> None:
    """Let source loaders take the program's files from the snapshot, and leave no bytecode there."""
    loader = _machinery.SourceFileLoader
    plain_get_code = loader.get_code
    plain_set_data = loader.set_data
    plain_source_to_code = loader.source_to_code
    writable = _bytecode_folder(program.code_dir)
    real_code_dir = os.path.realpath(program.code_dir)

    def get_code(self: "Any", fullname: str) -> "CodeType | None":
        path = self.get_filename(fullname)
        file = program.find(path)
        if not file:
            _note_loaded(path)
            return plain_get_code(self, fullname)  # type: ignore[no-any-return]
        if type(self).source_to_code is not plain_source_to_code:
            # This loader instruments what it compiles, as typeguard, jaxtyping and beartype do.
            return self.source_to_code(program.text(file), path)  # type: ignore[no-any-return]
        return compile_ours(file, path)

    def compile_ours(file: str, path: str) -> "CodeType":
        try:
            return program.compile_cached(file, path)
        except (SyntaxError, ValueError) as error:
            raise error.with_traceback(None) from None

    def set_data(self: "Any", path: str, data: bytes, **more: "Any") -> None:
        real = os.path.realpath(path)
        if not real.startswith(real_code_dir + "/") or real.startswith(writable):
            plain_set_data(self, path, data, **more)

    # An error of a module is shown without them, as one that Python compiles.
    loading.disguise(get_code, _IMPORTLIB)
    loading.disguise(set_data, _IMPORTLIB)
    loading.disguise(compile_ours, _IMPORTLIB, "_call_with_frames_removed")
    loader.get_code = get_code
    loader.set_data = set_data


def _note_loaded(path: str) -> None:
    """Keep in trial 0 that a file was loaded as it is; of one that becomes no module nothing else tells."""
    if _is_baseline:
        assignment.process.loaded.append(path)


def _bytecode_folder(code_dir: str) -> str:
    """Return where bytecode may be written although it is below the code directory.

    An environment kept inside a project is no part of its code, and importing torch without
    bytecode would cost every trial seconds.
    """
    prefix = os.path.realpath(sys.prefix)
    return prefix + "/" if prefix != os.path.realpath(code_dir) else "//"


def serve_runners(program: snapshot.Snapshot) -> None:
    """Let runpy, so ``spawn`` and ``forkserver`` too, and the profilers run the snapshot's text.

    They read scripts through ``io.open_code`` and compile them by themselves.
    """
    plain_open_code = io.open_code

    def open_code(path: str) -> "Any":
        file = program.find_real(path) if isinstance(path, str) else ""
        if not file:
            _note_loaded(path)
            return plain_open_code(path)
        caller = sys._getframe(1).f_globals
        if caller.get("__name__") in _RUNNERS:
            caller["compile"] = _compiler(program)
        return io.BytesIO(program.text(file))

    loading.disguise(open_code, "<frozen io>")
    io.open_code = open_code


def _compiler(program: snapshot.Snapshot) -> "Callable[..., Any]":
    """Return a ``compile`` that keeps the source's columns for what ``open_code`` served."""

    def compile_script(source: "Any", filename: "Any", mode: str, *args: "Any", **kwargs: "Any") -> "Any":
        file = program.find_real(os.fsdecode(filename)) if mode == "exec" else ""
        if file and source == program.text(file):
            return program.compile(file, filename)
        return builtins.compile(source, filename, mode, *args, **kwargs)

    loading.disguise(compile_script, "<frozen runpy>")
    return compile_script


class NniFinder:
    """Finds the module ``nni`` that comes with nnic; the last finder, so any other goes first."""

    def find_spec(self, name: str, path: "Any" = None, target: "Any" = None) -> "Any":
        """Find ``nni`` and nothing else."""
        if name != "nni":
            return None
        folder = os.path.join(os.path.dirname(__file__), "site_nni", "nni")
        spec_from_file_location = stdlib.load(
            "_frozen_importlib_external", "importlib.util", "spec_from_file_location"
        ).spec_from_file_location
        return spec_from_file_location(name, folder + "/__init__.py", submodule_search_locations=[folder])


def _tell_outcome(program: "snapshot.Snapshot | None") -> None:
    if os.getpid() != _main:
        return
    try:
        _tell(program)
    except Exception:
        return  # An error of ours has no place in the script's output.


def _tell(program: "snapshot.Snapshot | None") -> None:
    process = assignment.process
    given, point = process.given, process.fork_point
    failed = getattr(sys, "last_value", None) is not None
    if failed or given.baseline:
        loading.load("outcome").tell(given, sorted(process.asked), process.own_values(), program)
    if _watch is not None and given.trial is not None:
        for message in _watch.told():
            loading.load("channel").append(given, message)
    telling = given.trial is not None and given.trial < _TRIALS_THAT_TELL
    if point is not None and telling and point.seconds >= _LEAST_TOLD_S:
        file = None if program is None else program.find(point.path)
        at = f"{file or os.path.basename(point.path)}:{point.line}"
        loading.load("outcome").tell_fork_point(given, point.seconds, at)
