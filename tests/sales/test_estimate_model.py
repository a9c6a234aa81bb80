"""The reconciliation: fast identities of its parts, and slow fits (marked) on the real data."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from analysis import paths
from analysis.sales.estimate import design, model
from analysis.sales.estimate.fit import TABLES, Sampler, Sampling, load_inputs
from analysis.sales.estimate.gaussians import Gaussians
from analysis.sales.estimate.priors import Priors

YEARS = {"first_year": 2015}
SHORT = Sampling(chains=2, draws=300, tune=400, target_accept=0.95)


@pytest.fixture(scope="module")
def estimate_tables():
    from analysis.data import load_table

    return {name: load_table(name) for name in TABLES}


@pytest.fixture(scope="module")
def inputs(estimate_tables):
    return load_inputs(estimate_tables, **YEARS)


def test_a_linear_predictor_adds_means_and_scaled_normals():
    names = Gaussians({"a": (1.0, 2.0, 1), "b": (0.0, 0.5, 3)})
    affine = names.affine(3, a=1.0, b=np.eye(3))
    assert affine.of(np.array([1.0, 2.0, 0.0, -2.0])) == pytest.approx([4.0, 3.0, 2.0])


def test_a_walk_is_zero_in_its_pivot_year():
    years = np.arange(2013, 2020)
    walk = design.walk_matrix(years, 2016) @ np.random.default_rng(1).normal(size=len(years))
    assert walk[3] == 0 and np.abs(walk).sum() > 0


def test_a_simulated_walk_passes_through_its_pivot_and_has_its_steps():
    from analysis.sales.estimate.walk import through

    moves = np.array([[1.0, -2.0, 0.5]])
    path = through(moves, np.array([[0, 0, 1.0, 0]]), np.array([7.0]))
    assert path[0, 2] == 7 and np.diff(path[0]) == pytest.approx(moves[0])


def test_every_observation_has_a_value_an_error_and_a_name(inputs):
    from analysis.sales.estimate.checks import labels

    seen, sd = model.observed(inputs), model.errors_of(inputs)
    for block in model.BLOCKS:
        assert len(seen[block]) == len(sd[block]) > 0
        assert np.isfinite(seen[block]).all() and (sd[block] > 0).all()
    assert len(labels(inputs)) == len(model.joined(seen))


def test_gartners_releases_are_never_chained(inputs):
    demand = inputs.context.demand_table
    assert set(demand.loc[demand["four_only"], "vintage"]) == {"v2019", "v2023"}
    assert inputs.huawei.gartner["year"].is_unique


def test_licence_values_and_patent_settlements_are_no_observations(inputs):
    assert inputs.huawei.suppliers["usd_m"].max() < 5000
    assert not ((inputs.huawei.suppliers["firm"] == "Qualcomm") & (inputs.huawei.suppliers["usd_m"] == 1800)).any()
    assert "Seagate" not in inputs.huawei.firms


def test_a_conflict_between_two_figures_for_one_supplier_widens_the_error(inputs):
    qorvo = inputs.huawei.suppliers.query("firm == 'Qorvo' and period == 'FY2019'")
    assert len(qorvo) == 1
    assert qorvo["sd"].iloc[0] > abs(np.log(469 / 402)) / 2


def test_the_expected_growth_is_the_firms_own_where_its_revenue_is_known(inputs):
    matrix = design.build(inputs.panel, inputs.context.growth)
    nvidia, t = inputs.panel.firms.index("NVIDIA"), int(np.searchsorted(inputs.panel.years, 2023))
    revenue = inputs.panel.revenue_usd_m.loc["NVIDIA"]
    assert matrix.growth[nvidia, t - 1] == pytest.approx(np.log(revenue[2023] / revenue[2022]))


def test_moving_a_prior_leaves_the_others_alone():
    moved = Priors().moved(ratio_average=0.3)
    assert moved.quantities["ratio_average"] == (pytest.approx(0.0), 0.5)
    assert {k: v for k, v in moved.quantities.items() if k != "ratio_average"} == {
        k: v for k, v in Priors().quantities.items() if k != "ratio_average"
    }


@pytest.fixture(scope="module")
def sampler(inputs):
    return Sampler(inputs)


@pytest.fixture(scope="module")
def fitted(sampler):
    from analysis.sales.estimate import draws

    return draws.of(sampler.sample(SHORT))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_draws(sampler, fitted):
    from analysis.sales.estimate import draws

    again = draws.of(sampler.sample(SHORT))
    assert np.array_equal(again.total_headquarters, fitted.total_headquarters)


@pytest.mark.slow
def test_a_published_headquarters_figure_is_returned(inputs, fitted):
    ti, t = inputs.panel.firms.index("Texas Instruments"), int(np.searchsorted(inputs.panel.years, 2022))
    assert fitted.headquarters[..., ti, t].mean() == pytest.approx(4.807, rel=0.03)


@pytest.mark.slow
def test_firms_and_rest_add_up_to_the_total(fitted):
    parts = fitted.headquarters.sum(axis=-2) + fitted.rest_headquarters
    assert parts == pytest.approx(fitted.total_headquarters)


@pytest.mark.slow
def test_steps_of_both_waterfalls_lead_to_the_estimate(inputs, fitted):
    from analysis.sales.estimate import waterfalls

    for table in (waterfalls.from_industry(inputs, fitted, 2022, 96.4), waterfalls.from_customs(inputs, fitted, 2022, 9.4, 3.1)):
        assert table["change_usd_bn"].iloc[:-1].sum() == pytest.approx(table["change_usd_bn"].iloc[-1])
        assert table.loc[table["evidence"] == "estimated", ["low", "high"]].notna().all(axis=None)


@pytest.mark.slow
def test_a_firm_that_discloses_is_known_better_than_one_that_does_not(inputs, fitted):
    t = int(np.searchsorted(inputs.panel.years, 2023))
    spread = {
        firm: np.log(fitted.headquarters[..., inputs.panel.firms.index(firm), t]).std()
        for firm in ("Micron", "NVIDIA", "Intel", "AMD")
    }
    assert max(spread["Micron"], spread["NVIDIA"]) < min(spread["Intel"], spread["AMD"]) / 2


@pytest.mark.slow
def test_switching_the_buyers_lens_off_widens_the_total(sampler, inputs, fitted):
    from analysis.sales.estimate import draws

    on = np.ones(len(model.joined(model.observed(inputs))))
    slices = model.block_slices(inputs)
    for block in ("demand", "share", "market"):
        on[slices[block]] = 0
    alone = draws.of(sampler.sample(SHORT, on=on))
    t = int(np.searchsorted(inputs.panel.years, 2018))
    assert np.log(alone.total_headquarters[..., t]).std() > np.log(fitted.total_headquarters[..., t]).std()


@pytest.mark.slow
def test_a_new_headquarters_figure_enters_without_code_and_narrows_the_firm(estimate_tables, inputs, fitted):
    """An overlay row for Intel: its fiscal 2025 by location and by headquarters."""
    from analysis.sales.estimate import draws

    filings = estimate_tables["company_filings"]
    newest = filings[(filings["firm"] == "Intel") & (filings["fiscal_year"] == "FY2024")]
    row = newest.assign(
        fiscal_year="FY2025",
        fiscal_year_end=pd.Timestamp("2025-12-27"),
        china_revenue_usd_m=14000.0,
        china_hq_revenue_usd_m=9000.0,
        grade="A",
        evidence="seen",
    )
    extended = load_inputs({**estimate_tables, "company_filings": pd.concat([filings, row], ignore_index=True)}, **YEARS)
    new = draws.of(Sampler(extended).sample(SHORT))
    firm, t = inputs.panel.firms.index("Intel"), int(np.searchsorted(inputs.panel.years, 2025))
    before, after = (np.log(d.headquarters[..., firm, t]).std() for d in (fitted, new))
    assert after < before / 3
    assert new.headquarters[..., firm, t].mean() == pytest.approx(9.0, rel=0.05)


@pytest.mark.slow
def test_the_fit_needs_no_compiler(tmp_path):
    """With nothing but the interpreter's own folder on PATH, the command still fits."""
    environment = {**os.environ, "PATH": os.path.dirname(sys.executable), "PYTENSOR_FLAGS": f"base_compiledir={tmp_path}"}
    subprocess.run(
        [
            sys.executable,
            "-m",
            "analysis",
            "fit-estimate",
            "--out",
            str(tmp_path / "out"),
            "--draws",
            "50",
            "--tune",
            "100",
            "--chains",
            "2",
        ],
        check=True,
        env=environment,
        cwd=paths.ROOT,
        capture_output=True,
    )
    assert json.loads((tmp_path / "out" / "fit.json").read_text())["quantities"] > 400
