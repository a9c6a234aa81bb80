"""An overlay holds only new or changed rows; corrections are applied and guard themselves."""

from __future__ import annotations

import os
import shutil

import pytest

from analysis.data import DataError, check, load_table, resolve
from analysis.data.schemas import TABLES

KEY = "US_X_8542_CN | 2010-01"
CORRECTION = {
    "table": "us_exports",
    "key": KEY,
    "column": "value",
    "action": "replace",
    "reason": "typing error of the publisher",
    "date": "2026-11-22",
    "source_id": "crs-r46581",
}


@pytest.fixture
def base(small_data, tmp_path):
    """An own copy of the small data."""
    return shutil.copytree(small_data, tmp_path / "base")


@pytest.fixture
def exports(full_tables):
    raw = full_tables["us_exports"]
    return dict(zip(raw.header, raw.rows[0], strict=True))


def with_correction(base, table_writer, **changes):
    cells = {**CORRECTION, **changes}
    table_writer(
        base / "corrections.csv", list(TABLES["corrections"].names), [[cells.get(name, "") for name in TABLES["corrections"].names]]
    )


def test_a_row_with_a_known_key_replaces_and_another_extends(base, overlay_of, tmp_path):
    overlay = overlay_of(us_exports=[{"value": "999"}, {"period": "2031-01", "value": "1000"}, {"_row": 3}])
    report = resolve(base, overlay, tmp_path / "out")
    change = report.changes[0]
    assert (change.table, change.replaced, change.added, change.identical) == ("us_exports", (KEY,), ("US_X_8542_CN | 2031-01",), 1)
    merged = load_table("us_exports", tmp_path / "out")
    assert len(merged) == len(load_table("us_exports", base)) + 1
    assert merged["value"].iloc[0] == 999  # in the place of the old row
    assert merged["value"].iloc[-1] == 1000
    assert "us_exports: 1 rows added, 1 replaced, 1 identical to the base (ignored)" in str(report)


@pytest.mark.parametrize(
    ("table", "row", "column", "word"),
    [
        ("market_sales", 0, "unit", "USD million"),
        ("us_exports", 0, "partner", "Japan"),
        ("huawei_facts", 0, "unit", "CNY bn"),
        ("huawei_facts", 27, "entity", "Qualcomm"),
    ],
)
def test_a_row_keeps_what_code_relies_on_of_the_row_whose_place_it_takes(table, row, column, word, base, overlay_of, full_tables):
    """A whole series given in another unit, or for another country, used to be read as if nothing had changed."""
    raw = full_tables[table]
    place = [i for i, cells in enumerate(raw.rows[:40]) if cells[0] == raw.rows[row][0]]   # the rows of the base
    overlay = overlay_of(**{table: [{"_row": i, column: word} for i in place]})
    old = raw.rows[row][raw.header.index(column)]
    assert old != word
    said = {(p.row, p.column): p.message for p in check(base, overlay)}
    assert said[(2, column)].startswith(f"{word!r}, expected {old!r} as on the row that it replaces")


def test_without_an_overlay_the_tables_come_out_as_they_went_in(base, tmp_path):
    resolve(base, None, tmp_path / "out")
    for name, table in TABLES.items():
        assert (tmp_path / "out" / f"{name}.csv").read_bytes() == (base / table.path).read_bytes()


def test_resolving_twice_changes_nothing_and_keeps_the_times(base, overlay_of, tmp_path):
    overlay = overlay_of(us_exports={"value": "999"})
    assert "us_exports" in resolve(base, overlay, tmp_path / "out").written
    before = {path: os.stat(path).st_mtime_ns for path in (tmp_path / "out").iterdir()}
    assert resolve(base, overlay, tmp_path / "out").written == []
    assert {path: os.stat(path).st_mtime_ns for path in (tmp_path / "out").iterdir()} == before


def test_only_the_table_that_an_overlay_touches_is_written_again(base, overlay_of, tmp_path):
    resolve(base, None, tmp_path / "out")
    assert resolve(base, overlay_of(arguments={"side": "caution"}), tmp_path / "out").written == ["arguments"]


def test_an_overlay_equal_to_the_base_changes_nothing(base, tmp_path):
    resolve(base, None, tmp_path / "out")
    report = resolve(base, base, tmp_path / "out")
    assert report.written == []
    assert all(not change.added and not change.replaced for change in report.changes)


