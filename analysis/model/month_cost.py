"""What the next month of not deciding costs.

cost of month T = V(resolve at T) - V(resolve at T + 1), V being the present value of US sales, so a positive number is a
loss from waiting one month more. The split follows the engine's parts of the loss. For a stalemate that ends in a ban the
month also *saves* sales, because the ban comes later; this is part of `access`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.model.outcome import Outcome
from analysis.model.parameters import Draws
from analysis.model.run import Model, run_draws
from analysis.model.summary import interval

PARTS: dict[str, tuple[str, ...]] = {
    "timing": ("timing",),
    "waiting": ("waiting",),
    "access": ("forbidden_listed",),
    "sockets": ("sockets",),
    "contagion": ("contagion_unlisted", "contagion_elsewhere", "forbidden_unlisted"),
    "research": ("second_round",),
    "diversion": ("diversion", "retaliation"),
}
"""Parts of the monthly cost and the losses they are made of; they add up to the whole."""


def part_values(outcome: Outcome) -> dict[str, np.ndarray]:
    """Present value of each part of the loss, (n,) each."""
    return {part: np.sum([outcome.headline[f"pv_{loss}_usd_bn"] for loss in losses], axis=0) for part, losses in PARTS.items()}


def present_values(
    model: Model,
    draws: Draws,
    months: Iterable[int],
    resolution: str,
    scenario: str = "stalemate",
) -> dict[int, dict[str, np.ndarray]]:
    """Losses by part for a limbo of each length, resolved by the rule `resolution`, with the same draws."""
    base = model.scenarios[scenario]
    result = {}
    for length in months:
        path = model.scenarios.path(base.resolved_by(length, resolution), model.parameters)
        result[length] = part_values(run_draws(draws, path, model.parameters.segments))
    return result


def cost_of_month(values: Mapping[int, Mapping[str, np.ndarray]]) -> dict[int, dict[str, np.ndarray]]:
    """V(T) - V(T + 1) by part, and their `total`, for each T whose successor is given."""
    costs = {}
    for month in sorted(values):
        if month + 1 in values:
            parts = {part: values[month + 1][part] - values[month][part] for part in PARTS}
            costs[month] = {**parts, "total": np.sum(list(parts.values()), axis=0)}
    return costs


def cost_table(
    model: Model, draws: Draws, last_month: int, resolutions: Sequence[str], scenario: str = "stalemate"
) -> pd.DataFrame:
    """Rows resolution x month x part with mean, median and 90% interval, US$ bn a month.

    Means add up across parts, medians do not; a stacked chart must use the means.
    """
    rows = []
    for resolution in resolutions:
        costs = cost_of_month(present_values(model, draws, range(last_month + 2), resolution, scenario))
        for month, parts in costs.items():
            for part, values in parts.items():
                median, low, high = interval(values)
                rows.append(
                    {
                        "resolution": resolution,
                        "month": month,
                        "part": part,
                        "mean": float(values.mean()),
                        "median": median,
                        "low": low,
                        "high": high,
                        "probability_positive": float((values > 0).mean()),
                    }
                )
    return pd.DataFrame(rows)
