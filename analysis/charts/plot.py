"""What the forms of this package share in Altair's terms: exact scales, position channels without an axis, layers of a size.

Altair checks each part of a chart against Vega-Lite's schema as it is made, which takes most of its time. The book is built
without that (:func:`unchecked`); the tests of the forms build them with it.

Reference: Vega-Lite 6, "View specification" and "Encoding".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import altair as alt
import pandas as pd
from altair.utils import schemapi

from analysis.charts import theme


@alt.theme.register("chip_stalemate", enable=True)
def _theme() -> alt.theme.ThemeConfig:
    return alt.theme.ThemeConfig(config=theme.configuration())


@contextmanager
def unchecked() -> Iterator[None]:
    """Charts that are made inside are not checked against the schema of Vega-Lite, and their tables become rows as they are."""
    with schemapi.debug_mode(False), alt.data_transformers.enable("rows"):
        yield


def rows_of(table: pd.DataFrame | dict) -> dict:
    """The values of a chart's table as JSON objects: dates in ISO form, what is missing or infinite as null.

    >>> rows_of(pd.DataFrame({"day": pd.to_datetime(["2019-05-16"]), "value": [float("nan")], "price": [float("inf")]}))
    {'values': [{'day': '2019-05-16T00:00:00', 'value': None, 'price': None}]}
    """
    if not isinstance(table, pd.DataFrame):
        return table
    columns = {}
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            column = column.dt.strftime("%Y-%m-%dT%H:%M:%S")
        elif pd.api.types.is_float_dtype(column):
            column = column.where(column.abs() < float("inf"))
        columns[str(name)] = [None if gone else value for value, gone in zip(column.tolist(), column.isna(), strict=True)]
    return {"values": [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]}


alt.data_transformers.register("rows", rows_of)


def linear(low: float, high: float) -> alt.Scale:
    """A linear scale over exactly this domain."""
    return alt.Scale(domain=[low, high], nice=False, zero=False)


def across(field: str, scale: alt.Scale, axis: dict | None = None) -> alt.X:
    """A position across the page for numbers; no axis unless one is given."""
    return alt.X(field=field, type="quantitative", title=None, axis=axis, scale=scale)


def down(field: str, scale: alt.Scale, axis: dict | None = None) -> alt.Y:
    """A position down the page for numbers; no axis unless one is given."""
    return alt.Y(field=field, type="quantitative", title=None, axis=axis, scale=scale)


def written(field: str) -> alt.Text:
    """The text of a text mark."""
    return alt.Text(field=field, type="nominal")


def tip(field: str) -> alt.Tooltip:
    """What the pointer shows, one line of text."""
    return alt.Tooltip(field=field, type="nominal")


def layered(layers: Sequence[alt.Chart], width: float, height: float) -> alt.LayerChart:
    """Layers over one another in a plot of `width` by `height` px."""
    return alt.layer(*layers, width=width, height=height)
