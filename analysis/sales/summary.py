"""The summary page's one chart: what US firms sold to Chinese firms by year, Huawei's part, and the newspaper's figure."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.charts import Figure
from analysis.charts.lines import lines
from analysis.data.named import named

TOTAL, HUAWEI, NEWSPAPER = "to all Chinese firms", "to Huawei", "newspaper, late 2019"


def sales_figure(estimate: Mapping[str, pd.DataFrame], facts: pd.DataFrame, newspaper_year: int = 2019) -> Figure:
    """The estimate of all sales and of those to Huawei with their bands, and the US$ bn a year that a newspaper printed.

    estimate: tables `totals` and `huawei` of the reconciled estimate; facts: the table of Huawei's figures.
    """
    parts = [_series(estimate["totals"].query("quantity == 'headquarters'"), TOTAL),
             _series(estimate["huawei"].query("quantity == 'bought'"), HUAWEI)]
    printed = named(facts, "newspaper")
    parts.append(pd.DataFrame({"Year": [newspaper_year], "Sold": [NEWSPAPER], "US$ billion": [float(printed["value"])],
                               "Low": [float("nan")], "High": [float("nan")], "Evidence": ["reported"]}))
    data = pd.concat(parts, ignore_index=True).round({"US$ billion": 1, "Low": 1, "High": 1})   # the title is rounded once
    total = parts[0].set_index("Year")
    first, last = total.index.min(), total.index.max()
    change = total.loc[last, "US$ billion"] / total.loc[2018, "US$ billion"] - 1
    word = "more" if change > 0 else "less"
    return Figure(
        id="summary-sales",
        title=f"US chip firms sold Chinese firms about US${total.loc[last, 'US$ billion']:.0f} billion in {last}, "
              f"{abs(change):.0%} {word} than in 2018",
        description=f"Lines with 90% bands, {first} to {last}: sales to all Chinese firms, from "
                    f"{total['US$ billion'].min():.0f} to {total['US$ billion'].max():.0f} billion US dollars, and those to "
                    f"Huawei, at most {parts[1]['US$ billion'].max():.0f}. A dot at {float(printed['value']):.0f} is the "
                    "newspaper's figure.",
        unit="US$ billion a year",
        source_ids=tuple(dict.fromkeys([*estimate["observations"]["source_id"], printed["source_id"]])),
        evidence=("reported", "estimated"),
        data=data,
        chart=lambda width: lines(
            data, width, x="Year", y="US$ billion", series="Sold", evidence="Evidence", low="Low", high="High"),
        note="Bands: 90% intervals. The newspaper counts other parts too; the lines, sales as chip firms file them.",
    )


def _series(table: pd.DataFrame, name: str) -> pd.DataFrame:
    table = table.sort_values("year")
    return pd.DataFrame({"Year": table["year"].astype(int).to_numpy(), "Sold": name, "US$ billion": table["value"].to_numpy(),
                         "Low": table["low"].to_numpy(), "High": table["high"].to_numpy(), "Evidence": "estimated"})
