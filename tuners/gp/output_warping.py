"""Losses become values that a Gaussian process can have."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace

import numpy as np

from nnic.tuners.mapping.warps import Floats

_BENDS = (math.inf, 3.0, 1.0, 0.3, 0.1, 0.03)  # These bends are compared.
_TAIL = 10.0  # Losses that are this many quartile distances above the upper quartile count less.
_FARTHEST = 1e100  # No loss is farther away, in quartile distances.


@dataclass(frozen=True, slots=True)
class OutputWarp:
    """A monotone map of losses to values that are standardised.

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
        """The warp without a bend for finite losses, of which there is at least one."""
        lowest = float(losses.min())
        gaps = np.sort(losses / 2 - lowest / 2)  # Halved, since a difference of two floats can overflow.
        unit = float(np.quantile(gaps, 0.75) - np.quantile(gaps, 0.25)) or float(gaps[-1]) or 1.0
        with np.errstate(over="ignore"):
            cap = float(np.quantile(np.minimum(gaps / unit, _FARTHEST), 0.75)) + _TAIL
        return cls(lowest, unit, cap).standardised(losses)

    def standardised(self, losses: Floats) -> OutputWarp:
        """The same warp, with the mean and deviation that these losses have under it."""
        plain = replace(self, mean=0.0, deviation=1.0)(losses)
        deviation = float(plain.std())
        return replace(self, mean=float(plain.mean()), deviation=deviation if deviation > 1e-12 else 1.0)

    def __call__(self, losses: Floats) -> Floats:
        """The values of losses; both have the same shape."""
        return np.asarray((self._bent(self._relative(losses)) - self.mean) / self.deviation)

    def log_slope(self, losses: Floats) -> float:
        """The sum of the logarithms of the slopes at losses, up to a constant that all bends share."""
        relative = self._relative(losses)
        logs = -np.log1p(np.maximum(relative, -0.5 * self.bend) / self.bend) - math.log(
            min(self.bend, _FARTHEST)
        )
        total = float(logs.sum()) if math.isfinite(self.bend) else 0.0
        return total - len(losses) * math.log(self.deviation)

    def candidates(self, losses: Floats) -> list[OutputWarp]:
        """Warps of the same losses with every bend."""
        return [self.bent(bend, losses) for bend in _BENDS]

    def bent(self, bend: float, losses: Floats) -> OutputWarp:
        """A warp of the same losses with another bend."""
        return replace(self, bend=bend).standardised(losses)

    def to_json(self) -> dict[str, float]:
        """The state as plain JSON values; -1 stands for infinity, which JSON does not know."""
        return {**asdict(self), "bend": self.bend if math.isfinite(self.bend) else -1.0}

    @classmethod
    def from_json(cls, data: dict[str, float]) -> OutputWarp:
        """The warp of which :meth:`to_json` made ``data``."""
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
