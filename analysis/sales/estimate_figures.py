"""The figures of the chapter on the reconciled estimate, from its tables; their words stand in `book/figures/estimate.yml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.dots import dots
from analysis.charts.lines import lines
from analysis.charts.small_multiples import small_multiples
from analysis.charts.waterfall import waterfall
from analysis.registry.figure_words import figure_words
from analysis.sales import exposure
from analysis.sales.filings import BASIS_LABELS

OBSERVED = {
    "headquarters": "headquarters figure",
    "both": "both figures",
    "location": "location figure only",
    "nothing": "no figure",
}
SALES = {"headquarters": "to Chinese firms", "location": "to addresses in China"}
BAND = {"evidence": "Evidence", "low": "Low", "high": "High"}   # columns of every chart with intervals
HUAWEI_ESTIMATE = "Estimate, US chips"
GARTNER_YEAR = 2019   # one year only: each release restates the year before, so that years of two releases show no course
POLICY_MARKS = {"P014": "Huawei listed", "P043": "foreign-product rule", "P056": "chip rules"}


def figure_of(
    chapter: str, pattern: str, estimate: Mapping, data: pd.DataFrame, chart: Callable, *, more_sources: Sequence[str] = (),
    clauses: Sequence[str] = (), **given: object,
) -> Figure:
    """A figure of the estimate: `data` as drawn, classes from its column, words of `pattern` with braces filled from `given`."""
    return Figure(**figure_words(chapter, pattern, clauses, **given), source_ids=(*sources_of(estimate), *more_sources),
                  evidence=tuple(dict.fromkeys(data["Evidence"])) if "Evidence" in data else ("estimated",), data=data, chart=chart)


def policy_marks(events: pd.DataFrame) -> pd.DataFrame:
    """Dates from the policy file for charts of calendar years, in which a year's point stands for the middle of the year."""
    rows = events[events["event_id"].isin(POLICY_MARKS)]
    year = rows["date"].dt.year + (rows["date"].dt.dayofyear - 0.5) / 365.25 - 0.5
    return pd.DataFrame({"date": year, "label": rows["event_id"].map(POLICY_MARKS)}).reset_index(drop=True)


def total(estimate: dict, first_year: int, last_year: int, policy: pd.DataFrame | None = None) -> Figure:
    """The total by headquarters and by location, with intervals."""
    table = estimate["totals"].query("@first_year <= year <= @last_year and quantity in @SALES")
    data = _drawn({"Year": table["year"], "Sales": table["quantity"].map(SALES)}, table)
    data = data.sort_values(["Sales", "Year"], ascending=[False, True]).reset_index(drop=True)
    own = data[data["Sales"] == SALES["headquarters"]]
    first, last = own.iloc[0], own.iloc[-1]
    return figure_of(
        "estimate", "estimate-total", estimate, data,
        lambda width: lines(data, width, x="Year", y="US$ billion", series="Sales", **BAND, policy=policy,
                            colours={SALES["headquarters"]: theme.CONTRAST, SALES["location"]: theme.NEUTRAL}),
        first=first["US$ billion"], first_year=first["Year"], last=last["US$ billion"], last_year=last["Year"],
        low=last["Low"], high=last["High"],
    )


def quarters(estimate: dict, policy: pd.DataFrame | None = None) -> Figure:
    """Sales to Chinese firms by quarter, to the newest quarter, with the rules' dates."""
    table = estimate["quarters"].query("quantity == 'headquarters'").reset_index(drop=True)
    middle = [int(quarter[:4]) + (int(quarter[-1]) - 0.5) / 4 for quarter in table["quarter"]]
    data = _drawn({"Year": middle, "Quarter": table["quarter"], "Sales": SALES["headquarters"]}, table)
    data.insert(6, "Covered by printed figures (%)", (100 * table["observed_part"]).round(0))
    last = data.iloc[-1]
    # On charts of years a mark lies half a year early, since a year's point stands for its middle; here a tick is its first day.
    policy = None if policy is None else policy.assign(date=policy["date"] + 0.5)
    return figure_of(
        "estimate", "estimate-quarters", estimate, data,
        lambda width: lines(data, width, x="Year", y="US$ billion", series="Sales", **BAND, policy=policy,
                            colours={SALES["headquarters"]: theme.CONTRAST}),
        quarter=last["Quarter"], first_quarter=data["Quarter"].iloc[0], last=last["US$ billion"], low=last["Low"],
        high=last["High"], covered=last["Covered by printed figures (%)"],
    )


