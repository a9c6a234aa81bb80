"""Figures in a real browser, from disk and under the site's content policy: still, interactive, narrow, dark, readable."""

from __future__ import annotations

import re
import shutil
import time

import chart_examples
import pytest
from playwright.sync_api import expect

from analysis import paths
from analysis.charts import theme
from analysis.charts.bundle import BUNDLE, write_vega_bundle
from analysis.publish.site.dress import POLICY

pytestmark = pytest.mark.browser

SMALLEST_TEXT = """() => Math.min(...[...document.querySelectorAll('.cs-figure-svg text')]
  .filter(text => text.getBoundingClientRect().width > 0).map(text => {
    const svg = text.ownerSVGElement;
    return parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  }))"""
SIZE_DIFFERENCES = """() => [...document.querySelectorAll('.cs-figure-drawing')].map(drawing => {
  const still = [...drawing.querySelectorAll('.cs-figure-svg')].find(s => s.getBoundingClientRect().width).getBoundingClientRect();
  const live = drawing.querySelector('.cs-figure-live svg').getBoundingClientRect();
  return [still.width - live.width, still.height - live.height].map(Math.abs);
})"""
LIVE = ".cs-figure-drawing[data-live] .cs-figure-live svg"
TOPS = "[...document.querySelectorAll('.cs-figure, .cs-figure-links')].map(e => e.getBoundingClientRect().top + scrollY)"


@pytest.fixture(scope="session")
def page_file(tmp_path_factory, drawn):
    """A page with every form, the site's own styles and scripts and its content policy, in a folder on disk."""
    folder = tmp_path_factory.mktemp("figures")
    shutil.copytree(paths.BOOK / "_static", folder / "_static")
    write_vega_bundle(folder / BUNDLE)
    figures = "".join(rendered.html for rendered in drawn.values())
    (folder / "page.html").write_text(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Figures</title>"
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name=viewport content="width=device-width, initial-scale=1">'
        "<link rel=stylesheet href=_static/site.css><link rel=stylesheet href=_static/figure.css>"
        '<script src="_static/theme.js"></script><script src="_static/figure.js?v=1" defer></script></head>'
        f"<body><main style='padding:1rem'><article class=bd-article><h1>Figures</h1>{figures}</article></main></body></html>",
        encoding="utf-8")
    return folder / "page.html"


class Open:
    """The page in a context of its own; `said` collects what the console and the page complain about."""

    def __init__(self, browser, file, **options) -> None:
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(file.as_uri())

    def __enter__(self):
        return self.page, self.said

    def __exit__(self, *_) -> None:
        self.context.close()


@pytest.mark.parametrize(("width", "shown"), [(320, "cs-narrow"), (1280, "cs-wide")])
def test_one_drawing_shows_at_each_width_with_text_of_at_least_11_px_and_nothing_scrolls_sideways(browser, page_file, width, shown):
    with Open(browser, page_file, viewport={"width": width, "height": 800}) as (page, said):
        visible = page.evaluate("[...document.querySelectorAll('.cs-figure-svg')].filter(s => s.getBoundingClientRect().width)"
                                ".map(s => s.classList[1])")
        assert visible == [shown] * len(chart_examples.FORMS)
        assert page.evaluate(SMALLEST_TEXT) >= 11
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert said == []


def test_figures_are_complete_without_scripts(browser, page_file):
    with Open(browser, page_file, java_script_enabled=False) as (page, _):
        # Playwright's own queries still work; the page's scripts do not.
        assert page.locator(".cs-figure-svg.cs-wide").count() == len(chart_examples.FORMS)
        assert page.locator(".cs-figure-button:not(.cs-embed-button):visible").count() == 0
        page.locator("summary", has_text="Table with the same values").first.click()
        assert page.locator(".cs-figure-table table").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_theme(browser, page_file, scheme):
    with Open(browser, page_file, color_scheme=scheme) as (page, _):
        css = theme.BY_NAME["accent"].css
        fill = page.evaluate("css => getComputedStyle([...document.querySelectorAll('.cs-wide path')]"
                             ".find(p => p.getAttribute('fill') === css)).fill", css)
        value = getattr(theme.BY_NAME["accent"], scheme)
        assert fill == f"rgb({int(value[1:3], 16)}, {int(value[3:5], 16)}, {int(value[5:7], 16)})"


