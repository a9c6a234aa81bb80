"""From draws to the published tables: firms, classes, totals by year and quarter, Huawei, changes, exposure, unknowns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.sales.estimate.draws import Draws, flat, table
from analysis.sales.estimate.equations import Equations
from analysis.sales.estimate.model import Inputs
from analysis.sales.estimate.priors import SPREAD_SHAPE

REST = "US firms without a usable China line"
HUAWEI_FIRST = 2016
# Years that each circulating figure speaks of: the newspaper gives none and stands between the company's figures for 2018 and 2019.
CLAIM_YEARS = {"H003": (2018,), "H008": (2018, 2019), "H006": (2019,)}
JOINT_DRAWS = 1000


def last_covered_year(inputs: Inputs, found: Draws) -> int:
    """The newest calendar year of which printed figures cover at least half, counted in dollars of the estimate, not in firms."""
    part = covered_part(inputs, found, found.to_year)
    return int(inputs.panel.years[part >= 0.5].max())


def covered_part(inputs: Inputs, found: Draws, periods: np.ndarray) -> np.ndarray:
    """Part of the estimated total by headquarters (posterior mean) in firm-months that a printed figure covers, by period."""
    dollars = flat(found.headquarters).mean(axis=0)
    total = flat(found.total_headquarters).mean(axis=0)
    return (periods @ (dollars * inputs.panel.cover()).sum(axis=0)) / (periods @ total)


def newest_quarter(inputs: Inputs) -> int:
    """The place of the last quarter every month of which some firm's printed China figure covers."""
    return int(np.flatnonzero((inputs.panel.cover() >= 1 - 1e-9).any(axis=0)).max())


def firms(inputs: Inputs, found: Draws, years: range) -> pd.DataFrame:
    """Firm × year × quantity (headquarters, location, ratio): value, interval, R-hat, ESS, and what observes the year."""
    panel, rows = inputs.panel, []
    location, headquarters = found.yearly(found.location), found.yearly(found.headquarters)
    for f, firm in enumerate(panel.firms):
        labels = {
            "firm": firm,
            "product_class": panel.class_of(firm),
            "basis": panel.basis_of[firm],
            "hq_kind": panel.hq_kind_of[firm],
        }
        for year in years:
            t = int(np.searchsorted(panel.years, year))
            h, l = headquarters[..., f, t], location[..., f, t]
            seen = observed_by(inputs, firm, year)
            for quantity, values in (("headquarters", h), ("location", l), ("ratio", h / l)):
                rows.append((labels | {"year": year, "quantity": quantity, "observed_by": seen}, values))
    return table(rows)


def observed_by(inputs: Inputs, firm: str, year: int) -> str:
    """What the filings say of a firm-year: 'headquarters', 'location', 'both' or 'nothing' (figures that touch a quarter of it)."""
    panel = inputs.panel
    inside = panel.to_year[int(np.searchsorted(panel.years, year))]
    of_year = (panel.weights * inside).sum(axis=1) / (panel.revenue.by_quarter()[panel.firm_index] * inside).sum(axis=1)
    kinds = set(panel.table.loc[(panel.table["firm"] == firm).to_numpy() & (of_year >= 0.2), "kind"])
    location, headquarters = bool({"location", "location with Taiwan"} & kinds), "hq" in kinds
    return {(True, True): "both", (True, False): "location", (False, True): "headquarters", (False, False): "nothing"}[
        location, headquarters
    ]


def classes(inputs: Inputs, found: Draws, years: range) -> pd.DataFrame:
    """Product class × year: headquarters revenue of the panel's firms, and the rest of the industry, USD bn."""
    panel, rows = inputs.panel, []
    for name, values in class_draws(inputs, found).items():
        yearly = found.yearly(values)
        rows += [({"product_class": name, "year": year}, yearly[..., int(np.searchsorted(panel.years, year))]) for year in years]
    return table(rows)


def class_draws(inputs: Inputs, found: Draws) -> dict[str, np.ndarray]:
    """Draws by product class and quarter (assigned by firm), and the firms outside the panel."""
    panel = inputs.panel
    own = {name: [i for i, f in enumerate(panel.firms) if panel.class_of(f) == name] for name in panel.classes}
    return {name: found.headquarters[..., places, :].sum(axis=-2) for name, places in own.items()} | {REST: found.rest_headquarters}