def worth(estimate: dict, year: int, shown: int = 8) -> Figure:
    """Which unpublished figure would narrow the total of a year most."""
    table = estimate["worth"].query("year == @year").head(shown)
    data = pd.DataFrame({
        "If it were published": table["figure"],
        "US$ billion": table["narrowing_usd_bn"],
        "Per cent": table["narrowing_pct"].round(0),
        "Standard deviation left (US$ billion)": table["sd_known_usd_bn"].round(1),
        "Evidence": "derived",
    }).reset_index(drop=True)
    best = data.iloc[0]
    return figure_of(
        "estimate", "estimate-worth", estimate, data,
        lambda width: dots(data, width, category="If it were published", value="US$ billion", evidence="Evidence", zero=True,
                           number_format=",.1f", axis_format=",.1f"),
        firm=best["If it were published"].split(":")[0], year=year, narrowing=best["Per cent"], sd=table["sd_now_usd_bn"].iloc[0],
    )


def classes(estimate: dict, first_year: int, last_year: int) -> Figure:
    """Sales to Chinese firms by product class, the largest first."""
    table = _largest_first(estimate["classes"].query("@first_year <= year <= @last_year"), "product_class")
    data = _drawn({"Product class": table["product_class"], "Year": table["year"]}, table)
    newest = data[data["Year"] == data["Year"].max()].sort_values("US$ billion", ascending=False)
    wide = newest.iloc[2:].loc[lambda rows: rows["High"] > newest.iloc[1]["Low"], "Product class"]
    return figure_of(
        "estimate", "estimate-classes", estimate, data,
        lambda width: small_multiples(data, width, panel="Product class", x="Year", y="US$ billion", **BAND, number_format=",.1f",
                                      own_scales=True),
        clauses=["open"] if len(wide) else [], wide=" and ".join(wide), year=data["Year"].max(),
        first=newest.iloc[0, 0], second=newest.iloc[1, 0],
        by_class=", ".join(f"{row['Product class']} {row['US$ billion']:.1f}" for row in newest.to_dict("records")),
    )


def firms(estimate: dict, first_year: int, last_year: int, least_usd_bn: float = 2.0) -> Figure:
    """Sales to Chinese firms by firm, those with `least_usd_bn` in some year, the largest first."""
    table = estimate["firms"].query("quantity == 'headquarters' and @first_year <= year <= @last_year")
    table = _largest_first(table, "firm").query("size_usd_bn >= @least_usd_bn")
    data = _drawn({"Firm": table["firm"], "Year": table["year"]}, table)
    data.insert(5, "The filings show", table["observed_by"].map(OBSERVED).to_numpy())
    return figure_of(
        "estimate", "estimate-firms", estimate, data,
        lambda width: small_multiples(data, width, panel="Firm", x="Year", y="US$ billion", **BAND, number_format=",.1f",
                                      own_scales=True),
        firms=data["Firm"].nunique(),
    )


def waterfall_from(estimate: dict, kind: str, year: int) -> Figure:
    """From a lens ('industry' or 'customs') to the estimate."""
    table = estimate[f"waterfall_{kind}"]
    data = pd.DataFrame({
        "Step": table["step"], "US$ billion": table["change_usd_bn"], "Low": table["low"], "High": table["high"],
        "Total": table["is_total"], "Evidence": table["evidence"],
    })
    largest = table[~table["is_total"]].loc[lambda t: t["change_usd_bn"].abs().idxmax()]
    return figure_of(
        "estimate", "estimate-from-{kind}", estimate, data,
        lambda width: waterfall(data, width, step="Step", change="US$ billion", total="Total", **BAND),
        kind=kind, year=year, first=table["step"].iloc[0], start=table["change_usd_bn"].iloc[0],
        end=table["change_usd_bn"].iloc[-1], largest=largest["step"], change=largest["change_usd_bn"],
    )


def exposure_of(estimate: dict, filings: pd.DataFrame, first_year: int, last_year: int) -> Figure:
    """Estimated share of revenue from Chinese firms; the table holds the newest reported share on each basis, a row each, and the
    Huawei share."""
    known = estimate["exposure"].rename(columns={"value": "share_pct", "low": "share_low_pct", "high": "share_high_pct"})
    table = exposure.exposure_table(filings, first_year=first_year, last_year=last_year, estimate=known)
    chips = table[table["estimated_share_pct"].notna()].sort_values("estimated_share_pct", ascending=False)
    years = dict(zip(known["firm"], known["year"], strict=True))
    names = [f"{firm}, {years[firm]}" for firm in chips["firm"]]
    seen = dict(zip(known["firm"], known["observed_by"], strict=True))
    drawn = pd.DataFrame({
        "Firm": names,
        "Share": chips["estimated_share_pct"].to_numpy(),
        "Low": chips["estimated_share_low_pct"].to_numpy(),
        "High": chips["estimated_share_high_pct"].to_numpy(),
        "Evidence": "estimated",
    })
    colours = {name: theme.CONTRAST if seen[firm] in ("headquarters", "both") else theme.NEUTRAL
               for name, firm in zip(names, chips["firm"], strict=True)}
    return figure_of(
        "estimate", "estimate-exposure", estimate, _beside_reported(table, filings, first_year, last_year),
        lambda width: dots(drawn, width, category="Firm", value="Share", **BAND, colours=colours, number_format=".0f", zero=True),
        firm=chips["firm"].iloc[0], highest=names[0], lowest=names[-1], most=drawn["Share"].iloc[0],
        least=drawn["Share"].iloc[-1],
    )


