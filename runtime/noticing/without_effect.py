"""Which parameters had no effect in trial 0, and what a person is told of them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence

from nnic.runtime.launchers.metrics import Reread
from nnic.tuners.space import Parameter, SearchSpace


def unread_parameters(space: SearchSpace, read: Collection[str]) -> tuple[Parameter, ...]:
    """Return the parameters that a trial did not ask for.

    Those that exist only for some options are left out, and those of a space from a file: the script gets
    them all at once.
    """
    return tuple(p for p in space if p.key not in read and p.condition is None and p.origin is not None)


def reads_nothing(space: SearchSpace, read: Collection[str]) -> bool:
    """Whether a trial asked for no parameter at all, so that all trials would be alike."""
    unread = unread_parameters(space, read)
    return bool(unread) and not any(p.key in read or (p.condition is None and p not in unread) for p in space)


def describe_nothing_read(space: SearchSpace) -> str:
    """Return why a search of this space makes no sense."""
    names = _listed(space, unread_parameters(space, ()))
    return f"trial #0 read none of its parameters, so all trials would be the same: {names}"


def describe_unread(
    space: SearchSpace, read: Collection[str], reread: Iterable[Reread], *, others: bool = True
) -> list[str]:
    """Return a sentence for each reason why parameters had no effect in trial 0; with ``others`` one for
    those parameters too of which the reason is not known."""
    texts: list[str] = []
    left = list(unread_parameters(space, read))
    for other in reread:
        meant = [p for p in left if _holds(other, p)]
        left = [p for p in left if p not in meant]
        if meant:
            texts.append(
                f"{other.who} compiles the text of {other.path}, lines {other.first} to {other.last}, by "
                f"itself, so these parameters have no effect: {_listed(space, meant)}. Set the values "
                "outside of that code, and pass them in as arguments"
            )
        elif not other.first:
            what = f"the file {other.path}" if other.path else "a text"
            texts.append(
                f"{other.who} compiles {what} by itself, so the annotations in it have no effect; import it "
                "as a module instead"
            )
    if left and others:
        texts.append(
            f"trial #0 never read {_listed(space, left)}, so their values have no effect. Does the script "
            "still use them?"
        )
    return texts


def describe_uncompiled(path: str) -> str:
    """Return that a file was loaded as it is, and how to have it compiled."""
    if os.path.isabs(path):
        return (
            f"{path} is annotated and was loaded, but it lies outside of the code directory, so its "
            "annotations have no effect; give a folder that contains both it and the script: --code-dir"
        )
    return (
        f"{path} is annotated and was loaded, but nnic did not find its import in the source, so "
        "its annotations have no effect; import it by name somewhere, for example under `if False:`"
    )


def _holds(other: Reread, parameter: Parameter) -> bool:
    origin = parameter.origin
    return origin is not None and origin.path == other.path and other.first <= origin.line <= other.last


def _listed(space: SearchSpace, parameters: Sequence[Parameter]) -> str:
    names = space.display_names()
    places = [f" ({p.origin.path}:{p.origin.line})" if p.origin is not None else "" for p in parameters]
    return ", ".join(f"{names[p.key]}{place}" for p, place in zip(parameters, places))
