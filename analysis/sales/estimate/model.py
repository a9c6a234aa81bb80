"""The reconciliation as one PyMC model: a panel of firms, the industry around it, the buyers, and Huawei.

For firm f in calendar year t, with L the China revenue by location and H the revenue from customers headquartered in
mainland China or Hong Kong:

    log L[f, t]   random walk around the firm's own revenue growth where known, else the China market's
    log H[f, t] = log L[f, t] + average + basis + class + firm + slow drift          (partially pooled)
    rest of the US industry = (rest share) × sum L, with its own ratio

Filings observe weighted sums of L, of H, or their ratio. The trade statistics observe sum L up to a definition factor, the
buyers lens observes sum H over the US share of Chinese demand. Huawei's purchases follow a common path times suppliers'
levels. Every observation has a switch (0 or 1) and all data are mutable, so that one compiled model serves the fit, the
checks that drop a disclosure or a lens, and the calibration on simulated data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from analysis.sales.estimate import design, walk
from analysis.sales.estimate.context import Context
from analysis.sales.estimate.gaussians import Gaussians
from analysis.sales.estimate.huawei_observations import YEARS as HUAWEI_YEARS
from analysis.sales.estimate.huawei_observations import HuaweiObservations
from analysis.sales.estimate.observations import Observations
from analysis.sales.estimate.priors import Priors

HUAWEI_PIVOT = 2018  # Huawei's path is one in the year most suppliers disclosed
SPREAD_SHAPE = 4.0    # gamma prior of the spreads
BLOCKS = ("filings", "share", "market", "demand", "suppliers", "claims", "gartner")


@dataclass(frozen=True)
class Inputs:
    """All that the model reads, from the tables."""

    panel: Observations
    context: Context
    huawei: HuaweiObservations
    priors: Priors


def observed(inputs: Inputs) -> dict[str, np.ndarray]:
    """The observed values by block, on the log scale.

    The block `market` observes that the two sides of the industry lens agree: their log gap is zero.
    """
    return {
        "filings": np.log(inputs.panel.table["value"].to_numpy(float)),
        "share": np.log(inputs.context.share_table["share"].to_numpy(float)),
        "market": np.zeros(int(np.isfinite(inputs.context.market_usd_m).sum())),
        "demand": np.log(inputs.context.demand_table["usd_m"].to_numpy(float)),
        "suppliers": np.log(inputs.huawei.suppliers["usd_m"].to_numpy(float)),
        "claims": np.log(inputs.huawei.claims["usd_m"].to_numpy(float)),
        "gartner": np.log(inputs.huawei.gartner["spending_usd_bn"].to_numpy(float) * 1000),
    }


def errors_of(inputs: Inputs) -> dict[str, np.ndarray]:
    """The standard deviation of every observation, by block, on the log scale."""
    priors, seen = inputs.priors, inputs.huawei
    return {
        "filings": inputs.panel.table["sd"].to_numpy(float),
        "share": inputs.context.share_table["sd"].to_numpy(float),
        "market": np.full(int(np.isfinite(inputs.context.market_usd_m).sum()), priors.industry_sd),
        "demand": inputs.context.demand_table["sd"].to_numpy(float),
        "suppliers": np.hypot(seen.suppliers["sd"].to_numpy(float), priors.supplier_mix_sd),
        "claims": seen.claims["sd"].to_numpy(float),
        "gartner": np.full(len(seen.gartner), priors.gartner_sd),
    }


def joined(blocks: dict[str, np.ndarray]) -> np.ndarray:
    """One vector over all blocks, in the model's order."""
    return np.concatenate([blocks[block] for block in BLOCKS])


def block_slices(inputs: Inputs) -> dict[str, slice]:
    """Where each block stands in the joined vector."""
    sizes = [len(errors_of(inputs)[block]) for block in BLOCKS]
    stops = np.cumsum(sizes)
    return {block: slice(int(stop - size), int(stop)) for block, size, stop in zip(BLOCKS, sizes, stops, strict=True)}


