"""What the results depend on: variance shares (Sobol), a tornado, and the nearest change that turns a ranking round.

Everything works on the unit cube of prior quantiles, so that "near" and "far" mean likely and unlikely under the priors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtr
from scipy.stats import qmc, sobol_indices

from analysis.model.parameters import Draws
from analysis.model.run import Model, run_draws
from analysis.model.scenarios import Scenario

Outputs = Callable[[Draws], Mapping[str, np.ndarray]]
"""Draws -> named outputs, (n,) each."""

COST = "pv_lost_sales_usd_bn"


def scenario_outputs(
    model: Model, wanted: Mapping[str, tuple[str, str]], variants: Mapping[str, Scenario] | None = None,
) -> Outputs:
    """Outputs by name from (scenario, headline result); each scenario is simulated once for a set of draws.

    variants: scenarios that are not in the model's file, by name.
    """
    variants = variants or {}
    paths = {scenario: model.prepare(variants.get(scenario, scenario))[1] for scenario, _ in wanted.values()}

    def outputs(draws: Draws) -> dict[str, np.ndarray]:
        results = {name: run_draws(draws, path, model.parameters.segments).headline for name, path in paths.items()}
        return {name: results[scenario][result] for name, (scenario, result) in wanted.items()}

    return outputs


def difference(outputs: Outputs, name: str, minuend: str, subtrahend: str) -> Outputs:
    """The same outputs and the difference of two of them."""
    def extended(draws: Draws) -> dict[str, np.ndarray]:
        values = dict(outputs(draws))
        values[name] = values[minuend] - values[subtrahend]
        return values

    return extended


def sobol(model: Model, outputs: Outputs, size: int, seed: int, resamples: int = 200) -> pd.DataFrame:
    """First-order and total Sobol indices (Saltelli and others 2010, in SciPy) with 90% bootstrap intervals (percentiles).

    size: a power of two; the model runs size x (parameters + 2) draws. Rows output x parameter. SciPy's own bootstrap takes
    no seed, so the base points are resampled here, and the intervals are the same for the same seed.
    """
    names = model.parameters.uncertain
    d, rng = len(names), np.random.default_rng(seed)
    first, second = qmc.Sobol(2 * d, rng=rng).random(size).T.reshape(2, d, size)
    swapped = np.tile(first, (d, 1, 1))  # page i is the first sample with row i of the second one
    swapped[np.arange(d), np.arange(d)] = second
    cube = np.concatenate([first, second, *swapped], axis=1)
    values = outputs(_draws(model, dict(zip(names, cube, strict=True)), cube.shape[1]))
    runs = np.stack(list(values.values())).reshape(len(values), d + 2, size)
    indices = _sobol_indices(runs)
    resampled = np.stack([_sobol_indices(runs[..., rng.integers(size, size=size)]) for _ in range(resamples)])
    low, high = np.percentile(resampled, [5, 95], axis=0)
    columns = {"first_order": indices[0], "total": indices[1], "first_low": low[0], "first_high": high[0],
               "total_low": low[1], "total_high": high[1]}
    return pd.DataFrame([
        {"output": output, "parameter": name, "label": model.parameters[name].label,
         **{column: table[i, j] for column, table in columns.items()}}
        for i, output in enumerate(values) for j, name in enumerate(names)])


def variance_table(table: pd.DataFrame, least_percent: float = 3) -> pd.DataFrame:
    """Total shares of variance, per cent with their 90% intervals, of the table of :func:`sobol`: parameters down, outputs across.

    Parameters that reach `least_percent` nowhere are left out.
    """
    shares = (100 * table[["total", "total_low", "total_high"]]).clip(lower=0).round(0).astype(int).astype(str)
    text = shares["total"] + " [" + shares["total_low"] + ", " + shares["total_high"] + "]"
    wide = table.assign(text=text).pivot(index="label", columns="output", values="text")[list(dict.fromkeys(table["output"]))]
    largest = table.groupby("label")["total"].max()
    shown = wide.loc[largest[largest >= least_percent / 100].sort_values(ascending=False).index]
    return shown.rename_axis(index="Parameter", columns="Total share of variance, %")


def _sobol_indices(runs: np.ndarray) -> np.ndarray:
    """(2, outputs, parameters) first-order and total indices from runs (outputs, parameters + 2, size): A, B, then each AB."""
    outputs, pages, size = runs.shape
    found = sobol_indices(func={"f_A": runs[:, 0], "f_B": runs[:, 1], "f_AB": np.moveaxis(runs[:, 2:], 0, 1)}, n=size)
    # SciPy drops the axis of a single output.
    return np.stack([found.first_order, found.total_order]).reshape(2, outputs, pages - 2)


def tornado(model: Model, outputs: Outputs, conventions: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Each parameter alone at the 5th and 95th percentile of its prior, the others at the median.

    conventions: parameters without a prior and the two values to try. Rows output x parameter: values and results at both
    ends, and `central`, the result with everything at its median.
    """
    names = [*model.parameters.uncertain, *conventions]
    cases = 2 * len(names) + 1
    draws = _draws(model, {}, cases)
    for i, name in enumerate(names):
        ends = conventions[name] if name in conventions else model.parameters[name].quantile(np.array([0.05, 0.95]))
        draws[name] = draws[name].copy()
        draws[name][2 * i:2 * i + 2] = ends
    values = outputs(draws)
    rows = []
    for output, result in values.items():
        for i, name in enumerate(names):
            rows.append({"output": output, "parameter": name, "label": model.parameters[name].label,
                         "unit": model.parameters[name].unit, "at_low": draws[name][2 * i], "at_high": draws[name][2 * i + 1],
                         "result_low": result[2 * i], "result_high": result[2 * i + 1], "central": result[-1],
                         "swing": abs(result[2 * i + 1] - result[2 * i])})
    return pd.DataFrame(rows)


