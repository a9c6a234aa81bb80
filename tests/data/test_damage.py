"""Whatever happens to the bytes of a table, it is read rightly or refused with a problem that names the file; nothing else."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.data import DataError, check, load_table
from analysis.data.loading import typed
from analysis.data.rules import no_unit_slip
from analysis.data.schemas import TABLES

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = st.sampled_from(
    [
        b"",
        b"\0",
        b'"',
        b'""',
        b",",
        b";",
        b"\n",
        b"\r",
        b"\r\n",
        b"\xff",
        b"\xef\xbb\xbf",
        b"=1+1",
        b"-",
        b"NaN",
        b"1e999",
        "\u2028".encode(),
        "é".encode(),
        b"2022-02-31",
        b"0" * 400,
    ]
)


def load_or_refuse(name, folder):
    """The table, or None when it was refused properly."""
    try:
        return load_table(name, folder)
    except DataError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.file.endswith(f"{name}.csv")
            assert len(str(problem).splitlines()) == 1
            assert problem.row >= 0 and problem.message
        return None


@QUICK
@given(data=st.data())
def test_a_damaged_byte_never_ends_in_a_crash_or_in_other_columns(data, small_data, tmp_path, survived):
    content = (small_data / "filings" / "firms.csv").read_bytes()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    (tmp_path / "firms.csv").write_bytes(content[:start] + data.draw(PIECES) + content[end:])
    frame = load_or_refuse("firms", tmp_path)
    if frame is not None:
        assert tuple(frame.columns) == TABLES["firms"].names
        assert not frame["firm"].duplicated().any()
    survived("A file", "bytes damaged at a random place", "read rightly, or refused with its name", trials=150)


@QUICK
@given(content=st.binary(max_size=300))
def test_bytes_that_are_no_table_are_refused(content, tmp_path, survived):
    (tmp_path / "firms.csv").write_bytes(content)
    assert load_or_refuse("firms", tmp_path) is None
    survived("A file", "random bytes", "refused with its name", trials=150)


@QUICK
@given(cut=st.integers(0, 10_000))
def test_a_file_cut_anywhere_loads_fewer_rows_or_is_refused(cut, small_data, tmp_path, survived):
    content = (small_data / "policy" / "arguments.csv").read_bytes()
    (tmp_path / "arguments.csv").write_bytes(content[:cut])
    frame = load_or_refuse("arguments", tmp_path)
    if frame is not None:
        whole = load_table("arguments", small_data)
        assert 0 < len(frame) <= len(whole)
        assert len(frame) == 1 or frame.iloc[:-1].equals(
            whole.iloc[: len(frame) - 1]
        )  # only the last row can have lost the end of its last cell
    survived("A file", "a file cut at a random place", "whole rows are read, or the file is refused", trials=150)


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30).map(str.strip)


@QUICK
@given(
    rows=st.lists(
        st.tuples(st.text("abcdefgh", min_size=1, max_size=8), CELL, CELL, st.floats(0, 1e12)),
        min_size=1,
        max_size=12,
        unique_by=lambda r: r[0],
    )
)
def test_what_is_written_is_read_back_as_it_was(rows, tmp_path):
    names = TABLES["huawei_facts"].names
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(names)
    for key, first, second, value in rows:
        cells = {
            **dict.fromkeys(names, "x"),
            "fact_id": key,
            "definition": first,
            "note": second,
            "value": repr(value),
            "value_low": "",
            "value_high": "",
            "period_start": "",
            "period_end": "",
        }
        writer.writerow([cells[name] for name in names])
    (tmp_path / "huawei_facts.csv").write_bytes(stream.getvalue().encode())
    frame = load_table("huawei_facts", tmp_path)
    assert list(zip(frame["fact_id"], frame["definition"], frame["note"], frame["value"], strict=True)) == rows
    assert frame["value_low"].isna().all()


@pytest.mark.parametrize("factor", [1e-6, 1e-3, 1e3, 1e6])
def test_a_wrong_unit_in_any_amount_of_a_filing_with_history_is_found(factor, full_tables):
    frame, _ = typed(full_tables["company_filings"], TABLES["company_filings"])
    history = frame[(frame["period_type"] == "annual") & frame["total_revenue_usd_m"].notna()]
    rich = history.index[history.groupby("firm")["firm"].transform("size") >= 4]
    slipped = no_unit_slip(("total_revenue_usd_m",), ["firm"], "fiscal_year", lambda rows: rows["period_type"] == "annual")
    missed = []
    for i in rich:   # every row, not a sample: one that is missed is missed each time
        right = frame.at[i, "total_revenue_usd_m"]
        frame.at[i, "total_revenue_usd_m"] = right * factor
        if i not in {row for row, _, _ in slipped(frame)}:
            missed.append((frame.at[i, "firm"], frame.at[i, "fiscal_year"]))
        frame.at[i, "total_revenue_usd_m"] = right
    assert len(rich) > 50 and not missed


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_whole_check_survives_damage_in_any_table(data, small_data, tmp_path, survived):
    name = data.draw(st.sampled_from(sorted(TABLES)))
    content = (small_data / TABLES[name].path).read_bytes()
    start = data.draw(st.integers(0, len(content)))
    damaged = content[:start] + data.draw(PIECES) + content[data.draw(st.integers(start, min(len(content), start + 40))) :]
    overlay = tmp_path / "overlay"
    overlay.mkdir(exist_ok=True)
    for old in overlay.iterdir():
        old.unlink()
    (overlay / f"{name}.csv").write_bytes(damaged)
    for problem in check(small_data, overlay):
        assert str(problem).count("\n") == 0
    survived("A file", "bytes damaged in any table, all tables checked", "read rightly, or one line a problem", trials=25)
