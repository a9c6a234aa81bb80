"""The figures of the chapter on share prices and uncertainty indices; each function returns a finished `Figure`."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.dot_stack import dot_stack
from analysis.charts.interval_rows import interval_rows
from analysis.charts.scatter_fit import scatter_fit
from analysis.policy import market_response as mr
from analysis.policy.uncertainty import LABELS

VALUE, LOW, HIGH = "Abnormal return (%)", "Low end of 90% interval (%)", "High end of 90% interval (%)"
SHARES_OF_2019 = ("A Huawei share is that of the period which the market knew in May 2019, named in the table; it can differ from "
                  "the highest a supplier has ever stated.")


def listing_day_figure(car: pd.DataFrame, shares: pd.DataFrame, names: Mapping[str, str]) -> Figure:
    """Abnormal returns of the 22 US chip firms around 16 May 2019, suppliers whose Huawei share is known or estimated set apart."""
    rows = mr.main_dates(car)
    rows = rows[
        (rows["group"] == "US")
        & (rows["event_date"] == mr.LISTING_DAY)
        & (rows["window"] == mr.THREE_DAYS)
        & (rows["benchmark"] == mr.SP500)
    ]
    rows = mr.with_interval(rows).sort_values("car")
    table = _intervals(rows, "Firm", [names[code] for code in rows["firm"]])
    known = shares.set_index("ticker").reindex(rows["firm"])
    share = known["share_pct"].to_numpy()
    table["Huawei share of revenue (%)"] = share
    table["Period of the share"] = known["period"].to_numpy()
    table["Huawei share"] = ["Huawei share known or estimated" if s == s else "No share known" for s in share]
    worst, best = table.iloc[0], table.iloc[-1]
    return Figure(
        id="markets-listing-day",
        unit="abnormal return over three days, %",
        evidence=("estimated",),
        source_ids=tuple(dict.fromkeys([car["source_id"].iloc[0], *shares["source_id"]])),
        title=f"{worst['Firm']} and {table.iloc[1]['Firm']} fell most when Huawei was listed",
        description=f"Dots with 90% intervals for {len(table)} US chip firms, sorted by abnormal return around 16 May 2019. Lowest "
        f"{worst['Firm']} ({worst[VALUE]:.1f}%), highest {best['Firm']} ({best[VALUE]:.1f}%). Firms with a large Huawei share "
        f"lie lowest.",
        data=table,
        chart=lambda width: interval_rows(
            table,
            width,
            "Firm",
            VALUE,
            LOW,
            HIGH,
            {"Huawei share known or estimated": theme.CONTRAST, "No share known": theme.NEUTRAL},
            "Huawei share",
            x_title="Abnormal return, %",
        ),
        note="Three trading days from 15 May 2019, against the S&P 500. All firms fell on one day, so the intervals are not "
        "independent. "
        + SHARES_OF_2019,
    )


def dates_figure(car: pd.DataFrame) -> Figure:
    """The 22-firm portfolio and the suppliers' portfolio for every event date, three days, against the S&P 500."""
    labels = {mr.ALL_FIRMS: "All US chip firms", mr.EXPOSED: "Five Huawei suppliers"}
    rows = mr.main_dates(car)
    rows = rows[rows["firm"].isin(labels) & (rows["window"] == mr.THREE_DAYS) & (rows["benchmark"] == mr.SP500)]
    rows = mr.with_interval(rows).sort_values(["event_date", "firm"])
    table = _intervals(rows, "Event", [f"{d:%d %b %Y}: {e}" for d, e in zip(rows["event_date"], rows["event"], strict=True)])
    table["Portfolio"] = rows["firm"].map(labels).to_numpy()
    table["t"], table["t, cross-correlation-adjusted"] = rows["t"].to_numpy(), rows["t_bmp_kp"].to_numpy()
    sector = rows[(rows["firm"] == mr.ALL_FIRMS) & (rows["event_date"] >= mr.FIRST_QUIET_DAY)]
    moved = int(((sector["low_pct"] > 0) | (sector["high_pct"] < 0)).sum())
    outside = table[(table[LOW] > 0) | (table[HIGH] < 0)]
    return Figure(
        id="markets-dates",
        unit="abnormal return over three days, %",
        evidence=("estimated",),
        source_ids=(car["source_id"].iloc[0],),
        title=f"After May 2019 {moved or 'no'} date{'s' if moved > 1 else ''} moved US chip shares as a whole",
        description=f"Dots with 90% intervals for {rows['event_date'].nunique()} policy dates from 2018 to 2025: all US chip "
        f"firms, and the "
        f"five Huawei suppliers for the dates of 2018 to 2020. {len(outside)} of {len(table)} intervals leave out zero; the "
        f"largest move is "
        "the suppliers' loss around 16 May 2019.",
        data=table,
        chart=lambda width: interval_rows(
            table,
            width,
            "Event",
            VALUE,
            LOW,
            HIGH,
            {"All US chip firms": theme.ACCENT, "Five Huawei suppliers": theme.CONTRAST},
            "Portfolio",
            x_title="Abnormal return, %",
        ),
        note="Equal-weighted portfolios against the S&P 500, one trading day before to one after. With so many dates a few "
        "intervals would "
        "leave out zero by chance.",
    )


