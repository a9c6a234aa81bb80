"""New rows without sampling again: draws of one posterior as draws of another that has seen more.

Draws are carried into the other model's unknowns (:mod:`.carry`) and weighted by how much likelier they are there than they were
drawn. The weights, smoothed by a Pareto distribution, say by its shape k whether they can be trusted (Vehtari and others, 2024:
below 0.7). Draws are then repeated by their weight, in order, so that the usual diagnostics count a repeated draw once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from analysis.sales.estimate import model
from analysis.sales.estimate.carry import carry
from analysis.sales.estimate.equations import Equations
from analysis.sales.estimate.reference_checks import observations

TRUSTED_K = 0.7
STRUCTURE = (1.0, 1.0, 0.0)  # as published
BATCH = 100  # draws evaluated at once: what they need stays in the processor's cache


@dataclass(frozen=True)
class Reweighted:
    """Draws (chains, draws, size) of the other posterior by weights: `pareto_k` is the shape of their tail, `effective` the number
    of equally weighted draws that they are worth. `before`: draws that have not seen the new figures, and k of theirs, `before_k`.
    """

    values: np.ndarray
    pareto_k: float
    effective: float
    before: np.ndarray
    before_k: float


def reweight(old: Equations, new: Equations, values: np.ndarray, log_density: np.ndarray, seed: int) -> Reweighted:
    """Draws of the `new` posterior from those of the old one: `values` (chains, draws, size) and `log_density` (chains, draws)."""
    carried, more = carry(old, new, values.reshape(-1, values.shape[-1]), seed)
    proposed = log_density.ravel() + more
    density, seen = log_density_of(new), np.ones(len(model.joined(model.observed(new.inputs))))
    seen[changed_figures(old, new)] = 0.0
    weights, k = smoothed(density(carried) - proposed)
    before, before_k = smoothed(density(carried, on=seen) - proposed)
    shape = (*values.shape[:2], new.size)
    return Reweighted(
        values=carried[repeated(weights)].reshape(shape),
        pareto_k=k,
        effective=worth(weights),
        before=carried[repeated(before)].reshape(shape),
        before_k=before_k,
    )


def log_density_of(equations: Equations) -> Callable[..., np.ndarray]:
    """The log posterior density on the published data, up to a constant, as a function of unknowns (draws, size) → (draws); `on` (a
    switch an observation) leaves observations out."""
    import jax

    from analysis.sales.estimate import density

    y = model.joined(model.observed(equations.inputs))
    one = partial(density.log_density, equations)
    every = jax.jit(lambda x, on: jax.lax.map(lambda row: one(row, y, on, 1.0, STRUCTURE), x, batch_size=BATCH))

    def of(x: np.ndarray, on: np.ndarray | None = None) -> np.ndarray:
        return np.asarray(every(x, np.ones(len(y)) if on is None else on))

    return of


def changed_figures(old: Equations, new: Equations) -> np.ndarray:
    """Places of the new model's observations that the old one has not, or has with another value or error."""
    both = _observations(new).merge(_observations(old), on=["label", "time"], how="left", suffixes=("", "_before"))
    same = np.isclose(both["value"], both["value_before"]) & np.isclose(both["sd"], both["sd_before"])
    return both.loc[~same, "place"].to_numpy()


def smoothed(log_ratios: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights that add up to one, their tail smoothed, and its shape k."""
    import arviz as az

    weights, k = az.psislw(log_ratios)
    weights = np.exp(weights - weights.max())
    return weights / weights.sum(), float(k)


def worth(weights: np.ndarray) -> float:
    """How many equally weighted draws the weights (which add up to one) are worth."""
    return float(1 / (weights**2).sum())


def repeated(weights: np.ndarray) -> np.ndarray:
    """Places of as many draws as there are weights (which add up to one), each as often as its weight asks for, in order."""
    n = len(weights)
    return np.minimum(np.searchsorted(np.cumsum(weights), (np.arange(n) + 0.5) / n), n - 1)


def _observations(equations: Equations) -> pd.DataFrame:
    table = observations(equations.inputs).assign(place=lambda t: range(len(t)))
    return table.assign(time=table.groupby("label").cumcount())
