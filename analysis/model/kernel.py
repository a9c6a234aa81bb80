"""The month loop, compiled: the equations of the other modules put together for a few hundred draws at a time.

All draws of a call live under one branch of the policy path. Within a month each step runs over the draws, so that the
processor works on several of them in one instruction, and their state stays in its second-level cache from month to month.
The equations themselves are the plain Python functions of the modules named below; numba compiles those same functions, so
there is one text of each. Loops are short because a compiler vectorises only what touches few arrays.
"""

from __future__ import annotations

import math
from collections import namedtuple

import numpy as np

from analysis.model import (
    access,
    china,
    contagion,
    denial,
    design_out,
    diversion,
    employment,
    exposure,
    preparation,
    research,
    stock,
)
from analysis.model.compiled import inner as _inner
from analysis.model.headlines import headlines
from analysis.model.preparation import ELSEWHERE, LISTED, UNLISTED, prepare
from analysis.model.records import fields_read

TIMING, WAITING, SOCKETS, FORBIDDEN_LISTED, FORBIDDEN_UNLISTED = range(5)
CONTAGION_UNLISTED, CONTAGION_ELSEWHERE, SECOND_ROUND, RETALIATION, DIVERSION = range(5, 10)  # in the order of outcome.LOSSES
EQUATIONS = (access, china, contagion, denial, design_out, diversion, employment, exposure, preparation, research, stock)

_learnt, _ripple, _threat = _inner(contagion.learnt), _inner(contagion.ripple), _inner(contagion.threat)
_started, _design_step, _wanted_use = _inner(design_out.started), _inner(design_out.step), _inner(design_out.wanted_use)
_queue_step, _shipments = _inner(access.licence_queue_step), _inner(access.shipments)
_cover, _orders, _serve = _inner(stock.target_cover_months), _inner(stock.orders), _inner(stock.serve)
_won_by_chinese, _won_elsewhere = _inner(diversion.won_by_chinese_makers), _inner(diversion.won_elsewhere)
_research_step, _research_gap, _knowledge_step, _share_factor = (
    _inner(research.research_step),
    _inner(research.research_gap),
    _inner(research.knowledge_step),
    _inner(research.share_factor),
)
_china_step, _denied_share = _inner(china.self_sufficiency_step), _inner(denial.denied_share)
_jobs, _capex, _abroad_step = (
    _inner(employment.direct_jobs),
    _inner(employment.capital_spending_ratio),
    _inner(employment.research_abroad_step),
)


