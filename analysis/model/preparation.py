"""What follows from the parameters once for all months: sales by customer and product, hazards, monthly rates."""

from __future__ import annotations

from analysis.model import contagion, exposure, research
from analysis.model.compiled import inner

LISTED, UNLISTED, ELSEWHERE = 0, 1, 2

_unlisted, _elsewhere = inner(exposure.unlisted_sales_usd_bn), inner(exposure.elsewhere_sales_usd_bn)
_sensitivity, _depreciation = inner(research.share_sensitivity), inner(research.monthly_depreciation)
_lapse, _expected_loss = inner(contagion.lapse_hazard_per_month), inner(contagion.expected_loss)
_reached = inner(research.response_reached)


def prepare(p, policy, q) -> None:
    """Fill `q` from the parameters `p` and the policy.

    q.share: (segments, n) of US sales, given. q.weight: (groups, products, n) share of a group's purchases. q.base: (groups,
    products, n) monthly US sales before any rule, US$ bn; q.substitutable: (products, n). The rest (n,):
    sales_<group>, world_base (a month), share_elsewhere (US share of sales outside China), sigma (effect of the knowledge gap on
    its logit), depreciation and discount and growth (a month), lag (months), coverage (allied, in force), expected_loss
    (of a licence within a design's life), reversal (of a permission, likewise), licensed_share (approved times used).
    """
    groups, products, segments = policy.width.shape[0], policy.width.shape[1], policy.width.shape[2]
    n = p.world_sales_usd_bn.shape[0]
    for i in range(n):
        us_sales = p.world_sales_usd_bn[i] * p.us_share_pct[i] / 100
        q.sales[LISTED, i] = p.listed_customer_sales_usd_bn[i]
        q.sales[UNLISTED, i] = _unlisted(p.chinese_sales_usd_bn[i], q.sales[LISTED, i])
        q.sales[ELSEWHERE, i] = _elsewhere(us_sales, q.sales[LISTED, i], q.sales[UNLISTED, i])
        q.world_base[i] = p.world_sales_usd_bn[i] / 12
        q.share_elsewhere[i] = q.sales[ELSEWHERE, i] / (p.world_sales_usd_bn[i] * (1 - p.chinese_demand_share_pct[i] / 100))
        q.depreciation[i] = _depreciation(p.knowledge_depreciation_pct_per_year[i])
        q.lag[i] = round(p.rd_lag_years[i] * 12)
        q.sigma[i] = _sensitivity(
            p.rd_revenue_elasticity[i],
            p.second_round_multiplier[i],
            q.sales[ELSEWHERE, i] / us_sales,
            q.share_elsewhere[i],
            p.us_share_pct[i] / 100,
            _reached(q.depreciation[i], q.lag[i], p.second_round_horizon_years[i]),
        )
        q.coverage[i] = p.allied_coverage[i] * policy.allies
        q.expected_loss[i] = _expected_loss(_lapse(p.lapse_probability[i], policy.tgl_days), p.design_life_months[i])
        q.reversal[i] = _expected_loss(1 - (1 - p.reversal_risk_per_year[i]) ** (1 / 12), p.design_life_months[i])
        q.licensed_share[i] = p.licence_approval_share[i] * p.licence_use_share[i]
        q.growth[i] = (1 + p.market_growth_pct_per_year[i] / 100) ** (1 / 12)
        q.discount[i] = (1 + p.discount_rate_pct_per_year[i] / 100) ** (-1 / 12)
    for i in range(n):
        bought, mean = 0.0, 0.0
        for s in range(segments):
            bought += q.share[s, i]
            mean += q.share[s, i] * policy.relative_substitutability[s]
        for k in range(products):
            relative = policy.relative_substitutability[policy.segment[k]] * bought / mean
            q.substitutable[k, i] = min(p.substitutable_share[i] * relative, 1.0)
            for g in range(groups):
                for s in range(segments):
                    q.weight[g, k, i] += policy.width[g, k, s] * q.share[s, i] / bought
                q.base[g, k, i] = q.sales[g, i] * q.weight[g, k, i] / 12
