"""From a citation back to the quoted value: the address opens the quoted edition, and the row shows what was quoted."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import html as lxml_html

from analysis import paths
from analysis.publish import editions
from analysis.publish.embeds import edition_address
from analysis.publish.links import broken_links
from analysis.publish.numbers import load_numbers
from analysis.publish.site.facts import Site
from analysis.publish.site.publish import site_address

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(site, tmp_path_factory) -> Path:
    """The built site, frozen and laid out with its permanent copy."""
    folder = tmp_path_factory.mktemp("published")
    editions.freeze(site, folder / "editions")
    return editions.assemble(site, folder / "editions", folder / "public")


@pytest.fixture(scope="module")
def facts(site) -> Site:
    built = json.loads((site / "numbers.json").read_text())
    return Site(site_address(), built["edition"], built["built"], built["commit"], load_numbers(paths.NUMBERS_FILE))


def test_each_number_s_citation_opens_a_row_with_the_quoted_value(published, facts) -> None:
    rows: dict[str, str] = {}
    for number in facts.numbers.values():
        address = facts.cite_number(number).url
        assert address.startswith(edition_address(facts.address, facts.edition))
        path, fragment = urlsplit(address).path.removeprefix(urlsplit(facts.address).path), urlsplit(address).fragment
        if path not in rows:
            tree = lxml_html.parse(str(published / path))
            rows[path] = {row.get("id"): " ".join(row.text_content().split()) for row in tree.iter("tr") if row.get("id")}
        text = rows[path][fragment]
        assert number.text in text and number.interval in text and number.cls in text and number.as_of in text, number.id


def test_each_figure_s_permanent_data_drawing_and_embed_exist(published, facts) -> None:
    figures = list((published / "figures").glob("*.json"))
    assert figures
    frozen = published / "editions" / facts.edition
    for file in figures:
        for name in (f"figures/{file.stem}.csv", f"figures/{file.stem}.svg", f"figures/{file.stem}.png", f"embed/{file.stem}.html"):
            assert (frozen / name).exists(), name


def test_no_link_of_the_published_tree_is_dead(published, facts) -> None:
    assert broken_links(published, facts.address) == []


def test_every_page_says_its_edition(published, facts) -> None:
    for page in [*published.glob("*.html"), *(published / "editions" / facts.edition).glob("*.html")]:
        text = page.read_text(encoding="utf-8")
        assert facts.edition in text or 'http-equiv="refresh"' in text, page.name
