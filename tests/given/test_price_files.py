"""Price files as vendors, spreadsheets and programs write them: read as the same prices, or refused with the reason."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest

from analysis.cli import main
from analysis.policy.event_study.price_files import PriceFileError, read_prices
from tests.given.conftest import text, wide

EVENTS = "event_date,event,expected_sign\n2019-05-16,Huawei added to Entity List,-\n"


def _long(prices: pd.DataFrame, header: str, line: str, names: dict[str, str] | None = None) -> str:
    """A long file: `line` is formatted with day, firm, and the price with two factors (as traded, adjusted)."""
    rows = [
        line.format(
            day=day, firm=(names or {}).get(firm, firm), price=prices.at[day, firm], other=prices.at[day, firm] * (1 + i % 7)
        )
        for firm in prices
        for i, day in enumerate(prices.index)
    ]
    return "\n".join([header, *rows]) + "\n"


def _summer(day: pd.Timestamp) -> str:
    return "-04:00" if 3 < day.month < 11 else "-05:00"


def _stamped(prices: pd.DataFrame, zone) -> str:
    records = wide(prices)
    return text([records[0], *([f"{row[0]} 00:00:00{zone(pd.Timestamp(row[0]))}", *row[1:]] for row in records[1:])])


def _numbered(prices: pd.DataFrame, name: str) -> str:
    records = wide(prices)
    return text([[name, *records[0]], *([str(i + 1), *row] for i, row in enumerate(records[1:]))])


def _ohlc(prices: pd.DataFrame, adjusted: str, firm: str = "ticker") -> str:
    return _long(
        prices,
        f"{firm},date,open,high,low,close,volume,{adjusted}",
        "{firm},{day:%Y-%m-%d},{other:.4f},{other:.4f},{other:.4f},{other:.4f},1000,{price:.4f}",
    )


READABLE = {
    "plain": lambda p: text(wide(p)),
    "time stamps whose offset changes with summer time": lambda p: _stamped(p, _summer),
    "time stamps at midnight in Taipei": lambda p: _stamped(p, lambda day: "+08:00"),
    "days as 20190516": lambda p: text(wide(p, "{:%Y%m%d}")),
    "days as 16/05/2019, some above 12": lambda p: text(wide(p, "{:%d/%m/%Y}")),
    "days as 05/16/2019, newest first": lambda p: text(wide(p.iloc[::-1], "{:%m/%d/%Y}")),
    "days as 16-May-2019": lambda p: text(wide(p, "{:%d-%b-%Y}")),
    "days as May 16, 2019": lambda p: text(wide(p, "{:%b %d, %Y}")),
    "a byte-order mark and Windows line ends": lambda p: "\ufeff" + text(wide(p)).replace("\n", "\r\n"),
    "semicolons with decimal points": lambda p: text(wide(p), ";"),
    "tabs": lambda p: text(wide(p), "\t"),
    "a line sep=;": lambda p: "sep=;\n" + text(wide(p), ";"),
    "row numbers in a column without a name": lambda p: _numbered(p, ""),
    "row numbers in a column called Unnamed: 0": lambda p: _numbered(p, "Unnamed: 0"),
    "row numbers in a column called id": lambda p: _numbered(p, "id"),
    "a blank column and blank rows": lambda p: text([[*row, ""] for row in wide(p)]) + ",,,,,,\n" * 3,
    "padded names with hidden characters": lambda p: text(
        [["Date", " SPY\u00a0", "MU\u200b", "QCOM ", "NVDA", "AVGO"], *wide(p)[1:]]
    ),
    "days in a first column without a name": lambda p: text(wide(p, name="")),
    "a title above the header": lambda p: "Prices in US dollars\n\n" + text(wide(p)),
    "adjusted beside close, called adjusted": lambda p: _ohlc(p, "adjusted", "symbol"),
    "adjusted beside close, called Adj Close": lambda p: _ohlc(p, "Adj Close"),
    "adjusted beside close, called adjClose": lambda p: _ohlc(p, "adjClose"),
    "adjusted beside close, called close_adjusted": lambda p: _ohlc(p, "close_adjusted"),
    "prices with thousands commas": lambda p: _long(p, "date,ticker,price", '{day:%Y-%m-%d},{firm},"{price:,.4f}"'),
}


@pytest.mark.parametrize("form", READABLE)
def test_a_readable_form_gives_the_same_prices(form, prices, tmp_path, survived):
    path = tmp_path / "p.csv"
    path.write_bytes(READABLE[form](prices).encode())
    read = read_prices(path)
    np.testing.assert_allclose(read[prices.columns].to_numpy(), prices.to_numpy(), rtol=0, atol=5e-5)
    assert (read.index == prices.index).all() and set(read.columns) == set(prices.columns)
    survived("A price file", form, "read as the same prices")


@pytest.mark.parametrize("form", ["plain", "time stamps at midnight in Taipei", "adjusted beside close, called adjusted"])
def test_the_command_finds_the_planted_loss_in_every_readable_form(form, prices, loss, tmp_path, capsys):
    path, events = tmp_path / "p.csv", tmp_path / "e.csv"
    path.write_bytes(READABLE[form](prices).encode())
    events.write_text(EVENTS)
    assert main(["event-study", str(path), "--events", str(events)]) == 0
    rows = csv.DictReader(io.StringIO(capsys.readouterr().out))
    (found,) = [float(row["car"]) for row in rows if row["firm"] == "EW:ALL" and row["window"] == "[0,0]"]
    assert found == pytest.approx(loss, abs=1e-9) and loss < -0.03


def test_a_ticker_that_spells_na_keeps_its_name(prices, tmp_path, survived):
    (tmp_path / "wide.csv").write_text(text([["Date", "SPY", "NA", "null", "NaN", "None"], *wide(prices)[1:]]))
    (tmp_path / "long.csv").write_text(
        _long(prices, "date,ticker,price", "{day:%Y-%m-%d},{firm},{price:.4f}", {"MU": "NA", "QCOM": "null"})
    )
    assert list(read_prices(tmp_path / "wide.csv").columns) == ["SPY", "NA", "null", "NaN", "None"]
    assert set(read_prices(tmp_path / "long.csv").columns) == {"SPY", "NA", "null", "NVDA", "AVGO"}
    survived("A price file", "a ticker that spells NA", "its name is kept", trials=2)


def _changed(prices: pd.DataFrame, row: int, place: int, cell: str) -> str:
    records = wide(prices)
    records[row][place] = cell
    return text(records)


def _greenwich(prices: pd.DataFrame) -> str:
    """Midnight in Taipei as a program writes it in Greenwich time."""
    records = wide(prices)
    return text(
        [records[0], *([f"{pd.Timestamp(row[0]) - pd.Timedelta(hours=8):%Y-%m-%dT%H:%M:%SZ}", *row[1:]] for row in records[1:])]
    )


REFUSED = {
    "UTF-16": (lambda p: text(wide(p)).encode("utf-16"), "is UTF-16"),
    "UTF-16 without a mark": (lambda p: text(wide(p)).encode("utf-16-le"), "holds zero bytes"),
    "Latin-1": (
        lambda p: text([["Date", "SPY", "MU", "Größe", "B", "C"], *wide(p)[1:]]).encode("latin-1"),
        "1: not UTF-8 (byte 0xf6), probably Latin-1",
    ),
    "an empty file": (lambda p: b"", "is empty"),
    "a web page": (lambda p: b"<!DOCTYPE html><html><body>Log in</body></html>", "is a web page"),
    "a spreadsheet called .csv": (lambda p: b"PK\x03\x04rest", "is a spreadsheet or a ZIP file"),
    "a file cut in a character": (lambda p: text([["Date", "SPY", "Größe"]]).encode()[:-3], "ends in the middle of a character"),
    "spreadsheet numbers for days": (
        lambda p: text([wide(p)[0], *([str(43102 + i), *row[1:]] for i, row in enumerate(wide(p)[1:]))]),
        "2:Date: '43102' is the number by which a spreadsheet counts days (it would show 2018-01-02)",
    ),
    "seconds since 1970 for days": (
        lambda p: text([wide(p)[0], *([str(1514851200 + 86400 * i), *row[1:]] for i, row in enumerate(wide(p)[1:]))]),
        "is a count of seconds or smaller parts since 1970",
    ),
    "days of two-figure years": (lambda p: text(wide(p, "{:%d/%m/%y}")), "has a year of two digits"),
    "days whose order is open": (lambda p: text([*wide(p, "{:%d/%m/%Y}")[:8]]), "has the day or the month first?"),
    "days in both orders": (lambda p: text(wide(p, "{:%d/%m/%Y}")[:300] + wide(p, "{:%m/%d/%Y}")[300:]), "which of them is which?"),
    "days in two forms": (
        lambda p: text(wide(p)[:300] + wide(p, "{:%d/%m/%Y}")[300:]),
        "is written otherwise than the rest of the column",
    ),
    "midnight in Taipei told in Greenwich time": (
        _greenwich,
        "in Greenwich time, in which some days of the column fall on a weekend",
    ),
    "semicolons and decimal commas": (
        lambda p: text(wide(p, decimal=","), ";"),
        "columns are separated by semicolons and numbers have decimal commas",
    ),
    "decimal commas in quotes": (lambda p: text(wide(p, decimal=",")), "has a decimal comma"),
    "volumes such as 12.3M": (
        lambda p: text([[*row, "12.3M" if i else "Vol."] for i, row in enumerate(wide(p))]),
        f"2:Vol.: '12.3M' is shortened by a letter, expected a number such as 1234.5 ({521} such places",
    ),
    "an infinite price": (lambda p: _changed(p, 9, 2, "inf"), "10:MU: 'inf' is not finite"),
    "a number too large": (lambda p: _changed(p, 9, 2, "1e999"), "10:MU: '1e999' is not finite"),
    "a dividend row": (lambda p: _changed(p, 9, 2, "0.35 Dividend"), "10:MU: '0.35 Dividend' is a dividend or a split"),
    "a comma at the end of each row": (
        lambda p: text([wide(p)[0], *([*row, ""] for row in wide(p)[1:])]),
        "all 521 rows have 7 cells under 6 names, so that columns would shift",
    ),
    "row numbers without a place in the header": (
        lambda p: text([wide(p)[0], *([str(i), *row] for i, row in enumerate(wide(p)[1:]))]),
        "row numbers have no name in the header",
    ),
    "a firm twice": (lambda p: text([["Date", "SPY", "MU", "MU", "NVDA", "AVGO"], *wide(p)[1:]]), "1:MU: this column stands twice"),
    "a firm in two spellings": (
        lambda p: text([["Date", "SPY", "MU", "mu", "NVDA", "AVGO"], *wide(p)[1:]]),
        "differ in capitals only",
    ),
    "a column without a name": (
        lambda p: text([["Date", "SPY", "", "QCOM", "NVDA", "AVGO"], *wide(p)[1:]]),
        "has cells but no name",
    ),
    "several header lines": (
        lambda p: text([["Price", *["Close"] * 5], ["Ticker", *p.columns], ["Date", *[""] * 5], *wide(p)[1:]]),
        "stands twice",
    ),
    "a second line of names": (lambda p: text([wide(p)[0], ["", *["USD"] * 5], *wide(p)[1:]]), "is a second line of names"),
    "one firm's fields": (
        lambda p: text([["Date", "Open", "High", "Low", "Close", "Volume"], *wide(p)[1:]]),
        "are fields of a price table, not firms",
    ),
    "fields of several firms": (
        lambda p: text([["Date", "MU.Close", "MU.Volume", "QCOM.Close", "QCOM.Volume", "SPY"], *wide(p)[1:]]),
        "are fields of a price table, not firms",
    ),
    "close beside a price of another name": (
        lambda p: _ohlc(p, "total_return_index"),
        "close and total_return_index stand side by side",
    ),
    "two adjusted prices": (lambda p: _ohlc(p, "adj_close").replace("volume", "adjusted", 1), "stand side by side"),
    "price beside close": (lambda p: _ohlc(p, "price"), "stand side by side"),
    "a day twice": (lambda p: text([*wide(p), wide(p)[9]]), "has two prices on 2018-01-12, also in row 10"),
}


@pytest.mark.parametrize("form", REFUSED)
def test_a_form_that_would_mislead_is_refused_in_few_lines(form, prices, tmp_path, survived):
    make, expected = REFUSED[form]
    content, path = make(prices), tmp_path / "p.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(PriceFileError) as caught:
        read_prices(path)
    message = str(caught.value)
    assert expected in message and len(message.splitlines()) <= 8, message
    survived(
        "A price file",
        form,
        "refused with the reason",
        next(line for line in message.splitlines() if expected in line).removeprefix(f"{path}").lstrip(":").strip()[:160],
    )


def test_the_price_column_can_be_chosen(prices, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(_ohlc(prices, "total_return_index"))
    read = read_prices(path, price="total_return_index")
    np.testing.assert_allclose(read[prices.columns].to_numpy(), prices.to_numpy(), atol=5e-5)
    with pytest.raises(PriceFileError, match=r"no column 'x', expected one of: open, high"):
        read_prices(path, price="x")


def test_a_parquet_file_keeps_the_local_day_and_a_broken_one_is_one_line(prices, tmp_path, survived):
    prices.tz_localize("Asia/Taipei").reset_index().to_parquet(tmp_path / "p.parquet")
    assert (read_prices(tmp_path / "p.parquet").index == prices.index).all()
    (tmp_path / "q.parquet").write_bytes(b"PAR1 and nothing")
    with pytest.raises(PriceFileError, match="cannot be read as Parquet") as caught:
        read_prices(tmp_path / "q.parquet")
    assert len(str(caught.value).splitlines()) == 1
    survived(
        "A price file", "Parquet with days of a time zone; broken Parquet", "the local day is kept; refused in one line", trials=2
    )


@pytest.mark.parametrize(
    ("out", "expected"),
    [
        ("none/car.csv", "there is no folder"),
        ("car.xlsx", "expected a name ending in .csv or .parquet"),
        ("car", "expected a name ending in"),
        ("folder.csv", "is a folder"),
    ],
)
def test_a_result_that_could_not_be_written_is_told_before_anything_is_computed(out, expected, tmp_path, capsys, survived):
    (tmp_path / "folder.csv").mkdir()
    assert main(["event-study", str(tmp_path / "unread.csv"), "--out", str(tmp_path / out)]) == 1
    assert expected in capsys.readouterr().err and not (tmp_path / "none").exists()
    survived("A price file", f"--out {out}", "refused before anything is computed", expected)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("2019-05-16,Huawei,-\n2019-05-16, huawei ,-\n", "3:event: the same event as in row 2, expected each event once"),
        ("2019-05-16,Huawei,\u2212\n", "2:expected_sign: '−', expected one of: +, -, ?"),
        ("2019-05-16,,-\n", "2:event: is empty"),
        ("05/06/2019,Huawei,-\n", "2:event_date: '05/06/2019' has the day or the month first?"),
        ("43601,Huawei,-\n", "2:event_date: '43601' is the number by which a spreadsheet counts days"),
        ("2019-05-16,Hua\u200bwei,-\n", "2:event: 'Hua\\u200bwei' holds the invisible U+200B"),
    ],
)
def test_an_event_file_is_read_as_strictly(rows, expected, prices, tmp_path, capsys, survived):
    path, events = tmp_path / "p.csv", tmp_path / "e.csv"
    path.write_text(text(wide(prices)))
    events.write_text("event_date,event,expected_sign\n" + rows, encoding="utf-8")
    assert main(["event-study", str(path), "--events", str(events)]) == 1
    assert expected in capsys.readouterr().err
    survived("An event file", rows.splitlines()[-1].encode("unicode_escape").decode(), "refused with row and column", expected)
