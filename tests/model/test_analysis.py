"""Cost of a month, frontier, sensitivity, and the commands and pages built on them."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from analysis import paths
from analysis.cli import main
from analysis.model import sensitivity
from analysis.model.from_estimate import load_estimate
from analysis.model.frontier import dominated, dominated_by_mix, frontier_table
from analysis.model.month_cost import PARTS, cost_of_month, cost_table, part_values, present_values
from analysis.model.outcome import LOSSES
from analysis.model.parameter_page import render_parameters
from analysis.model.parameters import load_parameters
from analysis.model.run import load_model, run_draws
from analysis.model.summary import OUTPUTS, interval, summarise
from analysis.paths import ARTIFACTS, DATA, ROOT
from analysis.runner.inputs import with_model_overrides


def test_the_parts_of_a_months_cost_hold_every_loss_once():
    assert sorted(loss for losses in PARTS.values() for loss in losses) == sorted(LOSSES)


@pytest.mark.parametrize("resolution", ["open", "narrow_ban"])
def test_monthly_costs_add_up_to_the_cost_of_the_whole_limbo(model, draws, resolution):
    values = present_values(model, draws, range(8), resolution)
    total = sum(month["total"] for month in cost_of_month(values).values())
    whole = sum(values[7].values()) - sum(values[0].values())
    np.testing.assert_allclose(total, whole, atol=1e-9)


def test_the_cost_of_a_month_is_the_difference_of_two_decisions(model, draws):
    base = model.scenarios["stalemate"]
    by_hand = []
    for months in (5, 6):
        path = model.scenarios.path(base.resolved_by(months, "open"), model.parameters)
        by_hand.append(run_draws(draws, path, model.parameters.segments).headline["pv_lost_sales_usd_bn"])
    cost = cost_of_month(present_values(model, draws, (5, 6), "open"))[5]["total"]
    np.testing.assert_allclose(cost, by_hand[1] - by_hand[0], atol=1e-9)


def test_a_month_before_a_ban_also_saves_the_sales_of_that_month(model, draws):
    table = cost_table(model, draws, 1, ["narrow_ban"])
    access = table.query("part == 'access' and month == 0").iloc[0]
    listed = draws["listed_customer_sales_usd_bn"].mean() / 12
    assert access["mean"] == pytest.approx(-listed, rel=0.02)


def test_dominance_is_less_cost_and_no_less_denial():
    cost, denial = np.array([[1.0], [2.0], [2.0], [3.0]]), np.array([[5.0], [5.0], [1.0], [9.0]])
    by = dominated(cost, denial)[..., 0]
    assert by[1, 0] and by[2, 0] and by[2, 1]
    assert not by[0].any() and not by[3].any() and not by.diagonal().any()


def test_a_mix_dominates_what_lies_above_the_line():
    cost, denial = np.array([[0.0], [10.0], [8.0], [4.0]]), np.array([[0.0], [10.0], [5.0], [5.0]])
    assert dominated_by_mix(cost, denial)[:, 0].tolist() == [False, False, True, False]
    assert not dominated(cost[[0, 1, 2]], denial[[0, 1, 2]])[2].any()


def test_the_frontier_marks_the_dominated_and_says_by_which(model, draws):
    names = ["full_engagement", "stalemate_24_ban", "narrow_ban", "broad_ban"]
    outcomes = {name: run_draws(draws, model.prepare(name)[1], model.parameters.segments).headline for name in names}
    table = frontier_table(outcomes, {name: name for name in names}).set_index("policy")
    assert table.loc["broad_ban", "probability_dominated"] == 1 and table.loc["broad_ban", "most_often_by"] == "narrow_ban"
    assert (
        table.loc["full_engagement", "on_frontier"]
        and table.loc["narrow_ban", "on_frontier"]
        and not table.loc["broad_ban", "on_frontier"]
    )
    assert (table["probability_dominated_by_mix"] >= table["probability_dominated"] - 1e-12).all()
    assert np.isinf(table.loc["full_engagement", "price"]) and table.loc["narrow_ban", "price"] > 0


def test_sobol_indices_of_a_linear_function_are_its_squared_weights(model):
    """z1 + 2 z2 of two uniform quantiles: shares 1/5 and 4/5."""
    first, second = "contagion_persistence", "licence_free_share"  # both uniform on 0 to 1
    table = sensitivity.sobol(model, lambda d: {"y": d[first] + 2 * d[second]}, 256, 1, resamples=20).set_index("parameter")
    assert table.loc[first, "total"] == pytest.approx(0.2, abs=0.03)
    assert table.loc[second, "total"] == pytest.approx(0.8, abs=0.06)
    assert table.drop([first, second])["total"].abs().max() < 0.02


def test_sobol_indices_and_their_intervals_are_the_same_for_the_same_seed(model):
    def outputs(draws):
        return {"y": draws["contagion_persistence"] * draws["licence_free_share"]}

    one, again, other = (sensitivity.sobol(model, outputs, 64, seed, resamples=20) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert not one["total_low"].equals(other["total_low"])


def test_the_table_of_variances_leaves_out_what_matters_nowhere():
    rows = [{"output": output, "label": label, "total": total, "total_low": total - 0.05, "total_high": total + 0.05}
            for output, label, total in (("cost", "hazard", 0.6), ("cost", "lag", 0.01), ("cost", "size", 0.2),
                                         ("denial", "hazard", 0.0), ("denial", "lag", 0.02), ("denial", "size", 0.9))]
    shown = sensitivity.variance_table(pd.DataFrame(rows))
    assert list(shown.index) == ["size", "hazard"] and list(shown.columns) == ["cost", "denial"]
    assert shown.loc["hazard", "cost"] == "60 [55, 65]" and shown.loc["hazard", "denial"] == "0 [0, 5]"


def test_the_tornado_moves_one_parameter_at_a_time(model):
    table = sensitivity.tornado(
        model, lambda d: {"y": d["contagion_persistence"] * 10}, {"discount_rate_pct_per_year": (3, 12)}
    ).set_index("parameter")
    assert table.loc["contagion_persistence", ["result_low", "result_high", "central"]].tolist() == pytest.approx([0.5, 9.5, 5.0])
    assert table.drop("contagion_persistence")["swing"].max() == 0
    assert table.loc["discount_rate_pct_per_year", ["at_low", "at_high"]].tolist() == [3, 12]


def test_the_nearest_flip_of_a_plane_is_its_distance(model):
    """Gap 2 - a - b in normal scores: the nearest zero is (1, 1), at a distance of the square root of 2."""
    from scipy.special import ndtri

    def gap(d):
        return 2.0 - ndtri(d["contagion_persistence"]) - ndtri(d["licence_free_share"])

    distance, table = sensitivity.nearest_flip(model, gap)
    assert distance == pytest.approx(np.sqrt(2), rel=1e-3)
    assert set(table["parameter"].head(2)) == {"contagion_persistence", "licence_free_share"}
    assert table["share_pct"].head(2).tolist() == pytest.approx([50, 50], abs=0.5)


def test_a_ranking_that_nothing_can_turn_has_no_nearest_flip(model):
    distance, table = sensitivity.nearest_flip(model, lambda d: np.full(len(d["contagion_persistence"]), 3.0))
    assert np.isinf(distance) and table.empty


def test_a_single_flip_is_the_value_nearest_to_the_median(model):
    table = sensitivity.single_flips(model, lambda d: 0.3 - d["contagion_persistence"]).set_index("parameter")
    assert table.loc["contagion_persistence", "flip_value"] == pytest.approx(0.3, abs=0.012)
    assert table.drop("contagion_persistence")["flip_value"].isna().all()


def test_faster_redesign_lowers_the_contagion_it_takes(model):
    table = sensitivity.contagion_thresholds(model, "stalemate_24_open", "narrow_ban", (0.06, 0.12), (0.015,), grid=41)
    assert table["threshold"].is_monotonic_decreasing and table["threshold"].between(0, 1).all()


def test_the_summary_names_every_output_with_its_interval(model, draws):
    table = summarise(run_draws(draws, model.prepare("narrow_ban")[1], model.parameters.segments).headline)
    assert table["output"].tolist() == list(OUTPUTS)
    assert (table["low"] <= table["median"]).all() and (table["median"] <= table["high"]).all()
    assert interval(np.arange(101.0)) == (50.0, 5.0, 95.0)


def test_losses_by_part_agree_with_the_headline(model, draws):
    outcome = run_draws(draws, model.prepare("stalemate_24_ban")[1], model.parameters.segments)
    np.testing.assert_allclose(sum(part_values(outcome).values()), outcome.headline["pv_lost_sales_usd_bn"], atol=1e-9)


def test_the_scenario_command_prints_json_and_answers_mistakes(capsys):
    assert main(["scenario", "stalemate", "--set", "limbo_months=6", "--set", "odds_open=1", "--draws", "64", "--json"]) == 0
    changed = json.loads(capsys.readouterr().out)
    assert main(["scenario", "stalemate_6_open", "--draws", "64", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outputs"] == changed["outputs"]
    assert main(["scenario", "stalemat"]) == 1
    assert "did you mean 'stalemate'" in capsys.readouterr().err
    assert main(["scenario", "stalemate", "--set", "limbo_months"]) == 1
    assert "name=value" in capsys.readouterr().err


def estimate_of(folder):
    """An estimate with sales far from the priors of the file: joint draws of every quantity that the model takes."""
    classes = {name for segment in load_parameters(paths.DATA / "parameters.yml").segments for name in segment.classes}
    rows = [(quantity, year, draw, size + draw / 100) for draw in range(50) for year in (2018, 2025)
            for quantity, size in {"huawei": 3.0, "headquarters": 30.0, **{f"class:{name}": 5.0 for name in classes}}.items()]
    (folder / "estimate").mkdir()
    pd.DataFrame(rows, columns=["quantity", "year", "draw", "value"]).to_parquet(folder / "estimate" / "joint.parquet")


def test_a_scenario_says_whether_its_exposures_are_the_estimates_draws(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(paths, "ARTIFACTS", tmp_path)
    costs = []
    for expected in ("priors of parameters.yml, because no estimate has been made here", "draws of the estimate"):
        assert main(["scenario", "narrow_ban", "--draws", "64", "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        costs.append(next(row["median"] for row in said["outputs"] if row["output"] == "pv_lost_sales_usd_bn"))
        assert main(["scenario", "narrow_ban", "--draws", "64"]) == 0
        printed = capsys.readouterr().out
        assert said["exposures"].startswith(expected) and f"exposures: {said['exposures']}" in printed
        if not (tmp_path / "estimate").exists():
            assert "python -m analysis fit-estimate" in printed
            estimate_of(tmp_path)
    assert costs[1] < 0.6 * costs[0]


def test_the_command_runs_a_scenario_of_today_with_the_sales_of_its_year_and_only_as_stated(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(paths, "ARTIFACTS", tmp_path)
    estimate_of(tmp_path)
    file = tmp_path / "estimate" / "joint.parquet"
    table = pd.read_parquet(file)
    table.loc[table["year"] == 2025, "value"] *= 4
    table.to_parquet(file)
    command = ["scenario", "today_licence_pause", "--draws", "64"]
    assert main([*command, "--json"]) == 0
    found = next(row for row in json.loads(capsys.readouterr().out)["outputs"] if row["output"] == "pv_lost_sales_usd_bn")
    costs = load_model(estimate=load_estimate()).run("today_licence_pause", 64).headline["pv_lost_sales_usd_bn"]
    assert found["median"] == pytest.approx(np.median(costs))
    assert main([*command, "--version", "informed"]) == 1
    assert "calibrated draws have the sales of 2018, this scenario has those of 2025" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["assess-model", "model-results", "explorer-results"])
def test_what_the_pages_show_is_not_made_without_an_estimate(command, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(paths, "ARTIFACTS", tmp_path)
    assert main([command, "--out", str(tmp_path / "out"), "--draws", "64"]) == 1
    assert "python -m analysis fit-estimate" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_parameter_page_lists_every_parameter_scenario_and_target(model):
    page = render_parameters(DATA)
    for name in model.parameters.names:
        assert f"`{name}`" in page, name
    for name in model.scenarios.names:
        assert f"`{name}`" in page, name
    assert "Targets of the calibration" in page and "Drift in the back-test" in page


def test_the_parameter_page_shows_the_values_of_the_build_not_those_it_started_from(tmp_path):
    shutil.copytree(DATA / "studies", tmp_path / "studies")
    shutil.copy(DATA / "scenarios.yml", tmp_path)
    text = (DATA / "parameters.yml").read_text(encoding="utf-8")
    changed = with_model_overrides(text, {"discount_rate_pct_per_year": 3.17})
    (tmp_path / "parameters.yml").write_text(changed, encoding="utf-8")
    shown, base = render_parameters(tmp_path), render_parameters(DATA)
    assert "3.17" in shown and "3.17" not in base


@pytest.mark.slow
def test_the_results_can_be_written_and_read(written):
    from analysis.model.written import load_model_results

    results = load_model_results(written)
    assert {"scenarios", "month_cost", "backtest", "frontier", "sobol", "tornado", "nearest_flip", "replication", "meta"} <= set(
        results
    )
    assert sum(path.stat().st_size for path in written.rglob("*.*")) < 3_000_000


@pytest.mark.slow
def test_yearly_losses_by_customer_hold_every_part_once_and_add_up(written):
    from analysis.model.tables import GROUP_LOSSES, yearly_table
    from analysis.model.written import load_model_results

    assert sorted(loss for losses in GROUP_LOSSES.values() for loss in losses) == sorted(LOSSES)
    table = yearly_table(load_model_results(written), "stalemate_24_open")
    assert len(table) == 10
    np.testing.assert_allclose(table.iloc[:, :4].sum(axis=1), table["Whole, US$ bn"], atol=0.21)


@pytest.mark.slow
@pytest.mark.skipif(not (ARTIFACTS / "estimate").is_dir(), reason="needs the estimate of a build")
def test_both_steps_give_the_same_bytes_in_another_process_with_other_threads(written, tmp_path):
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "estimate").symlink_to(ARTIFACTS / "estimate")
    environment = {**os.environ, "PYTHONHASHSEED": "7", "CHIP_BUILD_DIR": str(tmp_path)}
    threads = "1" if (os.cpu_count() or 1) > 1 else "2"
    environment |= {f"{name}_NUM_THREADS": threads for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    for command in ("assess-model", "model-results"):
        subprocess.run([sys.executable, "-m", "analysis", command, "--draws", "256", "--seed", "1"], check=True, cwd=ROOT,
                       env=environment, capture_output=True)
    files = ("assessment/*", "model/*")
    here, there = ({str(file.relative_to(root)): file.read_bytes() for pattern in files for file in root.glob(pattern)}
                   for root in (written, tmp_path / "artifacts"))
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []


def test_missing_results_name_the_command_that_makes_them(tmp_path):
    from analysis.model.written import load_model_results

    with pytest.raises(FileNotFoundError, match=r"assess-model, then .* model-results"):
        load_model_results(tmp_path)
