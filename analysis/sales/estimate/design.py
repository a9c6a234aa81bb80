"""The constant matrices of the model: knots, and how a path between knots becomes quarters.

A firm's log share of revenue (China line over revenue) and its log ratio (headquarters over location) are paths through knots: one
in the middle of each year, and one in the middle of each printed figure shorter than three quarters. Between knots they run
straight; within a year the firm's own revenue is the profile. So a firm that prints years has a parameter a year, and one that
prints quarters has one a quarter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.sales.estimate.observations import Observations
from analysis.sales.estimate.priors import Priors

BASES = ("billing", "ship_to")
LEAST_STEP_YEARS = 1.0  # a share may change as much from quarter to quarter as from year to year: orders come in lumps
PAIRS_APART = 0.75  # years
SPARSE_YEARS = 2  # knots of a ratio that no figure touches: years apart


@dataclass(frozen=True)
class Paths:
    """One path a firm through its knots. Arrays over firms F, quarters Q, knots K (padded, `used` marks real ones).

    `to_quarter` (F, Q, K): knots → quarters. `steps` (F, K, K): knots → independent innovations. `place` (F, K): where a
    knot stands in the vector of all knots (padding points at the first).
    """

    to_quarter: np.ndarray
    steps: np.ndarray
    used: np.ndarray
    place: np.ndarray
    knots: tuple[np.ndarray, ...]

    @property
    def size(self) -> int:
        return int(self.used.sum())


@dataclass(frozen=True)
class Design:
    """`share` is a random walk for every firm: the first innovation is the first knot, the others are differences over the root of
    their years (a year at least); `revenue_unknown` (F, K) marks steps into quarters without printed revenue. `ratio` is
    stationary around the firm's mean, for the `informed` firms (F, bool), those with some headquarters figure; `free_ratio`
    (Q, R) makes it from standard normals for the others. `basis` (F, 2), `product_class` (F, C): indicators.

    Two marks say in which form a knot is sampled, which changes the speed alone. `by_headquarters` (F, K): only a headquarters
    figure covers it, so its share is sampled together with its ratio. `unpaired` (informed, K): no pair of figures covers it, so
    its ratio is sampled as what the paired knots leave open, in units of the spread (of knots nearer than PAIRS_APART one counts as
    paired). `ratio.steps` whitens the paired knots and leaves the others; `from_paired` (informed, K, K) makes deviations from the
    mean of both.
    """

    share: Paths
    revenue_unknown: np.ndarray
    ratio: Paths
    informed: np.ndarray
    free_ratio: np.ndarray
    basis: np.ndarray
    product_class: np.ndarray
    by_headquarters: np.ndarray
    unpaired: np.ndarray
    from_paired: np.ndarray


def build(panel: Observations, priors: Priors) -> Design:
    """All matrices for a panel of observations."""
    centres = centres_of(panel)
    hq = (panel.table["kind"] == "hq").to_numpy()
    informed = np.isin(np.arange(len(panel.firms)), panel.firm_index[hq])
    known = panel.revenue.known_by_quarter()
    knots = [knots_of(panel, f) for f in range(len(panel.firms))]
    unknown = [[0.0] + [float(not known[f, np.abs(centres - k).argmin()]) for k in own[1:]] for f, own in enumerate(knots)]
    free_knots = np.arange(centres[0], centres[-1] + SPARSE_YEARS, SPARSE_YEARS)
    size = max(len(k) for k in knots)
    share = _paths(knots, centres, _walk_steps, size)
    at_hq, at_location = (_padded([_covered(panel, f, k, own) for f, k in enumerate(knots)], size) for own in (hq, ~hq))
    of_informed = [k for k, is_informed in zip(knots, informed, strict=True) if is_informed]
    both = (at_hq * at_location * share.used)[informed]
    pairs = np.stack([_apart(k, own) for k, own in zip(of_informed, both, strict=True)])
    kriged = [_kriged(k, own[: len(k)] > 0, priors.ratio_memory) for k, own in zip(of_informed, pairs, strict=True)]
    whiten = iter([white for _, white in kriged])
    ratio = _paths(of_informed, centres, lambda k: next(whiten), size)
    return Design(
        share=share,
        revenue_unknown=_padded([np.array(u) for u in unknown], share.used.shape[1]),
        ratio=ratio,
        informed=informed,
        free_ratio=interpolation(free_knots, centres) @ ou_root(free_knots, priors.ratio_memory),
        basis=np.eye(len(BASES))[[BASES.index(panel.basis_of[f]) for f in panel.firms]],
        product_class=np.eye(len(panel.classes))[[panel.classes.index(panel.class_of(f)) for f in panel.firms]],
        by_headquarters=at_hq * (1 - at_location) * share.used,
        unpaired=(1 - pairs) * ratio.used,
        from_paired=np.stack([_square(root, size) for root, _ in kriged]),
    )


def centres_of(panel: Observations) -> np.ndarray:
    """The middle of each quarter in years."""
    return np.array([int(q[:4]) + (int(q[-1]) - 0.5) / 4 for q in panel.quarters])


def knots_of(panel: Observations, firm: int) -> np.ndarray:
    """The firm's knots in years: the middle of each year and of each of its figures of six months or less."""
    own = panel.table[(panel.firm_index == firm) & (panel.table["months"] <= 6).to_numpy()]
    middles = [
        (end.year * 12 + end.month - (1 if end.day <= 15 else 0) - months / 2) / 12
        for end, months in zip(own["end"], own["months"], strict=True)
    ]
    short = np.unique(np.round(middles, 3))
    if len(short):
        short = short[np.insert(np.diff(short) > 0.1, 0, True)]
    yearly = [y + 0.5 for y in panel.years if not len(short) or np.abs(short - y - 0.5).min() > 0.15]
    return np.sort(np.concatenate([short, yearly]))


