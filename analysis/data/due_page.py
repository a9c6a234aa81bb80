"""The page *What is due*: the newest observation of each table, and what should have appeared since."""

from __future__ import annotations

import pandas as pd

from analysis.data import due
from analysis.data.loading import load_table
from analysis.data.newest import KIND_OF, newest_rows
from analysis.data.schemas import TABLES

_TEXT = """# What is due

A page of this book is as new as the newest row under it, not as the day on which it was built. The tables were last brought up to
date on {today}; what they speak of ends earlier, and at another day for each kind of fact.

(newest-observation)=
## Newest observation

{newest}

(reports-due)=
## Reports of firms

Each firm reports by its own calendar: a quarter within {quarterly} days, a year within {annual}. {behind} of {firms} firms have
published, by that calendar, at least one report that is not in the tables. Those are the rows to fetch first
(`python -m analysis refresh edgar`).

{reports}

Firms without a row of the last two years are not listed: they were bought, or were left aside.

(periods-due)=
## Customs, markets and indices

{periods}

(rules-due)=
## Dates of rules that have passed unseen

These are days fixed by a rule itself, or by its authority, whose outcome was not found. They decide what the next edition says of
where the rules stand.

{rules}
"""


def render_due(data_dir: str | None = None) -> str:
    """MyST text of the page. `data_dir` as for `load_table`."""
    sources = load_table("sources", data_dir)
    today = due.updated_on(sources)
    newest = newest_rows({name: load_table(name, data_dir) for name in KIND_OF}, sources)
    reports = due.reports_due(load_table("firms", data_dir), _newest_by_firm(data_dir), today)
    periods = due.periods_due(newest.set_index("table")["day"].to_dict(), today)
    passed = due.passed_dates(load_table("standing", data_dir), today)
    return _TEXT.format(
        today=_day(today), quarterly=due.QUARTERLY_REPORT_DAYS, annual=due.ANNUAL_REPORT_DAYS,
        behind=int((reports["missing"] > 0).sum()), firms=len(reports),
        newest=_table(["Kind", "Table", "Rows", "Newest day"], ((r.kind, TABLES[r.table].title, f"{r.rows:,}", _day(r.day))
                                                                for r in newest.itertuples())),
        reports=_table(["Firm", "Newest period ends", "Reports out since", "First of them", "Due by"],
                       ((r.firm, _day(r.newest), r.missing or "–", f"{r.next_kind}, {r.next_end:%B %Y}", _day(r.next_by))
                        for r in reports.itertuples())),
        periods=_table(["What", "Publisher", "Newest day", "Periods out since", "First due by"],
                       ((r.what, r.publisher, _day(r.newest), r.missing or "–", _day(r.next_by)) for r in periods.itertuples())),
        rules=_table(["Rule", "Date", "What was to come", "Last seen"],
                     ((r.rule, _day(r.next_date), r.next_step, _day(r.known_through)) for r in passed.itertuples())),
    )


def _newest_by_firm(data_dir: str | None) -> pd.Series:
    """Last day of the newest period of each firm, in the filings or the revenue by quarter."""
    filings = load_table("company_filings", data_dir)[["firm", "fiscal_year_end"]].set_axis(["firm", "end"], axis=1)
    quarters = load_table("quarterly_revenue", data_dir)[["firm", "period_end"]].set_axis(["firm", "end"], axis=1)
    return pd.concat([filings, quarters]).groupby("firm")["end"].max()


def _day(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"


def _table(head: list[str], rows) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |" for row in rows)])
