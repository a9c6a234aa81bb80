"""What should have appeared since the newest row: reports by each firm's fiscal calendar, months of customs by the publisher's lag.

Nothing here knows what was published; it says what the publishers' own calendars promise, so that whoever reruns the book knows
what to look for first.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

# Days after the end of a period by which a large firm must file, 17 CFR 240.13a and Forms 10-K and 10-Q.
ANNUAL_REPORT_DAYS, QUARTERLY_REPORT_DAYS = 60, 40
# A firm without a row of the last two years has been bought, or was left aside: its calendar promises nothing.
SILENT_AFTER_DAYS = 730
# table → (publisher, days after the end of a month by which it is usually out, how it is published)
MONTHLY = {
    "us_exports": ("US Census Bureau, UN Comtrade", 40, "a month of US exports by product and country"),
    "china_imports": ("General Administration of Customs of China", 25, "a month of Chinese imports by product and origin"),
    "market_sales": ("Semiconductor Industry Association, WSTS", 40, "a quarter of sales by region"),
    "uncertainty_monthly": ("the authors of the indices, Federal Reserve", 20, "a month of the index"),
}
STEP_MONTHS = {"us_exports": 1, "china_imports": 1, "market_sales": 3, "uncertainty_monthly": 1}


def updated_on(sources: pd.DataFrame) -> pd.Timestamp:
    """The day on which the tables were last brought up to date: the newest day on which a source was read."""
    return sources["accessed"].max()


def reports_due(firms: pd.DataFrame, newest: pd.Series, today: pd.Timestamp) -> pd.DataFrame:
    """For each firm the newest period in the tables and the reports that should have appeared since.

    `newest`: last day of the newest period by firm. `today`: the day by which a report counts as due. Returns columns `firm`,
    `newest`, `missing` (periods ended since whose report is due by now), `next_end`, `next_kind` ('10-K' or '10-Q') and `next_by`
    of the first report that is not in the tables; firms silent for two years are left out. Period ends are the month ends nearest
    to the firm's own: 52-week years end some days away from them.
    """
    rows = []
    for firm in firms.itertuples():
        last = newest.get(firm.firm, pd.NaT)
        if pd.isna(last) or (today - last).days > SILENT_AFTER_DAYS:
            continue
        # A year that ends on 3 September belongs to the end of August.
        end = (last - pd.Timedelta(days=15)) + pd.offsets.MonthEnd(1)
        missing, first = 0, None
        while True:
            end = end + pd.offsets.MonthEnd(3)
            annual = end.month == firm.fiscal_year_end_month
            by = end + pd.Timedelta(days=ANNUAL_REPORT_DAYS if annual else QUARTERLY_REPORT_DAYS)
            first = first or (end, "10-K" if annual else "10-Q", by)
            if by > today:
                break
            missing += 1
        rows.append((firm.firm, last, missing, *first))
    return pd.DataFrame(rows, columns=["firm", "newest", "missing", "next_end", "next_kind", "next_by"]).sort_values(
        ["missing", "next_by", "firm"], ascending=[False, True, True], ignore_index=True)


def periods_due(newest: Mapping[str, pd.Timestamp], today: pd.Timestamp) -> pd.DataFrame:
    """For each table of MONTHLY its newest day and how many periods should have appeared since; columns `table`, `publisher`,
    `what`, `newest`, `missing`, `next_by` (when the first of them is, or was, due)."""
    rows = []
    for table, (publisher, lag, what) in MONTHLY.items():
        if table in newest:
            step, end, missing, first = STEP_MONTHS[table], newest[table], 0, None
            while True:
                end = (end + pd.offsets.MonthEnd(step)) if end.is_month_end else end + pd.offsets.MonthEnd(step + 1)
                by = end + pd.Timedelta(days=lag)
                first = first or by
                if by > today:
                    break
                missing += 1
            rows.append((table, publisher, what, newest[table], missing, first))
    return pd.DataFrame(rows, columns=["table", "publisher", "what", "newest", "missing", "next_by"])


def passed_dates(standing: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """Rules whose next date has come by `today` without a later observation, the oldest first; the rows of the table."""
    open_since = (standing["next_date"] <= today) & (standing["known_through"] < standing["next_date"])
    return standing[open_since].sort_values(["next_date", "rule_id"], ignore_index=True)
