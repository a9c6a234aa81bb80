"""Prior distributions as quantile functions.

Every draw is made as quantile(u) with u uniform on (0, 1). One representation then serves Monte Carlo, Sobol
sequences, the tornado and the search for the nearest change of conclusion, which all work on the unit cube.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

FAMILIES = {
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "normal": ("mean", "sd", "low", "high"),
}


GRID = 65535
"""Draws lie on a grid of this many steps over the support, so that the browser can be sent each of them in two bytes."""


class PriorError(ValueError):
    """A prior's family or arguments are not valid."""


@dataclass(frozen=True)
class Prior:
    """A named family with its arguments; `low` and `high` of a normal are truncation points.

    The family `estimate` is not written by hand: its arguments are evenly spaced quantiles of the estimate's draws.
    """

    family: str
    arguments: tuple[float, ...]

    @classmethod
    def parse(cls, family: str, arguments: Sequence[float]) -> Prior:
        """Check and build. Raises PriorError."""
        if family not in FAMILIES:
            raise PriorError(f"unknown prior {family!r}; known: {', '.join(FAMILIES)}")
        names = FAMILIES[family]
        if len(arguments) != len(names):
            raise PriorError(f"{family} needs {len(names)} arguments ({', '.join(names)}), got {len(arguments)}")
        try:
            values = tuple(float(a) for a in arguments)
        except (TypeError, ValueError):
            raise PriorError(f"{family} needs numbers, got {list(arguments)!r}") from None
        if not all(np.isfinite(values)):
            raise PriorError(f"{family} needs finite numbers, got {list(arguments)!r}")
        prior = cls(family, values)
        prior._check_order()
        return prior

    def _check_order(self) -> None:
        a = self.arguments
        if self.family == "normal":
            ok = a[1] > 0 and a[2] < a[3]
        elif self.family == "triangular":
            ok = a[0] <= a[1] <= a[2] and a[0] < a[2]
        else:
            ok = a[0] < a[1] and (self.family != "loguniform" or a[0] > 0)
        if not ok:
            raise PriorError(f"{self.family}{list(a)}: arguments out of order")

    @property
    def support(self) -> tuple[float, float]:
        """Smallest and largest value the prior can give."""
        return (self.arguments[2], self.arguments[3]) if self.family == "normal" else (self.arguments[0], self.arguments[-1])

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """Value below which a share `u` of the probability lies; `u` in [0, 1], any shape."""
        u = np.asarray(u, dtype=float)
        a = self.arguments
        if self.family == "estimate":
            return np.interp(u, np.linspace(0, 1, len(a)), a)
        if self.family == "uniform":
            return a[0] + u * (a[1] - a[0])
        if self.family == "loguniform":
            return a[0] * (a[1] / a[0]) ** u
        if self.family == "triangular":
            low, mode, high = a
            width = high - low
            rising = low + np.sqrt(u * width * (mode - low))
            falling = high - np.sqrt((1 - u) * width * (high - mode))
            return np.where(u < (mode - low) / width, rising, falling)
        mean, sd, low, high = a
        below, above = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
        return np.clip(mean + sd * ndtri(below + u * (above - below)), low, high)

    def grid_steps(self, u: np.ndarray) -> np.ndarray:
        """The quantiles at `u` as whole numbers of steps from the lower end of the support, 0 to GRID."""
        return self.steps_of(self.quantile(u))

    def steps_of(self, values: np.ndarray) -> np.ndarray:
        """Values as the nearest whole numbers of steps from the lower end of the support."""
        low, high = self.support
        return np.rint((values - low) / (high - low) * GRID).astype(np.uint16)

    def on_grid(self, steps: np.ndarray) -> np.ndarray:
        """The values of grid steps."""
        low, high = self.support
        return low + (high - low) * steps.astype(float) / GRID

    def describe(self) -> str:
        """Short text for tables, e.g. 'triangular(0.6, 0.73, 0.85)'."""
        if self.family == "estimate":
            return f"draws of the estimate, {self.support[0]:.3g} to {self.support[1]:.3g}"
        return f"{self.family}({', '.join(f'{a:g}' for a in self.arguments)})"
