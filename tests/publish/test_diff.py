"""What moved between two editions, beyond tolerance, and which input moved it."""

from __future__ import annotations

import copy
import csv
import json
from pathlib import Path

import pytest

from analysis.publish.changes import render_changes, terminal_table
from analysis.publish.diff import (
    UNEXPLAINED,
    UNKNOWN,
    DiffError,
    Inputs,
    RebuildError,
    compare,
    load_edition,
    read_table,
    row_causes,
    summary,
    what_moved,
)


def published(id: str, value: float, low=None, high=None, page="rules", unit="days") -> dict:
    return {"id": id, "label": f"Label of {id}", "value": value, "low": low, "high": high, "unit": unit, "page": page,
            "class": "derived" if low is None else "estimated"}


def write_edition(folder: Path, name: str, numbers: list[dict], receipt: dict | None = None,
                  tables: dict[str, list[tuple]] | None = None) -> Path:
    folder.mkdir()
    (folder / "numbers.json").write_text(json.dumps({"edition": name, "numbers": numbers}))
    if receipt is not None:
        (folder / "receipt.json").write_text(json.dumps({"schema": 1, "edition": name, **receipt}))
        (folder / "tables").mkdir()
        for file, rows in (tables or {}).items():
            with (folder / "tables" / file).open("w", newline="") as out:
                csv.writer(out, lineterminator="\n").writerows([("event_id", "days"), *rows])
        (folder / "tables" / "parameters.yml").write_text(receipt["parameter_files"]["parameters.yml"])
    return folder


RECEIPT = {
    "lock": "l", "commit": "c", "code": {"book/rules.ipynb": "r1", "book/cost.ipynb": "c1"},
    "tables": {"policy_events.csv": "t1"}, "parameter_files": {"parameters.yml": "rate: 1"},
    "chapters": {
        "rules": {"parameters": {"first_year": 2016}, "tables": ["policy_events.csv"], "parameter_files": [],
                  "code": ["book/rules.ipynb"]},
        "cost": {"parameters": {}, "tables": ["policy_events.csv"], "parameter_files": ["parameters.yml"],
                 "code": ["book/cost.ipynb"]}},
    "outputs": {"numbers": {}, "figures": {}},
}
OLD_ROWS = [("tgl", "90"), ("ear", "10")]


@pytest.fixture
def pair(tmp_path):
    """Two equal editions on disk, to be changed by a test: `pair(numbers=…, rows=…, receipt=function)` → (old, new)."""
    numbers = [published("rules.days", 100.0), published("cost.month", 0.85, -0.2, 2.4, "cost", "USD bn")]

    def make(new_numbers: list[dict], rows: list[tuple] = OLD_ROWS, change=lambda receipt: None):
        receipt = copy.deepcopy(RECEIPT)
        change(receipt)
        if rows != OLD_ROWS:
            receipt["tables"]["policy_events.csv"] = "t2"
        old = write_edition(tmp_path / "old", "2026.11", numbers, RECEIPT, {"policy_events.csv": OLD_ROWS})
        new = write_edition(tmp_path / "new", "2027.01", new_numbers, receipt, {"policy_events.csv": rows})
        return load_edition(old), load_edition(new)
    return make


def moved_to(days: float, cost: float = 0.85) -> list[dict]:
    return [published("rules.days", days), published("cost.month", cost, cost - 1.05, cost + 1.55, "cost", "USD bn")]


def test_equal_editions_have_no_changes(pair) -> None:
    old, new = pair(moved_to(100.0))
    assert what_moved(old, new) == [] and summary([]) == "no number moved"


def test_changes_are_sorted_into_moved_added_removed_and_within_tolerance() -> None:
    old = {n["id"]: n for n in [published("a.x", 1.0), published("a.y", 2.0, 1.0, 3.0), published("a.gone", 5.0)]}
    new = {n["id"]: n for n in [published("a.x", 1.5), published("a.y", 2.05, 1.0, 3.0), published("a.new", 7.0)]}
    changes = compare(old, new)
    assert [(c.id, c.kind) for c in changes] == [
        ("a.x", "moved"), ("a.new", "added"), ("a.gone", "removed"), ("a.y", "within tolerance")]
    assert summary(changes) == "1 moved, 1 added, 1 removed, 1 within tolerance"
    assert changes[0].change == 0.5 and changes[1].change is None


