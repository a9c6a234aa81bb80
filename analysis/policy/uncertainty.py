"""Do news-based uncertainty indices explain US chip output or capacity? A null, run live on the shipped series.

Definition of one regression: growth of output (or capacity) from month t to t + h, in log
points × 100, on the change of one log uncertainty index in month t (scaled to one standard deviation), with one lag of
monthly growth as control and Newey–West standard errors with h − 1 lags, at least four. Two outcomes × five indices × horizons of
1, 3, 6 and 12 months give forty. Differences, because the log indices wander too much for levels to be trusted.

`specification_curve` repeats the forty under other defensible definitions: the count depends on the choice, its size does not
rise above what so many tests give by chance except where twelve lags leave little to estimate from.
The indices are those of Baker, Bloom and Davis (2016, Quarterly Journal of Economics 131) and their Chinese relatives; the
outcomes are the Federal Reserve's G.17 index of production and capacity in NAICS 3344.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import statsmodels.api as sm

INDICES = ("EPU_US_NEWS", "EPU_US_CAT_TRADE", "EPU_US_CAT_NATSEC", "EPU_CN_MAINLAND", "EPU_CN_SCMP")
OUTCOMES = ("IND_IPG3344S", "IND_CAPG3344S")
HORIZONS_MONTHS = (1, 3, 6, 12)
LABELS = {
    "EPU_US_NEWS": "US, news-based", "EPU_US_CAT_TRADE": "US, trade policy", "EPU_US_CAT_NATSEC": "US, national security",
    "EPU_CN_MAINLAND": "China, mainland press", "EPU_CN_SCMP": "China, South China Morning Post",
    "IND_IPG3344S": "Output", "IND_CAPG3344S": "Capacity",
}
CHIP_RULE_MONTH = "2022-10"


def monthly_table(uncertainty: pd.DataFrame) -> pd.DataFrame:
    """The long table `uncertainty_monthly` as months × series (PeriodIndex, complete months, NaN where a series ends)."""
    wide = uncertainty.pivot(index="month", columns="series_id", values="value")
    wide.index = pd.PeriodIndex(wide.index, freq="M")
    return wide.reindex(pd.period_range(wide.index.min(), wide.index.max(), freq="M"))


def regressions(series: pd.DataFrame, differenced: bool = True, growth_lags: int = 1, first: str | None = None,
                last: str | None = None) -> pd.DataFrame:
    """The forty regressions; `series` from `monthly_table`.

    Returns columns `outcome`, `index`, `horizon_months`, `coefficient` (per cent growth per standard deviation), `se`, `t`, `n`.
    """
    logs = np.log(series.loc[first:last])
    rows = []
    for outcome, index, h in itertools.product(OUTCOMES, INDICES, HORIZONS_MONTHS):
        y, z = logs[outcome].to_numpy(), logs[index]
        growth = 100 * np.append(y[h:] - y[:-h], np.full(h, np.nan))
        monthly = 100 * np.append(np.nan, np.diff(y))
        lags = [np.append(np.full(lag, np.nan), monthly[:len(monthly) - lag]) for lag in range(growth_lags)]
        shock = (z.diff() if differenced else z).to_numpy()
        data = np.column_stack([growth, shock, *lags])
        data = data[np.isfinite(data).all(axis=1)]
        data[:, 1] = (data[:, 1] - data[:, 1].mean()) / data[:, 1].std(ddof=1)
        fit = sm.OLS(data[:, 0], sm.add_constant(data[:, 1:])).fit(cov_type="HAC", cov_kwds={"maxlags": max(h - 1, 4)})
        rows.append((outcome, index, h, fit.params[1], fit.bse[1], fit.tvalues[1], len(data)))
    return pd.DataFrame(rows, columns=["outcome", "index", "horizon_months", "coefficient", "se", "t", "n"])


def specification_curve(series: pd.DataFrame) -> pd.DataFrame:
    """Regressions with |t| > 2 under each definition; columns `differenced`, `growth_lags`, `first`, `tests`, `abs_t_above_2`."""
    rows = []
    for differenced, lags, first in itertools.product((True, False), (0, 1, 3, 12), (None, "2015-01")):
        result = regressions(series, differenced, lags, first)
        rows.append((differenced, lags, first or str(series.index[0]), len(result), int((result["t"].abs() > 2).sum())))
    return pd.DataFrame(rows, columns=["differenced", "growth_lags", "first", "tests", "abs_t_above_2"])


def trace_of_month(series: pd.DataFrame, month: str = CHIP_RULE_MONTH, before_months: int = 24) -> pd.DataFrame:
    """How unusual each index was in `month` and the month after, against the `before_months` before it.

    Returns columns `index`, `month`, `value`, `z` (standard deviations from the earlier mean) and `share_below_pct` (earlier months
    with a lower value).
    """
    start = pd.Period(month, "M")
    earlier = series.loc[start - before_months:start - 1, list(INDICES)]
    rows = []
    for when, index in itertools.product((start, start + 1), INDICES):
        value = series.loc[when, index]
        rows.append((index, str(when), value, (value - earlier[index].mean()) / earlier[index].std(),
                     100 * (earlier[index] < value).mean()))
    return pd.DataFrame(rows, columns=["index", "month", "value", "z", "share_below_pct"])
