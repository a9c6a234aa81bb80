"""Figures that a source states: a chapter's words say which row of `huawei_facts` a number is (`fact`), by the name the row has."""

from __future__ import annotations

import pandas as pd

from analysis.data.named import named
from analysis.data.units import unit_label
from analysis.data.vocabulary import CLASS_OF_EVIDENCE
from analysis.registry.quantity import Quantity
from analysis.registry.recorder import Recorder
from analysis.registry.words import Words


def record_facts(page: Recorder, facts: pd.DataFrame) -> None:
    """Record, as it stands, every figure whose words name a row."""
    for pattern, entry in page.words.items():
        if entry.fact:
            page.record(pattern, stated(named(facts, entry.fact), entry))


def stated(row: pd.Series, entry: Words) -> Quantity:
    """The figure of a row for a number of those words, a share in per cent where they say so; its day is the last of its period,
    unless the words say another."""
    times = 100 if row["unit"] == "share" and entry.unit == "%" else 1
    cls = None if entry.cls else CLASS_OF_EVIDENCE[row["evidence"]]
    words = {"qualifier": row["qualifier"], "counted": row["definition"] or row["metric"], "text": row["value_text"],
             "text_unit": unit_label(row["unit"])}
    return Quantity(times * row["value"], entry.as_of or f"{row['period_end']:%Y-%m-%d}", (row["source_id"],), cls=cls, words=words)
