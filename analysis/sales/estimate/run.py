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
    draws,
    forecasts,
    holdouts,
    posterior,
    reference,
    reference_checks,
    reweight,
    summary,
    value_of_information,
    waterfalls,
)
from analysis.sales.estimate.equations import Equations
from analysis.sales.estimate.fit import OPTIONAL, TABLES, Sampling, load_inputs
from analysis.sales.measures import in_billions

FIRST_YEAR = 2015
WORTH_YEARS = (2018, 2022, 2024, 2025)


def write_estimate(
    out_dir: str | Path,
    data_dir: str | None = None,
    *,
    sampling: Sampling | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> Path:
    """Estimate and write the tables to `out_dir` as Parquet, with `fit.json` on how the draws were come by. Returns the folder.

    The draws are the kept ones, weighted where rows are new (:mod:`.posterior`); with `sampling`, or where the weighted draws
    would be worth too little for some published quantity, they are sampled.
    """
    started = time.perf_counter()
    tables = load_tables(data_dir)
    inputs, seed = load_inputs(tables, first_year=FIRST_YEAR), (sampling or Sampling()).seed
    if sampling:
        found = posterior.sampled(inputs, sampling, progress, "the length or the seed of the chains was given")
    else:
        found = posterior.of(inputs, seed=seed, progress=progress, first_year=FIRST_YEAR)
    published, measured = _published(inputs, found, tables, data_dir, seed)
    if found.record["drawn"] == posterior.WEIGHTED and not posterior.has_converged(measured):
        why = f"weighted draws do not do (R-hat {measured['worst_r_hat']:.3f}, worth {measured['least_ess_bulk']:.0f} draws)"
        found = posterior.sampled(inputs, Sampling(seed=seed), progress, why)
        published, measured = _published(inputs, found, tables, data_dir, seed)
    chains, draws_per_chain, _ = found.values.shape
    run = {
        "first_year": FIRST_YEAR,
        "last_year": int(published["totals"]["year"].max()),
        "seed": seed,
        "chains": chains,
        "draws": draws_per_chain,
        "inputs": reference.inputs_digest(inputs),
        "divergences": found.divergences,
        **measured,
        **found.record,
        "seconds": time.perf_counter() - started,
    }
    return _write(out_dir, published, {"fit": run})


def _published(
    inputs, found: posterior.Posterior, tables: dict, data_dir: str | None, seed: int
) -> tuple[dict[str, pd.DataFrame], dict]:
    """The published tables by name, and what is measured on their draws."""
    drawn = draws.of(Equations(inputs), found.values, found.divergences, reweight.STRUCTURE, seed)
    years = range(FIRST_YEAR, summary.last_covered_year(inputs, drawn) + 1)
    by_year, by_quarter = summary.joint(inputs, drawn)
    published = {
        "firms": summary.firms(inputs, drawn, years),
        "classes": summary.classes(inputs, drawn, years),
        "totals": summary.totals(inputs, drawn, years),
        "quarters": summary.quarters(inputs, drawn),
        "nowcast": summary.nowcast(inputs, drawn),
        "changes": summary.changes(inputs, drawn, years),
        "huawei": summary.huawei(inputs, drawn, years),
        "claims": summary.claims(inputs, drawn, tables["huawei_facts"]),
        "exposure": summary.exposure(inputs, drawn, years),
        "unknowns": summary.unknowns(inputs, drawn),
        "predictive": checks.predictive(inputs, drawn, seed),
        "priors": checks.prior_sensitivity(inputs, drawn),
        "worth": value_of_information.worth(inputs, drawn, [y for y in WORTH_YEARS if y in years]),
        "around_rules": around_rules.compare(inputs, drawn),
        "forecasts": forecasts.of_new_rows(inputs, drawn, seed, unseen=found.before),
        "joint": by_year,
        "joint_quarters": by_quarter,
        "observations": _observations(inputs),
        "observed": reference_checks.observations(inputs),
        **_waterfalls(inputs, drawn, data_dir),
    }
    return published, {**_worst(published), "beyond_bounds_pct": checks.beyond_bounds(inputs, drawn)}


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


def keep_reference(data_dir: str | None, folder: Path, progress: Callable[[str], None], *, posterior_alone: bool = False) -> None:
    """Compute the posterior and the checks of the method from the tables in `data_dir` and keep them in `folder`."""
    tables = load_tables(data_dir)
    inputs = load_inputs(tables, first_year=FIRST_YEAR)
    posterior.keep(tables, inputs, progress, folder / posterior.KEPT.name)
    if not posterior_alone:
        reference_checks.keep(tables, inputs, progress, folder)


def reference_disagreements(folder: Path, progress: Callable[[str], None]) -> list[str]:
    """Compute the checks kept in `folder` again, a part of what is large; say what speaks against them."""
    found = reference.kept(folder)
    if found is None:
        return [f"the results in {folder} belong to other code than the present: run 'python -m analysis reference'"]
    inputs = load_inputs(reference.kept_rows(folder), first_year=FIRST_YEAR)
    if reference.inputs_digest(inputs) != found[1]["inputs"]:
        return [f"the rows kept in {folder} are not those that its results were computed from"]
    return posterior.disagreements(folder / posterior.KEPT.name, progress, first_year=FIRST_YEAR) + reference_checks.disagreements(
        inputs, found[0], progress)


def load_tables(data_dir: str | None) -> dict[str, pd.DataFrame]:
    """The tables that the estimate reads."""
    return {name: load_table(name, data_dir) for name in (*TABLES, *OPTIONAL)}


def _waterfalls(inputs, found, data_dir: str | None) -> dict[str, pd.DataFrame]:
    year = waterfalls.WATERFALL_YEAR
    us, market, exports = (load_table(name, data_dir) for name in ("us_industry", "market_sales", "us_exports"))
    into = industry.us_sales_into(us, market, year)
    mainland, hong_kong = (in_billions(customs.us_exports(exports, year, p)).value for p in ("China", "Hong Kong"))
    return {
        "waterfall_industry": waterfalls.from_industry(inputs, found, year, into.value),
        "waterfall_customs": waterfalls.from_customs(inputs, found, year, mainland, hong_kong),
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
