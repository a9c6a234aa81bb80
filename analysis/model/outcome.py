"""What a simulation returns: headline results for each draw, yearly results, and the monthly course if asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from analysis.model.exposure import group_sales_usd_bn

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
    revenue_ratio_by_year, and each of `by_year`: (years, n). course: monthly arrays, or None.
    """

    headline: Mapping[str, np.ndarray]
    losses_by_year: np.ndarray
    purchases_by_year: np.ndarray
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
        revenue_by_year=along(lambda o: o.revenue_by_year), baseline_by_year=along(lambda o: o.baseline_by_year),
        rival_gain_by_year=along(lambda o: o.rival_gain_by_year),
        by_year={name: along(lambda o, name=name: o.by_year[name]) for name in parts[0].by_year},
        course=None if course is None else {name: along(lambda o, name=name: o.course[name]) for name in course},
    )


def shape_outcome(results, p: Mapping[str, np.ndarray], months: int, course: Mapping[str, np.ndarray] | None) -> Outcome:
    """Levels (US$ bn, jobs) and headline results from the sums of the month loop (kernel.Results)."""
    years = -(-months // 12)
    length = np.minimum(12, months - 12 * np.arange(years)).astype(float)[:, None]      # months in each year
    by_year = {name: total / length for name, total in zip(YEARLY, results.yearly, strict=True)}
    last = years - 1
    pv = dict(zip(LOSSES, results.present_value, strict=True))
    jobs_lost = p["direct_jobs"] - by_year["jobs"]
    chinese = group_sales_usd_bn(p)[:2]
    headline = {f"pv_{name}_usd_bn": value for name, value in pv.items()}
    headline["pv_listed_usd_bn"] = pv["timing"] + pv["waiting"] + pv["sockets"] + pv["forbidden_listed"]
    headline["pv_unlisted_usd_bn"] = pv["forbidden_unlisted"] + pv["contagion_unlisted"]
    headline["pv_contagion_usd_bn"] = pv["contagion_unlisted"] + pv["contagion_elsewhere"]
    headline["pv_lost_sales_usd_bn"] = results.present_value.sum(axis=0)
    headline["pv_rd_lost_usd_bn"] = results.discounted[0] * p["rd_usd_bn"] / 12
    headline["pv_capex_lost_usd_bn"] = results.discounted[1] * p["capex_usd_bn"] / 12
    headline["job_years_lost"] = (jobs_lost * length / 12).sum(axis=0)
    for label, year in (("year_5", min(4, last)), ("year_10", min(9, last))):
        headline[f"us_share_change_{label}_pp"] = by_year["us_share_pct"][year] - p["us_share_pct"]
        headline[f"jobs_lost_{label}"] = jobs_lost[year]
        headline[f"rd_lost_{label}_usd_bn"] = (1 - by_year["rd_ratio"][year]) * p["rd_usd_bn"]
        headline[f"lost_sales_{label}_usd_bn"] = results.losses[:, year].sum(axis=0) * 12 / length[year]
    headline["rd_abroad_year_10_usd_bn"] = (by_year["rd_ratio"][last] * by_year["rd_abroad_pct"][last] / 100
                                            - p["rd_abroad_share_pct"] / 100) * p["rd_usd_bn"]
    headline["china_self_sufficiency_year_10_pct"] = by_year["self_sufficiency_pct"][last]
    headline["denied_months_listed"] = results.denied[0]
    headline["denied_months_chinese"] = (results.denied * chinese).sum(axis=0) / chinese.sum(axis=0)
    headline["legally_denied_months_listed"] = results.legal[0]
    return Outcome(headline, results.losses, results.purchases, results.revenue, results.baseline, results.rivals, by_year, course)
