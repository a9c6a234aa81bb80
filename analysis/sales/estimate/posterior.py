"""The posterior of the project's own rows, kept in `reference/posterior/`, and the draws that a build publishes.

A build with those rows takes the kept draws. One with other rows weights them (:mod:`.reweight`), which takes seconds, and samples
anew, which takes minutes, only where that does not hold: other firms or years, other code, weights that cannot be trusted.
The record of the fit says which of the three it was, and from which rows. A test samples the kept posterior again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.sales.estimate import reference, reweight
from analysis.sales.estimate.carry import comparable
from analysis.sales.estimate.equations import Equations
from analysis.sales.estimate.fit import Sampler, Sampling, load_inputs
from analysis.sales.estimate.model import Inputs
from analysis.sales.estimate.reference_checks import about as about_now
from analysis.sales.estimate.reference_checks import observations

KEPT = reference.KEPT / "posterior"
# Modules whose code decides the posterior; that of the coordinates decides only how fast it is sampled.
CODE = ("bounds", "context", "density", "design", "equations", "fit", "gaussians", "huawei_observations", "model", "observations",
        "periods", "priors", "revenue")
# More draws than a build samples, since weights waste some, and shorter steps: in so many draws a rare divergence would be met.
LONG = Sampling(draws=6000, target_accept=0.97)
THIN = 5  # of every so many draws one is kept
STEPS = 2**16 - 1  # a coordinate is kept as one of so many steps between its extremes, some ten-thousandth of its spread apart
LEAST_EFFECTIVE, MOST_R_HAT = 400, 1.01
FAR = 5.0  # errors of simulation
FILE = "draws.npz"
KEPT_AS_IS, WEIGHTED, SAMPLED = "kept", "weighted", "sampled"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Posterior:
    """Unknowns (chains, draws, size) with the number of divergent transitions, and how they were come by.

    `before`: draws that have not seen the rows which came after the kept posterior, and Pareto's k of theirs (None where the draws
    were not weighted).
    `record`: `drawn` (kept, weighted or sampled) and why, `kept` (what is said of the kept posterior), `new` and `gone`
    observations since, `pareto_k` and its limit `trusted_k`, `effective_draws`.
    """

    values: np.ndarray
    divergences: int
    before: tuple[np.ndarray, float] | None = None
    record: dict = field(default_factory=dict)


def of(inputs: Inputs, *, seed: int, progress: Progress, folder: Path = KEPT, first_year: int) -> Posterior:
    """The published draws for `inputs`: kept, weighted or sampled."""
    found = reference.kept(folder, CODE)
    if found is None:
        return sampled(inputs, Sampling(seed=seed), progress, "the model's code is not that of the kept posterior")
    tables, about = found
    kept = {name: about[name] for name in ("computed", "edition", "observations", "sampled_draws")}
    changed = reference.difference(tables[reference.OBSERVATIONS], observations(inputs))
    if about["inputs"] == reference.inputs_digest(inputs):
        values, _ = read(folder)
        return Posterior(values, about["divergences"], None, {"drawn": KEPT_AS_IS, "kept": kept, **changed})
    old, new = Equations(load_inputs(reference.kept_rows(folder), first_year=first_year)), Equations(inputs)
    if not comparable(old, new):
        why = "the rows bring a firm or a year of which the kept posterior knows nothing, or take a firm's only headquarters figure"
        return sampled(inputs, Sampling(seed=seed), progress, why)
    progress(f"{changed['new']} observations are new or changed and {changed['gone']} gone: weighting the kept draws")
    made = reweight.reweight(old, new, *read(folder), seed)
    measured = {"pareto_k": made.pareto_k, "trusted_k": reweight.TRUSTED_K, "effective_draws": made.effective}
    progress(f"the weights have Pareto k {made.pareto_k:.2f} and are worth {made.effective:.0f} draws")
    if made.pareto_k >= reweight.TRUSTED_K:
        why = f"the weights cannot be trusted (Pareto k {made.pareto_k:.2f})"
        return sampled(inputs, Sampling(seed=seed), progress, why)
    record = {"drawn": WEIGHTED, "kept": kept, **changed, **measured}
    return Posterior(made.values, about["divergences"], (made.before, made.before_k), record)


def sampled(inputs: Inputs, sampling: Sampling, progress: Progress, why: str) -> Posterior:
    """Draws of the posterior by the sampler; `why` is said and recorded."""
    progress(f"{why}: sampling {sampling.chains} chains of {sampling.draws} draws, which takes minutes")
    found = Sampler(inputs).unknowns(sampling)
    return Posterior(found.values, found.divergences, None, {"drawn": SAMPLED, "why": why})


def keep(tables: Mapping[str, pd.DataFrame], inputs: Inputs, progress: Progress, folder: Path = KEPT) -> None:
    """Sample the posterior of `tables`, which gave `inputs`, and keep it with them in `folder`."""
    found = sampled(inputs, LONG, progress, "the posterior of these rows is to be kept")
    thinned = found.values[:, ::THIN]
    low, high = (limit(thinned.reshape(-1, thinned.shape[-1]), axis=0) for limit in (np.min, np.max))
    steps = np.round((thinned - low) / np.where(high > low, high - low, 1.0) * STEPS).astype(np.uint16)
    values = _values(steps, low, high)
    progress("evaluating the density of the kept draws")
    densities = reweight.log_density_of(Equations(inputs))(values.reshape(-1, values.shape[-1])).reshape(values.shape[:2])
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / FILE, steps=steps, low=low, high=high, log_density=densities)
    said = about_now(inputs) | {
        "code": reference.code_digest(CODE), "divergences": found.divergences,
        "sampled_draws": LONG.chains * LONG.draws, "thin": THIN, "seed": LONG.seed,
    }
    reference.write(folder, {reference.OBSERVATIONS: observations(inputs)}, tables, said)


def read(folder: Path = KEPT) -> tuple[np.ndarray, np.ndarray]:
    """The kept unknowns (chains, draws, size) and their log density (chains, draws)."""
    with np.load(folder / FILE) as kept:
        return _values(kept["steps"], kept["low"], kept["high"]), kept["log_density"]


def has_converged(measured: Mapping[str, float]) -> bool:
    """Whether every published quantity has what is asked of it: rank-normalised R-hat and bulk effective sample size."""
    return measured["worst_r_hat"] < MOST_R_HAT and measured["least_ess_bulk"] > LEAST_EFFECTIVE


def disagreements(folder: Path, progress: Progress, *, first_year: int) -> list[str]:
    """Sample the kept posterior again with another seed; name the unknowns whose means or variances differ by more than error."""
    import arviz as az

    found = reference.kept(folder, CODE)
    if found is None:
        return [f"the posterior in {folder} belongs to other code than the present: run 'python -m analysis reference'"]
    inputs = load_inputs(reference.kept_rows(folder), first_year=first_year)
    if reference.inputs_digest(inputs) != found[1]["inputs"]:
        return [f"the rows kept in {folder} are not those that its posterior was sampled from"]
    kept, _ = read(folder)
    other = Sampling(chains=2, draws=1000, seed=Sampling.seed + 1)
    again = sampled(inputs, other, progress, "the kept posterior is to be compared").values
    said = []
    for place in range(kept.shape[-1]):
        centre, apart = kept[..., place].mean(), "the mean"
        for moment in (lambda x, centre=centre: x - centre, lambda x, centre=centre: (x - centre) ** 2):
            a, b = moment(kept[..., place]), moment(again[..., place])
            if abs(a.mean() - b.mean()) > FAR * np.hypot(az.mcse(a, method="mean"), az.mcse(b, method="mean")):
                said.append(f"unknown {place}: {apart} is {a.mean():.3g} in the kept draws and {b.mean():.3g} in the sampled ones")
            apart = "the variance"
    return said


def _values(steps: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return low + (high - low) * (steps / STEPS)
