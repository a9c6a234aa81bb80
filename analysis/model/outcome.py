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
        headline={name: along(lambda o: o.headline[name]) for name in parts[0].headline},
        losses_by_year=along(lambda o: o.losses_by_year), purchases_by_year=along(lambda o: o.purchases_by_year),
        revenue_by_year=along(lambda o: o.revenue_by_year), baseline_by_year=along(lambda o: o.baseline_by_year),
        rival_gain_by_year=along(lambda o: o.rival_gain_by_year),
        by_year={name: along(lambda o: o.by_year[name]) for name in parts[0].by_year},
        course=None if course is None else {name: along(lambda o: o.course[name]) for name in course},
    )


class Recorder:
    """Adds up the months of one simulation; the only state outside the engine's loop."""

    def __init__(self, months: int, n: int, monthly: bool) -> None:
        self._months = months
        self._years = -(-months // 12)
        years = self._years
        self._present_value = np.zeros((len(LOSSES), n))
        self._rd_pv, self._capex_pv, self._job_years = np.zeros(n), np.zeros(n), np.zeros(n)
        self._denied, self._legal = np.zeros((2, n)), np.zeros((2, n))
        self._losses = np.zeros((len(LOSSES), years, n))
        self._purchases = np.zeros((3, years, n))
        self._revenue, self._baseline, self._rivals = (np.zeros((years, n)) for _ in range(3))
        self._by_year = {name: np.zeros((years, n)) for name in YEARLY}
        self._length = np.minimum(12, months - 12 * np.arange(years)).astype(float)[:, None]
        self._course: dict[str, np.ndarray] | None = {} if monthly else None
        self._weight: np.ndarray | None = None

    def add(
        self, t: int, factor: np.ndarray, *, losses, baseline, purchases, revenue, ratio, denied, legal, chinese_weight, rival_gain,
        **yearly: np.ndarray,
    ) -> None:
        """Add month t; `factor` discounts it to the start."""
        year = t // 12
        self._present_value += losses * factor
        self._losses[:, year] += losses
        self._purchases[:, year] += purchases
        self._revenue[year] += revenue
        self._baseline[year] += baseline
        self._rivals[year] += rival_gain
        for name, value in yearly.items():
            self._by_year[name][year] += value
        self._rd_pv += (1 - yearly["rd_ratio"]) * factor
        self._capex_pv += (1 - yearly["capex_ratio"]) * factor
        self._denied += denied
        self._legal += legal
        self._weight = chinese_weight

    def add_course(self, t: int, **values: np.ndarray) -> None:
        """Keep month t of the named arrays (..., n) as (months, ..., n)."""
        assert self._course is not None
        for name, value in values.items():
            if name not in self._course:
                self._course[name] = np.zeros((self._months, *np.shape(value)))
            self._course[name][t] = value

    def outcome(self, p: Mapping[str, np.ndarray]) -> Outcome:
        """The finished results, with levels (US$ bn, jobs) from ratios."""
        by_year = {name: total / self._length for name, total in self._by_year.items()}
        last = by_year["us_share_pct"].shape[0] - 1
        pv = dict(zip(LOSSES, self._present_value, strict=True))
        baseline_jobs = p["direct_jobs"]
        jobs_lost = baseline_jobs - by_year["jobs"]
        headline = {f"pv_{name}_usd_bn": value for name, value in pv.items()}
        headline["pv_listed_usd_bn"] = pv["timing"] + pv["waiting"] + pv["sockets"] + pv["forbidden_listed"]
        headline["pv_unlisted_usd_bn"] = pv["forbidden_unlisted"] + pv["contagion_unlisted"]
        headline["pv_contagion_usd_bn"] = pv["contagion_unlisted"] + pv["contagion_elsewhere"]
        headline["pv_lost_sales_usd_bn"] = self._present_value.sum(axis=0)
        headline["pv_rd_lost_usd_bn"] = self._rd_pv * p["rd_usd_bn"] / 12
        headline["pv_capex_lost_usd_bn"] = self._capex_pv * p["capex_usd_bn"] / 12
        headline["job_years_lost"] = (jobs_lost * self._length / 12).sum(axis=0)
        for label, year in (("year_5", min(4, last)), ("year_10", min(9, last))):
            headline[f"us_share_change_{label}_pp"] = by_year["us_share_pct"][year] - p["us_share_pct"]
            headline[f"jobs_lost_{label}"] = jobs_lost[year]
            headline[f"rd_lost_{label}_usd_bn"] = (1 - by_year["rd_ratio"][year]) * p["rd_usd_bn"]
            headline[f"lost_sales_{label}_usd_bn"] = self._losses[:, year].sum(axis=0) * 12 / self._length[year]
        headline["rd_abroad_year_10_usd_bn"] = (by_year["rd_ratio"][last] * by_year["rd_abroad_pct"][last] / 100
                                                - p["rd_abroad_share_pct"] / 100) * p["rd_usd_bn"]
        headline["china_self_sufficiency_year_10_pct"] = by_year["self_sufficiency_pct"][last]
        headline["denied_months_listed"] = self._denied[0]
        headline["denied_months_chinese"] = (self._denied * self._weight).sum(axis=0)
        headline["legally_denied_months_listed"] = self._legal[0]
        return Outcome(headline, self._losses, self._purchases, self._revenue, self._baseline, self._rivals, by_year, self._course)
