"""The figures of the chapter on the reconciled estimate; each function returns a finished `Figure` from the estimate's tables."""

from __future__ import annotations

import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.dots import dots
from analysis.charts.lines import lines
from analysis.charts.small_multiples import small_multiples
from analysis.charts.waterfall import waterfall
from analysis.sales import exposure

INTERVAL = "Bands and whiskers are central 90% intervals."
OBSERVED = {
    "headquarters": "headquarters figure",
    "both": "both figures",
    "location": "location figure only",
    "nothing": "no figure",
}


POLICY_MARKS = {"P014": "Huawei listed", "P043": "foreign-product rule", "P056": "chip rules"}


def policy_marks(events: pd.DataFrame) -> pd.DataFrame:
    """Dates from the policy file for charts of calendar years, in which a year's point stands for the middle of the year."""
    rows = events[events["event_id"].isin(POLICY_MARKS)]
    year = rows["date"].dt.year + (rows["date"].dt.dayofyear - 0.5) / 365.25 - 0.5
    return pd.DataFrame({"date": year, "label": rows["event_id"].map(POLICY_MARKS)}).reset_index(drop=True)


def total(estimate: dict, first_year: int, last_year: int, policy: pd.DataFrame | None = None) -> Figure:
    """The total by headquarters and by location, with intervals."""
    table = estimate["totals"].query("@first_year <= year <= @last_year and quantity in ('headquarters', 'location')")
    names = {"headquarters": "to Chinese firms", "location": "to addresses in China"}
    data = (
        pd.DataFrame(
            {
                "Year": table["year"],
                "Sales": table["quantity"].map(names),
                "US$ billion": table["value"],
                "Low": table["low"],
                "High": table["high"],
                "Evidence": "estimated",
            }
        )
        .sort_values(["Sales", "Year"], ascending=[False, True])
        .reset_index(drop=True)
    )
    own = data[data["Sales"] == names["headquarters"]]
    first, last = own.iloc[0], own.iloc[-1]
    return Figure(
        id="estimate-total",
        unit="US$ billion a calendar year, all US chip firms",
        title=f"Sales to Chinese firms: about US${last['US$ billion']:.0f} billion in {last['Year']}, between "
        f"{last['Low']:.0f} and {last['High']:.0f}",
        description=f"Two lines with 90% bands, {first['Year']} to {last['Year']}. Sales to Chinese firms go from "
        f"{first['US$ billion']:.0f} to "
        f"{last['US$ billion']:.0f}; sales to addresses in China beside them.",
        source_ids=sources_of(estimate),
        evidence=("estimated",),
        data=data,
        chart=lambda width: lines(
            data,
            width,
            x="Year",
            y="US$ billion",
            series="Sales",
            evidence="Evidence",
            low="Low",
            high="High",
            colours={names["headquarters"]: theme.CONTRAST, names["location"]: theme.NEUTRAL},
            policy=policy,
        ),
        note=f"{INTERVAL} Addresses in China mix billing and shipping as each firm reports. The lines are estimates in every year.",
    )


def quarters(estimate: dict, policy: pd.DataFrame | None = None) -> Figure:
    """Sales to Chinese firms by quarter, to the newest quarter, with the rules' dates."""
    table = estimate["quarters"].query("quantity == 'headquarters'")
    data = pd.DataFrame(
        {
            "Year": [int(q[:4]) + (int(q[-1]) - 0.5) / 4 for q in table["quarter"]],
            "Quarter": table["quarter"].to_numpy(),
            "Sales": "to Chinese firms",
            "US$ billion": table["value"].to_numpy(),
            "Low": table["low"].to_numpy(),
            "High": table["high"].to_numpy(),
            "Covered by printed figures (%)": (100 * table["observed_part"]).round(0).to_numpy(),
            "Evidence": "estimated",
        }
    )
    last = data.iloc[-1]
    # On charts of years a mark lies half a year early, since a year's point stands for its middle; here a tick is its first day.
    policy = None if policy is None else policy.assign(date=policy["date"] + 0.5)
    return Figure(
        id="estimate-quarters",
        unit="US$ billion a quarter, customers headquartered in China or Hong Kong",
        title=f"{last['Quarter']}: about US${last['US$ billion']:.0f} billion, between {last['Low']:.0f} and {last['High']:.0f}",
        description=f"One line with a 90% band by quarter, {data['Quarter'].iloc[0]} to {last['Quarter']}. In the last "
        f"quarter printed figures "
        f"cover {last['Covered by printed figures (%)']:.0f} per cent of the estimated dollars.",
        source_ids=sources_of(estimate),
        evidence=("estimated",),
        data=data,
        chart=lambda width: lines(
            data,
            width,
            x="Year",
            y="US$ billion",
            series="Sales",
            evidence="Evidence",
            low="Low",
            high="High",
            colours={"to Chinese firms": theme.CONTRAST},
            policy=policy,
        ),
        note=f"{INTERVAL} The table says which part of each quarter printed figures cover; the rest is carried by "
        "the firms' own revenue.",
    )


