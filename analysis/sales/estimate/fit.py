"""Sampling: the compiled model, the draws, deterministic for a seed, with no C compiler.

nutpie compiles the model with numba and samples with its own NUTS (PyTensor's C back end is off: see the package).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.sales.estimate.priors import Priors

TABLES = ("company_filings", "market_sales", "us_industry", "oem_demand", "published_results", "huawei_facts", "quarterly_revenue")


@dataclass(frozen=True)
class Sampling:
    """How to sample. The defaults give the published estimate."""

    chains: int = 4
    draws: int = 2600
    tune: int = 1000
    seed: int = 20261122
    target_accept: float = 0.99


class Sampler:
    """One compiled model that can be sampled on many data sets (observed values and switches)."""

    def __init__(self, inputs) -> None:
        import nutpie

        from analysis.sales.estimate import model

        self.inputs = inputs
        self.model = model.build(inputs)
        self._compiled = nutpie.compile_pymc_model(self.model, backend="numba")

    def sample(self, sampling: Sampling, *, y: np.ndarray | None = None, on: np.ndarray | None = None):
        """Draw from the posterior, optionally with other observed values or switches. Returns an arviz InferenceData."""
        import nutpie
        from threadpoolctl import threadpool_limits

        data = {name: value for name, value in (("y", y), ("on", on)) if value is not None}
        compiled = self._compiled.with_data(**data) if data else self._compiled
        # Chains run in parallel; threads inside the small matrix products would only get in each other's way.
        with threadpool_limits(1):
            return nutpie.sample(
                compiled,
                draws=sampling.draws,
                tune=sampling.tune,
                chains=sampling.chains,
                seed=sampling.seed,
                target_accept=sampling.target_accept,
                cores=min(sampling.chains, os.cpu_count() or 1),
                low_rank_modified_mass_matrix=True,
                progress_bar=False,
            )


def load_inputs(tables: Mapping[str, pd.DataFrame], *, first_year: int, priors: Priors | None = None):
    """The model's inputs from the loaded tables (names in TABLES)."""
    from analysis.sales.estimate import context, huawei_observations, model, observations

    priors = priors or Priors()
    panel = observations.build(tables["company_filings"], first_year=first_year, quarterly=tables["quarterly_revenue"])
    return model.Inputs(
        panel=panel,
        context=context.build(tables, panel.years, buyers_sd=priors.buyers_sd),
        huawei=huawei_observations.build(
            tables["company_filings"], tables["huawei_facts"], tables["oem_demand"], tables["quarterly_revenue"]
        ),
        priors=priors,
    )
