"""The book's contents: chapters, and pages that one notebook makes for the rows of a table."""

from __future__ import annotations

import json

import pytest

from analysis import paths
from analysis.runner import contents

HEADER = "firm,slug\n"


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A book of a summary, a list and a template; the table of firms is the build's own."""
    for name, value in (("BOOK", tmp_path / "book"), ("TABLES", tmp_path / "tables"), ("DATA", tmp_path / "data")):
        value.mkdir()
        monkeypatch.setattr(paths, name, value)
    (paths.BOOK / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nparts:\n- caption: One\n  chapters:\n"
        "  - file: list\n    sections:\n    - file: firm\n  - file: end\n")
    rule = {"one_page_for_each": {"table": "firms", "column": "slug", "parameter": "firm", "name": "firm"}}
    for name, metadata in (("index", {}), ("list", {}), ("firm", rule)):
        notebook = {"metadata": metadata, "cells": [], "nbformat": 4, "nbformat_minor": 5}
        (paths.BOOK / f"{name}.ipynb").write_text(json.dumps(notebook))
    (paths.TABLES / "firms.csv").write_text(HEADER + "Able & Co,able_co\nBaker,baker\n")
    (paths.DATA / "firms.csv").write_text(HEADER + "Old,old\n")
    return tmp_path


def test_a_template_stands_in_the_contents_as_one_page_a_row(book):
    assert contents.toc_files() == ["index", "list", "firm-able-co", "firm-baker", "end"]
    assert contents.expanded_toc()["parts"][0]["chapters"][0]["sections"] == [{"file": "firm-able-co"}, {"file": "firm-baker"}]


def test_a_new_row_is_a_new_page_without_a_change_of_code(book):
    with (paths.TABLES / "firms.csv").open("a") as table:
        table.write("Charlie,charlie\n")
    assert contents.toc_files()[-2] == "firm-charlie"
    assert contents.given_to("firm-charlie") == {"firm": "charlie"}


def test_a_made_page_is_run_from_its_template_with_its_row(book):
    assert contents.source_of("firm-able-co") == paths.BOOK / "firm.ipynb"
    assert contents.given_to("firm-able-co") == {"firm": "able_co"}
    assert contents.words_of("firm-able-co") == {"firm": "Able & Co"}
    assert contents.source_of("list") == paths.BOOK / "list.ipynb"
    assert contents.given_to("list") == {}


def test_a_table_of_an_older_build_without_the_columns_does_not_stop_the_plan(book):
    (paths.TABLES / "firms.csv").write_text("firm\nAble & Co\n")
    assert "firm-old" in contents.toc_files()
