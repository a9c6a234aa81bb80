"""Draws of one model's unknowns as unknowns of another that has other figures: of the same firms and years, with the same priors.

The paths of the firms mean the same in both models, but not their coordinates: a new figure may add a knot, bring a firm its first
headquarters figure, or change in which form a knot is sampled. Paths are kept where both models have a knot; what only the new
model has is drawn given the rest, and what only the old one has is as if it were drawn given the new. The density of both goes into
the weights, so that :mod:`.reweight` is exact whatever is drawn here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from analysis.sales.estimate import design
from analysis.sales.estimate.equations import Equations
from analysis.sales.estimate.gaussians import Gaussians

ANY_LEVEL = 10.0  # standard deviation of a path's level, log scale: wide
Kernel = Callable[[np.ndarray, np.ndarray], np.ndarray]


def comparable(old: Equations, new: Equations) -> bool:
    """Whether draws can be carried: the same firms, quarters, classes, releases, and no firm without its only headquarters figure.
    """
    a, b = old.panel, new.panel
    same = a.firms == b.firms and list(a.quarters) == list(b.quarters) and list(a.classes) == list(b.classes)
    changing = ("huawei_own", "ratio_walk")
    return (
        same
        and not (old.matrix.informed & ~new.matrix.informed).any()
        and list(old.priors.spreads) == list(new.priors.spreads)
        and _sizes(old.names, changing) == _sizes(new.names, changing)
    )


def carry(old: Equations, new: Equations, x: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Unknowns of the old model (draws, size) as those of the new, and the density from which these come over that of the old ones
    (draws, log scale, up to a constant).
    """
    rng = np.random.default_rng(seed)
    out = np.empty((len(x), new.size))
    for part in ("class", "level", "spending", "spread"):
        out[:, new.places[part]] = x[:, old.places[part]]
    out[:, new.places["z"]], log_density = _normals(old, new, x[:, old.places["z"]], rng)
    share_before, ratio_before = paths(old, x)
    walk, around = partial(_walk, scale=new.priors.spreads["growth_sd"]), partial(_around, memory=new.priors.ratio_memory)
    share = np.zeros((len(x), *new.matrix.share.used.shape))
    for f, (had, has) in enumerate(zip(old.matrix.share.knots, new.matrix.share.knots, strict=True)):
        share[:, f, : len(has)], more = _at(share_before[:, f, : len(had)], had, has, walk, rng)
        log_density += more
    ratio = np.zeros((len(x), *new.matrix.ratio.used.shape))
    for row, firm in enumerate(np.flatnonzero(new.matrix.informed)):
        had, path = _ratio_before(old, x, ratio_before, firm)
        has = new.matrix.ratio.knots[row]
        ratio[:, row, : len(has)], more = _at(path, had, has, around, rng)
        log_density += more
    set_paths(new, out, share, ratio)
    return out, log_density + log_volume(new, out) - log_volume(old, x)


