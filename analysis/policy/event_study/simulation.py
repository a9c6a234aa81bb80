"""How often each test cries wolf: rejection rates on synthetic returns in which nothing happens on the event days.

Used by the tests, and by the chapter to show why the plain tests cannot be believed when firms move together.
"""

from __future__ import annotations

import numpy as np

from analysis.policy.event_study.market_model import abnormal_returns
from analysis.policy.event_study.significance import bmp_t, kolari_pynnonen_t, patell_z, two_sided_p


def synthetic_returns(
    days: int, firms: int, benchmarks: int = 1, correlation: float = 0.0, seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Simple returns (days, firms) and (days, benchmarks): beta 1.1 on the first benchmark, daily noise of 2%, equicorrelated."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0003, 0.01, (days, benchmarks))
    common = rng.standard_normal((days, 1))
    noise = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * rng.standard_normal((days, firms))
    return 0.0002 + 1.1 * market[:, :1] + 0.02 * noise, market


def rejection_rates(
    correlation: float, events: int = 1000, firms: int = 22, seed: int = 0, level: float = 0.05,
) -> dict[str, float]:
    """Shares of events without effect on which each test rejects at `level`, over [−1,+1].

    Keys: `firm` (single firms' t), `portfolio` (t of the equal-weighted portfolio), `patell`, `bmp`, `kp`.
    """
    returns, market = synthetic_returns(events * 4 + 300, firms, correlation=correlation, seed=seed)
    day0 = np.random.default_rng(seed + 1).choice(np.arange(260, len(returns) - 12), events, replace=False)
    result = abnormal_returns(returns, market, day0, ((-1, 1),))
    t = result.t[:, 0, 0, :]
    bmp = bmp_t(t)
    kp = kolari_pynnonen_t(bmp, result.mean_correlation[:, 0], np.full(events, firms))
    own = abnormal_returns(returns.mean(axis=1, keepdims=True), market, day0, ((-1, 1),)).t[:, 0, 0, 0]
    degrees = result.n_est - 2

    def rate(statistic: np.ndarray, degrees_of_freedom: float = np.inf) -> float:
        return float((two_sided_p(statistic, degrees_of_freedom) < level).mean())

    return {"firm": rate(t, degrees), "portfolio": rate(own, degrees), "patell": rate(patell_z(t, result.n_est)),
            "bmp": rate(bmp, firms - 1), "kp": rate(kp, firms - 1)}
