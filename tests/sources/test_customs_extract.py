"""A customs extract becomes the monthly table, equal to pandas, within a memory limit; an extract that would mislead is refused."""

from __future__ import annotations

import csv
import gzip
import re
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cli import main
from analysis.data import check
from analysis.sources.customs_extract import Extract, monthly, source_row, tables
from analysis.sources.errors import SourceError
from analysis.sources.extract_files import fingerprint
from analysis.sources.trade_rows import HEADINGS

HEADER = ["month", "hs_code", "partner", "flow", "value_usd"]
PLACES = {"CN": "CN", "5700": "CN", "156": "CN", "HK": "HK", "5820": "HK"}
GOOD = [
    ["2024-01", "8542310001", "CN", "X", "1500000"],
    ["2024-01", "8542390001", "5700", "X", "2500000.25"],
    ["2024-02", "8541100040", "HK", "X", "750000"],
    ["2024-02", "8542310001", "CN", "M", "99"],
    ["2024-02", "8471300100", "CN", "X", "7"],
]


def written(folder: Path, rows: list[list[str]], header: list[str] = HEADER, name: str = "extract.csv") -> Path:
    file = folder / name
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return file


def with_pandas(frame: pd.DataFrame) -> dict[tuple[str, str, str], Decimal]:
    """The same sums the plain way: everything in memory, in whole cents."""
    kept = frame.assign(heading=frame["hs_code"].str[:4], place=frame["partner"].map(PLACES))
    kept = kept[kept["heading"].isin(HEADINGS) & kept["place"].notna() & (kept["flow"] == "X")]
    sums = kept.groupby(["heading", "place", "month"])["cents"].sum()
    return {key: Decimal(int(cents)) / 100 for key, cents in sums.items()}


