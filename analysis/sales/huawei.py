"""The fourteen-billion-dollar question: what Huawei bought, from whom, by whose definition.

Three figures for a year's purchases from US firms circulate (2018, late 2019, 2019); none is chips only, no two share a definition.
Gartner measures all chips in Huawei's products, whatever the supplier's nationality. Licence values are permissions: ceilings
written by applicants, about half of them unused, never sales.
"""

from __future__ import annotations

import pandas as pd

from analysis.data.named import named
from analysis.data.vocabulary import ANNUAL_PERIOD_TYPES
from analysis.sales import buyers, errors
from analysis.sales.filings import SCOPES
from analysis.sales.measures import Measure

PROCUREMENT = ("company_2018", "newspaper", "company_2019")
PARTS = {"US-made share of component cost": "us_pct", "Chinese-made share of component cost": "china_pct"}


def fact(facts: pd.DataFrame, fact_id: str) -> pd.Series:
    """One row of the Huawei facts by its id."""
    rows = facts[facts["fact_id"] == fact_id]
    if len(rows) != 1:
        raise errors.MissingFigureError(f"huawei_facts has {len(rows)} rows for {fact_id}")
    return rows.iloc[0]


def procurement(facts: pd.DataFrame) -> list[Measure]:
    """The three circulating figures for purchases from US firms, each with its own definition, USD bn."""
    rows = [named(facts, name) for name in PROCUREMENT]
    return [Measure(label=row["shown_as"], value=float(row["value"]), unit="USD bn", period=row["period"], counts="purchases",
                    basis="buyer_hq", definition=row["shown_definition"], firm="", grade=row["grade"], sources=(row["source_id"],))
            for row in rows]


def procurement_table(facts: pd.DataFrame) -> pd.DataFrame:
    """The three figures as a table: name (of the fact), label, period, value_usd_bn, definition, grade, source_id."""
    return pd.DataFrame([
        {"name": name, "label": m.label, "period": m.period, "value_usd_bn": m.value, "definition": m.definition, "grade": m.grade,
         "source_id": m.sources[0]} for name, m in zip(PROCUREMENT, procurement(facts), strict=True)])


