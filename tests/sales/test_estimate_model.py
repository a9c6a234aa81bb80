"""The reconciliation: fast identities of its parts, and slow fits (marked) on the real data."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.sales.estimate import calibration, checks, design, holdouts, model, value_of_information
from analysis.sales.estimate.equations import Equations
from analysis.sales.estimate.fit import OPTIONAL, TABLES, Sampler, Sampling, load_inputs
from analysis.sales.estimate.gaussians import Gaussians
from analysis.sales.estimate.priors import Priors

SHORT = Sampling(chains=2, draws=300, tune=300)


@pytest.fixture(scope="module")
def inputs():
    from analysis.data import load_table

    return load_inputs({name: load_table(name) for name in (*TABLES, *OPTIONAL)}, first_year=2015)


def test_a_linear_predictor_adds_means_and_scaled_normals():
    names = Gaussians({"a": (1.0, 2.0, 1), "b": (0.0, 0.5, 3)})
    affine = names.affine(3, a=1.0, b=np.eye(3))
    assert affine.of(np.array([1.0, 2.0, 0.0, -2.0])) == pytest.approx([4.0, 3.0, 2.0])


def test_a_walk_is_zero_in_its_pivot_year():
    years = np.arange(2013, 2020)
    walk = design.walk_matrix(years, 2016) @ np.random.default_rng(1).normal(size=len(years))
    assert walk[3] == 0 and np.abs(walk).sum() > 0


def test_a_stationary_path_has_the_same_variance_in_every_year():
    """No pivot year: what is not seen is known equally well, or badly, in 2015 and in 2025."""
    knots = np.array([2015.5, 2016.5, 2018.0, 2025.5])
    root = design.ou_root(knots, 0.8)
    covariance = root @ root.T
    assert np.diag(covariance) == pytest.approx(np.ones(4))
    assert covariance[0, 1] == pytest.approx(0.8)


def test_a_path_is_straight_between_knots_and_level_beyond_them():
    lines = design.interpolation(np.array([1.0, 3.0]), np.array([0.0, 2.0, 5.0]))
    assert lines @ np.array([10.0, 20.0]) == pytest.approx([10, 15, 20])


@pytest.fixture(scope="module")
def equations(inputs):
    return Equations(inputs)


@pytest.fixture(scope="module")
def density(equations):
    from analysis.sales.estimate.density import Density

    return Density(equations)


@pytest.fixture(scope="module")
def start(density):
    return density.start()


def test_the_coordinates_start_where_the_paths_meet_the_figures(inputs, equations, start):
    """At the origin every printed figure of a firm that has one figure a period is met within a few per cent."""
    rows = np.flatnonzero((inputs.panel.table["firm"] == "Intel").to_numpy())
    fitted = equations.of(start["origin"])["filings"][rows]
    assert fitted == pytest.approx(np.log(inputs.panel.table.loc[rows, "value"].to_numpy()), abs=0.1)


def test_the_axes_make_no_direction_from_nothing(equations, start):
    """Coordinates are another way of writing the same unknowns: none is lost."""
    assert np.linalg.matrix_rank(start["axes"]) == equations.size


@pytest.mark.parametrize("seed", range(5))
def test_no_unknowns_put_a_firm_beyond_its_bounds_or_huawei_beyond_its_suppliers(inputs, equations, seed):
    """By construction, for any draw, however wild."""
    x = np.random.default_rng(seed).normal(scale=2.0, size=equations.size)
    found, revenue = equations.of(x), inputs.panel.revenue.by_quarter()
    assert (found["headquarters"] <= revenue * inputs.bounds.cap * (1 + 1e-4)).all()  # the rounded corners of both bounds touch
    assert (found["headquarters"] >= revenue * inputs.bounds.floor * (1 - 1e-9)).all()
    assert (found["location"] <= revenue * (1 + 1e-9)).all()
    assert (found["huawei_by_supplier"][:-1] <= found["headquarters"] * (1 + 1e-9)).all()
    assert (found["total_headquarters"] >= found["headquarters"].sum(axis=0)).all()


def test_what_lenovo_bought_of_intel_bounds_it_from_below(inputs, equations, start):
    """A ratio near nothing still leaves Intel what one Chinese customer bought."""
    x, intel = start["origin"].copy(), inputs.panel.firms.index("Intel")
    x[equations.places["level"]] = -5.0
    sold = equations.of(x)["headquarters"][intel] @ equations.to_year.T / 1000
    in_2020 = sold[int(np.searchsorted(equations.years, 2020))]
    assert in_2020 == pytest.approx(0.12 * 77.9, rel=0.01)


def test_a_small_part_is_left_as_it_is(equations):
    from analysis.sales.estimate.equations import _above, _below

    log_part = np.log(np.array([0.05, 0.3, 0.5]))
    assert np.exp(_above(_below(log_part, 0.0, np), np.log(1e-6), np)) == pytest.approx([0.05, 0.3, 0.5], rel=0.003)


def test_the_sampler_and_the_draws_read_the_same_equations(equations, start):
    """One text for JAX and NumPy: both give the same revenue and the same expected observations."""
    import jax
    import jax.numpy as jnp

    found, expected = jax.jit(lambda x: equations.of(x, jnp))(start["origin"]), equations.of(start["origin"])
    for name in ("mean", "total_headquarters", "innovations"):
        assert np.asarray(found[name]) == pytest.approx(expected[name], abs=1e-8), name


@pytest.mark.parametrize("structure", [(1.0, 1.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0, 1.0)])
def test_the_slope_of_the_density_is_that_of_small_steps(density, start, structure):
    """In random directions, with every switch on and off, away from the origin."""
    rng = np.random.default_rng(3)
    on = (rng.random(len(start["on"])) < 0.8).astype(float)
    data = start | {"on": on, "structure": np.array(structure)}
    u = 0.3 * rng.normal(size=len(start["origin"]))
    _, slope = density.at(u, **data)
    for _ in range(3):
        way = rng.normal(size=len(u)) / np.sqrt(len(u))
        ahead, behind = (density.at(u + step * way, **data)[0] for step in (1e-4, -1e-4))
        assert slope @ way == pytest.approx((ahead - behind) / 2e-4, rel=1e-5, abs=1e-5)


def test_an_observation_that_is_switched_off_does_not_move_the_density(density, start):
    data, u = start | {"structure": np.array([1.0, 1.0, 0.0])}, np.zeros(len(start["origin"]))
    on = np.ones(len(start["on"]))
    on[5] = 0
    elsewhere = np.asarray(start["y"]) + 2.0 * (1 - on)
    hidden = [density.at(u, **(data | {"y": y, "on": on}))[0] for y in (start["y"], elsewhere)]
    seen = [density.at(u, **(data | {"y": y}))[0] for y in (start["y"], elsewhere)]
    assert hidden[0] == hidden[1] and seen[0] > seen[1]


def test_switched_off_classes_have_no_effect(equations, start):
    shifted = start["origin"].copy()
    shifted[equations.places["class"]] += 1.0
    off = [equations.of(x, structure=(0.0, 1.0))["innovations"] for x in (start["origin"], shifted)]
    n = len(equations.panel.classes)
    levels = slice(-len(equations.years) - equations.n_firms, -len(equations.years))
    assert off[0][levels] == pytest.approx(off[1][levels]) and n > 1
    on = [equations.of(x)["innovations"] for x in (start["origin"], shifted)]
    assert np.abs(on[0][levels] - on[1][levels]).min() > 0.1


def test_simulated_unknowns_have_the_priors_own_innovations(equations):
    """Truths for the calibration are drawn from the very prior that the model has: their innovations are standard normals."""
    squares, count = 0.0, 0
    for seed in range(8):
        x, _ = calibration.simulate(equations, seed)
        found = equations.of(x)
        kept = np.concatenate([found["z"], found["innovations"]])
        kept = kept[kept != 0]  # padding
        squares, count = squares + (kept**2).sum(), count + len(kept)
    assert squares / count == pytest.approx(1.0, abs=4 * np.sqrt(2 / count))


def test_ranks_that_crowd_at_an_end_leave_their_band():
    rng = np.random.default_rng(5)
    ranks = rng.integers(0, calibration.RANKS + 1, 200)
    fair = pd.DataFrame({"run": range(200), "quantity": "fair", "rank": ranks, "inside": True})
    low = fair.assign(quantity="low", rank=rng.integers(0, calibration.RANKS // 2, 200))
    found = calibration.uniformity(pd.concat([fair, low])).set_index("quantity")["within"]
    assert found["fair"] and not found["low"]


def test_every_observation_has_a_value_an_error_and_a_name(inputs):
    from analysis.sales.estimate.checks import labels

    seen, sd = model.observed(inputs), model.errors_of(inputs)
    for block in model.BLOCKS:
        assert len(seen[block]) == len(sd[block]) > 0
        assert np.isfinite(seen[block]).all() and (sd[block] >= 0).all()
    assert len(labels(inputs)) == len(model.joined(seen))


def test_moving_a_prior_leaves_the_others_alone():
    moved = Priors().moved(ratio_average=0.3)
    assert moved.quantities["ratio_average"] == (pytest.approx(0.0), 0.5)
    assert {k: v for k, v in moved.quantities.items() if k != "ratio_average"} == {
        k: v for k, v in Priors().quantities.items() if k != "ratio_average"
    }


def test_the_score_of_a_sample_is_that_of_the_normal_it_is_drawn_from():
    sample = np.random.default_rng(3).normal(1.0, 0.5, 20_000)
    assert holdouts.crps(sample, 1.4) == pytest.approx(holdouts.normal_crps(1.4, 1.0, 0.5), abs=0.005)


def test_a_certain_and_right_prediction_scores_better_than_a_wide_one():
    assert holdouts.normal_crps(0.0, 0.0, 0.1) < holdouts.normal_crps(0.0, 0.0, 1.0)


def test_leaving_a_figure_out_leaves_its_whole_period_out(inputs):
    """TI's half-year of 2022 is a part of its year: neither may be in when the other is predicted."""
    # In the other two tests what was printed before stays in.
    for case in (c for c in holdouts.cases(inputs) if c.test not in ("out of time", holdouts.NEW)):
        table = inputs.panel.table
        for i in case.predict:
            span = pd.period_range(end=table.loc[i, "end"], periods=int(table.loc[i, "months"]), freq="M")
            kept = table.drop(index=case.off)
            same = kept[(kept["firm"] == table.loc[i, "firm"]) & (kept["kind"] == table.loc[i, "kind"])]
            for row in same.to_dict("records"):
                other = pd.period_range(end=row["end"], periods=int(row["months"]), freq="M")
                assert len(span.intersection(other)) <= 1, (case.name, table.loc[i, "label"], row["label"])


