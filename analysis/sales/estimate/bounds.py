"""One-sided evidence: a firm sells Chinese firms at least what one named Chinese customer bought, and at most what is left of its
revenue after its named customers from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.sales.estimate import periods
from analysis.sales.estimate.observations import Observations

NOTHING = 1e-6  # a floor that bounds nothing


@dataclass(frozen=True)
class Bounds:
    """`floor` and `cap` (firms, quarters): the least and the greatest part of the firm's revenue that Chinese firms can be.

    `table` says where they come from: firm, customers, end, months, share, chinese.
    """

    table: pd.DataFrame
    floor: np.ndarray
    cap: np.ndarray


def build(panel: Observations, customers: pd.DataFrame | None) -> Bounds:
    """What named customers allow, quarter by quarter.

    `customers`: firm, customer, end, months, share (of the firm's revenue), chinese (bool). A period bounds the quarters of which
    it has two months or more. Customers from elsewhere are taken off the revenue.
    """
    start, n = int(panel.quarters[0][:4]), len(panel.quarters)
    floor, cap = np.full((len(panel.firms), n), NOTHING), np.ones((len(panel.firms), n))
    columns = ["firm", "customers", "end", "months", "share", "chinese"]
    if customers is None:
        return Bounds(pd.DataFrame(columns=columns), floor, cap)
    rows = []
    own = customers[customers["firm"].isin(panel.firms)]
    for (firm, end, months, chinese), group in own.groupby(["firm", "end", "months", "chinese"]):
        covered, share = periods.months_of(end, int(months)), float(group["share"].sum())
        inside = periods.by_quarter(covered, np.ones(len(covered)), start, n) >= 2
        f = panel.firms.index(firm)
        if chinese:
            floor[f, inside] = np.maximum(floor[f, inside], share)
        else:
            cap[f, inside] = np.minimum(cap[f, inside], 1 - share)
        rows.append((firm, ", ".join(group["customer"]), end, int(months), share, bool(chinese)))
    return Bounds(pd.DataFrame(rows, columns=columns), floor, cap)
