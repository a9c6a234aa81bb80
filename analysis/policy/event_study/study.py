"""The whole study as one table, in the shape of the shipped `event_study_car`.

Each firm, and an equal-weighted portfolio of each group, is set against each benchmark around each event. A portfolio's own
CAR comes from its return series; its cross-section tests come from its members' CARs; its placebo p-value from sliding the
event window through the estimation window.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.policy.event_study.market_model import ESTIMATION, WINDOWS, abnormal_returns, day_zero
from analysis.policy.event_study.significance import bmp_t, cross_section_t, kolari_pynnonen_t, placebo_p

COLUMNS = (
    "firm", "event_date", "event", "window", "benchmark", "car", "se", "t", "n_est", "day0", "expected_sign", "group",
    "n_firms", "t_cross_section", "t_bmp", "t_bmp_kp", "p_placebo", "flag",
)
ALL_FIRMS = "EW:ALL"


def window_label(window: tuple[int, int]) -> str:
    """(-1, 1) → '[-1,+1]', as in the shipped table."""
    return "[" + ",".join(f"{d:+d}" if d else "0" for d in window) + "]"


def run_event_study(
    returns: pd.DataFrame, benchmarks: pd.DataFrame, events: pd.DataFrame, groups: dict[str, list[str]] | None = None,
    windows: tuple[tuple[int, int], ...] = WINDOWS, estimation: tuple[int, int] = ESTIMATION,
) -> pd.DataFrame:
    """Run the study.

    Arguments
    ---------
    returns: (T, F) simple daily returns as fractions, index of trading days, one column a firm; NaN before a listing.
    benchmarks: (T, B) returns on the same days.
    events: columns `event_date`, `event`, optional `expected_sign`.
    groups: portfolio name → firms; default one portfolio of all firms, `EW:ALL`. A firm without returns around an event is
        left out of that event's portfolio, and `n_firms` says how many remain.

    Returns one row per firm or portfolio × event × window × benchmark with the columns of `event_study_car`.
    Raises IndexError when a window reaches outside the returns (use `prices.problems_with` first for readable messages).
    """
    groups = {ALL_FIRMS: list(returns.columns)} if groups is None else groups
    dates = returns.index.to_numpy("datetime64[D]")
    day0 = day_zero(dates, pd.to_datetime(events["event_date"]).to_numpy("datetime64[D]"))
    values, market = returns.to_numpy(float), benchmarks.to_numpy(float)
    firms = abnormal_returns(values, market, day0, windows, estimation)
    axes = _Axes(events, dates[day0], windows, list(benchmarks.columns), firms.n_est)
    parts = [axes.table(list(returns.columns), firms.car, firms.se, "FIRM")]
    for name, members in groups.items():
        parts.append(_portfolio_rows(axes, name, [returns.columns.get_loc(m) for m in members],
                                     values, market, day0, firms, windows, estimation))
    table = pd.concat(parts, ignore_index=True).reindex(columns=list(COLUMNS))
    return table[table["car"].notna()].reset_index(drop=True)


def _portfolio_rows(axes, name, columns, values, market, day0, firms, windows, estimation) -> pd.DataFrame:
    """Rows of one equal-weighted portfolio; its members are those with complete returns around each event."""
    car, scar = firms.car[..., columns], firms.t[..., columns]                    # (E, W, B, n)
    complete = np.isfinite(car).all(axis=(1, 2))                                  # (E, n)
    car = np.where(complete[:, None, None, :], car, np.nan)
    scar = np.where(complete[:, None, None, :], scar, np.nan)
    count = complete.sum(axis=1)
    correlation = np.empty((len(day0), market.shape[1]))
    own = np.full((*firms.car.shape[:3], 2), np.nan)
    p = np.full(firms.car.shape[:3], np.nan)
    for e, d0 in enumerate(day0):
        members = [c for c, ok in zip(columns, complete[e], strict=True) if ok]
        if not members:
            continue
        first = max(0, d0 + estimation[0])
        part, m = values[first:, members], market[first:]
        at = np.array([d0 - first])
        series = part.mean(axis=1, keepdims=True)
        result = abnormal_returns(series, m, at, windows, estimation)
        own[e, ..., 0], own[e, ..., 1] = result.car[0, ..., 0], result.se[0, ..., 0]
        p[e] = _placebo(series[:, 0], m, int(at[0]), windows, estimation, result.car[0, ..., 0])
        correlation[e] = abnormal_returns(part, m, at, windows, estimation).mean_correlation[0]
    t_bmp, t_cross = bmp_t(scar), cross_section_t(car)
    t_kp = kolari_pynnonen_t(t_bmp, correlation[:, None, :], count[:, None, None])
    rows = axes.table([name], own[..., :1], own[..., 1:], "PORTFOLIO")
    shape = p.shape
    for column, array in (("t_cross_section", t_cross), ("t_bmp", t_bmp), ("t_bmp_kp", t_kp), ("p_placebo", p),
                          ("n_firms", np.broadcast_to(count[:, None, None], shape))):
        rows[column] = np.asarray(array, float).reshape(-1)
    return rows


def _placebo(series, market, d0, windows, estimation, observed) -> np.ndarray:
    """Placebo p-values (W, B): the window slides through the estimation window, on that window's own market model."""
    first, last = d0 + estimation[0], d0 + estimation[1]
    y, x = series[first:last + 1], market[first:last + 1]
    xc = x - x.mean(axis=0)
    beta = (xc * (y - y.mean())[:, None]).sum(axis=0) / (xc**2).sum(axis=0)
    residual = (y - y.mean())[:, None] - beta * xc                                # (L, B)
    running = np.vstack([np.zeros(residual.shape[1]), residual.cumsum(axis=0)])
    out = np.empty(observed.shape)
    for w, (start, end) in enumerate(windows):
        k = end - start + 1
        out[w] = placebo_p(observed[w], (running[k:] - running[:-k]).T)
    return out


class _Axes:
    """The labels of the (E, W, B) axes, to turn arrays into rows."""

    def __init__(self, events: pd.DataFrame, day0: np.ndarray, windows, benchmarks: list[str], n_est: int) -> None:
        self.events, self.day0, self.benchmarks, self.n_est = events.reset_index(drop=True), day0, benchmarks, n_est
        self.windows = [window_label(w) for w in windows]

    def table(self, names: list[str], car: np.ndarray, se: np.ndarray, group: str) -> pd.DataFrame:
        """Rows in the order event, window, benchmark, name."""
        e, w, b, f = (g.reshape(-1) for g in np.meshgrid(*(np.arange(n) for n in car.shape), indexing="ij"))
        sign = self.events["expected_sign"].to_numpy() if "expected_sign" in self.events else np.full(len(self.events), "?")
        car, se = car.reshape(-1), se.reshape(-1)
        return pd.DataFrame({
            "firm": np.array(names, dtype=object)[f],
            "event_date": pd.to_datetime(self.events["event_date"]).to_numpy()[e],
            "event": self.events["event"].to_numpy()[e],
            "window": np.array(self.windows, dtype=object)[w],
            "benchmark": np.array(self.benchmarks, dtype=object)[b],
            "car": car, "se": se, "t": car / se, "n_est": self.n_est,
            "day0": self.day0.astype("datetime64[ns]")[e], "expected_sign": sign[e], "group": group, "flag": "",
        })