def test_knowing_the_only_unsure_part_leaves_nothing_and_knowing_a_sure_one_leaves_all():
    rng = np.random.default_rng(2)
    part = rng.normal(10, 3, 4000)
    assert value_of_information.remaining_sd(part + 5, part) < 0.05
    assert value_of_information.remaining_sd(part + 5, rng.normal(size=4000)) == pytest.approx(part.std(), rel=0.02)
    assert value_of_information.remaining_sd(part, np.full(4000, 7.0)) == pytest.approx(part.std())


@pytest.fixture(scope="module")
def sampler(inputs):
    return Sampler(inputs)


@pytest.fixture(scope="module")
def fitted(sampler):
    return sampler.sample(SHORT)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_draws(sampler, fitted):
    again = sampler.sample(SHORT)
    assert np.array_equal(again.total_headquarters, fitted.total_headquarters)


@pytest.mark.slow
def test_a_published_headquarters_figure_is_returned(inputs, fitted):
    ti, t = inputs.panel.firms.index("Texas Instruments"), int(np.searchsorted(inputs.panel.years, 2022))
    assert np.median(fitted.yearly(fitted.headquarters)[..., ti, t]) == pytest.approx(4.807, rel=0.03)


@pytest.mark.slow
def test_firms_and_rest_add_up_to_the_total_in_every_draw(fitted):
    parts = fitted.headquarters.sum(axis=-2) + fitted.rest_headquarters
    assert parts == pytest.approx(fitted.total_headquarters)


