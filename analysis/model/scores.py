"""Scores of probability forecasts: CRPS, coverage, PIT.

CRPS after Gneiting and Raftery (2007), with the fair estimator for a finite sample; PIT after Dawid (1984).
"""

from __future__ import annotations

import numpy as np


def crps(sample: np.ndarray, observed: float) -> float:
    """Continuous ranked probability score of a forecast sample (n,), in the unit of the observation.

    E|X - y| - E|X - X'| / 2, the second term without the zero diagonal. For one value it is the absolute error.
    """
    x = np.sort(np.asarray(sample, dtype=float))
    n = len(x)
    error = np.abs(x - observed).mean()
    if n == 1:
        return float(error)
    weights = 2 * np.arange(1, n + 1) - n - 1
    spread = 2 * (weights * x).sum() / (n * (n - 1))          # E|X - X'| from the order statistics
    return float(error - spread / 2)


def pit(sample: np.ndarray, observed: float) -> float:
    """Share of the forecast sample at or below what was observed."""
    return float((np.asarray(sample) <= observed).mean())


def inside(low: float, high: float, observed: float) -> bool:
    """Whether the observation lies in the interval, ends included."""
    return bool(low <= observed <= high)
