"""From draws to the published tables: firms, classes, totals, Huawei, changes, exposure, and the model's own quantities."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.sales.estimate import design, draws, model
from analysis.sales.estimate.draws import Draws, table
from analysis.sales.estimate.model import Inputs

HUAWEI_PUBLISHED = range(2017, 2023)
REST = "US firms without a usable China line"


def firms(inputs: Inputs, found: Draws, years: range) -> pd.DataFrame:
    """Firm × year × quantity (headquarters, location, ratio): value, interval, R-hat, ESS, and what observes the year."""
    panel, rows = inputs.panel, []
    for f, firm in enumerate(panel.firms):
        labels = {"firm": firm, "product_class": panel.class_of(firm), "basis": panel.basis_of[firm]}
        for year in years:
            t = int(np.searchsorted(panel.years, year))
            seen = observed_by(inputs, firm, year)
            h, l = found.headquarters[..., f, t], found.location[..., f, t]
            for quantity, values in (("headquarters", h), ("location", l), ("ratio", h / l)):
                rows.append((labels | {"year": year, "quantity": quantity, "observed_by": seen}, values))
    return table(rows)


def observed_by(inputs: Inputs, firm: str, year: int) -> str:
    """What the filings say of a firm-year: 'headquarters', 'location', 'both' or 'nothing' (at least half of the year)."""
    panel = inputs.panel
    t = int(np.searchsorted(panel.years, year))
    own = (panel.table["firm"] == firm).to_numpy() & (panel.weights[:, t] >= 0.25)
    kinds = set(panel.table.loc[own, "kind"])
    location = bool({"location", "location with Taiwan"} & kinds)
    headquarters = bool({"hq", "ratio"} & kinds)
    return {(True, True): "both", (True, False): "location", (False, True): "headquarters", (False, False): "nothing"}[
        location, headquarters
    ]


def classes(inputs: Inputs, found: Draws, years: range) -> pd.DataFrame:
    """Product class × year: headquarters revenue of the panel's firms, and the rest of the industry, USD bn."""
    panel, rows = inputs.panel, []
    for name in panel.classes:
        own = [i for i, f in enumerate(panel.firms) if panel.class_of(f) == name]
        for year in years:
            t = int(np.searchsorted(panel.years, year))
            rows.append(({"product_class": name, "year": year}, found.headquarters[..., own, t].sum(axis=-1)))
    for year in years:
        t = int(np.searchsorted(panel.years, year))
        rows.append(({"product_class": REST, "year": year}, found.rest_headquarters[..., t]))
    return table(rows)


def totals(inputs: Inputs, found: Draws, years: range) -> pd.DataFrame:
    """Year × quantity: total and panel by headquarters and by location, ratio, share of US firms' world sales."""
    rows = []
    for year in years:
        t = int(np.searchsorted(inputs.panel.years, year))
        h, l = found.total_headquarters[..., t], found.total_location[..., t]
        quantities = {
            "headquarters": h,
            "location": l,
            "ratio": h / l,
            "panel_headquarters": found.headquarters[..., t].sum(axis=-1),
            "rest_headquarters": found.rest_headquarters[..., t],
        }
        sales = inputs.context.us_sales_usd_m.get(year, np.nan)
        if np.isfinite(sales):
            quantities["share_of_us_sales_pct"] = 100 * h / (sales / draws.USD_M_PER_BN)
        rows += [({"year": year, "quantity": name}, values) for name, values in quantities.items()]
    return table(rows)


def changes(inputs: Inputs, found: Draws, years: range) -> pd.DataFrame:
    """Changes of the total between chosen years, with the probability that it fell."""
    rows = []
    for before, after in _pairs(years):
        a, b = (found.total_headquarters[..., int(np.searchsorted(inputs.panel.years, y))] for y in (before, after))
        change = 100 * (b / a - 1)
        rows.append(({"from_year": before, "to_year": after, "probability_of_fall": float((change < 0).mean())}, change))
    return table(rows)


