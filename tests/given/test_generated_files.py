"""Generated files: whatever the encoding, separator, form of days, zone, header or repetition, a file is read as what it says or
refused in words. None ends in another error or, silently, in other values."""

from __future__ import annotations

import csv
import io
import random
from collections import defaultdict
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from analysis.data import DataError
from analysis.data.overlay import read_merged
from analysis.data.reading import read_raw
from analysis.data.schemas import TABLES
from analysis.policy.event_study.price_files import PriceFileError, read_prices
from analysis.sources.customs_extract import monthly
from analysis.sources.errors import SourceError

PRICE_FILES, TABLE_FILES, EXTRACTS = 750, 250, 80

ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le", "gb18030")
SEPARATORS = (",", ",", ",", ";", "\t", "|")
DAY_FORMS = (
    "%Y-%m-%d",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%b-%Y",
    "%B %d, %Y",
    "%d/%m/%y",
)
ZONES = ("", "", "", " 00:00:00", "T00:00:00Z", " 00:00:00+08:00", " 00:00:00-05:00", "T16:30:00+09:00", " 09:30:00 EST")
MARKS = (".", ".", ".", ".", ",")
LINE_ENDS = ("\n", "\n", "\r\n", "\r")


def rendered(random: random.Random, records: list[list[str]], separator: str) -> bytes:
    """Records as bytes, with the accidents that befall a file on its way."""
    stream = io.StringIO(newline="")
    quoting = random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    csv.writer(stream, delimiter=separator, quoting=quoting, lineterminator=random.choice(LINE_ENDS)).writerows(records)
    text = stream.getvalue()
    if random.random() < 0.1:
        text = f"sep={random.choice((separator, separator, ',', ';'))}\n" + text
    if random.random() < 0.05:
        text += random.choice(('"', "\0", "\ufffe", "\u202e", "Total\n"))
    try:
        content = text.encode(random.choice(ENCODINGS))
    except UnicodeEncodeError:
        content = text.encode()
    return content[: random.randrange(len(content))] if random.random() < 0.04 else content


def disturbed(random: random.Random, records: list[list[str]]) -> list[list[str]]:
    """Records with blank, doubled, nameless, padded or shifted parts."""
    kind = random.choice(
        ("none",) * 6
        + (
            "numbers",
            "blank column",
            "blank rows",
            "doubled name",
            "padded",
            "surplus",
            "short",
            "title",
            "doubled row",
            "nameless",
            "hidden",
        )
    )
    rows = [list(row) for row in records]
    if kind == "numbers":
        rows = [["" if i == 0 else str(i), *row] for i, row in enumerate(rows)]
    elif kind in ("blank column", "nameless"):
        rows = [[*row, "" if i == 0 or kind == "blank column" else "7"] for i, row in enumerate(rows)]
    elif kind == "blank rows":
        rows += [[""] * len(rows[0])] * random.randrange(1, 4)
    elif kind == "doubled name":
        rows[0][-1] = rows[0][-2]
    elif kind == "padded":
        rows[0] = [f" {name}\u00a0" for name in rows[0]]
    elif kind == "surplus":
        rows = [rows[0], *([*row, ""] for row in rows[1:])]
    elif kind == "short":
        rows[random.randrange(1, len(rows))].pop()
    elif kind == "title":
        rows = [["Title"], [], *rows]
    elif kind == "doubled row":
        rows.append(list(rows[random.randrange(1, len(rows))]))
    elif kind == "hidden":
        rows[0][1] += "\u200b"
    return rows


def one_line_each(error: Exception) -> None:
    """A refusal is a few lines for a person, none of them empty or of a program."""
    lines = str(error).splitlines()
    assert lines and len(lines) < 30 and all(line.strip() for line in lines) and "Traceback" not in str(error)


@pytest.mark.slow
def test_generated_price_files_are_read_as_what_they_say_or_refused(tmp_path, survived):
    path, read = tmp_path / "p.csv", 0
    for seed in range(PRICE_FILES):
        dice = random.Random(seed)
        days = pd.bdate_range(f"20{dice.randrange(15, 25)}-0{dice.randrange(1, 10)}-02", periods=dice.randrange(3, 40))
        firms = dice.sample(("SPY", "MU", "NA", "QCOM", "null", "Größe", "台積電", "TRUE"), 3)
        truth = pd.DataFrame([[dice.randrange(1, 3_000_000) / 100 for _ in firms] for _ in days], days, firms)
        form, mark, separator = dice.choice(DAY_FORMS), dice.choice(MARKS), dice.choice(SEPARATORS)
        zone = dice.choice(ZONES) if form == "%Y-%m-%d" else ""
        shape = dice.choice((f"{{:.{dice.randrange(2, 4)}f}}", "{:,.2f}"))

        def cell(value, shape=shape, mark=mark):
            return shape.format(value).translate(str.maketrans(",.", ".,")) if mark == "," else shape.format(value)

        stamps = [f"{day:{form}}{zone}" for day in days]
        if dice.random() < 0.5:
            records = [["Date", *firms], *([stamp, *map(cell, row)] for stamp, row in zip(stamps, truth.to_numpy(), strict=True))]
        else:
            records = [
                ["ticker", "date", "adjusted"],
                *([firm, stamp, cell(truth.iat[i, j])] for j, firm in enumerate(firms) for i, stamp in enumerate(stamps)),
            ]
        if dice.random() < 0.08:
            dice.choice(records[1:])[-1] = dice.choice(("inf", "-1e999", "12.3M", "n/k", "１２", "5%", "(3)", "2018-01-02"))
        path.write_bytes(rendered(dice, disturbed(dice, records), separator))
        try:
            found = read_prices(path)
        except PriceFileError as error:
            one_line_each(error)
            continue
        known = found.stack().dropna()
        expected = truth.stack().reindex(known.index)
        # A file cut at its end may hold fewer rows; what it holds is what was written, but for the last cell of a cut file.
        wrong = (~np.isclose(known, expected, rtol=0, atol=0.0051)).sum()
        assert wrong <= (len(known) < truth.size), (seed, path.read_bytes()[:300])
        read += 1
    assert read > PRICE_FILES // 4
    survived("A price file", "generated files of all forms", "read as what they say, or refused in words", trials=PRICE_FILES)


