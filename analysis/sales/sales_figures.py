"""The figures of the chapter on the four lenses; each function returns a finished `Figure` from loaded tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.bars import bars
from analysis.charts.dumbbell import dumbbell
from analysis.charts.lines import lines
from analysis.charts.slope import slope
from analysis.charts.small_multiples import small_multiples
from analysis.data.vocabulary import CLASS_OF_EVIDENCE
from analysis.sales import customs, exposure, filings, industry, lenses

SHORT_NAMES = {
    "customs": "Customs: US exports to China",
    "customs_hong_kong": "Customs: the same with Hong Kong",
    "industry": "Industry: US firms' sales into China",
    "billing": "Filings by billing address",
    "hq": "Filings by customer headquarters",
    "ship_to": "Filings by shipping address",
    "buyers": "Buyers: four Chinese device makers, all suppliers",
}
BASIS_COLOURS = {
    "billing": theme.NEUTRAL,
    "ship_to": theme.ACCENT,
    "hq": theme.CONTRAST,
    "facility": theme.TEAL,
    "unknown": theme.PLUM,
}


def four_lenses(tables: Mapping[str, pd.DataFrame], year: int) -> Figure:
    """All lenses that have a figure for a year, smallest first."""
    table = lenses.lens_table(tables, year).sort_values("value_usd_bn")
    firms = {b: len(filings.firms_in(tables["company_filings"], year, basis=b)) for b in filings.BASES}
    names = [SHORT_NAMES[lens] + (f", {firms[lens]} firms" if lens in firms else "") for lens in table["lens"]]
    data = pd.DataFrame(
        {
            "Lens": names,
            "US$ billion": table["value_usd_bn"].to_numpy(),
            "Counts": table["counts"].to_numpy(),
            "Leaves out": table["leaves_out"].to_numpy(),
            "Hong Kong": table["hong_kong"].to_numpy(),
            "Evidence": table["evidence"].to_numpy(),
        }
    )
    low, high = data["US$ billion"].iloc[0], data["US$ billion"].iloc[-1]
    colours = {n: theme.NEUTRAL for n, lens in zip(names, table["lens"], strict=True) if lens == "buyers"}
    return Figure(
        id="sales-four-lenses",
        unit="US$ billion, calendar year or fiscal years that fall mostly in it",
        title=f"One question, {len(data)} figures for {year}: US${low:,.0f} to {high:,.0f} billion",
        description=f"Horizontal bars, one a lens, for {year}. Smallest {data['Lens'].iloc[0]} ({low:,.1f}), largest "
        f"{data['Lens'].iloc[-1]} ({high:,.1f}). The bars overlap in what they count and cannot be added.",
        source_ids=_sources(table["sources"]),
        evidence=tuple(dict.fromkeys(data["Evidence"])),
        data=data,
        chart=lambda width: bars(
            data, width, category="Lens", value="US$ billion", evidence="Evidence", colours=colours, number_format=",.1f"
        ),
        note="The bars overlap and must not be added. The three filings bars are sums over different firms on different bases; "
        "the grey "
        "bar counts chips of suppliers of every nationality.",
    )


def customs_by_year(exports: pd.DataFrame, first_year: int, policy: pd.DataFrame | None = None) -> Figure:
    """US exports of HS 8542 to mainland China by year."""
    table = customs.exports_by_year(exports)
    table = table[(table["partner"] == "China") & (table["year"] >= first_year)]
    data = pd.DataFrame(
        {
            "Year": table["year"],
            "US$ billion": table["exports_usd_bn"],
            "Flow": "to mainland China",
            "Evidence": table["evidence"].map(CLASS_OF_EVIDENCE),
        }
    ).reset_index(drop=True)
    peak = data.loc[data["US$ billion"].idxmax()]
    return Figure(
        id="sales-customs",
        unit="US$ billion a year, free alongside ship",
        title=f"Chips leaving the United States for China peaked in {peak['Year']:.0f} at US${peak['US$ billion']:.1f} billion",
        description=f"Line of US exports of HS 8542 to mainland China, {data['Year'].min()} to {data['Year'].max()}. Highest in "
        f"{peak['Year']:.0f} ({peak['US$ billion']:.1f}), last value {data['US$ billion'].iloc[-1]:.1f}.",
        source_ids=tuple(dict.fromkeys(table["source_id"])),
        evidence=tuple(dict.fromkeys(data["Evidence"])),
        data=data,
        chart=lambda width: lines(data, width, x="Year", y="US$ billion", series="Flow", evidence="Evidence", policy=policy),
        note="Mainland China only, total exports with re-exports. The tables hold no comparable figure for 2023 to 2025, and "
        "Hong Kong "
        "for two years only.",
    )


def industry_by_year(us: pd.DataFrame, market: pd.DataFrame, first_year: int, last_year: int) -> Figure:
    """The China market by year, and US firms' sales into it where a source gives them."""
    table = industry.china_market_by_year(market).query("@first_year <= year <= @last_year")
    rows = [
        {
            "Year": r["year"],
            "US$ billion": r["market_usd_bn"],
            "Series": "All suppliers",
            "Evidence": "derived",
            "source_id": r["source_id"],
        }
        for r in table.to_dict("records")
    ]
    own = us[(us["series_id"] == "USHQ_SALES_IN_CN") & us["period"].isin([str(y) for y in table["year"]])]
    known = {int(r["period"]): r for r in own.to_dict("records")}
    for year in table["year"]:
        row = known.get(year)
        rows.append(
            {
                "Year": year,
                "US$ billion": row["value"] if row else float("nan"),
                "Series": "US firms",
                "Evidence": "derived",
                "source_id": row["source_id"] if row else "",
            }
        )
    data = pd.DataFrame(rows)
    shown = data.dropna(subset=["US$ billion"])
    top = table.loc[table["market_usd_bn"].idxmax()]
    return Figure(
        id="sales-industry",
        unit="US$ billion a year, by shipping address",
        title=f"The China market reached US${top['market_usd_bn']:,.0f} billion in {top['year']:.0f}; "
        "what US firms ship into it is published for few years",
        description=f"Line of the China chip market, {table['year'].min()} to {table['year'].max()}, rising to "
        f"{top['market_usd_bn']:.0f} "
        f"in {top['year']:.0f}; separate points for US firms' sales in {', '.join(map(str, sorted(known)))}.",
        source_ids=tuple(dict.fromkeys(s for s in shown["source_id"] if s)),
        evidence=("derived",),
        data=shown.drop(columns="source_id").reset_index(drop=True),
        chart=lambda width: lines(
            data,
            width,
            x="Year",
            y="US$ billion",
            series="Series",
            evidence="Evidence",
            colours={"All suppliers": theme.CONTRAST, "US firms": theme.ACCENT},
        ),
        note="Levels for 2024 and 2025 are chained from published growth rates. For 2018 and 2019 the sources may have applied "
        "China's "
        "share of the world market rather than measured US firms' own.",
    )