def test_an_overlay_never_touches_the_base(base, overlay_of, tmp_path):
    before = {path: path.read_bytes() for path in base.rglob("*.csv")}
    resolve(base, overlay_of(us_exports={"value": "999"}), tmp_path / "out")
    assert {path: path.read_bytes() for path in base.rglob("*.csv")} == before


def test_an_overlay_may_be_laid_out_in_folders_and_bring_its_own_sources(base, overlay_of, table_writer, full_tables):
    overlay = overlay_of(
        us_exports={"period": "2031-01", "source_id": "own-customs-extract"},
        sources={"source_id": "own-customs-extract", "title": "Own extract", "kind": "official statistics"},
    )
    (overlay / "trade").mkdir()
    (overlay / "us_exports.csv").rename(overlay / "trade" / "us_exports.csv")
    assert check(base, overlay) == []


def test_problems_in_an_overlay_name_its_own_file_and_row(base, overlay_of):
    overlay = overlay_of(us_exports=[{"value": "999"}, {"period": "2031-01", "value": "many"}])
    assert [str(p) for p in check(base, overlay)] == [f"{overlay}/us_exports.csv:3:value: 'many', expected a number such as 1234.5"]


def test_a_key_given_twice_in_an_overlay_is_refused(base, overlay_of):
    overlay = overlay_of(us_exports=[{"period": "2031-01"}, {"period": "2031-01"}])
    assert [(p.row, p.column) for p in check(base, overlay)] == [(3, "series_id+period")]


def test_a_key_given_twice_names_both_rows_of_the_overlay_also_when_one_is_that_of_the_base(base, overlay_of):
    overlay = overlay_of(us_exports=[{"_row": 1}, {}, {"value": "999"}])
    assert [str(p) for p in check(base, overlay)] == [
        f"{overlay}/us_exports.csv:4:series_id+period: same key as row 3 ('{KEY}'), expected one row a key"
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("us_exports.xlsx", "is a spreadsheet, expected CSV; did you mean us_exports.csv? Save the sheet as CSV UTF-8"),
        ("sheet-7.XLS", "is a spreadsheet, expected CSV. Save the sheet as CSV UTF-8"),
        ("us_exports.CSV", "the ending must be .csv in small letters; did you mean us_exports.csv?"),
        ("Us_Exports.csv", "no table has this name; did you mean us_exports.csv?"),
        ("US_EXPORTS.txt", "is not read as a table; did you mean us_exports.csv? Save it as CSV UTF-8"),
        ("us_exports", "is not read as a table; did you mean us_exports.csv? Save it as CSV UTF-8"),
    ],
)
def test_a_file_that_was_meant_as_a_table_is_not_passed_over(base, tmp_path, name, expected):
    (tmp_path / "overlay").mkdir()
    (tmp_path / "overlay" / name).write_bytes(b"PK\x03\x04")
    assert [str(p) for p in check(base, tmp_path / "overlay")] == [f"{tmp_path}/overlay/{name}: {expected}"]


@pytest.mark.parametrize("kind", ["a pipe", "a device"])
def test_what_is_no_regular_file_is_refused_unread(kind, base, tmp_path):
    (tmp_path / "overlay").mkdir()
    file = tmp_path / "overlay" / "us_exports.csv"
    if kind == "a pipe":
        os.mkfifo(file)
    else:
        file.symlink_to("/dev/zero")
    assert [str(p) for p in check(base, tmp_path / "overlay")] == [f"{file}: is not a regular file, expected a CSV file"]


def test_a_new_source_of_an_overlay_row_is_to_be_added_in_its_folder(base, overlay_of):
    overlay = overlay_of(us_exports={"period": "2031-01", "source_id": "own-customs-extract"})
    (problem,) = check(base, overlay)
    assert problem.message.endswith(" new one is first added to sources.csv in your folder")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("us_export.csv", "us_export.csv: no table has this name; did you mean us_exports.csv?"),
        ("qqq.csv", "qqq.csv: no table has this name; tables: company_filings, quarterly_revenue,"),
    ],
)
def test_a_file_that_is_no_table_of_the_project_is_refused(base, tmp_path, name, expected):
    (tmp_path / "overlay").mkdir()
    (tmp_path / "overlay" / name).write_text("a,b\n1,2\n")
    problems = check(base, tmp_path / "overlay")
    assert len(problems) == 1 and expected in str(problems[0])


def test_other_files_of_an_overlay_are_reported_as_ignored(base, overlay_of, tmp_path):
    overlay = overlay_of(us_exports={"value": "999"})
    (overlay / "notes.txt").write_text("mine")
    (overlay / ".hidden").write_text("mine")
    report = resolve(base, overlay, tmp_path / "out")
    assert report.ignored == ["notes.txt"]
    assert "notes.txt: not a table of the project, ignored" in str(report)


