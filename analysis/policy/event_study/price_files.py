"""Reading a user's price file, CSV or Parquet, long (day, firm, price) or wide (a day column, then one column a firm).

Columns, days and numbers are read by explicit forms (`analysis.data`): a file is read rightly or refused in words. Everything that
is wrong is reported at once, a kind that fills the file once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data.days import days, is_day
from analysis.data.hidden import hidden_fault
from analysis.data.numerals import MISSING, PLAIN, numbers
from analysis.data.problems import DataError, Problem, gathered, shown
from analysis.data.sheets import Sheet, counts_rows, read_sheet
from analysis.policy.event_study.price_columns import (
    DATE_NAMES,
    FIRM_NAMES,
    Undecided,
    fields_of_a_wide_file,
    named,
    price_column,
)

MAX_BYTES = 2_000_000_000
SEPARATORS = ",;\t|"
TEXT_ENDINGS, PARQUET_ENDINGS = (".csv", ".txt", ".tsv"), (".parquet", ".pq")
Say = Callable[[str], None]


class PriceFileError(ValueError):
    """The price file cannot be used; the message has one problem a line."""

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> PriceFileError:
        """The problems as lines, a kind that fills the file once."""
        return cls("\n".join(map(str, gathered(problems))))


def silent(_line: str) -> None:
    """Say nothing."""


def read_prices(path: Path | str, price: str = "", say: Say = silent) -> pd.DataFrame:
    """Prices as a table (T, F) by day and firm, sorted by day, in the file's currency.

    `price` names the price column of a long file with several; `say` is told what was left out without loss.
    Raises PriceFileError when the file is missing, of another type, or its columns or values cannot be understood.
    """
    path = Path(path)
    if path.suffix.lower() not in TEXT_ENDINGS + PARQUET_ENDINGS:
        what = "is a folder" if path.is_dir() else "no such file" if not path.exists() else "is of another type"
        raise PriceFileError(f"{path}: {what}, expected a file ending in .csv or .parquet")
    try:
        if path.suffix.lower() in PARQUET_ENDINGS:
            sheet = _parquet_sheet(path)
        else:
            sheet = read_sheet(path, separators=SEPARATORS, is_header=_is_header, max_bytes=MAX_BYTES)
    except DataError as error:
        raise PriceFileError(str(error)) from None
    _refuse_several_headers(sheet)
    if sheet.problems:
        raise PriceFileError.of(sheet.problems)
    if not sheet.rows:
        raise PriceFileError(f"{path}: has no rows, expected a header and rows")
    table = _table(sheet, _day_column(sheet), price)
    for note in sheet.notes:
        say(note)
    return table


def _is_header(names: Sequence[str]) -> bool:
    return len([name for name in names if name]) > 1 and named(names, DATE_NAMES) is not None


def _day_column(sheet: Sheet) -> str:
    found = named(sheet.header, DATE_NAMES)
    if found is not None:
        return found
    first = sheet.column(sheet.header[0])
    if not sheet.header[0] and all(map(is_day, first)):  # pandas writes its index so
        sheet.notes.append(f"{sheet.file}: the first column has no name and holds days; taken as the day")
        sheet.header[0] = DATE_NAMES[0]
        return DATE_NAMES[0]
    raise PriceFileError(
        f"{sheet.file}:{sheet.header_row}: no date column among {shown(', '.join(sheet.header))}, "
        f"expected one of {', '.join(DATE_NAMES[:4])}"
    )


def _table(sheet: Sheet, day: str, price: str) -> pd.DataFrame:
    """Long or wide, as the header tells."""
    values, faults = days(sheet.column(day))
    cells = sheet.column(day)
    problems = [sheet.problem(i, day, f"{shown(cells[i])} {fault}") for i, fault in faults.items()]
    firm = named([name for name in sheet.header if name != day], FIRM_NAMES)
    if firm is None:
        return _from_wide(sheet, day, values, problems)
    return _from_long(sheet, day, firm, price, values, problems)


def _from_long(sheet: Sheet, day: str, firm: str, price: str, values: np.ndarray, problems: list[Problem]) -> pd.DataFrame:
    numeric = [name for name in sheet.header if any(PLAIN.fullmatch(cell) for cell in sheet.column(name)[:200])]
    try:
        chosen = price_column(sheet.header, (day, firm), numeric, price)
    except Undecided as choice:
        raise PriceFileError(f"{sheet.file}:{sheet.header_row}: {choice}") from None
    firms = sheet.column(firm)
    problems += [sheet.problem(i, firm, "is empty, expected a firm") for i, name in enumerate(firms) if not name]
    problems += _name_faults(sheet, firms, firm)
    column, faults = numbers(sheet.column(chosen), sheet.separator)
    problems += _number_problems(sheet, chosen, faults)
    if not problems:
        frame = pd.DataFrame({"day": values, "firm": firms, "price": column})
        problems += _twice(sheet, frame)
    if problems:
        raise PriceFileError.of(problems)
    return _indexed(frame.pivot(index="day", columns="firm", values="price"))


def _from_wide(sheet: Sheet, day: str, values: np.ndarray, problems: list[Problem]) -> pd.DataFrame:
    firms = []
    for name in sheet.header:
        if name == day:
            continue
        cells = sheet.column(name)
        if counts_rows(cells):
            sheet.notes.append(f"{sheet.file}: column {name or 'without a name'} holds row numbers and was left out")
            continue
        if not name:
            problems.append(
                Problem(sheet.file, sheet.header_row, "", "a column has cells but no name, expected the name of a firm")
            )
        firms.append(name)
    fields = fields_of_a_wide_file(firms)
    if fields:
        problems.append(
            Problem(
                sheet.file,
                sheet.header_row,
                "",
                f"columns {', '.join(fields[:6])} are fields of a price table, not firms; "
                "expected one column of adjusted prices a firm, or the columns date, firm, price",
            )
        )
    problems += _name_faults(sheet, firms, "")
    columns = {}
    for name in firms:
        columns[name], faults = numbers(sheet.column(name), sheet.separator)
        problems += _number_problems(sheet, name, faults)
        if faults and problems[-1].column == "":  # the form of the whole file is told once
            raise PriceFileError.of(problems)
    frame = pd.DataFrame({"day": values, "firm": "the file"})
    if not np.isnat(values).any():
        problems += _twice(sheet, frame)
    if problems:
        raise PriceFileError.of(problems)
    return _indexed(pd.DataFrame(columns, index=values))


def _twice(sheet: Sheet, frame: pd.DataFrame) -> list[Problem]:
    """A day that has two prices of one firm."""
    problems = []
    first = frame.drop_duplicates(["day", "firm"]).reset_index().set_index(["day", "firm"])["index"]
    for i in np.flatnonzero(frame.duplicated(["day", "firm"])):
        day, firm = frame["day"].iloc[i], frame["firm"].iloc[i]
        problems.append(
            sheet.problem(
                i,
                "",
                f"{firm} has two prices on {day:%Y-%m-%d}, also in row {sheet.numbers[first.loc[(day, firm)]]}; expected one a day",
            )
        )
    return problems


def _number_problems(sheet: Sheet, column: str, faults: dict[int, str]) -> list[Problem]:
    cells = sheet.column(column)
    if any("decimal comma" in fault for fault in faults.values()) and sheet.separator == ";":
        first = next(i for i, fault in faults.items() if "decimal comma" in fault)
        return [
            sheet.problem(
                first,
                "",
                f"{shown(cells[first])}: columns are separated by semicolons and numbers have decimal commas, "
                "expected commas between columns and decimal points; save as CSV UTF-8 with English number forms",
            )
        ]
    return [sheet.problem(i, column, f"{shown(cells[i])} {fault}") for i, fault in faults.items()]


def _name_faults(sheet: Sheet, firms: Sequence[str], column: str) -> list[Problem]:
    """Names with what nobody sees, and one name in two spellings: each would make two firms of one."""
    problems, spelt = [], {}
    for i, name in enumerate(firms):
        row = sheet.numbers[i] if column else sheet.header_row
        if name in spelt:
            continue
        if fault := hidden_fault(name):
            problems.append(Problem(sheet.file, row, column, f"{shown(name)} {fault}"))
        if other := next((known for known in spelt if known.casefold() == name.casefold()), ""):
            problems.append(
                Problem(
                    sheet.file,
                    row,
                    column,
                    f"{shown(name)} and {shown(other)} differ in capitals only, expected one spelling a firm",
                )
            )
        spelt[name] = i
    return problems


def _refuse_several_headers(sheet: Sheet) -> None:
    """Lines of names below the header: a row of data has a day or a number."""
    if not sheet.rows:
        return
    first = sheet.rows[0]
    if not any(PLAIN.fullmatch(cell) or is_day(cell) for cell in first) and not all(cell in MISSING for cell in first[1:]):
        names = ", ".join(cell for cell in first if cell)
        raise PriceFileError(
            f"{sheet.file}:{sheet.numbers[0]}: {shown(names)} is a second line of names below the header, expected one "
            "line of names, then rows of prices; keep one field (the adjusted close) and one line"
        )


def _parquet_sheet(path: Path) -> Sheet:
    """A Parquet file as text cells, each value written without loss: time stamps as their zone's clock shows them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        raise DataError([Problem(str(path), 0, "", "no such file" if not path.exists() else "is not a regular file")])
    try:
        frame = pq.ParquetFile(path).read().to_pandas()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(
            [Problem(str(path), 0, "", f"cannot be read as Parquet ({' '.join(str(error).split())[:120]}); is it complete?")]
        ) from None
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index(
            names=[name or ("date" if isinstance(frame.index, pd.DatetimeIndex) else "") for name in frame.index.names]
        )
    header = [str(name).strip() for name in frame.columns]
    if twice := [name for name in header if header.count(name) > 1]:
        raise DataError([Problem(str(path), 1, twice[0], "this column stands twice")])
    columns = [[_as_cell(value) for value in frame.iloc[:, place]] for place in range(len(header))]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return Sheet(str(path), header, 1, rows, list(range(2, len(rows) + 2)))


def _as_cell(value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    return repr(float(value)) if isinstance(value, (float, np.floating)) else str(value).strip()


def _indexed(table: pd.DataFrame) -> pd.DataFrame:
    table.index = pd.DatetimeIndex(table.index, name="day")
    table.columns = pd.Index([str(name) for name in table.columns])
    return table.sort_index()
