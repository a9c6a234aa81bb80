"""Run a scenario for many draws: in blocks, on one or more workers, with the same result for the same seed.

`run` is the one call the rest of the project needs. For counts of draws that do not fit into memory, `stream` hands out
one block of headline results at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data.settings import settings_file
from analysis.model.engine import simulate
from analysis.model.from_estimate import BASE_YEAR, Estimate, with_exposures
from analysis.model.outcome import Outcome, join
from analysis.model.parameters import DRAW_BLOCK, Draws, Parameters, Segment, load_parameters
from analysis.model.policy_path import PolicyPath
from analysis.model.scenarios import Scenario, Scenarios, load_scenarios

DEFAULT_DRAWS = 4096
DEFAULT_SEED = 20190516  # the day Huawei was listed


@dataclass(frozen=True)
class Model:
    """The inputs of the model, loaded and checked."""

    parameters: Parameters
    scenarios: Scenarios
    policy_events: pd.DataFrame | None = None
    estimate: Estimate | None = None

    def prepare(self, scenario: Scenario | str) -> tuple[Parameters, PolicyPath]:
        """The parameters with the scenario's own values, and its policy path."""
        chosen = self.scenarios[scenario] if isinstance(scenario, str) else scenario
        parameters = self.parameters.with_values(chosen.parameters) if chosen.parameters else self.parameters
        if chosen.exposure_year != BASE_YEAR:
            parameters = with_exposures(parameters, self.estimate, chosen.exposure_year)
        return parameters, self.scenarios.path(chosen, parameters, self.policy_events)

    def run(self, scenario: Scenario | str, draws: int = DEFAULT_DRAWS, seed: int = DEFAULT_SEED, **options) -> Outcome:
        """Run a scenario by name or as an object; options as in :func:`run`."""
        parameters, path = self.prepare(scenario)
        return run(parameters, path, draws, seed, **options)


def load_model(
    data_dir: Path | str | None = None, policy_events: pd.DataFrame | None = None, estimate: Estimate | None = None
) -> Model:
    """Load parameters and scenarios from the folder of tables `data_dir` (None: the project's `data/`), and from no other.

    estimate: the draws that take the place of the priors of the exposures (from_estimate.load_estimate).
    """
    parameters = load_parameters(settings_file("parameters.yml", data_dir))
    scenarios = load_scenarios(settings_file("scenarios.yml", data_dir), parameters)
    return Model(with_exposures(parameters, estimate), scenarios, policy_events, estimate)


def run(
    parameters: Parameters,
    path: PolicyPath,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    *,
    workers: int = 1,
    demand_index: np.ndarray | None = None,
    monthly: bool = False,
) -> Outcome:
    """Simulate `draws` draws along `path` and return all of them.

    The result depends on parameters, path, draws and seed only, never on the number of workers (threads).
    Raises ValueError for a count of draws below one.
    """
    jobs = [(parameters, path, seed, block, size, demand_index, monthly) for block, size in blocks(draws)]
    if workers > 1 and len(jobs) > 1:
        with ThreadPoolExecutor(workers) as pool:  # the compiled loop releases the interpreter's lock
            return join(pool.map(_block, jobs))
    return join(map(_block, jobs))


def run_draws(
    draws: Draws,
    path: PolicyPath,
    segments: Sequence[Segment],
    *,
    demand_index: np.ndarray | None = None,
    monthly: bool = False,
) -> Outcome:
    """Simulate given draws (a posterior sample, a Sobol sequence), in blocks that fit the processor's cache."""
    size = len(draws["world_sales_usd_bn"])
    parts = ({name: values[first : first + DRAW_BLOCK] for name, values in draws.items()} for first in range(0, size, DRAW_BLOCK))
    return join(simulate(part, path, segments, demand_index=demand_index, monthly=monthly) for part in parts)


def stream(parameters: Parameters, path: PolicyPath, draws: int, seed: int = DEFAULT_SEED) -> Iterator[dict[str, np.ndarray]]:
    """Headline results block by block: memory does not grow with the number of draws."""
    for block, size in blocks(draws):
        yield dict(simulate(parameters.draw_block(seed, block, size), path, parameters.segments).headline)


def blocks(draws: int) -> list[tuple[int, int]]:
    """(number, size) of the blocks that make up `draws`."""
    if draws < 1:
        raise ValueError(f"at least one draw is needed, got {draws}")
    full, rest = divmod(draws, DRAW_BLOCK)
    return [(block, DRAW_BLOCK) for block in range(full)] + ([(full, rest)] if rest else [])


def _block(job) -> Outcome:
    parameters, path, seed, block, size, demand_index, monthly = job
    return simulate(parameters.draw_block(seed, block, size), path, parameters.segments, demand_index=demand_index, monthly=monthly)
