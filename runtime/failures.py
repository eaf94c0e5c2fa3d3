"""Failures as the store keeps them, and as people read them on every screen."""

from __future__ import annotations

from nnic.runtime import encoding
from nnic.runtime.fields import Fields
from nnic.tuners.protocol import Failure, FailureKind

_OURS = {kind.value: kind for kind in FailureKind}
_NAMED = (FailureKind.NO_RESULT, FailureKind.BAD_METRIC)  # Their names say as much as their messages.


def failure_to_text(failure: Failure | None) -> str | None:
    """Text of a failure for the store; ``None`` for none."""
    if failure is None:
        return None
    return encoding.dumps(
        {
            "kind": str(failure.kind),
            "message": failure.message,
            "path": failure.path,
            "line": failure.line,
            "exit_code": failure.exit_code,
        }
    )


def failure_from_text(text: str | None) -> Failure | None:
    """Inverse of :func:`failure_to_text`.

    Raises
    ------
    ValueError
        When the text is no failure.
    """
    if text is None:
        return None
    fields = Fields.of_text(text)
    kind, path = fields.text("kind"), fields.text("path")
    # An exception may have the name of one of our kinds, but it was raised somewhere.
    ours = None if path and kind != FailureKind.BAD_METRIC else _OURS.get(kind)
    line, exit_code = fields.optional_integer("line"), fields.optional_integer("exit_code")
    return Failure(ours or kind, fields.text("message"), path, line, exit_code)


def describe_failure(failure: Failure) -> str:
    """A failure as a sentence: an exception with its type, else the message alone."""
    if failure.is_exception and failure.message:
        return f"{failure.kind}: {failure.message}"
    return failure.message or str(failure.kind)


def name_failure(failure: Failure) -> str:
    """A failure in few words: the exception's type, or what happened."""
    short = failure.is_exception or failure.kind in _NAMED or not failure.message
    return str(failure.kind) if short else failure.message
