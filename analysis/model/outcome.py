"""What a simulation returns: headline results for each draw, yearly results, and the monthly course if asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

LOSSES = ("timing", "waiting", "sockets", "forbidden_listed", "forbidden_unlisted", "contagion_unlisted", "contagion_elsewhere",
          "second_round", "retaliation", "diversion")
"""Parts of the sales lost, adding up to the whole:

timing               listed customer, permitted products: stocks built (negative) and run down; adds up to nothing in time;
waiting              listed customer, permitted products: use that went unserved because a licence did not come;
sockets              listed customer, permitted products: purchases designed out;
forbidden_listed     what a clear rule stops the listed customer from buying;
forbidden_unlisted   what a clear rule stops other Chinese customers from buying;
contagion_unlisted   permitted products, other Chinese customers that fear to be next;
contagion_elsewhere  customers outside China that do;
second_round         sales elsewhere lost later, because less research means worse products;
retaliation          sales that China's own measures stop;
diversion            negative: sales won through rivals of customers that could not build.
"""

YEARLY = ("us_share_pct", "rd_ratio", "capex_ratio", "jobs", "self_sufficiency_pct", "rd_abroad_pct")


@dataclass(frozen=True)
class Outcome:
    """Results by draw.

    headline: name -> (n,). losses_by_year: (losses, years, n), US$ bn. purchases_by_year: (groups, years, n), US$ bn.
    won_by_chinese_by_year: (years, n), US$ bn, sales won through other Chinese makers of what the listed customer could not build.
    revenue_ratio_by_year, and each of `by_year`: (years, n). course: monthly arrays, or None.
    """

    headline: Mapping[str, np.ndarray]
    losses_by_year: np.ndarray
    purchases_by_year: np.ndarray
    won_by_chinese_by_year: np.ndarray
    revenue_by_year: np.ndarray
    baseline_by_year: np.ndarray
    rival_gain_by_year: np.ndarray
    by_year: Mapping[str, np.ndarray]
    course: Mapping[str, np.ndarray] | None = None

    @property
    def draws(self) -> int:
        return self.revenue_by_year.shape[-1]


def join(outcomes: Iterable[Outcome]) -> Outcome:
    """Put blocks of draws one behind the other, in the order given."""
    parts = list(outcomes)

    def along(get):
        return np.concatenate([get(part) for part in parts], axis=-1)

    course = parts[0].course
    return Outcome(
        headline={name: along(lambda o, name=name: o.headline[name]) for name in parts[0].headline},
        losses_by_year=along(lambda o: o.losses_by_year), purchases_by_year=along(lambda o: o.purchases_by_year),
        won_by_chinese_by_year=along(lambda o: o.won_by_chinese_by_year),
        revenue_by_year=along(lambda o: o.revenue_by_year), baseline_by_year=along(lambda o: o.baseline_by_year),
        rival_gain_by_year=along(lambda o: o.rival_gain_by_year),
        by_year={name: along(lambda o, name=name: o.by_year[name]) for name in parts[0].by_year},
        course=None if course is None else {name: along(lambda o, name=name: o.course[name]) for name in course},
    )


def shape_outcome(
    headline: Mapping[str, np.ndarray], results: Mapping[str, np.ndarray], course: Mapping[str, np.ndarray] | None
) -> Outcome:
    """The results of the month loop (kernel_types.Results, headlines.headlines) under their names."""
    by_year = dict(zip(YEARLY, results["yearly"], strict=True))
    return Outcome(headline, results["losses"], results["purchases"], results["won_by_chinese"], results["revenue"],
                   results["baseline"], results["rivals"], by_year, course)
