"""Writes annotations into a text, each with a carrier that is legal at its place."""

from __future__ import annotations

import ast
import keyword
import random
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from insertion.names import slot_name
from insertion.places import Places
from insertion.reading import Owner, Slot
from insertion.samplers import Sampler, make_sampler

_STRING, _OWN_LINE, _TRAILING = range(3)


@dataclass(frozen=True, slots=True)
class Expected:
    """A parameter that the compiler has to find in the annotated text."""

    key: str
    line: int
    column: int
    value: str
    default: object


@dataclass(frozen=True, slots=True)
class _Insertion:
    offset: int
    rank: int
    text: str
    slot: Slot
    sampler: Sampler
    key: str


def annotate(
    places: Places, owners: list[Owner], rng: random.Random, count: int, module: str
) -> tuple[str, list[Expected]]:
    """Insert up to ``count`` annotations; every one has a key of its own."""
    inserted: list[_Insertion] = []
    taken: set[int] = set()
    keys: set[str] = set()
    for _ in range(count * 4):
        if len(inserted) == count or not owners:
            break
        owner = rng.choice(owners)
        slot = rng.choice(owner.slots)
        insertion = _insertion(places, owner, slot, rng, module, len(keys))
        if insertion is None or id(slot.value) in taken or insertion.key in keys:
            continue
        if any(_collide(insertion, other) for other in inserted):
            continue
        inserted.append(insertion)
        taken.add(id(slot.value))
        keys.add(insertion.key)
    inserted.sort(key=lambda insertion: (insertion.offset, insertion.rank))
    return _spliced(places, inserted)


def _collide(first: _Insertion, second: _Insertion) -> bool:
    """Lines of their own may stack before a statement; a string goes first, and alone."""
    if first.offset != second.offset:
        return False
    return first.rank == second.rank == _STRING or _TRAILING in (first.rank, second.rank)


def _insertion(
    places: Places, owner: Owner, slot: Slot, rng: random.Random, module: str, number: int
) -> _Insertion | None:
    carriers = list(_carriers(places, owner, rng))
    if not carriers:
        return None
    offset, rank, before, after = rng.choice(carriers)
    sampler = make_sampler(slot.value, places.text, rng)
    # A short form without a name would take a number for what a call makes.
    ambiguous = sampler.word != "choice" and isinstance(slot.value, (ast.Call, ast.Await))
    candidates = owner.shared if rank == _TRAILING else owner.slots
    named = _name_of(slot, candidates, ambiguous, rng)
    if named is None:
        return None
    word, target = named
    name = slot.name if target is None else target
    label = name is None or rng.random() < 0.15
    short = not word or label or rng.random() < 0.5
    key = f"*/s{number}/{sampler.word}" if label else f"{module}/{name}/{sampler.word}"
    text = _text(sampler, word, short, f"s{number}" if label else "")
    if rank == _STRING and ("\\" in text or "'''" in text):
        return None
    return _Insertion(offset, rank, f"{before}{text}{after}", slot, sampler, key)


def _name_of(
    slot: Slot, candidates: tuple[Slot, ...], needed: bool, rng: random.Random
) -> tuple[str, str | None] | None:
    """What to write behind ``name=``, if anything, and the key's name if that says it.

    ``None`` where no ``name=`` could tell the slot from the other candidates.
    """
    if len(candidates) == 1 and not needed and rng.random() < 0.7:
        return "", None
    if slot.targets:
        target = rng.choice(slot.targets)
        word, name = ast.unparse(target), slot_name(target)
        return None if "\n" in word or name is None else (word, name)
    targets = [ast.unparse(target) for other in candidates for target in other.targets]
    unique = [other.label for other in candidates].count(slot.label) == 1 and slot.label not in targets
    usable = slot.label.isidentifier() and not keyword.iskeyword(slot.label)
    return (slot.label, None) if unique and usable else None


def _text(sampler: Sampler, word: str, short: bool, label: str) -> str:
    if not short:
        return f"@nni.variable(nni.{sampler.call}, name={word})"
    extra = [f", name={word}"] if word else []
    extra += [f", label={label!r}"] if label else []
    return f"@nni.{sampler.call[:-1]}{''.join(extra)})"


def _carriers(places: Places, owner: Owner, rng: random.Random) -> Iterator[tuple[int, int, str, str]]:
    """(offset, rank, text before and behind the annotation) for every carrier that is legal."""
    line = places.line_start(owner.start)
    newline = "\r\n" if "\r\n" in places.text else "\n"
    if owner.line_start and places.starts_line(owner.start):
        indent = places.text[line : owner.start].rpartition("\f")[2]
        yield line, _OWN_LINE, f"{indent}# ", newline
        if not owner.is_item:
            yield line, _STRING, f"{indent}'''", f"'''{newline}"
    elif owner.is_item and owner.line_start:
        pad = " " * rng.randint(0, 8)
        yield owner.start, _OWN_LINE, f"{newline}{pad}# ", f"{newline}{pad}"
    if owner.end < 0:
        return
    if not owner.is_item:
        yield owner.end, _TRAILING, "  # ", ""
        return
    end = owner.end
    following = places.after(end)
    if following and following[0].string == "," and rng.random() < 0.7:
        end = following[0].end
        following = following[1:]
    stays = bool(following) and following[0].type in (tokenize.NL, tokenize.COMMENT)
    yield end, _TRAILING, "  # ", "" if stays else f"{newline}{' ' * rng.randint(0, 8)}"


def _spliced(places: Places, inserted: list[_Insertion]) -> tuple[str, list[Expected]]:
    parts = []
    position = 0
    for insertion in inserted:
        parts += [places.text[position : insertion.offset], insertion.text]
        position = insertion.offset
    text = "".join([*parts, places.text[position:]])
    starts = _starts(text)
    expected = []
    for insertion in inserted:
        value = insertion.slot.value
        start, end = places.start(value), places.end(value)
        shift = sum(len(other.text) for other in inserted if other.offset <= start)
        inner = sum(len(other.text) for other in inserted if start < other.offset < end)
        line = max(i for i, s in enumerate(starts) if s <= start + shift)
        expected.append(
            Expected(
                insertion.key,
                line + 1,
                start + shift - starts[line] + 1,
                text[start + shift : end + shift + inner],
                insertion.sampler.default,
            )
        )
    return text, expected


def _starts(text: str) -> list[int]:
    return [0, *(index + 1 for index, char in enumerate(text) if char == "\n")]
