"""What Python users read where the command line proposes commands."""

from __future__ import annotations

import pytest

from nnic.screens.speech import in_python

SAID = {
    "see them: nnic trials train-1a": "see them: experiment.trials",
    "see them: nnic trials wide": "see them: experiment.trials",
    "its values: nnic best wide. Search the edited source: nnic run train.py": (
        "its values: experiment.best. Search the edited source: nnic.Experiment(...).run()"
    ),
    "go on with it: nnic resume train-1a": "go on with it: experiment.resume()",
    "More of them: nnic resume train-1a --trials N; or leave --narrow out": (
        "More of them: experiment.resume(trials=N); or leave --narrow out"
    ),
    "nnic resume wide --trial-time 4s": "experiment.resume(trial_time_s=4)",
    "nnic resume wide --keep-going\n  and more": "experiment.resume(keep_going=True)\n  and more",
    "nnic retry train-1a; nnic logs train-1a 3": "experiment.retry(); experiment.logs(3)",
    "nnic logs wide 3": "experiment.logs(3)",
    "nnic apply wide --narrow --digits 3": "experiment.apply(narrow=True, digits=3)",
    "take it back: nnic apply --undo": "take it back: experiment.undo()",
    "undo it: nnic apply wide --undo": "undo it: experiment.undo()",
    "nnic stop wide --trial 3": "experiment.cancel(3)",
    "`nnic stop wide` ends it": "`experiment.stop()` ends it",
    "Its values once more: nnic enqueue train-1a --like 3": (
        "Its values once more: experiment.enqueue({...}, like=3)"
    ),
    "start one: nnic run SCRIPT": "start one: nnic.Experiment(...).run()",
    "(nnic retry does it too)": "(experiment.retry() does it too)",
}
KEPT = (
    "free some space (nnic clean shows what can go)",
    "put back a copy with nnic backup --restore",
    "what nnic best --format json prints will do",
    "look: nnic doctor",
    "nnic is not installed there",
)


@pytest.mark.parametrize(("command", "call"), SAID.items())
def test_commands_become_calls(command, call):
    assert in_python(command) == call
    assert in_python(call) == call


@pytest.mark.parametrize("text", KEPT)
def test_what_has_no_call_stays(text):
    assert in_python(text) == text
