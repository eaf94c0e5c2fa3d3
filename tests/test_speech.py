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
    "to continue: nnic resume train-1a": "to continue: experiment.resume()",
    "To run more: nnic resume train-1a --trials N; or leave out --narrow": (
        "To run more: experiment.resume(trials=N); or leave out --narrow"
    ),
    "nnic resume wide --trial-time 4s": "experiment.resume(trial_time_s=4)",
    "nnic resume wide --keep-going\n  and more": "experiment.resume(keep_going=True)\n  and more",
    "nnic retry train-1a; nnic logs train-1a 3": "experiment.retry(); experiment.logs(3)",
    "nnic logs wide 3": "experiment.logs(3)",
    "nnic apply wide --narrow --digits 3": "experiment.apply(narrow=True, digits=3)",
    "to undo it: nnic apply --undo": "to undo it: experiment.undo()",
    "undo it: nnic apply wide --undo": "undo it: experiment.undo()",
    "nnic stop wide --trial 3": "experiment.cancel(3)",
    "to end it: nnic stop wide": "to end it: experiment.stop()",
    "Its values once more: nnic enqueue train-1a --like 3": (
        "Its values once more: experiment.enqueue({...}, like=3)"
    ),
    "start one: nnic run SCRIPT": "start one: nnic.Experiment(...).run()",
    "(nnic retry does it too)": "(experiment.retry() does it too)",
}
KEPT = (
    "free some space (nnic clean shows what can go)",
    "restore a copy: nnic backup --restore",
    "the output of nnic best --format json works too",
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
