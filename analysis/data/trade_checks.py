"""Where two sources of trade, market or buyers' figures speak of one quantity: both values, the difference, which is used."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.data.loading import load_table


@dataclass(frozen=True)
class Pair:
    """Two series of a table for the same quantity and period; `used` says whose value enters a number, `why` the reason."""

    quantity: str
    table: str
    period: str
    series: str
    other: str
    used: str
    why: str
    geography: str = ""


FIRST, NEITHER = "the first", "neither enters a number"
_GACC = "the customs' own table beside the United Nations' copy of it"
_VINTAGE = "the newer release of the same analyst"
PAIRS = (
    *(
        Pair("China's imports of lithography and other HS 848620 machines", "china_imports", str(year), "CN_M_848620_W",
             "CN_M_848620_W_comtrade", NEITHER, _GACC)
        for year in range(2016, 2021)
    ),
    Pair("China's imports of chips", "china_imports", "2020", "CN_M_8542_W", "CN_M_IC_GACC", NEITHER,
         "all of HS 8542; the press counts integrated circuits as the customs name them"),
    Pair("US exports of chips to China", "us_exports", "2019", "US_X_8542_CN", "US_X_8542_CN_xcheck", FIRST,
         "months added up; the other is the printed year"),
    Pair("world market", "market_sales", "2022", "WSTS_ANN_WW", "SIA_ANN_WW", FIRST, "the statistics body; the other is rounded"),
    Pair("world market", "market_sales", "2024", "SIA_ANN_WW", "SIA_ANN_WW_v1", FIRST, "revised by the association"),
    Pair("China's market", "market_sales", "2024", "SIA_ANN_CN", "ECONOVIS_ANN_CN", FIRST,
         "chained from the association's growth; the other is from a secondary page"),
    Pair("China's share of US firms' sales", "us_industry", "2019", "USHQ_CN_SHARE_OF_SALES", "USHQ_CN_SHARE_OF_SALES_ALT", NEITHER,
         "two statements of the same association"),
    Pair("China's share of US firms' sales", "us_industry", "2022", "USHQ_CN_SHARE_OF_SALES", "USHQ_CN_SHARE_OF_SALES_ALT", NEITHER,
         "two reports of the same association"),
    Pair("Huawei's chip spending", "oem_demand", "2015", "GARTNER_TAM_v2017", "GARTNER_TAM_v2016", FIRST, _VINTAGE, "Huawei"),
    Pair("Huawei's chip spending", "oem_demand", "2016", "GARTNER_TAM_v2018", "GARTNER_TAM_v2017", FIRST, _VINTAGE, "Huawei"),
    Pair("Huawei's chip spending", "oem_demand", "2017", "GARTNER_TAM_v2019", "GARTNER_TAM_v2018", FIRST, _VINTAGE, "Huawei"),
    Pair("Huawei's chip spending", "oem_demand", "2021", "GARTNER_TAM_v2023", "GARTNER_TAM_v2022", FIRST, _VINTAGE, "Huawei"),
)


def compared(data_dir: str | None = None) -> pd.DataFrame:
    """A row a pair: quantity, period, value, other_value, unit, source, other_source, difference_pct (other over first), used, why.

    Widest difference first. `data_dir` as for `load_table`. Raises KeyError for a pair whose row is gone.
    """
    rows = []
    for pair in PAIRS:
        table = load_table(pair.table, data_dir)
        first, second = _row(table, pair, pair.series), _row(table, pair, pair.other)
        rows.append(
            {
                "quantity": pair.quantity,
                "period": pair.period,
                "value": first["value"],
                "other_value": second["value"],
                "unit": first["unit"],
                "source": first["source_id"],
                "other_source": second["source_id"],
                "difference_pct": 100 * (second["value"] / first["value"] - 1),
                "used": pair.used,
                "why": pair.why,
            }
        )
    return pd.DataFrame(rows).sort_values("difference_pct", key=abs, ascending=False, kind="stable").reset_index(drop=True)


def _row(table: pd.DataFrame, pair: Pair, series: str) -> pd.Series:
    found = table[(table["series_id"] == series) & (table["period"] == pair.period)]
    if pair.geography:
        found = found[found["geography"] == pair.geography]
    if len(found) != 1:
        raise KeyError(f"{series} {pair.period}: {len(found)} rows, expected one")
    return found.iloc[0]
