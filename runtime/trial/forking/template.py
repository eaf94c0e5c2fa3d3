"""The template of an experiment's trials: a process that imports ahead, then forks one after another.

It is started as a trial is, by the supervisor, and gets as far as the script's first statement.
There it imports what the script begins with and serves: for each request it forks a process that
becomes the trial, and goes on where the interpreter would. Nothing of ours is then below the user's
frames, and what the trial finds is what it would have found in a process of its own.

The supervisor is the parent of the trials too, so that all that it does for them stays as it is: the
template forks a process that forks the trial and ends. The trial's orphan parent is the supervisor.

A template that can't serve says why and ends; its trials are then started as processes.
"""

import os
import sys

from nnic.runtime import trial
from nnic.runtime.trial import assignment, hook, json_text
from nnic.runtime.trial.forking import ending
from nnic.runtime.trial.forking import obstacles as state
from nnic.runtime.trial.forking import system_calls as system
from nnic.runtime.trial.forking.generators import Generators

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from functools import partial
    from typing import Any

    from nnic.runtime.trial.snapshot import Snapshot

# Differ from trial to trial; every other variable is the template's own.
VARYING = ("NNIC_TRIAL_DIR", "NNIC_SOCKET", "NNIC_OUTPUT_DIR", "NNI_OUTPUT_DIR", "CUDA_VISIBLE_DEVICES")
# Only the template's: torch then asks for GPUs without initialising CUDA, which no fork survives.
_OWN = {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}


class Unfit(Exception):
    """Why trials can't be forked from this process."""


