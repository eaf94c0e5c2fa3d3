"""Rewrites the text of a file, and holds what comes out against what was there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nnic.apply.narrow import Narrowed
from nnic.apply.ranges import range_edits, verify_ranges
from nnic.apply.restore import restored
from nnic.apply.strip import Stripping, find_annotations, keep_encoding
from nnic.apply.values import ValueWriter, replacements
from nnic.apply.verify import Expected, verify_rewritten
from nnic.edits import Edit, splice
from nnic.ir import ModuleIR
from nnic.tuners.space import Parameter, Value


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What is to become of a file.

    Parameters
    ----------
    config
        Values by key; parameters that it does not name keep the script's own.
    parameters
        The parameters of the program by key.
    digits
        Significant digits that numbers are rounded to; by default they keep all of theirs.
    strip
        Take the annotations out.
    narrowed
        Narrower ranges by key, which are written into the annotations.
    original
        An earlier state of the file, whose own values are to be put back; in place of ``config``.
    """

    config: Mapping[str, Value] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    digits: int | None = None
    strip: bool = False
    narrowed: Mapping[str, Narrowed] = field(default_factory=dict)
    original: ModuleIR | None = None


def rewrite(ir: ModuleIR, wanted: Rewriting) -> str:
    """Return the source of ``ir`` after ``wanted``.

    Raises
    ------
    ValueError
        When a value is none of its parameter's options.
    InternalError
        A bug of ours: something else would have changed.
    """
    if wanted.original is not None:
        written = restored(ir, wanted.original)
    else:
        written = ValueWriter(ir, wanted.config, wanted.parameters, wanted.digits, wanted.strip).write()
    edits, reworded = range_edits(ir, wanted.narrowed)
    edits += replacements(ir, written)
    stripping = find_annotations(ir, [change.place for change in written]) if wanted.strip else Stripping()
    text = _rewritten(ir, edits, stripping)
    if text != ir.source.text:
        nodes = {id(change.place): change.node for change in written}
        verify_rewritten(ir, text, Expected(nodes, stripping.removed, stripping.padded, reworded))
        verify_ranges(ir, text, wanted.narrowed)
    return text


def _rewritten(ir: ModuleIR, edits: list[Edit], stripping: Stripping) -> str:
    text = splice(ir.source.text, [*edits, *stripping.edits])
    return keep_encoding(ir.source, text, edits, stripping)