def worth(estimate: dict, year: int, shown: int = 8) -> Figure:
    """Which unpublished figure would narrow the total of a year most."""
    table = estimate["worth"].query("year == @year").head(shown)
    data = pd.DataFrame(
        {
            "If it were published": table["figure"],
            "US$ billion": table["narrowing_usd_bn"],
            "Per cent": table["narrowing_pct"].round(0),
            "Standard deviation left (US$ billion)": table["sd_known_usd_bn"].round(1),
            "Evidence": "derived",
        }
    ).reset_index(drop=True)
    best = data.iloc[0]
    return Figure(
        id="estimate-worth",
        unit=f"US$ billion by which the standard deviation of the {year} total would fall",
        title=f"{best['If it were published'].split(':')[0]}’s figure would narrow {year} by {best['Per cent']:.0f} per cent",
        description=f"Dots: fall of the standard deviation of the {year} total ({table['sd_now_usd_bn'].iloc[0]:.1f} US$ "
        f"billion) if one figure "
        "were known, largest first.",
        source_ids=sources_of(estimate),
        evidence=("derived",),
        data=data,
        chart=lambda width: dots(
            data,
            width,
            category="If it were published",
            value="US$ billion",
            evidence="Evidence",
            zero=True,
            number_format=",.1f",
            axis_format=",.1f",
        ),
        note="Reckoned from the draws of the estimate. One figure at a time: the falls do not add up.",
    )


def classes(estimate: dict, first_year: int, last_year: int) -> Figure:
    """Sales to Chinese firms by product class."""
    table = estimate["classes"].query("@first_year <= year <= @last_year").sort_values(["product_class", "year"])
    size = table.groupby("product_class")["value"].transform("max")
    table = table.assign(size=size).sort_values(["size", "product_class", "year"], ascending=[False, True, True])
    data = pd.DataFrame(
        {
            "Product class": table["product_class"],
            "Year": table["year"],
            "US$ billion": table["value"],
            "Low": table["low"],
            "High": table["high"],
            "Evidence": "estimated",
        }
    ).reset_index(drop=True)
    newest = data[data["Year"] == data["Year"].max()].sort_values("US$ billion", ascending=False)
    return Figure(
        id="estimate-classes",
        unit="US$ billion a calendar year, customers headquartered in China or Hong Kong",
        title=f"In {data['Year'].max()} {newest.iloc[0, 0]} and {newest.iloc[1, 0]} lead",
        description=f"Small multiples by product class with 90% bands. In {data['Year'].max()}: "
        + ", ".join(f"{r['Product class']} {r['US$ billion']:.1f}" for r in newest.to_dict("records"))
        + ".",
        source_ids=sources_of(estimate),
        evidence=("estimated",),
        data=data,
        chart=lambda width: small_multiples(
            data,
            width,
            panel="Product class",
            x="Year",
            y="US$ billion",
            low="Low",
            high="High",
            evidence="Evidence",
            number_format=",.1f",
        ),
        note=INTERVAL,
    )


def firms(estimate: dict, first_year: int, last_year: int, least_usd_bn: float = 2.0) -> Figure:
    """Sales to Chinese firms by firm, the larger ones."""
    table = estimate["firms"].query("quantity == 'headquarters' and @first_year <= year <= @last_year")
    size = table.groupby("firm")["value"].transform("max")
    table = table.assign(size=size)[size >= least_usd_bn].sort_values(["size", "firm", "year"], ascending=[False, True, True])
    data = pd.DataFrame(
        {
            "Firm": table["firm"],
            "Year": table["year"],
            "US$ billion": table["value"],
            "Low": table["low"],
            "High": table["high"],
            "The filings show": table["observed_by"].map(OBSERVED),
            "Evidence": "estimated",
        }
    ).reset_index(drop=True)
    return Figure(
        id="estimate-firms",
        unit="US$ billion a calendar year, customers headquartered in China or Hong Kong",
        title="Narrow where a firm publishes the figure, wide where it never has",
        description=f"Small multiples for {data['Firm'].nunique()} firms with 90% bands. The bands of Micron, Texas "
        f"Instruments and, from "
        "2023, NVIDIA are narrow; those of Intel, Broadcom and AMD span a factor of three or more.",
        source_ids=sources_of(estimate),
        evidence=("estimated",),
        data=data,
        chart=lambda width: small_multiples(
            data, width, panel="Firm", x="Year", y="US$ billion", low="Low", high="High", evidence="Evidence", number_format=",.1f"
        ),
        note=f"{INTERVAL} The table says what each year's filings show. Firms below US$2 billion in every year are in the table of "
        "exposures.",
    )


