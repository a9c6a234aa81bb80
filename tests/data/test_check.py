"""Bad input gets one line a problem, all problems at once, at the right file, row and column."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from analysis.cli import main
from analysis.data import DataError, check, load_table
from analysis.data.reading import MAX_BYTES
from analysis.data.schemas import TABLES

ROW_FAULTS = yaml.safe_load(Path(__file__).with_name("row_faults.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def all_at_once(full_tables, table_writer, tmp_path_factory):
    """Problems of one check of the data with every fault above in a row of its own, and table, row and cells of each."""
    folder = tmp_path_factory.mktemp("faults")
    tables = {name: [dict(zip(raw.header, row, strict=True)) for row in raw.rows] for name, raw in full_tables.items()}
    places, taken = {}, {("huawei_facts", 0), ("policy_events", 1)}  # the rows that the two repeated keys repeat
    # Events that the reversals interpret stay as they are, so that each fault has one place.
    read = {row[name] for row in tables["reversals"] for name in ("event_id", "undone_by")}
    taken |= {("policy_events", i) for i, row in enumerate(tables["policy_events"]) if row["event_id"] in read}
    for name, fault in ROW_FAULTS.items():
        table, wanted = fault["table"], fault.get("row", {}).items()
        i = next(i for i, cells in enumerate(tables[table]) if (table, i) not in taken
                 and all(cells[column] and cell in (None, cells[column]) for column, cell in wanted))
        places[name] = (table, i, dict(tables[table][i]))
        taken.add((table, i))
        tables[table][i].update(fault["cells"])
    for name, rows in tables.items():
        table_writer(folder / TABLES[name].path, full_tables[name].header, [list(cells.values()) for cells in rows])
    return check(folder), places


@pytest.mark.parametrize("name", ROW_FAULTS)
def test_each_fault_among_many_is_named_with_file_row_and_column(name, all_at_once, survived):
    problems, places = all_at_once
    table, i, cells = places[name]
    expected = f"{table}.csv:{i + 2}:" + ROW_FAULTS[name]["says"].format(**cells)
    found = [line[line.find(f"{table}.csv") :] for line in map(str, problems) if f"{table}.csv" in line]
    said = [line for line in found if line.startswith(expected)]
    assert said, expected
    survived("A row", name, "refused, with every other fault of the same check", said[0])


def test_problems_are_sorted_by_file_and_row_and_never_repeated(all_at_once):
    problems, _ = all_at_once
    assert problems == sorted(set(problems))


def test_rows_without_a_fault_are_not_accused(all_at_once):
    problems, places = all_at_once
    faulty = {(table, i + 2) for table, i, _ in places.values()}
    accused = {(p.file.rpartition("/")[2].removesuffix(".csv"), p.row) for p in problems}
    # A changed policy event or source can only be accused where another table points at it; nothing else may be.
    assert accused == faulty


FILE_FAULTS = {
    "an empty file": (lambda p, text: p.write_bytes(b""), ": is empty, expected a header and rows"),
    "only white space": (lambda p, text: p.write_bytes(b" \n\n"), ": is empty, expected a header and rows"),
    "a header and nothing else": (
        lambda p, text: p.write_text(text.splitlines()[0] + "\n"),
        ": has no rows, expected a header and rows",
    ),
    "a folder": (lambda p, text: (p.unlink(), p.mkdir()), ": is a folder, expected a CSV file"),
    "no file": (lambda p, text: p.unlink(), ": no such file"),
    "UTF-16": (
        lambda p, text: p.write_bytes(text.encode("utf-16")),
        ": is UTF-16 (with zero bytes between the letters), expected UTF-8 text"),
    "Latin-1": (
        lambda p, text: p.write_bytes(text.replace("NVIDIA", "NVIDIÄ").encode("latin-1")),
        ":2: not UTF-8 (byte 0xc4), probably Latin-1 or Windows-1252; save it as CSV UTF-8",
    ),
    "semicolons": (
        lambda p, text: p.write_text(text.replace(",", ";")),
        ":1: columns are separated by semicolons, expected commas",
    ),
    "tabs": (lambda p, text: p.write_text(text.replace(",", "\t")), ":1: columns are separated by tabs, expected commas"),
    "a truncated file": (
        lambda p, text: p.write_text(text + '"Truncated fi'),
        ":34: not readable as CSV: a quotation is not closed; is the file truncated?",
    ),
    "a row that is cut short": (lambda p, text: p.write_text(text + "Truncated,T"), ":34: 2 cells, expected 6"),
    "a row with an unquoted comma": (
        lambda p, text: p.write_text(text + "Firm, Inc.,firm,FIRM,chips,memory,12\n"),
        ":34: 7 cells, expected 6",
    ),
    "a missing column": (
        lambda p, text: p.write_text(text.replace("ticker,", "", 1).replace(",NVDA", "", 1)),
        ":1:ticker: this column is missing",
    ),
    "a misspelt column": (
        lambda p, text: p.write_text(text.replace("ticker", "tickr", 1)),
        ":1:tickr: unknown column; did you mean 'ticker'?",
    ),
    "a column too many": (lambda p, text: p.write_text(text.replace("firm,", "firm,shade,", 1)), ":1:shade: unknown column"),
    "a column twice": (lambda p, text: p.write_text(text.replace("firm,", "firm,firm,", 1)), ":1:firm: this column stands twice"),
    "a huge file": (
        lambda p, text: p.open("r+b").truncate(1_000_000_000),
        ": 1,000 MB, expected at most 50 MB; reduce a large extract",
    ),
}


@pytest.mark.parametrize("name", FILE_FAULTS)
def test_a_file_that_is_no_table_is_refused_with_the_reason(name, small_data, tmp_path, survived):
    spoil, expected = FILE_FAULTS[name]
    path = tmp_path / "firms.csv"
    shutil.copy(small_data / "filings" / "firms.csv", path)
    spoil(path, path.read_text(encoding="utf-8"))
    with pytest.raises(DataError) as caught:
        load_table("firms", tmp_path)
    said = [line for line in (str(p).removeprefix(str(path)) for p in caught.value.problems) if line.startswith(expected)]
    assert said, str(caught.value)
    survived("A file", name, "refused", f"firms.csv{said[0]}")


def test_a_huge_file_is_refused_without_being_read(tmp_path):
    import time

    with (tmp_path / "firms.csv").open("wb") as file:
        file.truncate(100 * MAX_BYTES)
    start = time.process_time()
    with pytest.raises(DataError, match="expected at most"):
        load_table("firms", tmp_path)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize("encode", [
    pytest.param(lambda text: b"\xef\xbb\xbf" + text.encode(), id="a byte-order mark"),
    pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="Windows line ends"),
    pytest.param(lambda text: text.rstrip("\n").encode(), id="no line end at the end"),
    pytest.param(lambda text: (text + "\n\n").encode(), id="empty lines at the end"),
    pytest.param(lambda text: "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()).encode(),
                 id="every cell quoted"),
    pytest.param(lambda text: "\n".join(",".join(reversed(line.split(","))) for line in text.splitlines()).encode(),
                 id="columns in another order"),
])
def test_harmless_differences_of_form_are_accepted(encode, small_data, tmp_path, survived, request):
    text = (small_data / "filings" / "firms.csv").read_text(encoding="utf-8")
    (tmp_path / "firms.csv").write_bytes(encode(text))
    pd.testing.assert_frame_equal(load_table("firms", tmp_path), load_table("firms"))
    survived("A file", request.node.callspec.id, "accepted, and read as the same table")


def test_a_broken_table_does_not_hide_the_problems_of_the_others(small_data, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(small_data, folder)
    (folder / "filings" / "firms.csv").write_bytes(b"")
    events = folder / "policy" / "arguments.csv"
    events.write_text(events.read_text(encoding="utf-8").replace(",seen,", ",sen,", 1), encoding="utf-8")
    found = [str(p) for p in check(folder)]
    assert any("firms.csv: is empty" in line for line in found)
    assert any("arguments.csv:2:evidence: 'sen'" in line for line in found)
    assert len(found) == 2  # the filings are not blamed for firms that could not be read


def test_an_event_whose_day_is_out_of_order_is_refused_and_one_that_an_overlay_adds_is_not(small_data, tmp_path, full_tables,
                                                                                           table_writer):
    raw, extra = full_tables["policy_events"], tmp_path / "extra"
    day = raw.header.index("date")
    moved = [raw.rows[1], raw.rows[0], *raw.rows[2:]]
    shutil.copytree(small_data, tmp_path / "base")
    table_writer(tmp_path / "base" / "policy" / "policy_events.csv", raw.header, moved)
    (problem,) = check(tmp_path / "base")
    assert problem.row == 3 and f"{raw.rows[0][day]} P001 stands after {raw.rows[1][day]} P002" in problem.message
    late = ["P900" if name == "event_id" else cell for name, cell in zip(raw.header, raw.rows[0], strict=True)]
    table_writer(extra / "policy_events.csv", raw.header, [late])
    assert check(small_data, extra) == []


def test_the_command_is_silent_about_good_data_and_counts_the_rows(capsys, small_data):
    assert main(["check-data", "--base", str(small_data)]) == 0
    printed = capsys.readouterr()
    assert "firms: 32 rows, no problem" in printed.out.splitlines()
    assert len(printed.out.splitlines()) == len(TABLES)
    assert printed.err == ""


def test_the_command_fails_with_one_line_a_problem_and_what_to_do(capsys, small_data, overlay_of):
    overlay = overlay_of(arguments={"grade": "D", "evidence": ""})
    assert main(["check-data", "--base", str(small_data), "--data", str(overlay)]) == 1
    printed = capsys.readouterr()
    *problems, last = printed.err.splitlines()
    assert [line.split(": ", 1)[0] for line in problems] == [
        f"{overlay}/arguments.csv:2:evidence",
        f"{overlay}/arguments.csv:2:grade",
    ]
    assert last.startswith("2 problems found. Mend the rows named above") and "run check-data again" in last
    assert printed.out == ""
