"""The registry of numbers: the only way a figure reaches a sentence, a table, a briefing or the JSON.

A chapter records each number once, with its unit, evidence class, date, method and sources. Everything else asks
for it by id. The evidence classes are those of the project: *reported* (printed by a source), *derived* (arithmetic
on reported figures), *estimated* (statistical inference), *modelled* (output of a scenario model), *judged* (an
assumption of the authors).
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path

from analysis import paths
from analysis.data.vocabulary import CLASSES

NUMBERS_READ_VARIABLE = "CHIP_NUMBERS_READ"   # a file to which each chapter whose numbers were read is appended, when set
NEEDS_INTERVAL = ("estimated", "modelled")
_LIST_END = b"\n]\n"
ID = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")

# unit → (text before, text after in the singular, text after in the plural)
UNITS: dict[str, tuple[str, str, str]] = {
    "USD bn": ("US$", " billion", " billion"),
    "USD m": ("US$", " million", " million"),
    "CNY bn": ("CNY ", " billion", " billion"),
    "%": ("", "%", "%"),
    "pp": ("", " percentage point", " percentage points"),
    "days": ("", " day", " days"),
    "months": ("", " month", " months"),
    "years": ("", " year", " years"),
    "jobs": ("", " job", " jobs"),
    "count": ("", "", ""),
    "ratio": ("", "", ""),
    "index": ("", "", ""),
    "multiple": ("", " times", " times"),
    "ppt": ("", " part per trillion", " parts per trillion"),
}


class NumberError(ValueError):
    """A number that may not be published as given; the message says which field and what was expected."""


@dataclass(frozen=True)
class Number:
    """One published quantity. `low`, `high` bound the interval of `level` per cent; all three are None when reported."""

    id: str
    label: str
    value: float
    unit: str
    cls: str
    as_of: str
    method: str
    sources: tuple[str, ...]
    page: str
    low: float | None = None
    high: float | None = None
    level: float | None = None
    figure: str | None = None
    digits: int = field(default=0)

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise NumberError(f"number {self.id!r}: " + "; ".join(problems))

    @property
    def anchor(self) -> str:
        """The fragment of the number's row on the numbers page."""
        return "n-" + self.id.replace(".", "-").replace("_", "-")

    @property
    def interval(self) -> str:
        """'8.1 to 10.2' in the number's own rounding, or an empty string."""
        if self.low is None or self.high is None:
            return ""
        return f"{format_bare(self.low, self.digits)} to {format_bare(self.high, self.digits)}"

    @property
    def bare(self) -> str:
        return format_bare(self.value, self.digits)

    @property
    def text(self) -> str:
        """The value with its unit as a sentence prints it: 'US$9.4 billion', '35.0%', '1,122 days'."""
        return format_value(self.value, self.unit, self.digits)

    @property
    def text_in_billions(self) -> str:
        """A dollar value of millions in billions, with one decimal place, for comparison with others in billions."""
        return format_value(self.value / 1000, "USD bn", 1) if self.unit == "USD m" else self.text

    @property
    def text_with_interval(self) -> str:
        return f"{self.text} ({self.level:g}% interval {self.interval})" if self.interval else self.text

    def contract(self, url: str) -> dict:
        """The row of `numbers.json` (fields fixed in the architecture's contract)."""
        return {
            "id": self.id, "label": self.label, "value": self.value, "low": self.low, "high": self.high,
            "level": self.level, "unit": self.unit, "class": self.cls, "as_of": self.as_of, "page": self.page,
            "url": url, "method": self.method, "sources": list(self.sources), "figure": self.figure,
        }


def _problems(n: Number) -> Iterable[str]:
    if not ID.fullmatch(n.id):
        yield "the id must be a dotted path of lower-case words, as in 'sales.customs.us_8542_cn.2022'"
    if n.cls not in CLASSES:
        yield f"class {n.cls!r} is not one of {', '.join(CLASSES)}"
    if n.unit not in UNITS:
        yield f"unit {n.unit!r} is not one of {', '.join(UNITS)}"
    if not isinstance(n.value, (int, float)) or not math.isfinite(n.value):
        yield f"value {n.value!r} is not a finite number"
    if not n.label.strip() or not n.method.strip():
        yield "label and method must not be empty"
    if not n.sources:
        yield "at least one source id is needed"
    try:
        dt.date.fromisoformat(n.as_of)
    except (TypeError, ValueError):
        yield f"as_of {n.as_of!r} is not a date (YYYY-MM-DD)"
    bounds = (n.low, n.high, n.level)
    given = [b for b in bounds if b is not None]
    if n.cls == "reported" and given:
        yield "a reported value has no interval: leave low, high and level out"
    elif n.cls in NEEDS_INTERVAL and len(given) < 3:
        yield f"an {n.cls} value needs low, high and level"
    elif given and len(given) < 3:
        yield "low, high and level come together"
    elif given and not (n.low <= n.value <= n.high):
        yield f"value {n.value} lies outside its interval {n.low} to {n.high}"


def format_bare(value: float, digits: int) -> str:
    """Group thousands, round half to even as Python does, use a true minus sign, never print '-0'."""
    text = f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def format_value(value: float, unit: str, digits: int) -> str:
    before, one, many = UNITS[unit]
    bare = format_bare(value, digits)
    after = one if bare.lstrip("−") == "1" else many
    if before and bare.startswith("−"):
        return f"−{before}{bare[1:]}{after}"
    return f"{before}{bare}{after}"


def write_run_numbers(path: Path, numbers: Iterable[Number]) -> None:
    """Write one chapter's numbers, in the order recorded, for the collecting step."""
    path.unlink(missing_ok=True)
    for n in numbers:
        append_run_number(path, n)


def append_run_number(path: Path, n: Number) -> None:
    """Add a number to the chapter's file, which is a whole JSON list after each; what stands there already is not written again."""
    row = json.dumps({f.name: getattr(n, f.name) for f in fields(n)}, ensure_ascii=False, indent=1).encode()
    with path.open("r+b" if path.exists() else "w+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-len(_LIST_END), os.SEEK_END)
            file.write(b",\n")
        else:
            file.write(b"[\n")
        file.write(row + _LIST_END)


def load_numbers(path: Path) -> dict[str, Number]:
    """Read numbers written by `write_run_numbers` or by the collecting step, by id."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {row["id"]: Number(**{**row, "sources": tuple(row["sources"])}) for row in rows}


def numbers_of(slug: str) -> dict[str, Number]:
    """The numbers of another chapter, by id, for a chapter that goes on from them: `numbers_of("rules")`.

    The name is written out, so that the build finds it and runs that chapter first. Raises FileNotFoundError when it was never run.
    """
    file = paths.RUNS / slug / "numbers.json"
    if not file.exists():
        raise FileNotFoundError(f"{file}: chapter {slug!r} has not been run; 'make book' runs it first")
    if record := os.environ.get(NUMBERS_READ_VARIABLE):
        with open(record, "a", encoding="utf-8") as stream:
            stream.write(f"{slug}\n")
    return load_numbers(file)
