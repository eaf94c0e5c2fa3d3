"""Losses as values that a Gaussian process can have."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace

import numpy as np

from nnic.tuners.mapping.warps import Floats

_BENDS = (math.inf, 3.0, 1.0, 0.3, 0.1, 0.03)
_TAIL = 10.0  # quartile distances above the upper quartile at which losses begin to count less
_FARTHEST = 1e100  # in quartile distances


@dataclass(frozen=True, slots=True)
class OutputWarp:
    """A monotone map of losses, then standardised.

    ``log(1 + (loss - lowest) / bend)`` spreads losses close to the best and gathers the others;
    with an infinite ``bend`` it is the identity. Losses are first taken relative to ``lowest`` and
    ``unit``, the distance of the quartiles, and those far above count by their logarithm.
    """

    lowest: float
    unit: float
    cap: float
    bend: float = math.inf
    mean: float = 0.0
    deviation: float = 1.0

    @classmethod
    def of(cls, losses: Floats) -> OutputWarp:
        """Without a bend; of finite losses, at least one."""
        lowest = float(losses.min())
        gaps = np.sort(losses / 2 - lowest / 2)  # halved: a difference of two floats can overflow
        unit = float(np.quantile(gaps, 0.75) - np.quantile(gaps, 0.25)) or float(gaps[-1]) or 1.0
        with np.errstate(over="ignore"):
            cap = float(np.quantile(np.minimum(gaps / unit, _FARTHEST), 0.75)) + _TAIL
        return cls(lowest, unit, cap).standardised(losses)

    def standardised(self, losses: Floats) -> OutputWarp:
        """With the mean and deviation that these losses have then."""
        plain = replace(self, mean=0.0, deviation=1.0)(losses)
        deviation = float(plain.std())
        return replace(self, mean=float(plain.mean()), deviation=deviation if deviation > 1e-12 else 1.0)

    def __call__(self, losses: Floats) -> Floats:
        """The values of losses; both of any shape."""
        return np.asarray((self._bent(self._relative(losses)) - self.mean) / self.deviation)

    def log_slope(self, losses: Floats) -> float:
        """The sum of the logarithms of the slopes, up to a constant of all bends."""
        relative = self._relative(losses)
        logs = -np.log1p(np.maximum(relative, -0.5 * self.bend) / self.bend) - math.log(
            min(self.bend, _FARTHEST)
        )
        total = float(logs.sum()) if math.isfinite(self.bend) else 0.0
        return total - len(losses) * math.log(self.deviation)

    def candidates(self, losses: Floats) -> list[OutputWarp]:
        """Around the same losses with every bend."""
        return [self.bent(bend, losses) for bend in _BENDS]

    def bent(self, bend: float, losses: Floats) -> OutputWarp:
        """With another bend, around the same losses."""
        return replace(self, bend=bend).standardised(losses)

    def to_json(self) -> dict[str, float]:
        """Plain values; JSON knows no infinity, which is -1."""
        return {**asdict(self), "bend": self.bend if math.isfinite(self.bend) else -1.0}

    @classmethod
    def from_json(cls, data: dict[str, float]) -> OutputWarp:
        """The inverse of :meth:`to_json`."""
        warp = cls(**data)
        return replace(warp, bend=math.inf) if warp.bend < 0 else warp

    def _relative(self, losses: Floats) -> Floats:
        with np.errstate(over="ignore"):
            gaps = np.clip((losses / 2 - self.lowest / 2) / self.unit, -_FARTHEST, _FARTHEST)
        above = np.maximum(gaps - self.cap, 0.0)
        return np.asarray(np.minimum(gaps, self.cap) + np.log1p(above))

    def _bent(self, relative: Floats) -> Floats:
        if not math.isfinite(self.bend):
            return relative
        # Losses below the lowest one that was known when this was made go on linearly.
        curved = np.log1p(np.maximum(relative, 0.0) / self.bend)
        return np.asarray(curved + np.minimum(relative, 0.0) / self.bend)
