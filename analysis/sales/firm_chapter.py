"""What a firm's page shows and records: its lead, its numbers, its chart and its tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.charts import Figure
from analysis.charts.dots import dots
from analysis.charts.lines import lines
from analysis.charts.linked_table import Linked, linked_table
from analysis.charts.table import shown
from analysis.registry.quantity import Quantity
from analysis.registry.recorder import Recorder
from analysis.sales.filings import BASIS_LABELS

ESTIMATE = "to Chinese firms, estimated"
SERIES = {
    "billing": "by billing address",
    "ship_to": "by shipping address",
    "hq": "by customer's headquarters",
    "facility": "by customer's site",
    "unknown": "basis not stated",
}
HOW = {"reported": "As printed", "derived": "From the printed share or amount and the revenue"}
GRADES = {"A": "the filing itself", "B": "a report of it", "C": "a weak report", "D": "hearsay"}


def record(
    page: Recorder, slug: str, firm: str, table: pd.DataFrame, estimate: pd.DataFrame, told: pd.DataFrame, sources: Sequence[str]
) -> None:
    """Record the firm's yearly figures, its newest estimate and its Huawei shares, each under `firm.<slug>.<period>.…`."""
    for row in table[table["yearly"]].to_dict("records"):
        id, words = stem(slug, row), {"name": firm, "basis": BASIS_LABELS[row["basis"]], "year": row["period"]}
        for key, column, stated in (("usd", "china_usd_m", "amount"), ("share", "share_pct", "share")):
            if pd.notna(row[column]) and f"{id}.{key}" not in page.numbers:
                cls = "reported" if row["stated_as"] == stated else "derived"
                _record(page, f"firm.{{figure}}.{key}", row, row[column], cls, figure=id.removeprefix("firm."), **words)
    if not estimate.empty:
        last = estimate.iloc[-1]
        year = f"{last['year']:.0f}"
        found = Quantity(last["value"], f"{year}-12-31", tuple(sources), last["low"], last["high"], 90)
        page.record("firm.{firm}.estimate.{year}.usd", found, firm=slug, year=year, name=firm, page=slug.replace("_", "-"),
                    observed_by=last["observed_by"])
    for row in told[told["share_pct"].notna()].to_dict("records"):
        period = _word(row["period"])
        if f"firm.{slug}.{period}.huawei_share" not in page.numbers:
            _record(page, "firm.{firm}.{period}.huawei_share", {**row, "ends": row["fiscal_year_end"]}, row["share_pct"],
                    "reported", firm=slug, period=period, name=firm, year=row["period"])


def stem(slug: str, row: Mapping) -> str:
    """The stable beginning of a figure's ids: firm, period, basis, and the kind of year where it is not the plain one."""
    kind = "" if row["standard"] else "." + _word(row["kind"])
    return f"firm.{slug}.{_word(row['period'])}.{row['basis']}{kind}"


def lead(page, slug: str, firm: str, newest: pd.Series | None, estimate: pd.DataFrame) -> str:
    """The page's first paragraph, in Markdown: the newest published figure, and the estimate beside it."""
    said = f"No filing of {firm} read for this book prints a yearly amount for China."
    if newest is not None:
        id = stem(slug, newest)
        share = f"{{num}}`{id}.share` of its revenue" if f"{id}.share" in page.numbers else ""
        amount = f"{{num}}`{id}.usd|bn`" if f"{id}.usd" in page.numbers else ""
        basis = "on a basis it did not state" if newest["basis"] == "unknown" else f"counted by the {BASIS_LABELS[newest['basis']]}"
        both = f"{amount}, {share}," if amount and share else amount or share
        said = f"{firm} sold {both} to China in {newest['period']}, {basis}."
    if estimate.empty:
        return said + " The firm is not part of the book's estimate of chip sales."
    year = f"{estimate.iloc[-1]['year']:.0f}"
    return said + f" The book puts its sales to {{term}}`Chinese firms` in {year} at {{num}}`firm.{slug}.estimate.{year}.usd`."


