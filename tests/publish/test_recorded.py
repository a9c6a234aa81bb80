"""A notebook that is worked on says what the numbers are that its text takes from other pages."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from analysis.publish.recorded import taken_from_other_pages


def a_row(id: str, page: str, value: float) -> dict:
    return {"id": id, "label": f"Label of {id}", "value": value, "unit": "%", "cls": "derived", "as_of": "2026-01-31",
            "method": "A sum", "sources": ["a"], "page": page, "digits": 1}


@pytest.fixture
def notebook(tmp_path) -> Path:
    """Its text names one number of its own and two of other pages, one of them twice, and in a table."""
    cells = [new_markdown_cell("It is {num}`other.b.2|interval`, or {num}`mine.a`."),
             new_markdown_cell("| {num}`other.b.1\\|bare` | {num}`other.b.2` |")]
    nbformat.write(new_notebook(cells=cells), tmp_path / "mine.ipynb")
    return tmp_path / "mine.ipynb"


def test_numbers_of_other_pages_are_listed_once_each_in_the_order_of_the_text(notebook, tmp_path):
    built = tmp_path / "numbers.json"
    built.write_text(json.dumps([a_row("other.b.1", "other", 12.34), a_row("other.b.2", "third", 56.78), a_row("mine.a", "mine", 9),
                                 a_row("other.b.3", "other", 1)]))
    shown = taken_from_other_pages("mine", notebook, built)
    assert [id for id in ("other.b.1", "other.b.2", "other.b.3", "mine.a") if id in shown] == ["other.b.1", "other.b.2"]
    assert shown.index("56.8%") < shown.index("12.3%") and shown.count("<tr><td>") == 2


def test_where_nothing_was_built_it_says_what_to_do(notebook, tmp_path):
    assert "make book" in taken_from_other_pages("mine", notebook, tmp_path / "none.json")


def test_a_text_that_names_no_number_gets_no_list(notebook, tmp_path):
    nbformat.write(new_notebook(cells=[new_markdown_cell("Words.")]), notebook)
    assert taken_from_other_pages("mine", notebook, tmp_path / "none.json") == ""
    assert taken_from_other_pages("my-own", tmp_path / "no-such.ipynb", tmp_path / "none.json") == ""
