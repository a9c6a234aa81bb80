"""The figures of the chapter on Huawei; each function returns a finished `Figure` from loaded tables."""

from __future__ import annotations

import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.bars import bars
from analysis.charts.dumbbell import dumbbell
from analysis.sales import huawei


def three_figures(facts: pd.DataFrame) -> Figure:
    """The three circulating figures for purchases from US firms, each with its definition."""
    table = huawei.procurement_table(facts)
    data = pd.DataFrame(
        {
            "Figure": table["label"] + ", " + table["period"] + ": " + table["definition"],
            "US$ billion": table["value_usd_bn"],
            "Grade": table["grade"],
            "Evidence": "reported",
        }
    )
    return Figure(
        id="huawei-three-figures",
        unit="US$ billion a year, as stated",
        title="Three figures for one question, three definitions",
        description=f"Three bars of what Huawei is said to have bought from US firms in a year: {data['US$ billion'].min():.0f}, "
        f"{data['US$ billion'].median():.0f} and {data['US$ billion'].max():.1f} billion, each with its own definition. None counts chips "
        "only.",
        source_ids=tuple(table["source_id"]),
        evidence=("reported",),
        data=data,
        chart=lambda width: bars(
            data, width, category="Figure", value="US$ billion", evidence="Evidence", colour=theme.CONTRAST, number_format=",.1f"
        ),
        note="The definitions differ, so the bars show no growth. The newspaper says 'more than'. None of the three is audited and none "
        "counts chips only.",
    )


def gartner_levels(series: pd.DataFrame) -> Figure:
    """Huawei's chip spending by year, newest release of each year."""
    rows = series[series["latest"]]
    data = pd.DataFrame(
        {
            "Year (release)": [f"{y} (release {v[1:]})" for y, v in zip(rows["year"], rows["vintage"], strict=True)],
            "US$ billion": rows["spending_usd_bn"],
            "Evidence": "reported",
        }
    ).reset_index(drop=True)
    top = data.loc[data["US$ billion"].idxmax()]
    return Figure(
        id="huawei-gartner-levels",
        unit="US$ billion a year, chips of all suppliers",
        title=f"Huawei's chip spending peaked at US${top['US$ billion']:.1f} billion in {top['Year (release)'][:4]}",
        description=f"Bars of Huawei's chip spending from suppliers of every nationality, {rows['year'].min()} to {rows['year'].max()}, "
        f"rising to {top['US$ billion']:.1f} in {top['Year (release)'][:4]} and falling to {data['US$ billion'].iloc[-1]:.1f}.",
        source_ids=tuple(dict.fromkeys(rows["source_id"])),
        evidence=("reported",),
        data=data,
        chart=lambda width: bars(
            data,
            width,
            category="Year (release)",
            value="US$ billion",
            evidence="Evidence",
            colour=theme.CONTRAST,
            number_format=",.1f",
        ),
        note="Each year comes from the newest release that has it; bars of different releases show levels, not changes. Changes within one "
        "release stand in the next figure.",
    )


def gartner_changes(series: pd.DataFrame) -> Figure:
    """Year-on-year changes, both years from one release."""
    rows = huawei.changes_within_vintage(series)
    data = pd.DataFrame(
        {
            "Years (release)": [
                f"{a} to {b} (release {v[1:]})" for a, b, v in zip(rows["from_year"], rows["to_year"], rows["vintage"], strict=True)
            ],
            "Change (%)": rows["change_pct"],
            "Evidence": "derived",
        }
    )
    falls = data[data["Change (%)"] < 0]
    return Figure(
        id="huawei-gartner-changes",
        unit="per cent on the year before, within one release",
        title="Within one release at a time: growth to 2018, then three years of falls",
        description=f"Bars of yearly changes of Huawei's chip spending, each within one release: {len(data) - len(falls)} rises up to "
        f"{data['Change (%)'].max():.0f} per cent, then {len(falls)} falls down to {data['Change (%)'].min():.0f} per cent.",
        source_ids=tuple(dict.fromkeys(series["source_id"])),
        evidence=("derived",),
        data=data,
        chart=lambda width: bars(
            data,
            width,
            category="Years (release)",
            value="Change (%)",
            evidence="Evidence",
            colours={n: theme.CONTRAST for n in falls["Years (release)"]},
        ),
        note="No release gives both 2018 and 2019 in dollars, so that change is missing.",
    )


