"""Sampling: the compiled density, the draws, deterministic for a seed, with no C compiler.

JAX compiles the density and its slope (:mod:`.density`), nutpie samples with its no-U-turn sampler.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.sales.estimate.priors import Priors

OPTIONAL = ("quarterly_revenue", "named_customers")
TABLES = ("company_filings", "market_sales", "us_industry", "oem_demand", "published_results", "huawei_facts", "firms")


@dataclass(frozen=True)
class Sampling:
    """How to sample. The defaults give the published estimate."""

    chains: int = 4
    draws: int = 2400  # the spread of a firm's ratio over its years mixes slowest and asks for them
    tune: int = 450
    seed: int = 20261122
    target_accept: float = 0.9


@dataclass(frozen=True)
class Unknowns:
    """Drawn unknowns (chains, draws, size), and how many transitions diverged."""

    values: np.ndarray
    divergences: int


class Sampler:
    """One compiled density that can be sampled on many data sets (observed values, switches, structures)."""

    def __init__(self, inputs) -> None:
        from nutpie.compiled_pyfunc import from_pyfunc

        from analysis.sales.estimate.density import Density
        from analysis.sales.estimate.equations import Equations

        self.inputs = inputs
        self.equations = Equations(inputs)
        self._density, size = Density(self.equations), self.equations.size
        with one_thread():
            self._published = self._density.start()
        self._compiled = from_pyfunc(
            size,
            lambda: self._density.at,
            lambda *_: lambda u, **data: {"u": u},
            [np.dtype(float)],
            [(size,)],
            ["u"],
            shared_data={**self._published, "structure": None},
        )

    def sample(
        self,
        sampling: Sampling,
        *,
        y: np.ndarray | None = None,
        on: np.ndarray | None = None,
        bounded: bool = True,
        structure: tuple[float, float, float] = (1.0, 1.0, 0.0),
    ):
        """Draws of the posterior (:class:`.draws.Draws`) on the published data or, as in :meth:`unknowns`, on others."""
        from analysis.sales.estimate import draws

        found = self.unknowns(sampling, y=y, on=on, bounded=bounded, structure=structure)
        return draws.of(self.equations, found.values, found.divergences, structure, sampling.seed)

    def unknowns(
        self,
        sampling: Sampling,
        *,
        y: np.ndarray | None = None,
        on: np.ndarray | None = None,
        bounded: bool = True,
        structure: tuple[float, float, float] = (1.0, 1.0, 0.0),
    ) -> Unknowns:
        """Drawn unknowns, optionally with other observed values, switches or structure, or without suppliers' bounds on Huawei.

        The coordinates follow the values and the switches, so that a refit without a figure is as well conditioned as the fit.
        """
        import nutpie

        with one_thread():  # chains run in parallel; threads inside the small matrix products would only get in each other's way
            data = self._published
            if y is not None or on is not None or not bounded:
                near = None if y is not None else (data["origin"], data["axes"])
                data = self._density.start(y, on, bounded=bounded, near=near)
            trace = nutpie.sample(
                self._compiled.with_data(**data, structure=np.array(structure)),
                draws=sampling.draws,
                tune=sampling.tune,
                chains=sampling.chains,
                seed=sampling.seed,
                target_accept=sampling.target_accept,
                cores=min(sampling.chains, os.cpu_count() or 1),
                progress_bar=False,
            )
            values = data["origin"] + trace.posterior["u"].values @ data["axes"].T
            return Unknowns(values, int(trace.sample_stats["diverging"].sum()))


def one_thread():
    """One thread in the linear algebra: the matrices are small."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


def load_inputs(tables: Mapping[str, pd.DataFrame], *, first_year: int, priors: Priors | None = None, last_year: int | None = None):
    """The model's inputs from the loaded tables (names in TABLES; those in OPTIONAL may be missing)."""
    from analysis.sales.estimate import bounds, context, huawei_observations, model, observations

    priors = priors or Priors()
    filings, firms = tables["company_filings"], tables["firms"]
    quarterly, customers = profiles(tables.get("quarterly_revenue"), filings), named(tables.get("named_customers"))
    market = context.china_market(tables["market_sales"], np.arange(2010, 2040))
    panel = observations.build(filings, firms, first_year=first_year, market=market, quarterly=quarterly, last_year=last_year)
    scope = (
        filings[filings["includes"].isin(("licences", "systems", "software"))]
        .groupby("firm")["includes"]
        .agg(lambda t: t.mode().iloc[0])
    )
    return model.Inputs(
        panel=panel,
        context=context.build(tables, panel.years, buyers_sd=priors.buyers_sd),
        huawei=huawei_observations.build(filings, firms, tables["huawei_facts"], tables["oem_demand"], panel, quarterly),
        bounds=bounds.build(panel, customers),
        priors=priors,
        scope_of=scope.to_dict(),
    )


def profiles(table: pd.DataFrame | None, filings: pd.DataFrame) -> pd.DataFrame | None:
    """Quarterly revenue in the estimate's columns (firm, end, months, revenue_usd_m).

    A firm whose China line is about products beside software that it bought (VMware) is followed by its products alone.
    """
    if table is None:
        return None
    software = set(filings.loc[filings["includes"] == "software", "firm"])
    dated = table.assign(end=pd.to_datetime(table["period_end"]), months=3).dropna(subset=["end", "revenue_usd_m"])
    followed = dated["firm"].isin(software & set(dated.loc[dated["segment"] == "products", "firm"]))
    products, totals = dated[followed & (dated["segment"] == "products")], dated[followed & (dated["segment"] == "total")]
    parts = [dated[~followed & (dated["segment"] == "total")], products]
    for firm, own in totals.groupby("firm"):
        seen = products[products["firm"] == firm].sort_values("end")
        both = seen.merge(own, on="end", suffixes=("", "_total"))
        # A quarter of which only the total is printed has the products' part of the quarter before it.
        later = own[own["end"] > seen["end"].max()]
        parts.append(
            later.assign(revenue_usd_m=later["revenue_usd_m"] * (both["revenue_usd_m"] / both["revenue_usd_m_total"]).iloc[-1])
        )
    return pd.concat(parts)[["firm", "end", "months", "revenue_usd_m"]]


def named(table: pd.DataFrame | None) -> pd.DataFrame | None:
    """Named customers in the estimate's columns (firm, customer, end, months, share, chinese)."""
    if table is None:
        return None
    rows = table.assign(
        end=pd.to_datetime(table["period_end"]),
        share=table["share_pct"] / 100,
        chinese=table["customer_hq"].isin(("China", "Hong Kong")),
    )
    return rows.dropna(subset=["end", "share", "months"])[["firm", "customer", "end", "months", "share", "chinese"]]