def single_flips(model: Model, gap: Callable[[Draws], np.ndarray], grid: int = 99) -> pd.DataFrame:
    """For each parameter alone, the nearest quantile at which the sign of `gap` changes, others at the median.

    Rows: parameter, median, flip_value, flip_quantile (missing where no value of the prior flips it).
    """
    names = model.parameters.uncertain
    levels = np.linspace(0.005, 0.995, grid)
    cube = {name: np.full(grid * len(names) + 1, 0.5) for name in names}
    for i, name in enumerate(names):
        cube[name][i * grid:(i + 1) * grid] = levels
    draws = _draws(model, cube, grid * len(names) + 1)
    values = gap(draws)
    central = values[-1]
    rows = []
    for i, name in enumerate(names):
        flipped = np.flatnonzero(np.sign(values[i * grid:(i + 1) * grid]) != np.sign(central))
        nearest = flipped[np.argmin(np.abs(levels[flipped] - 0.5))] if len(flipped) else None
        rows.append({"parameter": name, "label": model.parameters[name].label, "unit": model.parameters[name].unit,
                     "median": float(model.parameters[name].quantile(np.array(0.5))), "central_gap": float(central),
                     "flip_quantile": np.nan if nearest is None else float(levels[nearest]),
                     "flip_value": np.nan if nearest is None else float(draws[name][i * grid + nearest])})
    return pd.DataFrame(rows)


def nearest_flip(
    model: Model, gap: Callable[[Draws], np.ndarray], iterations: int = 20, step: float = 0.05,
) -> tuple[float, pd.DataFrame]:
    """The most likely joint change of parameters that brings two policies level (first-order reliability method).

    Minimises the length of the vector of normal scores subject to gap = 0 with the Hasofer-Lind-Rackwitz-Fiessler
    iteration; gradients by central differences, all in one batch. Returns the distance (in standard deviations of the
    priors, 0 is the median) and the parameters' shares of its square. Distance is infinite when no crossing is found.
    """
    names = model.parameters.uncertain
    d = len(names)
    point = np.zeros(d)
    for _ in range(iterations):
        batch = np.concatenate([point[None], point + step * np.eye(d), point - step * np.eye(d)])
        values = gap(_scores(model, batch))
        gradient = (values[1:d + 1] - values[d + 1:]) / (2 * step)
        norm = gradient @ gradient
        if norm < 1e-12:
            return float("inf"), pd.DataFrame()
        target = ((gradient @ point - values[0]) / norm) * gradient
        point = np.clip(point + 0.7 * (target - point), -3.5, 3.5)
    remaining = float(gap(_scores(model, point[None]))[0])
    start = float(gap(_scores(model, np.zeros((1, d))))[0])
    if abs(remaining) > 0.02 * max(abs(start), 1.0):
        return float("inf"), pd.DataFrame()
    distance = float(np.sqrt(point @ point))
    draws, median = _scores(model, point[None]), _scores(model, np.zeros((1, d)))
    table = pd.DataFrame([{
        "parameter": name, "label": model.parameters[name].label, "unit": model.parameters[name].unit,
        "median": float(median[name][0]), "value": float(draws[name][0]), "score": float(point[i]),
        "share_pct": 100 * float(point[i] ** 2) / distance**2 if distance else 0.0} for i, name in enumerate(names)])
    return distance, table.sort_values("share_pct", ascending=False, ignore_index=True)


def contagion_thresholds(
    model: Model, first: str, second: str, hazards: Sequence[float], reentries: Sequence[float], grid: int = 101,
) -> pd.DataFrame:
    """Contagion to other Chinese customers above which policy `first` costs more than `second`, other things at the median.

    Rows hazard x re-entry; missing where no contagion from 0 to 1 does it.
    """
    levels = np.linspace(0, 1, grid)
    cases = [(hazard, reentry) for hazard in hazards for reentry in reentries]
    draws = _draws(model, {}, grid * len(cases))
    draws["contagion_unlisted"] = np.tile(levels, len(cases))
    draws["design_out_hazard_per_month"] = np.repeat([hazard for hazard, _ in cases], grid)
    draws["reentry_hazard_per_month"] = np.repeat([reentry for _, reentry in cases], grid)
    values = cost_gap(model, first, second)(draws).reshape(len(cases), grid)
    rows = []
    for (hazard, reentry), gap in zip(cases, values, strict=True):
        above = np.flatnonzero(gap > 0)
        rows.append({"hazard": hazard, "reentry": reentry, "threshold": float(levels[above[0]]) if len(above) else np.nan})
    return pd.DataFrame(rows)


def cost_gap(model: Model, first: str, second: str) -> Callable[[Draws], np.ndarray]:
    """Present value of lost sales under `first` less that under `second`, same draws."""
    outputs = scenario_outputs(model, {"first": (first, COST), "second": (second, COST)})

    def gap(draws: Draws) -> np.ndarray:
        values = outputs(draws)
        return values["first"] - values["second"]

    return gap


def _draws(model: Model, cube: Mapping[str, np.ndarray], size: int) -> Draws:
    return model.parameters.from_quantiles(cube, size)


def _scores(model: Model, scores: np.ndarray) -> Draws:
    return _draws(model, {name: ndtr(scores[:, i]) for i, name in enumerate(model.parameters.uncertain)}, len(scores))


def probability(gap_values: np.ndarray) -> float:
    """Share of draws in which the first policy costs more."""
    return float((gap_values > 0).mean())

