"""Every finding that nnic has: its code, a title, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A kind of finding; ``explanation`` is one paragraph, which the screen wraps."""

    code: str
    title: str
    explanation: str


_FINDINGS = (
    Finding(
        "NNI101",
        "unknown annotation or sampler",
        "The word behind `@nni.` or `nni.` is near a known one, but is none. Known are variable, "
        "function_choice, get_next_parameter, report_intermediate_result, report_final_result and the "
        "samplers choice, randint, uniform, quniform, loguniform, qloguniform, normal, qnormal, "
        "lognormal and qlognormal.",
    ),
    Finding(
        "NNI102",
        "wrong arguments",
        "The annotation or sampler got too many or too few arguments, or a keyword that it does not "
        "have. NNI ignored surplus numbers; in a string annotation that is a warning.",
    ),
    Finding(
        "NNI103",
        "low is not below high",
        "A range is written as (low, high). A string annotation with its ends reversed is a warning, "
        "because NNI accepted it; an empty randint never ran.",
    ),
    Finding(
        "NNI104",
        "argument is no number",
        "Arguments of numeric samplers are literals, arithmetic on literals (10**-4), or module-level "
        "names that are bound once in the file to such a value. They are known before the program runs.",
    ),
    Finding(
        "NNI105",
        "choice without options",
        "A choice needs at least one option: nni.choice(16, 32).",
    ),
    Finding(
        "NNI106",
        "argument must be positive",
        "The range of a logarithmic sampler, the step q of a quantised one and the deviation sigma are "
        "above zero.",
    ),
    Finding(
        "NNI107",
        "name is missing or matches nothing",
        "`nni.variable` and `nni.function_choice` take name=, the assignment target (or called "
        "function) that they annotate, written as in the statement: name=lr, name=self.lr, name=d['a'].",
    ),
    Finding(
        "NNI108",
        "nothing to annotate",
        "A string or an own-line comment annotates the next statement of its block (for a comment: of "
        "the block with its indentation); a trailing comment annotates its own statement. There was no "
        "value to annotate.",
    ),
    Finding(
        "NNI109",
        "several values could be meant",
        "The statement holds more than one value with a name. Say which one with name=.",
    ),
    Finding(
        "NNI110",
        "this can't be annotated",
        "Only a value with a name can be a slot: the right side of an assignment. `x += 1` and a bare "
        "`x: int` have none.",
    ),
    Finding(
        "NNI111",
        "function_choice without a single match",
        "A function_choice replaces, in this order: the calls identical to one of its options; the call "
        "whose callee is name=; the right side of the assignment to name=; the one call whose callee "
        "and keywords equal an option's. There was none, or more than one.",
    ),
    Finding(
        "NNI112",
        "conflicting parameters",
        "Two annotations of one file with the same name and sampler are one parameter, so their "
        "arguments must be equal. Rename one of the variables, or make the arguments equal.",
    ),
    Finding(
        "NNI113",
        "syntax error in an annotation",
        "The text behind `@` must be a Python call.",
    ),
    Finding(
        "NNI114",
        "syntax error in the file",
        "Python can't parse the file, so neither can nnic.",
    ),
    Finding(
        "NNI115",
        "file can't be decoded",
        "The bytes are not text in the encoding that the file declares (UTF-8 when it declares none).",
    ),
    Finding(
        "NNI116",
        "two annotations on one value",
        "A value has one annotation, and an annotation can't annotate another one.",
    ),
    Finding(
        "NNI117",
        "a positional argument can't be annotated",
        "A numeric sampler beside `drop = nn.Dropout(0.1)` would replace the module by a number. Write "
        "the argument with its keyword (p=0.1), or put the number into a variable of its own. If the "
        "number is really meant to replace the call, write `@nni.variable(..., name=drop)`.",
    ),
    Finding(
        "NNI118",
        "the annotated code is compiled from source",
        "torch.jit.script and triton.jit read the text of the user's file, so they would never see a "
        "trial's value. Pass the value into the function as an argument.",
    ),
    Finding(
        "NNI119",
        "option would change its function",
        "An option with yield or await is legal only where the function is a generator or async "
        "already, and one with := only for a name that is local already; else the program would change "
        "even without a trial.",
    ),
    Finding(
        "NNI120",
        "a statement can't stand here",
        "Reports become statements of the block with their comment's indentation. They can't stand "
        "inside brackets, between a decorator and its function, before else/except/finally, or before a "
        "docstring or __future__.",
    ),
    Finding(
        "NNI121",
        "this file was compiled already",
        "The file uses the name __nnic__, which only compiled text does. Compile the original.",
    ),
    Finding(
        "NNI122",
        "option can't be written on one line",
        "Compiled text keeps the line numbers of the source, so every option goes out on one line and "
        "in the encoding of the file. This one can't.",
    ),
    Finding(
        "NNI123",
        "constraint over unknown names",
        "A constraint speaks of parameters by their names as the file has them: lr, optimizer.lr, "
        "CONFIG['dropout'], or a label. One of its names is no parameter, or could be several.",
    ),
    Finding(
        "NNI124",
        "budget or checkpoint declared twice",
        "A trial has one budget and one checkpoint directory, so a program declares each of them once.",
    ),
    Finding(
        "NNI125",
        "constraint can't be evaluated",
        "A constraint is made of comparisons, and, or, not, arithmetic, in, tuples and lists, and the "
        "functions abs, min, max, sum, len, round, int, float, log, log2, log10, exp and sqrt.",
    ),
    Finding(
        "NNI190",
        "not supported yet",
        "The annotation is part of the language, but this release can't compile it.",
    ),
    Finding(
        "NNI201",
        "duplicate option",
        "Two options of a choice are the same, which makes it twice as likely.",
    ),
    Finding(
        "NNI202",
        "the script's own value lies outside",
        "The value that the script has now is not among the options or not within the range. It runs as "
        "trial 0 all the same, but the tuner can't learn from it.",
    ),
    Finding(
        "NNI203",
        "no final result",
        "No file of the program mentions report_final_result, so no trial could succeed. Add `# "
        "@nni.report_final_result(accuracy)` where the result is known.",
    ),
    Finding(
        "NNI204",
        "looks like an annotation",
        "The text resembles an annotation but is none: an f-string, bytes, a missing `@` or missing "
        "parentheses.",
    ),
    Finding(
        "NNI205",
        "report is never reached",
        "The statement before it leaves the block.",
    ),
    Finding(
        "NNI206",
        "name is bound nowhere",
        "An annotation uses a name that the file never binds and that is no builtin.",
    ),
    Finding(
        "NNI207",
        "sampler under another name",
        "In code only `nni.uniform(...)` and the like are parameters. `from nni import uniform` and "
        "`import nni as n` hide them, in NNI as here.",
    ),
    Finding(
        "NNI214",
        "suppression that hides nothing",
        "A `# nnic: ignore[CODE]` names a finding that isn't there.",
    ),
    Finding(
        "NNI301",
        "one parameter for several values",
        "Annotations with the same name, sampler and arguments in one file are one parameter.",
    ),
)

CATALOGUE: dict[str, Finding] = {finding.code: finding for finding in _FINDINGS}
