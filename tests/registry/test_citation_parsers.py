"""Citations are read by the field's own parsers and mean there what they mean here."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import citeproc
import pytest
import rispy
import yaml
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from jsonschema import Draft7Validator
from pybtex.database import parse_string
from pybtex.plugin import find_plugin

from analysis import paths
from analysis.publish.citation_file import write_citation_file
from analysis.registry.citations import cite_figure, cite_number, cite_page, cite_work
from tests.publish.conftest import REGISTRY

BASE = "https://book.example/editions/2026.11/"
CITATIONS = {
    "work": cite_work("2026.11", "2026-11-22", BASE),
    "page": cite_page("rules", "Rules & reversals: {what} a \"stalemate\" is", "2026.11", "2026-11-22", f"{BASE}rules.html"),
    "figure": cite_figure("days", "Files waited longest in 2020", "2026.11", "2026-11-22", f"{BASE}rules.html#fig-days"),
    "number": cite_number(REGISTRY[3], "2026.11", "2026-11-22", f"{BASE}numbers.html#{REGISTRY[3].anchor}"),
}
CSL = Path(citeproc.__file__).parent / "data/schema/schemas/styles"   # the standard's own lists of variables and types


@pytest.mark.parametrize("kind", CITATIONS)
def test_ris_is_read_by_rispy(kind) -> None:
    citation = CITATIONS[kind]
    record, = rispy.loads(citation.text("ris"))
    assert record["title"] == (citation.title or citation.work)
    assert record["authors"] == [citation.author] and record["year"] == "2026"
    assert record["urls"] == [citation.url]
    assert record["type_of_reference"] == ("CHAP" if citation.title else "RPRT")


@pytest.mark.parametrize("kind", CITATIONS)
def test_csl_json_uses_variables_and_types_of_the_citation_style_language(kind) -> None:
    variables, types = (set(re.findall(r'"([A-Za-z-]+)"', (CSL / name).read_text(encoding="utf-8")))
                        for name in ("csl-variables.rnc", "csl-types.rnc"))
    item, = json.loads(CITATIONS[kind].text("csl"))
    assert set(item) - {"id", "type"} <= variables and item["type"] in types
    assert item["issued"]["date-parts"] == [[2026, 11, 22]]


@pytest.mark.parametrize("kind", CITATIONS)
def test_a_citation_processor_renders_csl_json_with_title_and_year(kind) -> None:
    citation = CITATIONS[kind]
    items = json.loads(citation.text("csl"))
    bibliography = CitationStylesBibliography(CitationStylesStyle("harvard-cite-them-right", validate=False),
                                              CiteProcJSON(items), formatter.plain)
    bibliography.register(Citation([CitationItem(items[0]["id"])]))
    text = "".join(str(part) for part in bibliography.bibliography()[0])
    assert "2026" in text and "Chip Stalemate" in text


@pytest.mark.parametrize("kind", CITATIONS)
def test_a_bibliography_style_renders_the_bibtex_entry(kind) -> None:
    data = parse_string(CITATIONS[kind].text("bibtex"), "bibtex")
    style, backend = find_plugin("pybtex.style.formatting", "plain")(), find_plugin("pybtex.backends", "text")()
    entry, = style.format_bibliography(data)
    text = entry.text.render(backend)
    assert "The Chip Stalemate contributors" in text and "2026" in text


def cff_problems(file: Path) -> list[str]:
    schema = json.loads((paths.ROOT / "tests/fixtures/publish/cff-1.2.0.schema.json").read_text(encoding="utf-8"))
    given = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return [f"{'/'.join(map(str, e.path))}: {e.message}" for e in Draft7Validator(schema).iter_errors(given)]


def test_citation_cff_conforms_to_the_citation_file_format() -> None:
    assert cff_problems(paths.ROOT / "CITATION.cff") == []


def test_each_edition_has_a_citation_cff_with_its_own_name_day_and_permanent_address(tmp_path) -> None:
    file = write_citation_file(tmp_path, {"edition": "2027.01", "built": "2027-01-05T10:00:00Z"}, "https://book.example/")
    given = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    assert cff_problems(file) == []
    assert (given["version"], given["date-released"]) == ("2027.01", "2027-01-05")
    assert given["url"] == "https://book.example/editions/2027.01/" and given["title"] == CITATIONS["work"].work


def test_the_built_citation_cff_is_that_of_the_built_edition(site) -> None:
    given = yaml.safe_load((site / "CITATION.cff").read_text(encoding="utf-8"))
    edition = json.loads((site / "numbers.json").read_text())
    assert cff_problems(site / "CITATION.cff") == []
    assert given["version"] == edition["edition"] and f"editions/{edition['edition']}/" in given["url"]


def test_citation_cff_names_the_project_s_own_edition_and_work() -> None:
    given = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert given["version"] == project["version"]
    assert given["title"] == CITATIONS["work"].work
    assert [author["name"] for author in given["authors"]] == [CITATIONS["work"].author]
