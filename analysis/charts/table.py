"""A figure's data as a CSV file and as an HTML table, both with the values the chart draws."""

from __future__ import annotations

import html
from math import floor, isfinite, log10
from numbers import Integral, Real

import pandas as pd

from analysis.data.inert import as_csv_safe

CARDS_FROM, ACROSS_FROM = 4, 6   # columns from which a row is a card on a phone, a paragraph in print; each cell is then named


def data_csv(data: pd.DataFrame) -> str:
    """The table as CSV (UTF-8, `\\n`, ISO dates, seven digits); text that a spreadsheet would run is made harmless."""
    guarded = pd.DataFrame({as_csv_safe(str(name)): data[name].map(_csv_value) for name in data.columns})
    return guarded.to_csv(index=False, lineterminator="\n")


def data_table(data: pd.DataFrame) -> str:
    """The table as HTML: the first column heads the rows, numbers are aligned right and shown to four digits. Where there are many
    columns each cell carries the name of its own, for a narrow screen that shows a row as a card."""
    numeric = {name: pd.api.types.is_numeric_dtype(data[name]) and not pd.api.types.is_bool_dtype(data[name])
               for name in data.columns}
    years = {name: "year" in str(name).lower() for name in data.columns}
    first, *others = data.columns
    cards = len(data.columns) >= CARDS_FROM
    across = " cs-across" if len(data.columns) >= ACROSS_FROM else ""
    labels = {name: f' data-label="{html.escape(str(name), quote=True)}"' if cards else "" for name in others}
    head = "".join(f'<th scope="col"{_align(numeric[name])}>{html.escape(str(name))}</th>' for name in data.columns)
    body = "".join(
        f'<tr><th scope="row">{_cell(row[0], years[first])}</th>'
        + "".join(f"<td{_align(numeric[name])}{labels[name]}>{_cell(value, years[name])}</td>"
                  for name, value in zip(others, row[1:], strict=True)) + "</tr>"
        for row in data.itertuples(index=False, name=None))
    opening = f'<table class="cs-cards{across}">' if cards else "<table>"
    return f"{opening}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def shown(value: object, is_year: bool = False) -> str:
    """A value as a reader sees it: ISO date, thousands separated, four significant digits, minus sign, dash if missing.

    >>> shown(1122.0), shown(-0.182559), shown(2019, is_year=True), shown(float("nan"))
    ('1,122', '−0.1826', '2019', '–')
    """
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, Real) and not isfinite(value)):
        return "–"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_year and isinstance(value, Real) and value == int(value):
        return str(int(value))
    if isinstance(value, Integral):
        return f"{int(value):,}".replace("-", "−")
    if isinstance(value, Real):
        decimals = 0 if value == 0 else max(0, 3 - floor(log10(abs(value))))
        text = f"{float(value):,.{decimals}f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")
    return str(value)


def _cell(value: object, is_year: bool) -> str:
    return html.escape(shown(value, is_year))


def _align(numeric: bool) -> str:
    return ' class="cs-number"' if numeric else ""


def _csv_value(value: object) -> object:
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, Real) and not isinstance(value, Integral) and isfinite(value) and value != int(value):
        return float(f"{value:.7g}")
    return as_csv_safe(value) if isinstance(value, str) else value
