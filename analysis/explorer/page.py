"""What the explorer's chapter calls: its numbers for the registry (their words: `book/numbers/explorer.yml`), controls, table."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from IPython.display import HTML, display

from analysis.explorer.markup import explorer_html, presets_table
from analysis.model.figures import MODEL_SOURCES
from analysis.model.summary import OUTPUTS
from analysis.policy.spells import limbo_spells
from analysis.policy.waits import waits_on_record
from analysis.registry.numbers import format_bare
from analysis.registry.quantity import Quantity
from analysis.registry.recorder import Recorder

COST = "pv_lost_sales_usd_bn"


def record_numbers(page: Recorder, settings: Mapping, agreement: Mapping, as_of: str) -> None:
    """Record the numbers of the page's text."""
    preset = next(p for p in settings["presets"] if p["name"] == settings["default"])
    value, *ends = preset["results"]["prior"]["outputs"][COST]
    page.record("explorer.opening.cost", Quantity(value, as_of, MODEL_SOURCES, *ends, settings["level"]), policy=preset["label"],
                output=OUTPUTS[COST].label, draws=settings["draws"], scenario=preset["name"])
    for key, count in {"draws": settings["draws"], "agreement.points": agreement["points"],
                       "agreement.quantities": agreement["quantities"], "level": settings["level"]}.items():
        page.record(f"explorer.{key}", Quantity(count, as_of, MODEL_SOURCES))
    limit, digits = rounded_up(1e12 * agreement["tolerance"])
    page.record("explorer.agreement.maximum", Quantity(limit, as_of, MODEL_SOURCES, digits=digits))
    largest, digits = rounded_up(1e12 * agreement["relative"])
    page.record("explorer.agreement.largest", Quantity(largest, as_of, MODEL_SOURCES, digits=digits),
                quantity=agreement["quantity"])


def rounded_up(value: float) -> tuple[float, int]:
    """A positive value rounded up to one significant digit, and the decimal places that print it."""
    if value <= 0:
        return 0.0, 0
    place = math.floor(math.log10(value))
    return math.ceil(value / 10.0**place - 1e-9) * 10.0**place, max(0, -place)


def show_explorer(settings: Mapping, policy_events: pd.DataFrame) -> None:
    """Display the controls with the first results, and how long files on record waited."""
    display(HTML(explorer_html({**settings, "waits": waits_on_record(limbo_spells(policy_events))})))


def show_presets(settings: Mapping) -> None:
    """Display the table of scenarios."""
    display(HTML(presets_table(settings)))


def cost_lines(settings: Mapping) -> str:
    """Lost sales of every scenario, rounded, a line each."""
    lines = []
    for preset in settings["presets"]:
        median, low, high = (format_bare(value, 0) for value in preset["results"]["prior"]["outputs"][COST])
        lines.append(f"{preset['label']}: {median} [{low}, {high}]")
    return "\n".join(lines)