def gartner_restated(series: pd.DataFrame) -> Figure:
    """Years that were printed more than once: first against newest figure."""
    rows = []
    for year, group in series.groupby("year"):
        if len(group) > 1:
            first, last = group.iloc[0], group.iloc[-1]
            rows.append(
                {
                    "Year": f"{year}: release {first['vintage'][1:]}, release {last['vintage'][1:]}",
                    "First print (US$ billion)": first["spending_usd_bn"],
                    "Newest (US$ billion)": last["spending_usd_bn"],
                    "Evidence": "reported",
                }
            )
    data = pd.DataFrame(rows)
    gap = (data["Newest (US$ billion)"] / data["First print (US$ billion)"] - 1).abs().max()
    return Figure(
        id="huawei-gartner-restated",
        unit="US$ billion a year, chips of all suppliers",
        title=f"The same year moved by up to {100 * gap:.0f} per cent between releases",
        description="Dumbbells of the first and the newest figure for each year printed twice. The largest revision is that of 2020.",
        source_ids=tuple(dict.fromkeys(series["source_id"])),
        evidence=("reported",),
        data=data,
        chart=lambda width: dumbbell(
            data,
            width,
            category="Year",
            first="First print (US$ billion)",
            second="Newest (US$ billion)",
            first_evidence="Evidence",
            second_evidence="Evidence",
            first_name="first print",
            second_name="newest",
            first_colour=theme.NEUTRAL,
        ),
    )


def suppliers(filings: pd.DataFrame) -> Figure:
    """The largest disclosed Huawei share of each supplier."""
    table = huawei.supplier_disclosures(filings)
    table = table[table["share_pct"].notna() & (table["scope"] != "patent licences")].drop_duplicates("firm")
    names = [f"{f}, {p}" for f, p in zip(table["firm"], table["period"], strict=True)]
    data = pd.DataFrame(
        {
            "Supplier and period": names,
            "Huawei's share of revenue (%)": table["share_pct"].to_numpy(),
            "Scope": table["scope"].to_numpy(),
            "Grade": table["grade"].to_numpy(),
            "Evidence": table["evidence"].map({"seen": "reported", "derived": "derived"}).to_numpy(),
        }
    )
    beside = {n: theme.NEUTRAL for n, s in zip(names, table["scope"], strict=True) if s != "chips"}
    top = data[data["Scope"] == "chips"].iloc[0]
    return Figure(
        id="huawei-suppliers",
        unit="per cent of the supplier's revenue",
        title=f"Chip suppliers named Huawei as up to {top.iloc[1]:.0f} per cent of revenue",
        description=f"Bars of the highest share of revenue that each US supplier attributed to Huawei. Chip suppliers from "
        f"{data[data['Scope'] == 'chips'].iloc[-1, 1]:.0f} to {top.iloc[1]:.0f} per cent ({top.iloc[0]}); two suppliers of optical "
        "components are grey.",
        source_ids=tuple(dict.fromkeys(table["source_id"])),
        evidence=tuple(dict.fromkeys(data["Evidence"])),
        data=data,
        chart=lambda width: bars(
            data, width, category="Supplier and period", value="Huawei's share of revenue (%)", evidence="Evidence", colours=beside
        ),
        note="Periods differ: the highest disclosed period of each supplier is shown. Grey: optical components, not chips. Intel, NVIDIA "
        "and many others have disclosed no figure.",
    )


def licence_values(licence_table: pd.DataFrame) -> Figure:
    """Values of Huawei licence applications by outcome: permissions."""
    table = huawei.licences(licence_table).dropna(subset=["value_usd_bn"])
    row = licence_table[licence_table["series_id"] == "LIC_HW_APPROVED_V"].iloc[0]
    data = pd.DataFrame(
        {
            "Outcome": [f"{o}, {n:.0f} applications" for o, n in zip(table["outcome"], table["applications"], strict=True)],
            "Value applied for (US$ billion)": table["value_usd_bn"],
            "Evidence": "reported",
        }
    )
    return Figure(
        id="huawei-licences",
        unit="US$ billion that applicants asked leave to sell, over up to four years",
        title=f"Six months of approvals permitted US${table['value_usd_bn'].iloc[0]:.0f} billion: a ceiling, not sales",
        description=f"Bars of the value of Huawei licence applications decided from November 2020 to April 2021: approved "
        f"{table['value_usd_bn'].iloc[0]:.1f}, returned {table['value_usd_bn'].iloc[1]:.1f}, denied {table['value_usd_bn'].iloc[2]:.2f}.",
        source_ids=(row["source_id"],),
        evidence=("reported",),
        data=data,
        chart=lambda width: bars(
            data,
            width,
            category="Outcome",
            value="Value applied for (US$ billion)",
            evidence="Evidence",
            colour=theme.hatch(theme.ACCENT),
            number_format=",.1f",
        ),
        note="Hatched because a permission is not a sale: values are applicants' estimates, valid for up to four years, and about half of "
        "the licences were used. Six applications considered have no listed outcome.",
    )
