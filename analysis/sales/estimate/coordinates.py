"""Coordinates in which the posterior is nearly a standard normal: where the sampler starts and along which axes it moves.

Two stages. A few Gauss-Newton steps find the mode with the spreads at their prior means. Then a normal distribution is fitted to
the posterior around it (the gradient and the curvature averaged over its own draws), because in many dimensions the mode is not
where the posterior is. That changes how fast the posterior is sampled and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.sales.estimate.priors import SPREAD_SHAPE

MOST_STEPS = 12
SHORTEST = 1e-3  # of a full step
FIRST_SPENDING = 9.5  # log USD m, any sensible start
ENOUGH = 0.5  # squares: closer to the mode is no use
ROUNDS = 4
PAIRS = 2  # draws and their mirror images in a round
FARTHEST = 15.0  # length of the shift in one round, in standard deviations of the normal (which lies at the root of its dimensions)

Parts = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def of(
    equations, parts: Parts, slopes: Parts, *, near: tuple[np.ndarray, np.ndarray] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Origin (n) and axes (n, n): unknowns = origin + axes @ coordinates.

    `parts` gives the residuals (m), whose squares are twice the negative log posterior, and what of it is no square; `slopes` the
    derivatives (m, n) and (n) of both. `near` are origin and axes of similar data.
    """
    means = np.array(list(equations.priors.spreads.values()))
    spreads = equations.places["spread"]
    if near is None:
        x = np.zeros(equations.size)
        x[equations.places["share"]] = equations.priors.share_level[0]
        x[equations.places["level"]] = equations.priors.quantities["ratio_average"][0]
        x[equations.places["spending"]] = FIRST_SPENDING
        x[spreads] = np.log(means)
        x, curvature = _mode(x, spreads.start, parts, slopes)
        precision = np.zeros((equations.size, equations.size))
        precision[: spreads.start, : spreads.start] = curvature
        precision[spreads, spreads] = SPREAD_SHAPE * np.eye(len(means))
    else:
        x, axes = near
        precision = np.linalg.inv(axes @ axes.T)
    rng = np.random.default_rng(0)
    for turn in range(ROUNDS if near is None else 2):
        axes = _axes(precision)
        noise = rng.normal(size=(PAIRS, equations.size))
        found = [(parts(at), slopes(at)) for at in (x + axes @ e for e in np.concatenate([noise, -noise]))]
        gradient = np.mean([jacobian.T @ residuals + rest for (residuals, _), (jacobian, rest) in found], axis=0)
        now = np.mean([jacobian.T @ jacobian for _, (jacobian, _) in found], axis=0)
        size = np.exp(x[spreads]) / means
        now[spreads, spreads] += SPREAD_SHAPE * np.diag(size)
        weight = 1 / (turn + 1 + (near is not None))  # later rounds refine what the earlier ones found
        precision = (1 - weight) * precision + weight * now
        shift = -np.linalg.solve(precision, gradient)
        length = np.sqrt(shift @ precision @ shift)
        x = x + shift * min(weight, FARTHEST / length)
    return x, _axes(precision)


def _axes(precision: np.ndarray) -> np.ndarray:
    return np.linalg.inv(np.linalg.cholesky(precision)).T


def _mode(x: np.ndarray, size: int, parts: Parts, slopes: Parts) -> tuple[np.ndarray, np.ndarray]:
    """The mode over the first `size` unknowns and the curvature there."""
    value = float((parts(x)[0] ** 2).sum())
    for _ in range(MOST_STEPS):
        residuals, jacobian = parts(x)[0], slopes(x)[0][:, :size]
        curvature = jacobian.T @ jacobian
        move, length = np.zeros(len(x)), 1.0
        move[:size] = -np.linalg.solve(curvature, jacobian.T @ residuals)
        while (gain := value - float((parts(x + length * move)[0] ** 2).sum())) < 0 and length > SHORTEST:
            length /= 2
        if gain < ENOUGH:
            break
        x, value = x + length * move, value - gain
    return x, curvature
