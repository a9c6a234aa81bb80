"""Customs extracts as offices, programs and browsers write them: the same monthly sums, or refused, what was not used is said."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from analysis.cli import main
from analysis.sources.customs_extract import monthly
from analysis.sources.errors import SourceError

HEADER = ["month", "hs_code", "partner", "flow", "value_usd"]
CODES = ("8542310001", "8542320041", "8541100040", "8486200000")
PLACE = {"5700": "CN", "5820": "HK"}
# A year of two partners and four codes; every value is another, none the sum of others.
ROWS = [
    [f"2030-{month:02d}", code, partner, "X", str(10_000_000 + 7919 * month + 104_729 * i + 1_299_709 * j + month * month * 31)]
    for month in range(1, 13)
    for i, code in enumerate(CODES)
    for j, partner in enumerate(PLACE)
]


def expected(rows=ROWS) -> dict[tuple[str, str, str], Decimal]:
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for month, code, partner, _, value in rows:
        sums[code[:4], PLACE[partner], month] += Decimal(value)
    return dict(sums)


def written(path: Path, rows, header=HEADER, above: str = "", encoding: str = "utf-8", separator: str = ",") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as stream:
        stream.write(above)
        csv.writer(stream, delimiter=separator, lineterminator="\n").writerows([header, *rows])
    return path


def each(change) -> list[list[str]]:
    """ROWS with `change(month, code, partner, flow, value)` applied."""
    return [change(*row) for row in ROWS]


def name_of(month: str) -> str:
    return f"{pd.Timestamp(month):%B %Y}"


NAMES = {"5700": "China", "5820": "Hong Kong"}
TRADE_ONLINE = ["Commodity", "Country", "Time", "Total Value ($US)"]
BULK = [
    "typeCode",
    "freqCode",
    "refPeriodId",
    "period",
    "reporterCode",
    "flowCode",
    "partnerCode",
    "partner2Code",
    "classificationCode",
    "cmdCode",
    "customsCode",
    "motCode",
    "primaryValue",
]


def bulk(month, code, partner, flow, value, mode="0", of="842", customs="C00", second="0") -> list[str]:
    digits = month.replace("-", "")
    return [
        "C",
        "M",
        f"{digits}01",
        digits,
        of,
        flow,
        {"5700": "156", "5820": "344"}[partner],
        second,
        "H6",
        code,
        customs,
        mode,
        value,
    ]


def with_parts(row) -> list[list[str]]:
    part = int(row[4]) // 3
    return [bulk(*row), bulk(*row[:4], str(part), mode="1000"), bulk(*row[:4], str(int(row[4]) - part), mode="2100")]


SAME = {
    "partner as 5700.0": (each(lambda m, c, p, f, v: [m, c, f"{p}.0", f, v]), HEADER),
    "partner as China, Hong Kong SAR": (
        each(lambda m, c, p, f, v: [m, c, {"5700": "China", "5820": "China, Hong Kong SAR"}[p], f, v]),
        HEADER,
    ),
    "partner as Hong Kong, China": (
        each(lambda m, c, p, f, v: [m, c, {"5700": "P.R. China", "5820": "Hong Kong, China"}[p], f, v]),
        HEADER,
    ),
    "month as 203001": (each(lambda m, c, p, f, v: [m.replace("-", ""), c, p, f, v]), HEADER),
    "month as 20300101": (each(lambda m, c, p, f, v: [m.replace("-", "") + "01", c, p, f, v]), HEADER),
    "month beside its year": (each(lambda m, c, p, f, v: [m[:4], str(int(m[5:])), c, p, f, v]), ["YEAR", "MONTH", *HEADER[1:]]),
    "code as 8542310001.0": (each(lambda m, c, p, f, v: [m, f"{c}.0", p, f, v]), HEADER),
    "code as 8542.31.0001": (each(lambda m, c, p, f, v: [m, f"{c[:4]}.{c[4:6]}.{c[6:]}", p, f, v]), HEADER),
    "code behind an apostrophe": (each(lambda m, c, p, f, v: [m, f"'{c}", p, f, v]), HEADER),
    "value with thousands commas": (each(lambda m, c, p, f, v: [m, c, p, f, f"{int(v):,}"]), HEADER),
    "a blank column": (each(lambda *row: [*row, ""]), [*HEADER, ""]),
    "USA Trade Online": (each(lambda m, c, p, f, v: [f"{c} Words, and more", NAMES[p], name_of(m), f"{int(v):,}"]), TRADE_ONLINE),
    "Comtrade bulk, totals only": (each(bulk), BULK),
    "Comtrade bulk, totals beside parts by transport": ([line for row in ROWS for line in with_parts(row)], BULK),
    "Comtrade bulk, with another reporter": ([*each(bulk), *each(lambda *row: bulk(*row, of="392"))], BULK),
}


@pytest.mark.parametrize("form", SAME)
def test_a_readable_form_gives_the_same_monthly_sums(form, tmp_path, survived):
    rows, header = SAME[form]
    assert dict(monthly(written(tmp_path / "e.csv", rows, header)).months) == expected()
    survived("A customs extract", form, "read, the same monthly sums")


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("title lines", {"above": "Exports by HS Commodities\nMeasures: Total Value ($US)\n\n"}),
        ("a byte-order mark", {"encoding": "utf-8-sig"}),
        ("a line sep=;", {"above": "sep=;\n", "separator": ";"}),
        ("tabs", {"separator": "\t"}),
    ],
)
def test_lines_marks_and_separators_change_no_sum(kind, options, tmp_path, survived):
    assert dict(monthly(written(tmp_path / "e [1].csv", ROWS, **options)).months) == expected()
    survived("A customs extract", kind, "read, the same monthly sums")


def test_the_same_bytes_twice_are_read_once_and_said(tmp_path, capsys, survived):
    for name in ("exports.csv", "exports (1).csv"):
        written(tmp_path / "extract" / name, ROWS)
    (tmp_path / "extract" / ".DS_Store").write_bytes(b"x")
    (tmp_path / "extract" / "notes.xlsx").write_bytes(b"PK")
    found = monthly(tmp_path / "extract")
    assert dict(found.months) == expected() and found.rows == len(ROWS)
    assert sum("has the same bytes as" in note for note in found.notes) == 1
    assert sum("notes.xlsx: is no .csv" in note for note in found.notes) == 1 and not any(
        "DS_Store" in note for note in found.notes
    )
    survived(
        "A customs extract",
        "a file downloaded twice",
        "read once, and said",
        "has the same bytes as exports (1).csv and was read once",
    )


def test_a_missing_month_is_named_and_its_year_has_no_sum(tmp_path, capsys, survived):
    rows = [row for row in ROWS if row[0] != "2030-04" and not (row[0] == "2030-12" and row[1].startswith("8486"))]
    assert main(["customs-monthly", str(written(tmp_path / "e.csv", rows)), "--title", "T", "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().err
    assert "US_X_8542_CN: no rows for 2030-04;" in said and "US_X_8486_HK: no rows for 2030-04, 2030-12;" in said
    assert ",2030,A," not in (tmp_path / "out" / "us_exports.csv").read_text()
    survived("A customs extract", "a month that is missing", "named; no yearly sum", "US_X_8542_CN: no rows for 2030-04")


def part_of(rows, start, stop):
    return [row for row in rows if start <= row[0] <= stop]


REFUSED = {
    "a partner that looks like China": (
        [*ROWS, ["2030-01", CODES[0], "China (all)", "X", "5000000"]],
        HEADER,
        "column partner: 1 rows (US$ 5,000,000) of 'CHINAALL' look like China or Hong Kong",
    ),
    "a partner with a slip": ([*ROWS, ["2030-01", CODES[0], "Chian", "X", "5000000"]], HEADER, "of 'CHIAN' look like China"),
    "values in thousands": (
        ROWS,
        [*HEADER[:4], "Value (US$ thousand)"],
        "'Value (US$ thousand)' is in another unit, expected US dollars",
    ),
    "a value such as 33.8M": (
        [["2030-01", CODES[0], "5700", "X", "33.8M"], *ROWS[8:]],
        HEADER,
        "1 values are missing, not finite or not numbers",
    ),
    "an infinite value": (
        [["2030-01", CODES[0], "5700", "X", "inf"], *ROWS[8:]],
        HEADER,
        "1 values are missing, not finite or not numbers",
    ),
    "a decimal comma": (
        [["2030-01", CODES[0], "5700", "X", "33,82"], *ROWS[8:]],
        HEADER,
        "1 values are missing, not finite or not numbers",
    ),
    "a year beside its months": ([*ROWS, ["2030", CODES[0], "5700", "X", "5000000"]], HEADER, "'2030' is not a month (a year;"),
    "codes as 8.54231E+09": ([*ROWS, ["2030-01", "8.54231E+09", "5700", "X", "5000000"]], HEADER, "shortened by a spreadsheet"),
    "every row twice": (ROWS + ROWS, HEADER, "stands twice and would be counted twice"),
    "one month twice": (ROWS + ROWS[:8], HEADER, "stands twice and would be counted twice"),
    "parts without totals": ([line for row in ROWS for line in with_parts(row)[1:]], BULK, "are parts (by transport"),
    "totals beside parts under an unknown name": (
        [
            [*row[:4], value, way]
            for row in ROWS
            for value, way in ((row[4], "all"), (str(int(row[4]) // 3), "air"), (str(int(row[4]) - int(row[4]) // 3), "sea"))
        ],
        [*HEADER, "way"],
        "the largest value is the sum of the others: a total beside its parts",
    ),
    "another classification": (
        each(lambda *row: [cell if cell != "H6" else "S4" for cell in bulk(*row)]),
        BULK,
        "codes of the classification S4",
    ),
    "imports of USA Trade Online": (
        each(lambda m, c, p, f, v: [c, NAMES[p], name_of(m), v]),
        TRADE_ONLINE,
        "its title says imports",
    ),
}


@pytest.mark.parametrize("form", REFUSED)
def test_a_form_whose_sum_would_be_wrong_is_refused(form, tmp_path, survived):
    rows, header, reason = REFUSED[form]
    path = written(tmp_path / "e.csv", rows, header, above="Imports by HS Commodities\n" if form.startswith("imports") else "")
    with pytest.raises(SourceError) as caught:
        monthly(path)
    assert reason in str(caught.value)
    survived("A customs extract", form, "refused with the reason", reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        ("month,hs_code\n".encode("utf-16"), "is UTF-16"),
        (b"month,hs_code,partner,flow,value_usd\n2030,\xf6\n", "probably Latin-1"),
        (b"month,hs_code,partner,flow,value_usd\n2030-01,8542\0", "holds zero bytes"),
        (b"<html></html>", "is a web page"),
        (b'month,hs_code,partner,flow,value_usd\n"2030-01,8542310001,CN,X,1\n', "cannot be read"),
    ],
)
def test_what_is_no_text_is_one_line(content, reason, tmp_path, survived):
    (tmp_path / "e.csv").write_bytes(content)
    with pytest.raises(SourceError) as caught:
        monthly(tmp_path / "e.csv")
    assert reason in str(caught.value) and len(str(caught.value).splitlines()) == 1
    survived("A customs extract", f"a file of which it is said: {reason}", "refused in one line", reason)


def test_months_that_stand_in_two_files_are_refused(tmp_path, survived):
    written(tmp_path / "x" / "h1.csv", part_of(ROWS, "2030-01", "2030-06"))
    written(tmp_path / "x" / "year.csv", part_of(ROWS, "2030-06", "2030-12"))
    with pytest.raises(SourceError, match=r"stand in several files .* and would be counted twice"):
        monthly(tmp_path / "x")
    written(tmp_path / "x" / "year.csv", each(lambda m, c, p, f, v: [m, c, f"{p}.0", f, v])[48:])
    assert dict(monthly(tmp_path / "x").months) == expected()
    survived("A customs extract", "months in two files; halves in two forms", "refused; read", "stand in several files", trials=2)


WRONG = {  # what is put into a row, and what is said before its place
    "a value such as 33.8M": ({4: "33.8M"}, "(first '33.8M' in {file}, row {row})"),
    "an empty value": ({4: ""}, "(first '' in {file}, row {row})"),
    "a negative value": ({4: "-12"}, "(first '-12' in {file}, row {row})"),
    "no month": ({0: "January"}, "'January' is not a month (first in {file}, row {row})"),
    "another form of month": ({0: "203001"}, "as '203001' (first in {file}, row {row})"),
    "an unknown flow": ({3: "Q"}, "'Q' is unknown (first in {file}, row {row})"),
    "a partner with a slip": ({2: "Chian"}, "not written as any name that is known (first in {file}, row {row})"),
    "a code as 8.54E+09": ({1: "8.54E+09"}, "have '8.54E+09' for an HS code (first in {file}, row {row})"),
}


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_cell_is_named_by_file_and_row(kind, ending, tmp_path, survived):
    cells, reason = WRONG[kind]
    halves = [[list(row) for row in part_of(ROWS, *months)] for months in (("2030-01", "2030-06"), ("2030-07", "2030-12"))]
    for place in (17, 30):  # the first of the two is named
        for column, cell in cells.items():
            halves[1][place][column] = cell
    for number, half in enumerate(halves):
        path = tmp_path / "x" / f"part {number}{ending}"
        path.parent.mkdir(exist_ok=True)
        frame = pd.DataFrame([[*row, "two\nlines"] for row in half], columns=[*HEADER, "words"])
        if ending == ".parquet":
            frame.to_parquet(path)
        else:
            frame.to_csv(path, index=False, compression="infer")
    row = 17 + (1 if ending == ".parquet" else 2)  # a spreadsheet counts the header
    with pytest.raises(SourceError) as caught:
        monthly(tmp_path / "x", threads=1)
    assert reason.format(file=tmp_path / "x" / f"part 1{ending}", row=row) in str(caught.value)
    survived("A customs extract", f"{kind}, in a {ending} file of several", "refused; file and row are named", reason)