@pytest.mark.parametrize("width", [320, 1280])
def test_the_interactive_drawing_takes_the_place_of_the_still_one_without_moving_anything(browser, page_file, width):
    with Open(browser, page_file, viewport={"width": width, "height": 800}) as (page, said):
        requested = []
        page.on("request", lambda request: requested.append(request.url))
        before = page.evaluate(TOPS)
        assert not page.locator("script[src*='vega']").count()   # nothing is loaded before the reader asks
        for button in page.locator(".cs-figure-button:not(.cs-embed-button)").all():
            button.click()
        expect(page.locator(LIVE)).to_have_count(len(chart_examples.FORMS), timeout=20_000)
        # A drawing that was not laid out yet kept its place to a fraction of a pixel.
        assert page.evaluate(TOPS) == pytest.approx(before, abs=0.1)
        assert [url.rsplit("/", 1)[1] for url in requested] == ["vega-bundle.js"]
        assert said == []   # no evaluation, no other origin, no warning
        differences = page.evaluate(SIZE_DIFFERENCES)
        # Names at the sides are set in the reader's font, so the width may differ a little; nothing moves up or down.
        assert all(across < 40 and down < 2 for across, down in differences)


def test_the_interactive_drawing_names_the_value_under_the_pointer_has_its_hatches_and_goes_back(browser, page_file):
    with Open(browser, page_file, viewport={"width": 1280, "height": 900}) as (page, said):
        figure = page.locator("#fig-example-bars")
        button = figure.locator(".cs-figure-button:not(.cs-embed-button)")
        button.click()
        figure.locator(".cs-figure-live svg").wait_for(timeout=20_000)
        expect(page.locator(LIVE)).to_have_count(1)
        assert button.get_attribute("aria-pressed") == "true"
        hatched = figure.locator(".cs-figure-live [fill^='url(#fig-example-bars-live-contrast']")
        assert hatched.count() == 1 and figure.locator(".cs-figure-live pattern").count() == 1
        assert figure.locator(".cs-figure-live svg").get_attribute("role") == "img"
        hatched.hover(position={"x": 4, "y": 4})
        page.locator("#vg-tooltip-element.visible").wait_for()
        assert page.locator("#vg-tooltip-element").inner_text() == "Fourth: 4.4 (3.2 to 6.0)"
        button.focus()
        page.keyboard.press("Enter")
        assert figure.locator(".cs-figure-live").count() == 0 and button.get_attribute("aria-pressed") == "false"
        assert figure.locator(".cs-wide").is_visible() and said == []


def test_without_the_bundle_the_still_drawing_stays(browser, page_file, tmp_path):
    folder = tmp_path / "broken"
    shutil.copytree(page_file.parent, folder, ignore=shutil.ignore_patterns("vega-bundle.js"))
    with Open(browser, folder / "page.html") as (page, _):
        button = page.locator(".cs-figure-button:not(.cs-embed-button)").first
        button.click()
        expect(button).to_have_attribute("title", re.compile("."))
        assert button.get_attribute("aria-pressed") == "false" and page.locator(".cs-wide").first.is_visible()


def test_the_table_is_reached_and_scrolled_by_keyboard(browser, page_file):
    with Open(browser, page_file, viewport={"width": 320, "height": 640}) as (page, _):
        figure = page.locator("#fig-example-lines")
        figure.locator("summary", has_text="Table").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "cs-figure-table"
        page.keyboard.press("End")
        # The page forbids `eval`, with which Playwright would wait for a condition: it is asked again from here.
        until = time.monotonic() + 5
        while not page.evaluate("document.activeElement.scrollTop > 0"):
            assert time.monotonic() < until, "the table did not scroll"
            page.wait_for_timeout(50)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