def totals(inputs: Inputs, found: Draws, years: range) -> pd.DataFrame:
    """Year × quantity: total by headquarters and location on the filings basis and in chips alone, looked through
    distributors, ratio,
    share of US firms' world sales (chips over chips)."""
    rows = []
    yearly = {
        name: found.yearly(getattr(found, name))
        for name in (
            "total_headquarters",
            "total_location",
            "total_chips",
            "location_chips",
            "total_look_through",
            "rest_headquarters",
        )
    }
    panel_only = found.yearly(found.headquarters.sum(axis=-2))
    for year in years:
        t = int(np.searchsorted(inputs.panel.years, year))
        h, l = yearly["total_headquarters"][..., t], yearly["total_location"][..., t]
        quantities = {
            "headquarters": h,
            "location": l,
            "ratio": h / l,
            "chips": yearly["total_chips"][..., t],
            "location_chips": yearly["location_chips"][..., t],
            "look_through": yearly["total_look_through"][..., t],
            "panel_headquarters": panel_only[..., t],
            "rest_headquarters": yearly["rest_headquarters"][..., t],
        }
        sales = inputs.context.us_sales_usd_m.get(year, np.nan)
        if np.isfinite(sales):
            quantities["share_of_us_sales_pct"] = 100 * yearly["total_chips"][..., t] * 1000 / sales
        rows += [({"year": year, "quantity": name}, values) for name, values in quantities.items()]
    return table(rows)


def quarters(inputs: Inputs, found: Draws) -> pd.DataFrame:
    """Quarter × quantity (headquarters, chips, location, Huawei): value, interval, and the part that printed figures cover, to the
    newest quarter."""
    panel, last = inputs.panel, newest_quarter(inputs)
    part = covered_part(inputs, found, np.eye(len(panel.quarters)))
    rows = []
    for q in range(panel.quarters.index(f"{panel.years[1]}Q1"), last + 1):
        for name, values in (
            ("headquarters", found.total_headquarters),
            ("chips", found.total_chips),
            ("location", found.total_location),
            ("huawei", found.huawei),
        ):
            rows.append(({"quarter": panel.quarters[q], "quantity": name, "observed_part": float(part[q])}, values[..., q]))
    return table(rows)


def nowcast(inputs: Inputs, found: Draws) -> pd.DataFrame:
    """The years that are not covered yet, whole and to the newest quarter, with the part that printed figures cover."""
    panel, last = inputs.panel, newest_quarter(inputs)
    year = int(panel.quarters[last][:4])
    t = int(np.searchsorted(panel.years, year))
    whole = panel.to_year[t]
    so_far = whole * (np.arange(len(whole)) <= last)
    rows = []
    for name, periods in (("whole year", whole), (f"to {panel.quarters[last]}", so_far)):
        part = float(covered_part(inputs, found, periods[None, :])[0])
        rows.append(({"year": year, "period": name, "observed_part": part}, found.total_headquarters @ periods))
    return table(rows)


def changes(inputs: Inputs, found: Draws, years: range) -> pd.DataFrame:
    """Changes of the total between chosen years, with the probability that it fell."""
    rows, total = [], found.yearly(found.total_headquarters)
    for before, after in _pairs(years):
        a, b = (total[..., int(np.searchsorted(inputs.panel.years, y))] for y in (before, after))
        change = 100 * (b / a - 1)
        rows.append(({"from_year": before, "to_year": after, "probability_of_fall": float((change < 0).mean())}, change))
    return table(rows)


def _pairs(years: range) -> list[tuple[int, int]]:
    steps = [(y, y + 1) for y in years if y + 1 in years]
    return steps + [
        pair for pair in ((2018, 2022), (2019, 2022), (2021, 2023), (2022, 2025), (2018, 2025)) if set(pair) <= set(years)
    ]


def huawei(inputs: Inputs, found: Draws, years: range) -> pd.DataFrame:
    """Year × quantity: US chips sold to Huawei (USD bn), their share of the total and, to 2022, of Gartner's spending."""
    rows = []
    bought, total = found.yearly(found.huawei), found.yearly(found.total_headquarters)
    spending = inputs.huawei.spending.groupby("year")["log_usd_m"].mean()
    for year in range(HUAWEI_FIRST, years[-1] + 1):
        t = int(np.searchsorted(inputs.panel.years, year))
        rows.append(({"year": year, "quantity": "bought"}, bought[..., t]))
        rows.append(({"year": year, "quantity": "share_of_total_pct"}, 100 * bought[..., t] / total[..., t]))
        if year in spending.index:
            share = 100 * bought[..., t] / (np.exp(spending[year]) / 1000)
            rows.append(({"year": year, "quantity": "share_of_spending_pct"}, share))
    return table(rows)


