"""Rows of an overlay that are accepted stand in the tables as the overlay showed them, or nothing is touched."""

from __future__ import annotations

import shutil

import pytest

from analysis.cli import main
from analysis.data import check, load_table, resolve
from analysis.data.schemas import TABLES

NEW_SOURCE = {"source_id": "made-up-gazette", "title": "A gazette"}
DROPPED = {name: "" for name in TABLES["corrections"].names} | {
    "table": "us_exports", "key": "US_X_8542_CN | 2010-02", "action": "drop", "reason": "twice", "date": "2026-11-22",
    "source_id": "made-up-gazette",
}


@pytest.fixture
def base(small_data, tmp_path):
    return shutil.copytree(small_data, tmp_path / "base")


@pytest.fixture
def overlay(overlay_of, table_writer):
    """A changed and an added month, an event that belongs between others, a new source, and a correction that drops a row."""
    folder = overlay_of(
        us_exports=[{"value": "501"}, {"period": "2031-01", "value": "502", "source_id": "made-up-gazette", "grade": "C"}],
        policy_events={"event_id": "P900", "date": "2019-05-17", "title": "Between", "short_title": "Between others"},
        sources=NEW_SOURCE,
    )
    table_writer(folder / "corrections.csv", list(TABLES["corrections"].names), [list(DROPPED.values())])
    return folder


def test_what_was_accepted_is_what_the_overlay_showed(base, overlay, tmp_path, capsys):
    resolve(base, overlay, tmp_path / "shown")
    assert main(["accept", str(overlay), "--base", str(base)]) == 0
    assert "us_exports.csv: 1 rows added, 1 replaced" in capsys.readouterr().out
    assert check(base) == []
    for name, key in (("us_exports", ["series_id", "period"]), ("policy_events", ["event_id"]), ("sources", ["source_id"])):
        shown, stands = (load_table(name, folder).sort_values(key, ignore_index=True) for folder in (tmp_path / "shown", base))
        assert stands.equals(shown), name
    assert "US_X_8542_CN,2010-02," in (base / "trade" / "us_exports.csv").read_text(), "a correction drops a row on reading only"
    days = load_table("policy_events", base)["date"]
    assert days.is_monotonic_increasing


def test_to_accept_it_again_changes_nothing(base, overlay, capsys):
    assert main(["accept", str(overlay), "--base", str(base)]) == 0
    before = {file: file.read_bytes() for file in base.rglob("*.csv")}
    assert main(["accept", str(overlay), "--base", str(base)]) == 0
    assert {file: file.read_bytes() for file in base.rglob("*.csv")} == before
    assert "Nothing to accept" in capsys.readouterr().out


def test_rows_that_fail_the_check_are_not_accepted_and_no_table_is_touched(base, overlay_of, capsys):
    before = {file: file.read_bytes() for file in base.rglob("*.csv")}
    overlay = overlay_of(sources=NEW_SOURCE, us_exports={"unit": "USD billion"})
    assert main(["accept", str(overlay), "--base", str(base)]) == 1
    assert {file: file.read_bytes() for file in base.rglob("*.csv")} == before
    said = capsys.readouterr().err
    assert f"{overlay}/us_exports.csv:2:unit: 'USD billion'" in said and "were not taken over" in said
