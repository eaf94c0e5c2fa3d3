"""Rewrites the text of a file, and holds what comes out against what was there."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nnic.annotations.kinds import SAMPLERS
from nnic.apply.kept_comments import Accepts, comments_inside, edits_keeping_comments
from nnic.apply.narrow import Narrowed
from nnic.apply.ranges import is_writable, range_edits
from nnic.apply.refusals import describe_lines
from nnic.apply.restore import restored
from nnic.apply.same_space import SpaceProblem, space_problem
from nnic.apply.strip import find_annotations, keep_encoding
from nnic.apply.values import ValueWriter, Written
from nnic.apply.verify import Expected, unexpected, verify_rewritten
from nnic.compile.check_source import check_source
from nnic.edits import Edit, splice
from nnic.ir import Carrier, ModuleIR, StringStatement, Tunable
from nnic.lowering.fields import field_default, is_field
from nnic.lowering.slots import Slot, slots_of
from nnic.source import SourceFile
from nnic.syntax.lexer import comments_within
from nnic.syntax.walking import walk
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


_UNDO = "\n  To undo that: nnic apply --undo"


class UnwritableError(ValueError):
    """The values can't be written without a change of what the annotations mean, or without a comment."""


def rewrite(ir: ModuleIR, wanted: Rewriting) -> str:
    """Return the source of ``ir`` after ``wanted``.

    All comments stay, and with the annotations the search space does, but for ``narrowed``.

    Raises
    ------
    UnwritableError
        When that can't be; with the line and the next step.
    ValueError
        When a value is none of its parameter's options.
    InternalError
        A bug of ours: something else would have changed.
    """
    return _Rewriter(ir, wanted).text()


def _any(change: Written, edits: Sequence[Edit]) -> bool:
    return True


