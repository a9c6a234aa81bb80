"""How wrong forecasts of chip sales were before 2019: the size of what the model leaves out.

The industry's own forecasts (WSTS, SIA) are set against what followed. Their error stands for everything that moves a part of the
market and is not policy; it is taken from years before those the model is scored on, so no outcome sets the width that covers it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

SCENARIO = "market_forecast_"
OUTCOME = "WSTS_ANN_WW"
LAST_YEAR = 2018


def forecast_errors(published: pd.DataFrame, market: pd.DataFrame) -> pd.DataFrame:
    """One row a forecast: forecaster, made, year, forecast and realised sales (US$ bn), years ahead, error in log points.

    published: published_results; market: market_sales. Only years up to 2018. Raises KeyError for a year without an outcome.
    """
    rows = published[published["scenario"].str.startswith(SCENARIO, na=False)]
    actual = market[market["series_id"] == OUTCOME].assign(year=lambda t: pd.to_numeric(t["period"])).set_index("year")["value"]
    years = pd.to_numeric(rows["baseline_year"]).astype(int)
    table = pd.DataFrame({
        "source_id": rows["source_id"], "forecaster": rows["authors"], "made": pd.to_numeric(rows["year"]).astype(int),
        "year": years,
        "forecast_usd_bn": rows["value"].astype(float), "realised_usd_bn": [float(actual[year]) for year in years],
    })
    table["years_ahead"] = table["year"] - table["made"]
    table["log_error"] = np.log(table["realised_usd_bn"] / table["forecast_usd_bn"])
    return table[table["year"] <= LAST_YEAR].reset_index(drop=True)


def error_per_year(errors: pd.DataFrame) -> float:
    """Standard deviation, in log points, of a random walk of one year with errors of this size.

    Squared errors over the years ahead, averaged within each year forecast and then over those years: several forecasts of one
    year share its surprise.
    """
    squared = errors["log_error"] ** 2 / errors["years_ahead"]
    return float(np.sqrt(squared.groupby(errors["year"]).mean().mean()))