def filings_by_firm(
    table: pd.DataFrame, first_year: int, last_year: int, basis: str, *, least_years: int = 2, least_usd_m: float = 1000
) -> Figure:
    """Annual China lines by firm and basis, one panel each, so that a change of basis cannot look like a trend."""
    wanted = ("billing", "ship_to", "hq") if basis == "all" else (basis,)
    parts = [filings.annual_lines(table, basis=b) for b in wanted]
    rows = pd.concat(parts).query("@first_year <= calendar_year <= @last_year")
    size = rows.groupby(["firm", "basis"])["calendar_year"].transform("size")
    peak = rows.groupby(["firm", "basis"])["china_usd_m"].transform("max")
    start = rows.groupby(["firm", "basis"])["calendar_year"].transform("min")
    rows = rows.assign(start=start)[(size >= least_years) & (peak >= least_usd_m)].sort_values(
        ["firm", "start", "basis", "calendar_year"]
    )
    data = pd.DataFrame(
        {
            "Firm and basis": [f"{f}, {filings.BASIS_LABELS[b]}" for f, b in zip(rows["firm"], rows["basis"], strict=True)],
            "Year": rows["calendar_year"].astype(int),
            "China line (US$ billion)": rows["china_usd_m"] / 1000,
            "Evidence": rows["evidence"].map(CLASS_OF_EVIDENCE),
            "Grade": rows["grade"],
        }
    ).reset_index(drop=True)
    colours = {f"{f}, {filings.BASIS_LABELS[b]}": BASIS_COLOURS[b] for f, b in zip(rows["firm"], rows["basis"], strict=True)}
    top = data.loc[data["China line (US$ billion)"].idxmax()]
    return Figure(
        id="sales-filings",
        unit="US$ billion a fiscal year, placed in the calendar year that holds most of it",
        title="Each firm's China line, one panel a basis: a jump between panels is a change of definition",
        description=f"Small multiples, {data['Firm and basis'].nunique()} panels of annual China revenue by firm and basis. "
        f"Highest value "
        f"{top['China line (US$ billion)']:.1f} ({top['Firm and basis']}, {top['Year']}).",
        source_ids=tuple(dict.fromkeys(rows["source_id"])),
        evidence=tuple(dict.fromkeys(data["Evidence"])),
        data=data,
        chart=lambda width: small_multiples(
            _with_gaps(data, "Firm and basis", "Year"),
            width,
            panel="Firm and basis",
            x="Year",
            y="China line (US$ billion)",
            evidence="Evidence",
            colours=colours,
            number_format=",.1f",
            own_scales=True,
        ),
        note="Each panel has a scale of its own. Blue: shipping address. Grey: billing address. Red: customer's headquarters. "
        "A break in a line is a year without a figure, not a zero. AMD's lines that include Taiwan are left out; so are firms with "
        "a single year or less than a billion dollars on a basis.",
    )