def waterfall_from(estimate: dict, kind: str, year: int) -> Figure:
    """From a lens ('industry' or 'customs') to the estimate."""
    table = estimate[f"waterfall_{kind}"]
    data = pd.DataFrame(
        {
            "Step": table["step"],
            "US$ billion": table["change_usd_bn"],
            "Low": table["low"],
            "High": table["high"],
            "Total": table["is_total"],
            "Evidence": table["evidence"],
        }
    )
    start, end = table["change_usd_bn"].iloc[0], table["change_usd_bn"].iloc[-1]
    largest = table[~table["is_total"]].loc[lambda t: t["change_usd_bn"].abs().idxmax()]
    return Figure(
        id=f"estimate-from-{kind}",
        unit=f"US$ billion, {year}",
        title=f"From {kind} to the estimate: US${start:.0f} billion becomes {end:.0f}",
        description=f"Waterfall from {table['step'].iloc[0]} ({start:.1f}) to the estimate ({end:.1f}). The largest step is "
        f"{largest['step']} ({largest['change_usd_bn']:+.1f}).",
        source_ids=sources_of(estimate),
        evidence=tuple(dict.fromkeys(table["evidence"])),
        data=data,
        chart=lambda width: waterfall(
            data, width, step="Step", change="US$ billion", total="Total", evidence="Evidence", low="Low", high="High"
        ),
        note="Steps are posterior means, which add up; whiskers are the 90% interval of the step, or of the total.",
    )


def exposure_of(estimate: dict, filings: pd.DataFrame, first_year: int, last_year: int) -> Figure:
    """Estimated share of revenue from Chinese firms; the table holds the reported shares on every basis and the Huawei share."""
    known = estimate["exposure"].rename(columns={"value": "share_pct", "low": "share_low_pct", "high": "share_high_pct"})
    table = exposure.exposure_table(filings, first_year=first_year, last_year=last_year, estimate=known)
    chips = table[table["estimated_share_pct"].notna()].sort_values("estimated_share_pct", ascending=False)
    years = dict(zip(known["firm"], known["year"], strict=True))
    names = [f"{firm}, {years[firm]}" for firm in chips["firm"]]
    seen = dict(zip(known["firm"], known["observed_by"], strict=True))
    drawn = pd.DataFrame(
        {
            "Firm": names,
            "Share": chips["estimated_share_pct"].to_numpy(),
            "Low": chips["estimated_share_low_pct"].to_numpy(),
            "High": chips["estimated_share_high_pct"].to_numpy(),
            "Evidence": "estimated",
        }
    )
    colours = {
        n: theme.CONTRAST if seen[f] in ("headquarters", "both") else theme.NEUTRAL
        for n, f in zip(names, chips["firm"], strict=True)
    }
    data = table.drop(columns="source_id").rename(columns=_heading)
    return Figure(
        id="estimate-exposure",
        unit="per cent of the firm's revenue in its newest year with a known total",
        title=f"{chips['firm'].iloc[0]} depends most on Chinese firms, about {chips['estimated_share_pct'].iloc[0]:.0f} per "
        f"cent of revenue",
        description="Dots with 90% intervals of each chip firm's estimated share of revenue from customers headquartered in China. "
        f"Highest {names[0]} ({drawn['Share'].iloc[0]:.0f}), lowest {names[-1]} ({drawn['Share'].iloc[-1]:.0f}).",
        source_ids=sources_of(estimate),
        evidence=("estimated",),
        data=data,
        chart=lambda width: dots(
            drawn,
            width,
            category="Firm",
            value="Share",
            evidence="Evidence",
            low="Low",
            high="High",
            colours=colours,
            number_format=".0f",
            zero=True,
        ),
        note="Red: the year's filing gives a headquarters figure. Grey: the conversion is estimated. The table adds the "
        "reported shares on "
        "each basis, the highest disclosed Huawei share, grades, and firms outside the estimate; an empty cell means not "
        "published.",
    )


