"""The scenario explorer in the browser: the same values as the model, by mouse, keyboard, address and citation."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import axe_playwright_python
import numpy as np
import pytest
from playwright.sync_api import expect

from analysis import paths
from analysis.explorer import agreement
from analysis.model.calibrated import load_calibrated
from analysis.model.from_estimate import load_estimate
from analysis.model.run import load_model
from analysis.model.summary import OUTPUTS, interval
from analysis.registry import citations
from analysis.registry.numbers import format_bare, format_value

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"],
  runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}))
  .violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary.slice(0, 200)}`))"""
CHANGED = "?scenario=stalemate&limbo_months=9&odds_open=0.8&odds_narrow_ban=0.2&contagion_unlisted=0.05"
POINTS = 200
POINT_DRAWS = 64


@pytest.fixture(scope="module")
def held(site) -> dict:
    """What the built page holds."""
    html = (site / "explorer.html").read_text(encoding="utf-8")
    return json.loads(re.search(r'id="cs-explorer-data">(.*?)</script>', html, re.DOTALL)[1])


@pytest.fixture(scope="module")
def runs(held) -> agreement.Runs:
    model = load_model(paths.TABLES, estimate=load_estimate())
    return agreement.Runs(model, held["seed"], load_calibrated(model.parameters))


def settled(page):
    page.wait_for_selector("#explorer[data-state=done]", timeout=60_000)
    return page


def shown(page) -> dict[str, list[str]]:
    """Median and interval of every output, as the page prints them."""
    return page.evaluate("""() => Object.fromEntries([...document.querySelectorAll('[id^=x-out-]')].map(
      row => [row.id.slice(6), [row.cells[1].textContent, row.cells[2].textContent]]))""")


def printed(outcome) -> dict[str, list[str]]:
    found = {}
    for name, output in OUTPUTS.items():
        median, low, high = (format_bare(value, output.digits) for value in interval(outcome.headline[name]))
        found[name] = [median, f"{low} to {high}"]
    return found


