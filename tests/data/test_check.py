"""Bad input gets one line a problem, all problems at once, at the right file, row and column."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from analysis.cli import main
from analysis.data import DataError, check, load_table
from analysis.data.reading import MAX_BYTES
from analysis.data.schemas import TABLES

# A row to start from: columns and what they hold, ANY for whatever is not empty.
ANY = object()
FILING = {
    "period_type": "annual",
    "basis_class": "ship_to",
    "total_revenue_usd_m": ANY,
    "china_revenue_usd_m": ANY,
    "china_share_pct": ANY,
    "fiscal_year_end": ANY,
}
MONTH_OF_EXPORTS = {"series_id": "US_X_8542_CN", "freq": "M"}
SPELL = {"limbo_id": ANY, "in_limbo_to": ANY}


ROW_FAULTS = {
    # what is wrong: (table, row to start from, changed cells, expected problem, in which {column} stands for the row's own cell)
    "a number with a thousands separator": (
        "company_filings",
        FILING,
        {"total_revenue_usd_m": "10,918"},
        "total_revenue_usd_m: '10,918', expected a number",
    ),
    "a coded word in other letters": (
        "policy_events",
        {},
        {"instrument": "order; Entity list"},
        "instrument: 'Entity list', expected one of: Entity List, ",
    ),
    "a name in other letters": (
        "us_exports",
        MONTH_OF_EXPORTS,
        {"geography": "United states"},
        "geography: 'United states' differs from 'United States' in capitals, spaces or hyphens only, expected one spelling",
    ),
    "a noncharacter": (
        "us_exports", MONTH_OF_EXPORTS, {"note": "a\ufffeb"}, "note: 'a\\ufffeb' holds the noncharacter U+FFFE, expected text"),
    "an invisible character": (
        "us_exports",
        MONTH_OF_EXPORTS,
        {"note": "a\u200bb"},
        "note: 'a\\u200bb' holds the invisible U+200B zero width space, expected only what can be seen",
    ),
    "a character that turns the order of letters": (
        "us_exports",
        MONTH_OF_EXPORTS,
        {"note": "a\u202eb"},
        "note: 'a\\u202eb' holds U+202E right-to-left override, which changes the order in which letters are shown",
    ),
    "a lost character": (
        "us_exports", MONTH_OF_EXPORTS, {"note": "Gr\ufffd\ufffde"},
        "note: 'Gr\ufffd\ufffde' holds U+FFFD replacement character, which stands where"),
    "NaN for a number": ("event_study_car", {}, {"car": "NaN"}, "car: 'NaN', expected a number"),
    "an infinite number": ("event_study_car", {}, {"car": "1e999"}, "car: '1e999', expected a number"),
    "a whole number with a fraction": ("event_study_car", {}, {"n_est": "220.5"}, "n_est: '220.5', expected a whole number"),
    "negative revenue": (
        "company_filings",
        FILING,
        {"total_revenue_usd_m": "-10918"},
        "total_revenue_usd_m: -10918, expected at least 0",
    ),
    "a negative amount of trade": (
        "us_exports",
        MONTH_OF_EXPORTS,
        {"value": "-5"},
        "value: -5 USD million, expected an amount of at least 0",
    ),
    "China above the total": (
        "company_filings",
        FILING,
        {"china_revenue_usd_m": "999999", "china_share_pct": ""},
        "china_revenue_usd_m: 999999 is above total_revenue_usd_m {total_revenue_usd_m}, expected China to be part of the total",
    ),
    "a share that disagrees with the amounts": (
        "company_filings",
        FILING,
        {"china_share_pct": "99"},
        "china_share_pct: 99%, expected ",
    ),
    "a share above 100": ("company_filings", FILING, {"china_share_pct": "250"}, "china_share_pct: 250, expected at most 100 %"),
    "a unit slip against the firm's history": (
        "company_filings",
        FILING,
        {"total_revenue_usd_m": "12918000000"},
        "total_revenue_usd_m: 1.2918e+10 is ",
    ),
    "a unit slip in a series": ("us_exports", MONTH_OF_EXPORTS, {"value": "12265000"}, "value: 1.2265e+07 is "),
    "an unknown firm": (
        "company_filings",
        FILING,
        {"firm": "NVIDA"},
        "firm: 'NVIDA' is unknown, expected a firm that stands in filings/firms.csv; did you mean 'NVIDIA'? A new one is first "
        "added to filings/firms.csv",
    ),
    "an unknown source": (
        "company_filings",
        FILING,
        {"source_id": "nvidia-10k-fy2112"},
        "source_id: 'nvidia-10k-fy2112' is unknown, expected a source_id that stands in sources.csv",
    ),
    "a missing evidence class": ("company_filings", FILING, {"evidence": ""}, "evidence: is empty, expected one of: seen, derived"),
    "a missing grade": ("arguments", {}, {"grade": ""}, "grade: is empty, expected one of: A, B, C"),
    "an evidence class that does not exist": (
        "company_filings",
        FILING,
        {"evidence": "sen"},
        "evidence: 'sen', expected one of: seen, derived; did you mean 'seen'?",
    ),
    "a date in another format": ("policy_events", {}, {"date": "03/08/2016"}, "date: '03/08/2016', expected a date as YYYY-MM-DD"),
    "a day that does not exist": ("policy_events", {}, {"date": "2016-02-30"}, "date: '2016-02-30', expected a date as YYYY-MM-DD"),
    "a date outside its range": ("policy_events", {}, {"date": "1816-03-08"}, "date: 1816-03-08, expected at least 1990-01-01"),
    "a fiscal year that does not match its end": (
        "company_filings",
        FILING,
        {"fiscal_year_end": "2031-01-26"},
        "fiscal_year_end: 2031-01-26 does not end {fiscal_year}, expected a day in ",
    ),
    "a fiscal year in another form": (
        "company_filings",
        {"period_type": "annual"},
        {"fiscal_year": "2024/25", "fiscal_year_end": ""},
        "fiscal_year: '2024/25', expected a form such as FY2024, FY2024-Q3, FY2024-H1, FY2024-9M, CY2024 or ",
    ),
    "an unknown word in a list of words": (
        "policy_events",
        {},
        {"target": "Huawei; SMCI"},
        "target: 'SMCI', expected one of: ",
    ),
    "a spell left open without last evidence": (
        "policy_events",
        SPELL,
        {"in_limbo_to": "", "in_limbo_to_precision": "", "limbo_scheduled_to": "", "limbo_last_evidence": ""},
        "limbo_last_evidence: is empty on a spell without end, expected the last day it was seen open",
    ),
    "a note in the words of a tool": ("policy_events", {}, {"note": "from a github repo"}, "note: holds 'github', expected words "),
    "a spell that ends before it starts": (
        "policy_events",
        SPELL,
        {"in_limbo_to": "2015-01-01"},
        "in_limbo_to: 2015-01-01 is before in_limbo_from {in_limbo_from}, expected a later day",
    ),
    "a spell seen open after its end": (
        "policy_events",
        SPELL,
        {"limbo_last_evidence": "2031-01-01"},
        "limbo_last_evidence: 2031-01-01 is after in_limbo_to {in_limbo_to}, expected an earlier day",
    ),
    "a spell of another matter than its event": (
        "policy_events",
        SPELL,
        {"in_limbo_from": "2013-01-01"},
        "in_limbo_from: 2013-01-01 is more than 60 days from the event's date {date}, expected the spell of this event",
    ),
    "a spell without a type": ("policy_events", SPELL, {"limbo_type": ""}, "limbo_type: is empty on a spell, expected a value"),
    "a spell told twice": (
        "policy_events",
        SPELL,
        {"limbo_id": "L01"},
        "limbo_id: L01 stands on an earlier event, expected one event a spell",
    ),
    "a basis that is not stated": (
        "company_filings",
        FILING,
        {"basis_class": ""},
        "basis_class: is empty beside a China figure, expected one of: ",
    ),
    "a word for Hong Kong that nobody defined": (
        "company_filings",
        FILING,
        {"hong_kong": "includes HK"},
        "hong_kong: 'includes HK', expected one of: included,",
    ),
    "a grade above what was read": (
        "company_filings",
        FILING,
        {"grade": "A", "read_in": "notes"},
        "grade: A for a figure read in notes, expected C or lower",
    ),
    "a grade above what its kind of source allows": (
        "oem_demand",
        {},
        {"grade": "A"},
        "grade: A on a source of kind market research, expected B or lower",
    ),
    "a ticker of another firm": ("company_filings", FILING, {"ticker": "AAPL"}, "ticker: 'AAPL', expected '{ticker}' as in firms"),
    "a monthly row with a year": (
        "us_exports",
        MONTH_OF_EXPORTS,
        {"period": "2031"},
        "period: '2031' with frequency M, expected a form such as 2022-07",
    ),
    "another unit in a series": (
        "us_exports",
        MONTH_OF_EXPORTS,
        {"unit": "percent"},
        "unit: 'percent', expected 'USD million' as in the rest of US_X_8542_CN",
    ),
    "another destination in a series": (
        "us_exports",
        MONTH_OF_EXPORTS,
        {"partner": "Japan"},
        "partner: 'Japan', expected 'China' as in the rest of US_X_8542_CN",
    ),
    "a firm of a Huawei figure under another name": (
        "huawei_facts",
        {"fact_id": "H028"},
        {"entity": "Intell"},
        "entity: 'Intell' is unknown, expected a firm that stands in filings/firms.csv; did you mean 'Intel'?",
    ),
    "a unit of a Huawei figure that nobody defined": (
        "huawei_facts",
        {"fact_id": "H022"},
        {"unit": "% of revenues"},
        "unit: '% of revenues', expected one of: ",
    ),
    "a buyer whom no lookup finds": (
        "oem_demand",
        {"series_id": "GARTNER_TAM_v2019", "geography": "Huawei"},
        {"geography": "Huawei Tech"},
        "geography: 'Huawei Tech', expected one of: ",
    ),
    "a frequency that is none": ("export_licences", {}, {"freq": "yearly"}, "freq: 'yearly', expected one of: A, YTD"),
    "a licence value in units of sales": (
        "export_licences",
        {},
        {"unit": "USD billion of sales"},
        "unit: 'USD billion of sales', expected one of: ",
    ),
    "a line break inside a cell": (
        "arguments",
        {},
        {"caveat": "one\ntwo"},
        r"caveat: 'one\ntwo' holds a line break or control character",
    ),
    "a control character": (
        "arguments",
        {},
        {"caveat": "one\x07two"},
        r"caveat: 'one\x07two' holds a line break or control character",
    ),
    "a range turned round": (
        "huawei_facts",
        {"value_kind": "range"},
        {"value_low": "90"},
        "value_low: 90 is above value_high {value_high}, ",
    ),
    "a source without address and without a word": (
        "sources",
        {"kind": "press"},
        {"url": "", "note": ""},
        "note: is empty on a source without an address",
    ),
    "a t that is not car over se": ("event_study_car", {}, {"t": "7.5"}, "t: 7.5, expected "),
    "an action undone before it was taken": (
        "reversals",
        {"event_id": "P005", "undone_by": "P006"},
        {"undone_on": "2018-01-01"},
        "undone_on: 2018-01-01 is before 2018-04-15, when P005 was taken, expected that day or a later one",
    ),
    "a reversal on another day than its event": (
        "reversals",
        {"event_id": "P014", "undone_by": "P015"},
        {"undone_on": "2019-05-21"},
        "undone_on: 2019-05-21, expected {undone_on}, the day of P015",
    ),
    "an easing that is said to be undone": (
        "reversals",
        {"event_id": "P088", "undone_by": "P098"},
        {"event_id": "P087"},
        "event_id: P087 is 'loosen', expected an event that tightens",
    ),
    "a reversal that nothing brought about": (
        "reversals",
        {"event_id": "P077", "undone_by": "P081"},
        {"undone_by": ""},
        "undone_by: is empty and {event_id} has no spell of reversal of its own, expected the event that undid it",
    ),
    "a step before its file was mandated": (
        "milestones",
        {"file_id": "eo13873", "step": "due"},
        {"date": "2019-01-01"},
        "date: 2019-01-01 is before 2019-05-15, when eo13873 was mandated, expected that day or a later one",
    ),
    "a step of another channel": (
        "milestones",
        {"file_id": "eo13873", "step": "proposed"},
        {"channel": "export"},
        "channel: 'export', expected 'import/network' as on {event_id}",
    ),
    "a key that stands twice": (
        "huawei_facts",
        {},
        {"fact_id": "H001"},
        "fact_id: same key as row 2 ('H001'), expected one row a key",
    ),
}


@pytest.fixture(scope="module")
def all_at_once(full_tables, table_writer, tmp_path_factory):
    """Problems of one check of the data with every fault above in a row of its own, and table, row and cells of each."""
    folder = tmp_path_factory.mktemp("faults")
    tables = {name: [dict(zip(raw.header, row, strict=True)) for row in raw.rows] for name, raw in full_tables.items()}
    places, taken = {}, {("huawei_facts", 0), ("policy_events", 1)}  # the rows that the two repeated keys repeat
    # Events that the reversals interpret stay as they are, so that each fault has one place.
    read = {row[name] for row in tables["reversals"] for name in ("event_id", "undone_by")}
    taken |= {("policy_events", i) for i, row in enumerate(tables["policy_events"]) if row["event_id"] in read}
    for name, (table, start, changes, _) in ROW_FAULTS.items():
        i = next(
            i
            for i, cells in enumerate(tables[table])
            if (table, i) not in taken and all(cells[column] and wanted in (ANY, cells[column]) for column, wanted in start.items())
        )
        places[name] = (table, i, dict(tables[table][i]))
        taken.add((table, i))
        tables[table][i].update(changes)
    for name, rows in tables.items():
        table_writer(folder / TABLES[name].path, full_tables[name].header, [list(cells.values()) for cells in rows])
    return check(folder), places


@pytest.mark.parametrize("name", ROW_FAULTS)
def test_each_fault_among_many_is_named_with_file_row_and_column(name, all_at_once, survived):
    problems, places = all_at_once
    table, i, cells = places[name]
    expected = f"{table}.csv:{i + 2}:" + ROW_FAULTS[name][3].format(**cells)
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


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.rstrip("\n").encode(),
        lambda text: (text + "\n\n").encode(),
        lambda text: "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()).encode(),
        lambda text: "\n".join(",".join(reversed(line.split(","))) for line in text.splitlines()).encode(),
    ],
    ids=[
        "a byte-order mark",
        "Windows line ends",
        "no line end at the end",
        "empty lines at the end",
        "every cell quoted",
        "columns in another order",
    ],
)
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
