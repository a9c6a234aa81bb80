"""Step the model through the months for many draws at once.

State arrays have the shape (groups, products, n): customer groups x products x draws, draws last so that each
operation streams through memory. The only Python loop is over months. Money is in US$ bn a month.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.model import (
    access, china, contagion, denial, design_out, diversion, employment, exposure, research, stock,
)
from analysis.model.outcome import Outcome, Recorder
from analysis.model.parameters import Draws, Segment
from analysis.model.policy_path import PolicyPath

LISTED, UNLISTED, ELSEWHERE = range(3)


def simulate(
    p: Draws, path: PolicyPath, segments: Sequence[Segment], *, demand_index: np.ndarray | None = None, monthly: bool = False,
) -> Outcome:
    """Run one block of draws along one policy path.

    p: parameter draws, arrays (n,). demand_index: (months,) world demand relative to the base year; default constant
    growth from the parameters. monthly: also keep the monthly course of the main states (for charts; small n).
    """
    n = len(p["world_sales_usd_bn"])
    months = path.months
    weights = exposure.product_weights(path.products, segments)[:, :, None]
    base0 = exposure.group_sales_usd_bn(p)[:, None, :] * weights / 12
    substitutable = exposure.substitutable_share(p, path.products, segments)
    memory = np.array([segments[s].name == "memory" for s in path.products.segment], float)[:, None]
    us_share0 = p["us_share_pct"] / 100
    group_base = base0.sum(axis=1)
    total_base = group_base.sum(axis=0)
    world_base = p["world_sales_usd_bn"] / 12
    rival_base = world_base - total_base
    share_elsewhere = group_base[ELSEWHERE] / (world_base * (1 - p["chinese_demand_share_pct"] / 100))
    sigma = research.share_sensitivity(p, group_base[ELSEWHERE] / total_base, share_elsewhere, us_share0)
    depreciation = research.monthly_depreciation(p["knowledge_depreciation_pct_per_year"])
    lag = np.rint(p["rd_lag_years"] * 12).astype(np.int64)
    history = np.zeros((months + int(lag.max()) + 1, n))     # log research gap; rows before month 0 are the baseline, 0
    columns, first_row = np.arange(n), int(lag.max())
    coverage = p["allied_coverage"] * path.plurilateral
    hazard_ratio = (contagion.lapse_hazard_per_month(p["lapse_probability"], path.tgl_days)
                    / contagion.lapse_hazard_per_month(p["lapse_reference"], 90.0))
    hazard = contagion.lapse_hazard_per_month(p["lapse_probability"], path.tgl_days)
    spread = contagion.theta(p)
    licensed_share = p["licence_approval_share"] * p["licence_use_share"]
    branch = path.branch_of(p["resolution_quantile"])
    single = len(path.odds) == 1
    growth = (1 + p["market_growth_pct_per_year"] / 100) ** (1 / 12)
    discount = (1 + p["discount_rate_pct_per_year"] / 100) ** (-1 / 12)

    designed_out = np.zeros_like(base0)
    # Goods that need no licence in limbo and goods that do: each with its own orders and stock, on a leading axis of 2.
    free = p["licence_free_share"]
    parts = np.stack([free, 1 - free])[:, None, None, :]
    stocks = p["stock_cover_months"] * base0 * parts
    queue = np.zeros_like(base0)
    threatened_months = np.zeros((3, 1, n))
    log_rd, log_rd_rivals, knowledge_gap = np.zeros(n), np.zeros(n), np.zeros(n)
    self_sufficiency = p["china_self_sufficiency_pct"].copy()
    abroad = p["rd_abroad_share_pct"] / 100
    demand, factor = np.ones(n), np.ones(n)
    recorder = Recorder(months, n, monthly)

    for t in range(months):
        if demand_index is not None:
            demand = np.full(n, demand_index[t])
        limbo, denied, rule_age, limbo_before = _month(path, t, branch, single)
        limbo_share = limbo.max(axis=(0, 1))
        ripple = contagion.ripple(limbo_share, rule_age, limbo_before, p)
        direct = limbo + denied
        threat = contagion.threat(direct, spread, ripple)
        under_threat = (threat > 0).any(axis=1, keepdims=True)
        threatened_months = np.where(under_threat, threatened_months + 1, 0.0)
        ramp = design_out.started(threatened_months, p["redesign_delay_months"])
        # Where allies join a rule, a denied customer finds fewer other sources to design in.
        speed = p["design_out_hazard_per_month"] * ramp * (1 - coverage * denied)
        designed_out = design_out.step(designed_out, threat, speed, p["reentry_hazard_per_month"], ~under_threat)

        base = base0 * demand
        before_retaliation = design_out.wanted_use(base, substitutable, designed_out)
        use = before_retaliation
        retaliated = np.zeros(n)
        if path.retaliation and np.any(rule_age >= 0):
            lost_share = p["retaliation_loss_share"] * (np.asarray(rule_age) >= 0)
            use, retaliated = _retaliate(before_retaliation, lost_share * memory, 1 - denied[UNLISTED])
        cover = stock.target_cover_months(p["stock_cover_months"], p["stockpile_months"], threat, hazard_ratio)
        use_by_part = use * parts
        orders = stock.orders(use_by_part, stocks, cover, p["stock_adjustment_months"])
        permitted = 1 - denied
        if limbo.any():
            queue = access.licence_queue_step(queue, limbo * use_by_part[1], p["licence_lag_months"])
            shipped_by_part = np.stack([orders[0] * permitted, access.shipments(orders[1], limbo, denied, licensed_share * queue)])
        else:
            queue[:] = 0.0
            shipped_by_part = orders * permitted
        served_by_part, stocks = stock.serve(use_by_part, stocks, shipped_by_part)
        shipped, served, wanted = shipped_by_part.sum(axis=0), served_by_part.sum(axis=0), orders.sum(axis=0)

        missed = (use - served) * (1 - diversion.backfill_share(substitutable, coverage))
        lost_final = missed.sum(axis=1)
        unlisted_open = 1 - (denied[UNLISTED] * weights[UNLISTED]).sum(axis=0)
        diverted = diversion.diverted_sales(lost_final[LISTED], lost_final[UNLISTED], unlisted_open, p)
        second = 1 - research.share_factor(share_elsewhere, sigma * knowledge_gap)
        by_group = shipped.sum(axis=1)
        second_round = by_group[ELSEWHERE] * second
        revenue = by_group.sum(axis=0) - second_round + diverted
        baseline = total_base * demand
        ratio = np.maximum(revenue / baseline, 1e-6)
        # Customers' stocks are not rivals' sales: rivals gain what customers use from others.
        rival_gain = ((base - use).sum(axis=(0, 1)) + (use - served).sum(axis=(0, 1)) - lost_final.sum(axis=0)
                      + second_round - diverted)
        uncertainty = p["uncertainty_doublings"] * limbo_share
        log_rd = research.research_step(log_rd, ratio, uncertainty, p)
        rival_ratio = np.maximum(1 + rival_gain / (rival_base * demand), 1e-6)
        log_rd_rivals = research.rival_research_step(log_rd_rivals, rival_ratio, p)
        history[first_row + t] = log_rd - log_rd_rivals
        knowledge_gap = research.knowledge_step(knowledge_gap, history[first_row + t - lag, columns], depreciation)

        chinese = group_base[:2]
        threatened = ((threat[:2] * weights[:2]).sum(axis=1) * chinese).sum(axis=0) / chinese.sum(axis=0)
        self_sufficiency = china.self_sufficiency_step(self_sufficiency, threatened, p)
        abroad = employment.research_abroad_step(abroad, hazard * limbo_share, p)
        served_share = _ratio(served[:2], use[:2])
        denied_by_group = (denial.denied_share(served_share, substitutable, coverage) * weights[:2]).sum(axis=1)
        legal_by_group = (denial.denied_share(_ratio(shipped[:2], wanted[:2]), substitutable, coverage) * weights[:2]).sum(axis=1)

        forbidden = (denied * base).sum(axis=1)
        losses = np.stack([
            (permitted[LISTED] * served[LISTED] - shipped[LISTED]).sum(axis=0),
            (permitted[LISTED] * (use[LISTED] - served[LISTED])).sum(axis=0),
            (permitted[LISTED] * (base[LISTED] - use[LISTED])).sum(axis=0),
            forbidden[LISTED], forbidden[UNLISTED],
            base[UNLISTED].sum(axis=0) - forbidden[UNLISTED] - retaliated - by_group[UNLISTED],
            base[ELSEWHERE].sum(axis=0) - by_group[ELSEWHERE],
            second_round, retaliated, -diverted,
        ])
        recorder.add(
            t, factor, losses=losses, baseline=baseline, purchases=by_group, revenue=revenue, ratio=ratio,
            us_share_pct=100 * revenue / (world_base * demand), rd_ratio=np.exp(log_rd),
            capex_ratio=employment.capital_spending_ratio(p, ratio, uncertainty), jobs=employment.direct_jobs(p, ratio),
            self_sufficiency_pct=self_sufficiency, rd_abroad_pct=100 * abroad, denied=denied_by_group, legal=legal_by_group,
            chinese_weight=chinese / chinese.sum(axis=0), rival_gain=rival_gain,
        )
        if monthly:
            recorder.add_course(t, purchases=by_group, stock=stocks.sum(axis=(0, 2)), designed_out=(designed_out * weights).sum(axis=1),
                                use=use.sum(axis=1), served=served.sum(axis=1), limbo=np.broadcast_to(limbo_share, n),
                                ripple=ripple, losses=losses, denied=denied_by_group)
        demand = demand * growth
        factor = factor * discount
    return recorder.outcome(p)


def _month(path: PolicyPath, t: int, branch: np.ndarray, single: bool):
    """Policy of month t: limbo and denied as (groups, products, 1 or n), rule_age and limbo_before as numbers or (n,)."""
    if single:
        return path.limbo[0, t][..., None], path.denied[0, t][..., None], path.rule_age[0, t], path.limbo_before[0, t]
    return (np.moveaxis(path.limbo[:, t], 0, -1)[..., branch], np.moveaxis(path.denied[:, t], 0, -1)[..., branch],
            path.rule_age[:, t][branch], path.limbo_before[:, t][branch])


def _retaliate(use: np.ndarray, lost_share: np.ndarray, permitted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """China turns away from US memory (Micron, 2023): use after it, and the permitted sales lost by it (n,)."""
    kept = use.copy()
    kept[UNLISTED] = use[UNLISTED] * (1 - lost_share)
    return kept, (permitted * (use[UNLISTED] - kept[UNLISTED])).sum(axis=0)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, and 1 where nothing is wanted."""
    return np.divide(part, whole, out=np.ones_like(part), where=whole > 0)
