"""Formulas, markup and scripts in the data go through a whole build and are shown as text in everything it publishes."""

from __future__ import annotations

import csv
import re

import lxml.html
import pytest

from analysis.data.inert import as_csv_safe

pytestmark = pytest.mark.slow

MARK = "hostile-mark"
HOSTILE = (f"=cmd|'/C calc'!A0 {MARK} <script>alert('{MARK}')</script><img src=x onerror=\"alert('{MARK}')\"> "
           "{{ edition }} `{num}` $x$")
CHANGED = {"sources": ("", ("title", "publisher", "note")), "oem_demand": ("industry", ("note",))}   # table: folder, columns
ACTIVE = ("//script[not(contains(@type, 'json'))][contains(., $mark)] | //img[@src='x'] | "
          "//*[@*[starts-with(name(), 'on') and contains(., $mark)]]")


@pytest.fixture(scope="module")
def published(project, tmp_path_factory):
    """The site of a build whose overlay holds hostile text in titles, names and notes; then the project is built as it was."""
    overlay = tmp_path_factory.mktemp("hostile")
    for name, (folder, columns) in CHANGED.items():
        with (project.root / "data" / folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        cited = {row["source_id"] for row in csv.DictReader((project.root / "data/industry/oem_demand.csv").open(encoding="utf-8"))}
        chosen = [row for row in rows if row["source_id"] in cited][:3]
        with (overlay / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows({**row, **{column: HOSTILE for column in columns}} for row in chosen)
    result = project.build("--data", str(overlay))
    assert result.returncode == 0, result.stderr
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
