"""Synthetic prices with a planted loss, and their value by arithmetic of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

EVENT = pd.Timestamp(2019, 5, 16)
FIRMS = ["SPY", "MU", "QCOM", "NVDA", "AVGO"]


@pytest.fixture(scope="session")
def prices() -> pd.DataFrame:
    """Four firms and a benchmark on the weekdays of 2018 and 2019; the firms lose about 5% on 16 May 2019. Four decimals."""
    random = np.random.default_rng(516)
    days = pd.bdate_range("2018-01-02", "2019-12-31", name="date")
    market = random.normal(0, 0.008, len(days))
    returns = np.column_stack([market, *(market + random.normal(0, 0.01, len(days)) for _ in FIRMS[1:])])
    returns[days.get_loc(EVENT), 1:] -= 0.05
    return pd.DataFrame((50 * np.cumprod(1 + returns, axis=0)).round(4), days, FIRMS)


@pytest.fixture(scope="session")
def loss(prices) -> float:
    """The mean abnormal return of the firms on the day, by ordinary least squares on returns 250 to 30 days before."""
    returns = (prices / prices.shift(1) - 1).iloc[1:]
    zero = returns.index.get_loc(EVENT)
    window = returns.iloc[zero - 250 : zero - 29]
    abnormal = []
    for firm in FIRMS[1:]:
        slope, level = np.polyfit(window["SPY"], window[firm], 1)
        abnormal.append(returns[firm].iloc[zero] - level - slope * returns["SPY"].iloc[zero])
    return float(np.mean(abnormal))


def wide(prices: pd.DataFrame, form="{:%Y-%m-%d}", separator=",", decimal=".", name="Date") -> list[list[str]]:
    """Records of a wide file."""
    rows = [
        [form.format(day), *(f"{value:.4f}".replace(".", decimal) for value in row)]
        for day, row in zip(prices.index, prices.to_numpy(), strict=True)
    ]
    return [[name, *prices.columns], *rows]


def text(records: list[list[str]], separator: str = ",") -> str:
    """Records as a CSV text; every cell with the separator quoted."""
    return "\n".join(separator.join(f'"{cell}"' if separator in cell else cell for cell in record) for record in records) + "\n"
