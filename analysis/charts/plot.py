"""Vega-Lite specifications put together from layers of marks.

The forms of this package write Vega-Lite as it is, through the few functions below, instead of through Altair: a chart
of twenty small layers is ready in milliseconds, where Altair's copying and checking takes half a second. A
:class:`Plot` and an Altair chart are interchangeable in a :class:`~analysis.charts.figure.Figure`.

Reference: Vega-Lite 6, "View specification" and "Encoding".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.charts import theme

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


@dataclass(frozen=True)
class Plot:
    """A Vega-Lite view without its surroundings; `to_dict` adds schema, theme and the data sets, each once."""

    view: dict

    def to_dict(self) -> dict:
        """The complete specification."""
        datasets: dict[str, list[dict]] = {}
        return {"$schema": SCHEMA, "config": theme.configuration(), **_shared(self.view, datasets), "datasets": datasets}


def marks(kind: str, table: pd.DataFrame, channels: dict, **properties) -> dict:
    """One layer: a mark of `kind` for each row of `table`, with encoding `channels` and mark `properties`."""
    return {"data": {"values": records(table)}, "mark": {"type": kind, **properties}, "encoding": channels}


def layered(layers: Sequence[dict], width: float, height: float, **rest) -> Plot:
    """Layers over one another in a plot of `width` by `height` px."""
    return Plot({"layer": list(layers), "width": width, "height": height, **rest})


def below_one_another(plots: Sequence[Plot], spacing: float) -> Plot:
    """Plots stacked down the page, `spacing` px apart, their left edges aligned."""
    return Plot({"vconcat": [plot.view for plot in plots], "spacing": spacing})


def number(field: str, scale: dict | None = None, axis: dict | None = None) -> dict:
    """A position channel for numbers; no axis unless one is given."""
    return {"field": field, "type": "quantitative", "title": None, "axis": axis, **({"scale": scale} if scale else {})}


def linear(low: float, high: float) -> dict:
    """A linear scale over exactly this domain."""
    return {"domain": [low, high], "nice": False, "zero": False}


def fixed(value: float) -> dict:
    """A position in px."""
    return {"value": value}


def text(field: str) -> dict:
    """The text channel of a field."""
    return {"field": field, "type": "nominal"}


def literal(field: str) -> dict:
    """A colour or shape channel whose field holds the colour or the shape itself."""
    return {"field": field, "type": "nominal", "scale": None, "legend": None}


def records(table: pd.DataFrame) -> list[dict]:
    """Rows as JSON objects: dates in ISO form, missing values as null.

    >>> records(pd.DataFrame({"day": pd.to_datetime(["2019-05-16"]), "value": [float("nan")]}))
    [{'day': '2019-05-16T00:00:00', 'value': None}]
    """
    columns = {}
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            column = column.dt.strftime("%Y-%m-%dT%H:%M:%S")
        columns[name] = [None if missing else value for value, missing in zip(column.tolist(), column.isna(), strict=True)]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _shared(view: object, datasets: dict[str, list[dict]]) -> object:
    """A copy of `view` with inline values moved to `datasets` under a name made from their content."""
    if isinstance(view, list):
        return [_shared(part, datasets) for part in view]
    if not isinstance(view, dict):
        return view
    copy = {}
    for key, part in view.items():
        if key == "data" and "values" in part:
            name = "data-" + hashlib.sha256(json.dumps(part["values"]).encode()).hexdigest()[:12]
            datasets[name] = part["values"]
            copy[key] = {"name": name}
        else:
            copy[key] = _shared(part, datasets)
    return copy
