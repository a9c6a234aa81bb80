"""Coordinates in which the posterior is nearly a standard normal: where the sampler starts and along which axes it moves.

Two stages. A few Gauss-Newton steps find the mode with the spreads at their prior means. Then a normal distribution is fitted to
the posterior around it (the gradient and the curvature averaged over its own draws), because in many dimensions the mode is not
where
the posterior is. That changes how fast the posterior is sampled and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.sales.estimate.priors import SPREAD_SHAPE

STEP = 1e-6
MOST_STEPS = 12
SHORTEST = 1e-3  # of a full step
FIRST_SPENDING = 9.5  # log USD m, any sensible start
ENOUGH = 0.5  # squares: closer to the mode is no use
ROUNDS = 4
PAIRS = 2  # draws and their mirror images in a round
FARTHEST = 15.0  # length of the shift in one round, in standard deviations of the normal (which lies at the root of its dimensions)


def of(
    equations,
    y: np.ndarray,
    on: np.ndarray,
    variance: Callable[[np.ndarray], np.ndarray],
    *,
    bounded: bool = True,
    near: tuple[np.ndarray, np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Origin (n) and axes (n, n): unknowns = origin + axes @ coordinates.

    `variance` gives that of each observation from the spreads; `near` are origin and axes of similar data.
    """
    means = np.array(list(equations.priors.spreads.values()))
    spreads = equations.places["spread"]
    factor = SPREAD_SHAPE**0.5

    def parts(x: np.ndarray) -> tuple[np.ndarray, float]:
        """Residuals, whose squares are twice the negative log posterior, and what of it is no square."""
        found = equations.of(x)
        of_figure = variance(np.exp(x[spreads]))
        fit = on * (y - found["mean"]) / np.sqrt(of_figure)
        beyond = np.maximum(found["beyond"], 0.0) * bounded
        size = np.exp(x[spreads]) / means
        rest = found["log_scale"] + 0.5 * (on * np.log(of_figure)).sum() + (SPREAD_SHAPE * (size - 1 - np.log(size))).sum()
        return np.concatenate([found["z"], found["innovations"], fit, beyond]), float(rest)

    def slopes(x: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Residuals, their derivatives by the first `size` unknowns, and those of the rest."""
        residuals, rest = parts(x)
        ahead = [parts(x + STEP * unit) for unit in np.eye(len(x))[:size]]
        return (
            residuals,
            np.stack([(a - residuals) / STEP for a, _ in ahead], axis=1),
            np.array([(b - rest) / STEP for _, b in ahead]),
        )

    if near is None:
        x = np.zeros(equations.size)
        x[equations.places["share"]] = equations.priors.share_level[0]
        x[equations.places["level"]] = equations.priors.quantities["ratio_average"][0]
        x[equations.places["spending"]] = FIRST_SPENDING
        x[spreads] = np.log(means)
        x, curvature = _mode(x, spreads.start, parts, slopes)
        precision = np.zeros((equations.size, equations.size))
        precision[: spreads.start, : spreads.start] = curvature
        precision[spreads, spreads] = factor**2 * np.eye(len(means))
        gradient = None
    else:
        x, axes = near
        precision = np.linalg.inv(axes @ axes.T)
    rng, gradient = np.random.default_rng(0), np.zeros(equations.size)
    for turn in range(ROUNDS if near is None else 2):
        axes = _axes(precision)
        noise = rng.normal(size=(PAIRS, equations.size))
        found = [slopes(x + axes @ e, equations.size) for e in np.concatenate([noise, -noise])]
        gradient = np.mean([jacobian.T @ residuals + rest for residuals, jacobian, rest in found], axis=0)
        now = np.mean([jacobian.T @ jacobian for _, jacobian, _ in found], axis=0)
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


def _mode(x: np.ndarray, size: int, parts, slopes) -> tuple[np.ndarray, np.ndarray]:
    """The mode over the first `size` unknowns and the curvature there."""
    value = float((parts(x)[0] ** 2).sum())
    for _ in range(MOST_STEPS):
        residuals, jacobian, _ = slopes(x, size)
        curvature = jacobian.T @ jacobian
        move, length = np.zeros(len(x)), 1.0
        move[:size] = -np.linalg.solve(curvature, jacobian.T @ residuals)
        while (gain := value - float((parts(x + length * move)[0] ** 2).sum())) < 0 and length > SHORTEST:
            length /= 2
        if gain < ENOUGH:
            break
        x, value = x + length * move, value - gain
    return x, curvature
