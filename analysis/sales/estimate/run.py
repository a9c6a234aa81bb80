"""The estimate as a step of the build graph: fit and write small tables, which the chapters read (:mod:`.results`)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data import load_table
from analysis.sales import customs, industry
from analysis.sales.estimate import calibration, checks, draws, summary, waterfalls
from analysis.sales.estimate.fit import TABLES, Sampler, Sampling, load_inputs
from analysis.sales.measures import in_billions

FIRST_YEAR = 2015
WATERFALL_YEAR = 2022
QUICK = Sampling(chains=2, draws=500, tune=400, target_accept=0.95)
SIMULATED = Sampling(chains=1, draws=400, tune=400, target_accept=0.95)


def write_estimate(
    out_dir: str | Path, data_dir: str | None = None, *, seed: int = Sampling.seed, draws_per_chain: int = Sampling.draws,
    tune: int = Sampling.tune, chains: int = Sampling.chains,
) -> Path:
    """Fit the reconciliation and write its tables to `out_dir` as Parquet, with `fit.json` on the run. Returns the folder."""
    started = time.perf_counter()
    inputs = load_inputs(_tables(data_dir), first_year=FIRST_YEAR)
    sampler = Sampler(inputs)
    compiled = time.perf_counter()
    found = draws.of(sampler.sample(Sampling(chains=chains, draws=draws_per_chain, tune=tune, seed=seed)))
    sampled = time.perf_counter()
    years = _published_years(inputs)
    tables = {
        "firms": summary.firms(inputs, found, years), "classes": summary.classes(inputs, found, years),
        "totals": summary.totals(inputs, found, years), "changes": summary.changes(inputs, found, years),
        "huawei": summary.huawei(inputs, found), "claims": summary.claims(inputs, found),
        "exposure": summary.exposure(inputs, found, years), "unknowns": summary.unknowns(inputs, found),
        "predictive": checks.predictive(inputs, found, seed), "priors": checks.prior_sensitivity(inputs, found),
        "observations": _observations(inputs), **_waterfalls(inputs, found, data_dir),
    }
    worst = _worst(tables)
    run = {
        "first_year": FIRST_YEAR, "last_year": years[-1], "seed": seed, "chains": chains, "draws": draws_per_chain, "tune": tune,
        "divergences": found.divergences, **worst, "compile_seconds": compiled - started, "sample_seconds": sampled - compiled,
    }
    return _write(out_dir, tables, {"fit": run})


def write_estimate_checks(
    out_dir: str | Path, data_dir: str | None = None, *, seed: int = Sampling.seed, simulations: int = 50, quick: bool = False,
    progress: Callable[[str], None] = lambda line: None,
) -> Path:
    """Leave-one-out, lens switches and calibration; several minutes, or about one with `quick` (few simulations)."""
    inputs = load_inputs(_tables(data_dir), first_year=FIRST_YEAR)
    sampler = Sampler(inputs)
    short = Sampling(**{**vars(QUICK), "seed": seed})
    simulated = Sampling(**{**vars(SIMULATED), "seed": seed})
    ranks = calibration.calibrate(sampler, 4 if quick else simulations, simulated, progress)
    tables = {
        "leave_one_out": checks.leave_one_out(sampler, short, progress), "lenses": checks.lens_switches(sampler, short, progress),
        "ranks": ranks, "calibration": calibration.uniformity(ranks), "prior_totals": _prior_totals(sampler, seed),
    }
    return _write(out_dir, tables, {"checks": {"seed": seed, "simulations": int(ranks["run"].nunique())}})


def _published_years(inputs) -> range:
    """As far as the filings carry: a later year is published once enough firms have reported it."""
    return range(FIRST_YEAR, inputs.panel.last_covered_year() + 1)


def _tables(data_dir: str | None) -> dict[str, pd.DataFrame]:
    return {name: load_table(name, data_dir) for name in TABLES}


def _waterfalls(inputs, found, data_dir: str | None) -> dict[str, pd.DataFrame]:
    us, market, exports = (load_table(name, data_dir) for name in ("us_industry", "market_sales", "us_exports"))
    into = industry.us_sales_into(us, market, WATERFALL_YEAR)
    mainland, hong_kong = (in_billions(customs.us_exports(exports, WATERFALL_YEAR, p)).value for p in ("China", "Hong Kong"))
    return {
        "waterfall_industry": waterfalls.from_industry(inputs, found, WATERFALL_YEAR, into.value),
        "waterfall_customs": waterfalls.from_customs(inputs, found, WATERFALL_YEAR, mainland, hong_kong),
    }


def _observations(inputs) -> pd.DataFrame:
    columns = ["firm", "product_class", "fiscal_year", "months", "kind", "basis", "value", "sd", "grade", "evidence", "source_id"]
    return inputs.panel.table[columns]


def _prior_totals(sampler: Sampler, seed: int, count: int = 1000) -> pd.DataFrame:
    """What the model says before it sees any data: the total by year from the prior."""
    found, years = calibration.prior_draws(sampler, count, seed), sampler.inputs.panel.years
    return pd.DataFrame([
        {"year": int(y), **draws.summary(found["total_headquarters"][:, int(np.searchsorted(years, y))])}
        for y in _published_years(sampler.inputs)])


def _worst(tables: dict[str, pd.DataFrame]) -> dict[str, float]:
    """The largest R-hat and the smallest bulk ESS over every published quantity."""
    measured = [t for t in tables.values() if "r_hat" in t]
    return {"worst_r_hat": float(max(t["r_hat"].max() for t in measured)),
            "least_ess_bulk": float(min(t["ess_bulk"].min() for t in measured)),
            "quantities": int(sum(len(t) for t in measured))}


def _write(out_dir: str | Path, tables: dict[str, pd.DataFrame], records: dict[str, dict]) -> Path:
    folder = Path(out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    for name, record in records.items():
        (folder / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return folder