def figure(
    slug: str, firm: str, table: pd.DataFrame, estimate: pd.DataFrame, newest: pd.Series | None, sources: list[str]
) -> Figure | None:
    """The firm's yearly figures, a line a basis, and the estimate with its band; None when there is nothing to draw."""
    rows = table[table["yearly"] & table["china_usd_m"].notna() & table["year"].notna() & (table["kind"] != PRESENT_RECAST)]
    rows = rows.sort_values("standard", ascending=False).drop_duplicates(["year", "basis"])
    data = pd.DataFrame(
        {
            "Year": rows["year"].astype(int),
            "Counted": rows["basis"].map(SERIES),
            "Fiscal year": rows["period"],
            "US$ billion": (rows["china_usd_m"] / 1000).round(3),
            "Low": float("nan"),
            "High": float("nan"),
            "Evidence": ["reported" if s == "amount" else "derived" for s in rows["stated_as"]],
        }
    )
    if not estimate.empty:
        data = pd.concat(
            [
                pd.DataFrame(
                    {
                        "Year": estimate["year"].astype(int),
                        "Counted": ESTIMATE,
                        "Fiscal year": "",
                        "US$ billion": estimate["value"].round(2),
                        "Low": estimate["low"].round(2),
                        "High": estimate["high"].round(2),
                        "Evidence": "estimated",
                    }
                ),
                data,
            ]
        )
    if data.empty:
        return None
    data = data.sort_values(["Counted", "Year"], kind="stable").reset_index(drop=True)
    several = data["Year"].nunique() > 1

    def build(width: int):
        if several:
            return lines(
                data,
                width,
                x="Year",
                y="US$ billion",
                series="Counted",
                evidence="Evidence",
                low="Low",
                high="High",
                number_format=",.1f",
            )
        return dots(data, width, category="Counted", value="US$ billion", evidence="Evidence", zero=True)

    if newest is None or pd.isna(newest["china_usd_m"]):
        title = f"{firm}: no yearly amount published; the book's estimate"
    else:
        title = f"{firm}: US${newest['china_usd_m'] / 1000:,.1f} billion {SERIES[newest['basis']]} in {newest['period']}"
    low, high = data["US$ billion"].min(), data["US$ billion"].max()
    return Figure(
        id=f"firm-{slug.replace('_', '-')}-china",
        title=title,
        description=f"{'Lines' if several else 'Dots'} of {firm}'s sales to China by year, one for each way of counting, from "
        f"{low:,.1f} to {high:,.1f} billion US dollars, {data['Year'].min()} to {data['Year'].max()}.",
        unit="US$ billion a year",
        source_ids=tuple(sources),
        evidence=tuple(dict.fromkeys(data["Evidence"])),
        data=data,
        chart=build,
        note="Each line counts something else; a gap between two lines is a difference of definition, not of sales.",
    )


PRESENT_RECAST = "year, as later recast"


def figures_table(page, slug: str, firm: str, table: pd.DataFrame, titles: Mapping[str, str]) -> str:
    """Every published figure with what it counts, in the filing's words, and where it was read."""
    rows = []
    for row in table.to_dict("records"):
        id = stem(slug, row)
        counted = BASIS_LABELS[row["basis"]] + ("" if row["kind"] == "year" else f" ({row['kind']})")
        rows.append(
            [
                row["period"],
                _day(row["ends"]),
                counted,
                row["as_filed"] or "–",
                _value(page, f"{id}.usd", row["china_usd_m"], 0),
                _value(page, f"{id}.share", row["share_pct"], 1),
                _territory(row),
                _source(row["source_id"], titles),
                GRADES.get(row["grade"], row["grade"]),
            ]
        )
    head = [
        "Period",
        "Ends",
        "Counted by",
        "In the filing's words",
        "China, US$ m",
        "Share, %",
        "Hong Kong, Taiwan",
        "Source",
        "Read in",
    ]
    return linked_table(head, rows, f"{firm}: every published figure for China, newest first", numeric=("China, US$ m", "Share, %"))


def huawei_table(page, slug: str, firm: str, told: pd.DataFrame, titles: Mapping[str, str]) -> str:
    """What is published of the firm's sales to Huawei."""
    rows = [
        [
            row["period"],
            _value(page, f"firm.{slug}.{_word(row['period'])}.huawei_share", row["share_pct"], 1),
            shown(round(row["revenue_usd_m"]) if pd.notna(row["revenue_usd_m"]) else None),
            row["scope"],
            _source(row["source_id"], titles),
            GRADES.get(row["grade"], row["grade"]),
        ]
        for row in told.to_dict("records")
    ]
    return linked_table(
        ["Period", "Share of revenue, %", "US$ m", "What", "Source", "Read in"],
        rows,
        f"{firm}: sales to Huawei as published",
        numeric=("Share of revenue, %", "US$ m"),
    )


