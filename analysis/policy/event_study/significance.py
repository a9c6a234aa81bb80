"""Is a portfolio's abnormal return more than noise? Tests in increasing order of caution, all along the last axis (firms).

A policy date hits all firms on one day. Their abnormal returns are correlated, so N firms are far fewer than N observations:
Patell's and the plain cross-section test reject much too often. Kolari and Pynnönen scale the Boehmer–Musumeci–Poulsen
statistic by the average residual correlation; the placebo distribution asks the data what a day without an event looks like.

Sources: Patell (1976, Journal of Accounting Research 14); Boehmer, Musumeci and Poulsen (1991, Journal of Financial Economics
30); Kolari and Pynnönen (2010, Review of Financial Studies 23); Romano and Wolf (2005, Econometrica 73); Holm (1979,
Scandinavian Journal of Statistics 6); Benjamini and Hochberg (1995, Journal of the Royal Statistical Society B 57).
"""

from __future__ import annotations

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests


def patell_z(scar: np.ndarray, n_est: int) -> np.ndarray:
    """Patell's Z of standardised CARs (…, F): standard normal under independence across firms."""
    n = np.isfinite(scar).sum(axis=-1)
    scale = np.sqrt((n_est - 2) / (n_est - 4))      # standard deviation of Student's t with n_est − 2 degrees of freedom
    return np.nansum(scar, axis=-1) / (np.sqrt(n) * scale)


def bmp_t(scar: np.ndarray) -> np.ndarray:
    """Boehmer–Musumeci–Poulsen t of standardised CARs (…, F): robust to variance that rises on the event day.

    NaN firms are left out; fewer than two firms give NaN.
    """
    present = np.isfinite(scar)
    n = present.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(present, scar, 0.0).sum(axis=-1) / n
        variance = (np.where(present, scar - mean[..., None], 0.0) ** 2).sum(axis=-1) / (n - 1)
        return mean / np.sqrt(variance / n)


def cross_section_t(car: np.ndarray) -> np.ndarray:
    """Plain cross-section t of unscaled CARs (…, F)."""
    return bmp_t(car)


def kolari_pynnonen_t(t_bmp: np.ndarray, mean_correlation: np.ndarray, n: np.ndarray) -> np.ndarray:
    """BMP t adjusted for cross-correlation: t √((1 − r̄) / (1 + (n − 1) r̄)).

    A negative average correlation is taken as zero: the adjustment only ever makes the test more cautious.
    """
    r = np.clip(mean_correlation, 0.0, 1.0)
    return t_bmp * np.sqrt((1 - r) / (1 + (n - 1) * r))


def implied_correlation(t_bmp: np.ndarray, t_kp: np.ndarray, n: np.ndarray) -> np.ndarray:
    """The average residual correlation that turns `t_bmp` into `t_kp`: the inverse of `kolari_pynnonen_t`."""
    ratio2 = (np.asarray(t_kp) / np.asarray(t_bmp)) ** 2
    return (1 - ratio2) / (1 + (np.asarray(n) - 1) * ratio2)


def two_sided_p(t: np.ndarray, degrees_of_freedom: float | np.ndarray = np.inf) -> np.ndarray:
    """Two-sided p-value of Student's t; standard normal for infinite degrees of freedom."""
    return 2 * stats.t.sf(np.abs(t), degrees_of_freedom)


def placebo_p(observed: np.ndarray, placebo: np.ndarray) -> np.ndarray:
    """Two-sided placebo p-value along the last axis of `placebo` (…, n): (1 + #{|placebo| ≥ |observed|}) / (1 + n).

    The added one keeps the p-value above zero: n placebo days cannot show anything rarer than one in n + 1 (Phipson and
    Smyth 2010, Statistical Applications in Genetics and Molecular Biology 9).
    """
    as_large = (np.abs(placebo) >= np.abs(observed)[..., None]).sum(axis=-1)
    return (1 + as_large) / (1 + placebo.shape[-1])


def adjust(p: np.ndarray, method: str = "holm") -> np.ndarray:
    """p-values adjusted for testing all of them together; `method` 'holm' (family-wise) or 'fdr_bh' (false discoveries).

    NaN stays NaN and does not count as a test.
    """
    p = np.asarray(p, float)
    adjusted = np.full(p.shape, np.nan)
    tested = np.isfinite(p)
    if tested.any():
        adjusted[tested] = multipletests(p[tested], method=method)[1]
    return adjusted
