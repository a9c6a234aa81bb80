"""The summary page's one chart: the published figures side by side, each with what it counts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.charts import Figure
from analysis.charts.dots import dots
from analysis.sales import lenses


def lenses_figure(tables: Mapping[str, pd.DataFrame], year: int) -> Figure:
    """All lenses with a figure for `year`, smallest first; `tables` as for :func:`analysis.sales.lenses.lens_table`."""
    table = lenses.lens_table(tables, year).sort_values("value_usd_bn")
    smallest, largest = table["value_usd_bn"].iloc[0], table["value_usd_bn"].iloc[-1]
    shown = pd.DataFrame(
        {
            "What is counted": table["counts"],
            "US$ billion": table["value_usd_bn"].round(2),
            "Evidence": table["evidence"],
            "What it leaves out": table["leaves_out"],
        }
    )

    def build(width: int):
        return dots(shown, width, category="What is counted", value="US$ billion", evidence="Evidence", zero=True)

    return Figure(
        id="summary-lenses",
        title=f"The published figures for {year} differ by a factor of {largest / smallest:.0f}: they count different things",
        description=f"Dot plot of {len(table)} published measures of US chip sales to China in {year}, in billions of US "
        f"dollars, from "
        f"{smallest:.1f} ({table['counts'].iloc[0].lower()}) to {largest:.1f} ({table['counts'].iloc[-1].lower()}).",
        unit="US$ billion",
        source_ids=tuple(dict.fromkeys(s for sources in table["sources"] for s in sources)),
        evidence=tuple(dict.fromkeys(table["evidence"])),
        data=shown,
        chart=build,
        note="The measures overlap and must not be added up. The headquarters basis covers only the firms that publish it.",
    )
