"""The explorer's scripts, run in V8, do what the model does; nothing here needs a browser."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from py_mini_racer import MiniRacer

from analysis import paths
from analysis.cli import main
from analysis.explorer import agreement
from analysis.explorer.generate import model_script
from analysis.explorer.script import HARNESS, SCRIPTS, Script
from analysis.model.policy_path import Products, coverage_array
from analysis.runner.steps import STEPS


@pytest.fixture(scope="module")
def engine():
    engine = MiniRacer()
    engine.eval(HARNESS)
    for name in SCRIPTS:
        engine.eval((paths.SCRIPTS / name).read_text(encoding="utf-8"))
    return engine


@pytest.fixture(scope="module")
def script(settings):
    return Script(settings)


def test_the_draws_that_the_page_is_sent_are_those_of_the_model_to_the_last_bit(engine, model, settings, calibrated):
    versions = {"prior": model.parameters.draw_block(settings["seed"], 0, 70), "informed": model.parameters.from_steps(calibrated)}
    for version, draws in versions.items():
        engine.eval(f"globalThis.taken = csModel.source({json.dumps(settings)}, {version!r})({{}}, 5, 70);")
        for name, values in draws.items():
            found = np.frombuffer(bytes(engine.eval(f"taken[{name!r}].buffer")))
            assert np.array_equal(found, values[5:70]), (version, name)


def test_the_script_is_the_one_that_the_equations_give():
    assert (paths.SCRIPTS / "explorer-model.js").read_text(encoding="utf-8") == model_script(), (
        "run: python -m analysis explorer-script")


@pytest.mark.parametrize("rule", [{}, {"listed": 1.0}, {"listed": {"logic": 0.5}, "unlisted": {"logic": 0.25, "memory": 0.15}}])
def test_the_script_splits_products_as_the_model_does(engine, model, rule):
    segments = [segment.name for segment in model.parameters.segments]
    coverages = [coverage_array({"listed": 1.0}, segments), coverage_array(rule, segments)]
    given = json.dumps([coverage.tolist() for coverage in coverages])
    found = json.loads(engine.eval(
        f"JSON.stringify(csEquations.split_products({given}).map((part) => Array.from(part, (row) => "
        "typeof row === 'number' ? row : [...row])))"))
    products = Products.split(coverages)
    for script, python in zip(found, (products.segment, products.width, products.top), strict=True):
        np.testing.assert_array_equal(script, python)


def test_script_and_model_agree_in_every_draw_at_random_settings(runs, settings):
    worst = agreement.largest_disagreement(runs, settings, agreement.random_cases(settings, 24, 64, seed=7))
    assert 0 < worst.relative < agreement.TOLERANCE   # nothing at all would mean that nothing was compared


def test_the_calibrated_version_is_compared_with_its_own_draws(runs, settings, script):
    found = script.run("?scenario=narrow_ban&version=informed", 32)
    for version, agrees in (("informed", True), ("prior", False)):
        apart, _ = agreement.difference(found, runs.run("narrow_ban", {}, 32, version), settings)
        assert (apart < agreement.TOLERANCE) is agrees


def test_a_script_that_differs_is_refused_with_quantity_and_settings(runs, settings, tmp_path, monkeypatch):
    for name in SCRIPTS:
        shutil.copyfile(paths.SCRIPTS / name, tmp_path / name)
    file = tmp_path / "explorer-model.js"
    text = file.read_text(encoding="utf-8")
    changed = text.replace("(30.4375 / tgl_days)", "(30.4376 / tgl_days)")
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    monkeypatch.setattr(paths, "SCRIPTS", tmp_path)
    with pytest.raises(agreement.DisagreementError, match=r"explorer-model\.js.*differ: \w+.*\?scenario="):
        agreement.largest_disagreement(runs, settings, agreement.random_cases(settings, 5, 64))


def test_the_orders_of_the_model_hold_in_the_browser_too(script):
    """Longer or safer licences cost no more sockets; a wider rule moves no less research; limbo of no length is the decision."""
    def run(address):
        return script.run("?" + address, 64).headline

    base = "scenario=stalemate&odds_open=1&limbo_months=18"
    for better in ("tgl_days=400", "lapse_probability=0.02"):
        assert (run(f"{base}&{better}")["pv_sockets_usd_bn"] <= run(base)["pv_sockets_usd_bn"] + 1e-9).all()
    narrow, broad = (run(f"scenario={name}&rd_relocation_pp_per_year=1") for name in ("narrow_ban", "broad_ban"))
    assert (broad["jobs_lost_year_10"] > narrow["jobs_lost_year_10"]).all()
    at_once, decided = run("scenario=stalemate_24_ban&limbo_months=0"), run("scenario=narrow_ban")
    for name, values in decided.items():
        np.testing.assert_allclose(at_once[name], values, rtol=1e-10, atol=1e-9, err_msg=name)


def test_a_number_in_one_and_none_in_the_other_counts_as_a_difference(runs, settings, script):
    found = script.run("?scenario=narrow_ban", 16)
    outcome = runs.run("narrow_ban", {}, 16)
    broken = {**found.headline, "denied_months_listed": np.full(16, np.nan)}
    assert agreement.difference(type(found)(**{**vars(found), "headline": broken}), outcome, settings)[0] == np.inf


def test_values_that_cannot_all_hold_are_recognised(script):
    assert script.run("?world_sales_usd_bn=100&listed_customer_sales_usd_bn=60&us_share_pct=20", 8).contradiction
    assert not script.run("?world_sales_usd_bn=500", 8).contradiction


# --- addresses -----------------------------------------------------------------------------------------------------------


def test_the_scenario_that_the_page_opens_with_has_the_plain_address(script, settings):
    assert script.run("", 8).address == ""
    assert script.run(f"?scenario={settings['default']}", 8).address == ""


def test_the_version_of_the_model_stands_in_the_address_and_the_command_only_where_it_is_not_the_usual_one(script):
    assert script.run("?version=prior", 8).address == ""
    run = script.run("?version=informed&limbo_months=9&with_scenario=narrow_ban", 8)
    assert run.address == "?scenario=stalemate&limbo_months=9&version=informed&with_scenario=narrow_ban"
    assert run.command == "python -m analysis scenario stalemate --version informed --set limbo_months=9"
    assert script.run("?version=informed", 8).address == "?scenario=stalemate&version=informed"


def test_an_address_is_canonical_and_says_only_what_differs(script):
    messy = "?plurilateral=true&contagion_unlisted=0.050&limbo_months=9.0&scenario=stalemate&tgl_days=90&retaliation=no"
    run = script.run(messy, 8)
    assert run.address == "?scenario=stalemate&limbo_months=9&plurilateral=1&contagion_unlisted=0.05"
    assert run.problems == [] and script.run(run.address, 8).address == run.address


def test_every_random_address_comes_back_as_itself(script, settings):
    rng = np.random.default_rng(3)
    for _ in range(50):
        first = script.run(agreement.written_address(*agreement.random_changes(settings, rng)), 1)
        again = script.run(first.address, 1)
        assert again.address == first.address and again.problems == [] and again.command == first.command
        assert {name: v.tolist() for name, v in again.headline.items()} == {name: v.tolist() for name, v in first.headline.items()}


@pytest.mark.parametrize("given, canonical, said", [
    ("?limbo_months=999", "?scenario=stalemate&limbo_months=72", "Months of limbo: 999 is outside 0 to 72, so 72 is used."),
    ("?limbo_months=-3", "?scenario=stalemate&limbo_months=0", "-3 is outside"),
    ("?contagion_unlisted=abc", "", "“abc” is not a number"),
    ("?contagion_unlisted=", "", "is not a number"),
    ("?contagion_unlisted=1e400", "", "is not a number"),
    ("?scenario=nobody", "", "There is no scenario “nobody”"),
    ("?scenario=constructor", "", "There is no scenario “constructor”"),
    ("?constructor=1&__proto__=2", "", "“constructor” is not a setting"),
    ("?colour=red", "", "“colour” is not a setting of this page"),
    ("?plurilateral=maybe", "", "“maybe” is neither 1 nor 0"),
    ("?odds_open=0.3&odds_broad_ban=0.3", "?scenario=stalemate&odds_open=0.5&odds_broad_ban=0.5", "add up to 0.6, not 1"),
    ("?odds_open=2", "?scenario=stalemate&odds_open=1", "outside 0 to 1"),
    ("?version=better", "", "There is no version “better” of the model; shown is “Assumptions as stated”."),
    ("?version=constructor", "", "There is no version “constructor”"),
    ("?with_scenario=narrow_ban&with_version=informed", "?with_scenario=narrow_ban", "holds for both policies"),
    ("?substitutable_share=1.2", "?scenario=stalemate&substitutable_share=1", "1.2 is outside 0 to 1, so 1 is used"),
])
def test_what_is_wrong_in_an_address_is_said_and_the_nearest_valid_setting_used(script, given, canonical, said):
    run = script.run(given, 4)
    assert run.address == canonical
    assert any(said in problem for problem in run.problems), run.problems


def test_odds_that_are_moved_stay_whole_and_add_up_to_a_hundred(engine):
    moved = json.loads(engine.eval("""JSON.stringify([[0, 30], [1, 100], [2, 1], [3, 33]].map(([i, v]) =>
      [[50, 50, 0, 0], [100, 0, 0, 0], [1, 1, 97, 1]].map((odds) => csState.rebalanced(odds, i, v))))"""))
    for (index, value), rows in zip([(0, 30), (1, 100), (2, 1), (3, 33)], moved, strict=True):
        for row in rows:
            assert sum(row) == 100 and row[index] == value and all(0 <= p <= 100 and p == int(p) for p in row)
    assert moved[0][0] == [30, 70, 0, 0] and moved[0][1] == [30, 70, 0, 0]


def test_the_command_that_the_page_shows_gives_the_values_that_the_page_shows(script, settings, capsys):
    address = "?scenario=stalemate&limbo_months=7.5&odds_open=0.2&odds_targeted_rule=0.8&retaliation=1&rd_lag_years=4"
    run = script.run(address, settings["draws"])
    words = run.command.removeprefix("python -m analysis ").split()
    assert main([*words, "--draws", str(settings["draws"]), "--json"]) == 0
    for row in json.loads(capsys.readouterr().out)["outputs"]:
        low, median, high = np.percentile(run.headline[row["output"]], [5, 50, 95])
        assert (median, low, high) == pytest.approx((row["median"], row["low"], row["high"]), rel=1e-9, abs=1e-9)


def test_a_change_of_the_scripts_runs_the_step_again():
    assert STEPS["explorer"].scripts == SCRIPTS
