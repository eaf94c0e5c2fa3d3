"""Compares what the two compilers made of one folder."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diff_nni import nnic_side, sources
from diff_nni.case import Case
from diff_nni.nnic_side import Compiled
from diff_nni.rules import dotted, liberal, refused

_LINE = re.compile(r"(.*)/__line\d+/(\w+)")
# The type of an error, and places.
_REASON = re.compile(r"^(?:expanded: )?\w+: |0x[0-9a-f]+| \(<unknown>.*")
_WITHIN = "function_choice within other calls, or by name (section 2)"


@dataclass(slots=True)
class Findings:
    """What comparing gave; ``exceptions`` are the differences that the language names."""

    keys: int = 0
    agreed: int = 0
    runs: int = 0
    agreed_runs: int = 0
    exceptions: Counter[str] = field(default_factory=Counter)
    liberal: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    both_refused: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, other: Findings) -> None:
        """Take in those of another folder."""
        for name in ("keys", "agreed", "runs", "agreed_runs"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.exceptions += other.exceptions
        self.liberal += other.liberal
        self.refused += other.refused
        self.both_refused += other.both_refused
        self.failures += other.failures


def compare(case: Case, nni: Mapping[str, Any], folder: Path) -> Findings:
    """Compile ``case`` below ``folder`` and hold it against NNI's result."""
    case.write(folder / "code")
    compiled = nnic_side.compile_folder(folder / "code")
    found = Findings()
    if "refused" in nni:
        _compare_refusal(case, nni["refused"], compiled, found)
    elif compiled.space is None:
        name = refused(compiled.refused, nni, case.runs)
        if compiled.refused == ("NNI112",) and _drops(case):
            name = _WITHIN
        if name is None:
            found.failures.append(f"{case.name}: NNI compiles it; nnic: {compiled.messages}")
        else:
            found.refused[name] += 1
    else:
        renamed = SpaceComparison(case, nni["space"], compiled, found).run()
        for number, run in enumerate(nni["runs"]):
            _compare_run(case, run, renamed, compiled, folder / str(number), found)
    return found


def _drops(case: Case) -> bool:
    """Whether NNI drops a ``function_choice`` without a word."""
    return any(few == 0 for text in case.files.values() for _, few, _ in sources.matches(text))


def _compare_refusal(case: Case, reason: str, compiled: Compiled, found: Findings) -> None:
    if compiled.space is None:
        found.both_refused[_REASON.sub("", reason)] += 1
        return
    name = liberal(reason)
    if name is None:
        found.failures.append(f"{case.name}: nnic compiles it; NNI: {reason}")
    else:
        found.liberal[name] += 1


