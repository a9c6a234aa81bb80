"""Arguments and their numbers, the figures of the three chapters, and the control for one day."""

from __future__ import annotations

import functools
import json
import re

import pandas as pd
import pytest

from analysis import paths
from analysis.charts import render
from analysis.charts.reader_table import reader_table
from analysis.data import load_table
from analysis.policy import (
    arguments,
    market_response,
    markets_figures,
    markets_numbers,
    rules_figures,
    rules_numbers,
    rules_tables,
    uncertainty,
)
from analysis.policy.arguments_numbers import TABLES, record_arguments
from analysis.policy.in_force import day_report
from analysis.policy.on_this_day import SECTIONS, on_this_day_html
from analysis.registry.recorder import Recorder

AS_OF = "2026-11-22"


@pytest.fixture(scope="module")
def said():
    return load_table("arguments")


@pytest.fixture(scope="module")
def tests_of_arguments():
    return load_table("argument_tests")


@pytest.fixture(scope="module")
def registry(policy, milestones, car):
    """The numbers of the chapter and of the two it reads, as the recorders of the three make them."""
    page, tables = Recorder("arguments", "arguments", "rules", "markets"), {name: load_table(name) for name in TABLES}
    record_arguments(page, tables)
    events, reversals, spells = policy
    rules_numbers.record_limbo_days(page, spells, 2016, 2026, AS_OF)
    rules_numbers.record_open_files(page, spells)
    rules_numbers.record_slippage(page, milestones, events)
    rules_numbers.record_reversals(page, events, reversals)
    markets_numbers.record_listing_day(page, car)
    markets_numbers.record_nulls(page, car, market_response.multiple_testing(car))
    rows = load_table("uncertainty_monthly")
    series = uncertainty.monthly_table(rows)
    markets_numbers.record_uncertainty(page, series, uncertainty.regressions(series), uncertainty.specification_curve(series),
                                       tuple(dict.fromkeys(rows["source_id"])))
    return page.numbers


@pytest.fixture(scope="module")
def figures(policy, car):
    events, reversals, spells = policy
    firms = load_table("firms")
    names = market_response.firm_names(firms, load_table("studied_firms"))
    shares = market_response.huawei_shares(load_table("huawei_facts"), load_table("company_filings"), firms)
    points, fit = market_response.dose_response(shares, car)
    return {
        "timeline": rules_figures.timeline_figure(spells, events, reversals, AS_OF),
        "days": rules_figures.limbo_days_figure(spells, 2016, 2026, AS_OF),
        "reversals": rules_figures.reversals_figure(events, reversals, 2016, 2026),
        "files": rules_figures.open_files_figure(spells, "2016-01", AS_OF),
        "listing": markets_figures.listing_day_figure(car, shares, names),
        "dates": markets_figures.dates_figure(car),
        "dose": markets_figures.dose_figure(points, fit, tuple(shares["source_id"]), names),
    }


def test_every_argument_is_tested_or_says_why_not_and_every_number_exists(said, tests_of_arguments, registry):
    assert arguments.check_argument_tests(tests_of_arguments, said, registry) == []


def test_a_wrong_test_of_an_argument_is_named(said, tests_of_arguments, registry):
    bad = pd.DataFrame([("C01", "rules.no_such", "for", "x"), ("C99", "", "neither", "x"), ("C02", "", "against", "x"),
                        ("C03", "", "maybe", "x")], columns=["claim_id", "number_id", "bearing", "explanation"])
    problems = arguments.check_argument_tests(bad, said, registry)
    for part in ("C99: no such", "'rules.no_such'", "C02: bearing 'against' without", "C03: bearing 'maybe'", "C55: has no row"):
        assert any(part in p for p in problems), part
    with pytest.raises(arguments.ArgumentError, match="no_such"):
        arguments.arguments_html(said, bad, registry, "restrict")


def test_every_argument_stands_in_exactly_one_section(said, tests_of_arguments, registry):
    pages = [arguments.arguments_html(said, tests_of_arguments, registry, side) for side in arguments.SIDES]
    found = re.findall(r'<dt id="(c\d+)">', "".join(pages))
    assert sorted(found) == sorted(said["claim_id"].str.lower())


def test_numbers_in_the_arguments_link_to_their_definition_and_show_their_value(said, tests_of_arguments, registry):
    page = arguments.arguments_html(said, tests_of_arguments, registry, "caution")
    number = registry["arguments.us_share.2024"]
    assert f'href="numbers.html#{number.anchor}"' in page and number.text in page


def test_licence_outcomes_are_the_sums_of_the_released_figures(registry):
    assert registry["arguments.licences.denied_share"].value == pytest.approx(100 * 3 / 375)
    assert registry["arguments.licences.approved_usd_bn"].value == pytest.approx(61.43 + 41.89, abs=0.01)
    assert "permissions, not sales" in registry["arguments.licences.approved_usd_bn"].label


@pytest.fixture(scope="module")
def drawn(figures):
    """Each figure drawn once, on first use."""
    return functools.cache(lambda name: render(figures[name]))


