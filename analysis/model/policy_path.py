"""What the authorities do, month by month: the policy path that drives a simulation.

Two instruments act on each customer group and product: *limbo* (goods may be sold only provisionally or after a licence
that has not come) and *denied* (a clear rule forbids the sale). A rule that covers part of a segment splits it into layers,
products that the rule covers wholly or not at all, because stock and design of a covered product are no help for an
uncovered one. Wider rules contain narrower ones. A stalemate that may be resolved in more than one way has one branch for
each resolution.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.vocabulary import CORE_LIMBO_TYPES
from analysis.model.layers import split_products, waiting_then_rule

GROUPS = ("listed", "unlisted", "elsewhere")
"""Customer groups: listed (on the Entity List), other firms headquartered in China, all other customers."""


@dataclass(frozen=True)
class Products:
    """Layers of the product segments.

    segment: (products,) index of the segment. width: (groups, products) share of that segment's sales to the group.
    top: (groups, products) upper end of the layer in the segment's unit interval.
    """

    segment: np.ndarray
    width: np.ndarray
    top: np.ndarray

    @classmethod
    def split(cls, coverages: Sequence[np.ndarray]) -> Products:
        """The coarsest layers that every coverage (groups, segments) in the list covers wholly or not at all."""
        segment, width, top = split_products([np.asarray(coverage, float) for coverage in coverages])
        return cls(segment.astype(int), width, top)

    def covered(self, coverage: np.ndarray) -> np.ndarray:
        """(groups, products), 1 where a coverage (groups, segments) takes in the layer, else 0."""
        return ((self.top <= coverage[:, self.segment] + 1e-12) & (self.width > 0)).astype(float)


@dataclass(frozen=True)
class PolicyPath:
    """Policy by branch and month.

    products: the layers. limbo, denied: (branches, months, groups, products), shares of the month, limbo + denied <= 1.
    rule_age: (branches, months), months since the present clear rule began; -1 where there is none.
    limbo_before: (branches, months), months of limbo accumulated before each month.
    pending: (branches, months), 1 where a rule of unknown scope over Chinese customers is announced and nothing forbidden yet.
    restored: (branches, months, groups, products), 1 where a permission follows a limbo or a ban.
    dropped: (branches, months), 1 where a rule that was pending has come to nothing.
    odds: (branches,), adding up to 1.
    tgl_days: length of one temporary licence. plurilateral, retaliation: switches.
    first_month: the first month, 'YYYY-MM', or '' where the calendar does not matter.
    """

    products: Products
    limbo: np.ndarray
    denied: np.ndarray
    rule_age: np.ndarray
    limbo_before: np.ndarray
    pending: np.ndarray
    restored: np.ndarray
    dropped: np.ndarray
    odds: np.ndarray
    tgl_days: float
    plurilateral: bool = False
    retaliation: bool = False
    first_month: str = ""

    @property
    def months(self) -> int:
        return self.limbo.shape[1]

    def branch_of(self, quantile: np.ndarray) -> np.ndarray:
        """The branch each draw falls into: quantile (n,) in [0, 1] -> (n,) integers."""
        inner = np.cumsum(self.odds)[:-1]
        return np.searchsorted(inner, np.asarray(quantile), side="right")


def coverage_array(coverage: Mapping[str, object], segments: Sequence[str]) -> np.ndarray:
    """(groups, segments) from a mapping of group to a number or to a mapping of segment to a number."""
    result = np.zeros((len(GROUPS), len(segments)))
    for group, given in coverage.items():
        row = [given.get(segment, 0.0) for segment in segments] if isinstance(given, Mapping) else given
        result[GROUPS.index(group)] = row
    return result


def stalemate_path(
    *, months: int, limbo_months: float, limbo_coverage: np.ndarray, rules: Sequence[np.ndarray], odds: Sequence[float],
    tgl_days: float, interim: np.ndarray | None = None, pending: float = 0.0, plurilateral: bool = False,
    retaliation: bool = False, first_month: str = "",
) -> PolicyPath:
    """Limbo for `limbo_months`, then one of `rules` with the given odds.

    limbo_coverage and each rule: (groups, segments). interim: a rule in force until then, under the limbo. pending: 1 where a
    rule of unknown scope over Chinese customers is announced until then. A rule of zeros is full permission. Zero months of
    limbo are the immediate decision. A fraction of a month counts as a share of that month's sales.
    """
    held = np.zeros_like(limbo_coverage) if interim is None else interim
    products = Products.split([limbo_coverage, held, *rules])
    shape = (len(rules), months, *products.width.shape)
    limbo, denied, restored = np.zeros((3, *shape))
    rule_age, before, hanging, dropped = np.zeros((4, len(rules), months))
    for branch, rule in enumerate(rules):
        waiting_then_rule(
            float(limbo_months), limbo_coverage, held, float(pending), rule, products.segment, products.width, products.top,
            limbo[branch], denied[branch], rule_age[branch], before[branch], hanging[branch], restored[branch], dropped[branch])
    return PolicyPath(products, limbo, denied, rule_age, before, hanging, restored, dropped, np.asarray(odds, float), tgl_days,
                      plurilateral, retaliation, first_month)


def realised_path(
    policy_events: pd.DataFrame, *, first_month: str, months: int, rules: Sequence[Mapping], limbo: Sequence[Mapping],
    segments: Sequence[str], tgl_days: float, retaliation: bool = False,
) -> PolicyPath:
    """The path that was realised, dated by the policy file.

    rules: each {group, from, to?, coverage}: a clear rule in force between two events (named by event_id).
    limbo: each {group, target, from, to?, coverage}: months count as limbo for the share of their days that lie in a
    core, export-side spell with `target` among its targets. Limbo lies on top of a rule: it touches what the rule leaves.
    Raises KeyError naming an event that the policy file does not have.
    """
    dates = policy_events.assign(date=_day(policy_events["date"])).set_index("event_id")["date"]
    coverages = [coverage_array({rule["group"]: rule["coverage"]}, segments) for rule in (*limbo, *rules)]
    products = Products.split(coverages)
    shape = (months, *products.width.shape)
    limbo_array, denied = np.zeros(shape), np.zeros(shape)
    starts = pd.date_range(f"{first_month}-01", periods=months, freq="MS")
    days = pd.date_range(starts[0], starts[-1] + pd.offsets.MonthEnd(0))
    month_of_day = (days.year - starts[0].year) * 12 + days.month - starts[0].month
    for rule, coverage in zip(limbo, coverages[:len(limbo)], strict=True):
        inside = days_in_limbo(policy_events, rule["target"], days) & _between(days, rule, dates)
        share = _monthly_share(inside, month_of_day, months)
        limbo_array = np.maximum(limbo_array, share[:, None, None] * products.covered(coverage))
    for rule, coverage in zip(rules, coverages[len(limbo):], strict=True):
        share = _monthly_share(_between(days, rule, dates), month_of_day, months)
        denied = np.maximum(denied, share[:, None, None] * products.covered(coverage))
    limbo_array = np.minimum(limbo_array, 1 - denied)
    none = np.zeros((1, months))
    return PolicyPath(products, limbo_array[None], denied[None], _age(denied.any(axis=(1, 2)))[None],
                      _limbo_before(limbo_array)[None], none, np.zeros_like(limbo_array)[None], none, np.ones(1), tgl_days, False,
                      retaliation, first_month)


def _day(dates: pd.Series) -> pd.Series:
    """Dates as days; a date known only to the month counts from its first day."""
    return pd.to_datetime(dates.astype(str).str.slice(0, 10), format="ISO8601", errors="coerce")


def _between(days: pd.DatetimeIndex, rule: Mapping, dates: pd.Series) -> np.ndarray:
    for key in ("from", "to"):
        if key in rule and rule[key] not in dates.index:
            raise KeyError(f"event {rule[key]!r} is not in the policy file")
    after = days >= dates[rule["from"]]
    return np.asarray(after & (days < dates[rule["to"]]) if "to" in rule else after)


def days_in_limbo(events: pd.DataFrame, target: str, days: pd.DatetimeIndex) -> np.ndarray:
    """True on each day that lies in at least one matching spell; an open spell ends with its last evidence."""
    concerns = events["target"].str.split("; ").map(lambda targets: target in targets)
    spells = events[(events["channel"] == "export") & events["limbo_type"].isin(CORE_LIMBO_TYPES) & concerns]
    inside = np.zeros(len(days), bool)
    start = _day(spells["in_limbo_from"])
    end = _day(spells["in_limbo_to"]).fillna(_day(spells["limbo_last_evidence"]))
    for first, last in zip(start, end, strict=True):
        inside |= np.asarray((days >= first) & ((days < last) if pd.notna(last) else True))
    return inside


def _monthly_share(inside: np.ndarray, month_of_day: np.ndarray, months: int) -> np.ndarray:
    total = np.bincount(month_of_day, minlength=months)
    return np.bincount(month_of_day, weights=inside.astype(float), minlength=months) / total


def _age(in_force: np.ndarray) -> np.ndarray:
    """Months since the current run of True began; -1 where False."""
    age, current = np.full(len(in_force), -1.0), -1.0
    for month, active in enumerate(in_force):
        current = current + 1 if active else -1.0
        age[month] = current
    return age


def _limbo_before(limbo: np.ndarray) -> np.ndarray:
    share = limbo.max(axis=(1, 2))
    return np.concatenate([[0.0], np.cumsum(share)[:-1]])


def phased_path(phases: Sequence[tuple[float, str]], segments: int) -> PolicyPath:
    """A path of the listed customer alone through phases (months, 'open' | 'limbo' | 'denied'), for single episodes."""
    ends = np.cumsum([length for length, _ in phases])
    months = int(np.ceil(ends[-1] - 1e-9))
    full = coverage_array({"listed": 1.0}, ["" for _ in range(segments)])
    products = Products.split([full])
    covered = products.covered(full)
    share = {"open": np.zeros(months), "limbo": np.zeros(months), "denied": np.zeros(months)}
    month = np.arange(months)
    for (length, state), end in zip(phases, ends, strict=True):
        share[state] += np.clip(end - month, 0, 1) - np.clip(end - length - month, 0, 1)
    limbo, denied = share["limbo"][:, None, None] * covered, share["denied"][:, None, None] * covered
    return PolicyPath(products, limbo[None], denied[None], _age(denied.any(axis=(1, 2)))[None], _limbo_before(limbo)[None],
                      np.zeros((1, months)), np.zeros_like(limbo[None]), np.zeros((1, months)), np.ones(1), 90.0)