class SpaceComparison:
    """Two search spaces of one folder."""

    def __init__(self, case: Case, nni: Mapping[str, Any], compiled: Compiled, found: Findings) -> None:
        assert compiled.space is not None
        assert compiled.compilation is not None
        assert compiled.compilation.program is not None
        self._case = case
        self._nni = dict(nni)
        self._ours = dict(compiled.space)
        parameters = compiled.compilation.program.space
        self._nested = {
            parameter.key: {"_type": parameter.sampler.value, "_value": [*parameter.args, *parameter.surplus]}
            for parameter in parameters
            if parameter.condition is not None
        }
        self._found = found
        self._compiled = {_module(file.path) for file in compiled.compilation.files}
        self._texts = {_module(path): text for path, text in case.files.items()}
        self._renamed: dict[str, str] = {}

    def run(self) -> dict[str, str]:
        """Compare; what NNI's keys are called here."""
        for key, entry in self._nni.items():
            self._found.keys += 1
            if key in self._ours and _same(entry, self._ours[key]):
                self._found.agreed += 1
                self._renamed[key] = key
            else:
                self._explain(key, entry)
        for key in self._ours:
            if key not in self._renamed.values():
                self._explain_more(key)
        self._compare_order()
        return self._renamed

    def _explain(self, key: str, entry: Any) -> None:
        ours = self._ours.get(key)
        unnamed = _LINE.fullmatch(key)
        if ours is not None and _is_nested(ours) and _same(_plain(entry), _plain(ours)):
            self._except("nested samplers: options with parameters of their own (section 4)", key, key)
        elif key in self._nested and _same(entry, self._nested[key]):
            self._except("nested samplers: conditional, and under their option (section 4)", key, key)
        elif unnamed and (other := self._alike(self._nested, entry, unnamed[1])):
            self._except("nested samplers: conditional, and under their option (section 4)", key, other)
        elif unnamed and self._reprinted(unnamed[1]) and (other := self._unnamed(entry, unnamed)):
            self._except("smart parameters: the line of the source (section 4)", key, other)
        elif unnamed and "f'" in self._texts[unnamed[1]]:
            self._except("nothing inside an f-string (section 2)", key, "")
        elif unnamed and not sources.imports_nni(self._texts[unnamed[1]]):
            self._except("smart parameters: nni must be imported (section 2)", key, "")
        elif key.partition("/")[0] not in self._compiled:
            self._except("files that are no part of the program (section 5)", key, "")
        elif '"""' in key and (other := key.replace('"""', "")) in self._ours:
            self._except("function_choice: name= as a text (section 2)", key, other)
        else:
            self._fail(f"{key}: NNI {entry!r}, nnic {ours!r}")

    def _explain_more(self, key: str) -> None:
        """A parameter that NNI doesn't have."""
        module, _, rest = key.partition("/")
        text = self._texts[module]
        if any(f"{name}/function_choice" == rest and few == 0 for name, few, _ in sources.matches(text)):
            self._except(_WITHIN, "", key)
        elif any(s.lstrip() != s and s.lstrip().startswith("@nni.") for s in sources.strings(text)):
            self._except("white space before an annotation (section 2)", "", key)
        elif "# @nni." in text:
            self._except("annotations in comments (section 2)", "", key)
        else:
            self._fail(f"{key}: only nnic has it: {self._ours[key]!r}")

    def _alike(self, entries: Mapping[str, Any], entry: Any, module: str) -> str | None:
        taken = self._renamed.values()
        return next(
            (
                k
                for k, e in entries.items()
                if k not in taken and k.startswith(f"{module}/") and _same(e, entry)
            ),
            None,
        )

    def _unnamed(self, entry: Any, unnamed: re.Match[str]) -> str | None:
        candidates = {k: e for k, e in self._ours.items() if (m := _LINE.fullmatch(k)) and m[2] == unnamed[2]}
        return self._alike({k: e for k, e in candidates.items() if k not in self._nni}, entry, unnamed[1])

    def _reprinted(self, module: str) -> bool:
        return sources.annotated(self._texts[module])

    def _compare_order(self) -> None:
        """The order of a file's keys; that of files is the file system's in NNI."""
        for module in self._texts:
            keys = [k for k in self._nni if k.startswith(f"{module}/")]
            renamed = (self._renamed.get(key) for key in keys)
            theirs = [key for key in renamed if key in self._ours and key not in self._nested]
            ours = [key for key in self._ours if key in theirs]
            if theirs != ours:
                self._fail(f"order of {module}: NNI {theirs}, nnic {ours}")

    def _except(self, name: str, key: str, ours: str) -> None:
        self._found.exceptions[name] += 1
        self._renamed[key or f"(none) {ours}"] = ours

    def _fail(self, message: str) -> None:
        self._found.failures.append(f"{self._case.name}: {message}")


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def _same(first: Any, second: Any) -> bool:
    """Whether two JSON values are the same, types and the order of keys included."""
    return json.dumps(first) == json.dumps(second)


def _is_nested(entry: Mapping[str, Any]) -> bool:
    return isinstance(entry["_value"], dict) or any(isinstance(value, dict) for value in entry["_value"])


def _plain(value: Any) -> Any:
    """An entry with samplers in texts as dots, and options by their names."""
    if isinstance(value, dict):
        return _plain(value["_name"]) if "_name" in value else {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return dotted(value) if isinstance(value, str) else value


def _compare_run(
    case: Case,
    run: Mapping[str, Any],
    renamed: Mapping[str, str],
    compiled: Compiled,
    folder: Path,
    found: Findings,
) -> None:
    """What ``main.py`` prints with the same values."""
    values = {renamed.get(key, key): value for key, value in run["values"].items()}
    found.runs += 1
    ours = nnic_side.run(compiled, values, folder)
    if ours.get("error") == run.get("error"):
        if ours["output"] == run["output"]:
            found.agreed_runs += 1
            return
        few, many = ours["output"].splitlines(), run["output"].splitlines()
        if _quiet(few) == _quiet(many) and _is_part(few, many):
            found.exceptions["run: only the chosen option is evaluated (section 3)"] += 1
            return
    if any(few != all_ for text in case.files.values() for _, few, all_ in sources.matches(text)):
        found.exceptions[f"run: {_WITHIN}"] += 1
        return
    found.failures.append(f"{case.name}: with {values} it prints\n{ours}\nunder NNI\n{dict(run)}")


def _quiet(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("effect ")]


def _is_part(few: list[str], many: list[str]) -> bool:
    rest = iter(many)
    return all(line in rest for line in few)
