"""Text in the data is shown as text everywhere: no formula runs, no markup acts, nothing is lost."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.data import check
from analysis.data.dictionary import render_sources
from analysis.data.inert import as_csv_safe, publish_tables
from analysis.data.overlay import resolve

HOSTILE = "=cmd|'/C calc'!A0 <script>alert(1)</script> {{ edition }} `{num}`"


@pytest.mark.parametrize(
    "text", ["=1+1", "=cmd|'/C calc'!A0", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "  =1", "%0a", "|calc", "--5", "+1-1", "-cmd"]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert as_csv_safe(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "-5", "+12.5%", "-1,234.5", "1e-5", "-5.9e-05", "+", "-", "%", "[-1,+1]", "Qualcomm", "a = b", "'=1"]
)
def test_numbers_and_ordinary_text_stay_as_they_are(text):
    assert as_csv_safe(text) == text


@given(st.text())
def test_making_text_inert_loses_nothing_and_is_done_once(text):
    safe = as_csv_safe(text)
    assert safe in (text, "'" + text)
    assert as_csv_safe(safe) == safe
    assert not safe.lstrip(" ").startswith(("=", "@"))


def test_a_formula_and_a_script_pass_the_check_and_are_published_as_text(small_data, overlay_of, tmp_path, survived):
    overlay = overlay_of(sources={"title": HOSTILE, "publisher": "<img src=x onerror=alert(1)>", "note": "=HYPERLINK(1)"})
    assert check(small_data, overlay) == []
    resolve(small_data, overlay, tmp_path / "out")
    publish_tables(tmp_path / "out", tmp_path / "public")
    with (tmp_path / "public" / "sources.csv").open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    assert first["title"] == "'" + HOSTILE
    assert first["note"] == "'=HYPERLINK(1)"
    page = render_sources(str(tmp_path / "out"))
    assert "<script>" not in page and "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    survived("A row", "a formula, markup or script in a text", "shown as text: on the page and in the published CSV")


def test_publishing_keeps_every_table_row_and_number(small_data, tmp_path):
    resolve(small_data, None, tmp_path / "out")
    written = publish_tables(tmp_path / "out", tmp_path / "public")
    assert [p.name for p in written] == sorted(p.name for p in (tmp_path / "out").iterdir())
    for path in written:
        if path.stem == "event_study_car":  # signs, windows and negative numbers only
            assert path.read_bytes() == (tmp_path / "out" / path.name).read_bytes()