class Template:
    """See the module.

    Parameters
    ----------
    descriptor
        A stream socket to the supervisor; JSON lines both ways.
    """

    def __init__(self, descriptor: int, program: "Snapshot") -> None:
        os.set_inheritable(descriptor, False)
        self._descriptor = descriptor
        # The imports to do, as (line, module, names).
        self._imports: Any = trial._given.plan.get("imports", [])
        self._varying = VARYING
        self._program = program
        self._log = os.path.join(trial._given.directory, "output.log")
        self._parent = os.getppid()
        self._absent = [name for name in _OWN if name not in os.environ]
        os.environ.update({name: _OWN[name] for name in self._absent})
        self._rest = b""
        ending.expect()

    def share(self, run: "partial[Any]") -> "Callable[[], object]":
        """Called where the script would be run; returns, once in each trial, what runs it there."""
        self.prepare_to_serve()
        try:
            self._import_ahead()
            state.check_modules(self._program)
            self._freeze()
        except Unfit as unfit:
            self.give_up(str(unfit))
        self._serve()
        return ending.wrap(_renew_main(run))

    def prepare_to_serve(self) -> None:
        """Take note of how this process began."""
        try:
            self._mark = system.Mark()
        except OSError as error:
            self.give_up(f"{type(error).__name__}: {error}")
        self._generators = Generators()

    def _import_ahead(self) -> None:
        script = os.path.basename(sys.argv[0])
        for line, module, names in self._imports:
            what = f"import of {module} ({script}:{line})"
            self._tell({"event": "doing", "what": what})
            top = module.partition(".")[0]
            if top not in sys.modules and self._is_users(_find_spec(top)):
                return
            try:
                __import__(module, {}, {}, names, 0)
            except BaseException as error:
                raise Unfit(f"the {what} raised {type(error).__name__}: {error}") from None
            self._check(what)

    def _is_users(self, spec: "Any") -> bool:
        """Whether a module comes from the code directory, perhaps by another way than its name."""
        places = [getattr(spec, "origin", None), *(getattr(spec, "submodule_search_locations", None) or ())]
        return any(isinstance(place, str) and state.is_users(self._program, place) for place in places)

    def _check(self, what: str) -> None:
        problem = state.find_obstacle(self._descriptor)
        if problem:
            raise Unfit(f"the {what} {problem}")

    def _freeze(self) -> None:
        import gc

        self._generators.note()
        self._signals = state.take_signals()
        ending.keep_modules(self._program)
        gc.collect()
        # What lies in the permanent generation is not written to when a trial collects its garbage, so
        # that its memory stays shared.
        gc.freeze()

    def _serve(self, **what: object) -> None:
        """Fork a trial for each request; return in the trial."""
        self._tell({"event": "ready", **what})
        while True:
            request = self._receive()
            try:
                if self._fork(request):
                    return
            except OSError as error:
                self._tell({"event": "refused", "error": str(error)})

    def _fork(self, request: "dict[str, Any]") -> bool:
        """Fork the trial and tell its pid; return whether this is the trial."""
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:
                stream.flush()
        system.flush_streams()
        heard, said = os.pipe()
        middle = os.fork()
        if middle == 0:
            middle = os.getpid()
            pid = os.fork()
            if pid:
                os.write(said, b"pid %d\n" % pid)
                os._exit(0)
            os.close(heard)
            self._become(request, middle, said)
            return True
        os.close(said)
        answer = _read_all(heard)
        os.waitpid(middle, 0)
        told = dict(line.split(b" ", 1) for line in answer.split(b"\n")[:-1])
        if b"error" in told:
            self._tell({"event": "refused", "error": os.fsdecode(told[b"error"])})
        elif b"pid" in told:
            self._tell({"event": "forked", "pid": int(told[b"pid"])})
        else:
            self._tell({"event": "refused", "error": "the process could not be forked"})
        return False

    def _become(self, request: "dict[str, Any]", middle: int, said: int) -> None:
        """Turn the forked process into the trial."""
        try:
            self._be_adopted(middle)
            self._open_log(request["log"])
            os.chdir(request["cwd"])
            self._take_environment(request["env"])
            trial._take(os.environ["NNIC_TRIAL_DIR"])
            self._mark.write(os.environ["NNIC_TRIAL_DIR"])
        except BaseException as error:
            os.write(said, b"error " + os.fsencode(_describe(error)).replace(b"\n", b" ") + b"\n")
            os._exit(127)
        os.close(self._descriptor)
        assignment.claim_main_process()
        hook.become_main()
        self._generators.renew(trial._given.seed)
        state.refresh(self._signals)
        try:
            os.write(said, b"runs -\n")
        except OSError:
            os._exit(1)  # without a template nobody will be told of this trial
        os.close(said)

    def _be_adopted(self, middle: int) -> None:
        """Get the supervisor as parent, and end with it."""
        while os.getppid() == middle:
            os.sched_yield()
        os.setsid()
        system.die_with_parent()
        if os.getppid() != self._parent:
            os._exit(1)

    def _open_log(self, path: str) -> None:
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with open(self._log, "rb") as stream:
            printed = stream.read()
        while printed:
            printed = printed[os.write(log, printed) :]
        for target in (1, 2):
            os.dup2(log, target)
        os.close(log)

    def _take_environment(self, given: "dict[str, str]") -> None:
        for name in (*self._varying, *self._absent, assignment.MAIN):
            os.environ.pop(name, None)
        os.environ.update(given)

    def _receive(self) -> "dict[str, Any]":
        """The next request; the process ends when there will be none."""
        while b"\n" not in self._rest:
            try:
                data = os.read(self._descriptor, 1 << 16)
            except OSError:
                data = b""
            if not data:
                os._exit(0)
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        request = json_text.parse(line.decode("ascii"))
        assert isinstance(request, dict)
        return request

    def _tell(self, event: "dict[str, object]") -> None:
        try:
            os.write(self._descriptor, json_text.dump(event).encode("ascii") + b"\n")
        except OSError:
            os._exit(0)

    def give_up(self, problem: str) -> None:
        """Say why no trial can be forked from this process, and end it."""
        self._tell({"event": "unfit", "problem": problem})
        os._exit(0)


def _find_spec(name: str) -> "Any":
    """Return the spec of a module of no package, ``None`` where there is none."""
    for finder in sys.meta_path:
        spec = finder.find_spec(name, None)
        if spec is not None:
            return spec
    return None


def _renew_main(run: "partial[Any]") -> "partial[Any]":
    """Give the trial a ``__main__`` that is not frozen, so that it is taken down at the end."""
    frozen = sys.modules["__main__"]
    module = type(frozen)("__main__")
    vars(module).update(vars(frozen))
    for name in ("__main__", "__mp_main__"):
        if sys.modules.get(name) is frozen:
            sys.modules[name] = module
    return type(run)(exec, run.args[0], vars(module)) if run.func is exec else run


def _read_all(descriptor: int) -> bytes:
    data = b""
    while True:
        more = os.read(descriptor, 4096)
        if not more:
            os.close(descriptor)
            return data
        data += more


def _describe(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {error.filename!r}"
    return str(error)
