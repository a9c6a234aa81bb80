"""The month loop, compiled: the equations of the other modules put together for one draw after another.

Each draw runs through all its months while its state stays in the processor's cache, which is what makes a hundred
thousand draws a matter of a second or two. The equations themselves are the plain Python functions of the modules named
below; numba compiles those same functions, so there is one text of each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np

from analysis import paths
from analysis.model import access, china, contagion, denial, design_out, diversion, employment, research, stock
from analysis.model.kernel_types import Inputs, Policy, Results

LISTED, UNLISTED, ELSEWHERE = 0, 1, 2
EQUATIONS = (access, china, contagion, denial, design_out, diversion, employment, research, stock)


def _compiled(function: Callable) -> Callable:
    """Compile for speed; keep the machine code between runs, in a folder named by the text of the modules.

    Numba looks only at the file of the compiled function to tell whether its cache is stale; the equations live in other
    files, hence the hash.
    """
    sources = [__file__, *(module.__file__ for module in EQUATIONS)]
    digest = hashlib.sha256(b"".join(Path(source).read_bytes() for source in sources)).hexdigest()
    before = numba.config.CACHE_DIR
    try:
        folder = paths.BUILD / "cache" / f"model-{digest[:16]}"
        folder.mkdir(parents=True, exist_ok=True)
        numba.config.CACHE_DIR = str(folder)
        return numba.njit(function, cache=True, nogil=True, error_model="numpy")
    except (OSError, RuntimeError):  # a folder that cannot be written to: compile anew in each process
        return numba.njit(function, nogil=True, error_model="numpy")
    finally:
        numba.config.CACHE_DIR = before


def _inner(function: Callable) -> Callable:
    """An equation as compiled code that the loop takes in; division by zero is excluded by its callers."""
    return numba.njit(function, error_model="numpy")


_ripple, _threat = _inner(contagion.ripple), _inner(contagion.threat)
_started, _design_step, _wanted_use = _inner(design_out.started), _inner(design_out.step), _inner(design_out.wanted_use)
_queue_step, _shipments = _inner(access.licence_queue_step), _inner(access.shipments)
_cover, _orders, _serve = _inner(stock.target_cover_months), _inner(stock.orders), _inner(stock.serve)
_backfill, _diverted = _inner(diversion.backfill_share), _inner(diversion.diverted_sales)
_research_step, _knowledge_step, _share_factor = (
    _inner(research.research_step),
    _inner(research.knowledge_step),
    _inner(research.share_factor),
)
_china_step, _denied_share = _inner(china.self_sufficiency_step), _inner(denial.denied_share)
_jobs, _capex, _abroad_step = (
    _inner(employment.direct_jobs),
    _inner(employment.capital_spending_ratio),
    _inner(employment.research_abroad_step),
)


def _run(p: Inputs, policy: Policy, out: Results) -> None:
    """Run every draw through every month. The order of the blocks within a month is the order of the chapter's text."""
    groups, products, n = p.base.shape
    months = policy.limbo.shape[1]
    kinds = out.losses.shape[0]
    with_course = out.course.shape[1] > 0
    designed_out, queue = np.empty((groups, products)), np.empty((groups, products))
    stocks = np.empty((groups, products, 2))
    history = np.empty(months)
    loss, loss_of_year, present_value = np.empty(kinds), np.empty(kinds), np.empty(kinds)
    yearly_of_year, bought_of_year = np.empty(out.yearly.shape[0]), np.empty(groups)
    denied_total, legal_total = np.empty(2), np.empty(2)
    bought, lost_final, threatened_months = np.empty(groups), np.empty(groups), np.empty(groups)

    for i in range(n):
        designed_out[:] = 0.0
        queue[:] = 0.0
        threatened_months[:] = 0.0
        total_base, chinese_base = 0.0, 0.0
        for g in range(groups):
            for k in range(products):
                total_base += p.base[g, k, i]
                chinese_base += p.base[g, k, i] if g != ELSEWHERE else 0.0
                stocks[g, k, 0] = p.stock_cover_months[i] * p.base[g, k, i] * p.licence_free_share[i]
                stocks[g, k, 1] = p.stock_cover_months[i] * p.base[g, k, i] * (1 - p.licence_free_share[i])
        rival_base = p.world_base[i] - total_base
        log_rd, log_rivals, knowledge = 0.0, 0.0, 0.0
        self_sufficiency, abroad = p.china_self_sufficiency_pct[i], p.rd_abroad_share_pct[i] / 100
        demand, factor = 1.0, 1.0
        b = p.branch[i]
        present_value[:] = 0.0
        denied_total[:], legal_total[:] = 0.0, 0.0
        rd_lost, capex_lost = 0.0, 0.0
        revenue_of_year, baseline_of_year, rivals_of_year = 0.0, 0.0, 0.0
        loss_of_year[:], yearly_of_year[:], bought_of_year[:] = 0.0, 0.0, 0.0

        for t in range(months):
            if policy.demand.shape[0] > 0:
                demand = policy.demand[t]
            rule_age, limbo_before = policy.rule_age[b, t], policy.limbo_before[b, t]
            limbo_share = 0.0
            for g in range(groups):
                for k in range(products):
                    limbo_share = max(limbo_share, policy.limbo[b, t, g, k])
            fear = _ripple(
                limbo_share, rule_age, limbo_before, p.clear_rule_months[i], p.contagion_persistence[i], p.credibility_months[i]
            )
            loss[:] = 0.0
            revenue, rival_gain, threatened, unlisted_open, retaliated = 0.0, 0.0, 0.0, 1.0, 0.0

            for g in range(groups):
                spread = p.contagion_unlisted[i] if g == UNLISTED else p.contagion_elsewhere[i] if g == ELSEWHERE else 0.0
                under_threat = spread * fear > 0
                for k in range(products):
                    under_threat = under_threat or policy.limbo[b, t, g, k] + policy.denied[b, t, g, k] > 0
                threatened_months[g] = threatened_months[g] + 1 if under_threat else 0.0
                started = _started(threatened_months[g], p.redesign_delay_months[i])
                bought[g], lost_final[g] = 0.0, 0.0
                denied_now, legal_now, stock_now, served_now, designed_now = 0.0, 0.0, 0.0, 0.0, 0.0
                for k in range(products):
                    weight = policy.weights[g, k]
                    if weight == 0.0:
                        continue
                    limbo, denied = policy.limbo[b, t, g, k], policy.denied[b, t, g, k]
                    threat = _threat(limbo + denied, spread, fear)
                    # Where allies join a rule, a denied customer finds fewer other sources to design in.
                    hazard = p.design_out_hazard_per_month[i] * started * (1 - p.coverage[i] * denied)
                    h = _design_step(
                        designed_out[g, k], threat, hazard, p.reentry_hazard_per_month[i], 0.0 if under_threat else 1.0
                    )
                    designed_out[g, k] = h
                    base = p.base[g, k, i] * demand
                    use = _wanted_use(base, p.substitutable[k, i], h)
                    if policy.retaliation and g == UNLISTED and rule_age >= 0 and policy.memory[k]:
                        # China turns away from US memory (Micron, 2023); only permitted sales can be lost by it.
                        kept = use * (1 - p.retaliation_loss_share[i])
                        retaliated += (1 - denied) * (use - kept)
                        use = kept
                    cover = _cover(p.stock_cover_months[i], p.stockpile_months[i], threat, p.hazard_ratio[i])
                    free = p.licence_free_share[i]
                    orders_free = _orders(use * free, stocks[g, k, 0], cover, p.stock_adjustment_months[i])
                    orders_licensed = _orders(use * (1 - free), stocks[g, k, 1], cover, p.stock_adjustment_months[i])
                    queue[g, k] = _queue_step(queue[g, k], limbo * use * (1 - free), p.licence_lag_months[i]) if limbo > 0 else 0.0
                    shipped_free = _shipments(orders_free, 0.0, denied, 0.0)
                    shipped_licensed = _shipments(orders_licensed, limbo, denied, p.licensed_share[i] * queue[g, k])
                    served_free, stocks[g, k, 0] = _serve(use * free, stocks[g, k, 0], shipped_free)
                    served_licensed, stocks[g, k, 1] = _serve(use * (1 - free), stocks[g, k, 1], shipped_licensed)
                    shipped, served = shipped_free + shipped_licensed, served_free + served_licensed
                    ordered = orders_free + orders_licensed

                    missed = (use - served) * (1 - _backfill(p.substitutable[k, i], p.coverage[i]))
                    lost_final[g] += missed
                    bought[g] += shipped
                    # Customers' stocks are not rivals' sales: rivals gain what customers use from others.
                    rival_gain += base - served - missed
                    forbidden = denied * base
                    if g == LISTED:
                        loss[0] += (1 - denied) * served - shipped
                        loss[1] += (1 - denied) * (use - served)
                        loss[2] += (1 - denied) * (base - use)
                        loss[3] += forbidden
                    elif g == UNLISTED:
                        loss[4] += forbidden
                        loss[5] += base - forbidden - shipped
                        unlisted_open -= denied * weight
                    else:
                        loss[6] += base - shipped
                    if g != ELSEWHERE:
                        threatened += threat * p.base[g, k, i]
                        denied_now += weight * _denied_share(served / use if use > 0 else 1.0, p.substitutable[k, i], p.coverage[i])
                        legal_now += weight * _denied_share(
                            shipped / ordered if ordered > 0 else 1.0, p.substitutable[k, i], p.coverage[i]
                        )
                    stock_now += stocks[g, k, 0] + stocks[g, k, 1]
                    served_now += served
                    designed_now += weight * h
                revenue += bought[g]
                bought_of_year[g] += bought[g]
                if g != ELSEWHERE:
                    denied_total[g] += denied_now
                    legal_total[g] += legal_now
                if with_course:
                    out.course[g, t, i], out.course[3 + g, t, i] = bought[g], stock_now
                    out.course[6 + g, t, i], out.course[9 + g, t, i] = designed_now, served_now
                    if g != ELSEWHERE:
                        out.course[14 + g, t, i] = denied_now

            diverted = _diverted(
                lost_final[LISTED],
                lost_final[UNLISTED],
                unlisted_open,
                p.diversion_to_unlisted[i],
                p.diversion_elsewhere[i],
                p.diversion_us_content_ratio[i],
            )
            second_round = bought[ELSEWHERE] * (1 - _share_factor(p.share_elsewhere[i], p.sigma[i] * knowledge))
            loss[5] -= retaliated
            loss[7], loss[8], loss[9] = second_round, retaliated, -diverted
            revenue += diverted - second_round
            rival_gain += second_round - diverted
            baseline = total_base * demand
            ratio = max(revenue / baseline, 1e-6)
            uncertainty = p.uncertainty_doublings[i] * limbo_share
            log_rd = _research_step(
                log_rd, ratio, uncertainty, p.rd_revenue_elasticity[i], p.rd_uncertainty_effect[i], p.rd_adjustment_months[i]
            )
            log_rivals = _research_step(
                log_rivals,
                max(1 + rival_gain / (rival_base * demand), 1e-6),
                0.0,
                p.rd_revenue_elasticity[i],
                0.0,
                p.rd_adjustment_months[i],
            )
            history[t] = log_rd - log_rivals
            lagged = history[t - p.lag[i]] if t >= p.lag[i] else 0.0
            knowledge = _knowledge_step(knowledge, lagged, p.depreciation[i])
            self_sufficiency = _china_step(
                self_sufficiency, threatened / chinese_base, p.china_trend_pp_per_year[i], p.china_threat_response_pp_per_year[i]
            )
            abroad = _abroad_step(abroad, p.hazard[i] * limbo_share, p.rd_location_response[i])

            rd_ratio, capex_ratio = np.exp(log_rd), _capex(ratio, p.capex_uncertainty_effect[i], uncertainty)
            for kind in range(kinds):
                loss_of_year[kind] += loss[kind]
                present_value[kind] += loss[kind] * factor
            revenue_of_year += revenue
            baseline_of_year += baseline
            rivals_of_year += rival_gain
            yearly_of_year[0] += 100 * revenue / (p.world_base[i] * demand)
            yearly_of_year[1] += rd_ratio
            yearly_of_year[2] += capex_ratio
            yearly_of_year[3] += _jobs(p.direct_jobs[i], ratio, p.jobs_revenue_elasticity[i])
            yearly_of_year[4] += self_sufficiency
            yearly_of_year[5] += 100 * abroad
            rd_lost += (1 - rd_ratio) * factor
            capex_lost += (1 - capex_ratio) * factor
            if t % 12 == 11 or t == months - 1:
                year = t // 12
                out.losses[:, year, i], out.yearly[:, year, i], out.purchases[:, year, i] = (
                    loss_of_year,
                    yearly_of_year,
                    bought_of_year,
                )
                out.revenue[year, i], out.baseline[year, i], out.rivals[year, i] = revenue_of_year, baseline_of_year, rivals_of_year
                loss_of_year[:], yearly_of_year[:], bought_of_year[:] = 0.0, 0.0, 0.0
                revenue_of_year, baseline_of_year, rivals_of_year = 0.0, 0.0, 0.0
            if with_course:
                out.course[12, t, i], out.course[13, t, i] = limbo_share, fear
            demand *= p.growth[i]
            factor *= p.discount[i]
        out.present_value[:, i] = present_value
        out.denied[:, i], out.legal[:, i] = denied_total, legal_total
        out.discounted[0, i], out.discounted[1, i] = rd_lost, capex_lost


run_block = _compiled(_run)
"""The compiled loop: run_block(inputs, policy, results)."""
