"""The kept draws of the calibrated model are those behind its published numbers, and are refused where they do not fit."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis import paths
from analysis.cli import main
from analysis.model.calibrated import TABLE, CalibratedError, load_calibrated, run_calibrated
from analysis.model.from_estimate import load_estimate
from analysis.model.parameters import parse_parameters
from analysis.model.run import load_model

COST = "pv_lost_sales_usd_bn"
PRIORS = {
    "segments": {"all": {"label": "All", "weight": 1.0, "substitutability": 1.0}},
    "parameters": {name: {"label": name, "value": 2.0, "unit": "ratio", "prior": {"uniform": [low, 3.0]}, "class": "judged",
                          "sources": [], "range": [0.0, 9.0], "block": "x", "note": "x"} for name, low in (("a", 1.0), ("b", 0.0))},
}


@pytest.fixture(scope="module")
def estimated():
    return load_model(estimate=load_estimate())


def published(written, policy: str, version: str) -> pd.Series:
    table = pd.read_parquet(written / "model" / "scenarios.parquet")
    return table.query("scenario == @policy and version == @version and output == @COST").iloc[0]


def kept(folder, **columns) -> None:
    rng = np.random.default_rng(1)
    drawn = {"a": 1 + 2 * rng.integers(0, 65536, 50) / 65535, "b": 3 * rng.integers(0, 65536, 50) / 65535,
             "resolution_quantile": rng.integers(0, 65536, 50) / 65535}
    pd.DataFrame({**drawn, **columns}).to_parquet(folder / f"{TABLE}.parquet")


@pytest.mark.parametrize("policy", ["stalemate_24_open", "narrow_ban"])
def test_the_kept_draws_give_the_published_numbers_of_the_calibrated_version(estimated, written, policy):
    steps = load_calibrated(estimated.parameters, written / "assessment")
    outcome = run_calibrated(*estimated.prepare(policy), steps, 256)
    low, median, high = np.percentile(outcome.headline[COST], [5, 50, 95])
    row = published(written, policy, "informed")
    assert (median, low, high) == (row["median"], row["low"], row["high"])
    assert row["median"] != published(written, policy, "prior")["median"]


def test_the_command_runs_the_calibrated_version_and_says_so(written, tmp_path, monkeypatch, capsys):
    estimate = paths.ARTIFACTS / "estimate"
    monkeypatch.setattr(paths, "ARTIFACTS", tmp_path)
    if estimate.exists():
        (tmp_path / "estimate").symlink_to(estimate)
    command = ["scenario", "narrow_ban", "--version", "informed", "--draws", "256"]
    assert main(command) == 1
    assert "python -m analysis assess-model" in capsys.readouterr().err
    (tmp_path / "assessment").symlink_to(written / "assessment")
    assert main([*command, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    found = next(row for row in said["outputs"] if row["output"] == COST)
    assert said["version"] == "informed" and found["median"] == published(written, "narrow_ban", "informed")["median"]
    assert main(command) == 0
    assert "256 draws of the calibrated version" in capsys.readouterr().out
    assert main([*command[:-1], "257"]) == 1
    assert "there are 256 calibrated draws, not 257" in capsys.readouterr().err


def test_a_parameter_that_is_fixed_is_fixed_in_every_draw_and_the_others_stay(estimated, written):
    steps = load_calibrated(estimated.parameters, written / "assessment")
    free = estimated.parameters.from_steps(steps)
    fixed = estimated.parameters.with_values({"contagion_unlisted": 0.05}).from_steps(steps)
    assert set(fixed["contagion_unlisted"]) == {0.05} and free.keys() == fixed.keys()
    assert all(np.array_equal(free[name], fixed[name]) for name in free if name != "contagion_unlisted")


def test_draws_that_were_made_with_other_priors_are_refused(tmp_path):
    parameters = parse_parameters(PRIORS)
    kept(tmp_path)
    steps = load_calibrated(parameters, tmp_path)
    assert steps["a"].dtype == np.uint16 and len(steps["b"]) == 50
    for columns in ({"a": np.full(50, 3.5)}, {"b": np.full(50, 0.1000001)}, {"c": np.ones(50)}):   # outside, off the grid, unknown
        kept(tmp_path, **columns)
        with pytest.raises(CalibratedError, match="made with other priors; run: python -m analysis assess-model"):
            load_calibrated(parameters, tmp_path)
