"""A source file as the compiler sees it: decoded once, newlines untouched."""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
from dataclasses import dataclass, field
from pathlib import Path

from nnic.runtime.reading import read_regular
from nnic.span import Lines, Span

# `running` holds the three letters too, so the word itself is looked for, around each place that
# `find` gives: a pattern alone searches the whole file, at a twentieth of its speed.
_LETTERS = b"nni"
# The largest files of Python that people write by hand have a hundredth of it.
MOST_SOURCE_BYTES = 64 << 20
_WORD = re.compile(rb"(?<![A-Za-z0-9_])nni(?![A-Za-z0-9_])|(?<=__)nnic__")
# What detect_encoding thinks of null bytes and of others that are no ASCII depends on the Python.
_ASCII = bytes(code if 0 < code < 128 else ord("?") for code in range(256))
# Python reads no UTF-16, and its bytes hide the letters.
_UTF_16 = {b"\xff\xfe": "nni".encode("utf-16-le"), b"\xfe\xff": "nni".encode("utf-16-be")}


class UndecodableError(ValueError):
    """The bytes are not text in the encoding that the file declares.

    ``line`` and ``column`` count from 1; ``excerpt`` is that line, with what can't be decoded as escapes.
    """

    def __init__(self, message: str, line: int = 1, column: int = 1, excerpt: str | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.excerpt = excerpt


def read_source(file: Path) -> bytes:
    """Return the bytes of a file that annotations are looked for in.

    Raises
    ------
    OSError
        When it can't be read, is a folder, a pipe, a socket or a device, or holds more than
        ``MOST_SOURCE_BYTES``.
    """
    return read_regular(file, MOST_SOURCE_BYTES)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file: its bytes, its text, and how places in the text are counted.

    Parameters
    ----------
    path
        The path as people are shown it.
    data
        The bytes on disk.
    text
        The decoded text without byte-order mark, line endings as they are.
    encoding
        The codec that turns ``text`` back into ``data``.
    """

    path: str
    data: bytes
    text: str
    encoding: str
    lines: Lines = field(repr=False, compare=False)

    @classmethod
    def decode(cls, data: bytes, path: str) -> SourceFile:
        """Decode ``data`` as Python would (PEP 263).

        Raises
        ------
        UndecodableError
            When Python could not read the file either, or the codec does not give the same bytes
            back.
        """
        try:
            encoding = declared_encoding(data)
            text = data.decode(encoding)
            same = encoding in ("utf-8", "utf-8-sig") or text.encode(encoding, "replace") == data
        except UnicodeDecodeError as error:
            raise UndecodableError(str(error), *_place(data, error)) from None
        except (SyntaxError, UnicodeError, LookupError) as error:
            raise UndecodableError(str(error)) from None
        if not same:
            raise UndecodableError(f"encoding the text as {encoding} again gives other bytes")
        return cls(path, data, text, encoding, Lines(text))

    @classmethod
    def read(cls, file: Path, path: str) -> SourceFile:
        """Read and decode ``file``."""
        return cls.decode(read_source(file), path)

    def encode(self, text: str) -> bytes:
        """Return ``text`` as bytes in this file's encoding, with its byte-order mark."""
        return text.encode(self.encoding)

    def encodable(self, text: str) -> bool:
        """Tell whether this file's encoding has all characters of ``text``."""
        try:
            text.encode(self.encoding)
        except UnicodeError:
            return False
        return True

    @property
    def sha256(self) -> str:
        """Hash of the bytes on disk, in hexadecimal digits."""
        import hashlib  # loads OpenSSL, which checking has no need of

        return hashlib.sha256(self.data).hexdigest()

    def span(self, node: ast.AST) -> Span:
        """Tell where ``node`` (with position attributes) stands in the text."""
        lines = self.lines
        return Span(
            lines.offset(node.lineno, node.col_offset),  # type: ignore[attr-defined]
            lines.offset(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def span_of_line(self, line: int) -> Span:
        """Return a line without its line break."""
        return Span(self.lines.start_of(line), self.lines.end_of(line))

    def slice(self, span: Span) -> str:
        """Return the text of ``span``."""
        return self.text[span.start : span.end]


def _place(data: bytes, error: UnicodeDecodeError) -> tuple[int, int, str]:
    """Tell on which line and column a byte stands that can't be decoded, and what the line holds."""
    before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    start = max(data.rfind(b"\n", 0, error.start), data.rfind(b"\r", 0, error.start)) + 1
    row = re.split(rb"[\r\n]", data[start:], maxsplit=1)[0]
    decoded = data[start : error.start].decode(error.encoding, "backslashreplace")
    return before.count(b"\n") + 1, len(decoded) + 1, row.decode(error.encoding, "backslashreplace")


def may_hold_annotations(data: bytes) -> bool:
    """Tell whether a file holds the word ``nni`` at all; without it, it is not looked at again."""
    at = data.find(_LETTERS)
    while at >= 0:
        if _WORD.match(data, at):
            return True
        at = data.find(_LETTERS, at + 1)
    return data[:2] in _UTF_16 and _UTF_16[data[:2]] in data


def decode_text(data: bytes) -> str:
    """Return the text of a file that nobody is told of by name.

    Raises
    ------
    UndecodableError
        As :meth:`SourceFile.decode` does.
    """
    return SourceFile.decode(data, "<text>").text


def declared_encoding(data: bytes) -> str:
    """Return the encoding that a file's first lines declare (PEP 263), UTF-8 where they declare none.

    Raises
    ------
    SyntaxError
        When there is no such encoding.
    """
    stream = io.BytesIO(data)
    lines = stream.readline() + stream.readline()
    mark = codecs.BOM_UTF8 if lines.startswith(codecs.BOM_UTF8) else b""
    lines = mark + lines[len(mark) :].translate(_ASCII)
    return tokenize.detect_encoding(io.BytesIO(lines).readline)[0]


def keeps_encoding(source: SourceFile, text: str) -> bool:
    """Tell whether Python would decode ``text`` as it decodes ``source``: code before a coding line voids
    it."""
    if source.encoding in ("utf-8", "utf-8-sig"):
        return True
    try:
        return declared_encoding(source.encode(text)) == source.encoding
    except SyntaxError:
        return False