def gaussians(inputs: Inputs) -> Gaussians:
    """The normal unknowns of the model, with their priors."""
    priors, panel, n_years = inputs.priors, inputs.panel, len(inputs.panel.years)
    free = int((~design.build(panel, inputs.context.growth).informed).sum())
    n_huawei, one = len(HUAWEI_YEARS), {name: (*prior, 1) for name, prior in priors.quantities.items()}
    return Gaussians(
        one
        | {
            "ratio_basis": (0.0, priors.ratio_basis_sd, len(design.BASES)),
            "ratio_class": (0.0, 1.0, len(panel.classes)),
            "ratio_walk": (0.0, 1.0, free * n_years),
            "us_share_drift": (0.0, priors.us_share_drift_sd, n_years),
            "huawei_step": (0.0, priors.huawei_step_sd, n_huawei),
            "supplier_level": (float(np.log(300)), priors.supplier_sd, len(inputs.huawei.firms)),
            "chips_in_claim": (*priors.chips_in_claim, len(inputs.huawei.claims)),
            "us_share_huawei_drift": (0.0, priors.us_share_huawei_drift_sd, n_huawei),
        }
    )


def build(inputs: Inputs) -> pm.Model:
    """The PyMC model with all observations (`y`) and switches (`on`) as mutable data."""
    names = gaussians(inputs)
    scales = np.array(list(inputs.priors.spreads.values()))
    with pm.Model() as model:
        y = pm.Data("y", joined(observed(inputs)))
        on = pm.Data("on", np.ones(len(joined(observed(inputs)))))
        z = pm.Normal("z", 0, 1, shape=names.size)
        spreads = pm.Gamma("spread", alpha=SPREAD_SHAPE, beta=SPREAD_SHAPE / scales, shape=len(scales))
        spread = {name: spreads[i] for i, name in enumerate(inputs.priors.spreads)}
        location, headquarters, filings = _panel(inputs, names, z, spread)
        around = _industry_and_buyers(inputs, names, z, location, headquarters)
        mean = pm.Deterministic("mean", pt.concatenate([filings, around, _huawei(inputs, names, z)]))
        pm.Potential("likelihood", -0.5 * (on * ((y - mean) / joined(errors_of(inputs))) ** 2).sum())
    return model


def _panel(inputs: Inputs, names: Gaussians, z, spread: dict):
    """Panel sums of location and headquarters revenue by year, and what the filings should show."""
    panel, years = inputs.panel, inputs.panel.years
    matrix = design.build(panel, inputs.context.growth)
    common = names.affine(len(panel.firms), ratio_average=1.0, ratio_basis=matrix.basis)
    by_class = names.affine(len(panel.firms), ratio_class=matrix.product_class)
    level = common(z) + spread["ratio_class_sd"] * by_class(z)

    informed, free = np.eye(len(panel.firms))[matrix.informed], np.eye(len(panel.firms))[~matrix.informed]
    shape = (len(informed), len(years))
    seen_level = pt.dot(informed, level)[:, None] * np.ones((1, len(years)))
    seen_ratio = walk.ratios("seen_ratio", shape, years, seen_level, spread["ratio_firm_sd"], spread["ratio_drift_sd"])
    # Firms that no headquarters figure touches are written in standard normals, which suits what nothing observes.
    shape = (len(free), len(years))
    normals = names.affine(shape[0] * shape[1], ratio_walk=np.eye(shape[0] * shape[1]))(z).reshape(shape)
    at_pivot = pt.dot(normals, design.pivot_of(years))
    drift = pt.dot(normals, design.walk_matrix(years).T)
    free_ratio = (pt.dot(free, level) + spread["ratio_firm_sd"] * at_pivot)[:, None] + spread["ratio_drift_sd"] * drift
    log_ratio = pt.dot(informed.T, seen_ratio) + pt.dot(free.T, free_ratio)

    anchor = walk.anchors("anchor", matrix, log_ratio, spread["growth_sd"], inputs.priors.level_sd)
    log_location = anchor - matrix.by_headquarters * log_ratio
    location = pm.Deterministic("location", pt.exp(log_location))
    headquarters = pm.Deterministic("headquarters", pt.exp(log_location + log_ratio))
    kind = panel.table["kind"].to_numpy()
    with_l = np.select([kind == "hq", kind == "ratio"], [0.0, -1.0], default=1.0)
    with_h = np.isin(kind, ("hq", "ratio")).astype(float)
    taiwan = names.affine(len(kind), taiwan=(kind == "location with Taiwan").astype(float))
    sum_l, sum_h = (pt.log(pt.dot(matrix.seen, part.ravel())) for part in (location, headquarters))
    return location.sum(axis=0), headquarters.sum(axis=0), with_l * sum_l + with_h * sum_h + taiwan(z)


