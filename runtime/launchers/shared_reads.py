"""What a script reads before its fork point that differs from process to process: clocks, pids, chance.

All trials then have the same. That may be meant, so it is a warning, with the lines.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from nnic.runtime.launchers.parsing import parse_file
from nnic.runtime.program import Program

_CLOCKS = {
    "time.time": "the clock",
    "time.time_ns": "the clock",
    "time.strftime": "the clock",
    "time.perf_counter": "the clock",
    "time.monotonic": "the clock",
    "datetime.now": "the clock",
    "datetime.utcnow": "the clock",
    "datetime.today": "the clock",
    "date.today": "the clock",
    "os.getpid": "its process id",
    "getpid": "its process id",
    "uuid.uuid1": "its process' own number",
    "uuid.uuid4": "a random number",
    "os.urandom": "random bytes",
    "secrets.token_bytes": "random bytes",
    "secrets.token_hex": "random bytes",
    "secrets.token_urlsafe": "random bytes",
    "secrets.randbelow": "a random number",
    "random.SystemRandom": "random numbers",
}
# Generators that seed themselves when they are made without arguments.
_UNSEEDED = frozenset({"default_rng", "RandomState", "SeedSequence", "PCG64", "MT19937", "Philox", "SFC64"})
_SHOWN = 3


def explain_shared(program: Program, folder: Path, file: str, line: int, drawn: Sequence[str]) -> list[str]:
    """Warnings about what the trials of a script share that differs from process to process.

    Parameters
    ----------
    folder
        The compiled program's.
    file, line
        The fork point; ``""`` where it is in no file of the program's.
    drawn
        The modules whose random numbers were used without a seed.
    """
    texts = []
    at = f"{file}:{line}" if file else "the script"
    end = line if file == program.entry else None
    found = list(_list_reads(program, folder, end))
    if found:
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        texts.append(f"all trials share what is read before {at}: {', '.join(found[:_SHOWN])}{more}")
    for name in drawn:
        texts.append(
            f"all trials share the random numbers that {name} gave before {at}: the script, or a module "
            "that it imports, used it without a seed"
        )
    return texts


def _list_reads(program: Program, folder: Path, last_line: int | None) -> Iterator[str]:
    """The reads of a program, of its entry only those before ``last_line``."""
    functions: dict[str, tuple[str, ast.AST]] = {}
    bodies: list[tuple[str, ast.AST]] = []
    for file in program.files:
        tree = parse_file(folder / "code" / file.path)
        if tree is None:
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                functions.setdefault(node.name, (file.path, node))
        end = last_line if file.path == program.entry else None
        bodies += [(file.path, s) for s in tree.body if end is None or s.lineno < end]
    seen: set[str] = set()
    while bodies:
        where, node = bodies.pop(0)
        for call in _calls(node):
            name = ast.unparse(call.func)
            short = ".".join(name.split(".")[-2:])
            if short in _CLOCKS or _is_unseeded(call, short):
                yield f"{where}:{call.lineno} ({name})"
            called = name.rpartition(".")[2]
            if called in functions and called not in seen:
                seen.add(called)
                origin, function = functions[called]
                bodies += [(origin, statement) for statement in getattr(function, "body", [])]


def _is_unseeded(call: ast.Call, name: str) -> bool:
    """Whether a call makes a generator that nobody gave a seed."""
    seeds = [*call.args, *(keyword.value for keyword in call.keywords)]
    given = any(not (isinstance(seed, ast.Constant) and seed.value is None) for seed in seeds)
    return not given and (name == "random.Random" or name.rpartition(".")[2] in _UNSEEDED)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """The calls of a statement that run with it."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return
    if isinstance(node, ast.Call):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _calls(child)
