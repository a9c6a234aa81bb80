"""What the explorer's chapter calls: its numbers for the registry, its controls, its table."""

from __future__ import annotations

import math
from collections.abc import Mapping

from IPython.display import HTML, display

from analysis.explorer.markup import explorer_html, presets_table
from analysis.model.figures import MODEL_SOURCES
from analysis.model.summary import OUTPUTS
from analysis.registry.numbers import format_bare

COST = "pv_lost_sales_usd_bn"


def record_numbers(page, settings: Mapping, agreement: Mapping, as_of: str) -> None:
    """Record the numbers of the page's text."""
    preset = next(p for p in settings["presets"] if p["name"] == settings["default"])
    value, low, high = preset["results"]["prior"]["outputs"][COST]
    common = {"as_of": as_of, "sources": list(MODEL_SOURCES)}
    page.number(
        "explorer.opening.cost", value, low=low, high=high, level=settings["level"], unit=OUTPUTS[COST].unit, cls="modelled",
        label=f"{preset['label']}: {OUTPUTS[COST].label}", digits=1,
        method=f"Monthly simulation, {settings['draws']:,} draws of the prior; scenario {preset['name']} of data/scenarios.yml",
        **common,
    )
    counted = {
        "explorer.draws": (settings["draws"], "Draws of the explorer", "Draws of the prior, the same as in the chapters"),
        "explorer.agreement.points": (
            agreement["points"], "Random settings at which script and model are compared",
            "Seeded; every lever, and one parameter in four, drawn over the range of its control"),
        "explorer.agreement.quantities": (
            agreement["quantities"], "Quantities compared between script and model",
            "All outputs of the model's summary, and lost sales by year"),
    }
    for id, (count, label, method) in counted.items():
        page.number(id, count, label=label, method=method, unit="count", cls="derived", **common)
    page.number("explorer.level", settings["level"], label="Level of the explorer's intervals", method="Equal tails over the draws",
                unit="%", cls="derived", digits=0, **common)
    limit, digits = rounded_up(1e12 * agreement["tolerance"])
    page.number(
        "explorer.agreement.maximum", limit, unit="ppt", cls="derived", digits=digits,
        label="Largest difference between the explorer's script and the model that is published, of the quantity's size",
        method="The build compares every draw of every quantity and stops where one differs by more", **common,
    )
    largest, digits = rounded_up(1e12 * agreement["relative"])
    page.number(
        "explorer.agreement.largest", largest, unit="ppt", cls="derived", digits=digits,
        label="Largest difference between the explorer's script and the model, of the quantity's size",
        method="Of any draw of any quantity, relative to its largest value in the run or to one unit of its last printed digit; "
        f"rounded up; found in {agreement['quantity']}",
        **common,
    )


def rounded_up(value: float) -> tuple[float, int]:
    """A positive value rounded up to one significant digit, and the decimal places that print it."""
    if value <= 0:
        return 0.0, 0
    place = math.floor(math.log10(value))
    return math.ceil(value / 10.0**place - 1e-9) * 10.0**place, max(0, -place)


def show_explorer(settings: Mapping) -> None:
    """Display the controls with the first results."""
    display(HTML(explorer_html(settings)))


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
