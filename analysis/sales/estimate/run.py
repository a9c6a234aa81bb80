"""The estimate as a step of the build graph: fit and write small tables, which the chapters read (:mod:`.results`)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from analysis.data import load_table
from analysis.sales import customs, industry
from analysis.sales.estimate import (
    around_rules,
    calibration,
    checks,
    forecasts,
    holdouts,
    reference,
    reference_checks,
    summary,
    value_of_information,
    waterfalls,
)
from analysis.sales.estimate.fit import OPTIONAL, TABLES, Sampler, Sampling, load_inputs
from analysis.sales.measures import in_billions

FIRST_YEAR = 2015
WATERFALL_YEAR = 2022
WORTH_YEARS = (2018, 2022, 2024, 2025)


def write_estimate(
    out_dir: str | Path,
    data_dir: str | None = None,
    *,
    seed: int = Sampling.seed,
    draws_per_chain: int = Sampling.draws,
    tune: int = Sampling.tune,
    chains: int = Sampling.chains,
    progress: Callable[[str], None] = lambda line: None,
) -> Path:
    """Fit the reconciliation and write its tables to `out_dir` as Parquet, with `fit.json` on the run. Returns the folder."""
    started = time.perf_counter()
    tables = load_tables(data_dir)
    inputs = load_inputs(tables, first_year=FIRST_YEAR)
    sampler = Sampler(inputs)
    compiled = time.perf_counter()
    found = sampler.sample(Sampling(chains=chains, draws=draws_per_chain, tune=tune, seed=seed))
    sampled = time.perf_counter()
    years = range(FIRST_YEAR, summary.last_covered_year(inputs, found) + 1)
    by_year, by_quarter = summary.joint(inputs, found)
    published = {
        "firms": summary.firms(inputs, found, years),
        "classes": summary.classes(inputs, found, years),
        "totals": summary.totals(inputs, found, years),
        "quarters": summary.quarters(inputs, found),
        "nowcast": summary.nowcast(inputs, found),
        "changes": summary.changes(inputs, found, years),
        "huawei": summary.huawei(inputs, found, years),
        "claims": summary.claims(inputs, found, tables["huawei_facts"]),
        "exposure": summary.exposure(inputs, found, years),
        "unknowns": summary.unknowns(inputs, found),
        "predictive": checks.predictive(inputs, found, seed),
        "priors": checks.prior_sensitivity(inputs, found),
        "worth": value_of_information.worth(inputs, found, [y for y in WORTH_YEARS if y in years]),
        "around_rules": around_rules.compare(inputs, found),
        "forecasts": forecasts.of_new_rows(inputs, found, seed),
        "joint": by_year,
        "joint_quarters": by_quarter,
        "observations": _observations(inputs),
        "observed": reference_checks.observations(inputs),
        **_waterfalls(inputs, found, data_dir),
    }
    run = {
        "first_year": FIRST_YEAR,
        "last_year": years[-1],
        "seed": seed,
        "chains": chains,
        "draws": draws_per_chain,
        "tune": tune,
        "inputs": reference.inputs_digest(inputs),
        "divergences": found.divergences,
        **_worst(published),
        "beyond_bounds_pct": checks.beyond_bounds(inputs, found),
        "compile_seconds": compiled - started,
        "sample_seconds": sampled - compiled,
    }
    return _write(out_dir, published, {"fit": run})


def write_estimate_checks(
    out_dir: str | Path,
    estimate: Mapping,
    data_dir: str | None = None,
    *,
    progress: Callable[[str], None] = lambda line: None,
) -> Path:
    """The checks of the method: those that are kept, or where they belong to other code, computed from the rows of this build.

    estimate: the tables and the record of the fit. `checks.json` says from which rows and when they were computed, and how these
    rows differ from those of the fit (`new` and `gone` observations; `same_rows`).
    """
    found = reference.kept()
    if found is None:
        progress(
            "the code of the estimate is not that of the kept checks of the method; they are computed again, which takes from "
            "minutes to an hour ('python -m analysis reference' keeps them)"
        )
        inputs = load_inputs(load_tables(data_dir), first_year=FIRST_YEAR)
        results = reference_checks.compute(inputs, progress)
        found = {**results, reference.OBSERVATIONS: reference_checks.observations(inputs)}, reference_checks.about(inputs)
    results, about = found
    about = {name: value for name, value in about.items() if name != "files"}
    about |= reference.difference(results[reference.OBSERVATIONS], estimate["observed"])
    about |= {"same_rows": about["inputs"] == estimate["fit"]["inputs"], "simulations": int(results["ranks"]["run"].nunique())}
    ranks = results["ranks"]
    runs, tested = ranks["run"].nunique(), ranks["quantity"].nunique()
    calibrated = calibration.uniformity(ranks).assign(
        power_narrow=calibration.power(runs, tested, spread=0.7), power_shifted=calibration.power(runs, tested, shift=0.5)
    )
    judged = {"scores": holdouts.scores(results["hidden"]), "calibration": calibrated}
    return _write(out_dir, {**results, **judged}, {"checks": about})


def keep_reference(data_dir: str | None, folder: Path, progress: Callable[[str], None]) -> None:
    """Compute the checks of the method from the tables in `data_dir` and keep them in `folder`."""
    tables = load_tables(data_dir)
    reference_checks.keep(tables, load_inputs(tables, first_year=FIRST_YEAR), progress, folder)


def reference_disagreements(folder: Path, progress: Callable[[str], None]) -> list[str]:
    """Compute the checks kept in `folder` again, a part of what is large; say what speaks against them."""
    found = reference.kept(folder)
    if found is None:
        return [f"the results in {folder} belong to other code than the present: run 'python -m analysis reference'"]
    inputs = load_inputs(reference.kept_rows(folder), first_year=FIRST_YEAR)
    if reference.inputs_digest(inputs) != found[1]["inputs"]:
        return [f"the rows kept in {folder} are not those that its results were computed from"]
    return reference_checks.disagreements(inputs, found[0], progress)


def load_tables(data_dir: str | None) -> dict[str, pd.DataFrame]:
    """The tables that the estimate reads."""
    return {name: load_table(name, data_dir) for name in (*TABLES, *OPTIONAL)}


def _waterfalls(inputs, found, data_dir: str | None) -> dict[str, pd.DataFrame]:
    us, market, exports = (load_table(name, data_dir) for name in ("us_industry", "market_sales", "us_exports"))
    into = industry.us_sales_into(us, market, WATERFALL_YEAR)
    mainland, hong_kong = (in_billions(customs.us_exports(exports, WATERFALL_YEAR, p)).value for p in ("China", "Hong Kong"))
    return {
        "waterfall_industry": waterfalls.from_industry(inputs, found, WATERFALL_YEAR, into.value),
        "waterfall_customs": waterfalls.from_customs(inputs, found, WATERFALL_YEAR, mainland, hong_kong),
    }


def _observations(inputs) -> pd.DataFrame:
    columns = [
        "firm",
        "product_class",
        "fiscal_year",
        "end",
        "months",
        "kind",
        "hq_kind",
        "basis",
        "value",
        "sd",
        "grade",
        "evidence",
        "source_id",
    ]
    return inputs.panel.table[columns]


def _worst(tables: dict[str, pd.DataFrame]) -> dict[str, float]:
    """The largest R-hat and the smallest bulk ESS over every published quantity."""
    measured = [t for t in tables.values() if "r_hat" in t]
    return {
        "worst_r_hat": float(max(t["r_hat"].max() for t in measured)),
        "least_ess_bulk": float(min(t["ess_bulk"].min() for t in measured)),
        "quantities": int(sum(len(t) for t in measured)),
    }


def _write(out_dir: str | Path, tables: dict[str, pd.DataFrame], records: dict[str, dict]) -> Path:
    folder = Path(out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    for name, record in records.items():
        (folder / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return folder