def huawei_estimate(estimate: dict, procurement: pd.DataFrame, gartner: pd.DataFrame) -> Figure:
    """US chips sold to Huawei by year beside the circulating claims and Gartner's total of all suppliers in one year."""
    bought = estimate["huawei"].query("quantity == 'bought'")
    others = gartner[gartner["latest"] & (gartner["year"] == GARTNER_YEAR)]
    claims = pd.DataFrame({
        "Figure": procurement["label"], "Year": procurement["period"].str[-4:].astype(int), "Stated for": procurement["period"],
        "US$ billion": procurement["value_usd_bn"], "Evidence": "reported"})
    data = pd.concat([
        _drawn({"Figure": HUAWEI_ESTIMATE, "Year": bought["year"]}, bought),
        claims,
        pd.DataFrame({"Figure": "Gartner, chips of all suppliers", "Year": others["year"], "US$ billion": others["spending_usd_bn"],
                      "Evidence": "reported"}),
    ], ignore_index=True)
    data.insert(2, "Stated for", data.pop("Stated for").fillna(data["Year"].astype(str)))
    series, marks = data[data["Figure"] == HUAWEI_ESTIMATE], data[data["Figure"] != HUAWEI_ESTIMATE]
    marks = marks.assign(label=[f"{figure.split(',')[0]}, {period}: {value:.3g}" for figure, period, value in zip(
        marks["Figure"], marks["Stated for"], marks["US$ billion"], strict=True)])
    newspaper = procurement.set_index("name").loc["newspaper", "value_usd_bn"]
    peak = bought.loc[bought["value"].idxmax()]
    return figure_of(
        "estimate", "estimate-huawei", estimate, data,
        lambda width: lines(series, width, x="Year", y="US$ billion", series="Figure", **BAND, marks=marks,
                            colours={HUAWEI_ESTIMATE: theme.CONTRAST}),
        gartner_year=GARTNER_YEAR,
        more_sources=[*procurement["source_id"], *others["source_id"]],
        clauses=["less"] if peak["high"] < newspaper else [], newspaper=newspaper,
        peak=peak["value"], peak_year=peak["year"], first_year=bought["year"].min(), last_year=bought["year"].max(),
    )


def _drawn(first: Mapping[str, object], table: pd.DataFrame) -> pd.DataFrame:
    """Columns `first`, then value and interval of the estimate's rows as every chart here calls them."""
    return pd.DataFrame({
        **{name: getattr(column, "to_numpy", lambda column=column: column)() for name, column in first.items()},
        "US$ billion": table["value"].to_numpy(), "Low": table["low"].to_numpy(), "High": table["high"].to_numpy(),
        "Evidence": "estimated",
    })


def _largest_first(table: pd.DataFrame, group: str) -> pd.DataFrame:
    """Rows by the largest value their group ever has (`size_usd_bn`), then by group and year."""
    table = table.assign(size_usd_bn=table.groupby(group)["value"].transform("max"))
    return table.sort_values(["size_usd_bn", group, "year"], ascending=[False, True, True])


def _beside_reported(table: pd.DataFrame, filings: pd.DataFrame, first_year: int, last_year: int) -> pd.DataFrame:
    """The estimated shares of `exposure_table` beside what each firm reports, one row a firm and basis: bases stand apart."""
    shares = exposure.latest_shares(filings, first_year=first_year, last_year=last_year)
    rows = table.drop(columns="grade").merge(shares[["firm", "basis", "fiscal_year", "share_pct", "grade"]], on="firm", how="left")
    return pd.DataFrame({
        "Firm": rows["firm"],
        "Estimated (%)": rows["estimated_share_pct"],
        "Low (%)": rows["estimated_share_low_pct"],
        "High (%)": rows["estimated_share_high_pct"],
        "Reported (%)": rows["share_pct"],
        "Counted by": rows["basis"].map(BASIS_LABELS),
        "Year": rows["fiscal_year"],
        "Grade": rows["grade"],
        "Huawei, highest (%)": rows["huawei_share_pct"],
        "Huawei, period": rows["huawei_period"],
    })


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
