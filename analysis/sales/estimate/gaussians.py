"""Every unknown with a normal prior has a place in one vector of standard normals, and every linear predictor is a matrix.

    g = Gaussians({"definition": (0.0, 0.15, 1), "drift": (0.0, 0.1, 14)})
    share = g.affine(14, drift=walk, definition=1.0)      # constant + matrix @ z
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Affine:
    """A linear predictor: `constant + matrix @ z`."""

    matrix: np.ndarray
    constant: np.ndarray

    def of(self, draws: np.ndarray) -> np.ndarray:
        """The predictor of drawn vectors, shape (…, size of z) → (…, rows)."""
        return draws @ self.matrix.T + self.constant


class Gaussians:
    """Named normal unknowns: name → (mean, sd, how many)."""

    def __init__(self, unknowns: Mapping[str, tuple[float, float, int]]) -> None:
        self.unknowns = dict(unknowns)
        stops = np.cumsum([size for _, _, size in unknowns.values()])
        self.size = int(stops[-1])
        self._places = {name: slice(int(stop - unknowns[name][2]), int(stop)) for name, stop in zip(unknowns, stops, strict=True)}

    def affine(self, rows: int, **weights: float | np.ndarray) -> Affine:
        """The predictor with `rows` rows that adds, for each name, weight × unknown; a scalar weight is spread over the rows."""
        matrix, constant = np.zeros((rows, self.size)), np.zeros(rows)
        for name, weight in weights.items():
            mean, sd, size = self.unknowns[name]
            part = np.broadcast_to(np.asarray(weight, float).reshape(-1, size), (rows, size))
            matrix[:, self._places[name]] += sd * part
            constant += mean * part.sum(axis=1)
        return Affine(matrix, constant)
