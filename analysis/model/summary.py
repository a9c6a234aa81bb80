"""Names, labels and units of the model's outputs, and their summary as median and 90% interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.model.outcome import Outcome

LEVEL = 90.0
"""Level of all the model's intervals in per cent: equal tails."""


@dataclass(frozen=True)
class Output:
    """How an output is called and printed."""

    label: str
    unit: str
    digits: int = 1


OUTPUTS: dict[str, Output] = {
    "pv_lost_sales_usd_bn": Output("Lost US sales, present value over ten years", "USD bn"),
    "pv_listed_usd_bn": Output("of which to the listed customer", "USD bn"),
    "pv_unlisted_usd_bn": Output("of which to other Chinese customers", "USD bn"),
    "pv_contagion_elsewhere_usd_bn": Output("of which to customers outside China", "USD bn"),
    "pv_second_round_usd_bn": Output("of which second round, through research", "USD bn"),
    "pv_retaliation_usd_bn": Output("of which Chinese retaliation", "USD bn"),
    "pv_diversion_usd_bn": Output("less sales won through rivals of denied customers", "USD bn"),
    "pv_timing_usd_bn": Output("Listed customer: timing of orders", "USD bn"),
    "pv_waiting_usd_bn": Output("Listed customer: sales that waited for a licence", "USD bn"),
    "pv_sockets_usd_bn": Output("Listed customer: sockets lost", "USD bn"),
    "pv_forbidden_listed_usd_bn": Output("Listed customer: sales forbidden by a clear rule", "USD bn"),
    "pv_contagion_usd_bn": Output("Contagion to customers no rule names", "USD bn"),
    "lost_sales_year_5_usd_bn": Output("Lost US sales in year 5", "USD bn"),
    "us_share_change_year_5_pp": Output("Change of the US share of world sales in year 5", "pp"),
    "us_share_change_year_10_pp": Output("Change of the US share of world sales in year 10", "pp"),
    "pv_rd_lost_usd_bn": Output("US research not done, present value over ten years", "USD bn"),
    "rd_lost_year_5_usd_bn": Output("US research not done in year 5", "USD bn"),
    "pv_capex_lost_usd_bn": Output("US capital spending not made, present value over ten years", "USD bn"),
    "jobs_lost_year_5": Output("Direct US jobs lost in year 5", "jobs", 0),
    "jobs_lost_year_10": Output("Direct US jobs lost in year 10", "jobs", 0),
    "job_years_lost": Output("Job-years lost over ten years", "jobs", 0),
    "rd_abroad_year_10_usd_bn": Output("Change of US research done abroad by year 10", "USD bn"),
    "china_self_sufficiency_year_10_pct": Output("China's chip self-sufficiency in year 10", "%"),
    "denied_months_listed": Output("Months of denied access, listed customer", "months"),
    "denied_months_chinese": Output("Months of denied access, all Chinese customers", "months"),
    "legally_denied_months_listed": Output("Months of denied access before stocks are counted", "months"),
}

HEADLINES = ("pv_lost_sales_usd_bn", "us_share_change_year_10_pp", "pv_rd_lost_usd_bn", "jobs_lost_year_5",
             "denied_months_listed", "denied_months_chinese")
"""Outputs of which the sensitivity analysis is shown."""


def interval(values: np.ndarray, level: float = LEVEL) -> tuple[float, float, float]:
    """Median, lower and upper end of the central interval over the draws."""
    tail = (100 - level) / 2
    low, median, high = np.percentile(values, [tail, 50, 100 - tail])
    return float(median), float(low), float(high)


def summarise(headline: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """One row an output: name, label, unit, median, low, high, level."""
    rows = []
    for name, output in OUTPUTS.items():
        median, low, high = interval(headline[name])
        rows.append({"output": name, "label": output.label, "unit": output.unit, "median": median, "low": low, "high": high,
                     "level": LEVEL})
    return pd.DataFrame(rows)


def yearly(outcome: Outcome, first_year: int = 1) -> pd.DataFrame:
    """Median and interval by year of lost sales, US share, research ratio, jobs and self-sufficiency."""
    series = {"lost_sales_usd_bn": outcome.losses_by_year.sum(axis=0), **outcome.by_year}
    rows = []
    for name, values in series.items():
        for year, row in enumerate(values):
            median, low, high = interval(row)
            rows.append({"quantity": name, "year": first_year + year, "median": median, "low": low, "high": high})
    return pd.DataFrame(rows)