@pytest.mark.slow
def test_no_supplier_sells_huawei_more_than_all_chinese_firms(fitted):
    assert (fitted.huawei_by_supplier[..., :-1, :] <= fitted.headquarters).all()
    assert (fitted.huawei <= fitted.total_headquarters).all()


@pytest.mark.slow
def test_a_supplier_that_left_sells_huawei_next_to_nothing(inputs, fitted):
    micron = fitted.yearly(fitted.huawei_by_supplier)[..., inputs.panel.firms.index("Micron"), :]
    before, after = (np.median(micron[..., int(np.searchsorted(inputs.panel.years, y))]) for y in (2019, 2022))
    assert after < 0.1 * before


@pytest.mark.slow
def test_a_firm_that_discloses_is_known_better_than_one_that_does_not(inputs, fitted):
    t = int(np.searchsorted(inputs.panel.years, 2023))
    yearly = fitted.yearly(fitted.headquarters)
    spread = {firm: np.log(yearly[..., inputs.panel.firms.index(firm), t]).std() for firm in ("Micron", "NVIDIA", "Intel", "AMD")}
    assert max(spread["Micron"], spread["NVIDIA"]) < min(spread["Intel"], spread["AMD"]) / 2


class Sure:
    """Stands for a sampler that knows the observations exactly, but for a shift of all of one block."""

    def __init__(self, inputs, block: str, shift: float) -> None:
        self.inputs, self._block, self._shift = inputs, block, shift

    def sample(self, sampling, *, on):
        where = model.block_slices(self.inputs)[self._block]
        assert not on[where].any() and on.sum() == len(on) - (where.stop - where.start)  # it is out, and nothing else is
        mean = np.broadcast_to(model.joined(model.observed(self.inputs)), (2, 500, len(on))).copy()
        mean[..., where] += self._shift
        return SimpleNamespace(mean=mean, spread=np.full((2, 500, len(self.inputs.priors.spreads)), 0.01))


