"""Numbers by explicit forms: digits with a decimal point, thousands commas where no other reading is possible. Nothing else.

`12.3M`, `50,25`, `(5)`, `inf` and digits of other scripts are each refused with their reason: a reader that tries its best turns
them into other numbers, or into holes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
MISSING = frozenset(("", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL", "None"))
EXPECTED = "expected a number such as 1234.5"
_REASONS = (
    (re.compile(r"[+-]?(inf(inity)?|∞)", re.IGNORECASE), "is not finite"),
    (re.compile(r"[+-]?\d+([.\s']\d{3})*,\d+", re.ASCII), "has a decimal comma"),
    (re.compile(r"[+-]?[\d.,]+\s?([kmbt]|mn|bn|mio|tsd)\.?", re.IGNORECASE | re.ASCII), "is shortened by a letter"),
    (re.compile(r"[+-]?[\d.,]+\s?%", re.ASCII), "is a percentage"),
    (re.compile(r"\([\d.,]+\)", re.ASCII), "is in brackets, as accounts write a negative amount"),
    (re.compile(r".*(dividend|split).*", re.IGNORECASE), "is a dividend or a split, not a price; take such rows out"),
    (re.compile(r"[^\w]*\d[\d.,]*[^\w]*|[A-Z]{2,3}\s?[\d.,]+|[\d.,]+\s?[A-Z]{3}"), "holds a currency or another sign"),
)


def numbers(cells: Sequence[str], separator: str = ",") -> tuple[np.ndarray, dict[int, str]]:
    """The column as float64, NaN where a cell is one of MISSING, and by place what is wrong with a cell.

    `separator` is that of the file: where it is no comma, a comma in a number may be a decimal mark.
    """
    values = np.full(len(cells), math.nan)
    faults: dict[int, str] = {}
    commas = _commas_are_thousands(cells, separator)
    for i, cell in enumerate(cells):
        if PLAIN.fullmatch(cell):
            values[i] = float(cell)
        elif THOUSANDS.fullmatch(cell) and commas:
            values[i] = float(cell.replace(",", ""))
        elif cell not in MISSING:
            faults[i] = f"{_reason(cell)}, {EXPECTED}"
            continue
        if math.isinf(values[i]):
            faults[i] = f"is not finite, {EXPECTED}"
    return values, faults


def _commas_are_thousands(cells: Sequence[str], separator: str) -> bool:
    """Whether a comma can only be a thousands mark: one number has two of them or a point after one, none has a decimal comma."""
    with_comma = [cell for cell in cells if "," in cell]
    sure = any(cell.count(",") > 1 or "." in cell for cell in with_comma if THOUSANDS.fullmatch(cell))
    # A column of whole thousands beside decimals below a thousand: 993.31 and 1,006.
    beside = separator == "," and any("." in cell and PLAIN.fullmatch(cell) for cell in cells)
    return (sure or beside) and all(THOUSANDS.fullmatch(cell) for cell in with_comma)


def _reason(cell: str) -> str:
    if THOUSANDS.fullmatch(cell):
        return "has a comma that may mean thousands or decimals"
    return next((reason for form, reason in _REASONS if form.fullmatch(cell)), "is not a number")
