"""Only the chosen option has effects: programs that log, run compiled and as their trial reads by hand."""

from __future__ import annotations

import random
import sys
import types
import warnings
from typing import Any

import pytest
from effects import Script, ScriptGenerator
from effects.prelude import names
from guarantees import hold

import nnic.runtime
from nnic.compile.compile_source import compile_source
from nnic.source import SourceFile

PARTS = 4


class Trial(types.ModuleType):
    """A stand-in for ``nnic.runtime.trial``; the index of an option stands for its choice."""

    def __init__(self, log: list[object], parameters: dict[str, object]) -> None:
        super().__init__("nnic.runtime.trial")
        self.parameters = parameters
        self.report_final_result = lambda value: log.append(("report", value))

    def has(self, key: str) -> bool:
        return key in self.parameters

    def get(self, key: str) -> object:
        return self.parameters[key]

    def own(self, key: str, value: object) -> object:
        return value

    def is_(self, key: str, index: int) -> bool:
        return self.parameters.get(key) == index


def run(text: str) -> list[object]:
    log: list[object] = []
    space: dict[str, Any] = names(log)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(text, "script.py", "exec", dont_inherit=True), space)
    return log


def trial(text: str, parameters: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> list[object]:
    log: list[object] = []
    module = Trial(log, parameters)
    monkeypatch.setitem(sys.modules, "nnic.runtime.trial", module)
    monkeypatch.setattr(nnic.runtime, "trial", module, raising=False)
    space: dict[str, Any] = names(log)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(text, "script.py", "exec", dont_inherit=True), space)
    return log


def without(log: list[Any], script: Script) -> list[Any]:
    """The log without what a report does, which a plain run knows nothing of."""
    return [entry for entry in log if repr(entry[0]) not in script.reported]


def check(script: Script, rng: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    text = script.annotated()
    result = compile_source(SourceFile.decode(text.encode(), "script.py"), "script")
    hold(result)
    assert result.emission is not None
    untouched: dict[int, int | None] = dict.fromkeys(range(len(script.slots)))
    assert without(run(text), script) == without(run(script.by_hand(untouched)), script)
    for choice in (untouched, *(script.choose(rng) for _ in range(3))):
        parameters = script.parameters(choice)
        assert trial(result.emission.text, parameters, monkeypatch) == run(script.by_hand(choice)), parameters


@pytest.mark.parametrize("part", range(PARTS))
def test_only_the_chosen_option_has_effects(
    part: int, program_count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = 0
    for number in range(part, program_count // 8, PARTS):
        rng = random.Random(number)
        script = ScriptGenerator(rng).script()
        slots += len(script.slots)
        try:
            check(script, rng, monkeypatch)
        except Exception as error:
            raise AssertionError(f"script {number}: {error}\n{script.annotated()}") from error
    assert slots > program_count // 4
