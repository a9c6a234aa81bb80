"""The user's price file: accepted shapes, all problems at once, and the command from end to end on synthetic prices."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis.cli import main
from analysis.policy.event_study.price_files import PriceFileError, read_prices
from analysis.policy.event_study.prices import problems_with
from analysis.policy.event_study.run import run_on_prices, shipped_events
from analysis.policy.event_study.simulation import synthetic_returns
from analysis.policy.event_study.study import COLUMNS

PLANTED = -0.12
EVENT_DAY = pd.Timestamp(2019, 5, 16)


@pytest.fixture(scope="module")
def prices() -> pd.DataFrame:
    """Six firms and a benchmark, 2018-03 to 2019-07; firms F00 and F01 lose 12% on 16 May 2019."""
    returns, market = synthetic_returns(360, 6, seed=20)
    index = pd.bdate_range("2018-03-01", periods=361, name="date")
    both = np.column_stack([market, returns])
    both[index[1:].get_loc(EVENT_DAY), 1:3] += PLANTED
    levels = np.vstack([np.full(7, 100.0), 100 * np.cumprod(1 + both, axis=0)])
    return pd.DataFrame(levels, index, ["SPY"] + [f"F{i:02d}" for i in range(6)])


@pytest.fixture
def events_file(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("event_date,event,expected_sign\n2019-05-16,Huawei added to Entity List,-\n2019-06-29,Osaka,+\n",
                    encoding="utf-8")
    return path


def _write(prices: pd.DataFrame, path, shape: str):
    table = prices if shape == "wide" else prices.reset_index().melt("date", var_name="Firm", value_name="Price")
    table = table.reset_index() if shape == "wide" else table
    table.to_parquet(path, index=False) if path.suffix == ".parquet" else table.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("shape", ["wide", "long"])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_long_and_wide_csv_and_parquet_give_the_same_prices(prices, tmp_path, shape, ending):
    read = read_prices(_write(prices, tmp_path / f"p.{ending}", shape))
    np.testing.assert_allclose(read[prices.columns].to_numpy(), prices.to_numpy(), rtol=1e-12)
    assert (read.index == prices.index).all()


def test_the_command_finds_a_planted_loss_and_writes_the_shipped_columns(prices, events_file, tmp_path, capsys):
    source, out = _write(prices, tmp_path / "p.csv", "long"), tmp_path / "car.csv"
    arguments = ["event-study", str(source), "--benchmark", "SPY", "--portfolio", "HIT=F00,F01",
                 "--portfolio", "REST=F02,F03,F04,F05"]
    assert main([*arguments, "--events", str(events_file), "--out", str(out)]) == 0
    table = pd.read_csv(out)
    assert list(table.columns) == list(COLUMNS)
    day = table[(table["event_date"] == "2019-05-16") & (table["window"] == "[0,0]")].set_index("firm")
    assert day.loc["EW:HIT", "car"] == pytest.approx(PLANTED, abs=2 * day.loc["EW:HIT", "se"])
    assert day.loc["EW:HIT", "t"] < -4 and abs(day.loc["EW:REST", "t"]) < 3
    assert day.loc["EW:HIT", "p_placebo"] < 0.01
    assert set(table["firm"]) == {"EW:HIT", "EW:REST", *(f"F{i:02d}" for i in range(6))}
    assert "rows" in capsys.readouterr().out


def test_without_out_the_table_is_printed_as_csv(prices, events_file, tmp_path, capsys):
    source = _write(prices, tmp_path / "p.parquet", "wide")
    assert main(["event-study", str(source), "--events", str(events_file), "--benchmark", "MEAN=F04,F05"]) == 0
    header = capsys.readouterr().out.splitlines()[0]
    assert header == ",".join(COLUMNS)


def test_shipped_events_outside_the_file_can_be_left_out(prices, tmp_path):
    source = _write(prices, tmp_path / "p.csv", "wide")
    table = run_on_prices(source, covered_only=True)
    shipped = shipped_events()
    assert set(table["event"]) <= set(shipped["event"])
    assert 0 < table["event"].nunique() < len(shipped)
    with pytest.raises(PriceFileError, match="needed for the estimation window"):
        run_on_prices(source)


def test_every_problem_of_a_price_file_is_reported_at_once(prices, tmp_path, capsys):
    bad = prices.copy()
    bad.iloc[100, 1] = np.nan                      # a hole
    bad.iloc[150:, 2] = bad.iloc[150:, 2] / 2      # an unadjusted split
    bad.iloc[10, 3] = -5.0                         # not a price
    bad = bad.drop(index=bad.index[200:212])       # trading days missing for everybody
    events = tmp_path / "e.csv"
    events.write_text("event_date,event\n2018-06-01,too early\n2019-07-15,too late\n2019-05-16,fine\n", encoding="utf-8")
    source = _write(bad, tmp_path / "p.csv", "wide")
    assert main(["event-study", str(source), "--benchmark", "QQQ", "--events", str(events), "--portfolio", "X=F00,F99"]) == 1
    message = capsys.readouterr().err
    for part in ("benchmark 'QQQ'", "F00: 1 missing price", "F01: price moves by a factor of 0.5", "2-for-1 split", "F02: price -5",
                 "trading days are missing", "too early", "estimation window [-250,-30]", "too late", "portfolio X: 'F99'"):
        assert part in message
    assert "event 2019-05-16" not in message


def test_a_split_is_accepted_when_the_user_says_the_prices_are_adjusted(prices):
    halved = prices.copy()
    halved.iloc[150:, 2] /= 2
    events = pd.DataFrame({"event_date": [EVENT_DAY], "event": ["e"]})
    assert any("split" in p for p in problems_with(halved, events, ["SPY"]))
    assert problems_with(halved, events, ["SPY"], adjusted=True) == []


def test_a_clean_file_has_no_problem_and_a_large_real_loss_is_no_split(prices):
    crash = prices.copy()
    crash.iloc[300:, 1] *= 0.63
    assert problems_with(crash, pd.DataFrame({"event_date": [EVENT_DAY], "event": ["e"]}), ["SPY"]) == []


def test_a_firm_listed_later_is_no_problem_unless_nobody_is_left(prices):
    events = pd.DataFrame({"event_date": [EVENT_DAY], "event": ["e"]})
    late = prices.copy()
    late.iloc[:200, 1] = np.nan
    assert problems_with(late, events, ["SPY"]) == []
    late.iloc[:200, 1:] = np.nan
    assert any("no firm has prices" in p for p in problems_with(late, events, ["SPY"]))
    late.iloc[:200, 0] = np.nan
    assert any("benchmark SPY" in p for p in problems_with(late, events, ["SPY"]))


@pytest.mark.parametrize(("content", "message"), [
    ("day,SPY\n2019-01-02,1\n2019-13-02,2\n", "3:day: '2019-13-02' is not a day of the calendar"),
    ("SPY,QCOM\n1,2\n", "no date column"),
    ("date,firm,weight\n2019-01-02,A,1\n", "needs a price column"),
    ("date,firm,price\n2019-01-02,A,1\n2019-01-02,A,2\n", "A has two prices on 2019-01-02"),
    ("date,SPY\n2019-01-02,1\n2019-01-02,2\n", "3: the file has two prices on 2019-01-02, also in row 2"),
    ("date,SPY\n2019-01-02,n/k\n", "2:SPY: 'n/k' is not a number"),
])
def test_a_file_that_cannot_be_understood_says_where(tmp_path, content, message):
    path = tmp_path / "p.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PriceFileError, match=message.replace("'", ".")):
        read_prices(path)


def test_missing_and_foreign_files_are_refused_in_words(tmp_path):
    with pytest.raises(PriceFileError, match="no such file"):
        read_prices(tmp_path / "none.csv")
    (tmp_path / "p.xlsx").write_bytes(b"PK")
    with pytest.raises(PriceFileError, match="expected a file ending in"):
        read_prices(tmp_path / "p.xlsx")


def test_an_events_file_with_a_bad_date_names_the_row(prices, tmp_path):
    events = tmp_path / "e.csv"
    events.write_text("event_date,event\n16.5.19,x\n", encoding="utf-8")
    with pytest.raises(PriceFileError, match=r"2:event_date: .* has a year of two digits"):
        run_on_prices(_write(prices, tmp_path / "p.csv", "wide"), events_file=events)


def test_limbo_lists_the_day_in_words_and_as_json(capsys):
    assert main(["limbo", "--on", "2019-11-01", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [f["limbo_id"] for f in report["in_limbo"] if f["core"]] == ["L03", "L04", "L05", "L06", "L07", "L09"]
    assert {m["event_id"] for m in report["in_force"]} >= {"P014", "P013"}
    assert main(["limbo", "--on", "2019-11-01"]) == 0
    assert "Huawei temporary general licence" in capsys.readouterr().out


@pytest.mark.parametrize("day", ["2010-01-01", "yesterday-ish"])
def test_limbo_refuses_a_day_it_cannot_know(capsys, day):
    assert main(["limbo", "--on", day]) == 1
    assert capsys.readouterr().err.startswith("limbo: ")


def test_a_withdrawn_measure_is_in_force_until_the_day_it_is_withdrawn(policy):
    from analysis.policy.in_force import binding_measures, in_force_on

    measures = binding_measures(*policy)
    assert "P005" in set(in_force_on(measures, "2018-07-12")["event_id"])
    assert "P005" not in set(in_force_on(measures, "2018-07-13")["event_id"])
    assert "P089" in set(in_force_on(measures, "2025-11-09")["event_id"])
    assert "P089" not in set(in_force_on(measures, "2026-11-22")["event_id"])     # suspended; its return is not asserted


@pytest.mark.parametrize("day", ["yesterday", "20191101", "2019-11-31", ""])
def test_a_day_in_another_form_is_answered_with_the_form(day, capsys):
    assert main(["limbo", "--on", day]) == 1
    assert capsys.readouterr().err == f"limbo: {day!r} is not a day, expected YYYY-MM-DD, for example 2019-11-01\n"