def month_loop(p, q, policy, out) -> None:
    """Run some draws through every month. The order of the blocks within a month is the order of the chapter's text."""
    groups, products, n = q.base.shape[0], q.base.shape[1], q.base.shape[2]
    months = policy.limbo.shape[0]
    with_course = out.course.shape[1] > 0
    designed_out, queue = np.zeros((groups, products, n)), np.zeros((groups, products, n))
    free_stock, licensed_stock = np.empty((groups, products, n)), np.empty((groups, products, n))
    threatened_months, spread = np.zeros((groups, n)), np.zeros((groups, n))
    total_base, chinese_base = np.zeros(n), np.zeros(n)
    demand, factor = np.ones(n), np.ones(n)
    log_rd, log_rivals, knowledge = np.zeros(n), np.zeros(n), np.zeros(n)
    self_sufficiency, abroad = np.empty(n), np.empty(n)
    # Goods that need a licence are a kind of their own only where there ever is a limbo; elsewhere all goods are of one kind.
    waits, one_kind = np.zeros((groups, products)), np.ones(n)
    for t in range(months):
        for g in range(groups):
            for k in range(products):
                waits[g, k] = max(waits[g, k], policy.limbo[t, g, k])
    first_product = months
    for i in range(n):
        spread[UNLISTED, i], spread[ELSEWHERE, i] = p.contagion_unlisted[i], p.contagion_elsewhere[i]
        # A pending rule of unknown scope is feared by the listed customer as by other Chinese firms.
        spread[LISTED, i] = p.contagion_unlisted[i]
        self_sufficiency[i], abroad[i] = p.china_self_sufficiency_pct[i], p.rd_abroad_share_pct[i] / 100
        first_product = min(first_product, q.lag[i])
    for g in range(groups):
        for k in range(products):
            free_share = p.licence_free_share if waits[g, k] > 0 else one_kind
            for i in range(n):
                free_stock[g, k, i] = p.stock_cover_months[i] * q.base[g, k, i] * free_share[i]
                licensed_stock[g, k, i] = p.stock_cover_months[i] * q.base[g, k, i] * (1 - free_share[i])
                total_base[i] += q.base[g, k, i]
                if g != ELSEWHERE:
                    chinese_base[i] += q.base[g, k, i]
    history = np.empty((months, n))

    # Scratch of one month and, from `afraid` on, of one product.
    loss = np.empty((out.present_value.shape[0], n))
    fear, revenue, rival_gain, threatened, ratio = np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    bought, lost_final, second_round, diverted = np.empty((groups, n)), np.empty((groups, n)), np.zeros(n), np.empty(n)
    hanging, unlisted_open, lesson = np.empty(n), np.empty(n), np.empty(n)
    log_ratio, rival_ratio, rd_ratio, moved, jobs = np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    afraid = np.empty(n)
    hazard, settled, threat, use, cover, kept = np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    ordered, shipped, served = np.empty(n), np.empty(n), np.empty(n)
    served_part, shipped_part, order, missing = np.empty(n), np.empty(n), np.empty(n), np.empty(n)

    for t in range(months):
        year = t // 12
        if policy.demand.shape[0] > 0:
            for i in range(n):
                demand[i] = policy.demand[t]
        limbo_share, pending_share = policy.limbo_share[t], policy.pending[t]
        if t == 0 or policy.limbo_before[t] != policy.limbo_before[t - 1]:
            for i in range(n):
                lesson[i] = _learnt(policy.limbo_before[t], p.credibility_months[i])
        for i in range(n):
            hanging[i] = max(pending_share, policy.dropped[t] * q.reversal[i])  # what was dropped may come back
            fear[i] = _ripple(
                limbo_share * q.expected_loss[i],
                hanging[i],
                policy.rule_age[t],
                lesson[i],
                p.clear_rule_months[i],
                p.contagion_persistence[i],
                p.contagion_persistence_open[i],
            )
        loss[:] = 0.0
        revenue[:], rival_gain[:], threatened[:] = 0.0, 0.0, 0.0
        bought[:], lost_final[:], unlisted_open[:] = 0.0, 0.0, 1.0

        for g in range(groups):
            named, doubted, spread_g, months_g = policy.named[t, g], policy.doubted[t, g], spread[g], threatened_months[g]
            feared = hanging if g == LISTED else fear
            for i in range(n):
                afraid[i] = spread_g[i] * feared[i]  # what a customer fears whom no rule touches this month: being next
                settled[i] = (1 - named) * (1 - afraid[i])
            for i in range(n):
                months_g[i] = months_g[i] + 1 if named + afraid[i] + doubted * q.reversal[i] > 0 else 0.0
            for i in range(n):
                hazard[i] = p.design_out_hazard_per_month[i] * _started(months_g[i], p.redesign_delay_months[i])

            for k in range(products):
                limbo, denied, restored = policy.limbo[t, g, k], policy.denied[t, g, k], policy.restored[t, g, k]
                if policy.present[g, k] == 0.0:
                    continue
                weight, base, substitutable, h = q.weight[g, k], q.base[g, k], q.substitutable[k], designed_out[g, k]
                for i in range(n):
                    # A permission that has come back may not last.
                    threat[i] = _threat(limbo * q.expected_loss[i] + denied + restored * q.reversal[i], afraid[i])
                for i in range(n):
                    # Where allies join a rule, a denied customer finds fewer other sources to design in.
                    reach = 1 - q.coverage[i] * denied
                    free = settled[i] * (1 - restored * q.reversal[i])
                    h[i] = _design_step(h[i], threat[i], hazard[i], reach, p.reentry_hazard_per_month[i], free)
                for i in range(n):
                    use[i] = _wanted_use(base[i] * demand[i], substitutable[i], h[i])
                if policy.retaliation and g == UNLISTED and policy.rule_age[t] >= 0 and policy.memory[k]:
                    # China turns away from US memory (Micron, 2023); only permitted sales can be lost by it.
                    for i in range(n):
                        kept[i] = use[i] * (1 - p.retaliation_loss_share[i])
                        loss[RETALIATION, i] += (1 - denied) * (use[i] - kept[i])
                        use[i] = kept[i]
                for i in range(n):
                    cover[i] = _cover(p.stock_cover_months[i], p.stockpile_months[i], threat[i])

                # Goods that need no licence, which are all where there never is a limbo.
                stock, free_share = free_stock[g, k], p.licence_free_share if waits[g, k] > 0 else one_kind
                for i in range(n):
                    order[i] = _orders(use[i] * free_share[i], stock[i], cover[i], p.stock_adjustment_months[i])
                for i in range(n):
                    shipped[i] = _shipments(order[i], 0.0, denied, 0.0)
                    ordered[i] = order[i]
                for i in range(n):
                    served[i], stock[i] = _serve(use[i] * free_share[i], stock[i], shipped[i])
                if waits[g, k] > 0:  # goods that need one while in limbo
                    stock, pending = licensed_stock[g, k], queue[g, k]
                    for i in range(n):
                        order[i] = _orders(use[i] * (1 - free_share[i]), stock[i], cover[i], p.stock_adjustment_months[i])
                        ordered[i] += order[i]
                    if limbo > 0:
                        for i in range(n):
                            filed = limbo * use[i] * (1 - free_share[i])
                            pending[i] = _queue_step(pending[i], filed, p.licence_lag_months[i])
                    else:
                        pending[:] = 0.0
                    for i in range(n):
                        shipped_part[i] = _shipments(order[i], limbo, denied, q.licensed_share[i] * pending[i])
                        shipped[i] += shipped_part[i]
                    for i in range(n):
                        served_part[i], stock[i] = _serve(use[i] * (1 - free_share[i]), stock[i], shipped_part[i])
                        served[i] += served_part[i]

                bought_g, lost_g = bought[g], lost_final[g]
                for i in range(n):
                    access = served[i] / use[i] if use[i] > 0 else 1.0
                    missing[i] = _denied_share(access, substitutable[i], q.coverage[i])
                for i in range(n):
                    # The same share of needs as is counted as denied: what is designed out already is part of what others supply.
                    missed = base[i] * demand[i] * missing[i]
                    lost_g[i] += missed
                    # Customers' stocks are not rivals' sales: rivals gain what customers use from others.
                    rival_gain[i] += base[i] * demand[i] - served[i] - missed
                for i in range(n):
                    bought_g[i] += shipped[i]
                if g == LISTED:
                    for i in range(n):
                        loss[TIMING, i] += (1 - denied) * served[i] - shipped[i]
                        loss[WAITING, i] += (1 - denied) * (use[i] - served[i])
                        loss[SOCKETS, i] += (1 - denied) * (base[i] * demand[i] - use[i])
                        loss[FORBIDDEN_LISTED, i] += denied * base[i] * demand[i]
                elif g == UNLISTED:
                    for i in range(n):
                        unlisted_open[i] -= denied * weight[i]
                        loss[FORBIDDEN_UNLISTED, i] += denied * base[i] * demand[i]
                        loss[CONTAGION_UNLISTED, i] += (1 - denied) * base[i] * demand[i] - shipped[i]
                else:
                    for i in range(n):
                        loss[CONTAGION_ELSEWHERE, i] += base[i] * demand[i] - shipped[i]
                if g != ELSEWHERE:
                    denied_g, legal_g, denied_value = out.denied[g], out.legal[g], out.denied_discounted[g]
                    for i in range(n):
                        threatened[i] += threat[i] * base[i]
                    for i in range(n):
                        denied_now = weight[i] * missing[i]
                        denied_g[i] += denied_now
                        denied_value[i] += denied_now * factor[i]
                        if with_course:
                            out.course[14 + g, t, i] += denied_now
                    if limbo + denied > 0:  # else all that is ordered is shipped
                        for i in range(n):
                            access = shipped[i] / ordered[i] if ordered[i] > 0 else 1.0
                            legal_g[i] += weight[i] * _denied_share(access, substitutable[i], q.coverage[i])
                if with_course:
                    for i in range(n):
                        out.course[3 + g, t, i] += free_stock[g, k, i] + licensed_stock[g, k, i]
                        out.course[6 + g, t, i] += weight[i] * h[i]
                        out.course[9 + g, t, i] += served[i]
            bought_g, purchases = bought[g], out.purchases[g, year]
            for i in range(n):
                revenue[i] += bought_g[i]
            for i in range(n):
                purchases[i] += bought_g[i]
            if with_course:
                for i in range(n):
                    out.course[g, t, i] = bought_g[i]

        for i in range(n):
            content = p.diversion_us_content_ratio[i]
            won = _won_by_chinese(lost_final[LISTED, i], unlisted_open[i], p.diversion_to_unlisted[i], content)
            diverted[i] = won + _won_elsewhere(lost_final[LISTED, i], lost_final[UNLISTED, i], p.diversion_elsewhere[i], content)
            out.won_by_chinese[year, i] += won
        if t >= first_product:  # no knowledge has changed before the first research of the new path becomes a product
            for i in range(n):
                second_round[i] = bought[ELSEWHERE, i] * (1 - _share_factor(q.share_elsewhere[i], q.sigma[i] * knowledge[i]))
        for i in range(n):
            loss[CONTAGION_UNLISTED, i] -= loss[RETALIATION, i]
            loss[SECOND_ROUND, i], loss[DIVERSION, i] = second_round[i], -diverted[i]
        for i in range(n):
            revenue[i] += diverted[i] - second_round[i]
            rival_gain[i] += second_round[i] - diverted[i]
        for i in range(n):
            ratio[i] = max(revenue[i] / (total_base[i] * demand[i]), 1e-6)
        yearly, discounted = out.yearly, out.discounted
        uncertain = max(limbo_share, pending_share)
        for i in range(n):
            log_ratio[i] = math.log(ratio[i])
        for i in range(n):
            rival_base = q.world_base[i] - total_base[i]
            rival_ratio[i] = max(1 + rival_gain[i] / (rival_base * demand[i]), 1e-6)
        for i in range(n):
            rival_ratio[i] = math.log(rival_ratio[i])
        for i in range(n):
            log_rd[i] = _research_step(
                log_rd[i],
                log_ratio[i],
                p.uncertainty_doublings[i] * uncertain,
                p.rd_revenue_elasticity[i],
                p.rd_uncertainty_effect[i],
                p.rd_adjustment_months[i],
            )
        for i in range(n):
            log_rivals[i] = _research_step(
                log_rivals[i], rival_ratio[i], 0.0, p.rd_revenue_elasticity[i], 0.0, p.rd_adjustment_months[i]
            )
        for i in range(n):
            moved[i] = abroad[i] - p.rd_abroad_share_pct[i] / 100
            history[t, i] = _research_gap(log_rd[i], log_rivals[i], moved[i], p.rd_learning_abroad[i])
        for i in range(n):
            rd_ratio[i] = math.exp(log_rd[i])
        for i in range(n):
            yearly[1, year, i] += rd_ratio[i]
            discounted[0, i] += (1 - rd_ratio[i]) * factor[i]
        if uncertain > 0:
            for i in range(n):
                ratio[i] = _capex(ratio[i], p.capex_uncertainty_effect[i], p.uncertainty_doublings[i] * uncertain)
        for i in range(n):
            yearly[2, year, i] += ratio[i]
            discounted[1, i] += (1 - ratio[i]) * factor[i]
        for i in range(n):
            jobs[i] = _jobs(p.direct_jobs[i], log_ratio[i], p.jobs_revenue_elasticity[i], p.research_job_share[i], moved[i])
        for i in range(n):
            yearly[3, year, i] += jobs[i]
        if t >= first_product:
            for i in range(n):
                lagged = history[t - q.lag[i], i] if t >= q.lag[i] else 0.0
                knowledge[i] = _knowledge_step(knowledge[i], lagged, q.depreciation[i])
        for i in range(n):
            self_sufficiency[i] = _china_step(
                self_sufficiency[i],
                threatened[i] / chinese_base[i],
                p.china_trend_pp_per_year[i],
                p.china_threat_response_pp_per_year[i],
            )
        for i in range(n):
            abroad[i] = _abroad_step(abroad[i], threatened[i] / chinese_base[i], p.rd_relocation_pp_per_year[i])
        for i in range(n):
            yearly[0, year, i] += 100 * revenue[i] / (q.world_base[i] * demand[i])
        for i in range(n):
            yearly[4, year, i] += self_sufficiency[i]
            yearly[5, year, i] += 100 * abroad[i]
        for i in range(n):
            out.revenue[year, i] += revenue[i]
            out.baseline[year, i] += total_base[i] * demand[i]
            out.rivals[year, i] += rival_gain[i]
            out.rivals_discounted[i] += rival_gain[i] * factor[i]
        for kind in range(loss.shape[0]):
            lost, year_sum, value = loss[kind], out.losses[kind, year], out.present_value[kind]
            for i in range(n):
                year_sum[i] += lost[i]
                value[i] += lost[i] * factor[i]
        if with_course:
            for i in range(n):
                out.course[12, t, i], out.course[13, t, i] = limbo_share, fear[i]
        for i in range(n):
            demand[i] *= q.growth[i]
            factor[i] *= q.discount[i]


def run(p, policy, q, out, head) -> None:
    """One branch of the policy, for the draws in `p`: prepare, go through the months, sum up."""
    _prepare(p, policy, q)
    _month_loop(p, q, policy, out)
    _headlines(p, q, out, head)


_prepare, _month_loop, _headlines = _inner(prepare), _inner(month_loop), _inner(headlines)
Inputs = namedtuple("Inputs", fields_read("p", prepare, month_loop, headlines))  # type: ignore[misc]
Head = namedtuple("Head", fields_read("head", headlines))  # type: ignore[misc]