@pytest.mark.parametrize("name", ["timeline", "days", "reversals", "files", "listing", "dates", "dose"])
def test_each_figure_draws_at_both_widths(figures, drawn, name):
    assert drawn(name).svg_wide and drawn(name).svg_narrow
    assert len(drawn(name).csv.splitlines()) == len(figures[name].data) + 1


def test_the_timeline_shows_every_file_and_hatches_what_waits(figures, drawn, spells):
    data = figures["timeline"].data
    assert sorted(data["File"]) == sorted(spells["title"])
    assert "pattern" in drawn("timeline").svg_wide
    open_ends = data[data["End"] != "settled"]
    assert len(open_ends) == (spells["end_kind"] != "settled").sum() > 0


def test_the_bars_of_limbo_days_add_up_to_the_published_total(figures):
    table = figures["days"].data.set_index("Year")
    groups = table.filter(like="(limbo days)").drop(columns="Total (limbo days)")
    assert (groups.sum(axis=1) == table["Total (limbo days)"]).all()
    assert (table["Lowest count under other rules"] <= table["Total (limbo days)"]).all()
    assert (table["Highest count under other rules"] >= table["Total (limbo days)"]).all()


def test_a_type_shown_apart_has_no_group_in_the_bars():
    with pytest.raises(KeyError, match="not a core type"):
        rules_figures.group_of("investigation")


def test_tables_for_readers_scroll_inside_themselves_and_have_a_caption(events, reversals):
    page = reader_table(rules_tables.reversal_table(events, reversals), "Undone <actions>")
    assert page.startswith('<div class="cs-scroll" tabindex="0" role="region"')
    assert "<caption>Undone &lt;actions&gt;</caption>" in page


def _days() -> list[str]:
    return ["2016-03-24", "2019-05-20", "2019-11-01", "2020-08-13", "2025-08-01", "2025-08-02", "2026-11-08", "2026-11-22"]


def test_without_javascript_the_chosen_days_are_complete_tables(policy):
    page = on_this_day_html(*policy, {d: "chosen" for d in _days()}, AS_OF)
    assert page.count("<table>") == len(_days())
    assert "Huawei temporary general licence" in page.split('<script type="application/json"')[0]


def test_the_data_block_cannot_end_its_element_early(policy):
    events, reversals, spells = policy
    hostile = spells.assign(title=spells["title"].where(spells.index != 0, "x</script><b>"))
    page = on_this_day_html(events, reversals, hostile, {"2019-11-01": "day"}, AS_OF)
    assert page.count("</script>") == 1
    payload = re.search(r'class="cs-day-data">(.*)</script>', page, re.S).group(1)
    assert json.loads(payload)["files"][0]["title"] == "x</script><b>"


@pytest.mark.browser
def test_the_control_shows_on_any_day_what_python_says(policy, browser):
    script = (paths.BOOK / "_static" / "on-this-day.js").read_text(encoding="utf-8")
    page = browser.new_page()
    try:
        page.set_content(f"<!doctype html><html lang=en><body>{on_this_day_html(*policy, {'2019-11-01': 'day'}, AS_OF)}"
                         f"<script>{script}</script></body></html>")
        assert page.locator(".cs-day-static").is_hidden()
        for day in _days():
            page.evaluate("d => { const f = document.querySelector('[name=day]'); f.value = d;"
                          " f.dispatchEvent(new Event('change')); }", day)
            report = day_report(*policy, day)
            heads = page.locator(".cs-day-result tbody th").all_inner_texts()
            assert heads == [f"{title}: {len(report[key])}" for key, title in SECTIONS if report[key]], day
            titles = page.locator(".cs-day-result tbody tr td:nth-of-type(1)").all_inner_texts()
            assert titles == [" ".join(r["title"].split()) for key, _ in SECTIONS for r in report[key]]
    finally:
        page.close()


def test_a_data_vendors_shares_are_hollow_and_the_slope_is_also_given_without_them(figures, car):
    table = figures["dose"].data
    vendor = table["Share stated by"] == "a data vendor"
    assert set(table.loc[vendor, "Firm"]) == {"Qualcomm", "Intel"}
    shares = market_response.huawei_shares(load_table("huawei_facts"), load_table("company_filings"), load_table("firms"))
    own = table[~vendor]
    expected = own["Abnormal return (%)"].cov(own["Huawei share of revenue (%)"]) / own["Huawei share of revenue (%)"].var()
    assert market_response.dose_response(shares, car)[1]["slope_stated"] == pytest.approx(expected)


def test_firms_stand_by_their_names_and_a_share_with_its_period(figures, car):
    tickers = set(car.loc[car["group"] == "US", "firm"])
    for name in ("listing", "dose"):
        table = figures[name].data
        assert not set(table["Firm"]) & tickers - {"AMD", "KLA"}, "a firm stands by its ticker"
        assert table.loc[table["Huawei share of revenue (%)"].notna(), "Period of the share"].str.len().gt(3).all()