def paths(equations: Equations, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log shares at the knots (draws, firms, knots), and the ratios of the informed firms (draws, informed, knots) as deviations
    from the firm's mean in units of their spread. The same steps as in the equations; the inverse of :func:`set_paths`.
    """
    m = equations.matrix
    change = _change(equations, x)
    share, ratio = (x[:, equations.places[name]][:, path.place] for name, path in (("share", m.share), ("ratio", m.ratio)))
    deviation = np.einsum("fij,dfj->dfi", m.from_paired, _unit(m, change) * ratio)
    return share - m.by_headquarters * _of_all(equations, x, deviation), deviation / change


def set_paths(equations: Equations, out: np.ndarray, share: np.ndarray, ratio: np.ndarray) -> None:
    """Write paths (as from :func:`paths`) into unknowns `out` (draws, size), whose levels and spreads are set."""
    m = equations.matrix
    change = _change(equations, out)
    deviation = change * ratio
    sampled = np.zeros_like(ratio)
    for f, used in enumerate(m.ratio.used > 0):
        sampled[:, f, used] = np.linalg.solve(m.from_paired[f][np.ix_(used, used)], deviation[:, f, used].T).T
    share = share + m.by_headquarters * _of_all(equations, out, deviation)
    for name, path, values in (("share", m.share, share), ("ratio", m.ratio, sampled / _unit(m, change))):
        out[:, equations.places[name]] = values[:, path.used > 0]


def log_volume(equations: Equations, x: np.ndarray) -> np.ndarray:
    """Log determinant of the paths (as from :func:`paths`) by the unknowns (draws)."""
    m = equations.matrix
    roots = (root[np.ix_(used, used)] for root, used in zip(m.from_paired, m.ratio.used > 0, strict=True))
    in_units_already = m.unpaired.sum() - m.ratio.size
    return sum(np.linalg.slogdet(root)[1] for root in roots) + in_units_already * np.log(_change(equations, x)[:, 0, 0])


def _ratio_before(old: Equations, x: np.ndarray, ratio: np.ndarray, firm: int) -> tuple[np.ndarray, np.ndarray]:
    """Knots of a firm's ratio in the old model, and the deviations there (draws, knots): a firm without a headquarters figure has a
    path through sparse knots."""
    m = old.matrix
    if m.informed[firm]:
        row = int(m.informed[:firm].sum())
        return m.ratio.knots[row], ratio[:, row, : len(m.ratio.knots[row])]
    centres = design.centres_of(old.panel)
    knots = np.arange(centres[0], centres[-1] + design.SPARSE_YEARS, design.SPARSE_YEARS)
    walks = x[:, old.places["z"]][:, places(old.names)["ratio_walk"]].reshape(len(x), -1, len(knots))
    return knots, walks[:, int((~m.informed[:firm]).sum())] @ design.ou_root(knots, old.priors.ratio_memory).T


def _at(path: np.ndarray, had: np.ndarray, has: np.ndarray, kernel: Kernel, rng) -> tuple[np.ndarray, np.ndarray]:
    """A normal path (draws, knots) at other knots, and the log density of what is drawn, less that of what is dropped."""
    if np.array_equal(had, has):
        return path, np.zeros(len(path))
    was = kernel(had[:, None], had[None, :])
    fresh = ~np.isin(has, had)
    out = np.empty((len(path), len(has)))
    out[:, ~fresh] = path[:, np.isin(had, has)]
    weights = np.linalg.solve(was, kernel(had[:, None], has[None, fresh])).T
    left = kernel(has[fresh, None], has[None, fresh]) - weights @ kernel(had[:, None], has[None, fresh])
    out[:, fresh] = path @ weights.T + rng.normal(size=(len(path), np.count_nonzero(fresh))) @ np.linalg.cholesky(left).T
    # What is drawn given the old and what is dropped given the new have one joint distribution: the rest of it cancels.
    return out, _log_normal(out, kernel(has[:, None], has[None, :])) - _log_normal(path, was)


def _walk(s: np.ndarray, t: np.ndarray, scale: float) -> np.ndarray:
    """Covariance of a random walk with a step of `scale` a year from an unknown level."""
    first = 1990.0
    return ANY_LEVEL**2 + scale**2 * (np.minimum(s, t) - first)


def _around(s: np.ndarray, t: np.ndarray, memory: float) -> np.ndarray:
    """Covariance of a stationary path of variance one."""
    return memory ** np.abs(s - t)


def _log_normal(values: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    white = np.linalg.solve(np.linalg.cholesky(covariance), values.T)
    return -0.5 * (white**2).sum(axis=0)


def _normals(old: Equations, new: Equations, z: np.ndarray, rng) -> tuple[np.ndarray, np.ndarray]:
    """Standard normals of the new model (draws, size), and the log density of those drawn, less that of those dropped."""
    out, log_density = np.empty((len(z), new.names.size)), np.zeros(len(z))
    was, now = places(old.names), places(new.names)
    for name, place in now.items():
        if name not in ("huawei_own", "ratio_walk"):
            out[:, place] = z[:, was[name]]
    n_knots = old.matrix.free_ratio.shape[1]
    still = ~new.matrix.informed[~old.matrix.informed]
    out[:, now["ratio_walk"]] = z[:, was["ratio_walk"]].reshape(len(z), -1, n_knots)[:, still].reshape(len(z), -1)
    column = dict(zip(old.touched.tolist(), range(was["huawei_own"].start, was["huawei_own"].stop), strict=True))
    for touched, place in zip(new.touched.tolist(), range(now["huawei_own"].start, now["huawei_own"].stop), strict=True):
        if touched in column:
            out[:, place] = z[:, column.pop(touched)]
        else:
            out[:, place] = rng.normal(size=len(z))
            log_density -= 0.5 * out[:, place] ** 2
    return out, log_density + sum(0.5 * z[:, dropped] ** 2 for dropped in column.values())


def places(names: Gaussians) -> dict[str, slice]:
    """Where each named unknown stands in the vector of normals."""
    stops = np.cumsum([size for _, _, size in names.unknowns.values()])
    return {name: slice(int(stop - names.unknowns[name][2]), int(stop)) for name, stop in zip(names.unknowns, stops, strict=True)}


def _change(equations: Equations, x: np.ndarray) -> np.ndarray:
    """The spread of a ratio over years (draws, 1, 1)."""
    place = equations.places["spread"].start + list(equations.priors.spreads).index("ratio_change_sd")
    return np.exp(x[:, place])[:, None, None]


def _unit(m: design.Design, change: np.ndarray) -> np.ndarray:
    return 1.0 - m.unpaired + m.unpaired * change


def _of_all(equations: Equations, x: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Log ratios (draws, firms, knots) from the deviations of the informed firms; zero for the others."""
    informed = equations.matrix.informed
    ratio = x[:, equations.places["level"]][:, informed, None] + deviation
    return np.einsum("fi,dik->dfk", np.eye(len(informed))[:, informed], ratio)


def _sizes(names: Gaussians, but: tuple[str, ...]) -> dict[str, int]:
    return {name: size for name, (_, _, size) in names.unknowns.items() if name not in but}