def claims(inputs: Inputs, found: Draws, facts: pd.DataFrame) -> pd.DataFrame:
    """Each circulating claim beside the estimate, which has not seen it: claimed, chips, chips as part of it, chance of
    reaching it."""
    from analysis.sales.huawei import fact

    rows, bought = [], found.yearly(found.huawei)
    for fact_id, years in CLAIM_YEARS.items():
        chips = np.mean([bought[..., int(np.searchsorted(inputs.panel.years, y))] for y in years], axis=0)
        claimed = float(fact(facts, fact_id)["value"])
        labels = {"fact_id": fact_id, "claimed_usd_bn": claimed, "chance_of_claim": float((chips >= claimed).mean())}
        rows.append((labels | {"quantity": "chips_usd_bn"}, chips))
        rows.append((labels | {"quantity": "part_pct"}, 100 * chips / claimed))
    return table(rows)


def exposure(inputs: Inputs, found: Draws, years: range) -> pd.DataFrame:
    """Each firm's newest year with a known total revenue: share of it from Chinese firms, per cent."""
    rows, panel = [], inputs.panel
    headquarters = found.yearly(found.headquarters)
    known = (panel.revenue.known_by_quarter() @ panel.to_year.T) >= 4
    revenue = panel.revenue.by_quarter() @ panel.to_year.T / 1000
    for f, firm in enumerate(panel.firms):
        newest = [y for y in years if known[f, int(np.searchsorted(panel.years, y))]]
        if newest:
            t = int(np.searchsorted(panel.years, newest[-1]))
            labels = {"firm": firm, "year": newest[-1], "observed_by": observed_by(inputs, firm, newest[-1])}
            rows.append((labels, 100 * headquarters[..., f, t] / revenue[f, t]))
    return table(rows)


def unknowns(inputs: Inputs, found: Draws) -> pd.DataFrame:
    """The judged quantities and spreads: prior mean and sd beside the posterior (log or logit scale)."""
    names, rows = Equations(inputs).names, []
    for name, (mean, sd) in inputs.priors.quantities.items():
        values = names.affine(1, **{name: 1.0}).of(found.z)[..., 0]
        rows.append(({"unknown": name, "prior_mean": mean, "prior_sd": sd, "posterior_sd": float(values.std())}, values))
    for i, (name, mean) in enumerate(inputs.priors.spreads.items()):
        values = found.spread[..., i]
        prior_sd = mean / SPREAD_SHAPE**0.5
        rows.append(({"unknown": name, "prior_mean": mean, "prior_sd": prior_sd, "posterior_sd": float(values.std())}, values))
    return table(rows)


def joint(inputs: Inputs, found: Draws) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same posterior draws for whatever is reckoned from the estimate: by year (draw, year, quantity, value in USD bn), by
    quarter.

    Quantities: huawei, headquarters, and class:<product class>.
    """
    last = newest_quarter(inputs)
    quantities = {"huawei": found.huawei, "headquarters": found.total_headquarters} | {
        f"class:{name}": values for name, values in class_draws(inputs, found).items()
    }
    years, labels = inputs.panel.years, inputs.panel.quarters
    by_year, by_quarter = [], []
    for name, values in quantities.items():
        every = flat(values)
        chosen = every[np.linspace(0, len(every) - 1, min(JOINT_DRAWS, len(every))).astype(int)]
        by_year.append(_long(chosen @ found.to_year.T, "year", years, name, years >= years[0] + 1))
        by_quarter.append(
            _long(chosen, "quarter", np.array(labels), name, (np.arange(len(labels)) >= 4) & (np.arange(len(labels)) <= last))
        )
    return pd.concat(by_year, ignore_index=True), pd.concat(by_quarter, ignore_index=True)


def _long(values: np.ndarray, column: str, labels: np.ndarray, quantity: str, keep: np.ndarray) -> pd.DataFrame:
    chosen = values[:, keep]
    return pd.DataFrame(
        {
            "draw": np.repeat(np.arange(len(chosen)), chosen.shape[1]),
            column: np.tile(labels[keep], len(chosen)),
            "quantity": quantity,
            "value": chosen.ravel().astype(np.float32),
        }
    )
