"""Two policies side by side on the explorer's page: both free, under the same beliefs and version of the model."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from analysis import paths
from analysis.explorer.agreement import Runs
from analysis.model.calibrated import load_calibrated
from analysis.model.from_estimate import load_estimate
from analysis.model.run import load_model
from analysis.model.summary import HEADLINES, OUTPUTS, interval
from analysis.registry.numbers import format_bare

pytestmark = [pytest.mark.browser, pytest.mark.slow]   # both policies are run from all draws

COST = "pv_lost_sales_usd_bn"
FIRST = {"limbo_months": 9, "odds_open": 0.8, "odds_narrow_ban": 0.2}
BELIEF = {"contagion_unlisted": 0.05}
SECOND = {"limbo_months": 30}
BOTH_FREE = ("?scenario=stalemate&limbo_months=9&odds_open=0.8&odds_narrow_ban=0.2&contagion_unlisted=0.05"
             "&with_scenario=stalemate&with_limbo_months=30")


@pytest.fixture(scope="module")
def held(site) -> dict:
    html = (site / "explorer.html").read_text(encoding="utf-8")
    return json.loads(re.search(r'id="cs-explorer-data">(.*?)</script>', html, re.DOTALL)[1])


@pytest.fixture(scope="module")
def runs(held) -> Runs:
    model = load_model(paths.TABLES, estimate=load_estimate())
    return Runs(model, held["seed"], load_calibrated(model.parameters))


def compared(page):
    page.wait_for_selector("#x-compare[data-state=done]", timeout=240_000)
    return page


def cells(page) -> dict[str, list[list[str]]]:
    """By output: value and interval of the first policy, of the second, and of the difference."""
    return page.evaluate("""() => Object.fromEntries([...document.querySelectorAll('[id^=x-vs-]')].filter(e => e.cells)
      .map(row => [row.id.slice(5), [1, 2, 3].map(k => row.cells[k])
        .map(cell => [cell.firstChild.textContent, cell.lastChild.textContent])]))""")


def printed(values: np.ndarray, digits: int) -> list[str]:
    median, low, high = (format_bare(value, digits) for value in interval(values))
    return [median, f"{low} to {high}"]


def test_two_free_policies_show_cost_denial_jobs_and_share_as_the_model_has_them(site_url, visit, held, runs):
    """Set draw against draw: the interval of the difference is that of the differences, not the difference of the intervals."""
    page = compared(visit(site_url).open("explorer.html" + BOTH_FREE))
    first, second = (runs.run("stalemate", policy | BELIEF, held["draws"]) for policy in (FIRST, SECOND))
    found = cells(page)
    assert set(found) == set(HEADLINES)
    assert {COST, "denied_months_listed", "jobs_lost_year_5", "us_share_change_year_10_pp"} <= set(found)
    for name in HEADLINES:
        one, other, digits = first.headline[name], second.headline[name], OUTPUTS[name].digits
        assert found[name] == [printed(one, digits), printed(other, digits), printed(one - other, digits)], name
    dearer = 100 * np.mean(first.headline[COST] > second.headline[COST])
    expect(page.locator("#x-vs-chance")).to_contain_text(f"{dearer:.0f}% of the 4,096 draws")


def test_with_the_calibrated_model_both_policies_change_and_the_link_brings_the_same_numbers_back(site_url, visit, held, runs):
    page = compared(visit(site_url).open("explorer.html" + BOTH_FREE))
    as_stated = cells(page)
    page.select_option("#x-version-both", "informed")
    found = cells(compared(page))
    first, second = (runs.run("stalemate", policy | BELIEF, held["draws"], "informed") for policy in (FIRST, SECOND))
    for name in HEADLINES:
        one, other, digits = first.headline[name], second.headline[name], OUTPUTS[name].digits
        assert found[name] == [printed(one, digits), printed(other, digits), printed(one - other, digits)], name
    assert all(found[COST][side] != as_stated[COST][side] for side in (0, 1)), "both policies are run with it"
    expect(page.locator("#x-vs-chance")).to_contain_text("calibrated on what happened up to 2022")
    assert page.locator(f"#x-out-{COST} td").all_inner_texts() == found[COST][0], "the results above are of the same version"
    link = page.evaluate("location.search")
    assert link == BOTH_FREE.replace("&with_scenario", "&version=informed&with_scenario")
    page.reload()
    assert cells(compared(page)) == found and page.input_value("#x-version") == "informed"
    page.select_option("#x-version", "prior")
    assert cells(compared(page)) == as_stated and page.evaluate("location.search") == BOTH_FREE


def test_from_disk_the_calibrated_costs_are_those_that_the_book_publishes_and_nothing_is_asked_of_any_network(site, visit):
    visitor = visit(site.as_uri() + "/")
    page = compared(visitor.open("explorer.html?scenario=stalemate_24_open&version=informed&with_scenario=narrow_ban"))
    numbers = {n["id"]: n for n in json.loads((site / "numbers.json").read_text(encoding="utf-8"))["numbers"]}
    for side, policy in enumerate(("stalemate_24_open", "narrow_ban")):
        number = numbers[f"model.scenario_informed.{policy}.cost"]
        value, low, high = (format_bare(number[name], OUTPUTS[COST].digits) for name in ("value", "low", "high"))
        assert cells(page)[COST][side] == [value, f"{low} to {high}"]
    dearer = numbers["model.scenario_informed.chance.open_24_above_ban"]["value"]
    expect(page.locator("#x-vs-chance")).to_contain_text(f"{dearer:.0f}% of the 4,096 draws")
    assert visitor.errors == [] and visitor.strangers == []


def test_the_comparison_survives_a_reload_and_leaving_the_page_and_coming_back(site_url, visit):
    page = compared(visit(site_url).open("explorer.html" + BOTH_FREE))
    before, names = cells(page), page.locator(".cs-x-sides dd").all_inner_texts()
    assert "months of limbo: 9" in names[0] and "months of limbo: 30" in names[1]
    assert all("contagion to unlisted Chinese customers: 5%" in name for name in names), "what is believed holds for both"
    page.reload()
    assert cells(compared(page)) == before and page.evaluate("location.search") == BOTH_FREE
    page.goto(site_url + "index.html")
    page.go_back()
    assert cells(compared(page)) == before and page.evaluate("location.search") == BOTH_FREE


def test_a_policy_that_was_held_stays_while_the_other_is_set_and_both_can_be_swapped(site_url, visit):
    page = visit(site_url).open("explorer.html?scenario=stalemate&limbo_months=9")
    page.wait_for_selector("#explorer[data-state=done]", timeout=240_000)
    page.click("#x-hold")
    expect(page.locator("#x-with")).to_have_value("held")
    compared(page)
    assert all(row[2][0].strip("−0.") == "" for row in cells(page).values()), "a policy differs from itself by nothing"
    page.locator("#x-limbo_months").press("ArrowRight")
    found = cells(compared(page))
    assert "with_limbo_months=9" in page.evaluate("location.search")
    page.click("#x-swap")
    turned = cells(compared(page))
    assert {name: [row[1], row[0]] for name, row in turned.items()} == {name: row[:2] for name, row in found.items()}
    page.select_option("#x-with", "")
    expect(page.locator("#x-versus")).to_be_hidden()
    assert "with_" not in page.evaluate("location.search")


def test_a_wrong_setting_of_the_second_policy_is_said_as_such(site_url, visit):
    page = compared(visit(site_url).open("explorer.html?with_scenario=gone&with_limbo_months=999"))
    said = page.inner_text("#x-problems")
    assert "Second policy: There is no scenario “gone”" in said and "Second policy: Months of limbo: 999 is outside" in said
    assert page.evaluate("location.search").startswith("?with_scenario=")
