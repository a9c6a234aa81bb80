"""What goes into the compiled month loop and what comes out of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Inputs(NamedTuple):
    """Per draw, (n,) each unless stated. Parameters under their own names; the rest is worked out by the engine."""

    base: np.ndarray  # (groups, products, n) monthly US sales before any rule, US$ bn
    substitutable: np.ndarray  # (products, n)
    world_base: np.ndarray  # monthly world sales, US$ bn
    share_elsewhere: np.ndarray  # US share of sales outside China
    sigma: np.ndarray  # effect of the knowledge gap on the logit of that share
    depreciation: np.ndarray  # of knowledge, a month
    lag: np.ndarray  # months from research to product, integer
    coverage: np.ndarray  # allied coverage in force
    hazard: np.ndarray  # lapse hazard a month
    hazard_ratio: np.ndarray  # the same over the reference
    licensed_share: np.ndarray  # approved times used
    growth: np.ndarray  # monthly growth factor of the market
    discount: np.ndarray  # monthly discount factor
    licence_free_share: np.ndarray
    licence_lag_months: np.ndarray
    clear_rule_months: np.ndarray
    contagion_persistence: np.ndarray
    credibility_months: np.ndarray
    contagion_unlisted: np.ndarray
    contagion_elsewhere: np.ndarray
    redesign_delay_months: np.ndarray
    design_out_hazard_per_month: np.ndarray
    reentry_hazard_per_month: np.ndarray
    stock_cover_months: np.ndarray
    stockpile_months: np.ndarray
    stock_adjustment_months: np.ndarray
    retaliation_loss_share: np.ndarray
    diversion_to_unlisted: np.ndarray
    diversion_elsewhere: np.ndarray
    diversion_us_content_ratio: np.ndarray
    uncertainty_doublings: np.ndarray
    rd_revenue_elasticity: np.ndarray
    rd_uncertainty_effect: np.ndarray
    rd_adjustment_months: np.ndarray
    capex_uncertainty_effect: np.ndarray
    china_self_sufficiency_pct: np.ndarray
    china_trend_pp_per_year: np.ndarray
    china_threat_response_pp_per_year: np.ndarray
    direct_jobs: np.ndarray
    jobs_revenue_elasticity: np.ndarray
    rd_abroad_share_pct: np.ndarray
    rd_location_response: np.ndarray


class Policy(NamedTuple):
    """One branch of the policy path (:class:`analysis.model.policy_path.PolicyPath`) and what follows from it month by month."""

    limbo: np.ndarray  # (months, groups, products)
    denied: np.ndarray  # (months, groups, products)
    limbo_share: np.ndarray  # (months,) the largest limbo of the month
    named: np.ndarray  # (months, groups) True where a rule or limbo touches the group
    unlisted_open: np.ndarray  # (months,) share of other Chinese customers' purchases that is not denied
    rule_age: np.ndarray  # (months,)
    limbo_before: np.ndarray  # (months,)
    weights: np.ndarray  # (groups, products) share of a group's purchases
    memory: np.ndarray  # (products,) True for memory
    retaliation: bool
    demand: np.ndarray  # (months,) world demand over the base year; empty: growth from the parameters


class Results(NamedTuple):
    """Zeros to which the kernel adds, month by month; `course` is empty unless the monthly course is wanted."""

    present_value: np.ndarray  # (losses, n)
    losses: np.ndarray  # (losses, years, n)
    purchases: np.ndarray  # (groups, years, n)
    revenue: np.ndarray  # (years, n)
    baseline: np.ndarray
    rivals: np.ndarray
    yearly: np.ndarray  # (quantities of outcome.YEARLY, years, n)
    discounted: np.ndarray  # (2, n): research and capital spending not done, in months of the baseline
    denied: np.ndarray  # (2, n) months: listed, other Chinese
    legal: np.ndarray  # (2, n) the same before stocks
    course: np.ndarray  # (COURSE, months, n)


COURSE = (
    "purchases_listed",
    "purchases_unlisted",
    "purchases_elsewhere",
    "stock_listed",
    "stock_unlisted",
    "stock_elsewhere",
    "designed_out_listed",
    "designed_out_unlisted",
    "designed_out_elsewhere",
    "served_listed",
    "served_unlisted",
    "served_elsewhere",
    "limbo",
    "ripple",
    "denied_listed",
    "denied_unlisted",
)
"""Rows of the monthly course."""