def test_generated_tables_are_read_as_what_they_say_or_refused(tmp_path, survived):
    raw, schema = read_merged(None, None)[0]["us_exports"], TABLES["us_exports"]
    path, read = tmp_path / "us_exports.csv", 0
    for seed in range(TABLE_FILES):
        dice = random.Random(seed)
        rows = [list(row) for row in dice.sample(raw.rows, 12)]
        rows[0][raw.header.index("note")] = dice.choice(("", "=1+1", "Größe; 台積電, |x|", 'He said "no"', "NA"))
        order = dice.sample(range(len(raw.header)), len(raw.header))
        records = [[row[i] for i in order] for row in (raw.header, *rows)]
        path.write_bytes(rendered(dice, disturbed(dice, records), dice.choice((",", ",", ",", ";", "\t"))))
        try:
            found = read_raw(path, schema)
        except DataError as error:
            one_line_each(error)
            continue
        whole = [row for row in found.rows if row in rows]
        assert len(found.rows) - len(whole) <= 1 and len(found.rows) >= len(whole), seed  # only the end of a cut file differs
        assert found.problems or len(whole) >= len(rows) or len(found.rows) < len(rows) or b"Total" in path.read_bytes(), seed
        read += not found.problems
    assert read > TABLE_FILES // 4
    survived("An overlay folder", "generated tables of all forms", "read as what they say, or refused in words", trials=TABLE_FILES)


@pytest.mark.slow
def test_generated_extracts_give_the_sums_of_their_rows_or_are_refused(tmp_path, survived):
    path, read = tmp_path / "e.csv", 0
    month_forms = (
        "{y}-{m:02d}",
        "{y}{m:02d}",
        "{y}-{m:02d}-01",
        "{y}{m:02d}01",
        "{y}/{m:02d}",
        "{name} {y}",
        "{m:02d}/{y}",
        "{name:.3} {y}",
    )
    partners = (
        ("5700", "5820"),
        ("5700.0", "5820.0"),
        ("CN", "HK"),
        ("156", "344"),
        ("China", "China, Hong Kong SAR"),
        ("CHINA", "Hong Kong"),
        ("People's Republic of China", "Hong Kong, China"),
        ("China (P.R.)", "Hongkong"),
        ("Chna", "HKG"),
    )
    for seed in range(EXTRACTS):
        dice = random.Random(seed)
        form, (china, hong_kong), thousands = dice.choice(month_forms), dice.choice(partners), dice.random() < 0.25
        truth: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        records = [["month", "hs_code", "partner", "flow", "value_usd"]]
        for month in range(1, dice.randrange(2, 14)):
            for code in ("8542310001", "8541100040", "8471300100"):
                for partner, place in ((china, "CN"), (hong_kong, "HK"), ("Japan", "")):
                    value = dice.randrange(10**6, 10**9)
                    written = form.format(y=2030, m=month, name=f"{pd.Timestamp(2030, month, 1):%B}")
                    records.append([written, code, partner, "X", f"{value:,}" if thousands else str(value)])
                    if place and code[:4] != "8471":
                        truth[code[:4], place, f"2030-{month:02d}"] += value
        if dice.random() < 0.1:
            dice.choice(records[1:])[-1] = dice.choice(("inf", "nan", "12.3M", "", "1,5", "-3"))
        path.write_bytes(rendered(dice, disturbed(dice, records), dice.choice(SEPARATORS)))
        try:
            found = monthly(path, threads=1).months
        except SourceError as error:
            one_line_each(error)
            continue
        wrong = [key for key in truth if found.get(key) != truth[key]]
        whole = len(records) - 1 == len(path.read_bytes().split(b"2030")) - 1
        assert not wrong or not whole, (seed, wrong, path.read_bytes()[:200])
        assert set(found) <= set(truth), seed
        read += 1
    assert read > EXTRACTS // 4
    survived("A customs extract", "generated extracts of all forms", "the sums of their rows, or refused in words", trials=EXTRACTS)
