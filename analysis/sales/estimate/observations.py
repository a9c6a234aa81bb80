"""What the filings let us observe, one row a printed figure: a firm's China revenue by location or by customers' headquarters.

Each figure is a sum over the months of its own period, weighted by the firm's own revenue in those months; nothing is moved to
calendar years first. Its standard deviation (log scale) has a known part, the rounding of the printed figure, and a part that
the model estimates by evidence grade. Where a firm prints both figures of a period both stay, so neither loses precision. A
figure that is restated is one observation. Lines with Taiwan are another quantity and have their own offset; mainland-only
lines beside one with Hong Kong, bounds and shares quoted by others on an unstated basis are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.sales.estimate import periods
from analysis.sales.estimate.revenue import Revenue
from analysis.sales.estimate.revenue import build as build_revenue
from analysis.sales.filings import china_lines

OTHER_CLASS = "other chips"
PAD_YEARS = 1  # the grid starts earlier than the first published year, so that fiscal years at its edge count in full
USABLE = ("annual", "annual_recast", "annual_alt_basis", "annual_approx", "half", "quarter", "partial")
HQ_USABLE = ("annual", "annual_recast", "annual_approx", "half", "quarter", "partial")
LOOK_THROUGH = ("end_customer", "oem")  # kinds of headquarters figure that look through distributors and contract makers
UNSTATED_BASIS_SD = 0.15  # judged: the line may be billing or ship-to
ESTIMATE_SD = 0.15  # judged: a management remark, or a proxy for headquarters
REMARK_SD = 0.08  # judged: "around a quarter", "mid-teens"
HONG_KONG_SD = 0.03  # judged: the filing does not say whether Hong Kong is in the line
LEAST_COVER = 0.7  # part of a period that must lie inside the grid


@dataclass(frozen=True)
class Observations:
    """Observations of the panel on a grid of calendar quarters.

    `table` has one row an observation: firm, product_class, kind (*location*, *location with Taiwan*, *hq*), hq_kind, label, end,
    months, value (USD m), sd (known part, log scale), grade, evidence, source_id. `weights` is (observations, quarters): the
    firm's own revenue in the months that the period shares with each quarter, USD m. `revenue` is the firm's revenue by month.
    """

    table: pd.DataFrame
    weights: np.ndarray
    quarters: list[str]
    firms: tuple[str, ...]
    class_by_firm: dict[str, str]
    basis_of: dict[str, str]
    hq_kind_of: dict[str, str]
    revenue: Revenue

    @property
    def firm_index(self) -> np.ndarray:
        return self.table["firm"].map({f: i for i, f in enumerate(self.firms)}).to_numpy()

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(sorted({self.class_of(f) for f in self.firms}))

    @property
    def years(self) -> np.ndarray:
        return np.unique([int(q[:4]) for q in self.quarters])

    @property
    def to_year(self) -> np.ndarray:
        """Quarters → calendar years (years, quarters)."""
        return np.array([[float(int(q[:4]) == y) for q in self.quarters] for y in self.years])

    def class_of(self, firm: str) -> str:
        return self.class_by_firm.get(firm) or OTHER_CLASS

    def cover(self) -> np.ndarray:
        """The part of each firm's quarter (firms, quarters) whose months some figure covers."""
        found = np.zeros((len(self.firms), len(self.quarters), 3), dtype=bool)
        first = self.revenue.first_year * 12
        for f, end, months in zip(self.firm_index, self.table["end"], self.table["months"], strict=True):
            at = periods.months_of(end, int(months)) - first
            at = at[(at >= 0) & (at < found.shape[1] * 3)]
            found[f, at // 3, at % 3] = True
        return found.mean(axis=-1)


def build(
    filings: pd.DataFrame,
    firms_table: pd.DataFrame,
    *,
    first_year: int,
    market: pd.Series | None = None,
    quarterly: pd.DataFrame | None = None,
    last_year: int | None = None,
) -> Observations:
    """Observations from the filings table for estimates from `first_year` on.

    `market` is the China market by year (USD m), `quarterly` firms' revenue by quarter (firm, end, months, revenue_usd_m). The
    grid ends with the year of the newest observation, or with `last_year`.
    """
    chips = dated(china_lines(filings[filings["industry_segment"] == "chips"]), firms_table)
    # A part-year line that is the difference of two printed figures repeats them.
    chips = chips[~((chips["stated_as"] == "arithmetic") & (chips["months"] < 12))]
    printed = totals(chips, quarterly)
    rows = pd.concat([_location_rows(chips), _headquarters_rows(chips), _quoted_headquarters(chips, printed)])
    start = first_year - PAD_YEARS
    rows = rows[rows["end"].notna() & (rows["end"] >= pd.Timestamp(start, 6, 30))]
    rows = _without_tiled(_merge_restatements(rows))
    if last_year is None:
        last_year = int(rows["end"].dt.year.max())
    firms = tuple(sorted(rows["firm"].unique()))
    revenue = build_revenue(printed, firms, start, last_year, market if market is not None else pd.Series(dtype=float))
    labels = periods.quarter_labels(start, last_year)
    inside, weights = [], []
    for firm, end, months in zip(rows["firm"], rows["end"], rows["months"], strict=True):
        covered = periods.months_of(end, int(months))
        weights.append(periods.by_quarter(covered, revenue.of(firm, covered), start, len(labels)))
        inside.append(np.isin(covered // 12, np.arange(start, last_year + 1)).mean())
    keep = np.array(inside) >= LEAST_COVER
    # A period that begins before the grid is scaled to its whole length.
    weights = (np.array(weights) / np.array(inside)[:, None])[keep]
    rows = rows[keep].reset_index(drop=True)
    classes = dict(zip(firms_table["firm"], firms_table["product_class"], strict=True))
    rows["product_class"] = rows["firm"].map(lambda f: classes.get(f) or OTHER_CLASS)
    rows["label"] = rows["firm"] + " " + rows["fiscal_year"] + ", " + rows["kind"]
    return Observations(
        table=rows,
        weights=weights,
        quarters=labels,
        firms=firms,
        class_by_firm=classes,
        basis_of=_mode(rows, firms, "basis", "ship_to"),
        hq_kind_of=_mode(rows, firms, "hq_kind", "direct_customer"),
        revenue=revenue,
    )


def dated(chips: pd.DataFrame, firms_table: pd.DataFrame) -> pd.DataFrame:
    """The rows with `end`: the day filed, or the end of the named part of the firm's fiscal year (missing when unknown)."""
    closing = dict(zip(firms_table["firm"], firms_table["fiscal_year_end_month"], strict=True))
    ends = [
        periods.period_end(label, year, months, end, int(closing.get(firm, 12)))
        for firm, label, year, months, end in zip(
            chips["firm"], chips["fiscal_year"], chips["year"], chips["months"], chips["fiscal_year_end"], strict=True
        )
    ]
    return chips.assign(end=pd.to_datetime(pd.Series(ends, index=chips.index, dtype="datetime64[ns]")))


def totals(chips: pd.DataFrame, quarterly: pd.DataFrame | None) -> pd.DataFrame:
    """Total revenue by firm and period: quarters as printed, and every total of the filings table (firm, end, months,
    revenue_usd_m).

    A total that is blank is taken from the row's own China line over its share, never from another year.
    """
    implied = 100 * chips["china_revenue_usd_m"] / chips["china_share_pct"]
    value = chips["total_revenue_usd_m"].fillna(implied.where(chips["stated_as"] == "amount"))
    rows = chips.assign(revenue_usd_m=value).dropna(subset=["revenue_usd_m", "end", "months"])
    rows = rows[~rows["period_type"].isin(("range", "press_share"))].sort_values("period_type")
    if quarterly is not None:
        # A yearly total with bought software in it says nothing of quarters that are followed by products alone.
        first = quarterly.groupby("firm")["end"].min()
        software = rows["firm"].isin(chips.loc[chips["includes"] == "software", "firm"])
        rows = rows[~(software & (rows["end"] >= rows["firm"].map(first)))]
    parts = [rows[["firm", "end", "months", "revenue_usd_m"]]]
    if quarterly is not None:
        parts.insert(0, quarterly[["firm", "end", "months", "revenue_usd_m"]])
    return pd.concat(parts).drop_duplicates(["firm", "end", "months"]).reset_index(drop=True)


def _location_rows(chips: pd.DataFrame) -> pd.DataFrame:
    rows = chips[chips["period_type"].isin(USABLE) & chips["basis_class"].isin(("billing", "ship_to", "unknown"))]
    value = rows["china_revenue_usd_m"].fillna(rows["china_share_pct"] / 100 * rows["total_revenue_usd_m"])
    # A part-year line on an unstated basis covers one segment only (Qorvo's mobile products): not the firm's China line.
    known = value.notna() & ~((rows["basis_class"] == "unknown") & (rows["months"] < 12))
    rows, value = rows[known], value[known]
    kind = np.where(rows["taiwan"] == "included", "location with Taiwan", "location")
    unstated = np.where(rows["basis_class"] == "unknown", UNSTATED_BASIS_SD, 0.0)
    basis = rows["basis_class"].replace("unknown", "ship_to")
    sd = np.hypot(_printed_sd(rows, value), unstated)
    return _columns(rows.assign(value=value, kind=kind, basis=basis, hq_kind="", sd=sd))


def _headquarters_rows(chips: pd.DataFrame) -> pd.DataFrame:
    rows = chips[chips["period_type"].isin(HQ_USABLE) & chips["china_hq_revenue_usd_m"].notna()]
    # A line without Hong Kong that stands beside one with it is a part of it.
    rows = rows[~((rows["hong_kong"] == "excluded") & (rows["period_type"] == "annual_alt_basis") & (rows["basis_class"] == "hq"))]
    rows = rows[rows["basis_class"] != "unknown"]
    value = rows["china_hq_revenue_usd_m"]
    return _columns(rows.assign(value=value, kind="hq", basis="hq", sd=_printed_sd(rows, value)))


def _quoted_headquarters(chips: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """A firm's own remark on its share by headquarters ("around a quarter"), times its revenue of the same period."""
    rows = chips[(chips["period_type"] == "press_share") & (chips["basis_class"] == "hq") & chips["end"].notna()]
    rows = rows.merge(printed, on=["firm", "end", "months"])
    value = rows["china_share_pct"] / 100 * rows["revenue_usd_m"]
    return _columns(rows.assign(value=value, kind="hq", basis="hq", sd=REMARK_SD))


def _columns(rows: pd.DataFrame) -> pd.DataFrame:
    names = ["firm", "fiscal_year", "end", "months", "kind", "hq_kind", "basis", "value", "sd", "grade", "evidence", "source_id"]
    return rows[names]


def _printed_sd(rows: pd.DataFrame, value: pd.Series) -> np.ndarray:
    """The known part of the error: rounding (half of the last printed unit, as if uniform), a remark, an unstated Hong Kong."""
    share = rows["china_share_pct"].to_numpy()
    from_share = rows["stated_as"].isin(("share", "estimate")).to_numpy() & (share == np.round(share))
    with np.errstate(divide="ignore", invalid="ignore"):
        rounding = np.where(from_share, 0.5 / share, [_last_unit(v) / 2 / v for v in value]) / np.sqrt(3)
    remark = np.where((rows["period_type"] == "annual_approx") | (rows["stated_as"] == "estimate"), ESTIMATE_SD, 0.0)
    hong_kong = np.where(rows["hong_kong"].isin(("not stated", "excluded", "separate")), HONG_KONG_SD, 0.0)
    return np.sqrt(np.nan_to_num(rounding) ** 2 + remark**2 + hong_kong**2)


def _last_unit(value: float) -> float:
    """The size of the last printed digit: 10,300 → 100; never coarser than a tenth of the value, so 7,000 → 100."""
    unit = 1.0
    while value % (unit * 10) == 0 and unit * 10 <= value / 10:
        unit *= 10
    return unit


def _without_tiled(rows: pd.DataFrame) -> pd.DataFrame:
    """Drop a figure that shorter figures of its kind add up to (a half that is its two quarters): it says nothing more.

    A part beside a whole that it does not exhaust stays: it says when within the whole the sales fell.
    """
    rows = rows.reset_index(drop=True)
    spans = [set(periods.months_of(end, int(months))) for end, months in zip(rows["end"], rows["months"], strict=True)]
    same = rows.groupby(["firm", "kind", "hq_kind"]).indices
    tiled = np.zeros(len(rows), dtype=bool)
    for places in same.values():
        for i in places:
            parts = [spans[k] for k in places if spans[k] < spans[i]]
            tiled[i] = bool(parts) and set().union(*parts) == spans[i]
    return rows[~tiled].reset_index(drop=True)


def _merge_restatements(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a firm, period and kind; several printed values become their geometric mean, half their range joins the sd."""
    merged = []
    for _, group in rows.groupby(["firm", "end", "months", "kind", "hq_kind"], sort=True):
        row, logs = group.sort_values("grade").iloc[0].copy(), np.log(group["value"])
        row["value"] = float(np.exp(logs.mean()))
        row["sd"] = float(np.hypot(group["sd"].min(), (logs.max() - logs.min()) / 2))
        merged.append(row)
    return pd.DataFrame(merged).reset_index(drop=True)


def _mode(rows: pd.DataFrame, firms: tuple[str, ...], column: str, otherwise: str) -> dict[str, str]:
    """Each firm's most frequent word in a column among the rows that have one (location rows for the basis)."""
    chosen = rows[rows["kind"].str.startswith("location")] if column == "basis" else rows[rows["kind"] == "hq"]
    return {f: (chosen.loc[chosen["firm"] == f, column].mode().tolist() or [otherwise])[0] for f in firms}