def dual_disclosures(table: pd.DataFrame) -> Figure:
    """The same revenue by location and by headquarters, where a firm gives both."""
    rows = filings.dual_disclosures(table)
    evidence = rows["evidence"].map(CLASS_OF_EVIDENCE)
    data = pd.DataFrame(
        {
            "Firm and period": [
                f"{f} {y}: ×{r:.2f}" for f, y, r in zip(rows["firm"], rows["fiscal_year"], rows["ratio"], strict=True)
            ],
            "By location (US$ billion)": rows["location_usd_m"] / 1000,
            "By headquarters (US$ billion)": rows["hq_usd_m"] / 1000,
            "Headquarters over location": rows["ratio"].round(2),
            "Evidence": evidence,
        }
    )
    return Figure(
        id="sales-dual-disclosures",
        unit="US$ billion a fiscal period",
        title=f"Counted by headquarters, China is {rows['ratio'].min():.1f} to {rows['ratio'].max():.1f} times what it is by "
        f"address",
        description=f"Dumbbells for {len(rows)} disclosures of {rows['firm'].nunique()} firms: revenue by billing or shipping "
        f"address and "
        "revenue from customers headquartered in China. Memory and analogue firms fall to a third or a half; NVIDIA rises.",
        source_ids=tuple(dict.fromkeys(rows["sources"].explode())),
        evidence=tuple(dict.fromkeys(evidence)),
        data=data,
        chart=lambda width: dumbbell(
            data,
            width,
            category="Firm and period",
            first="By location (US$ billion)",
            second="By headquarters (US$ billion)",
            first_evidence="Evidence",
            second_evidence="Evidence",
            first_name="by location",
            second_name="by headquarters",
        ),
        note="Behind each name, the headquarters figure over the address figure. Microchip's headquarters figure is a "
        "management remark "
        "on chips designed in China, a proxy.",
    )


def origin_break(imports: pd.DataFrame) -> Figure:
    """China's imports by origin, before and across the change of rule in April 2025."""
    origins = ["Taiwan", "Korea", "United States", "Japan", "Israel", "Malaysia"]
    pairs = [tuple(customs.imports_by_origin(imports, y, o) for y in (2024, 2025)) for o in origins]
    data = pd.DataFrame(
        {
            "Origin": origins,
            "2024 (CNY billion)": [a.value for a, _ in pairs],
            "2025 (CNY billion)": [b.value for _, b in pairs],
            "Evidence": "reported",
        }
    )
    return Figure(
        id="sales-origin-break",
        unit="CNY billion a year, imports of integrated circuits",
        title="A new origin rule in April 2025 moved chips between countries on paper",
        description="Slopes of China's imports of integrated circuits by country of origin, 2024 to 2025. The United States, "
        "Israel and "
        "Japan rise steeply, Malaysia halves: the rule moved from the assembly site to the wafer fab.",
        source_ids=_sources(m.sources for pair in pairs for m in pair),
        evidence=("reported",),
        data=data,
        chart=lambda width: slope(
            data,
            width,
            category="Origin",
            start="2024 (CNY billion)",
            end="2025 (CNY billion)",
            start_evidence="Evidence",
            end_evidence="Evidence",
            start_name="2024",
            end_name="2025",
            colours={"United States": theme.ACCENT, "Malaysia": theme.CONTRAST},
        ),
        note="From 11 April 2025 importers declare the wafer-fab site as origin. The two years are not comparable; the slope "
        "shows the rule.",
    )


