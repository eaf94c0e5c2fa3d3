"""Generates programs that run, and log every effect of theirs; see :class:`effects.script.Script`."""

from effects.generator import ScriptGenerator
from effects.script import Script, Slot

__all__ = ["Script", "ScriptGenerator", "Slot"]
