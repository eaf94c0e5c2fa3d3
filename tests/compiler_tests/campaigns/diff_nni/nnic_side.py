"""What nnic makes of a folder of annotated files: its search space, and what its programs print."""

from __future__ import annotations

import contextlib
import io
import sys
import types
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nnic.runtime
from nnic.api import Compilation, compile_entry
from nnic.findings.diagnostics import InternalError
from nnic.tuners.space import SearchSpace


@dataclass(frozen=True, slots=True)
class Compiled:
    """``space`` is NNI's JSON, ``None`` where findings are errors; ``refused`` are their codes."""

    compilation: Compilation | None
    space: dict[str, Any] | None
    refused: tuple[str, ...]
    messages: tuple[str, ...]


def compile_folder(folder: Path) -> Compiled:
    """Compile a folder as NNI expands one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compilation = compile_entry(folder)
        except InternalError as error:
            return Compiled(None, None, ("internal",), (str(error),))
    errors = [d for d in compilation.diagnostics if d.is_error]
    space = None if compilation.program is None else compilation.program.space.to_nni()
    messages = tuple(f"{d.code} {Path(d.path).name}:{d.line} {d.message}" for d in errors)
    return Compiled(compilation, space, tuple(dict.fromkeys(d.code for d in errors)), messages)


class Trial(types.ModuleType):
    """A stand-in for ``nnic.runtime.trial``, and for what a script imports as ``nni``."""

    def __init__(self, name: str, space: SearchSpace, values: Mapping[str, Any]) -> None:
        super().__init__(name)
        self._values = dict(values)
        choices = {key: space[key].option_of(value) for key, value in values.items() if key in space}
        self._options = {key: index for key, index in choices.items() if index is not None}

    def has(self, key: str) -> bool:
        return key in self._values

    def get(self, key: str) -> Any:
        return self._values[key]

    def own(self, key: str, value: Any) -> Any:
        return value

    def is_(self, key: str, index: int) -> bool:
        return self._options.get(key) == index

    def get_next_parameter(self) -> dict[str, Any]:
        return dict(self._values)

    def report_intermediate_result(self, metric: Any) -> None:
        print("intermediate", metric)

    def report_final_result(self, metric: Any) -> None:
        print("final", metric)


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """A trial's values with every mutable layer's two choices under keys of their own."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if not isinstance(value, dict):
            found[key] = value
            continue
        for layer, chosen in value.items():
            found[f"{key}/{layer}/layer_choice"] = chosen["chosen_layer"]
            found[f"{key}/{layer}/optional_inputs"] = f"[{', '.join(chosen['chosen_inputs'])}]"
    return found


def run(compiled: Compiled, values: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """What ``main.py`` prints, compiled into ``folder``, with these values."""
    assert compiled.compilation is not None
    assert compiled.compilation.program is not None
    for file in compiled.compilation.files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.compiled_data)
    main = next(file for file in compiled.compilation.files if file.path == "main.py")
    space = compiled.compilation.program.space
    before, own = set(sys.modules), nnic.runtime.__dict__.get("trial")
    trial = Trial("nnic.runtime.trial", space, flat(values))
    replaced = {"nnic.runtime.trial": trial, "nni": trial}
    saved = {name: sys.modules.get(name) for name in replaced}
    sys.modules.update(replaced)
    nnic.runtime.trial = trial  # type: ignore[attr-defined]
    sys.path.insert(0, str(folder))
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(main.compiled_text, "main.py", "exec", dont_inherit=True)
            exec(code, {"__name__": "__main__"})
        return {"output": output.getvalue()}
    except Exception as error:
        return {"output": output.getvalue(), "error": type(error).__name__}
    finally:
        sys.path.remove(str(folder))
        nnic.runtime.trial = own  # type: ignore[attr-defined]
        for name in set(sys.modules) - before:
            origin = getattr(sys.modules[name], "__file__", None)
            if name in replaced or origin is None or origin.startswith(str(folder)):
                del sys.modules[name]
        sys.modules.update({name: module for name, module in saved.items() if module is not None})
