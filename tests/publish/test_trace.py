"""From any number of the site to the rows of data it came from in four steps or fewer, by links alone, over all numbers.

A step is one link. A number in the text leads to its row in the list of numbers, that to its sources (a long list of sources is
one step more), a source to the table whose rows it gave; the row numbers stand beside the link.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from urllib.parse import urldefrag

import pytest
from lxml import html as lxml_html

STEPS = 4
ROWS = re.compile(r"(\d+)(?:–(\d+))?")


class Crawler:
    """Follows links of a site in a folder; a place is (page, fragment)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pages: dict[str, lxml_html.HtmlElement] = {}

    def page(self, name: str) -> lxml_html.HtmlElement:
        if name not in self._pages:
            self._pages[name] = lxml_html.parse(str(self.folder / name)).getroot()
        return self._pages[name]

    def row(self, place: str) -> lxml_html.HtmlElement:
        """The table row that an address such as `numbers.html#n-x` names; fails when there is none, or more than one."""
        name, fragment = urldefrag(place)
        rows = self.rows(name).get(fragment, [])
        assert len(rows) == 1, f"{place}: {len(rows)} rows"
        return rows[0]

    def rows(self, name: str) -> dict[str, list]:
        key = f"rows of {name}"
        if key not in self._pages:
            found: dict[str, list] = {}
            for row in self.page(name).iter("tr"):
                found.setdefault(row.get("id"), []).append(row)
            self._pages[key] = found
        return self._pages[key]


def links(element, start: str) -> list[str]:
    return [a.get("href") for a in element.iter("a") if (a.get("href") or "").startswith(start)]


@pytest.fixture(scope="module")
def crawler(site) -> Crawler:
    return Crawler(site)


@pytest.fixture(scope="module")
def published(site) -> list[dict]:
    return json.loads((site / "numbers.json").read_text())["numbers"]


@pytest.fixture(scope="module")
def tables(site) -> dict[str, list[dict]]:
    """The published tables: row n of a spreadsheet is entry n − 2."""
    found = {}
    for file in (site / "tables").glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as source:
            found[f"tables/{file.name}"] = list(csv.DictReader(source))
    return found


@pytest.fixture(scope="module")
def shown(crawler, site) -> dict[str, set[str]]:
    """Pages on which each number is linked, by the anchor of its row."""
    found: dict[str, set[str]] = {}
    for file in site.glob("*.html"):
        for a in crawler.page(file.name).iter("a"):
            if "cs-num" in (a.get("class") or "").split():
                name, fragment = urldefrag(a.get("href"))
                assert name == "numbers.html", f"{file.name}: {a.get('href')}"
                found.setdefault(fragment, set()).add(file.name)
    return found


def test_every_number_leads_to_the_rows_of_its_sources_in_four_steps(crawler, published, tables) -> None:
    for number in published:
        steps = 1                                             # from the text to the list of numbers
        row = crawler.row(f"numbers.html#{urldefrag(number['url']).fragment}")
        assert number["id"] in row.text_content()
        for link in links(row, "#sources-"):                  # to a list that several numbers share
            row = crawler.page("numbers.html").get_element_by_id(link[1:])
            steps += 1
        sources = links(row, "sources.html#source-")
        assert {link.split("#source-")[1] for link in sources} == set(number["sources"]), number["id"]
        steps += 1                                            # to the source
        for link in sources:
            source = crawler.row(link)
            cell = source.findall("td")[-1]
            found = links(cell, "tables/")
            assert found, f"{number['id']}: {link} leads to no row of data"
            assert set(found) <= set(tables), f"{link}: {found}"
        steps += 1                                            # to the table
        assert steps <= STEPS


def test_the_rows_that_a_source_names_are_its_rows(crawler, tables) -> None:
    checked = 0
    for anchor, rows in crawler.rows("sources.html").items():
        if not (anchor or "").startswith("source-"):
            continue
        cell = rows[0].findall("td")[-1]
        for a in cell.iter("a"):
            for first, last in ROWS.findall(re.sub(r"and \d+ more", "", a.tail or "")):
                for row in range(int(first), int(last or first) + 1):
                    assert tables[a.get("href")][row - 2]["source_id"] == anchor.removeprefix("source-")
                    checked += 1
    assert checked > 1_000


def test_every_number_in_the_text_has_a_row_and_every_row_a_number(crawler, published, shown) -> None:
    anchors = {anchor for anchor in crawler.rows("numbers.html") if (anchor or "").startswith("n-")}
    assert set(shown) <= anchors
    assert len(anchors) == len(published) == len({n["id"] for n in published})


def test_no_number_is_an_orphan(crawler, published, site) -> None:
    """Each stands on a page other than the list of all: quoted in a text, or among the further numbers of its chapter."""
    linked = {urldefrag(link).fragment for file in site.glob("*.html") if file.name != "numbers.html"
              for link in links(crawler.page(file.name), "numbers.html#")}
    assert [n["id"] for n in published if urldefrag(n["url"]).fragment not in linked] == []


def test_a_number_names_a_figure_only_when_the_figure_s_table_holds_its_value(published, site) -> None:
    """A number may be drawn in another size of its unit: millions as billions, jobs as thousands of jobs."""
    named = [n for n in published if n["figure"]]
    assert len(named) > 100
    for number in named:
        with (site / "figures" / f"{number['figure']}.csv").open(encoding="utf-8", newline="") as file:
            cells = [cell.replace(",", "").replace("−", "-") for row in csv.reader(file) for cell in row]
        drawn = [float(cell) for cell in cells if re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", cell)]
        near = max(0.005 * abs(number["value"]), 0.5)
        assert any(abs(value * scale - number["value"]) <= near for value in drawn for scale in (1, 1000, 0.001)), number["id"]


def test_every_source_that_is_cited_exists_and_every_number_s_figure_is_published(published, tables, site) -> None:
    known = {row["source_id"] for row in tables["tables/sources.csv"]}
    for number in published:
        assert set(number["sources"]) <= known, number["id"]
        assert number["figure"] is None or (site / "figures" / f"{number['figure']}.csv").exists()
    for file in (site / "figures").glob("*.json"):
        assert set(json.loads(file.read_text())["source_ids"]) <= known, file.name