def interpolation(knots: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Straight lines between knots, level beyond the ends: (at, knots)."""
    return np.column_stack([np.interp(at, knots, unit) for unit in np.eye(len(knots))])


def ou_root(knots: np.ndarray, memory: float) -> np.ndarray:
    """Standard normals → a stationary path of variance one at `knots` with correlation memory^years."""
    return np.linalg.cholesky(memory ** np.abs(knots[:, None] - knots[None, :]))


def walk_matrix(years: np.ndarray, pivot_year: int) -> np.ndarray:
    """One normal a year → random walk that is zero in `pivot_year` (T, T)."""
    sums = np.tril(np.ones((len(years), len(years))))
    return sums - sums[int(np.searchsorted(years, pivot_year))]


def rows_of(years: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Picks the rows of `wanted` years from a vector on `years`."""
    return np.eye(len(years))[np.searchsorted(years, wanted)]


def _covered(panel: Observations, firm: int, knots: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """Which knots lie within the period of a figure of one kind (1.0 or 0.0)."""
    own = panel.table[(panel.firm_index == firm) & kind]
    ends = np.array([(e.year * 12 + e.month - (1 if e.day <= 15 else 0)) / 12 for e in own["end"]]).reshape(-1, 1)
    starts = ends - own["months"].to_numpy(float).reshape(-1, 1) / 12
    return ((starts <= knots) & (knots <= ends)).any(axis=0).astype(float)


def _apart(knots: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """Of the marked knots those that lie PAIRS_APART from the one kept before them."""
    kept, last = np.zeros_like(marked), -np.inf
    for k, knot in enumerate(knots):
        if marked[k] and knot - last >= PAIRS_APART:
            kept[k], last = 1.0, knot
    return kept


def _kriged(knots: np.ndarray, paired: np.ndarray, memory: float) -> tuple[np.ndarray, np.ndarray]:
    """Two matrices of a stationary path of variance one: from the paired knots and standard normals at the others to all knots, and
    from the same to independent standard normals."""
    covariance = memory ** np.abs(knots[:, None] - knots[None, :])
    root, white = np.zeros_like(covariance), np.eye(len(knots))
    p, u = np.flatnonzero(paired), np.flatnonzero(~paired)
    weights = np.linalg.solve(covariance[np.ix_(p, p)], covariance[np.ix_(p, u)]).T
    root[p, p] = 1.0
    root[np.ix_(u, p)] = weights
    root[np.ix_(u, u)] = np.linalg.cholesky(covariance[np.ix_(u, u)] - weights @ covariance[np.ix_(p, u)])
    white[np.ix_(p, p)] = np.linalg.inv(np.linalg.cholesky(covariance[np.ix_(p, p)]))
    return root, white


def _square(matrix: np.ndarray, size: int) -> np.ndarray:
    return np.pad(matrix, (0, size - len(matrix)))


def _walk_steps(knots: np.ndarray) -> np.ndarray:
    unit = np.eye(len(knots))
    return np.vstack([unit[:1], np.diff(unit, axis=0) / np.sqrt(np.maximum(np.diff(knots), LEAST_STEP_YEARS))[:, None]])


def _paths(knots: list[np.ndarray], centres: np.ndarray, steps_of, size: int) -> Paths:
    steps = [steps_of(k) for k in knots]
    used = _padded([np.ones(len(k)) for k in knots], size)
    place = np.where(used > 0, np.cumsum(used.ravel()).reshape(used.shape) - 1, 0).astype(int)
    return Paths(
        to_quarter=_padded([interpolation(k, centres) for k in knots], size),
        steps=np.stack([_square(s, size) for s in steps]),
        used=used,
        place=place,
        knots=tuple(knots),
    )


def _padded(arrays: list[np.ndarray], size: int) -> np.ndarray:
    """Stacks arrays, the last axis filled up to `size` with zeros."""
    return np.stack([np.pad(a, [(0, 0)] * (a.ndim - 1) + [(0, size - a.shape[-1])]) for a in arrays])
