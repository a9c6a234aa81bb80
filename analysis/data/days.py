"""Days by explicit forms, one form a column, the local day of a time stamp kept.

A day is what stood on the calendar where the clock stood: `2019-05-16 00:00:00+08:00` is 16 May 2019, whatever the hour was in
Greenwich. The order of 02/01/2018 is taken from the whole column, or asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

DAYS_PER_MONTH = 365.25 / 12
EXPECTED = "expected a day as YYYY-MM-DD"
_CLOCK = (r"(?:[T ]\s?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:[ap]m)?\s?"
          r"(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?|[A-Z]{2,5})?(?:\[[\w/+-]+\])?)?")
_MONTHS = {
    name: i for i, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1)
}
_MONTHS |= {
    name: i
    for i, name in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"),
        start=1,
    )
}
_NAME = r"(?P<name>[A-Za-z]{3,9})\.?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
_FORMS = {  # name of the form: pattern with y, m, d (or a, b whose order is open)
    "ISO": re.compile(rf"(?P<y>\d{{4}})-(?P<m>\d{{2}})-(?P<d>\d{{2}}){_CLOCK}", re.ASCII | re.IGNORECASE),
    "YYYY/MM/DD": re.compile(rf"(?P<y>\d{{4}})[/.](?P<m>\d{{1,2}})[/.](?P<d>\d{{1,2}}){_CLOCK}", re.ASCII | re.IGNORECASE),
    "YYYYMMDD": re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:\.0)?", re.ASCII),
    "day and month in figures": re.compile(
        rf"(?P<a>\d{{1,2}})(?P<mark>[/.-])(?P<b>\d{{1,2}})(?P=mark)(?P<y>\d{{4}}){_CLOCK}", re.ASCII | re.IGNORECASE
    ),
    "day, month in letters": re.compile(
        rf"{_WEEKDAY}(?P<d>\d{{1,2}})[ -]{_NAME}[ ,-]+(?P<y>\d{{4}}){_CLOCK}", re.ASCII | re.IGNORECASE
    ),
    "month in letters, day": re.compile(rf"{_WEEKDAY}{_NAME} (?P<d>\d{{1,2}}),? (?P<y>\d{{4}}){_CLOCK}", re.ASCII | re.IGNORECASE),
}
_OPEN = "day and month in figures"
_GREENWICH = ("Z", "UTC", "GMT", "+00:00", "+0000", "+00")
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 70_000  # 1954 to 2091 as spreadsheets count days


def days(cells: Sequence[str]) -> tuple[np.ndarray, dict[int, str]]:
    """The column as datetime64[D], NaT where a cell is no day, and by place what is wrong with a cell, question included."""
    known = {cell: _parts(cell) for cell in dict.fromkeys(cells)}
    forms = Counter(known[cell][0] for cell in cells if known[cell])
    main = forms.most_common(1)[0][0] if forms else ""
    order, question = _order([parts for parts in known.values() if parts and parts[0] == _OPEN]) if _OPEN in forms else ("", "")
    answers = {cell: _day(cell, parts, main, order, question) for cell, parts in known.items()}
    if shifted := _shifted(known, answers):
        answers = {cell: (None, shifted) for cell in answers}
    values = np.array([answers[cell][0] or "NaT" for cell in cells], dtype="datetime64[D]")
    return values, {i: answers[cell][1] for i, cell in enumerate(cells) if answers[cell][1]}


def is_day(cell: str) -> bool:
    """Whether a cell has one of the forms of a day."""
    return _parts(cell) is not None


def _parts(cell: str) -> tuple[str, dict[str, str]] | None:
    for form, pattern in _FORMS.items():
        if found := pattern.fullmatch(cell):
            return form, found.groupdict()
    return None


def _order(open_days: Sequence[tuple[str, dict[str, str]]]) -> tuple[str, str]:
    """'day' or 'month', whichever stands first in the whole column, or the question that the column leaves open."""
    day_first = [parts for _, parts in open_days if int(parts["a"]) > 12]
    month_first = [parts for _, parts in open_days if int(parts["b"]) > 12]
    if all(int(parts["a"]) == int(parts["b"]) for _, parts in open_days):
        return "day", ""
    if bool(day_first) != bool(month_first):
        return ("day" if day_first else "month"), ""
    if day_first:
        return "", "stands in a column with days both before and after the month: which of them is which?"
    return "", "has the day or the month first? No number of the column is above 12, so that it cannot be known;"


def _day(cell: str, parts: tuple[str, dict[str, str]] | None, main: str, order: str, question: str) -> tuple[date | None, str]:
    """The day, and what is wrong."""
    if parts is None:
        return None, _why_no_day(cell)
    form, found = parts
    if form != main:
        return None, f"is written otherwise than the rest of the column ({main}), {EXPECTED} throughout"
    if form == _OPEN:
        if not order:
            return None, f"{question} {EXPECTED}"
        found = {**found, "d": found["a" if order == "day" else "b"], "m": found["b" if order == "day" else "a"]}
    month = found["m"] if "m" in found else _MONTHS.get(found["name"].lower(), 0)
    try:
        return date(int(found["y"]), int(month), int(found["d"])), ""
    except ValueError:
        return None, f"is not a day of the calendar, {EXPECTED}"


def _why_no_day(cell: str) -> str:
    if not cell:
        return f"is empty, {EXPECTED}"
    number = re.fullmatch(r"(\d+)(\.\d+)?", cell, re.ASCII)
    if number and _FIRST_SERIAL <= int(number[1]) <= _LAST_SERIAL:
        meant = date(1899, 12, 30) + timedelta(days=int(number[1]))
        return f"is the number by which a spreadsheet counts days (it would show {meant}), {EXPECTED}; save the column as dates"
    if number and len(number[1]) in (9, 10, 13, 16, 19):
        return f"is a count of seconds or smaller parts since 1970, {EXPECTED}"
    if re.fullmatch(r"\d{1,2}[/.-](\d{1,2}|[A-Za-z]{3})[/.-]\d{2}", cell, re.ASCII):
        return f"has a year of two digits, {EXPECTED}"
    return f"is not a day, {EXPECTED}"


def _shifted(known, answers) -> str:
    """Time stamps in Greenwich time on days of a weekend: the trading day is another one, and the file does not say which."""
    for cell, parts in known.items():
        zone = (parts[1].get("zone") or "").upper() if parts else ""
        day = answers[cell][0]
        if zone in _GREENWICH and not re.search(r"[T ]0?0:00(:00(\.0+)?)?\s?(Z|UTC|GMT|\+00)", cell) and day and day.weekday() > 4:
            return (
                f"is in Greenwich time, in which some days of the column fall on a weekend ({cell}): which day was it where the "
                f"exchange is? {EXPECTED}, or with the exchange's own offset"
            )
    return ""