class _Rewriter:
    def __init__(self, ir: ModuleIR, wanted: Rewriting) -> None:
        self._ir = ir
        self._wanted = wanted
        self._ranges = range_edits(ir, wanted.narrowed)
        if wanted.original is not None:
            self._written = restored(ir, wanted.original)
        else:
            writer = ValueWriter(ir, wanted.config, wanted.parameters, wanted.digits, wanted.strip)
            self._written = writer.write()

    def text(self) -> str:
        # Together they are read once; one by one only where comments or names need another way.
        edits = [*self._ranges, *(edit for change in self._written for edit in self._value(change, _any))]
        text = splice(self._ir.source.text, edits)
        if self._problem(text, self._written):
            text = self._carefully()
        if self._wanted.strip:
            source = SourceFile.decode(self._ir.source.encode(text), self._ir.source.path)
            return _stripped(source, self._ir.module, self._closed())
        return text

    def _carefully(self) -> str:
        values = (edit for change in self._written for edit in self._value(change, self._accepts))
        edits = [*self._ranges, *values]
        text = splice(self._ir.source.text, edits)
        verify_rewritten(self._ir, text, self._expected(self._written))
        return text if self._wanted.strip else self._with_same_space(text, edits)

    def _problem(self, text: str, written: Sequence[Written]) -> bool:
        """Tell whether a text with some of the values has something else than what was asked for."""
        if text == self._ir.source.text:
            return False
        if unexpected(self._ir, text, self._expected(written)) is not None:
            return True
        return not self._wanted.strip and space_problem(self._ir, text, self._wanted.narrowed) is not None

    def _value(self, change: Written, accepts: Accepts) -> Sequence[Edit]:
        """Return the edits that write one value."""
        if self._wanted.original is not None:
            return self._own_value(change)
        edits = edits_keeping_comments(self._ir, change, self._names, accepts)
        if edits is None:
            self._refuse_inner()
            raise UnwritableError(self._describe_comments(change))
        return edits

    def _names(self) -> Sequence[Edit]:
        return () if self._wanted.strip else _name_edits(self._ir, self._ir.tunables)

    def _own_value(self, change: Written) -> Sequence[Edit]:
        """Return the edit that puts the script's own value back, which must have the comments that are there
        now."""
        source, text = self._ir.source, change.text
        now = [source.slice(comment) for comment in comments_inside(self._ir, change.span)]
        if now != [text[start:end] for start, end in comments_within(text, 0, len(text))]:
            line = source.lines.line_of(change.span.start)
            raise UnwritableError(
                f"{source.path}:{line}: an earlier apply moved the comments of this value{_UNDO}"
            )
        return [Edit(change.span, text)]

    def _accepts(self, change: Written, edits: Sequence[Edit]) -> bool:
        """Tell whether ``edits`` alone write ``change`` and change nothing else."""
        return not self._problem(splice(self._ir.source.text, [*self._ranges, *edits]), [change])

    def _expected(self, written: Sequence[Written]) -> Expected:
        holders = (t.annotation.holder for t in self._ir.tunables if t.places and is_writable(t))
        named = {id(h.block.statements[h.index]) for h in holders if isinstance(h, StringStatement)}
        # What they say is held against the search space.
        return Expected({id(change.place): change.node for change in written}, reworded=frozenset(named))

    def _with_same_space(self, text: str, edits: Sequence[Edit]) -> str:
        """Return ``text``, where an annotation needs it with the name of the value that it means."""
        narrowed = self._wanted.narrowed
        problem = space_problem(self._ir, text, narrowed)
        if problem is None:
            return text
        names = _name_edits(self._ir, problem.lost)
        if names:
            named = splice(self._ir.source.text, [*edits, *names])
            if unexpected(self._ir, named, self._expected(self._written)) is None:
                problem = space_problem(self._ir, named, narrowed)
            if problem is None:
                return named
        self._refuse_inner()
        raise UnwritableError(self._describe_problem(problem))

    def _closed(self) -> bool:
        """Tell whether a sampler that is called in code got a value."""
        gone = {id(node) for change in self._written for node in walk(change.place)}
        return any(t.annotation.carrier is Carrier.CODE and id(t.call) in gone for t in self._ir.tunables)

    def _refuse_inner(self) -> None:
        """Refuse values over values of other annotations, which would have nothing left to annotate."""
        lines = self._ir.source.lines
        for change in self._written:
            for tunable in self._ir.tunables:
                places = [place for place in tunable.places if place.node is not change.place]
                if any(change.span.contains(place.span) for place in places):
                    line = lines.line_of(tunable.span.start)
                    sampler = " ".join(tunable.annotation.text.source_of(tunable.call).split())
                    raise UnwritableError(
                        f"{self._ir.source.path}:{line}: the annotation of {tunable.name} belongs to a value "
                        f"inside of the one that would be replaced\n  Write {sampler} into its option and "
                        "search again; or write without annotations: nnic apply --strip"
                    )

    def _describe_comments(self, change: Written) -> str:
        lines = self._ir.source.lines
        numbers = [lines.line_of(comment.start) for comment in comments_inside(self._ir, change.span)]
        line, where = lines.line_of(change.span.start), describe_lines(numbers)
        return (
            f"{self._ir.source.path}:{line}: the comments in {where} are inside the value that would be "
            "replaced, and elsewhere the annotations would not mean the same\n"
            "  Move them out of the value and search again; or write without annotations: nnic apply --strip"
        )

    def _describe_problem(self, problem: SpaceProblem) -> str:
        source, tunable = self._ir.source, problem.tunable
        line = source.lines.line_of(tunable.span.start) if tunable is not None else 1
        what = f"the annotation of {tunable.name}" if tunable is not None else "an annotation"
        if self._wanted.original is not None:
            return f"{source.path}:{line}: {what} was made for the values of an earlier apply{_UNDO}"
        finding = problem.finding
        why = f": {finding.message}" if finding is not None else ""
        step = finding.help if finding is not None and finding.help else "change the annotation"
        return (
            f"{source.path}:{line}: with these values {what} would not mean the same{why}\n"
            f"  {step[:1].upper()}{step[1:]}, and search again\n"
            "  Or write the values without annotations: nnic apply --strip"
        )


def _name_edits(ir: ModuleIR, tunables: Iterable[Tunable]) -> list[Edit]:
    """Return edits that add ``name=`` to those annotations that do not say which value they mean."""
    edits: list[Edit] = []
    slots: dict[int, tuple[Slot, ...]] = {}
    for tunable in tunables:
        annotation = tunable.annotation
        unnamed = tunable.places and annotation.argument("name") is None and annotation.kind in SAMPLERS
        if not unnamed or not is_writable(tunable):
            continue
        statement, node = tunable.position.statement, tunable.place.node
        known = slots.get(id(statement)) or slots.setdefault(id(statement), slots_of(statement))
        name = next((s.written for s in known if s.value is node or _default(s.value, ir) is node), None)
        if name is not None and "\n" not in name:
            edits += annotation.text.naming(annotation.call, name)
    return edits


def _default(value: ast.expr, ir: ModuleIR) -> ast.expr | None:
    """Return what a field has as its default, which is annotated in its place."""
    if isinstance(value, ast.Call) and is_field(value, ir.facts):
        return field_default(value, ir.facts)
    return None


def _stripped(source: SourceFile, module: str, closed: bool) -> str:
    """Return a text without its annotations; ``closed`` tells that samplers in code have values now."""
    ir = check_source(source, module)[0]
    assert ir is not None, "the text was parsed before"
    stripping = find_annotations(ir, closed)
    text = keep_encoding(source, splice(source.text, stripping.edits), (), stripping)
    if text != source.text:
        verify_rewritten(ir, text, Expected({}, stripping.removed, stripping.padded))
    return text