def gartner_series(oem: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Gartner's figures for Huawei's chip spending, every release: year, vintage, spending_usd_bn, latest, source_id.

    The release of February 2022 is in the Huawei facts (two figures), the others in the buyers' table.
    """
    table = buyers.spending_by_vintage(oem, "Huawei").drop(columns="latest")
    extra = []
    for year in (2020, 2021):
        row = named(facts, f"gartner_{year}_v2022")
        extra.append({"year": year, "vintage": "v2022", "spending_usd_bn": float(row["value"]), "source_id": row["source_id"]})
    table = pd.concat([table, pd.DataFrame(extra)]).drop_duplicates(["year", "vintage"]).sort_values(["year", "vintage"])
    table["latest"] = ~table.duplicated("year", keep="last")
    return table.reset_index(drop=True)


def gartner(series: pd.DataFrame, year: int, vintage: str | None = None) -> Measure:
    """One figure of :func:`gartner_series`, from the latest release that has the year or from the one named, USD bn."""
    rows = series[(series["year"] == year) & (series["latest"] if vintage is None else series["vintage"] == vintage)]
    if rows.empty:
        raise errors.MissingFigureError(f"no Gartner figure for Huawei in {year} ({vintage or 'any release'})")
    row = rows.iloc[0]
    return Measure(
        label=f"Huawei, chip spending (Gartner {row['vintage']})",
        value=float(row["spending_usd_bn"]),
        unit="USD bn",
        period=str(year),
        counts="chip spending",
        basis="buyer_hq",
        vintage=row["vintage"],
        firm="Huawei",
        sources=(row["source_id"],),
    )


def changes_within_vintage(series: pd.DataFrame) -> pd.DataFrame:
    """Year-on-year changes, each within one release: vintage, from_year, to_year, change_pct."""
    rows = []
    for vintage, group in series.groupby("vintage", sort=True):
        values = dict(zip(group["year"], group["spending_usd_bn"], strict=True))
        rows += [
            {"vintage": vintage, "from_year": y - 1, "to_year": y, "change_pct": 100 * (values[y] / values[y - 1] - 1)}
            for y in sorted(values)
            if y - 1 in values
        ]
    return pd.DataFrame(rows)


def supplier_disclosures(filings: pd.DataFrame) -> pd.DataFrame:
    """What US suppliers said Huawei was worth to them, one row a firm and period, largest share first.

    Columns: firm, scope, period, year, months, fiscal_year_end, share_pct, revenue_usd_m (as stated, else share times revenue where
    the total is in the table), grade, evidence, source_id. Licence back-pay and storage are marked by `scope`.
    """
    rows = filings[filings["huawei_share_pct_of_revenue"].notna() | filings["huawei_revenue_usd_m"].notna()].copy()
    share, dollars = rows["huawei_share_pct_of_revenue"], rows["huawei_revenue_usd_m"]
    implied = share / 100 * rows["total_revenue_usd_m"]
    scope = rows["industry_segment"].map(SCOPES).mask(rows["includes"] == "licences only", "patent licences")
    table = pd.DataFrame(
        {
            "firm": rows["firm"],
            "scope": scope,
            "period": rows["fiscal_year"],
            "year": rows["year"],
            "months": rows["months"],
            "fiscal_year_end": rows["fiscal_year_end"],
            "share_pct": share.fillna(100 * dollars / rows["total_revenue_usd_m"]),
            "revenue_usd_m": dollars.fillna(implied),
            "grade": rows["grade"],
            "evidence": rows["evidence"],
            "source_id": rows["source_id"],
        }
    )
    return table.sort_values("share_pct", ascending=False, na_position="last").reset_index(drop=True)


def disclosed_dollars(filings: pd.DataFrame) -> pd.DataFrame:
    """What the chip suppliers' disclosures for fiscal 2018 and 2019 come to in a year: firm, period, how, usd_bn, grade, sources.

    Dollars stand as stated (best grade first); a share is multiplied by the firm's revenue of the fiscal year it ends in. Shares
    from before the listing are applied to whole years, so the figures err on the high side. Quarters, and firms without a
    yearly revenue in the table, are left out: absent, not zero.
    """
    table = supplier_disclosures(filings)
    table = table[(table["scope"] == "chips") & table["year"].isin((2018, 2019)) & (table["months"] > 3)]
    rows = []
    for row in table.sort_values(["firm", "grade"], kind="stable").drop_duplicates("firm").to_dict("records"):
        dollars, how, sources = row["revenue_usd_m"], "as stated", (row["source_id"],)
        if pd.isna(dollars):
            year = f"FY{row['year']:.0f}"
            revenue, source = annual_revenue(filings, row["firm"], year)
            dollars, how, sources = row["share_pct"] / 100 * revenue, f"share times revenue of {year}", (*sources, source)
        rows.append(
            {
                "firm": row["firm"],
                "period": row["period"],
                "how": how,
                "usd_bn": dollars / 1000,
                "grade": row["grade"],
                "sources": sources,
            }
        )
    return pd.DataFrame(rows).dropna(subset=["usd_bn"]).sort_values("usd_bn", ascending=False).reset_index(drop=True)


def annual_revenue(filings: pd.DataFrame, firm: str, fiscal_year: str) -> tuple[float, str]:
    """A firm's revenue of a fiscal year, USD m, and its source: as filed, else China line over China's share; NaN and no source
    where the table has neither."""
    annual = filings["period_type"].isin(ANNUAL_PERIOD_TYPES)
    rows = filings[(filings["firm"] == firm) & (filings["fiscal_year"] == fiscal_year) & annual]
    found = rows["total_revenue_usd_m"].fillna(100 * rows["china_revenue_usd_m"] / rows["china_share_pct"]).dropna()
    return (float(found.iloc[0]), rows.loc[found.index[0], "source_id"]) if len(found) else (float("nan"), "")


def third_party_dollars(facts: pd.DataFrame, filings: pd.DataFrame) -> pd.DataFrame:
    """Third parties' shares of two suppliers that disclosed none, times revenue of fiscal 2019: firm, share_pct, usd_bn, sources.

    Grade C: a data vendor's figures as a blog quotes them. Intel's is an upper bound.
    """
    rows = []
    for name in ("vendor_share_intel", "vendor_share_qualcomm"):
        row = named(facts, name)
        revenue, source = annual_revenue(filings, row["entity"], "FY2019")
        rows.append(
            {
                "firm": row["entity"],
                "share_pct": row["value"],
                "usd_bn": row["value"] / 100 * revenue / 1000,
                "sources": (row["source_id"], source),
            }
        )
    return pd.DataFrame(rows)


def teardowns(facts: pd.DataFrame) -> pd.DataFrame:
    """Shares of US-made and Chinese-made parts in the parts' cost of single phones: phone, us_pct, china_pct, sources (tuple).

    Raises MissingFigureError for a share of another origin.
    """
    phones: dict[str, dict] = {}
    for row in facts[facts["topic"] == "teardown"].sort_values("period_start", kind="stable").to_dict("records"):
        phone = f"{row['entity']}, {row['period_start'].year}"
        found = phones.setdefault(phone, {"phone": phone, "us_pct": float("nan"), "china_pct": float("nan"), "sources": ()})
        if row["metric"] not in PARTS:
            raise errors.MissingFigureError(f"{row['fact_id']}: {row['metric']!r}, expected {' or '.join(PARTS)}")
        found[PARTS[row["metric"]]] = float(row["value"])
        found["sources"] = tuple(dict.fromkeys((*found["sources"], row["source_id"])))
    return pd.DataFrame(phones.values())


def licences(licence_table: pd.DataFrame) -> pd.DataFrame:
    """Outcomes of the Huawei licence applications of November 2020 to April 2021: outcome, applications, value_usd_bn.

    The listed outcomes sum to fewer than the applications considered; the rest is shown as its own row without a value.
    """

    def figure(series: str) -> float:
        rows = licence_table[licence_table["series_id"] == series]
        if rows.empty:
            raise errors.MissingFigureError(f"export_licences has no series {series}")
        return float(rows["value"].iloc[0])

    listed = [
        ("approved", figure("LIC_HW_APPROVED_N"), figure("LIC_HW_APPROVED_V") / 1e9),
        ("returned without action", figure("LIC_HW_RWA_N"), figure("LIC_HW_RWA_V") / 1e9),
        ("denied", figure("LIC_HW_DENIED_N"), figure("LIC_HW_DENIED_V") / 1e9),
    ]
    considered = figure("LIC_HW_CONSIDERED")
    rest = considered - sum(n for _, n, _ in listed)
    return pd.DataFrame([*listed, ("outcome not listed", rest, float("nan"))], columns=["outcome", "applications", "value_usd_bn"])


def approved_value(licence_table: pd.DataFrame) -> Measure:
    """The value of Huawei licences approved between November 2020 and April 2021, USD bn: a permission, not a sale."""
    row = licence_table[licence_table["series_id"] == "LIC_HW_APPROVED_V"].iloc[0]
    return Measure(
        label="Huawei licences approved, value",
        value=float(row["value"]) / 1e9,
        unit="USD bn",
        period=row["period"],
        counts="permission",
        basis="buyer_hq",
        sources=(row["source_id"],),
    )
