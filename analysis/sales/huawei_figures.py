"""The figures of the chapter on Huawei; each function returns a finished `Figure` from loaded tables."""

from __future__ import annotations

import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.bars import bars
from analysis.charts.dumbbell import dumbbell
from analysis.data.named import named
from analysis.data.vocabulary import CLASS_OF_EVIDENCE
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
        f"{data['US$ billion'].median():.0f} and {data['US$ billion'].max():.1f} billion, each with its own definition. None "
        f"counts chips "
        "only.",
        source_ids=tuple(table["source_id"]),
        evidence=("reported",),
        data=data,
        chart=lambda width: bars(
            data, width, category="Figure", value="US$ billion", evidence="Evidence", colour=theme.CONTRAST, number_format=",.1f"
        ),
        note="The definitions differ, so the bars show no growth. The newspaper says 'more than'. None of the three is audited "
        "and none "
        "counts chips only.",
    )


def gartner_pairs(series: pd.DataFrame, first_year: int, last_year: int) -> Figure:
    """Huawei's chip spending in two neighbouring years, one row a release, so that only like is set against like."""
    shown = series[series["year"].between(first_year, last_year)]
    changes = huawei.changes_within_vintage(shown)
    spending = shown.set_index(["vintage", "year"])["spending_usd_bn"]
    data = pd.DataFrame(
        {
            "Release and years": [
                f"Release of {v[1:]}: {a} and {b}"
                for v, a, b in zip(changes["vintage"], changes["from_year"], changes["to_year"], strict=True)
            ],
            "Earlier year (US$ billion)": [spending[v, a] for v, a in zip(changes["vintage"], changes["from_year"], strict=True)],
            "Later year (US$ billion)": [spending[v, b] for v, b in zip(changes["vintage"], changes["to_year"], strict=True)],
            "Change (%)": changes["change_pct"].round(1),
            "Evidence": "reported",
        }
    )
    falls = changes[changes["change_pct"] < 0]
    return Figure(
        id="huawei-gartner",
        unit="US$ billion a year, chips of all suppliers",
        title=f"Release by release, Huawei's chip spending rose {len(changes) - len(falls)} times and fell {len(falls)} times",
        description=f"Dumbbells, one a release, of Huawei's chip spending in two neighbouring years. "
        f"{len(changes) - len(falls)} releases "
        f"show a rise, {len(falls)} a fall; the changes run from {changes['change_pct'].min():.0f} to "
        f"{changes['change_pct'].max():.0f} per cent. The same year has different values in different releases.",
        source_ids=tuple(dict.fromkeys(shown["source_id"])),
        evidence=("reported",),
        data=data,
        chart=lambda width: dumbbell(
            data,
            width,
            category="Release and years",
            first="Earlier year (US$ billion)",
            second="Later year (US$ billion)",
            first_evidence="Evidence",
            second_evidence="Evidence",
            first_name="earlier year",
            second_name="later year",
            first_colour=theme.NEUTRAL,
        ),
        note="Compare along a row, never between rows: each release restates the year before. No release gives both 2018 and "
        "2019 in dollars.",
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
        description="Dumbbells of the first and the newest figure for each year printed twice. The largest revision is that of "
        "2020.",
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
    """The largest disclosed Huawei share of each supplier, with the grade of its evidence."""
    table = huawei.supplier_disclosures(filings)
    table = table[table["share_pct"].notna() & table["scope"].isin(("chips", "optical components"))].drop_duplicates("firm")
    table = pd.concat([table[table["scope"] == "chips"], table[table["scope"] != "chips"]])   # the title speaks of chips
    names = [f"{f}, {p} ({g})" for f, p, g in zip(table["firm"], table["period"], table["grade"], strict=True)]
    data = pd.DataFrame(
        {
            "Supplier, period (grade)": names,
            "Huawei's share of revenue (%)": table["share_pct"].to_numpy(),
            "Scope": table["scope"].to_numpy(),
            "Evidence": table["evidence"].map(CLASS_OF_EVIDENCE).to_numpy(),
        }
    )
    beside = {n: theme.NEUTRAL for n, s in zip(names, table["scope"], strict=True) if s != "chips"}
    chips = data[data["Scope"] == "chips"]
    return Figure(
        id="huawei-suppliers",
        unit="per cent of the supplier's revenue",
        title=f"Chip suppliers put Huawei at {chips.iloc[-1, 1]:.0f} to {chips.iloc[0, 1]:.0f} per cent of revenue",
        description=f"Bars of the highest share of revenue that each US supplier, or the press for it, attributed to Huawei. "
        f"Chip suppliers "
        f"from {chips.iloc[-1, 1]:.0f} ({chips.iloc[-1, 0]}) to {chips.iloc[0, 1]:.0f} per cent ({chips.iloc[0, 0]}); "
        f"{len(beside)} suppliers "
        "of optical components are grey.",
        source_ids=tuple(dict.fromkeys(table["source_id"])),
        evidence=tuple(dict.fromkeys(data["Evidence"])),
        data=data,
        chart=lambda width: bars(
            data,
            width,
            category="Supplier, period (grade)",
            value="Huawei's share of revenue (%)",
            evidence="Evidence",
            colours=beside,
        ),
        note="The highest disclosed period of each supplier, so periods differ; what the market knew in May 2019 stands with the "
        "share prices. Grade A: filing; B: press or transcript. Grey, below: optical "
        "components, not chips. A supplier that is not here has disclosed no share; that is not a zero.",
    )


def disclosed_against_newspaper(filings: pd.DataFrame, facts: pd.DataFrame) -> Figure:
    """What the disclosures of chip suppliers come to in dollars, beside the newspaper's figure."""
    table = huawei.disclosed_dollars(filings)
    claim = named(facts, "newspaper")
    total, newspaper = f"Sum of the {len(table)}", "Newspaper, late 2019, 'more than'"
    data = pd.DataFrame(
        {
            "Supplier": [*(f"{f}, {h}" for f, h in zip(table["firm"], table["how"], strict=True)), total, newspaper],
            "US$ billion a year": [*table["usd_bn"], table["usd_bn"].sum(), claim["value"]],
            "Evidence": [*("reported" if h == "as stated" else "derived" for h in table["how"]), "derived", "reported"],
        }
    )
    return Figure(
        id="huawei-disclosed",
        unit="US$ billion a year, fiscal 2018 or 2019",
        title=f"Disclosed chip sales to Huawei come to US${table['usd_bn'].sum():.1f} billion, "
        f"{100 * table['usd_bn'].sum() / claim['value']:.0f} per cent of the newspaper's figure",
        description=f"Bars of yearly chip revenue from Huawei by supplier, largest {table['firm'].iloc[0]} "
        f"({table['usd_bn'].iloc[0]:.1f}), their sum {table['usd_bn'].sum():.1f}, and the newspaper's {claim['value']:.0f} "
        f"billion.",
        source_ids=tuple(dict.fromkeys([*table["sources"].explode(), claim["source_id"]])),
        evidence=("reported", "derived"),
        data=data,
        chart=lambda width: bars(
            data,
            width,
            category="Supplier",
            value="US$ billion a year",
            evidence="Evidence",
            colours={total: theme.NEUTRAL, newspaper: theme.CONTRAST},
            number_format=",.1f",
        ),
        note="A rough count that errs on the high side for these firms: shares from before the listing are applied to whole "
        "fiscal years. "
        "Analog Devices' share is a third party's estimate. Qualcomm, Intel and others have disclosed nothing for these years "
        "and are missing, not zero. The sum adds fiscal years that end in different months, so it is an order of size, not the "
        "sales of one year.",
    )


def teardowns(facts: pd.DataFrame) -> Figure:
    """US-made and Chinese-made shares of the parts' cost of single phones."""
    table = huawei.teardowns(facts)
    data = pd.DataFrame(
        {
            "Phone": table["phone"],
            "US-made (% of parts' cost)": table["us_pct"],
            "Chinese-made (% of parts' cost)": table["china_pct"],
            "Evidence": "reported",
        }
    )
    most = table.loc[table["us_pct"].idxmax()]
    return Figure(
        id="huawei-teardowns",
        unit="per cent of the parts' cost, as estimated by the dismantlers",
        title=f"In the phones taken apart, US-made parts were at most {most['us_pct']:.0f} per cent of the cost",
        description=f"Dumbbells of the US-made and Chinese-made share of the cost of parts in {len(table)} phones. US-made "
        f"shares, known for "
        f"{table['us_pct'].notna().sum()} phones, run from {table['us_pct'].min():.0f} to {most['us_pct']:.0f} per cent; "
        f"Chinese-made "
        f"from {table['china_pct'].min():.0f} to {table['china_pct'].max():.0f}.",
        source_ids=tuple(dict.fromkeys(s for sources in table["sources"] for s in sources)),
        evidence=("reported",),
        data=data,
        chart=lambda width: dumbbell(
            data,
            width,
            category="Phone",
            first="US-made (% of parts' cost)",
            second="Chinese-made (% of parts' cost)",
            first_evidence="Evidence",
            second_evidence="Evidence",
            first_name="US-made",
            second_name="Chinese-made",
            number_format=",.0f",
        ),
        note="Single phones, mostly as reposts quote them (grade C); two variants of the Mate 30 contradict each other, and "
        "the display "
        "alone moves the Chinese share. Nothing here covers network gear, servers or notebooks.",
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
        f"{table['value_usd_bn'].iloc[0]:.1f}, returned {table['value_usd_bn'].iloc[1]:.1f}, denied "
        f"{table['value_usd_bn'].iloc[2]:.2f}.",
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
        note="Hatched because a permission is not a sale: values are applicants' estimates, valid for up to four years, and "
        "about half of "
        "the licences were used. Six applications considered have no listed outcome.",
    )