@pytest.mark.parametrize("shift, agrees", [(0.0, True), (1.0, False), (-1.0, False)])
def test_a_source_that_says_what_the_others_predict_agrees_and_one_far_off_is_a_conflict(inputs, shift, agrees):
    rows = pd.DataFrame(checks.conflict(Sure(inputs, "demand", shift), SHORT, "Chinese chip purchases")).set_index("label")
    assert len(rows) == 1 + len(inputs.context.demand_table)
    assert (rows.loc[checks.WHOLE, "probability"] > 0.5) == agrees
    assert (rows.loc[checks.WHOLE, "probability"] < 0.05) != agrees
    assert rows.loc[checks.WHOLE, "predicted_log"] - rows.loc[checks.WHOLE, "observed_log"] == pytest.approx(shift, abs=0.05)


def test_a_figure_is_known_again_in_an_earlier_edition_by_firm_period_and_kind():
    table = pd.DataFrame(
        [
            ("A", "2024-12-31", "location"),
            ("A", "2024-12-31", "hq"),
            ("A", "2025-12-31", "location"),
            ("B", "2024-12-31", "location with Taiwan"),
        ],
        columns=["firm", "end", "kind"],
    )
    frozen = pd.DataFrame(
        [("A", "2024-12-31", "10", None, None), ("B", "2024-12-31", None, "20", None), ("A", "2025-12-31", None, None, "5")],
        columns=["firm", "fiscal_year_end", "china_revenue_usd_m", "china_share_pct", "china_hq_revenue_usd_m"],
    ).assign(china_hq_mainland_usd_m=None)
    assert holdouts._held(table, frozen).tolist() == [True, False, False, True]


def test_what_an_edition_added_is_predicted_from_what_the_edition_before_it_held(inputs):
    """Intel's year 2025 came after the first edition; its 2024 was in it."""
    case = next(c for c in holdouts.cases(inputs) if c.test == holdouts.NEW and c.name == "2026.11")
    labels = inputs.panel.table["label"]
    assert "Intel FY2025, location" in set(labels[case.predict])
    assert not {"Intel FY2024, location", "Micron FY2021, hq"} & set(labels[case.off])
    assert set(case.predict) <= set(case.off)
