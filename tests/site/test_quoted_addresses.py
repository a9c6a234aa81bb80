"""An address that a citation names shows, in a real browser, the row or figure that was cited, however long the page is."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from analysis.publish import editions
from analysis.publish.serve import served
from tests.publish.test_editions import build_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SAMPLED = 8   # rows of the list of numbers, spread over its whole length
WHERE = "id => { const box = document.getElementById(id).getBoundingClientRect(); return [box.top, innerHeight]; }"


def spread(all_of_them: list, count: int) -> list:
    return all_of_them[:: max(1, len(all_of_them) // count)]


def quoted(site: Path) -> list[str]:
    """Addresses of numbers, figures' citations, sources and claims, relative to the site."""
    numbers = [urlsplit(row["url"]).fragment for row in json.loads((site / "numbers.json").read_text())["numbers"]]
    figures = sorted(file.stem for file in (site / "figures").glob("*.json"))
    sources = sorted(json.loads((site / "numbers.json").read_text())["numbers"][-1]["sources"])
    return [*(f"numbers.html#{anchor}" for anchor in spread(numbers, SAMPLED)),
            *(f"cite.html#figure-{id}" for id in spread(figures, 4)), f"sources.html#source-{sources[0]}"]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_a_quoted_address_shows_what_it_names(site, served_site_url, visit, device, script) -> None:
    visitor = visit(served_site_url, device, java_script_enabled=script)
    for address in quoted(site):
        page = visitor.open("404.html") and visitor.open(address)   # from another page, as a reader comes
        page.wait_for_timeout(700)
        top, height = page.evaluate(WHERE, address.partition("#")[2])
        assert 0 <= top <= height / 2, f"{address}: {top:,.0f} px below the top of a screen of {height} px"


def test_a_number_on_a_page_leads_to_its_row_by_a_click(site, served_site_url, visit) -> None:
    """Without JavaScript the link is all there is; the row of the last number of the page is far down in the list."""
    visitor = visit(served_site_url, java_script_enabled=False)
    page = visitor.open("dilemma.html")
    anchor = page.locator("main a.cs-num").last.get_attribute("href").partition("#")[2]
    page.locator("main a.cs-num").last.click()
    page.wait_for_url("**/numbers.html#*")
    page.wait_for_timeout(700)
    top, height = page.evaluate(WHERE, anchor)
    assert 0 <= top <= height / 2


@pytest.fixture(scope="module")
def old_url(site, tmp_path_factory):
    """The built edition, published under a later one."""
    folder = tmp_path_factory.mktemp("published")
    name = editions.freeze(site, folder / "editions").name
    public = editions.assemble(build_site(folder / "next", "2099.01", 1.0), folder / "editions", folder / "public")
    with served(public) as url:
        yield f"{url}editions/{name}/"


@pytest.mark.parametrize("device", ["desktop", "phone", "smallest"])
def test_who_opens_a_number_of_an_old_edition_sees_that_it_is_old_beside_the_number(site, old_url, visit, device) -> None:
    visitor = visit(old_url, device)
    for address in [a for a in quoted(site) if a.startswith("numbers.html")]:
        page = visitor.open(address)
        page.wait_for_timeout(700)
        line = page.locator(".cs-edition-line").bounding_box()
        top, height = page.evaluate(WHERE, address.partition("#")[2])
        assert line["y"] == 0 and line["height"] <= height / 6, address
        assert line["height"] <= top <= height / 2, f"{address}: the row at {top:,.0f} px, under a line of {line['height']:.0f} px"
