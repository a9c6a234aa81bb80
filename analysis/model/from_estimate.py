"""What the estimate of this book says of sales, as draws: the one door between the estimate and the model.

The exposures of the model (the listed customer, all Chinese firms, their purchases by product class) and the outcomes of the
back-test are joint draws of the estimate's posterior, so that a new row of a filing moves the price of a month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import paths
from analysis.model.parameters import Parameters, share_name
from analysis.model.priors import Prior

BASE_YEAR = 2018
EXPOSURES = {"listed_customer_sales_usd_bn": "huawei", "chinese_sales_usd_bn": "headquarters"}
"""Parameters of the model and the quantities of the estimate that they are."""

CLASS = "class:"
"""Before the name of a product class: its sales to all Chinese firms."""

QUANTILES = 401

TO_FIT = "python -m analysis fit-estimate"
"""The command that makes the draws."""


@dataclass(frozen=True)
class Estimate:
    """Joint draws, US$ bn by headquarters of the buyer: (quantity, year) -> (N,), the same N draws everywhere."""

    draws: Mapping[tuple[str, int], np.ndarray]

    def years(self, quantity: str) -> list[int]:
        """Years for which there are draws."""
        return sorted(year for name, year in self.draws if name == quantity)

    def share(self, classes: Sequence[str], of: Sequence[str], year: int) -> np.ndarray:
        """(N,) share of some product classes in all those named in `of`. Raises ValueError for a class without draws."""
        missing = [name for name in of if (CLASS + name, year) not in self.draws]
        if missing:
            raise ValueError(f"the estimate has no sales of {', '.join(missing)} in {year}; the classes are named under `segments` "
                             "of parameters.yml")
        part, whole = (sum(self.draws[CLASS + name, year] for name in names) for names in (classes, of))
        return np.asarray(part / whole)

    def growth(self, quantity: str, year: int) -> np.ndarray:
        """(N,) the quantity of `year` over that of the base year, draw by draw."""
        return self.draws[quantity, year] / self.draws[quantity, BASE_YEAR]


def load_estimate(folder: Path | None = None) -> Estimate | None:
    """The draws, or None where the estimate has not been run. The one function that knows the shape of its files.

    Raises ValueError for draws that do not hold the base year, and for an estimate without draws.
    """
    folder = folder or paths.ARTIFACTS / "estimate"
    file = folder / "joint.parquet"
    if not file.is_file():
        if (folder / "totals.parquet").is_file():
            raise ValueError(f"{folder} holds an estimate without its joint draws; run: {TO_FIT}")
        return None
    table = pd.read_parquet(file)
    draws = {(str(quantity), int(year)): part.sort_values("draw")["value"].to_numpy()
             for (quantity, year), part in table.groupby(["quantity", "year"])}
    missing = [name for name in EXPOSURES.values() if (name, BASE_YEAR) not in draws]
    if missing:
        raise ValueError(f"{file} holds no {' and no '.join(missing)} of {BASE_YEAR}")
    return Estimate(draws)


def exposures_said(estimate: Estimate | None) -> str:
    """Where the exposures come from, for whoever reads results: never the priors of the file without saying so."""
    if estimate is None:
        return f"priors of parameters.yml, because no estimate has been made here; the book uses its draws, made by: {TO_FIT}"
    return "draws of the estimate"


def with_exposures(parameters: Parameters, estimate: Estimate | None, year: int = BASE_YEAR) -> Parameters:
    """The parameters with the estimate's draws of `year` in place of the priors of the exposures; unchanged without an estimate.

    A parameter that has been fixed stays fixed. Segments that name product classes get these classes' share of the sales.
    """
    if estimate is None:
        return parameters
    by_name, joint = dict(parameters.by_name), {}
    segments, named = [], [name for segment in parameters.segments for name in segment.classes]
    for segment in parameters.segments:
        if segment.classes:
            share = joint[share_name(segment)] = estimate.share(segment.classes, named, year)
            segment = replace(segment, weight=float(share.mean()))  # means add up to 1
        segments.append(segment)
    for name, quantity in EXPOSURES.items():
        latest = max(y for y in estimate.years(quantity) if y <= year)  # no later year is known of some buyers
        parameter, values = by_name[name], estimate.draws[quantity, latest]
        if parameter.prior is None:
            continue
        prior = Prior("estimate", tuple(float(v) for v in np.quantile(values, np.linspace(0, 1, QUANTILES))))
        by_name[name] = replace(parameter, prior=prior, value=float(np.median(values)), evidence_class="estimated")
        joint[name] = values
    return replace(parameters, by_name=by_name, segments=tuple(segments), joint=joint)