STALE_AFTER = pd.DateOffset(years=2)
COLOUR_WORDS = {"ship_to": "Blue", "billing": "Grey", "hq": "Red", "facility": "Green", "unknown": "Purple"}


def chip_shares(table: pd.DataFrame, first_year: int, last_year: int) -> Figure:
    """The newest reported China share of each chip firm on each basis."""
    rows = exposure.latest_shares(table, first_year=first_year, last_year=last_year).query("scope == 'chips'")
    return _shares("sales-reported-shares", "Reported China shares can be ranked only within one colour", rows)


def beside_shares(table: pd.DataFrame, first_year: int, last_year: int) -> Figure:
    """The newest reported China share of makers of chipmaking machines and of design software."""
    rows = exposure.latest_shares(table, first_year=first_year, last_year=last_year)
    rows = rows[rows["scope"].isin(("equipment", "design software"))]
    fresh = rows[rows["fiscal_year_end"] >= rows["fiscal_year_end"].max() - STALE_AFTER]
    span = {scope: f"{group.min():.0f} to {group.max():.0f} per cent" for scope, group in fresh.groupby("scope")["share_pct"]}
    words = {"equipment": "toolmakers", "design software": "software firms"}
    title = " and ".join(f"{words[scope]} {span[scope]}" for scope in words if scope in span)
    return _shares("sales-beside", f"Beside chips, {title} of revenue comes from China", rows)


def _shares(figure_id: str, title: str, rows: pd.DataFrame) -> Figure:
    """Bars of the rows of :func:`analysis.sales.exposure.latest_shares`, largest first, coloured by basis; old ones pale, below."""
    stale = rows["fiscal_year_end"].isna() | (rows["fiscal_year_end"] < rows["fiscal_year_end"].max() - STALE_AFTER)
    rows = rows.assign(stale=stale).sort_values(["stale", "share_pct"], ascending=[True, False])
    names = [
        f"{f}, {y}, {filings.BASIS_LABELS[b]}" for f, y, b in zip(rows["firm"], rows["fiscal_year"], rows["basis"], strict=True)
    ]
    data = pd.DataFrame(
        {
            "Firm, year, basis": names,
            "Share of revenue (%)": rows["share_pct"].to_numpy(),
            "Evidence": rows["evidence"].map(CLASS_OF_EVIDENCE).to_numpy(),
            "Grade": rows["grade"].to_numpy(),
            "Older than two years": rows["stale"].map({True: "yes", False: "no"}).to_numpy(),
        }
    )
    colours = {name: theme.soft(BASIS_COLOURS[basis]) if old else BASIS_COLOURS[basis]
               for name, basis, old in zip(names, rows["basis"], rows["stale"], strict=True)}
    fresh = rows[~rows["stale"]]
    legend = " ".join(f"{COLOUR_WORDS[b]}: {filings.BASIS_LABELS[b]}." for b in COLOUR_WORDS if b in set(rows["basis"]))
    return Figure(
        id=figure_id,
        unit="per cent of the firm's revenue",
        title=title,
        description=f"Horizontal bars of China's share of revenue, newest figure of each firm and basis. From "
        f"{fresh['share_pct'].iloc[-1]:.0f} ({names[len(fresh) - 1]}) to {fresh['share_pct'].iloc[0]:.0f} ({names[0]}) "
        f"per cent; older figures below: {len(rows) - len(fresh)}.",
        source_ids=tuple(dict.fromkeys(rows["source_id"])),
        evidence=tuple(dict.fromkeys(data["Evidence"])),
        data=data,
        chart=lambda width: bars(
            data, width, category="Firm, year, basis", value="Share of revenue (%)", evidence="Evidence", colours=colours
        ),
        note=f"Shares on different bases are not comparable. {legend} Pale, below: more than two years older than the "
        "newest figure here; the firm has printed nothing newer on that basis.",
    )


def _with_gaps(data: pd.DataFrame, panel: str, year: str) -> pd.DataFrame:
    """The same rows with an empty one for each missing year inside a panel's span, so that its line breaks there."""
    parts = []
    for name, group in data.groupby(panel, sort=False):
        years = pd.RangeIndex(group[year].min(), group[year].max() + 1, name=year)
        parts.append(group.set_index(year).reindex(years).assign(**{panel: name}).reset_index())
    full = pd.concat(parts, ignore_index=True)
    return full.assign(Evidence=full["Evidence"].fillna("reported"))


def _sources(groups) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s for group in groups for s in group))