def events_table(firm: str, events: pd.DataFrame, titles: Mapping[str, str]) -> str:
    """The policy events that name the firm, newest first, each with its source."""
    rows = [
        [f"{row['date']:%Y-%m-%d}", row["title"], row["description"], _source(row["source_id"], titles)]
        for row in events.to_dict("records")
    ]
    return linked_table(["Date", "Event", "What it did", "Source"], rows, f"Policy events that name {firm}")


def firms_table(rows: list[tuple]) -> str:
    """The index of firms: link, kind, newest figure with its basis and period, share, estimate, highest Huawei share."""
    head = [
        "Firm",
        "Makes",
        "Newest figure",
        "China, US$ bn",
        "Share, %",
        "Counted by",
        "Estimate, US$ bn",
        "Highest Huawei share, %",
    ]
    return linked_table(
        head,
        rows,
        "Firms: newest published figure for China, and the book's estimate",
        numeric=("China, US$ bn", "Share, %", "Estimate, US$ bn", "Highest Huawei share, %"),
    )


def index_row(slug: str, firm: str, kind: str, newest: pd.Series | None, estimate: pd.DataFrame, told: pd.DataFrame) -> list:
    """One row of :func:`firms_table`; its numbers lead to the rows that the firm's own page records."""
    link = Linked(firm, f"firm-{slug.replace('_', '-')}.html")
    peak = told["share_pct"].max() if len(told) else float("nan")
    last = None if estimate.empty else estimate.iloc[-1]
    estimated = (
        "–"
        if last is None
        else Linked(
            f"{last['value']:.1f} ({last['low']:.1f} to {last['high']:.1f}), {last['year']:.0f}",
            _anchor(f"firm.{slug}.estimate.{last['year']:.0f}.usd"),
            "cs-num cs-num-estimated",
        )
    )
    huawei = "–" if pd.isna(peak) else f"{peak:.1f}"
    if newest is None or pd.isna(newest["china_usd_m"]):
        return [link, kind, "–", "–", "–", "–", estimated, huawei]
    id = stem(slug, newest)
    share = newest["share_pct"]
    return [
        link,
        kind,
        newest["period"],
        Linked(f"{newest['china_usd_m'] / 1000:,.1f}", _anchor(f"{id}.usd"), "cs-num"),
        "–" if pd.isna(share) else Linked(f"{share:.1f}", _anchor(f"{id}.share"), "cs-num"),
        BASIS_LABELS[newest["basis"]],
        estimated,
        huawei,
    ]


def _record(page: Recorder, pattern: str, row: Mapping, value: float, cls: str, **words: str) -> None:
    ends, year = row["ends"], row.get("year")
    as_of = f"{ends:%Y-%m-%d}" if pd.notna(ends) else f"{int(year) if pd.notna(year) else 2015}-12-31"
    page.record(pattern, Quantity(value, as_of, (row["source_id"],), cls=cls), how=row.get("as_filed") or HOW[cls], **words)


def _value(page, id: str, value: float, digits: int) -> object:
    if pd.isna(value):
        return "–"
    text = f"{value:,.{digits}f}"
    number = page.numbers.get(id)
    same = number is not None and number.bare == text
    return Linked(text, _anchor(id), f"cs-num cs-num-{number.cls}") if same else text


def _territory(row: Mapping) -> str:
    return f"Hong Kong {row['hong_kong']}; Taiwan {row['taiwan']}"


def _source(source_id: str, titles: Mapping[str, str]) -> Linked:
    return Linked(titles[source_id], f"sources.html#source-{source_id}")


def _day(day: pd.Timestamp) -> str:
    return f"{day:%Y-%m-%d}" if pd.notna(day) else "–"


def _anchor(id: str) -> str:
    return "numbers.html#n-" + id.replace(".", "-").replace("_", "-")


def _word(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
