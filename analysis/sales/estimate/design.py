"""The constant matrices of the model: which firm-year each observation sees, and which prior each firm-year has.

Everything the model does between its parameters and its observations is a matrix product or an elementwise function, which keeps
the compiled graph small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.sales.estimate.observations import Observations

PIVOT_YEAR = 2019   # a firm's ratio level is its ratio in this year
BASES = ("billing", "ship_to")


@dataclass(frozen=True)
class Design:
    """Matrices of the panel; F firms, T years, n observations.

    `seen` (n, F·T) sums firm-years, firm by firm, into observations. `middle` (F, T) marks the middle year of each firm's
    observations, `level` (F) is the rough log level of its location line there, `growth` (F, T−1) the log growth expected in
    each step. `by_headquarters` (F, T) is 1 in firm-years that only headquarters figures observe. `guess` (F, T) starts the
    sampler. `basis` (F, 2) and `product_class` (F, classes) are indicators. `informed` (F) is true for firms whose ratio some
    filing touches.
    """

    seen: np.ndarray
    middle: np.ndarray
    level: np.ndarray
    growth: np.ndarray
    by_headquarters: np.ndarray
    guess: np.ndarray
    basis: np.ndarray
    product_class: np.ndarray
    informed: np.ndarray


def build(panel: Observations, market_growth: np.ndarray) -> Design:
    """All matrices for a panel; `market_growth` is the log growth of the China market into each year of the grid."""
    n_firms, n_years = len(panel.firms), len(panel.years)
    firm, kind = panel.firm_index, panel.table["kind"].to_numpy().astype(str)
    seen = np.zeros((len(firm), n_firms, n_years))
    seen[np.arange(len(firm)), firm] = panel.weights
    own = np.log(panel.revenue_usd_m).diff(axis=1).to_numpy()
    growth = np.where(np.isfinite(own), own, market_growth[None, :])
    position, level, guess = _starting_points(panel)
    by_hq, by_location = seen[kind == "hq"].sum(axis=0), seen[np.char.startswith(kind, "location")].sum(axis=0)
    return Design(
        seen=seen.reshape(len(firm), -1),
        middle=np.eye(n_years)[position],
        level=level,
        growth=growth[:, 1:],
        by_headquarters=(by_hq > by_location).astype(float),
        guess=guess,
        basis=np.eye(len(BASES))[[BASES.index(panel.basis_of[f]) for f in panel.firms]],
        product_class=np.eye(len(panel.classes))[[panel.classes.index(panel.class_of(f)) for f in panel.firms]],
        informed=np.isin(np.arange(n_firms), firm[np.isin(kind, ("hq", "ratio"))]),
    )


def steps_of(n_years: int) -> np.ndarray:
    """Years → yearly differences (T−1, T)."""
    return np.eye(n_years)[1:] - np.eye(n_years)[:-1]


def pivot_of(years: np.ndarray, year: int = PIVOT_YEAR) -> np.ndarray:
    """Marks one year of the grid (T)."""
    return (years == year).astype(float)


def walk_matrix(years: np.ndarray, pivot_year: int = PIVOT_YEAR) -> np.ndarray:
    """One normal a year → random walk that is zero in `pivot_year` (T, T)."""
    sums = np.tril(np.ones((len(years), len(years))))
    return sums - sums[int(np.searchsorted(years, pivot_year))]


def rows_of(years: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Picks the rows of `wanted` years from a vector on `years`."""
    return np.eye(len(years))[np.searchsorted(years, wanted)]


def _starting_points(panel: Observations) -> tuple[list[int], np.ndarray, np.ndarray]:
    """Per firm: the grid position of its middle observation, its rough log level there, and a log path through its figures."""
    yearly = np.log(panel.table["value"].to_numpy(float) / panel.weights.sum(axis=1))
    middle = (panel.weights * np.arange(len(panel.years))).sum(axis=1) / panel.weights.sum(axis=1)
    kind, firm = panel.table["kind"].to_numpy().astype(str), panel.firm_index
    positions, levels, paths = [], [], []
    for f in range(len(panel.firms)):
        figures = (firm == f) & (kind != "ratio")
        location = figures & np.char.startswith(kind, "location")
        chosen = location if location.any() else figures
        positions.append(round(float(np.median(middle[chosen]))))
        levels.append(float(np.median(yearly[chosen])))
        order = np.argsort(middle[figures])
        paths.append(np.interp(np.arange(len(panel.years)), middle[figures][order], yearly[figures][order]))
    return positions, np.array(levels), np.array(paths)
