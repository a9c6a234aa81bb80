"""The posterior is kept and weighted for new rows: exactly where that can be known, and sampled anew where it cannot be trusted."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import paths
from analysis.runner.dependencies import modules_of
from analysis.sales import errors, sales_tables
from analysis.sales.estimate import carry, posterior, reference, reweight
from analysis.sales.estimate.equations import Equations
from analysis.sales.estimate.fit import load_inputs
from analysis.sales.estimate.run import FIRST_YEAR, load_tables

PACKAGE = paths.ROOT / "analysis" / "sales" / "estimate"
DRAWS = 60


@pytest.fixture(scope="module")
def rows() -> dict:
    return reference.kept_rows(posterior.KEPT)


@pytest.fixture(scope="module")
def old(rows) -> Equations:
    return Equations(load_inputs(rows, first_year=FIRST_YEAR))


@pytest.fixture(scope="module")
def kept() -> tuple[np.ndarray, np.ndarray]:
    values, log_density = posterior.read()
    return values.reshape(-1, values.shape[-1])[:DRAWS], log_density.ravel()[:DRAWS]


def with_row(rows: dict, firm: str, fiscal_year_of: str, **changes: object) -> Equations:
    """The model when the tables have one row more: that of a firm and year, changed."""
    filings = rows["company_filings"]
    row = filings[(filings["firm"] == firm) & (filings["fiscal_year"] == fiscal_year_of) & (filings["months"] == 12)].head(1)
    others = filings.drop(row.index) if "fiscal_year" not in changes else filings
    table = pd.concat([others, row.assign(**changes)], ignore_index=True)
    return Equations(load_inputs({**rows, "company_filings": table}, first_year=FIRST_YEAR))


CASES = {
    "first headquarters figure of a firm": ("Intel", "FY2025", {"china_hq_revenue_usd_m": 9000.0, "hq_kind": "direct_customer"}),
    "a quarter more": ("AMD", "FY2025", {"fiscal_year": "FY2026-Q3", "year": 2026, "months": 3, "period_type": "quarter",
                                         "fiscal_year_end": pd.Timestamp("2026-09-26"), "china_revenue_usd_m": 1500.0,
                                         "china_hq_revenue_usd_m": np.nan, "hq_kind": ""}),
    "a second figure of a year": ("Analog Devices", "FY2025", {"china_hq_revenue_usd_m": 2000.0, "hq_kind": "direct_customer"}),
    "Huawei's part of a year": ("Intel", "FY2018", {"huawei_share_pct_of_revenue": 5.0}),
}


@pytest.fixture(scope="module", params=CASES)
def new(request, rows) -> Equations:
    firm, year, changes = CASES[request.param]
    return with_row(rows, firm, year, **changes)


def test_what_decides_the_posterior_is_what_samples_it_and_all_that_it_imports():
    used = {file.stem for file in modules_of("import analysis.sales.estimate.fit") if file.parent == PACKAGE}
    only_for_speed_or_afterwards = {"coordinates", "draws"}
    assert used - {"__init__"} - only_for_speed_or_afterwards == set(posterior.CODE)


def test_the_kept_posterior_belongs_to_the_code_and_to_the_rows_kept_beside_it(old):
    """When this fails: the model, a prior or a setting has changed; run 'python -m analysis reference --posterior'."""
    found = reference.kept(posterior.KEPT, posterior.CODE)
    assert found is not None
    assert reference.inputs_digest(old.inputs) == found[1]["inputs"]
    assert found[1]["divergences"] == 0


def test_the_draws_can_be_carried_to_the_projects_own_rows_of_today(old):
    """When this fails: rows have come that the kept draws cannot follow; run 'python -m analysis reference --posterior'."""
    assert carry.comparable(old, Equations(load_inputs(load_tables(None), first_year=FIRST_YEAR)))


def test_the_kept_density_is_that_of_the_kept_draws(old, kept):
    values, log_density = kept
    assert reweight.log_density_of(old)(values[:5]) == pytest.approx(log_density[:5], abs=1e-6)


def test_draws_carried_into_the_same_model_are_what_they_were(old, kept):
    carried, more = carry.carry(old, old, kept[0], seed=1)
    assert carried == pytest.approx(kept[0], abs=1e-9)
    assert more == pytest.approx(0.0, abs=1e-9)


def test_paths_and_unknowns_are_two_ways_of_saying_the_same(new, old, kept):
    carried, _ = carry.carry(old, new, kept[0], seed=1)
    again = carried.copy()
    again[:, new.places["share"]] = again[:, new.places["ratio"]] = np.nan
    carry.set_paths(new, again, *carry.paths(new, carried))
    assert again == pytest.approx(carried, abs=1e-9)


def test_the_volume_of_the_paths_is_the_determinant_of_their_derivatives(new, old, kept):
    carried, _ = carry.carry(old, new, kept[0][:2], seed=1)
    step, moved = 1e-6, np.r_[new.places["share"], new.places["ratio"]]

    def flat(x: np.ndarray) -> np.ndarray:
        share, ratio = carry.paths(new, x)
        return np.concatenate([share[:, new.matrix.share.used > 0], ratio[:, new.matrix.ratio.used > 0]], axis=1)

    determinants = []
    for x in carried:
        around = np.tile(x, (len(moved), 1))
        around[np.arange(len(moved)), moved] += step
        determinants.append(np.linalg.slogdet((flat(around) - flat(x[None])) / step)[1])
    assert np.diff(determinants) == pytest.approx(np.diff(carry.log_volume(new, carried)), abs=1e-4)


def test_what_both_models_know_is_carried_unchanged(new, old, kept):
    """The headquarters revenue of every firm without a new figure is that of the same draw."""
    carried, _ = carry.carry(old, new, kept[0][:5], seed=1)
    untouched = [f for f, name in enumerate(old.panel.firms) if name not in {"Intel", "AMD", "Analog Devices"}]
    for x, y in zip(kept[0], carried, strict=False):
        before, after = old.of(x), new.of(y)
        assert after["headquarters"][untouched] == pytest.approx(before["headquarters"][untouched], rel=1e-9)
        assert after["location"][untouched] == pytest.approx(before["location"][untouched], rel=1e-9)


def test_a_path_at_other_knots_has_the_covariance_of_its_process_and_weights_that_are_even():
    rng, had, has = np.random.default_rng(3), np.array([2015.5, 2016.5, 2017.5, 2019.5]), np.array([2015.5, 2016.0, 2017.5, 2018.2])
    memory = 0.7
    covariance = memory ** np.abs(has[:, None] - has[None, :])
    path = rng.normal(size=(100_000, 4)) @ np.linalg.cholesky(memory ** np.abs(had[:, None] - had[None, :])).T
    there, more = carry._at(path, had, has, lambda s, t: memory ** np.abs(s - t), rng)
    assert np.cov(there.T) == pytest.approx(covariance, abs=0.02)
    proposed = -0.5 * (path * np.linalg.solve(memory ** np.abs(had[:, None] - had[None, :]), path.T).T).sum(axis=1) + more
    target = -0.5 * (there * np.linalg.solve(covariance, there.T).T).sum(axis=1)
    assert np.ptp(target - proposed) == pytest.approx(0.0, abs=1e-8)


def test_a_figure_that_is_new_and_one_that_has_changed_are_found_and_no_other(rows, old):
    assert not len(reweight.changed_figures(old, old))
    new = with_row(rows, "Intel", "FY2025", china_hq_revenue_usd_m=9000.0, hq_kind="direct_customer")
    assert new.inputs.panel.table.loc[reweight.changed_figures(old, new), "label"].tolist() == ["Intel FY2025, hq"]
    new = with_row(rows, "Analog Devices", "FY2025", china_revenue_usd_m=2900.0)
    assert new.inputs.panel.table.loc[reweight.changed_figures(old, new), "value"].tolist() == pytest.approx([2900.0])


def test_draws_are_repeated_as_often_as_their_weight_asks_for_and_in_their_order():
    weights = np.random.default_rng(5).dirichlet(np.full(200, 0.3))
    places = reweight.repeated(weights)
    assert len(places) == 200 and (np.diff(places) >= 0).all()
    assert np.abs(np.bincount(places, minlength=200) - 200 * weights).max() < 1
    assert reweight.worth(np.full(200, 1 / 200)) == pytest.approx(200)


class SampledError(Exception):
    """Raised in place of minutes of sampling."""


@pytest.fixture
def no_sampling(monkeypatch):
    def sampled(inputs, sampling, progress, why):
        raise SampledError(why)

    monkeypatch.setattr(posterior, "sampled", sampled)


def of(inputs, folder=posterior.KEPT):
    return posterior.of(inputs, seed=1, progress=lambda line: None, folder=folder, first_year=FIRST_YEAR)


def test_the_same_rows_use_the_kept_draws_as_they_are(old, no_sampling):
    found = of(old.inputs)
    assert found.record["drawn"] == "kept" and found.record["new"] == found.record["gone"] == 0
    assert np.array_equal(found.values, posterior.read()[0])


def test_a_firm_of_which_nothing_is_kept_is_sampled(rows, no_sampling):
    name = "Lattice Semiconductor"
    others = {table: rows[table][rows[table]["firm"] != name] for table in ("firms", "company_filings")}
    with pytest.raises(SampledError, match="bring a firm or a year"):
        of(load_inputs({**rows, **others}, first_year=FIRST_YEAR))


def test_weights_that_cannot_be_trusted_are_not_used(rows, no_sampling, monkeypatch):
    new = with_row(rows, "Intel", "FY2025", china_hq_revenue_usd_m=9000.0, hq_kind="direct_customer")
    made = SimpleNamespace(values=None, before=None, before_k=0.0, pareto_k=0.71, effective=3000.0)
    monkeypatch.setattr(reweight, "reweight", lambda *a: made)
    with pytest.raises(SampledError, match=r"Pareto k 0\.71"):
        of(new.inputs)
    made.pareto_k = 0.69
    assert of(new.inputs).record["drawn"] == "weighted"


def test_other_code_or_an_edited_file_is_not_used(old, no_sampling, tmp_path, monkeypatch):
    folder = tmp_path / "posterior"
    shutil.copytree(posterior.KEPT, folder)
    with (folder / posterior.FILE).open("ab") as stream:
        stream.write(b"\n")
    with pytest.raises(errors.MissingFigureError, match="not the file that was computed"):
        of(old.inputs, folder)
    monkeypatch.setattr(reference, "code_digest", lambda modules: "another")
    with pytest.raises(SampledError, match="code is not that of the kept posterior"):
        of(old.inputs)


@pytest.mark.parametrize(("fit", "said"), [
    ({"drawn": "kept"}, "used as they are"),
    ({"drawn": "weighted", "new": 2, "gone": 1, "effective_draws": 1234.4, "pareto_k": 0.314, "trusted_k": 0.7},
     "worth 1,234 draws"),
    ({"drawn": "sampled", "why": "a firm is new"}, "sampled for this build (a firm is new)"),
])
def test_the_page_says_how_the_draws_were_come_by(fit, said):
    kept = {"computed": "2027-03-04", "edition": "2027.02", "observations": 155, "sampled_draws": 38400}
    sentence = sales_tables.drawn_from({"chains": 4, "draws": 1200, "kept": kept, **fit})
    assert said in sentence
    assert ("4 March 2027 from the 155 observations of edition 2027.02" in sentence) == (fit["drawn"] != "sampled")
