"""Small figures of every form, for the tests of charts; the values are made up."""

from __future__ import annotations

from collections.abc import Iterator

import altair as alt
import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.bars import bars
from analysis.charts.dots import dots
from analysis.charts.dumbbell import dumbbell
from analysis.charts.lines import lines
from analysis.charts.slope import slope
from analysis.charts.small_multiples import small_multiples
from analysis.charts.waterfall import waterfall

CLASSES = ("reported", "derived", "estimated", "modelled", "judged")
ROWS = pd.DataFrame({
    "Name": ["First firm", "Second firm", "A third one with a remarkably long name", "Fourth", "Fifth"],
    "Sales, US$ bn": [14.2, 9.5, -3.1, 4.4, 1.2], "Low": [None, None, -4.0, 3.2, 0.5], "High": [None, None, -2.0, 6.0, 2.5],
    "Before": [12.0, 8.0, 3.0, 4.0, 0.7], "Evidence": CLASSES,
})
YEARS = pd.concat([
    pd.DataFrame({"Year": range(2015, 2027), "Value": [base + step * 1.5 for step in range(12)], "Series": name, "Evidence": cls})
    for name, base, cls in (("Ship-to China", 20.0, "reported"), ("Chinese firms", 12.0, "estimated"),
                            ("If settled", 15.0, "modelled"))
]).assign(Low=lambda d: d["Value"] * 0.8, High=lambda d: d["Value"] * 1.2)
STEPS = pd.DataFrame({
    "Step": ["Filings", "Foreign plants in China", "Through Hong Kong", "To Chinese firms"], "Change": [70.0, -28.0, 6.0, 48.0],
    "Total": [True, False, False, True], "Low": [None, -35.0, 4.0, 41.0], "High": [None, -21.0, 9.0, 55.0],
    "Evidence": ["reported", "estimated", "derived", "estimated"],
})
POLICY = pd.DataFrame({"date": [2018.3, 2019.4, 2020.4], "label": ["Denial order", "Firm listed", "Rule widened"]})

INTERVAL = {"low": "Low", "high": "High", "evidence": "Evidence"}
FORMS = {
    "bars": (ROWS, lambda w: bars(ROWS, w, category="Name", value="Sales, US$ bn", number_format=",.1f", **INTERVAL,
                                  colours={"Fourth": theme.hatch(theme.CONTRAST)})),
    "dots": (ROWS, lambda w: dots(ROWS, w, category="Name", value="Sales, US$ bn", reference=0, **INTERVAL)),
    "dumbbell": (ROWS, lambda w: dumbbell(ROWS, w, category="Name", first="Before", second="Sales, US$ bn",
                                          first_evidence="Evidence", second_evidence="Evidence", first_name="By shipment",
                                          second_name="By buyer")),
    "lines": (YEARS, lambda w: lines(YEARS, w, x="Year", y="Value", series="Series", policy=POLICY, **INTERVAL)),
    "slope": (ROWS, lambda w: slope(ROWS, w, category="Name", start="Before", end="Sales, US$ bn", start_evidence="Evidence",
                                    end_evidence="Evidence", start_name="2018", end_name="2024",
                                    colours={"First firm": theme.ACCENT})),
    "small_multiples": (YEARS, lambda w: small_multiples(YEARS, w, panel="Series", x="Year", y="Value", **INTERVAL)),
    "waterfall": (STEPS, lambda w: waterfall(STEPS, w, step="Step", change="Change", total="Total", **INTERVAL)),
}


def figure(form: str = "bars", **changes) -> Figure:
    """A complete figure of the form; `changes` replace its parts."""
    data, build = FORMS[form]
    parts = {"id": f"example-{form.replace('_', '-')}", "title": "One firm sells more than the others together",
             "description": "Five rows, from 14.2 down to −3.1; the intervals of the last three overlap.", "unit": "US$ billion",
             "source_ids": ("filings", "customs"), "evidence": CLASSES, "data": data, "chart": build}
    return Figure(**{**parts, **changes})


def plot(form: str, width: int) -> alt.TopLevelMixin:
    """The form's chart at a width."""
    return FORMS[form][1](width)


def layers(chart) -> Iterator[tuple[dict, dict, list[dict]]]:
    """Mark, encoding and rows of each layer of a chart, whichever way it was written."""
    specification = chart.to_dict()
    sets = specification.get("datasets", {})

    def walk(view: dict, above: dict) -> Iterator[tuple[dict, dict, list[dict]]]:
        data = view.get("data", above)
        for part in [*view.get("layer", []), *view.get("vconcat", []), *view.get("hconcat", []), *view.get("concat", [])]:
            yield from walk(part, data)
        if "mark" in view:
            mark = view["mark"] if isinstance(view["mark"], dict) else {"type": view["mark"]}
            yield mark, view.get("encoding", {}), data.get("values") or sets.get(data.get("name"), [])

    yield from walk(specification, {})
