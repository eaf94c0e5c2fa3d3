"""The part of the space in which a local search looks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnic.tuners.mapping.warps import Floats

_FIRST, _LARGEST, _SMALLEST = 0.8, 1.6, 0.5**7  # These are lengths, as parts of the range.
_SUCCESSES = 3  # After this many in a row the region grows.


@dataclass(slots=True)
class TrustRegion:
    """A box around the best point: TuRBO-1 (Eriksson et al. 2019, arXiv 1910.01739, section 2).

    It doubles after some successes in a row and halves after some failures, and begins anew when
    it has become too small.
    """

    length: float = _FIRST
    successes: int = 0
    failures: int = 0

    def note(self, success: bool, patience: int) -> None:
        """Count a result; ``patience`` failures in a row halve the length."""
        self.successes, self.failures = (self.successes + 1, 0) if success else (0, self.failures + 1)
        if self.successes >= _SUCCESSES:
            self.length, self.successes = min(2 * self.length, _LARGEST), 0
        elif self.failures >= patience:
            self.length, self.failures = self.length / 2, 0
        if self.length < _SMALLEST:
            self.length = _FIRST

    def box(self, center: Floats, lengths: Floats) -> tuple[Floats, Floats]:
        """The ends of the region within [0, 1], its sides in proportion to length scales; shapes (q,)."""
        logs = np.log(lengths)
        sides = self.length * np.exp(logs - logs.mean()) if len(logs) else lengths
        return np.clip(center - sides / 2, 0.0, 1.0), np.clip(center + sides / 2, 0.0, 1.0)
