"""Every finding that nnic has: its code and a title. What there is to say of it is in its page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A kind of finding; ``nnic.findings.pages`` reads its page."""

    code: str
    title: str


_FINDINGS = (
    Finding("NNI101", "unknown annotation or sampler"),
    Finding("NNI102", "wrong arguments"),
    Finding("NNI103", "low is not below high"),
    Finding("NNI104", "argument is not a number"),
    Finding("NNI105", "choice without options"),
    Finding("NNI106", "argument must be positive"),
    Finding("NNI107", "name is missing or matches nothing"),
    Finding("NNI108", "nothing to annotate"),
    Finding("NNI109", "several values could be meant"),
    Finding("NNI110", "this can't be annotated"),
    Finding("NNI111", "function_choice without a single match"),
    Finding("NNI112", "conflicting parameters"),
    Finding("NNI113", "syntax error in an annotation"),
    Finding("NNI114", "syntax error in the file"),
    Finding("NNI115", "file can't be read or decoded"),
    Finding("NNI116", "two annotations on one value"),
    Finding("NNI117", "a positional argument can't be annotated"),
    Finding("NNI118", "the annotated code is compiled from source"),
    Finding("NNI119", "option would change its function"),
    Finding("NNI120", "a statement can't stand here"),
    Finding("NNI121", "this file was compiled already"),
    Finding("NNI122", "option can't be written on one line"),
    Finding("NNI123", "constraint over unknown names"),
    Finding("NNI124", "budget or checkpoint declared twice"),
    Finding("NNI125", "constraint can't be evaluated"),
    Finding("NNI126", "option that can't be the default of a field"),
    Finding("NNI190", "not supported yet"),
    Finding("NNI201", "duplicate option"),
    Finding("NNI202", "the script's own value lies outside"),
    Finding("NNI203", "no final result"),
    Finding("NNI204", "looks like an annotation"),
    Finding("NNI205", "report is never reached"),
    Finding("NNI206", "name is not defined"),
    Finding("NNI207", "sampler under another name"),
    Finding("NNI208", "several decades on a linear scale"),
    Finding("NNI209", "floats where the script has an int"),
    Finding("NNI210", "nni is something else"),
    Finding("NNI211", "metric against the direction of the search"),
    Finding("NNI212", "a formatter would move the annotation"),
    Finding("NNI213", "trials overwrite each other's file"),
    Finding("NNI214", "suppression that hides nothing"),
    Finding("NNI215", "value fixed by the script's arguments"),
    Finding("NNI216", "value replaced before it is read"),
    Finding("NNI218", "final result in a loop"),
    Finding("NNI219", "a list as the only option"),
    Finding("NNI230", "annotated source that Python does not import"),
    Finding("NNI301", "one parameter for several values"),
    Finding("NNI302", "annotated file that is never imported"),
    Finding("NNI303", "loaded state brings the old value back"),
)

CATALOGUE: dict[str, Finding] = {finding.code: finding for finding in _FINDINGS}
