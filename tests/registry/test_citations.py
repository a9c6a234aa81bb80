"""Citations in four formats, read back by parsers of those formats where there are any."""

from __future__ import annotations

import json
import re

import pytest
from pybtex.database import parse_string

from analysis.registry.citations import FORMATS, cite_figure, cite_number, cite_page, cite_scenario, cite_work
from analysis.registry.numbers import Number

EDITION, DATE = "2026.11", "2026-11-22"
ADDRESS = "https://chip-stalemate.example/"
NUMBER = Number(
    id="sales.a_b.2022",
    label="Sales of R&D kits to {China}, 100% #1_2 ~ \\ ^",
    value=9.4,
    low=8.1,
    high=10.2,
    level=90,
    unit="USD bn",
    cls="estimated",
    as_of="2022-12-31",
    method="m",
    sources=("s",),
    page="sales",
    digits=1,
)
CITATIONS = {
    "work": cite_work(EDITION, DATE, ADDRESS),
    "page": cite_page("sales", 'How much do "US" chipmakers sell?', EDITION, DATE, ADDRESS + "sales.html"),
    "figure": cite_figure("limbo-days", "Files waited longest in 2020", EDITION, DATE, ADDRESS + "rules.html#fig-limbo-days"),
    "number": cite_number(NUMBER, EDITION, DATE, f"{ADDRESS}numbers.html#{NUMBER.anchor}"),
    "scenario": cite_scenario("Delay", "", "US$1 billion", "1 job", "500", "?Limbo=12&ban=3", EDITION, DATE, ADDRESS + "#x"),
}


def test_each_part_has_a_key_of_its_own_below_that_of_the_edition_and_only_the_work_has_no_title():
    keys = {kind: CITATIONS[kind].key.removeprefix("chip_stalemate_2026_11") for kind in ("work", "page", "figure", "number")}
    assert keys == {"work": "", "page": "_sales", "figure": "_fig_limbo_days", "number": f"_{NUMBER.anchor.replace('-', '_')}"}
    assert [kind for kind, citation in CITATIONS.items() if not citation.title] == ["work"]


@pytest.mark.parametrize("kind", CITATIONS)
@pytest.mark.parametrize("form", FORMATS)
def test_every_citation_names_work_edition_and_address_and_leaves_no_placeholder(kind, form):
    text = CITATIONS[kind].text(form)
    assert CITATIONS[kind].url.startswith(ADDRESS)
    for part in ("The Chip Stalemate", EDITION, CITATIONS[kind].url):
        assert part in text
    assert not re.search(r"(?<!\\)\$[a-z]", text.replace("US$", ""))


@pytest.mark.parametrize("kind", CITATIONS)
def test_bibtex_is_read_by_a_bibtex_parser_and_means_the_same(kind):
    citation = CITATIONS[kind]
    entries = parse_string(citation.text("bibtex"), "bibtex").entries
    assert list(entries) == [citation.key]
    fields = entries[citation.key].fields
    unescaped = re.sub(
        r"\\([&%$#_{}])",
        r"\1",
        fields["title"].replace(r"\textbackslash{}", "\\").replace(r"\textasciitilde{}", "~").replace(r"\textasciicircum{}", "^"),
    )
    assert unescaped.strip("{}") == (citation.title or citation.work).strip("{}")
    assert fields["year"] == "2026" and fields["edition"] == EDITION and fields["url"] == citation.url


@pytest.mark.parametrize("kind", CITATIONS)
def test_csl_json_is_json_with_the_fields_of_the_standard(kind):
    [item] = json.loads(CITATIONS[kind].text("csl"))
    assert item["type"] in ("report", "chapter") and item["edition"] == EDITION and item["URL"] == CITATIONS[kind].url
    assert item["issued"] == {"date-parts": [[2026, 11, 22]]}
    assert item["title"] == (CITATIONS[kind].title or CITATIONS[kind].work)
    assert item["author"] == [{"literal": CITATIONS[kind].author}]


@pytest.mark.parametrize("kind", CITATIONS)
def test_ris_has_a_tag_on_every_line_and_ends_its_record(kind):
    lines = CITATIONS[kind].text("ris").split("\n")
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)
    assert lines[0].startswith("TY  - ") and lines[-1] == "ER  - "
    tags = dict(line.split("  - ", 1) for line in lines)
    assert tags["UR"] == CITATIONS[kind].url and tags["ET"] == EDITION and tags["DA"] == "2026/11/22"


def test_a_number_is_quoted_with_its_interval_class_and_date():
    text = CITATIONS["number"].text("plain")
    assert "US$9.4 billion (90% interval 8.1 to 10.2)" in text
    assert "Estimated figure, as of 2022-12-31." in text


def test_a_scenario_is_cited_with_what_was_changed_and_all_its_results():
    cited = cite_scenario("Delay", "limbo 12", "US$1 billion (0 to 2)", "5 jobs", "500", "?Limbo=12&ban=3", EDITION, DATE, ADDRESS)
    assert (cited.title, cited.key) == ("Scenario “Delay”, changed (limbo 12). US$1 billion (0 to 2)",
                                        "chip_stalemate_2026_11_limbo_12_ban_3")
    assert cited.note == "Modelled, 500 draws. 5 jobs. Licence CC BY 4.0."
    assert CITATIONS["scenario"].title == "Scenario “Delay”. US$1 billion"


def test_a_key_names_edition_and_thing():
    assert {kind: cited.key for kind, cited in CITATIONS.items()} == {
        "work": "chip_stalemate_2026_11", "page": "chip_stalemate_2026_11_sales", "figure": "chip_stalemate_2026_11_fig_limbo_days",
        "number": f"chip_stalemate_2026_11_{NUMBER.anchor.replace('-', '_')}", "scenario": "chip_stalemate_2026_11_limbo_12_ban_3"}
