"""Figures that a source states: the words name the row, and the number is what stands in it."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from analysis import paths
from analysis.data import load_table
from analysis.data.named import named
from analysis.data.problems import DataError
from analysis.registry.facts import record_facts
from analysis.registry.recorder import Recorder
from analysis.registry.words import load_words

ROW = {"name": "", "value": 0.5, "unit": "share", "period_end": pd.Timestamp("2021-12-31"), "source_id": "s", "evidence": "seen",
       "qualifier": "press", "definition": "", "metric": "share used", "value_text": "about half"}
WORDS = """
a.used: {fact: used, label: Used, unit: "%", method: "By {qualifier}: {counted}, {text} ({text_unit})"}
a.then: {fact: firms, as_of: "2020-05-01", label: Firms, unit: count, class: derived, method: "{counted}"}
a.else: {label: Not stated, unit: count, method: Count}
"""


@pytest.fixture
def page(tmp_path, monkeypatch) -> Recorder:
    monkeypatch.setattr(paths, "WORDS", tmp_path)
    (tmp_path / "stated-by-others.yml").write_text(WORDS, encoding="utf-8")
    return Recorder("stated-by-others")


def test_every_number_whose_words_name_a_row_is_recorded_as_it_stands(page) -> None:
    firms = {**ROW, "name": "firms", "value": 3, "unit": "firms", "definition": "Firms named"}
    facts = pd.DataFrame([{**ROW, "name": "used"}, firms, {**ROW, "value": 9}])
    record_facts(page, facts)
    assert list(page.numbers) == ["a.used", "a.then"]
    used, then = page.numbers.values()
    assert (used.value, used.cls, used.as_of, used.sources) == (50.0, "reported", "2021-12-31", ("s",))
    assert used.method == "By press: share used, about half (share)"
    assert (then.value, then.cls, then.as_of, then.method) == (3.0, "derived", "2020-05-01", "Firms named")


def test_a_figure_that_was_worked_out_is_not_called_reported(page) -> None:
    record_facts(page, pd.DataFrame([{**ROW, "name": "used", "evidence": "derived"}, {**ROW, "name": "firms"}]))
    assert page.numbers["a.used"].cls == "derived"


@pytest.mark.parametrize("rows", [0, 2])
def test_a_name_belongs_to_one_row(rows) -> None:
    facts = pd.DataFrame([{**ROW, "name": "used"}] * rows, columns=list(ROW))
    with pytest.raises(DataError, match=re.escape(f"huawei_facts.csv:name: {rows} rows are named 'used', expected one")):
        named(facts, "used")


def test_every_row_that_words_name_is_in_the_table() -> None:
    names = set(load_table("huawei_facts")["name"])
    wanted = {entry.fact for file in paths.WORDS.glob("*.yml") for entry in load_words(file).values() if entry.fact}
    assert len(wanted) > 15 and wanted <= names