def test_a_number_in_another_unit_is_another_number() -> None:
    changes = compare({"a.x": published("a.x", 1.0, None, None, "rules", "days")},
                      {"a.x": published("a.x", 30.0, None, None, "rules", "months")})
    assert [(c.kind, c.unit, c.change) for c in changes] == [("added", "months", None), ("removed", "days", None)]


@pytest.mark.parametrize("cause, rows, change", [
    ("new data", [*OLD_ROWS, ("new", "5")], lambda r: None),
    ("source revision", [("tgl", "91"), ("ear", "10")], lambda r: None),
    ("source revision", [("tgl", "90")], lambda r: None),
    ("method", OLD_ROWS, lambda r: r["code"].update({"book/rules.ipynb": "r2"})),
    ("method", OLD_ROWS, lambda r: r.update(lock="l2")),
    ("parameter", OLD_ROWS, lambda r: r["chapters"]["rules"]["parameters"].update(first_year=2018)),
])
def test_a_single_changed_input_is_the_cause(pair, cause, rows, change) -> None:
    old, new = pair(moved_to(105.0), rows, change)
    moved, = what_moved(old, new)
    assert (moved.id, moved.causes) == ("rules.days", ((cause, 5.0),))


def test_a_change_elsewhere_in_the_project_is_no_cause(pair) -> None:
    old, new = pair(moved_to(105.0), [*OLD_ROWS, ("new", "5")], lambda r: r["code"].update({"book/cost.ipynb": "c2"}))
    assert what_moved(old, new)[0].causes == (("new data", 5.0),)


def test_a_number_that_moved_though_nothing_changed_is_called_unexplained(pair) -> None:
    old, new = pair(moved_to(105.0))
    assert what_moved(old, new)[0].causes == ((UNEXPLAINED, None),)


def everything_changed(receipt: dict) -> None:
    receipt["code"]["book/cost.ipynb"] = "c2"
    receipt["parameter_files"]["parameters.yml"] = "rate: 3"


def fake_rebuild(calls: list):
    """A chapter `cost` whose number is rate × days in the table, times ten in the new code; `rules` sums the days."""

    def rebuild(inputs, slug):
        days = sum(float(row["days"]) for row in inputs.tables["policy_events.csv"])
        rate = float(inputs.parameter_files["parameters.yml"].split()[1])
        calls.append((slug, days, rate))
        value = 10 * rate * days
        return {"rules.days": {"value": days, "low": None, "high": None},
                "cost.month": {"value": value, "low": value - 1, "high": value + 1}}
    return rebuild


def test_several_causes_are_found_by_changing_one_at_a_time_and_add_up(tmp_path) -> None:
    rows = [("tgl", "95"), ("ear", "10"), ("new", "20")]
    receipt = copy.deepcopy(RECEIPT)
    everything_changed(receipt)
    receipt["tables"]["policy_events.csv"] = "t2"
    cost = lambda value: published("cost.month", value, value - 1, value + 1, "cost", "USD bn")  # noqa: E731
    old = load_edition(write_edition(tmp_path / "a", "2026.11", [published("rules.days", 100.0), cost(100.0)], RECEIPT,
                                     {"policy_events.csv": OLD_ROWS}))
    new = load_edition(write_edition(tmp_path / "b", "2027.01", [published("rules.days", 125.0), cost(3750.0)], receipt,
                                     {"policy_events.csv": rows}))
    calls: list = []
    changes = {c.id: c for c in what_moved(old, new, fake_rebuild(calls))}
    assert changes["cost.month"].causes == (
        ("method", 900.0), ("parameter", 2000.0), ("source revision", 150.0), ("new data", 600.0))
    assert sum(part for _, part in changes["cost.month"].causes) == changes["cost.month"].change
    # `rules` has no parameter file and unchanged code: only the revision has to be told from the new rows.
    assert changes["rules.days"].causes == (("source revision", 5.0), ("new data", 20.0))
    assert sorted(calls) == [("cost", 100.0, 1.0), ("cost", 100.0, 3.0), ("cost", 105.0, 3.0), ("rules", 105.0, 3.0)]


def test_without_running_again_several_causes_stand_side_by_side(pair) -> None:
    old, new = pair(moved_to(105.0), [("tgl", "91"), ("ear", "10"), ("new", "4")])
    assert what_moved(old, new)[0].causes == (("source revision", None), ("new data", None))


def test_a_chapter_that_cannot_run_from_older_inputs_has_its_causes_side_by_side(pair) -> None:
    def rebuild(_inputs, _slug):
        raise RebuildError("no column of that name")
    old, new = pair(moved_to(105.0), [("tgl", "91"), ("ear", "10"), ("new", "4")])
    assert what_moved(old, new, rebuild)[0].causes == (("source revision", None), ("new data", None))


