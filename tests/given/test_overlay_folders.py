"""Overlay folders as offices leave them, and the site's own tables given back."""

from __future__ import annotations

import csv
import io
import shutil

import pytest

from analysis.cli import main
from analysis.data import check, resolve
from analysis.data.inert import publish_tables
from analysis.data.overlay import read_merged
from analysis.data.schemas import TABLES


@pytest.fixture(scope="session")
def exports():
    """Header and two new rows of us_exports."""
    raw = read_merged(None, None)[0]["us_exports"]
    first = dict(zip(raw.header, raw.rows[0], strict=True))
    return raw.header, [list({**first, "period": period, "value": "700"}.values()) for period in ("2031-01", "2031-02")]


def folder(tmp_path, header, rows, above="", name="us_exports.csv"):
    target = tmp_path / "rows"
    target.mkdir(exist_ok=True)
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    (target / name).write_text(above + stream.getvalue(), encoding="utf-8")
    return target


def test_blank_rows_and_columns_are_left_out_and_said(exports, tmp_path, capsys, survived):
    header, rows = exports
    blank = [""] * (len(header) + 2)
    target = folder(tmp_path, [*header, "", ""], [*([*row, "", ""] for row in rows), *[blank] * 3])
    assert main(["check-data", "--data", str(target)]) == 0
    said = capsys.readouterr().out
    assert "2 rows added" in said and "3 blank rows left out, the first is row 4" in said and "has neither name nor content" in said
    survived(
        "An overlay folder",
        "blank rows and columns, as spreadsheets leave them",
        "left out, and said",
        "3 blank rows left out, the first is row 4",
    )


LITTER = [
    "~$us_exports.xlsx",
    ".~lock.us_exports.csv#",
    "._us_exports.csv",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "~us_exports.tmp",
    "us_exports.csv.crdownload",
]


def test_litter_is_passed_over(exports, tmp_path, survived):
    target = folder(tmp_path, *exports)
    for name in LITTER:
        (target / name).write_bytes(b"\0\x05x")
    (target / "__MACOSX").mkdir()
    (target / "__MACOSX" / "us_exports.csv").write_bytes(b"\0\x05")
    assert check(None, target) == []
    survived("An overlay folder", "locks and litter of offices, systems and browsers", "passed over", trials=len(LITTER) + 1)


@pytest.mark.parametrize("above", ["sep=,\n", "\ufeffsep=,\r\n", '"sep=,"\n'])
def test_a_line_that_names_commas_is_no_header(above, exports, tmp_path, survived):
    assert check(None, folder(tmp_path, *exports, above=above)) == []
    survived("An overlay folder", f"a first line {above.encode('unicode_escape').decode()}", "read")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("sep=;", "its first line says that columns are separated by semicolons, expected commas"),
        ("nameless", "column 14: has cells but no name"),
        ("empty", "holds no file with the name of a table"),
        ("wrong", "holds 5 CSV files, none with the name of a table"),
    ],
)
def test_a_folder_or_file_that_cannot_be_meant_is_one_problem(kind, reason, exports, tmp_path, survived):
    header, rows = exports
    if kind in ("empty", "wrong"):
        target = tmp_path / "rows"
        target.mkdir()
        for number in range(5 if kind == "wrong" else 0):
            (target / f"sheet-{number}.csv").write_text("a,b\n1,2\n")
    elif kind == "nameless":
        target = folder(tmp_path, [*header, ""], [[*row, "7"] for row in rows])
    else:
        target = folder(tmp_path, header, rows, above="sep=;\n")
    problems = [str(problem) for problem in check(None, target)]
    assert len(problems) == 1 and reason in problems[0]
    survived("An overlay folder", kind, "one problem", reason)


def test_a_linked_folder_is_entered_once(exports, tmp_path, survived):
    elsewhere = folder(tmp_path, *exports)
    target = tmp_path / "overlay"
    target.mkdir()
    (target / "trade").symlink_to(elsewhere)
    (elsewhere / "round").symlink_to(target)
    report = resolve(None, target, tmp_path / "out")
    assert [len(change.added) for change in report.changes] == [2]
    survived("An overlay folder", "a linked folder, with a link back", "entered once")


def test_two_thousand_faults_of_a_kind_are_one_line(exports, tmp_path, capsys, survived):
    header, rows = exports
    many = [[*row[:1], f"{2031 + i // 12}-{i % 12 + 1:02d}", *row[2:]] for i, row in enumerate([rows[0]] * 48)]
    for row in many:
        row[header.index("value")] = "12.3M"
    assert main(["check-data", "--data", str(folder(tmp_path, header, many))]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2 and "us_exports.csv:2:value: '12.3M', expected a number such as 1234.5 (48 such places" in lines[0]
    survived(
        "An overlay folder",
        "one fault in 48 rows",
        "one line with its count and first place",
        "(48 such places, the last in row 49)",
    )


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """The tables as the build resolves them and as the site publishes them, with texts that a spreadsheet would run."""
    place = tmp_path_factory.mktemp("published")
    raw = read_merged(None, None)[0]["sources"]
    rows = [list(raw.rows[0]), list(raw.rows[1])]
    for row, title in zip(rows, ("=1+1", "-5 to -3% @home"), strict=True):
        row[raw.header.index("title")] = title
    overlay = folder(place, raw.header, rows, name="sources.csv")
    resolve(None, overlay, place / "resolved")
    publish_tables(place / "resolved", place / "site")
    return overlay, place


@pytest.mark.parametrize("name", TABLES)
def test_a_published_table_given_back_changes_nothing(name, published, tmp_path):
    overlay, place = published
    again = tmp_path / "again"
    shutil.copytree(overlay, again)
    shutil.copy(place / "site" / f"{name}.csv", again / f"{name}.csv")
    report = resolve(None, again, tmp_path / "out")
    assert (tmp_path / "out" / f"{name}.csv").read_bytes() == (place / "resolved" / f"{name}.csv").read_bytes()
    if name == "sources":
        assert "'=1+1" in (again / "sources.csv").read_text(encoding="utf-8")
    else:
        change = next(change for change in report.changes if change.table == name)
        assert not change.added and not change.replaced


def test_all_published_tables_given_back_at_once_pass_the_check(published, tmp_path, survived):
    _, place = published
    assert check(None, place / "site") == []
    resolve(None, place / "site", tmp_path / "out")
    for name in TABLES:
        assert (tmp_path / "out" / f"{name}.csv").read_bytes() == (place / "resolved" / f"{name}.csv").read_bytes()
    survived("An overlay folder", "the tables that the site publishes", "change nothing")