ROWS = st.lists(
    st.tuples(
        st.sampled_from([f"{y}-{m:02d}" for y in (2023, 2024) for m in (1, 2, 12)]),
        st.sampled_from(["8542310001", "8541100040", "8486200000", "8471300100"]),
        st.sampled_from(["CN", "5700", "156", "HK", "5820", "JP", "0"]),
        st.sampled_from(["X", "M"]),
        st.integers(0, 10**13),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda row: row[4],  # a row that stands twice is refused
)


@settings(max_examples=30, deadline=None)
@given(ROWS, st.sampled_from(["csv", "parquet"]))
def test_sums_equal_those_of_pandas(rows: list[tuple], kind: str) -> None:
    frame = pd.DataFrame(rows, columns=[*HEADER[:4], "cents"])
    expected = with_pandas(frame)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"extract.{kind}"
        typed = frame.assign(value_usd=[Decimal(c) / 100 for c in frame["cents"]])[HEADER]
        typed.to_csv(file, index=False) if kind == "csv" else typed.to_parquet(file, index=False)
        if expected:
            assert dict(monthly(file).months) == expected
        else:
            with pytest.raises(SourceError, match=r"none of its|only imports"):
                monthly(file)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_million_rows_equal_pandas_within_a_small_memory_limit(kind: str, tmp_path: Path) -> None:
    random, n = np.random.default_rng(20261122), 1_000_000
    months = [f"{y}-{m:02d}" for y in range(2010, 2026) for m in range(1, 13)]
    codes = [f"{heading}{i:06d}" for heading in (*HEADINGS, "8471", "8517", "3004") for i in range(40)]
    frame = pd.DataFrame(
        {
            "month": random.choice(months, n),
            "hs_code": random.choice(codes, n),
            "partner": random.choice(["CN", "5700", "HK", "JP", "DE", "MX"], n),
            "flow": random.choice(["X", "M"], n),
            "cents": random.integers(0, 10**11, n),
        }
    )
    file = tmp_path / f"extract.{kind}"
    typed = frame.assign(value_usd=frame["cents"] / 100)[HEADER]
    typed.to_csv(file, index=False, float_format="%.2f") if kind == "csv" else typed.to_parquet(file, index=False)
    found = monthly(file, memory="200MB", threads=2, spill=tmp_path)
    assert dict(found.months) == with_pandas(frame) and found.rows == n


def test_other_names_and_forms_of_the_columns_are_understood(tmp_path: Path) -> None:
    expected = monthly(written(tmp_path, GOOD)).months
    assert expected == {("8541", "HK", "2024-02"): Decimal(750_000), ("8542", "CN", "2024-01"): Decimal("4000000.25")}
    rows = [[r[0].replace("-", ""), r[1], r[2], {"X": "export", "M": "import"}[r[3]], r[4]] for r in GOOD]
    assert monthly(written(tmp_path, rows, ["TIME", "E_COMMODITY", "CTY_CODE", "Flow", "ALL_VAL_MO"])).months == expected
    rows = [[f"{r[0]}-15", f"{r[1][:4]}.{r[1][4:6]}.{r[1][6:]}", *r[2:]] for r in GOOD]
    assert monthly(written(tmp_path, rows)).months == expected


def test_dates_and_numbers_of_a_parquet_file_are_understood(tmp_path: Path) -> None:
    frame = pd.DataFrame(GOOD, columns=HEADER).astype({"value_usd": float}).assign(month=lambda f: pd.to_datetime(f["month"]))
    frame.to_parquet(tmp_path / "extract.parquet")
    assert monthly(tmp_path / "extract.parquet").months == monthly(written(tmp_path, GOOD)).months


def test_a_folder_or_a_pattern_is_one_extract(tmp_path: Path) -> None:
    written(tmp_path, GOOD[:2], name="a.csv")
    written(tmp_path, GOOD[2:], name="b.csv")
    whole = monthly(tmp_path)
    assert whole == monthly(tmp_path / "*.csv") and whole.rows == 5 and whole.rows_used == 3


def test_domestic_and_re_exports_add_up_to_exports(tmp_path: Path) -> None:
    rows = [["2024-01", "8542310001", "CN", "DX", "100"], ["2024-01", "8542310001", "CN", "RX", "25"]]
    assert monthly(written(tmp_path, rows)).months == {("8542", "CN", "2024-01"): Decimal(125)}


def changed(row: int, column: str, value: str) -> list[list[str]]:
    rows = [list(r) for r in GOOD]
    rows[row][HEADER.index(column)] = value
    return rows


REFUSED = {
    "mixed months": (
        changed(2, "month", "202402")[:3],
        HEADER,
        "column month: months are mixed, written as '2024-01' and as '202402'",
    ),
    "no month": (
        changed(0, "month", "January"),
        HEADER,
        "column month: 'January' is not a month (first in ",
    ),
    "empty month": (changed(0, "month", ""), HEADER, "column month: '' is not a month"),
    "thirteenth month": (changed(0, "month", "2024-13"), HEADER, "'2024-13' is not a month"),
    "totals beside parts": (changed(0, "hs_code", "8542"), HEADER, "column hs_code: codes of 4 and 10 digits"),
    "unknown flow": (changed(0, "flow", "Q"), HEADER, "column flow: 'Q' is unknown (first in "),
    "exports twice": (changed(0, "flow", "RX"), HEADER, "column flow: total exports stand beside RX and would be counted twice"),
    "half of exports": (
        [["2024-01", "8542310001", "CN", "DX", "1"]],
        HEADER,
        "column flow: only DX; total exports need both DX and RX",
    ),
    "imports only": ([GOOD[3]], HEADER, "column flow: only imports, expected exports"),
    "missing value": (changed(0, "value_usd", ""), HEADER, "column value_usd: 1 values are missing, not finite or not numbers"),
    "words for values": (
        changed(0, "value_usd", "n/a"), HEADER, "column value_usd: 1 values are missing, not finite or not numbers"),
    "negative value": (changed(0, "value_usd", "-5"), HEADER, "column value_usd: 1 values are negative"),
    "nothing of the book": ([GOOD[4]], HEADER, "none of its 1 rows is of HS 8541, 8542, 8486 with China or Hong Kong"),
    "missing column": (
        GOOD,
        ["month", "hs_code", "partner", "flow", "valu_usd"],
        "column value_usd is missing; did you mean 'valu_usd'?",
    ),
    "two missing columns": (GOOD, ["mnth", "hs_code", "partner", "flow", "worth"], "column month is missing; did you mean 'mnth'?"),
    "too many cells": ([*GOOD, ["2024-01", "8542310001", "CN", "X", "1", "2"]], HEADER, "cannot be read"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_extract_that_would_mislead_is_refused_with_the_reason(case: str, tmp_path: Path, survived) -> None:
    rows, header, expected = REFUSED[case]
    with pytest.raises(SourceError, match=re.escape(expected)):
        monthly(written(tmp_path, rows, header))
    survived("A customs extract", case, "refused", expected)


def test_all_faults_of_an_extract_are_named_at_once(tmp_path: Path) -> None:
    rows = [["202401", "8542", "CN", "Q", "-1"], *GOOD]
    with pytest.raises(SourceError) as caught:
        monthly(written(tmp_path, [["202401", "8542", "CN", "X", "-1"], *rows]))
    assert all(f"column {name}: " in str(caught.value) for name in HEADER if name != "partner")


def test_a_file_that_is_no_extract_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(SourceError, match=r"broken\.parquet cannot be read"):
        monthly(tmp_path / "broken.parquet")
    (tmp_path / "binary.csv").write_bytes(b"month,hs_code,partner,flow,value_usd\n\xff\xfe\x00\x01,1,2,3,4\n")
    with pytest.raises(SourceError, match=r"binary\.csv"):
        monthly(tmp_path / "binary.csv")
    with pytest.raises(SourceError, match="no such file"):
        monthly(tmp_path / "absent.csv")
    with pytest.raises(SourceError, match="expected files of one kind"):
        (tmp_path / "sheet.xlsx").write_bytes(b"PK")
        monthly(tmp_path / "sheet.xlsx")


def test_a_line_that_does_not_fit_is_an_error_and_no_line_is_skipped(tmp_path: Path) -> None:
    """Readers that detect the form of a file may take such a line for the header and drop all lines before it."""
    with pytest.raises(SourceError, match=r"cannot be read: .*Line: 7"):
        monthly(written(tmp_path, [*GOOD, ["2024-01", "8542310001", "CN", "X", "1", "2"]]))
    with pytest.raises(SourceError, match=r"cannot be read: .*Line: 7"):
        monthly(written(tmp_path, [*GOOD, ["2024-01", "8542310001"]]))


def test_separators_marks_and_compression_are_understood(tmp_path: Path) -> None:
    expected = monthly(written(tmp_path, GOOD)).months
    text = (tmp_path / "extract.csv").read_text()
    (tmp_path / "semicolons.csv").write_text(text.replace(",", ";"))
    (tmp_path / "windows.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(text.encode()))
    assert [monthly(tmp_path / name).months for name in ("semicolons.csv", "windows.csv", "packed.csv.gz")] == [expected] * 3


def test_files_of_different_forms_are_not_one_extract(tmp_path: Path) -> None:
    written(tmp_path, GOOD, name="a.csv")
    written(tmp_path, GOOD, [*HEADER[:4], "value"], name="b.csv")
    with pytest.raises(SourceError, match=r"b\.csv has other columns or separators than .*a\.csv"):
        monthly(tmp_path)


def test_a_truncated_parquet_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "extract.parquet"
    pd.DataFrame(GOOD, columns=HEADER).to_parquet(file)
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(SourceError, match=r"cannot be read: .*Is it complete"):
        monthly(file)


@pytest.mark.parametrize("memory", ["lots", "1", "1GB; DROP TABLE x"])
def test_an_amount_of_memory_is_checked(memory: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not an amount of memory"):
        monthly(written(tmp_path, GOOD), memory=memory)


def test_a_file_name_cannot_smuggle_in_a_query(tmp_path: Path) -> None:
    name = "it's'); COPY (SELECT 1) TO 'gone.csv'; --.csv"
    assert monthly(written(tmp_path, GOOD, name=name)).rows == 5


def test_the_command_writes_an_overlay_that_passes_the_checks(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    rows = [
        [f"2024-{m:02d}", f"{heading}100000", partner, "X", str(million * 1_000_000 + m)]
        for m in range(1, 13)
        for heading, partner, million in (("8542", "CN", 700), ("8542", "HK", 250), ("8541", "CN", 60), ("8486", "CN", 400))
    ]
    extract, out = written(tmp_path, rows), tmp_path / "rows"
    assert main(["customs-monthly", str(extract), "--title", "A synthetic extract", "--out", str(out)]) == 0
    assert "48 rows read, 48 of exports to China and Hong Kong used, 2024-01 to 2024-12" in capsys.readouterr().out
    assert check(None, out) == []
    with (out / "us_exports.csv").open(newline="") as stream:
        found = {(r["series_id"], r["period"]): r for r in csv.DictReader(stream)}
    assert (
        len(found) == 52
        and found["US_X_8542_CN", "2024"]["value"] == "8400"
        and found["US_X_8542_CN", "2024-03"]["evidence"] == "derived"
    )
    assert str(tmp_path) not in (out / "us_exports.csv").read_text() + (out / "sources.csv").read_text()


def test_the_command_explains_a_fault_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    extract = written(tmp_path, changed(0, "month", "202401"))
    assert main(["customs-monthly", str(extract), "--title", "x", "--out", str(tmp_path / "rows")]) == 1
    assert "customs-monthly: " in capsys.readouterr().err and not (tmp_path / "rows").exists()


def test_another_extract_is_another_source(tmp_path: Path) -> None:
    first, second = written(tmp_path, GOOD, name="a.csv"), written(tmp_path, GOOD[:2], name="b.csv")
    ids = {source_row("t", "p", "", fingerprint(file))["source_id"] for file in (first, second, first)}
    assert len(ids) == 2
    row = tables(Extract({("8542", "CN", "2024-01"): Decimal(1)}, 1, 1), source_row("t", "p", "", fingerprint(first)), "a.csv")[
        "us_exports"
    ][0]
    assert row["source_id"] in ids


@pytest.mark.slow
def test_the_benchmark_runs_and_its_two_ways_agree() -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "benchmarks.large_data", "--rows", "200000"], capture_output=True, text=True, check=True
    )
    assert "duckdb" in finished.stdout and "pandas" in finished.stdout