def _industry_and_buyers(inputs: Inputs, names: Gaussians, z, location, headquarters):
    """Industry totals from panel sums by year, and what the trade statistics and the buyers' side should show."""
    context, years, demand = inputs.context, inputs.context.years, inputs.context.demand_table
    ship_to = np.eye(len(design.BASES))[design.BASES.index("ship_to")]
    rest = names.affine(1, rest=1.0)
    rest_headquarters = names.affine(1, rest=1.0, rest_ratio=1.0, ratio_average=1.0, ratio_basis=ship_to)
    total_location = pm.Deterministic("total_location", location * (1 + pt.exp(rest(z))))
    total = pm.Deterministic("total_headquarters", headquarters + location * pt.exp(rest_headquarters(z)))
    share = names.affine(len(years), us_share_china=1.0, us_share_drift=design.walk_matrix(years))
    log_share = _log_sigmoid(share(z))

    at_share = design.rows_of(years, context.share_table["year"].to_numpy())
    known = np.isfinite(context.market_usd_m)
    at_market = np.eye(len(years))[known]
    at_demand = design.rows_of(years, demand["year"].to_numpy())
    sizes = [len(at_share), len(at_market), len(at_demand)]
    zero = [np.zeros((size, len(years))) for size in sizes]
    of_share = np.vstack([at_share, at_market, zero[2]])
    of_location = np.vstack([zero[0], -at_market, zero[2]])
    of_total = np.vstack([zero[0], zero[1], at_demand])
    constant = np.concatenate([np.zeros(sizes[0]), np.log(context.market_usd_m[known]), np.zeros(sizes[2])])
    sign = np.repeat([0.0, -1.0, 1.0], sizes)
    definition = names.affine(sum(sizes), definition=sign)
    # The buyers' side: total over the US share of Chinese demand, times the four makers' part where only they are counted.
    shares = _log_sigmoid(names.affine(2, us_share_demand=[1.0, 0.0], four_makers=[0.0, 1.0])(z))
    in_shares = np.zeros((sum(sizes), 2))
    in_shares[sum(sizes[:2]) :] = np.column_stack([-np.ones(sizes[2]), demand["four_only"].to_numpy(float)])
    return (
        pt.dot(of_share, log_share)
        + pt.dot(of_location, pt.log(total_location))
        + pt.dot(of_total, pt.log(total))
        + pt.dot(in_shares, shares)
        + definition(z)
        + constant
    )


def _huawei(inputs: Inputs, names: Gaussians, z):
    """US chips sold to Huawei by year, and what suppliers, claims and Gartner should show."""
    seen, n = inputs.huawei, len(HUAWEI_YEARS)
    walk_of = design.walk_matrix(HUAWEI_YEARS, HUAWEI_PIVOT)
    path = pt.exp(names.affine(n, huawei_step=walk_of)(z))
    log_level = names.affine(len(seen.firms), supplier_level=np.eye(len(seen.firms)))(z)
    bought_2018 = pt.exp(log_level).sum() / pm.math.sigmoid(names.affine(1, covered=1.0)(z))
    pm.Deterministic("huawei", path * bought_2018)

    sizes = [len(seen.suppliers), len(seen.claims), len(seen.gartner)]
    at = np.vstack([seen.supplier_weights, seen.claim_weights, design.rows_of(HUAWEI_YEARS, seen.gartner["year"].to_numpy())])
    of_firm = np.zeros((sum(sizes), len(seen.firms)))
    of_firm[np.arange(sizes[0]), [seen.firms.index(f) for f in seen.suppliers["firm"]]] = 1
    of_all = np.repeat([0.0, 1.0, 1.0], sizes)
    shares = names.affine(
        len(seen.claims) + n,
        chips_in_claim=np.eye(len(seen.claims) + n)[:, : len(seen.claims)],
        us_share_huawei=np.repeat([0.0, 1.0], [len(seen.claims), n]),
        us_share_huawei_drift=np.vstack([np.zeros((len(seen.claims), n)), walk_of]),
    )
    log_shares = _log_sigmoid(shares(z))
    in_shares = np.zeros((sum(sizes), len(seen.claims) + n))
    in_shares[sizes[0] : sum(sizes[:2]), : len(seen.claims)] = -np.eye(len(seen.claims))
    in_shares[sum(sizes[:2]) :, len(seen.claims) :] = -at[sum(sizes[:2]) :]
    return pt.log(pt.dot(at, path)) + pt.dot(of_firm, log_level) + of_all * pt.log(bought_2018) + pt.dot(in_shares, log_shares)


def _log_sigmoid(x):
    return -pt.softplus(-x)