@pytest.mark.parametrize(("others", "held"), [((), "holds no file with"), (("a.txt", "b.txt"), "holds 2 other files, none with")])
def test_a_folder_without_any_table_says_what_it_holds_instead(base, tmp_path, others, held):
    (tmp_path / "overlay").mkdir()
    for name in others:
        (tmp_path / "overlay" / name).write_text("mine")
    (problem,) = check(base, tmp_path / "overlay")
    assert problem.message.startswith(f"{held} the name of a table, expected some of: ")


def test_an_overlay_that_does_not_exist_is_a_problem(base, tmp_path):
    assert [str(p) for p in check(base, tmp_path / "nowhere")] == [
        f"{tmp_path}/nowhere: no such folder, expected a folder with tables (same file names as in data/)"
    ]


def test_nothing_is_written_when_a_table_cannot_be_read(base, tmp_path):
    (base / "filings" / "firms.csv").write_bytes(b"")
    with pytest.raises(DataError, match="is empty"):
        resolve(base, None, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_correction_replaces_the_value_on_the_way_in(base, table_writer, exports, tmp_path):
    with_correction(base, table_writer, expected=exports["value"], value="777")
    assert check(base) == []
    assert load_table("us_exports", base)["value"].iloc[0] == 777
    resolve(base, None, tmp_path / "out")
    assert load_table("us_exports", tmp_path / "out")["value"].iloc[0] == 777  # applied once, not refused the second time
    assert (base / "trade" / "us_exports.csv").read_text().splitlines()[1].split(",")[6] == exports["value"]


def test_a_correction_can_drop_a_row(base, table_writer, tmp_path):
    rows = len(load_table("us_exports", base))
    with_correction(base, table_writer, action="drop", column="")
    resolve(base, None, tmp_path / "out")
    for folder in (base, tmp_path / "out"):
        assert len(load_table("us_exports", folder)) == rows - 1


def test_a_correction_reports_itself_when_the_publisher_has_changed_the_value(base, table_writer, overlay_of, exports):
    with_correction(base, table_writer, expected=exports["value"], value="777")
    overlay = overlay_of(us_exports={"value": "778"})
    problems = [str(p) for p in check(base, overlay)]
    assert len(problems) == 1
    assert f"expects '{exports['value']}' upstream but finds '778'; the publisher may have fixed it" in problems[0]
    assert problems[0].startswith(f"{overlay}/us_exports.csv:2:value: ")


def test_a_corrected_row_given_back_as_it_is_published_changes_nothing(base, table_writer, overlay_of, exports, tmp_path):
    with_correction(base, table_writer, expected=exports["value"], value="777")
    overlay = overlay_of(us_exports={"value": "777"})
    assert check(base, overlay) == []
    resolve(base, None, tmp_path / "out")
    report = resolve(base, overlay, tmp_path / "out")
    assert report.written == [] and report.changes[0].identical == 1


def test_corrections_that_cannot_be_applied_are_problems(base, table_writer, full_tables):
    raw = full_tables["us_exports"]
    value = raw.header.index("value")
    faults = [
        (
            {"key": "US_X_8542_CN | 1910-01"},
            "us_exports.csv:value: correction of 'US_X_8542_CN | 1910-01': no such row; remove the correction or mend its key",
        ),
        ({"column": "valu"}, "us_exports.csv:valu: correction of 'US_X_8542_CN | 2010-02': no such column; columns: series_id"),
        ({"table": "us_export"}, "corrections.csv:4:table: 'us_export' is unknown, expected one of"),
        ({"action": "delete"}, "corrections.csv:5:action: 'delete', expected one of: replace, drop"),
        ({"source_id": "nobody"}, "corrections.csv:6:source_id: 'nobody' is unknown"),
        ({"reason": ""}, "corrections.csv:7:reason: is empty, expected a value"),
    ]
    rows = []
    for row, (changes, _) in zip(raw.rows, faults, strict=False):
        cells = {**CORRECTION, "key": f"{row[0]} | {row[1]}", "expected": row[value], "value": "777", **changes}
        rows.append([cells[name] for name in TABLES["corrections"].names])
    table_writer(base / "corrections.csv", list(TABLES["corrections"].names), rows)
    problems = [str(p).rpartition("base/")[2].removeprefix("trade/") for p in check(base)]
    for _, expected in faults:
        assert any(problem.startswith(expected) for problem in problems), (expected, problems)
