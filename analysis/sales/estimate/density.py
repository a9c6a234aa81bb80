"""The posterior as one function of the unknowns, with derivatives by JAX: compiled once, for any observed values and switches.

The text of the equations is that of the draws (:mod:`.equations`), with JAX's arrays in place of NumPy's. Double precision, one
thread: the chains are what runs in parallel.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from analysis.sales.estimate import coordinates, model
from analysis.sales.estimate.equations import Equations
from analysis.sales.estimate.priors import SPREAD_SHAPE

STUDENT_DEGREES = 4.0
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_cpu_enable_async_dispatch", False)  # a call takes less than handing it to another thread


class Density:
    """Log density of the unknowns and what its derivatives are needed for.

    The data of every function: `y` observed values (log scale), `on` a switch for each (0 or 1), `bounded` whether what suppliers
    say at most counts, `structure` the switches of :data:`.model.STRUCTURE`.
    """

    def __init__(self, equations: Equations) -> None:
        self.equations = equations
        self._residuals = jax.jit(partial(residuals, equations))
        self._slopes = jax.jit(jax.jacfwd(partial(residuals, equations)))
        self._value = jax.jit(jax.value_and_grad(partial(log_density, equations)))

    def start(
        self,
        y: np.ndarray | None = None,
        on: np.ndarray | None = None,
        *,
        bounded: bool = True,
        near: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> dict:
        """The data for other observed values and switches, with coordinates that suit them (`origin`, `axes`).

        `near` are the origin and the axes of similar data, from which the search for the new ones begins.
        """
        y = model.joined(model.observed(self.equations.inputs)) if y is None else y
        on = np.ones(len(y)) if on is None else on
        data = (jnp.asarray(y), jnp.asarray(on), jnp.asarray(float(bounded)))
        origin, axes = coordinates.of(
            self.equations,
            lambda x: _plain(self._residuals(x, *data)),
            lambda x: _plain(self._slopes(x, *data)),
            near=near,
        )
        return {"y": data[0], "on": data[1], "bounded": data[2], "origin": origin, "axes": axes}

    def at(self, u: np.ndarray, *, y, on, bounded, origin, axes, structure) -> tuple[float, np.ndarray]:
        """Log density and its slope at the coordinates `u` (size,) of the data of :meth:`start`."""
        value, slope = self._value(origin + axes @ u, y, on, bounded, structure)
        return float(value), np.asarray(slope) @ axes


def log_density(equations: Equations, x, y, on, bounded, structure):
    """Log posterior density of the unknowns up to a constant; with `structure[2]` the errors have Student's tails."""
    prior, fit, beyond, rest = _parts(equations, x, y, on, bounded, structure)
    square = fit**2
    tails = (STUDENT_DEGREES + 1) * jnp.log1p(square / STUDENT_DEGREES)
    errors = (1 - structure[2]) * square + structure[2] * tails
    return -0.5 * ((prior**2).sum() + errors.sum() + (beyond**2).sum()) - rest


def residuals(equations: Equations, x, y, on, bounded):
    """Residuals, whose squares are twice the negative log density with normal errors, and what of it is no square."""
    prior, fit, beyond, rest = _parts(equations, x, y, on, bounded, (1.0, 1.0))
    return jnp.concatenate([prior, fit, beyond]), rest


def _parts(equations: Equations, x, y, on, bounded, structure):
    """Residuals of the prior, the observations and the bounds, and the logarithms that belong to them."""
    inputs = equations.inputs
    means = np.array(list(inputs.priors.spreads.values()))
    found = equations.of(x, jnp, structure)
    figure = model.grade_factors(inputs) * found["spread"]["figure_sd"]
    variance = model.joined(model.errors_of(inputs)) ** 2 + figure**2
    size = jnp.exp(found["log_spread"]) / means
    rest = found["log_scale"] + 0.5 * (on * jnp.log(variance)).sum() + (SPREAD_SHAPE * (size - 1 - jnp.log(size))).sum()
    fit = on * (y - found["mean"]) / jnp.sqrt(variance)
    return jnp.concatenate([found["z"], found["innovations"]]), fit, bounded * jnp.maximum(found["beyond"], 0.0), rest


def _plain(found) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.asarray(part) for part in found)
