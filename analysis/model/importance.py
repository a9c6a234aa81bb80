"""Adaptive importance sampling in normal scores, checked by Pareto smoothing.

Prior draws alone are too few where the evidence is far from the prior. So a normal proposal is fitted to the weighted
draws, round by round, with the likelihood tempered until each round keeps enough effective draws (population Monte Carlo:
Cappe, Guillin, Marin and Robert 2004). A share of each round still comes from the prior, which bounds the weights. The last
round's weights are Pareto-smoothed by ArviZ; its k says whether they can be trusted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

DEFENSIVE_SHARE = 0.1
INFLATION = 1.15
"""The proposal is a little wider than the fitted draws, so that its tails cover the target's."""


def adaptive_sample(
    log_likelihood: Callable[[np.ndarray], np.ndarray], dimension: int, size: int, seed: int, rounds: int = 6,
) -> tuple[np.ndarray, np.ndarray]:
    """Draws from (prior x likelihood), the prior being standard normal in each of `dimension` scores.

    log_likelihood: (size, dimension) -> (size,). Returns the last round's scores (size, dimension) and log weights (size,).
    """
    mean, covariance = np.zeros(dimension), np.eye(dimension)
    scores, log_weights = np.empty((size, dimension)), np.zeros(size)
    for number in range(rounds):
        rng = np.random.default_rng(np.random.SeedSequence([seed, number, 7]))
        root = np.linalg.cholesky(covariance)
        scores = rng.standard_normal((size, dimension))
        proposed = rng.random(size) >= DEFENSIVE_SHARE
        if number > 0:
            scores[proposed] = mean + _product(scores[proposed], root.T)
        log_prior = _log_normal(scores, np.zeros(dimension), np.eye(dimension))
        log_proposal = log_prior if number == 0 else np.logaddexp(
            np.log(1 - DEFENSIVE_SHARE) + _log_normal(scores, mean, covariance), np.log(DEFENSIVE_SHARE) + log_prior)
        likelihood = log_likelihood(scores)
        log_weights = log_prior + likelihood - log_proposal
        if number < rounds - 1:
            weights = tempered(log_prior - log_proposal, likelihood, floor=size / 8)
            mean = (weights[:, None] * scores).sum(axis=0)
            centred = scores - mean
            fitted = _product((centred * weights[:, None]).T, centred)
            # Shrink towards the diagonal: with a few hundred effective draws, small correlations are noise.
            covariance = INFLATION * (0.7 * fitted + 0.3 * np.diag(np.diag(fitted))) + 1e-6 * np.eye(dimension)
    return scores, log_weights


def tempered(log_base: np.ndarray, log_likelihood: np.ndarray, floor: float) -> np.ndarray:
    """Normalised weights of base x likelihood^power, with the largest power in (0, 1] that leaves `floor` effective draws."""
    low, high = 0.0, 1.0
    if effective_size(normalised(log_base + log_likelihood)) >= floor:
        low = 1.0
    else:
        for _ in range(30):
            middle = (low + high) / 2
            if effective_size(normalised(log_base + middle * log_likelihood)) >= floor:
                low = middle
            else:
                high = middle
    return normalised(log_base + low * log_likelihood)


def normalised(log_weights: np.ndarray) -> np.ndarray:
    """Weights that add up to 1."""
    weights = np.exp(log_weights - log_weights.max())
    return weights / weights.sum()


def effective_size(weights: np.ndarray) -> float:
    """Kish's effective sample size, 1 / sum of squared weights."""
    return float(1 / (weights**2).sum())


def systematic_resample(weights: np.ndarray, seed: int) -> np.ndarray:
    """(n,) indices drawn with systematic resampling (lowest variance of the counts), in random order."""
    n = len(weights)
    rng = np.random.default_rng(np.random.SeedSequence([seed, n]))
    positions = (rng.random() + np.arange(n)) / n
    return rng.permutation(np.minimum(np.searchsorted(np.cumsum(weights), positions), n - 1))


def _log_normal(x: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Log density without the constant of pi."""
    root = np.linalg.cholesky(covariance)
    standard = _product(x - mean, np.linalg.inv(root).T)
    return -0.5 * (standard**2).sum(axis=1) - np.log(np.diag(root)).sum()


def _product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a @ b in a fixed order of summation: the last bits of a BLAS product depend on the number of its threads."""
    return np.einsum("ij,jk->ik", a, b)