def huawei_estimate(estimate: dict, procurement: pd.DataFrame, gartner: pd.DataFrame) -> Figure:
    """US chips sold to Huawei by year beside the circulating claims and Gartner's total of all suppliers."""
    bought = estimate["huawei"].query("quantity == 'bought'")
    rows = [
        {
            "Figure": f"Estimate, US chips, {r['year']}",
            "US$ billion": r["value"],
            "Low": r["low"],
            "High": r["high"],
            "Evidence": "estimated",
        }
        for r in bought.to_dict("records")
    ]
    rows += [
        {"Figure": f"{r['label']}, {r['period']}", "US$ billion": r["value_usd_bn"], "Evidence": "reported"}
        for r in procurement.to_dict("records")
    ]
    rows += [
        {"Figure": f"Gartner, chips of all suppliers, {r['year']}", "US$ billion": r["spending_usd_bn"], "Evidence": "reported"}
        for r in gartner[gartner["latest"] & gartner["year"].between(2018, 2020)].to_dict("records")
    ]
    data = pd.DataFrame(rows)
    colours = {n: theme.CONTRAST if n.startswith("Estimate") else theme.NEUTRAL for n in data["Figure"]}
    newspaper = procurement.loc[procurement["label"].str.startswith("Newspaper"), "value_usd_bn"].item()
    peak = data.iloc[: len(bought)].loc[lambda t: t["US$ billion"].idxmax()]
    return Figure(
        id="estimate-huawei",
        unit="US$ billion a year",
        title=f"US chips for Huawei peaked at about US${peak['US$ billion']:.0f} billion in {peak['Figure'][-4:]}"
        + (f", less than the newspaper's {newspaper:.0f}" if peak["High"] < newspaper else ""),
        description=f"Dots. Estimates of US chips sold to Huawei for {bought['year'].min()} to {bought['year'].max()} with 90% "
        f"intervals, highest {peak['US$ billion']:.1f} ({peak['Figure'][-4:]}); beside them the three claims and "
        "Gartner's total of all suppliers.",
        source_ids=(*sources_of(estimate), *procurement["source_id"]),
        evidence=("estimated", "reported"),
        data=data,
        chart=lambda width: dots(
            data,
            width,
            category="Figure",
            value="US$ billion",
            evidence="Evidence",
            low="Low",
            high="High",
            colours=colours,
            zero=True,
        ),
        note=f"{INTERVAL} The claims include components and software; Gartner counts suppliers of every nationality.",
    )


def _heading(column: str) -> str:
    words = {
        "hq_share_pct": "Headquarters basis (%)",
        "ship_to_share_pct": "Shipping basis (%)",
        "billing_share_pct": "Billing basis (%)",
        "facility_share_pct": "Site basis (%)",
        "unknown_share_pct": "Basis not stated (%)",
        "huawei_share_pct": "Huawei, highest (%)",
        "huawei_period": "Huawei, period",
        "estimated_share_pct": "Estimated, Chinese firms (%)",
        "estimated_share_low_pct": "Estimated, low (%)",
        "estimated_share_high_pct": "Estimated, high (%)",
    }
    return words.get(column, column.replace("_year", ", year").replace("_", " ").capitalize().replace("Hq", "Headquarters"))


def sources_of(estimate: dict) -> tuple[str, ...]:
    """Sources of the filings in the estimate: the newest of each firm first, firms by size, then the rest."""
    observations = estimate["observations"]
    size = estimate["firms"].query("quantity == 'headquarters'").groupby("firm")["value"].max()
    newest = observations.assign(size=observations["firm"].map(size)).groupby("firm").tail(1).sort_values("size", ascending=False)
    return tuple(dict.fromkeys([*newest["source_id"], *observations["source_id"]]))


def around_rules_table(estimate: dict) -> pd.DataFrame:
    """Each rule: change of named firms' sales less the others', per cent, beside the same on quarters without a rule."""
    table = estimate["around_rules"]
    return pd.DataFrame(
        {
            "Rule": table["label"],
            "Named": table["named"],
            "Change (%)": table["value"].round(0),
            "Low": table["low"].round(0),
            "High": table["high"].round(0),
            "Placebo quarters, 5 to 95%": [
                f"{a:.0f} to {b:.0f}" for a, b in zip(table["placebo_low"], table["placebo_high"], strict=True)
            ],
            "As large on": [f"{k} of {n}" for k, n in zip(table["more_extreme_placebos"], table["placebos"], strict=True)],
            "Months under a printed figure (%)": table["covered_pct"].round(0),
        }
    )