def dose_figure(points: pd.DataFrame, fit: dict[str, float], source_ids: tuple[str, ...], names: Mapping[str, str]) -> Figure:
    """Loss on 16 May 2019 against the share of revenue from Huawei."""
    table = points.assign(ticker=[names[code] for code in points["ticker"]]).rename(columns={
        "ticker": "Firm", "share_pct": "Huawei share of revenue (%)", "period": "Period of the share", "car_pct": VALUE,
        "low_pct": LOW, "high_pct": HIGH})
    table["Share stated by"] = points["by_vendor"].map({True: "a data vendor", False: "the supplier or the press"}).to_numpy()
    table = table[["Firm", "Huawei share of revenue (%)", "Period of the share", "Share stated by", VALUE, LOW, HIGH]]
    return Figure(
        id="markets-dose-response",
        unit="abnormal return over three days, %; Huawei share of revenue, %",
        evidence=("estimated", "reported"),
        source_ids=source_ids,
        title="The more a supplier sold to Huawei, the more its share price fell",
        description=f"Scatter of {len(table)} suppliers: Huawei's share of revenue across, abnormal return around 16 May 2019 "
        f"upwards, with 90% "
        f"intervals and a fitted line falling {-fit['slope']:.2f} points for each point of share. NeoPhotonics, far right, "
        f"carries much of it.",
        data=table,
        chart=lambda width: scatter_fit(
            table,
            width,
            "Huawei share of revenue (%)",
            VALUE,
            "Firm",
            "Huawei share of revenue, %",
            "Abnormal return, %",
            (fit["intercept"], fit["slope"]),
            LOW,
            HIGH,
            hollow=table["Share stated by"].eq("a data vendor"),
        ),
        note="Hollow: a data vendor's estimate of the share, for Intel an upper bound; the others from press and compiled notes. "
        + SHARES_OF_2019,
    )


def uncertainty_figure(regressions: pd.DataFrame, source_ids: tuple[str, ...]) -> Figure:
    """The t of every regression, one dot each; coefficients and 90% intervals stand in the table."""
    half = 1.645 * regressions["se"]
    table = pd.DataFrame(
        {
            "Regression": [
                f"{LABELS[o]}, {h} month{'s' if h > 1 else ''}: {LABELS[i]}"
                for o, i, h in zip(regressions["outcome"], regressions["index"], regressions["horizon_months"], strict=True)
            ],
            "Growth for one standard deviation (%)": regressions["coefficient"],
            "Low": regressions["coefficient"] - half,
            "High": regressions["coefficient"] + half,
            "t": regressions["t"],
            "Months": regressions["n"],
            "Size of t": ["t above 2 in size" if abs(t) > 2 else "t of 2 or less in size" for t in regressions["t"]],
        }
    )
    above = int((regressions["t"].abs() > 2).sum())
    return Figure(
        id="markets-uncertainty",
        unit="one dot a regression: t of growth after a rise in uncertainty",
        evidence=("estimated",),
        source_ids=source_ids,
        title=f"{above} of {len(table)} regressions of chip output or capacity on uncertainty stand{'s' if above == 1 else ''} "
        f"out; chance alone "
        f"would give {0.05 * len(table):.0f}",
        description=f"Stacked dots of the t of {len(table)} regressions: output and capacity, five indices, four horizons. "
        f"{above} of them with a t above 2 in size; they run from {table['t'].min():.1f} to {table['t'].max():.1f}.",
        data=table,
        chart=lambda width: dot_stack(
            table, width, value="t", name="Regression", series="Size of t", bin_width=0.25, references=(-2.0, 2.0),
            colours={"t of 2 or less in size": theme.NEUTRAL, "t above 2 in size": theme.CONTRAST},
            x_title="t, with Newey–West errors",
        ),
        note="Broken lines: a t of 2 in size. Right of zero means more output or capacity after more uncertainty, the wrong "
        "sign for a cost. The table has each coefficient and its 90% interval.",
    )


def _intervals(rows: pd.DataFrame, name: str, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {name: names, VALUE: rows["car_pct"].to_numpy(), LOW: rows["low_pct"].to_numpy(), HIGH: rows["high_pct"].to_numpy()}
    )
