"""Tables of the chapter on the estimate: by firm with links to the firms' pages, and beside the first edition."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from analysis import paths
from analysis.charts.linked_table import Linked, linked_table
from analysis.sales.estimate_figures import OBSERVED

FIRST_EDITION = "2026.11"
# Headline → why it moved, and an independent reckoning (US$ bn, low and high): a sum by hand of firms' China lines, headquarters
# figures and the buyers' side, made on the first edition's tables before this model was written. Judged; no model reads it.
RECKONED = {
    "sales.chinese_firms.2018.total": ("Total 2018", 52, 58, "the ratio no longer drifts from 2019; medians"),
    "sales.chinese_firms.2019.total": ("Total 2019", None, None, "own quarterly revenue; what Lenovo bought bounds Intel"),
    "sales.chinese_firms.2020.total": ("Total 2020", None, None, "own quarterly revenue; what Lenovo bought bounds Intel"),
    "sales.chinese_firms.2021.total": ("Total 2021", None, None, "Micron's fiscal years by its own quarters; Lenovo"),
    "sales.chinese_firms.2022.total": ("Total 2022", 66, 71, "Micron, Texas Instruments and Qualcomm keep both printed figures"),
    "sales.chinese_firms.2023.total": (
        "Total 2023",
        None,
        None,
        "Micron's fiscal years by its own quarters; Qualcomm's recast figure",
    ),
    "sales.chinese_firms.2024.total": ("Total 2024", 82, 86, "no growth from bought software; medians"),
    "sales.chinese_firms.2025.total": ("Total 2025", 80, 86, "printed figures of 2025; firms follow their own revenue; medians"),
    "sales.chinese_firms.2022.by_location": ("To addresses 2022", 96, 104, "restated and unprinted years follow own revenue"),
    "sales.firm.micron.2021.usd": ("Micron 2021", 5.0, 5.3, "fiscal years by own quarters: no year pays for its neighbour"),
    "sales.firm.micron.2023.usd": ("Micron 2023", 2.8, 3.1, "the same"),
    "sales.firm.micron.2024.usd": ("Micron 2024", 4.0, 4.2, "the same"),
    "sales.firm.qualcomm.2024.usd": ("Qualcomm 2024", 18, 19, "the printed figure is not loosened by its pair"),
    "sales.firm.nvidia.2025.usd": ("NVIDIA 2025", 20, 20, "quarters as printed"),
    "sales.firm.intel.2025.usd": ("Intel 2025", None, None, "its own flat revenue; no draw above what it sells"),
    "huawei.estimate.bought.2018": ("Huawei 2018", 7.5, 9.5, "inside the same model"),
    "huawei.estimate.bought.2019": ("Huawei 2019", 8, 11, "no series across releases; the company's figure is not an observation"),
    "huawei.estimate.bought.2021": ("Huawei 2021", 1.5, 4, "exits and licences"),
    "huawei.estimate.bought.2022": ("Huawei 2022", 1.5, 4, "exits and licences"),
}


def by_firm(estimate: Mapping[str, pd.DataFrame], year: int, firms: pd.DataFrame) -> str:
    """One year by firm, largest first, each firm a link to its page (HTML)."""
    table = estimate["firms"].query("year == @year")
    wide = table.pivot(index="firm", columns="quantity", values="value")
    own = table[table["quantity"] == "headquarters"].sort_values("value", ascending=False)
    slugs = firms.set_index("firm")["slug"]
    rows = [
        (
            Linked(row["firm"], f"firm-{slugs[row['firm']].replace('_', '-')}.html") if row["firm"] in slugs else row["firm"],
            row["product_class"],
            _span(row, 1),
            f"{wide.loc[row['firm'], 'location']:.1f}",
            f"{wide.loc[row['firm'], 'ratio']:.2f}",
            OBSERVED[row["observed_by"]],
        )
        for row in own.to_dict("records")
    ]
    head = ("Firm", "Assigned class", "To Chinese firms, US$ bn", "To addresses, US$ bn", "Ratio", f"Its filings of {year}")
    return linked_table(head, rows, f"Sales to Chinese firms by firm, {year}", numeric=head[2:5])


def since_first_edition(estimate: Mapping[str, pd.DataFrame]) -> str:
    """Headlines of the first edition beside those of now, the independent reckoning, and why each moved (HTML)."""
    then = {
        n["id"]: n
        for n in json.loads((paths.EDITIONS / FIRST_EDITION / "numbers.json").read_text(encoding="utf-8"))["numbers"]
    }
    now, rows = _now(estimate), []
    for number_id, (label, low, high, reason) in RECKONED.items():
        if number_id in then and number_id in now:
            digits = 1 if abs(now[number_id]["value"]) < 30 else 0
            reckoned = "–" if low is None else f"{low:g}" if low == high else f"{low:g} to {high:g}"
            rows.append((label, _span(then[number_id], digits), _span(now[number_id], digits), reckoned, reason))
    head = ("US$ billion", f"Edition {FIRST_EDITION}", "Now", "Reckoned by hand", "What changed")
    return linked_table(head, rows, "Headlines of the first edition and now, with 90% intervals", numeric=head[1:4])


def _now(estimate: Mapping[str, pd.DataFrame]) -> dict[str, dict]:
    keys = {"headquarters": "total", "location": "by_location"}
    totals = estimate["totals"][estimate["totals"]["quantity"].isin(keys)].to_dict("records")
    firms = estimate["firms"][estimate["firms"]["quantity"] == "headquarters"].to_dict("records")
    huawei = estimate["huawei"][estimate["huawei"]["quantity"] == "bought"].to_dict("records")
    return (
        {f"sales.chinese_firms.{r['year']}.{keys[r['quantity']]}": r for r in totals}
        | {f"sales.firm.{r['firm'].lower().replace(' ', '_')}.{r['year']}.usd": r for r in firms}
        | {f"huawei.estimate.bought.{r['year']}": r for r in huawei}
    )


def _span(row: Mapping, digits: int) -> str:
    return f"{row['value']:.{digits}f} ({row['low']:.{digits}f} to {row['high']:.{digits}f})"
