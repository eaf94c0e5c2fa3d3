"""The files of a program with values written into them, or without their annotations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from nnic.apply.narrow import Narrowed
from nnic.apply.rewriting import Rewriting, rewrite
from nnic.compile.compilation import Compilation
from nnic.compile.program_folder import OutputFile, build_folder
from nnic.compile.write_program import other_files
from nnic.ir import ModuleIR, TunableKind
from nnic.tuners.space import Value


def write_script(
    compilation: Compilation, config: Mapping[str, Value], out: Path, *, excluded: Iterable[Path] = ()
) -> None:
    """Write one trial's script to ``out``: ``code/``, the tree with the values of ``config`` written in and
    without annotations, which needs no nnic to run, and ``parameters.json``.

    Raises
    ------
    FileExistsError, ValueError
        As :func:`write_program` and :func:`apply_values` do.
    """
    changed = apply_values(compilation, config, strip=True)
    files = [
        OutputFile(f.path, f.encoded(changed[f.path]) if f.path in changed else f.data, f.file)
        for f in compilation.files
    ]
    others = other_files(compilation, (out, *excluded))
    build_folder(compilation.code_dir, {"parameters.json": dict(config)}, files, out, others)


def apply_values(
    compilation: Compilation,
    config: Mapping[str, Value],
    *,
    digits: int | None = None,
    strip: bool = False,
    narrowed: Mapping[str, Narrowed] | None = None,
    originals: Mapping[str, ModuleIR] | None = None,
) -> dict[str, str]:
    """Return the new text of every file that changes, by its path in the code directory.

    Parameters
    ----------
    compilation
        One without errors.
    config
        Values by key; parameters that it does not name keep the script's own.
    digits
        Significant digits to round numbers to; by default they keep all of theirs.
    strip
        Take the annotations out.
    narrowed
        Narrower ranges by key, for the annotations.
    originals
        Earlier states of files by path, whose own values are put back; those of ``config`` are not
        written then.

    Raises
    ------
    ValueError
        When a key is unknown or a value no option, when mutable layers would have to be written as plain
        code, and for a compilation with errors.
    InternalError
        A bug of ours.
    """
    if compilation.program is None:
        raise ValueError("a program with errors has no parameters to apply")
    space = compilation.program.space
    parameters = {parameter.key: parameter for parameter in space}
    for key in config:
        if key not in parameters:
            raise ValueError(f"the program has no parameter {key!r}")
    changed = {}
    for file in compilation.files:
        if file.ir is None:
            continue
        if strip:
            _check_layers(file.path, file.ir)
        original = None if originals is None else originals.get(file.path)
        wanted = Rewriting(config, parameters, digits, strip, narrowed or {}, original)
        text = rewrite(file.ir, wanted)
        if text != file.text:
            changed[file.path] = text
    return changed


def _check_layers(path: str, ir: ModuleIR) -> None:
    """Mutable layers are all code that there is: without the annotation nothing would be left."""
    for tunable in ir.tunables:
        if tunable.kind is TunableKind.LAYER:
            line = ir.source.lines.line_of(tunable.span.start)
            raise ValueError(f"{path}:{line}: nni.mutable_layers can't be written as plain code")
