"""The undecided index: limbo days and open files by month and year, and how far they depend on choices.

*Undecided* counts files that wait. Its unit is the limbo day: one file waiting one day. Two files waiting one day are two
limbo days, so the index measures the load of open matters and not the share of time; `days_with_any` gives the latter.
The other index, *unstable*, counts decisions that were taken back (see `reversals`); the two must not be added up.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis.policy.spells import EXPORT, core_spells, days_in_periods


def limbo_days_by_year(spells: pd.DataFrame, first_year: int, last_year: int, as_of: str | pd.Timestamp) -> pd.Series:
    """Limbo days of each calendar year, counted to the end of `as_of` (that day included); index: year."""
    years = range(first_year, last_year + 1)
    firsts = [pd.Timestamp(y, 1, 1) for y in years]
    stop = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    counts = days_in_periods(spells, firsts, [min(pd.Timestamp(y + 1, 1, 1), stop) for y in years]).sum(axis=1)
    return pd.Series(counts, index=pd.Index(years, name="year"), name="limbo_days")


def undecided_by_month(spells: pd.DataFrame, first: str, as_of: str | pd.Timestamp) -> pd.DataFrame:
    """The undecided index by month.

    Arguments: `spells` of one channel; `first` month as 'YYYY-MM'; `as_of` the newest day counted.
    Returns columns `month` (its first day), `limbo_days`, `days` (days of the month counted), `open_files_mean`
    (limbo days ÷ days: the average number of files open) and `open_files_first_day`.
    """
    firsts = pd.date_range(pd.Timestamp(first), pd.Timestamp(as_of), freq="MS")
    ends = (firsts + pd.offsets.MonthBegin(1)).where(
        firsts + pd.offsets.MonthBegin(1) <= pd.Timestamp(as_of), pd.Timestamp(as_of) + pd.Timedelta(days=1))
    counts = days_in_periods(spells, firsts, ends).sum(axis=1)
    days = (ends - firsts).days
    first_day = days_in_periods(spells, firsts, firsts + pd.Timedelta(days=1)).sum(axis=1)
    return pd.DataFrame({"month": firsts, "limbo_days": counts, "days": days, "open_files_mean": counts / days,
                         "open_files_first_day": first_day})


def limbo_days_by_type(spells: pd.DataFrame, first_year: int, last_year: int, as_of: str | pd.Timestamp) -> pd.DataFrame:
    """Limbo days by year and type; columns `year`, `limbo_type`, `limbo_days`. Sums over types equal the yearly index."""
    parts = []
    for kind, group in spells.groupby("limbo_type", sort=False):
        days = limbo_days_by_year(group, first_year, last_year, as_of)
        parts.append(days.reset_index().assign(limbo_type=kind))
    return pd.concat(parts, ignore_index=True)[["year", "limbo_type", "limbo_days"]]


def days_with_any(spells: pd.DataFrame) -> pd.DataFrame:
    """The union of the spells: disjoint intervals (`start`, `end`) in which at least one of them is open."""
    merged: list[list[pd.Timestamp]] = []
    for row in spells.sort_values("start").itertuples():
        if merged and row.start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], row.end)
        else:
            merged.append([row.start, row.end])
    return pd.DataFrame(merged, columns=["start", "end"])


def merge_files(spells: pd.DataFrame, by: str) -> pd.DataFrame:
    """Spells with files that share a value of column `by` counted as one file (the union of their intervals).

    Rows with an empty value stay files of their own. Returns columns `start`, `end` and `by`.
    """
    key = spells[by].where(spells[by] != "", spells["limbo_id"])
    parts = [days_with_any(group).assign(**{by: value}) for value, group in spells.groupby(key, sort=False)]
    return pd.concat(parts, ignore_index=True)


def shift_dates(spells: pd.DataFrame, flag: str, column: str, days: int) -> pd.DataFrame:
    """Move `column` ('start' or 'end') by `days` where `flag` is true; a spell never becomes shorter than zero."""
    moved = spells.copy()
    moved.loc[moved[flag], column] = moved.loc[moved[flag], column] + pd.Timedelta(days=days)
    moved["end"] = moved[["start", "end"]].max(axis=1)
    return moved


def counting_rules(as_of: str | pd.Timestamp) -> dict[str, Callable[[pd.DataFrame], pd.DataFrame]]:
    """Other defensible ways to count the same files, by name; each maps core spells to the spells counted.

    The variants change one thing at a time, so a reader sees which choice matters in which year.
    """
    as_of = pd.Timestamp(as_of)
    return {
        "As published": lambda s: s,
        "Files with an inferred or approximate start left out": lambda s: s[~s["start_approximate"]],
        "Approximate starts 60 days later": lambda s: shift_dates(s, "start_approximate", "start", 60),
        "Approximate starts 60 days earlier": lambda s: shift_dates(s, "start_approximate", "start", -60),
        "Approximate ends 60 days later": lambda s: shift_dates(s, "end_approximate", "end", 60),
        "Approximate ends 60 days earlier": lambda s: shift_dates(s, "end_approximate", "end", -60),
        "Scheduled ends cut at the last evidence": _cut_scheduled,
        "Open files kept open to the newest day": lambda s: s.assign(end=s["end"].mask(s["open"], as_of)),
        "Files under one legal citation merged": lambda s: merge_files(s, "legal_citation"),
        "Files with one target merged": lambda s: merge_files(s, "target"),
        "Days with at least one file open": days_with_any,
    }


def _cut_scheduled(spells: pd.DataFrame) -> pd.DataFrame:
    scheduled = (spells["end_kind"] == "scheduled") & spells["last_evidence"].notna()
    return spells.assign(end=spells["end"].mask(scheduled, spells["last_evidence"]))


def sensitivity(spells: pd.DataFrame, first_year: int, last_year: int, as_of: str | pd.Timestamp,
                channel: str = EXPORT) -> pd.DataFrame:
    """Core limbo days by year under every counting rule; index: rule, columns: years."""
    core = core_spells(spells, channel)
    rows = {
        name: limbo_days_by_year(rule(core), first_year, last_year, as_of)
        for name, rule in counting_rules(as_of).items()
    }
    return pd.DataFrame(rows).T.rename_axis("counting_rule")


def days_by_channel(spells: pd.DataFrame, first_year: int, last_year: int, as_of: str | pd.Timestamp) -> pd.DataFrame:
    """Core limbo days by year and channel; index: channel, columns: years."""
    core = core_spells(spells, channel=None)
    rows = {c: limbo_days_by_year(g, first_year, last_year, as_of) for c, g in core.groupby("channel")}
    return pd.DataFrame(rows).T.rename_axis("channel")