def test_without_a_receipt_the_cause_is_not_guessed(tmp_path) -> None:
    old = load_edition(write_edition(tmp_path / "a", "2026.11", [published("a.x", 1.0)]))
    new = load_edition(write_edition(tmp_path / "b", "2027.01", [published("a.x", 2.0)]))
    assert what_moved(old, new)[0].causes == ((UNKNOWN, None),)


def test_rows_are_matched_by_the_key_of_their_table() -> None:
    old = [{"event_id": "a", "days": "1"}, {"event_id": "b", "days": "2"}]
    assert row_causes("policy_events.csv", old, list(reversed(old))) == set()
    assert row_causes("policy_events.csv", old, [*old, {"event_id": "c", "days": "3"}]) == {"new data"}
    with_new_column = [{**row, "short_title": "x"} for row in old]
    assert row_causes("policy_events.csv", old, with_new_column) == set(), "a new column is no revision"
    assert row_causes("policy_events.csv", old, [{"event_id": "a", "days": "9"}, {"event_id": "c", "days": "3"}]) \
        == {"new data", "source revision"}


def test_the_apostrophe_that_disarms_a_formula_is_not_a_revision(tmp_path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("a,b,c\n'=1+1,'plain,-5\n")
    assert read_table(file) == [{"a": "=1+1", "b": "'plain", "c": "-5"}]


def test_the_terminal_table_lines_up_and_sums_up(pair) -> None:
    old, new = pair(moved_to(105.0, 1.25), [*OLD_ROWS, ("new", "5")])
    text = terminal_table(what_moved(old, new))
    lines = text.splitlines()
    assert lines[0].split() == ["number", "old", "new", "change", "cause"]
    assert any("rules.days" in line and "100 days" in line and "105 days" in line and "+5 days" in line and "new data" in line
               for line in lines)
    assert any("US$0.85 billion" in line and "+US$0.40 billion" in line for line in lines)
    assert lines[-1] == "2 moved"


def test_the_difference_of_two_percentages_is_in_percentage_points() -> None:
    old, new = ({"a.x": published("a.x", value, unit="%")} for value in (22.73, 21.74))
    text = terminal_table(compare(old, new))
    assert "22.73%" in text and "−0.99 percentage points" in text


def test_a_chapter_is_not_run_again_for_what_stayed_within_tolerance(tmp_path) -> None:
    rows = [("tgl", "91"), ("ear", "10"), ("new", "4")]
    receipt = copy.deepcopy(RECEIPT)
    receipt["tables"]["policy_events.csv"] = "t2"
    old = load_edition(write_edition(tmp_path / "a", "2026.11", [published("cost.month", 0.85, -0.2, 2.4, "cost")], RECEIPT,
                                     {"policy_events.csv": OLD_ROWS}))
    new = load_edition(write_edition(tmp_path / "b", "2027.01", [published("cost.month", 0.86, -0.2, 2.4, "cost")], receipt,
                                     {"policy_events.csv": rows}))
    calls: list = []
    change, = what_moved(old, new, fake_rebuild(calls))
    assert change.kind == "within tolerance" and calls == []


def test_a_chapter_is_run_only_once_from_the_same_inputs(monkeypatch) -> None:
    from analysis.publish import rebuild

    calls: list = []
    monkeypatch.setattr(rebuild, "_quickly", lambda inputs, slug: calls.append(slug) or {"a.x": {"value": 1.0}})
    quick = rebuild.QuickRebuild()
    one, other = Inputs({"t.csv": [{"a": "1"}]}, {}, {}), Inputs({"t.csv": [{"a": "2"}]}, {}, {})
    assert quick(one, "rules") == quick(Inputs({"t.csv": [{"a": "1"}]}, {}, {}), "rules")
    quick(other, "rules")
    assert calls == ["rules", "rules"]


def test_a_chapter_is_run_again_from_the_tables_it_reads_and_no_others(tmp_path) -> None:
    receipt = copy.deepcopy(RECEIPT)
    receipt["tables"]["policy_events.csv"] = "t2"
    tables = {"sources.csv": [], "customs.csv": [("x", "1")]}
    old = load_edition(write_edition(tmp_path / "a", "2026.11", [published("rules.days", 100.0)], RECEIPT,
                                     {"policy_events.csv": OLD_ROWS, **tables}))
    new = load_edition(write_edition(tmp_path / "b", "2027.01", [published("rules.days", 125.0)], receipt,
                                     {"policy_events.csv": [("tgl", "95"), ("new", "30")], **tables}))
    given: list = []

    def rebuild(inputs, _slug):
        given.append(set(inputs.tables))
        return {}
    what_moved(old, new, rebuild)
    assert given == [{"policy_events.csv", "sources.csv"}]


def test_what_was_rebuilt_is_kept_until_inputs_or_code_change_and_goes_when_no_longer_asked_for(tmp_path, monkeypatch) -> None:
    from analysis.publish import rebuild

    calls: list = []
    code = "as it was"
    monkeypatch.setattr(rebuild, "_code", lambda slug: code)
    monkeypatch.setattr(rebuild, "_quickly", lambda inputs, slug: calls.append(slug) or {"a.x": {"value": float(len(calls))}})
    one, other = Inputs({"t.csv": [{"a": "1"}]}, {}, {}), Inputs({"t.csv": [{"a": "2"}]}, {}, {})

    def build(*asked: Inputs) -> list[float]:
        with rebuild.QuickRebuild(tmp_path) as quick:
            return [quick(inputs, "rules")["a.x"]["value"] for inputs in asked]

    assert build(one, other) == build(one, other) == [1.0, 2.0]
    code = "changed"
    assert build(one) == [3.0]
    code = "as it was"
    assert build(other) == [4.0]   # it had gone with the build that did not ask for it
    next(tmp_path.iterdir()).write_text("{")   # half a file is no result
    assert build(other) == [5.0]


def test_a_chapter_that_failed_from_these_inputs_is_not_tried_again_by_the_next_build(tmp_path, monkeypatch) -> None:
    from analysis.publish import rebuild

    tried: list = []

    def fails(_inputs, slug):
        tried.append(slug)
        raise RebuildError("column 'entity' is missing")
    monkeypatch.setattr(rebuild, "_quickly", fails)
    for _ in range(2):
        with rebuild.QuickRebuild(tmp_path) as quick, pytest.raises(RebuildError, match="column 'entity' is missing"):
            quick(Inputs({"t.csv": [{"a": "1"}]}, {}, {}), "rules")
    assert tried == ["rules"]


def test_a_chapter_that_was_stopped_from_outside_is_tried_again(tmp_path, monkeypatch) -> None:
    from analysis.publish import rebuild

    tried: list = []

    def stopped(*_arguments, **_settings):
        tried.append(True)
        return rebuild.subprocess.CompletedProcess([], returncode=-9, stderr="")
    monkeypatch.setattr(rebuild.subprocess, "run", stopped)
    monkeypatch.setattr(rebuild, "_quickly", rebuild.rebuild)
    for _ in range(2):
        with rebuild.QuickRebuild(tmp_path) as quick, pytest.raises(RebuildError, match="stopped by signal 9"):
            quick(Inputs({}, {}, {}), "rules")
    assert len(tried) == 2


def test_tables_whose_columns_have_changed_since_are_refused_before_a_chapter_is_started(monkeypatch) -> None:
    from analysis.publish import rebuild

    monkeypatch.setattr(rebuild.subprocess, "run", lambda *_a, **_k: pytest.fail("a chapter was started"))
    old = Inputs({"policy_events.csv": [{"event_id": "tgl", "a_column_of_then": "95"}]}, {}, {})
    with pytest.raises(RebuildError, match=r"policy_events\.csv has other columns.*a_column_of_then"):
        rebuild.rebuild(old, "rules")


def test_the_page_shows_each_pair_of_editions_and_keeps_markup_inert(pair) -> None:
    numbers = moved_to(105.0)
    numbers[0]["label"] = "<script>alert(1)</script>"
    old, new = pair(numbers, [*OLD_ROWS, ("new", "5")])
    page = render_changes([("2026.11", "2027.01", what_moved(old, new))])
    assert "## From 2026.11 to 2027.01" in page and "+5 days" in page and "new data" in page
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "numbers.html#n-rules-days" in page
    assert "no older edition" in render_changes([])


def test_a_file_that_is_no_numbers_json_is_refused_by_name(tmp_path) -> None:
    (tmp_path / "numbers.json").write_text("[]")
    with pytest.raises(DiffError, match="not a published"):
        load_edition(tmp_path)
    with pytest.raises(DiffError, match="No such file"):
        load_edition(tmp_path / "none.json")
