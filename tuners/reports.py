"""The reports of a trial, kept so that one more costs the same after the first and the millionth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from nnic.tuners.protocol import Report


class Reports(Sequence["Report"]):
    """The reports of a trial in order; it never changes, and equals the tuple of the same reports.

    :meth:`extended` shares what is common with this one: a tuple would be copied for each report,
    which for the hundred thousand reports of one trial is five billion steps. It has no hash, since
    a report holds a dictionary.

    Parameters
    ----------
    reports
        What is copied.
    shared
        Taken instead as it is, and shared with others that hold its beginning; for :meth:`extended`.
    """

    __slots__ = ("_length", "_shared")

    def __init__(self, reports: Iterable[Report] = (), shared: list[Report] | None = None) -> None:
        self._shared = list(reports) if shared is None else shared
        self._length = len(self._shared)

    @classmethod
    def of(cls, reports: Sequence[Report]) -> Reports:
        """``reports`` themselves where they are of this class, or else a copy that is."""
        return reports if isinstance(reports, cls) else cls(reports)

    def extended(self, report: Report) -> Reports:
        """These reports and one more."""
        # Only the longest of those that share a list may append to it.
        shared = self._shared if len(self._shared) == self._length else self._shared[: self._length]
        shared.append(report)
        return Reports(shared=shared)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Report: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Report, ...]: ...
    def __getitem__(self, index: int | slice) -> Report | tuple[Report, ...]:
        if isinstance(index, slice):
            return tuple(self._shared[i] for i in range(*index.indices(self._length)))
        if not -self._length <= index < self._length:
            raise IndexError("there is no such report")
        return self._shared[index if index >= 0 else self._length + index]

    def __iter__(self) -> Iterator[Report]:
        for index in range(self._length):
            yield self._shared[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Reports, tuple)):
            return NotImplemented
        return tuple(self) == tuple(other)

    def __repr__(self) -> str:
        return repr(tuple(self))