@pytest.mark.slow
def test_at_200_random_settings_the_page_and_the_model_differ_by_less_than_the_page_says(site_url, visit, held, runs):
    """Medians and interval ends of all quantities, from the first draws of each, by turns in both versions of the model; the
    points are not those of the build."""
    page = settled(visit(site_url).open("explorer.html"))
    rng = np.random.default_rng(20191012)
    cases = [agreement.random_changes(held, rng) for _ in range(POINTS)]
    versions = [version for _ in range(POINTS // 2) for version in ("prior", "informed")]
    addresses = [agreement.written_address(*case, version) for case, version in zip(cases, versions, strict=True)]
    found = page.evaluate("""async ([addresses, count]) => {
      const data = JSON.parse(document.getElementById('cs-explorer-data').textContent);
      for (const {name} of data.versions) await csModel.load(data, name);
      return addresses.map(address => {
        const {state, problems} = csState.parse(address, data), all = csState.settings(state, data);
        const draws = csModel.source(data, state.version)(all.fixed, 0, count);
        const out = csModel.simulate(draws, count, csState.policy(all, state, data));
        const of = values => csModel.quantiles(values, [0.5, 0.05, 0.95]);
        return {problems, outputs: data.outputs.map(o => of(out.headline[o.name])), years: out.lostSalesByYear.map(of)};
      });
    }""", [addresses, POINT_DRAWS])
    numbers = {n["id"]: n["value"] for n in json.loads((paths.HTML / "numbers.json").read_text(encoding="utf-8"))["numbers"]}
    stated = numbers["explorer.agreement.maximum"] / 100
    worst = 0.0
    for (scenario, changes), version, one in zip(cases, versions, found, strict=True):
        assert one["problems"] == []
        outcome = runs.run(scenario, changes, POINT_DRAWS, version)
        pairs = [(outcome.headline[o["name"]], values, 10.0 ** -o["digits"])
                 for o, values in zip(held["outputs"], one["outputs"], strict=True)]
        pairs += [(row, values, 0.1) for row, values in zip(outcome.losses_by_year.sum(axis=0), one["years"], strict=True)]
        for draws, values, unit in pairs:
            difference = np.abs(np.array(values) - np.array(interval(draws))).max()
            worst = max(worst, difference / max(np.abs(draws).max(), unit))
    assert 0 < worst < stated, f"differs by {worst:.2g}, stated is {stated:.2g}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_what_the_page_prints_is_what_the_model_prints_with_all_draws(site_url, visit, held, runs, seed):
    version = ("prior", "informed")[seed % 2]
    scenario, changes = agreement.random_changes(held, np.random.default_rng(seed))
    page = settled(visit(site_url).open("explorer.html" + agreement.written_address(scenario, changes, version)))
    expect(page.locator("#x-problems")).to_be_hidden()
    assert shown(page) == printed(runs.run(scenario, changes, held["draws"], version))


def test_every_scenario_of_the_book_shows_the_values_of_the_book_at_once(site_url, visit, held):
    page = settled(visit(site_url).open("explorer.html"))
    for preset in held["presets"]:
        page.select_option("#x-scenario", preset["name"])
        assert page.get_attribute("#explorer", "data-state") == "done"
        values = shown(page)
        for output in held["outputs"]:
            median, low, high = (format_bare(v, output["digits"]) for v in preset["results"]["prior"]["outputs"][output["name"]])
            assert values[output["name"]] == [median, f"{low} to {high}"]


def test_every_control_works_by_keyboard_and_says_what_it_is_set_to(site_url, visit):
    page = settled(visit(site_url).open("explorer.html"))
    page.locator("#x-limbo_months").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.get_attribute("#x-limbo_months", "aria-valuetext") == "27 months"
    page.locator("#x-odds_open").focus()
    page.keyboard.press("Home")
    rules = ("open", "narrow_ban", "targeted_rule", "broad_ban")
    assert [page.input_value(f"#x-odds_{rule}") for rule in rules] == ["0", "100", "0", "0"]
    page.locator("#x-plurilateral").focus()
    page.keyboard.press("Space")
    expect(page.locator("#x-plurilateral")).to_be_checked()
    page.locator("#x-contagion_unlisted").focus()
    page.keyboard.press("End")
    assert page.get_attribute("#x-contagion_unlisted", "aria-valuetext") == "fixed at 45%"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == "x-free-contagion_unlisted"
    page.keyboard.press("Enter")
    assert page.get_attribute("#x-contagion_unlisted", "aria-valuetext") == "uncertain: 0% to 30%"
    assert page.evaluate("document.activeElement.id") == "x-contagion_unlisted"
    assert page.evaluate("location.search") == "?scenario=stalemate&limbo_months=27&plurilateral=1&odds_narrow_ban=1"
    said = page.eval_on_selector_all("[id^=x-said-]", "all => all.map((one) => one.textContent)")
    assert len(said) > 10 and not [words for words in said if re.search(r"\d\.\d{4}", words)]
    settled(page)
    page.locator("#x-reset").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("[location.search, document.activeElement.id]") == ["", "x-scenario"]


def test_tabbing_meets_the_controls_in_order_and_the_focus_is_always_in_sight(site_url, visit):
    page = settled(visit(site_url, "phone", reduced_motion="reduce").open("explorer.html"))   # scrolls at once
    page.locator("#x-scenario").focus()
    seen = []
    for _ in range(21):
        page.keyboard.press("Tab")
        page.wait_for_timeout(30)
        stop = page.evaluate("""() => { const e = document.activeElement, b = e.getBoundingClientRect(), s = getComputedStyle(e),
            bar = document.querySelector('.cs-x-now').getBoundingClientRect();
          return {id: e.id, outline: s.outlineStyle !== 'none', top: b.top, bar: bar.top <= 0 ? bar.bottom : 0,
                  bottom: b.bottom}; }""")
        assert stop["outline"] and stop["top"] >= stop["bar"] - 1 and stop["bottom"] <= 741, stop
        seen += [stop["id"]] if stop["id"] else []   # a link in a note is met as well
    assert seen[:10] == ["x-version", "x-limbo_months", "x-odds_open", "x-odds_narrow_ban", "x-odds_targeted_rule",
                         "x-odds_accelerator_ban", "x-odds_broad_ban", "x-plurilateral", "x-retaliation", "x-tgl_days"]


def test_the_main_results_stay_in_sight_on_a_phone(site_url, visit):
    page = settled(visit(site_url, "phone").open("explorer.html"))
    page.locator("#x-licence_free_share").scroll_into_view_if_needed()
    bar = page.locator(".cs-x-now")
    expect(bar).to_be_in_viewport()
    expect(bar).to_contain_text(re.compile(r"US\$[\d.]+ billion"))


def test_an_address_brings_the_settings_and_the_values_back(site_url, visit):
    page = settled(visit(site_url).open("explorer.html" + CHANGED))
    before = shown(page)
    assert page.input_value("#x-limbo_months") == "9" and page.input_value("#x-odds_open") == "80"
    assert page.evaluate("location.search") == CHANGED
    page.reload()
    assert shown(settled(page)) == before
    page.select_option("#x-scenario", "narrow_ban")   # beliefs stay, the policy changes
    assert page.evaluate("location.search") == "?scenario=narrow_ban&contagion_unlisted=0.05"
    settled(page)
    page.goto(site_url + "explorer.html")
    assert page.evaluate("location.search") == "" and shown(settled(page)) != before


def test_a_bad_address_is_answered_with_a_clear_message_and_valid_settings(site_url, visit):
    visitor = visit(site_url)
    page = settled(visitor.open("explorer.html?limbo_months=999&contagion_unlisted=lots&colour=%3Cimg%20src=x%3E&scenario=gone"))
    said = page.inner_text("#x-problems")
    for words in ("999 is outside 0 to 72, so 72 is used", "“lots” is not a number", "“colour” is not a setting",
                  "no scenario “gone”"):
        assert words in said
    assert page.locator("#explorer img").count() == 0
    assert page.evaluate("location.search") == "?scenario=stalemate&limbo_months=72"
    page.locator("#x-limbo_months").press("ArrowLeft")
    expect(page.locator("#x-problems")).to_be_hidden()
    assert visitor.errors == []


def test_a_number_out_of_range_is_set_to_the_nearest_valid_one_and_said(site_url, visit):
    page = settled(visit(site_url).open("explorer.html"))
    page.locator(".cs-x-others > summary").click()
    field = page.locator("#x-stock_adjustment_months")
    field.fill("900")
    field.press("Tab")
    expect(page.locator("#x-problems")).to_contain_text("900 is outside 1 to 60, so 60 is used")
    assert field.input_value() == "60" and "stock_adjustment_months=60" in page.evaluate("location.search")
    field.fill("")
    field.press("Tab")
    expect(page.locator("#x-problems")).to_be_hidden()
    assert page.evaluate("location.search") == "" and field.get_attribute("placeholder") == "2 to 9"


def test_values_that_contradict_each_other_are_named_as_such(site_url, visit):
    page = settled(visit(site_url).open("explorer.html?world_sales_usd_bn=100&us_share_pct=20&listed_customer_sales_usd_bn=20"))
    expect(page.locator("#x-contradiction")).to_be_visible()


def test_a_citation_has_the_address_of_the_edition_the_values_and_the_changes(site_url, visit, held, runs):
    page = settled(visit(site_url).open("explorer.html" + CHANGED))
    edition = page.evaluate("csEdition()")
    changes = {"limbo_months": 9, "odds_open": 0.8, "odds_narrow_ban": 0.2, "contagion_unlisted": 0.05}
    outcome = runs.run("stalemate", changes, held["draws"])

    def said(name: str) -> str:
        output = OUTPUTS[name]
        median, low, high = interval(outcome.headline[name])
        return (f"{output.label}: {format_value(median, output.unit, output.digits)} (90% interval "
                f"{format_bare(low, output.digits)} to {format_bare(high, output.digits)})")

    main = [o["name"] for o in held["outputs"] if o["main"]]
    wanted = citations.cite_scenario(
        "Stalemate, 24 months, even odds",
        "months of limbo: 9; odds: permission 80%, narrow ban 20%; contagion to unlisted Chinese customers: 5%",
        said(main[0]), "; ".join(map(said, main[1:])), "4,096", CHANGED, edition["edition"], edition["date"],
        f"{edition['address']}explorer.html{CHANGED}")
    page.locator(".cs-x-cite > summary").click()
    for form in citations.FORMATS:
        assert page.locator(f".cs-x-cite pre[data-form={form}]").text_content() == wanted.text(form)
    assert wanted.url == f"{site_url}explorer.html{CHANGED}"   # the edition has no address of its own: that at which it is read
    expect(page.locator(".cs-x-cite .cs-copy")).to_have_count(4)
    assert page.text_content("#x-address") == wanted.url
    assert page.text_content("#x-command").startswith("python -m analysis scenario stalemate --set limbo_months=9 --set")


def test_without_javascript_the_scenarios_stand_in_a_table_and_no_dead_control_shows(site_url, visit, held):
    page = visit(site_url, java_script_enabled=False).open("explorer.html")
    assert page.locator("#explorer input:visible, #explorer select:visible, #explorer button:visible").count() == 0
    rows = page.locator(".cs-x-presets tbody tr")
    assert rows.count() == len(held["presets"])
    assert all(re.search(r"\(.+ to .+\)", text) for text in rows.locator("td").all_inner_texts())
    expect(page.locator(".cs-x-off")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("device, theme", [("desktop", "light"), ("phone", "dark"), ("smallest", "light"), ("desktop", "dark")])
def test_the_page_in_use_violates_nothing_of_wcag_and_never_scrolls_sideways(site_url, visit, device, theme):
    visitor = visit(site_url, device, theme, bypass_csp=True)
    page = settled(visitor.open("explorer.html" + CHANGED + "&limbo_months=999&nothing=1"))
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.evaluate(AXE)
    assert page.evaluate(RUN_AXE) == []
    small = page.evaluate("""[...document.querySelectorAll('#explorer :is(input, select, button, summary)')].filter(e => {
      const b = e.getBoundingClientRect(); return b.width && Math.min(b.width, b.height) < 20; }).map(e => e.id || e.outerHTML)""")
    assert small == [] and visitor.strangers == []


def test_it_works_from_disk_and_nothing_is_asked_of_any_network(site, visit):
    visitor = visit(site.as_uri() + "/")
    page = settled(visitor.open("explorer.html" + CHANGED))
    assert page.input_value("#x-limbo_months") == "9"
    page.locator("#x-retaliation").check()
    settled(page)
    assert visitor.errors == [] and visitor.strangers == []


def test_a_slider_that_is_being_moved_shows_a_first_estimate_and_then_all_draws(site_url, visit):
    page = settled(visit(site_url).open("explorer.html"))
    page.evaluate("""() => { window.said = [];
      new MutationObserver(() => said.push(document.getElementById('x-status').textContent))
        .observe(document.getElementById('x-status'), {childList: true, characterData: true, subtree: true}); }""")
    page.locator("#x-limbo_months").press("ArrowRight")
    settled(page)
    said = page.evaluate("said")
    assert said[0].startswith("From the first 512 of 4,096 draws") and said[-1].startswith("From all 4,096 draws")


def test_nothing_jumps_while_the_page_loads_or_a_slider_moves(site_url, visit):
    visitor = visit(site_url, "phone")
    visitor.page.add_init_script("""window.shift = 0;
      new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) window.shift += e.value; }))
        .observe({type: 'layout-shift', buffered: true})""")
    page = settled(visitor.open("explorer.html"))
    page.wait_for_timeout(300)
    assert page.evaluate("window.shift") == 0


def test_what_the_page_needs_to_be_read_weighs_less_than_250_kb_compressed(site):
    """The page and all its scripts and styles, as sent. The draws are not among them: see the test below."""
    html = (site / "explorer.html").read_text(encoding="utf-8")
    files = {file.split("?")[0] for file in re.findall(r'(?:src|href)="(_static/[^"]+)"', html)}
    assert any("explorer-model" in file for file in files)
    size = sum(len(gzip.compress((site / file).read_bytes(), 6)) for file in [*files, "explorer.html"])
    assert size < 250_000, size


def test_the_draws_come_when_something_is_to_be_computed_and_once(site, site_url, visit):
    visitor = visit(site_url)
    asked = []
    visitor.page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1].split("?")[0]))
    page = settled(visitor.open("explorer.html"))
    assert "explorer.js" in "".join(asked) and not [name for name in asked if "explorer-draws" in name]
    page.locator("#x-limbo_months").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        settled(page)
    assert [name for name in asked if "explorer-draws" in name] == ["explorer-draws-prior.js"]
    for version in ("informed", "prior", "informed"):   # the others come when they are chosen
        page.select_option("#x-version", version)
        settled(page)
    assert [name for name in asked if "explorer-draws" in name] == ["explorer-draws-prior.js", "explorer-draws-informed.js"]
    for version in ("prior", "informed"):
        assert len(gzip.compress((site / f"assets/explorer-draws-{version}.js").read_bytes(), 6)) < 350_000


def test_draws_that_cannot_be_loaded_are_said_and_asked_for_again(site_url, visit):
    visitor = visit(site_url)
    visitor.page.route("**/explorer-draws-*.js*", lambda route: route.abort())
    page = settled(visitor.open("explorer.html"))
    page.locator("#x-limbo_months").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#x-problems")).to_contain_text("could not be loaded")
    page.unroute("**/explorer-draws-*.js*")
    page.keyboard.press("ArrowRight")
    settled(page)
    expect(page.locator("#x-status")).to_contain_text("From all")
    expect(page.locator("#x-problems")).to_be_hidden()
