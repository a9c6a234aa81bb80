"""Formulas, markup and names in any script go through a whole build and are shown as text in everything it publishes."""

from __future__ import annotations

import csv
import re
import zipfile

import lxml.html
import pytest

from analysis.data.inert import as_csv_safe
from analysis.publish.site.offline import write_offline_edition

pytestmark = pytest.mark.slow

MARK = "hostile-mark"
HOSTILE = (f"=cmd|'/C calc'!A0 {MARK} <script>alert('{MARK}')</script><img src=x onerror=\"alert('{MARK}')\"> "
           "{{ edition }} `{num}` $x$ 中芯国际 삼성전자 شركة Škoda 😀 ᚠ")
NAMES = ("中芯国际", "삼성전자", "شركة", "Škoda", "😀", "ᚠ")
CHANGED = {"sources": ("", ("title", "publisher", "note")), "oem_demand": ("industry", ("note",))}   # table: folder, columns
ACTIVE = ("//script[not(contains(@type, 'json'))][contains(., $mark)] | //img[@src='x'] | "
          "//*[@*[starts-with(name(), 'on') and contains(., $mark)]]")


@pytest.fixture(scope="module")
def published(project, tmp_path_factory):
    """The site of a build whose overlay holds hostile text in titles, names and notes; then the project is built as it was."""
    overlay = tmp_path_factory.mktemp("hostile")
    with (project.root / "data/policy/policy_events.csv").open(encoding="utf-8", newline="") as file:
        drawn = next(csv.DictReader(file))["source_id"]   # the source under the figure, which the briefing prints too
    for name, (folder, columns) in CHANGED.items():
        with (project.root / "data" / folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        cited = {row["source_id"] for row in csv.DictReader((project.root / "data/industry/oem_demand.csv").open(encoding="utf-8"))}
        chosen = [row for row in rows if row["source_id"] in cited][:3]
        with (overlay / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows({**row, **{column: HOSTILE for column in columns}} for row in chosen)
            writer.writerows({**row, "title": " ".join(NAMES)} for row in rows
                             if name == "sources" and row["source_id"] == drawn and row not in chosen)
    result = project.build("--data", str(overlay))
    assert result.returncode == 0, result.stderr
    assert "could not be made" not in result.stderr, result.stderr
    yield project.html
    assert project.build().returncode == 0


def test_no_page_runs_or_loads_what_the_data_hold(published, survived):
    shown = 0
    for file in published.rglob("*.html"):
        tree = lxml.html.parse(str(file)).getroot()
        assert tree.xpath(ACTIVE, mark=MARK) == [], file.name
        shown += MARK in tree.text_content()
    assert shown >= 1, "the hostile text must be shown, as text"
    survived("A row", "a formula, markup and a script in a title, through a whole build", "shown as text on every page")


def test_names_in_any_script_are_on_pages_in_tables_in_drawings_and_in_the_briefing(published, survived):
    """One Chinese character in the title of a source used to end the whole build."""
    import pypdf
    from docx import Document

    page = (published / "index.html").read_text(encoding="utf-8")
    drawing = (published / "figures" / "rows.svg").read_text(encoding="utf-8")
    table = (published / "tables" / "oem_demand.csv").read_text(encoding="utf-8")
    sources = (published / "sources.html").read_text(encoding="utf-8")
    word = "".join(p.text for p in Document(str(published / "briefing/briefing.docx")).paragraphs)
    pdf = "".join(one.extract_text() for one in pypdf.PdfReader(published / "briefing/briefing.pdf").pages)
    assert [name for name in NAMES if name not in table or name not in sources] == []
    unbroken = ["".join(re.sub(r"<[^>]*>", "", text).split()) for text in (page, drawing, word, pdf)]   # lines break within a name
    assert [name for name in ("中芯国际", "삼성전자") if not all(name in text for text in unbroken)] == []
    assert (published / "social" / "index.png").stat().st_size > 1000
    survived("A row", "Chinese, Korean, Arabic, accented letters, emoji and runes in every text column, through a whole build",
             "on every page, in every table, drawing and document; what no font holds is printed as its number")


def test_the_zip_for_reading_without_a_network_holds_the_same_names(published, tmp_path):
    with zipfile.ZipFile(write_offline_edition(published, "2030.01", tmp_path)) as archive:
        root = "chip-stalemate-2030.01"
        for member in ("sources.html", "tables/oem_demand.csv"):
            text = archive.read(f"{root}/{member}").decode("utf-8")
            assert [name for name in NAMES if name not in text] == [], member


def test_drawings_hold_it_as_text(published):
    for file in published.rglob("*.svg"):
        assert not re.search(rf"<script[^>]*>[^<]*{MARK}|\son\w+=[\"'][^\"']*{MARK}", file.read_text(encoding="utf-8")), file.name


def test_no_cell_of_a_published_table_is_a_formula(published):
    tables = [*published.rglob("*.csv")]
    assert any(MARK in file.read_text(encoding="utf-8") for file in tables)
    for file in tables:
        with file.open(encoding="utf-8", newline="") as stream:
            assert all(as_csv_safe(cell) == cell for row in csv.reader(stream) for cell in row), file.name


def test_the_build_is_still_identical_to_its_receipt(published):
    """The apostrophes in the published tables do not make a comparison of editions see changes that are none."""
    from analysis.publish.diff import read_table

    kept = read_table(published / "tables" / "oem_demand.csv")
    assert any(row["note"] == HOSTILE for row in kept)
