"""What the filings let us observe, one row an observation: a firm's China revenue by location or by customer headquarters.

Each row carries its period on the calendar and a standard deviation (log scale) built from three parts: the evidence grade,
the rounding of the printed figure, and the spreading of a fiscal year over calendar years. A figure restated or printed on
two documents is one observation. Lines that include Taiwan are observations of another quantity, kept with their own offset;
mainland-only headquarters lines, bounds, and shares compiled by others on an unstated basis are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.sales.estimate import periods, revenue
from analysis.sales.filings import china_lines

# Product class of each firm by its main products (annual reports). A firm not listed joins the class "other chips".
PRODUCT_CLASS = {
    "Micron": "memory",
    "Texas Instruments": "analogue and radio",
    "Analog Devices": "analogue and radio",
    "Microchip Technology": "analogue and radio",
    "Monolithic Power Systems": "analogue and radio",
    "Skyworks Solutions": "analogue and radio",
    "Qorvo": "analogue and radio",
    "Qualcomm": "handset processors",
    "Intel": "computer processors",
    "AMD": "computer processors",
    "NVIDIA": "graphics and accelerators",
    "Broadcom": "networking and logic",
    "Lattice Semiconductor": "networking and logic",
    "Marvell": "networking and logic",
}
OTHER_CLASS = "other chips"

USABLE = ("annual", "annual_recast", "annual_alt_basis", "annual_approx", "half", "quarter", "partial")
HQ_USABLE = ("annual", "annual_recast", "annual_approx", "half", "quarter")
GRADE_SD = {"A": 0.02, "B": 0.04, "C": 0.08}  # judged: press and compiled notes err more than filings
UNSTATED_BASIS_SD = 0.15  # judged: the line may be billing or ship-to
SPREAD_SD = 0.04  # judged: sales do not follow the firm's revenue within a year, which is known by the year only
PROFILED_SD = 0.02  # judged: the same where the firm's revenue is known by quarter
PART_YEAR_SD = 0.06  # judged: seasons, when only part of a year is observed
APPROXIMATE_SD = 0.15  # judged: a management remark, or a proxy for headquarters
LEAST_COVER = 0.7  # share of a period that must lie inside the year grid


@dataclass(frozen=True)
class Observations:
    """Observations of the panel on a grid of calendar years.

    `table` has one row an observation: firm, product_class, kind, label, value, sd (log scale), grade, evidence, source_id.
    Kinds: *location* and *hq* (USD m), *location with Taiwan* (USD m), *ratio* (headquarters over location figure of one
    disclosure, which no calendar error touches). `weights` is (observations, years): which part of each year's sales falls into the
    period, by the firm's own revenue. `basis_of` gives each firm's
    location basis.
    """

    table: pd.DataFrame
    weights: np.ndarray
    years: np.ndarray
    firms: tuple[str, ...]
    classes: tuple[str, ...]
    basis_of: dict[str, str]
    revenue_usd_m: pd.DataFrame  # firm × calendar year, total revenue where a full year is covered

    @property
    def firm_index(self) -> np.ndarray:
        return self.table["firm"].map({f: i for i, f in enumerate(self.firms)}).to_numpy()

    def class_of(self, firm: str) -> str:
        return PRODUCT_CLASS.get(firm, OTHER_CLASS)

    def covered(self) -> np.ndarray:
        """Years of filings that observe each firm (rows) in each calendar year (columns); a pair of figures counts once."""
        total = np.zeros((len(self.firms), len(self.years)))
        figures = (self.table["kind"] != "ratio").to_numpy()
        np.add.at(total, self.firm_index[figures], self.weights[figures])
        return total

    def last_covered_year(self) -> int:
        """The newest calendar year of which the filings of at least half of the firms cover at least half."""
        enough = (self.covered() >= 0.5).mean(axis=0) >= 0.5
        return int(self.years[enough].max())


def build(filings: pd.DataFrame, *, first_year: int, quarterly: pd.DataFrame | None = None) -> Observations:
    """Observations from the filings table for estimates from `first_year` on; `quarterly` is the table of revenue by quarter.

    The grid starts two years earlier and ends with the newest observation, so that fiscal years at the edges count in full.
    """
    chips = china_lines(filings[filings["industry_segment"] == "chips"])
    chips = chips.assign(months=chips["fiscal_year"].map(periods.months_long))
    months = {firm: periods.typical_end_month(rows["fiscal_year_end"]) for firm, rows in chips.groupby("firm")}
    chips["end"] = pd.to_datetime(
        [
            periods.year_end(label, end, months[firm])
            for firm, label, end in zip(chips["firm"], chips["fiscal_year"], chips["fiscal_year_end"], strict=True)
        ]
    )
    rows = pd.concat([_location_rows(chips), _headquarters_rows(chips)])
    rows = rows[rows["end"].notna() & (rows["end"] >= pd.Timestamp(first_year - 1, 6, 30))]
    rows = _without_nested(_with_ratios(_merge_restatements(rows)))
    years = np.arange(first_year - 2, int(rows["end"].dt.year.max()) + 1)
    months_in = np.array([periods.year_weights(e, m, years) for e, m in zip(rows["end"], rows["months"], strict=True)])
    inside = months_in.sum(axis=1) * 12 / rows["months"].to_numpy()
    keep = inside >= LEAST_COVER
    rows, inside = rows[keep].reset_index(drop=True), inside[keep]
    firms = tuple(sorted(rows["firm"].unique()))
    own = revenue.build(revenue.totals(chips, quarterly), firms, int(years[0]), int(years[-1]), pd.Series(dtype=float))
    spans = [periods.months_of(e, m) for e, m in zip(rows["end"], rows["months"], strict=True)]
    weights = np.array([own.parts_of_years(firm, span, years) for firm, span in zip(rows["firm"], spans, strict=True)])
    weights /= inside[:, None]
    profiled = np.array([own.has_quarters(firm, span) for firm, span in zip(rows["firm"], spans, strict=True)])
    rows["product_class"] = rows["firm"].map(lambda f: PRODUCT_CLASS.get(f, OTHER_CLASS))
    rows["label"] = rows["firm"] + " " + rows["fiscal_year"] + ", " + rows["kind"]
    spread = np.where((weights > 0).sum(axis=1) > 1, np.where(profiled, PROFILED_SD, SPREAD_SD), 0.0)
    part = np.where(rows["months"] < 12, PART_YEAR_SD, 0.0)
    level = rows["kind"] != "ratio"
    rows["sd"] = np.sqrt(rows["sd"] ** 2 + level * (spread**2 + part**2))
    return Observations(
        table=rows,
        weights=weights,
        years=years,
        firms=firms,
        classes=tuple(sorted(set(rows["product_class"]))),
        basis_of=_location_basis(rows, firms),
        revenue_usd_m=pd.DataFrame(own.by_year(years), index=list(firms), columns=years),
    )


def _location_rows(chips: pd.DataFrame) -> pd.DataFrame:
    rows = chips[chips["period_type"].isin(USABLE) & chips["basis_class"].isin(("billing", "ship_to", "unknown"))]
    value = rows["china_revenue_usd_m"].fillna(rows["china_share_pct"] / 100 * rows["total_revenue_usd_m"])
    # A part-year line on an unstated basis covers one segment only (Qorvo's mobile products): not the firm's China line.
    known = value.notna() & ~((rows["basis_class"] == "unknown") & (rows["months"] < 12))
    rows, value = rows[known], value[known]
    kind = np.where(rows["taiwan"] == "included", "location with Taiwan", "location")
    unstated = np.where(rows["basis_class"] == "unknown", UNSTATED_BASIS_SD, 0.0)
    basis = rows["basis_class"].replace("unknown", "ship_to")
    sd = np.sqrt(_printed_sd(rows, value) ** 2 + unstated**2)
    return _columns(rows.assign(value=value, kind=kind, basis=basis, sd=sd))


def _headquarters_rows(chips: pd.DataFrame) -> pd.DataFrame:
    rows = chips[chips["period_type"].isin(HQ_USABLE) & chips["china_hq_revenue_usd_m"].notna()]
    value = rows["china_hq_revenue_usd_m"]
    return _columns(rows.assign(value=value, kind="hq", basis="hq", sd=_printed_sd(rows, value)))


def _columns(rows: pd.DataFrame) -> pd.DataFrame:
    names = ["firm", "fiscal_year", "end", "months", "kind", "basis", "value", "sd", "grade", "evidence", "source_id"]
    return rows[names]


def _printed_sd(rows: pd.DataFrame, value: pd.Series) -> np.ndarray:
    """Standard deviation from grade and rounding: half of the last printed unit, as if uniform."""
    grade = rows["grade"].map(GRADE_SD).fillna(GRADE_SD["C"]).to_numpy()
    share = rows["china_share_pct"].to_numpy()
    from_share = (rows["evidence"] == "derived").to_numpy() & (share == np.round(share))
    with np.errstate(divide="ignore", invalid="ignore"):
        rounding = np.where(from_share, 0.5 / share, [_last_unit(v) / 2 / v for v in value]) / np.sqrt(3)
    approximate = np.where(rows["period_type"] == "annual_approx", APPROXIMATE_SD, 0.0)
    return np.sqrt(grade**2 + np.nan_to_num(rounding) ** 2 + approximate**2)


def _last_unit(value: float) -> float:
    """The size of the last printed digit: 10,300 → 100; never coarser than a tenth of the value, so 7,000 → 100."""
    unit = 1.0
    while value % (unit * 10) == 0 and unit * 10 <= value / 10:
        unit *= 10
    return unit


def _without_nested(rows: pd.DataFrame) -> pd.DataFrame:
    """Drop a period that lies inside a longer one of the same firm and kind: one observation, not two (TI's quarters)."""
    rows = rows.reset_index(drop=True)
    last = rows["end"].map(periods.last_month)
    first = last - rows["months"] + 1
    nested = [
        (
            (rows["firm"] == rows.at[i, "firm"])
            & (rows["kind"] == rows.at[i, "kind"])
            & (first <= first[i])
            & (last >= last[i])
            & (rows["months"] > rows.at[i, "months"])
        ).any()
        for i in rows.index
    ]
    return rows[[not n for n in nested]]


def _merge_restatements(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a firm, period and kind; several printed values become their geometric mean, half their range joins the sd."""
    merged = []
    for _, group in rows.groupby(["firm", "end", "months", "kind"], sort=True):
        row = group.sort_values("grade").iloc[0].copy()
        logs = np.log(group["value"])
        row["value"] = float(np.exp(logs.mean()))
        row["sd"] = float(np.hypot(group["sd"].min(), (logs.max() - logs.min()) / 2))
        merged.append(row)
    return pd.DataFrame(merged).reset_index(drop=True)


def _with_ratios(rows: pd.DataFrame) -> pd.DataFrame:
    """Where a firm gives both figures for a period, replace the headquarters figure by its ratio to the location figure.

    The pair shares its period and its calendar error, so the ratio is known better than either level suggests.
    """
    pairs = rows[rows["kind"] == "hq"].merge(
        rows[rows["kind"] == "location"], on=["firm", "end", "months"], suffixes=("", "_location")
    )
    ratios = pairs.assign(
        kind="ratio",
        value=pairs["value"] / pairs["value_location"],
        sd=np.hypot(pairs["sd"], pairs["sd_location"]),
        grade=pairs[["grade", "grade_location"]].max(axis=1),
    )[rows.columns]
    paired = rows.set_index(["firm", "end", "months"]).index.isin(ratios.set_index(["firm", "end", "months"]).index)
    return pd.concat([rows[~((rows["kind"] == "hq") & paired)], ratios]).reset_index(drop=True)


def _location_basis(rows: pd.DataFrame, firms: tuple[str, ...]) -> dict[str, str]:
    """Each firm's own location basis; ship-to for a firm that has only ever published headquarters figures."""
    location = rows[rows["kind"].str.startswith("location")]
    return {f: (location.loc[location["firm"] == f, "basis"].mode().tolist() or ["ship_to"])[0] for f in firms}