def _pairs(years: range) -> list[tuple[int, int]]:
    steps = [(y, y + 1) for y in years if y + 1 in years]
    return steps + [
        pair for pair in ((2018, 2022), (2019, 2022), (2021, 2023), (2022, 2025), (2018, 2025)) if set(pair) <= set(years)
    ]


def huawei(inputs: Inputs, found: Draws) -> pd.DataFrame:
    """Year × quantity: US chips sold to Huawei (USD bn), their share of the total and of Gartner's spending."""
    rows = []
    gartner = inputs.huawei.gartner.set_index("year")["spending_usd_bn"]
    for year in HUAWEI_PUBLISHED:
        bought = draws.huawei_year(found, year)
        total = found.total_headquarters[..., int(np.searchsorted(inputs.panel.years, year))]
        rows.append(({"year": year, "quantity": "bought"}, bought))
        rows.append(({"year": year, "quantity": "share_of_total_pct"}, 100 * bought / total))
        if year in gartner.index:
            rows.append(({"year": year, "quantity": "share_of_spending_pct"}, 100 * bought / gartner[year]))
    return table(rows)


def claims(inputs: Inputs, found: Draws) -> pd.DataFrame:
    """Each circulating claim beside the estimate for the years it speaks of: claimed, chips, chips as part of the claim."""
    rows = []
    for i, claim in inputs.huawei.claims.iterrows():
        weights = inputs.huawei.claim_weights[i]
        chips = (found.huawei * weights).sum(axis=-1)
        claimed = claim["usd_m"] / draws.USD_M_PER_BN
        labels = {"fact_id": claim["fact_id"], "claimed_usd_bn": claimed}
        rows.append((labels | {"quantity": "chips_usd_bn"}, chips))
        rows.append((labels | {"quantity": "part_pct"}, 100 * chips / claimed))
    return table(rows)


def exposure(inputs: Inputs, found: Draws, years: range) -> pd.DataFrame:
    """Each firm's newest year with a known total revenue: share of it from Chinese firms, per cent."""
    rows, panel = [], inputs.panel
    for f, firm in enumerate(panel.firms):
        known = [y for y in years if np.isfinite(panel.revenue_usd_m.loc[firm, y])]
        if known:
            t = int(np.searchsorted(panel.years, known[-1]))
            revenue = panel.revenue_usd_m.loc[firm, known[-1]] / draws.USD_M_PER_BN
            labels = {"firm": firm, "year": known[-1], "observed_by": observed_by(inputs, firm, known[-1])}
            rows.append((labels, 100 * found.headquarters[..., f, t] / revenue))
    return table(rows)


def unknowns(inputs: Inputs, found: Draws) -> pd.DataFrame:
    """The judged quantities and spreads: prior mean and sd beside the posterior (log or logit scale)."""
    names, rows = model.gaussians(inputs), []
    for name, (mean, sd) in inputs.priors.quantities.items():
        values = names.affine(1, **{name: 1.0}).of(found.z)[..., 0]
        rows.append(({"unknown": name, "prior_mean": mean, "prior_sd": sd, "posterior_sd": float(values.std())}, values))
    for i, (name, mean) in enumerate(inputs.priors.spreads.items()):
        values = found.spread[..., i]
        prior_sd = mean / model.SPREAD_SHAPE**0.5
        rows.append(({"unknown": name, "prior_mean": mean, "prior_sd": prior_sd, "posterior_sd": float(values.std())}, values))
    for i, basis in enumerate(design.BASES):
        weights = np.eye(len(design.BASES))[i]
        values = np.exp(names.affine(1, ratio_average=1.0, ratio_basis=weights).of(found.z)[..., 0])
        rows.append(
            (
                {
                    "unknown": f"average ratio, {basis}",
                    "prior_mean": np.nan,
                    "prior_sd": np.nan,
                    "posterior_sd": float(values.std()),
                },
                values,
            )
        )
    return table(rows)
