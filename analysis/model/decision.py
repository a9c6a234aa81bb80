"""Choosing a policy: what a denied month would have to be worth, what the choice may be regretted for, and what to find out first.

Loss of a policy in a draw = lost sales less L times the months of access denied, both at present value. L is the reader's: the book
puts no dollars on security, it shows the choice for every L.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.model.parameters import Draws
from analysis.model.sensitivity import COST

DENIAL = "denied_months_listed_discounted"
BINS = 8
"""Slices of a parameter's draws within which its value counts as known."""


def losses(outcomes: Mapping[str, Mapping[str, np.ndarray]], worth_usd_bn: float) -> np.ndarray:
    """(policies, n) loss of each policy, US$ bn, when a denied month is worth `worth_usd_bn`."""
    return np.stack([result[COST] - worth_usd_bn * result[DENIAL] for result in outcomes.values()])


def acceptability(outcomes: Mapping[str, Mapping[str, np.ndarray]], worths: Sequence[float]) -> pd.DataFrame:
    """Rows worth x policy: share of draws in which the policy has the least loss, mean regret, and its 95th percentile, US$ bn."""
    rows = []
    for worth in worths:
        table = losses(outcomes, worth)
        best, regret = table.argmin(axis=0), table - table.min(axis=0)
        chosen = int(table.mean(axis=1).argmin())
        for i, policy in enumerate(outcomes):
            rows.append({
                "worth_usd_bn": float(worth), "policy": policy, "probability_best": float((best == i).mean()),
                "mean_regret_usd_bn": float(regret[i].mean()), "high_regret_usd_bn": float(np.quantile(regret[i], 0.95)),
                "chosen": i == chosen,
            })
    return pd.DataFrame(rows)


def perfect_information(table: np.ndarray) -> float:
    """US$ bn that knowing everything before choosing would save on average: min of the means less mean of the minima."""
    return float(table.mean(axis=1).min() - table.min(axis=0).mean())


def partial_information(table: np.ndarray, known: np.ndarray, bins: int = BINS) -> float:
    """What knowing one parameter would save, from the mean losses in slices of its draws; not below 0.

    Slices of equal size; a mean over a slice has an error, which biases the result upwards by about as much as an irrelevant
    parameter shows.
    """
    order = np.argsort(known, kind="stable")
    slices = np.array_split(table[:, order], bins, axis=1)
    informed = sum(part.mean(axis=1).min() * part.shape[1] for part in slices) / table.shape[1]
    return max(0.0, float(table.mean(axis=1).min() - informed))


def information_values(
    outcomes: Mapping[str, Mapping[str, np.ndarray]], draws: Draws, names: Sequence[str], worth_usd_bn: float
) -> pd.DataFrame:
    """One row a parameter (and `everything`): US$ bn that knowing it would save, at one worth of a denied month."""
    table = losses(outcomes, worth_usd_bn)
    rows = [{"parameter": "everything", "value_usd_bn": perfect_information(table)}]
    rows += [{"parameter": name, "value_usd_bn": partial_information(table, draws[name])} for name in names]
    return pd.DataFrame(rows).assign(worth_usd_bn=worth_usd_bn).sort_values("value_usd_bn", ascending=False, ignore_index=True)


def closest_call(table: pd.DataFrame) -> float:
    """The worth of a denied month at which the best policy is most in doubt (table of :func:`acceptability`)."""
    surest = table.groupby("worth_usd_bn")["probability_best"].max()
    return float(surest.idxmin())
