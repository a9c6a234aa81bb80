"""Identities of the engine (design, section 10), for drawn and for arbitrary policies."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.model import engine
from analysis.model.calibration import chinese_purchases_ratio
from analysis.model.outcome import LOSSES
from analysis.model.policy_path import coverage_array, stalemate_path
from analysis.model.run import run_draws
from tests.model.conftest import FEW

SMALL = 64


def path_of(model, *, limbo=None, rule=None, limbo_months=0.0, months=48, tgl_days=90.0, **options):
    """A certain policy: the limbo (of the listed customer, if nothing else is said) and what the rule then forbids, nothing at all
    if nothing is said."""
    segments = [segment.name for segment in model.parameters.segments]
    limbo, rule = (coverage_array(covered, segments) for covered in ({"listed": 1.0} if limbo is None else limbo, rule or {}))
    return stalemate_path(months=months, limbo_months=limbo_months, limbo_coverage=limbo, rules=[rule], odds=[1.0],
                          tgl_days=tgl_days, **options)


def run(model, draws, path, **options):
    return run_draws(draws, path, model.parameters.segments, **options)


def single(model, **values) -> dict[str, np.ndarray]:
    """One draw: the central value of each parameter, or the value given."""
    return {**model.parameters.single(), **{name: np.array([value]) for name, value in values.items()}}


policies = st.fixed_dictionaries(
    {
        "limbo_months": st.floats(0, 40),
        "tgl_days": st.floats(20, 400),
        "plurilateral": st.booleans(),
        "retaliation": st.booleans(),
        "rule": st.fixed_dictionaries(
            {"listed": st.floats(0, 1), "unlisted": st.fixed_dictionaries({"logic": st.floats(0, 1), "memory": st.floats(0, 1)})}
        ),
    }
)


def socket_cost_closed_form(
    monthly_sales: float,
    substitutable: float,
    hazard: float,
    month: float,
    discount: float,
    reentry: float,
) -> float:
    """R A [eta exp(-eta T) + rho (1 - exp(-eta T))] / (r + rho): the socket part of one month of limbo at T, seen from T.

    The first term is what the month designs out, the second the re-entry that it puts off; endless horizon, continuous time.
    monthly_sales in US$ bn; hazard, discount and reentry per month.
    """
    kept = float(np.exp(-hazard * month))
    return monthly_sales * substitutable * (hazard * kept + reentry * (1 - kept)) / (discount + reentry)


@settings(max_examples=12, deadline=None)
@given(policies, st.integers(0, 10**6))
def test_what_is_shipped_is_used_or_stored(model, policy, seed):
    few = model.parameters.draw_block(seed, 0, SMALL)
    course = run(model, few, path_of(model, **policy), monthly=True).course
    base = course["stock"][0] + course["served"][0] - course["purchases"][0]  # the stock before the first month
    change = course["purchases"].sum(axis=0) - course["served"].sum(axis=0)
    np.testing.assert_allclose(course["stock"][-1] - base, change, rtol=1e-9, atol=1e-9)


@settings(max_examples=12, deadline=None)
@given(policies, st.integers(0, 10**6))
def test_losses_and_revenue_add_up_to_the_baseline(model, policy, seed):
    few = model.parameters.draw_block(seed, 0, SMALL)
    outcome = run(model, few, path_of(model, **policy))
    np.testing.assert_allclose(outcome.losses_by_year.sum(axis=0), outcome.baseline_by_year - outcome.revenue_by_year, atol=1e-9)
    parts = sum(outcome.headline[f"pv_{loss}_usd_bn"] for loss in LOSSES)
    np.testing.assert_allclose(parts, outcome.headline["pv_lost_sales_usd_bn"], atol=1e-9)


@settings(max_examples=12, deadline=None)
@given(policies, st.integers(0, 10**6))
def test_shares_stay_between_zero_and_one(model, policy, seed):
    few = model.parameters.draw_block(seed, 0, SMALL)
    outcome = run(model, few, path_of(model, **policy), monthly=True)
    for name in ("designed_out", "ripple", "limbo", "denied"):
        values = outcome.course[name]
        assert values.min() >= -1e-12 and values.max() <= 1 + 1e-12, name
    for name in ("us_share_pct", "rd_abroad_pct", "self_sufficiency_pct"):
        assert outcome.by_year[name].min() >= 0 and outcome.by_year[name].max() <= 100, name
    assert outcome.course["stock"].min() >= 0 and outcome.purchases_by_year.min() >= 0


def test_full_engagement_costs_nothing(model, draws):
    outcome = run(model, draws, path_of(model))
    for name, values in outcome.headline.items():
        if name not in ("china_self_sufficiency_year_10_pct",):
            np.testing.assert_allclose(values, 0, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("rule", [{}, {"listed": 1.0}, {"listed": 1.0, "unlisted": 1.0}, {"unlisted": {"logic": 0.3}}])
def test_a_limbo_of_no_length_is_the_immediate_decision(model, draws, rule):
    at_once = run(model, draws, path_of(model, rule=rule))
    decided = run(model, draws, path_of(model, limbo={}, rule=rule))
    for name in decided.headline:
        np.testing.assert_allclose(at_once.headline[name], decided.headline[name], rtol=1e-10, atol=1e-10, err_msg=name)


def test_cost_and_denial_are_continuous_in_the_length_of_the_limbo(model, draws):
    for rule in ({}, {"listed": 1.0}):
        short = run(model, draws, path_of(model, limbo_months=1e-6, rule=rule)).headline
        none = run(model, draws, path_of(model, rule=rule)).headline
        for name in short:
            np.testing.assert_allclose(short[name], none[name], atol=0.02, rtol=1e-3, err_msg=name)


def test_a_ban_without_any_other_source_denies_all_and_substitutes_nothing(model, draws):
    alone = {
        **draws,
        "substitutable_share": np.zeros_like(draws["substitutable_share"]),
        "stock_cover_months": np.zeros_like(draws["stock_cover_months"]),
    }
    outcome = run(model, alone, path_of(model, rule={"listed": 1.0}))
    np.testing.assert_allclose(outcome.headline["denied_months_listed"], 48)
    np.testing.assert_allclose(outcome.headline["pv_sockets_usd_bn"], 0, atol=1e-12)
    np.testing.assert_allclose(outcome.headline["pv_contagion_usd_bn"], 0, atol=1)


def test_a_ban_with_every_part_replaceable_denies_nothing_once_others_supply(model, draws):
    easy = {**draws, "substitutable_share": np.ones_like(draws["substitutable_share"])}
    outcome = run(model, easy, path_of(model, rule={"listed": {"rf_analogue": 1.0}}))
    np.testing.assert_allclose(outcome.headline["denied_months_listed"], 0, atol=1e-9)


@settings(max_examples=8, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 10**6))
def test_more_allied_coverage_never_lowers_denial(model, one, other, seed):
    few = model.parameters.draw_block(seed, 0, SMALL)
    low, high = sorted((one, other))
    path = path_of(model, rule={"listed": 1.0, "unlisted": {"logic": 0.4}}, plurilateral=True)
    denied = [run(model, {**few, "allied_coverage": np.full(SMALL, v)}, path).headline for v in (low, high)]
    for name in ("denied_months_listed", "denied_months_chinese"):
        assert (denied[1][name] >= denied[0][name] - 1e-9).all()


@settings(max_examples=8, deadline=None)
@given(st.floats(0, 0.6), st.floats(0, 0.6), st.integers(0, 10**6))
def test_more_contagion_never_lowers_the_cost_to_others(model, one, other, seed):
    few = model.parameters.draw_block(seed, 0, SMALL)
    quiet = {**few, "stockpile_months": np.zeros(SMALL)}  # buying ahead may gain sales for a while
    low, high = sorted((one, other))
    path = path_of(model, limbo_months=18)
    costs = [
        run(model, {**quiet, "contagion_unlisted": np.full(SMALL, v)}, path).headline["pv_contagion_unlisted_usd_bn"]
        for v in (low, high)
    ]
    assert (costs[1] >= costs[0] - 1e-9).all()


@settings(max_examples=12, deadline=None)
@given(policies, st.integers(0, 10**6))
def test_final_sales_are_lost_where_access_is_denied_and_nowhere_else(model, policy, seed):
    """With every lost final sale won back by rivals of equal US content, what is diverted is needs times the share denied."""
    few = model.parameters.draw_block(seed, 0, SMALL)
    few |= {"diversion_to_unlisted": np.zeros(SMALL), "diversion_elsewhere": np.ones(SMALL),
            "diversion_us_content_ratio": np.ones(SMALL)}
    outcome = run(model, few, path_of(model, **policy), monthly=True)
    listed = few["listed_customer_sales_usd_bn"]
    needs = np.stack([listed, few["chinese_sales_usd_bn"] - listed]) / 12
    by_month = (needs * outcome.course["denied"]).sum(axis=1)
    diverted = -outcome.losses_by_year[LOSSES.index("diversion")].sum(axis=0)
    np.testing.assert_allclose(diverted, by_month.sum(axis=0), rtol=1e-9, atol=1e-9)
    assert (outcome.won_by_chinese_by_year == 0).all()


def test_what_a_denied_customer_cannot_build_is_bought_for_by_its_chinese_rivals_as_far_as_they_may_buy(model, draws):
    """All that is lost goes to other Chinese makers of equal content: their purchases rise by the needs denied."""
    p = {**draws, "diversion_to_unlisted": np.ones(FEW), "diversion_elsewhere": np.zeros(FEW),
         "diversion_us_content_ratio": np.ones(FEW)}
    for rule, free in (({"listed": 1.0}, 1.0), ({"listed": 1.0, "unlisted": 1.0}, 0.0)):
        outcome = run(model, p, path_of(model, rule=rule), monthly=True)
        needs = (draws["listed_customer_sales_usd_bn"] / 12 * outcome.course["denied"][:, 0]).reshape(4, 12, FEW).sum(axis=1)
        np.testing.assert_allclose(outcome.won_by_chinese_by_year, free * needs, rtol=1e-9, atol=1e-9)


def test_a_forecast_of_sales_to_all_chinese_firms_holds_what_their_makers_win_of_a_denied_rival(model, draws):
    p = {**draws, "diversion_to_unlisted": np.ones(FEW), "diversion_us_content_ratio": np.ones(FEW)}
    outcome = run(model, p, path_of(model, rule={"listed": 1.0}))
    without = replace(outcome, won_by_chinese_by_year=np.zeros_like(outcome.won_by_chinese_by_year))
    assert (chinese_purchases_ratio(outcome, 2) > chinese_purchases_ratio(without, 2)).all()


def test_a_wider_ban_denies_and_forbids_more(model, draws):
    narrow, broad = (
        run(model, draws, path_of(model, rule=rule)).headline for rule in ({"listed": 1.0}, {"listed": 1.0, "unlisted": 1.0})
    )
    assert (broad["denied_months_chinese"] > narrow["denied_months_chinese"]).all()
    assert (broad["pv_lost_sales_usd_bn"] > narrow["pv_lost_sales_usd_bn"]).all()


def test_a_longer_limbo_designs_out_more(model, draws):
    sockets = [run(model, draws, path_of(model, limbo_months=m)).headline["pv_sockets_usd_bn"] for m in (3, 6, 12, 24)]
    for shorter, longer in pairwise(sockets):
        assert (longer >= shorter - 1e-12).all()


def test_a_one_month_limbo_leaves_no_mark_when_redesign_takes_a_month_to_start(model, draws):
    slow = {**draws, "redesign_delay_months": np.ones_like(draws["redesign_delay_months"])}
    outcome = run(model, slow, path_of(model, limbo_months=1))
    np.testing.assert_allclose(outcome.headline["pv_sockets_usd_bn"], 0, atol=1e-12)


def test_retaliation_takes_only_what_a_rule_has_left(model, draws):
    path = path_of(model, rule={"listed": 1.0, "unlisted": 1.0})
    np.testing.assert_allclose(run(model, draws, replace(path, retaliation=True)).headline["pv_retaliation_usd_bn"], 0, atol=1e-12)
    part = path_of(model, rule={"listed": 1.0, "unlisted": {"logic": 1.0}})
    assert (run(model, draws, replace(part, retaliation=True)).headline["pv_retaliation_usd_bn"] > 0).mean() > 0.99


def test_research_moves_abroad_with_what_is_under_threat_and_takes_jobs_and_share_along(model, draws):
    lever = {**draws, "rd_relocation_pp_per_year": np.full(FEW, 1.0)}
    paths = {"none": path_of(model, months=120), "narrow": path_of(model, rule={"listed": 1.0}, months=120),
             "limbo": path_of(model, limbo_months=24, months=120),
             "broad": path_of(model, rule={"listed": 1.0, "unlisted": 1.0}, months=120)}
    off, on = ({name: run(model, p, path) for name, path in paths.items()} for p in (draws, lever))
    start = draws["rd_abroad_share_pct"]
    for outcome in off.values():
        np.testing.assert_allclose(outcome.by_year["rd_abroad_pct"][-1], start)
    moved = {name: outcome.by_year["rd_abroad_pct"][-1] - start for name, outcome in on.items()}
    np.testing.assert_allclose(moved["none"], 0, atol=1e-12)
    assert (moved["narrow"] > 0).all() and (moved["broad"] >= moved["narrow"]).all() and (moved["broad"] >= moved["limbo"]).all()
    np.testing.assert_allclose(moved["broad"], 10 * 1.0, rtol=0.06)  # a point a year, the last year as the mean of its months
    for name in ("narrow", "broad"):
        assert (on[name].headline["jobs_lost_year_10"] > off[name].headline["jobs_lost_year_10"]).all()
        assert (on[name].headline["us_share_change_year_10_pp"] <= off[name].headline["us_share_change_year_10_pp"]).all()


@settings(max_examples=12, deadline=None)
@given(st.lists(st.floats(20, 1000), min_size=2, max_size=2), st.lists(st.floats(0.02, 0.9), min_size=2, max_size=2),
       st.floats(1, 40), st.integers(0, 10**6))
def test_a_longer_or_safer_licence_never_costs_more(model, days, odds, months, seed):
    few = model.parameters.draw_block(seed, 0, SMALL)
    (short, long), (safe, risky) = sorted(days), sorted(odds)
    worse = run(model, {**few, "lapse_probability": np.full(SMALL, risky)}, path_of(model, limbo_months=months, tgl_days=short))
    better = run(model, {**few, "lapse_probability": np.full(SMALL, safe)}, path_of(model, limbo_months=months, tgl_days=long))
    assert (better.headline["pv_sockets_usd_bn"] <= worse.headline["pv_sockets_usd_bn"] + 1e-9).all()
    quiet = {"stockpile_months": np.zeros(SMALL)}  # stocks are sales brought forward: without them the whole cost is ordered too
    costs = [run(model, {**few, **quiet, "lapse_probability": np.full(SMALL, p)}, path_of(model, limbo_months=months, tgl_days=d))
             .headline["pv_lost_sales_usd_bn"] for p, d in ((risky, short), (safe, long))]
    assert (costs[1] <= costs[0] + 1e-6).all()


@settings(max_examples=8, deadline=None)
@given(st.floats(0, 0.9), st.floats(0, 0.9), st.integers(0, 10**6))
def test_more_risk_that_a_permission_is_taken_back_never_costs_fewer_sockets(model, one, other, seed):
    few = model.parameters.draw_block(seed, 0, SMALL)
    low, high = sorted((one, other))
    path = path_of(model, limbo_months=12, months=72)
    sockets = [run(model, {**few, "reversal_risk_per_year": np.full(SMALL, risk)}, path).headline["pv_sockets_usd_bn"]
               for risk in (low, high)]
    assert (sockets[1] >= sockets[0] - 1e-9).all()


def test_a_permission_is_doubted_by_those_who_waited_for_it_and_by_nobody_else(model, draws):
    risky = {**draws, "reversal_risk_per_year": np.full(FEW, 0.5), "contagion_unlisted": np.zeros(FEW)}
    path = path_of(model, months=72, limbo_months=12, limbo={"unlisted": {"memory": 1.0}})
    safe, doubted = (run(model, p, path) for p in ({**risky, "reversal_risk_per_year": np.zeros(FEW)}, risky))
    np.testing.assert_allclose(doubted.headline["pv_listed_usd_bn"], 0, atol=1e-9)
    assert (doubted.headline["pv_unlisted_usd_bn"] > safe.headline["pv_unlisted_usd_bn"]).all()
    bought = doubted.purchases_by_year[1, 0]
    others = draws["chinese_sales_usd_bn"] - draws["listed_customer_sales_usd_bn"]
    memory = draws["share_memory"] * others
    assert (others - bought <= memory + 1e-9).all()  # what was not waited for is bought as before


def test_a_rule_that_came_to_nothing_is_feared_no_more_than_while_it_hung(model, draws):
    def costs(months, risk):
        path = path_of(model, months=72, limbo_months=months, limbo={}, pending=1.0)
        p = {**draws, "reversal_risk_per_year": np.full(FEW, risk), "stockpile_months": np.zeros(FEW)}
        return run(model, p, path).headline["pv_listed_usd_bn"]

    never, doubted, always = costs(12, 0.0), costs(12, 0.5), costs(72, 0.0)
    assert (never <= doubted + 1e-9).all() and (doubted <= always + 1e-9).all() and (doubted > never).mean() > 0.9


@pytest.mark.parametrize("scenario", ["stalemate_24_open", "targeted_rule", "today_accelerator_licences"])
def test_layers_that_no_rule_tells_apart_count_as_one_and_change_nothing(model, scenario, monkeypatch):
    parameters, path = model.prepare(scenario)
    few = parameters.draw_block(3, 0, SMALL)
    merged = run_draws(few, path, parameters.segments).headline

    def apart(layers, substitutability, memory, rules):
        width = np.zeros((*layers.width.shape, len(substitutability)))
        for k, s in enumerate(layers.segment):
            width[:, k, s] = layers.width[:, k]
        return np.arange(len(layers.segment)), width

    monkeypatch.setattr(engine, "_products", apart)
    for name, values in run_draws(few, path, parameters.segments).headline.items():
        np.testing.assert_allclose(merged[name], values, rtol=1e-9, atol=1e-9, err_msg=name)


@settings(max_examples=12, deadline=None)
@given(st.floats(0, 1), st.floats(1, 40), st.integers(0, 10**6))
def test_limbo_on_top_of_a_rule_never_lets_more_through(model, coverage, months, seed):
    few = model.parameters.draw_block(seed, 0, SMALL)
    segments = [segment.name for segment in model.parameters.segments]
    held = coverage_array({"listed": coverage}, segments)
    rule, both = (path_of(model, limbo_months=months, limbo=limbo, rule={"listed": coverage}, interim=held)
                  for limbo in ({}, {"listed": 1.0}))
    np.testing.assert_allclose(both.denied.max(axis=2).max(axis=2), rule.denied.max(axis=2).max(axis=2))
    alone, queued = run(model, few, rule).headline, run(model, few, both).headline
    assert (queued["legally_denied_months_listed"] >= alone["legally_denied_months_listed"] - 1e-9).all()


def test_a_pending_rule_forbids_nothing_and_is_feared_by_chinese_customers(model, draws):
    outcome = run(model, draws, path_of(model, months=60, limbo_months=24, limbo={}, pending=1.0))
    np.testing.assert_allclose(outcome.headline["legally_denied_months_listed"], 0, atol=1e-12)
    assert (outcome.headline["pv_waiting_usd_bn"] < 1e-9).all()
    assert (outcome.headline["pv_contagion_unlisted_usd_bn"] > 0).mean() > 0.9 and (outcome.headline["pv_sockets_usd_bn"] > 0).all()


def test_months_denied_at_present_value_are_discounted_as_dollars_are(model, draws):
    """A ban without any other source and without stocks denies each month whole: the annuity of 48 months."""
    alone = {**draws, "substitutable_share": np.zeros(FEW), "stock_cover_months": np.zeros(FEW)}
    outcome = run(model, alone, path_of(model, rule={"listed": 1.0}))
    rate = 1.08 ** (-1 / 12)
    np.testing.assert_allclose(outcome.headline["denied_months_listed_discounted"], (1 - rate**48) / (1 - rate))


def test_uncertainty_lowers_capital_spending_while_it_lasts(model, draws):
    path = path_of(model, limbo_months=12)
    calm, unsure = (
        run(model, {**draws, "uncertainty_doublings": np.full(FEW, u)}, path).by_year for u in (0.0, 1.0)
    )
    factor = np.exp(draws["capex_uncertainty_effect"])
    np.testing.assert_allclose(unsure["capex_ratio"][0], calm["capex_ratio"][0] * factor, rtol=1e-6)
    later = unsure["capex_ratio"][1] / calm["capex_ratio"][1]
    assert (np.abs(later - 1) < 0.01).all()  # what is left is the second round of a little more or less research


def test_the_long_run_multiplier_of_a_small_permanent_loss_is_the_one_asked_for(model):
    multiplier = 1.4
    p = single(model, second_round_multiplier=multiplier, rd_lag_years=0.25, knowledge_depreciation_pct_per_year=70.0,
               rd_adjustment_months=1.0, diversion_us_content_ratio=0.0, clear_rule_months=0.0, substitutable_share=0.869,
               rd_uncertainty_effect=0.0, listed_customer_sales_usd_bn=1.0)
    outcome = run(model, p, path_of(model, months=360, limbo={}, rule={"listed": {"memory": 1.0}}))
    direct = outcome.losses_by_year[LOSSES.index("forbidden_listed"), -1, 0]
    whole = outcome.losses_by_year[:, -1, 0].sum()
    assert whole / direct == pytest.approx(multiplier, rel=0.02)


def test_the_socket_part_of_a_month_agrees_with_its_closed_form(model):
    hazard, reentry, discount, sales, months = 0.01, 0.01, 0.08, 12.0, 6
    p = single(model, design_out_hazard_per_month=hazard, reentry_hazard_per_month=reentry, redesign_delay_months=0.0,
               stockpile_months=0.0, licence_free_share=1.0, listed_customer_sales_usd_bn=sales,
               discount_rate_pct_per_year=100 * discount, design_life_months=120.0,
               lapse_probability=0.99)  # sure to lapse within the life of a design

    def sockets(length):
        path = path_of(model, limbo_months=length, months=600)
        return run_draws(p, path, model.parameters.segments).headline["pv_sockets_usd_bn"][0]

    # The closed form is in continuous time and values the month at its own date; the simulation at the start.
    rate = np.log(1 + discount) / 12
    expected = socket_cost_closed_form(sales / 12, float(p["substitutable_share"][0]), hazard, months, rate, reentry) * np.exp(
        -rate * months
    )
    assert sockets(months + 1) - sockets(months) == pytest.approx(expected, rel=0.02)
