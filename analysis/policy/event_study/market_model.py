"""Market-model abnormal returns for all events, windows, benchmarks and firms at once.

Shapes: E events, L days of the estimation window, F firms, B benchmarks, W windows, T days in the returns table.

For firm f and benchmark b, ordinary least squares on the L days of the estimation window gives
r = α + β m + ε with residual variance s² on L − 2 degrees of freedom. Over a window of k days,

    CAR      = Σ (r − α − β m)
    Var(CAR) = s² [ k + k²/L + (Σ (m − m̄))² / Σ_est (m − m̄)² ]

The last two terms are the error of forecasting with estimated α and β (MacKinlay 1997, eq. 8; Patell 1976). Sums over the
estimation window are moments, so nothing is regressed in a loop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ESTIMATION = (-250, -30)            # trading days relative to day 0, both included: L = 221
WINDOWS = ((0, 0), (-1, 1), (0, 5), (0, 10))


@dataclass(frozen=True)
class MarketModel:
    """Least-squares results; arrays of shape (E, B, F) unless said otherwise.

    `residuals` (E, L, B, F) are kept for the cross-correlation adjustment. A firm with a missing return anywhere in an
    event's estimation window has NaN for that event.
    """

    alpha: np.ndarray
    beta: np.ndarray
    s2: np.ndarray
    market_mean: np.ndarray   # (E, B)
    market_sxx: np.ndarray    # (E, B)
    residuals: np.ndarray
    days: int                 # L


@dataclass(frozen=True)
class AbnormalReturns:
    """Cumulative abnormal returns; arrays (E, W, B, F). `t` has L − 2 degrees of freedom, `scar` is CAR ÷ its standard error."""

    car: np.ndarray
    se: np.ndarray
    mean_correlation: np.ndarray   # (E, B): average pairwise correlation of the estimation-window residuals
    n_est: int

    @property
    def t(self) -> np.ndarray:
        return self.car / self.se


def day_zero(dates: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Position in `dates` (sorted datetime64[D], length T) of the first trading day on or after each event; T when none."""
    return np.searchsorted(dates, events, side="left")


def estimate(returns: np.ndarray, market: np.ndarray, day0: np.ndarray, estimation: tuple[int, int] = ESTIMATION) -> MarketModel:
    """Fit the market model before each event.

    Arguments: `returns` (T, F) and `market` (T, B), simple daily returns (a fraction, not per cent); `day0` (E,) positions.
    Raises IndexError when an estimation window begins before the first day.
    """
    first, last = estimation
    if (day0 + first).min() < 0:
        raise IndexError("an estimation window begins before the first day of the returns")
    rows = day0[:, None] + np.arange(first, last + 1)[None, :]
    y, x = returns[rows], market[rows]                       # (E, L, F), (E, L, B)
    days = x.shape[1]
    x_mean, y_mean = x.mean(axis=1), y.mean(axis=1)
    xc, yc = x - x_mean[:, None, :], y - y_mean[:, None, :]
    sxx = np.einsum("elb,elb->eb", xc, xc)
    sxy = np.matmul(xc.transpose(0, 2, 1), yc)               # (E, B, F)
    beta = sxy / sxx[:, :, None]
    alpha = y_mean[:, None, :] - beta * x_mean[:, :, None]
    residuals = yc[:, :, None, :] - beta[:, None, :, :] * xc[:, :, :, None]
    s2 = np.einsum("elbf,elbf->ebf", residuals, residuals) / (days - 2)
    return MarketModel(alpha, beta, s2, x_mean, sxx, residuals, days)


def abnormal_returns(returns: np.ndarray, market: np.ndarray, day0: np.ndarray, windows: tuple[tuple[int, int], ...] = WINDOWS,
                     estimation: tuple[int, int] = ESTIMATION) -> AbnormalReturns:
    """Cumulative abnormal returns and their standard errors for every event × window × benchmark × firm.

    Raises IndexError when a window reaches beyond the last day, ValueError when a window overlaps the estimation window.
    """
    if min(w[0] for w in windows) <= estimation[1]:
        raise ValueError("an event window begins inside the estimation window")
    if (day0 + max(w[1] for w in windows)).max() >= len(returns):
        raise IndexError("an event window ends after the last day of the returns")
    model = estimate(returns, market, day0, estimation)
    cars, ses = [], []
    for first, last in windows:
        rows = day0[:, None] + np.arange(first, last + 1)[None, :]
        y_sum, x_sum, k = returns[rows].sum(axis=1), market[rows].sum(axis=1), last - first + 1
        cars.append(y_sum[:, None, :] - k * model.alpha - model.beta * x_sum[:, :, None])
        forecast = (x_sum - k * model.market_mean) ** 2 / model.market_sxx
        ses.append(np.sqrt(model.s2 * (k + k**2 / model.days + forecast)[:, :, None]))
    return AbnormalReturns(np.stack(cars, axis=1), np.stack(ses, axis=1), mean_correlation(model.residuals), model.days)


def mean_correlation(residuals: np.ndarray) -> np.ndarray:
    """Average pairwise correlation of firms' residuals (E, L, B, F) → (E, B); NaN with fewer than two firms.

    Uses Σ_{i≠j} ρ_ij = Σ_t (Σ_i z_it)² − n for residuals z scaled to unit length, so no F × F matrix is built. Firms with
    missing residuals are left out of their event.
    """
    length = np.sqrt(np.einsum("elbf,elbf->ebf", residuals, residuals))
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = residuals / length[:, None, :, :]
    present = np.isfinite(scaled).all(axis=1)                # (E, B, F)
    total = np.where(present[:, None], scaled, 0.0).sum(axis=3)
    n = present.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(n > 1, ((total**2).sum(axis=1) - n) / (n * (n - 1)), np.nan)
