"""What the explorer's page holds follows from the files; its text and citations say what they should."""

from __future__ import annotations

import shutil

import lxml.html
import numpy as np
import pytest
import yaml

from analysis import paths
from analysis.data import load_table
from analysis.explorer.markup import explorer_html, presets_table
from analysis.explorer.page import rounded_up
from analysis.explorer.results import load_explorer_results, write_agreement, write_explorer_results
from analysis.explorer.script import Script
from analysis.explorer.settings import LEVERS, page_settings, slider
from analysis.model.run import load_model, run_draws
from analysis.registry import citations

WAITS = {"files": 21, "median": 5.0, "longest": 45.3, "without_end": 3}


@pytest.fixture(scope="module")
def written(tmp_path_factory, calibrated):
    """The results of both steps, with few draws and points."""
    artifacts = tmp_path_factory.mktemp("artifacts")
    write_explorer_results(artifacts / "explorer", draws=32, calibrated=calibrated)
    write_agreement(artifacts / "explorer_agreement", points=4)
    return load_explorer_results(artifacts)


@pytest.fixture(scope="module")
def tree(written):
    return lxml.html.fragment_fromstring(explorer_html({**written[0], "waits": WAITS}))


def test_the_step_says_how_far_script_and_model_are_apart(written):
    _, agreement = written
    assert 0 < agreement["relative"] < agreement["tolerance"] and agreement["points"] == 4 and agreement["quantity"]


def test_results_that_are_missing_name_the_command_that_makes_them(tmp_path):
    with pytest.raises(FileNotFoundError, match="python -m analysis explorer-agreement"):
        load_explorer_results(tmp_path)


def test_a_new_scenario_and_a_changed_prior_reach_the_page_without_a_change_of_code(tmp_path, calibrated):
    for name in ("parameters.yml", "scenarios.yml"):
        shutil.copyfile(paths.DATA / name, tmp_path / name)
    shutil.copyfile(paths.DATA / "policy" / "policy_events.csv", tmp_path / "policy_events.csv")
    parameters = yaml.safe_load((tmp_path / "parameters.yml").read_text(encoding="utf-8"))
    parameters["parameters"]["contagion_unlisted"]["prior"] = {"triangular": [0.1, 0.2, 0.5]}
    (tmp_path / "parameters.yml").write_text(yaml.safe_dump(parameters, sort_keys=False), encoding="utf-8")
    with (tmp_path / "scenarios.yml").open("a", encoding="utf-8") as file:
        file.write("\n  quick:\n    extends: stalemate\n    label: Three months\n    limbo_months: 3\n")
        file.write("    parameters: {stockpile_months: 9}\n")
    model = load_model(tmp_path, load_table("policy_events", tmp_path))
    settings = page_settings(model, 64, 1, calibrated)
    assert settings["presets"][-1]["name"] == "quick" and settings["presets"][-1]["parameters"] == {"stockpile_months": 9}
    contagion = next(p for p in settings["parameters"] if p["name"] == "contagion_unlisted")
    assert contagion["prior"]["support"] == [0.1, 0.5]
    assert Script(settings).run("?scenario=quick", 8).problems == []
    write_explorer_results(tmp_path / "out", draws=16, seed=1, data_dir=tmp_path, calibrated=calibrated)


def test_every_scenario_with_levers_can_be_started_from_and_the_dated_one_cannot(model, settings):
    names = [preset["name"] for preset in settings["presets"]]
    assert set(model.scenarios.names) - set(names) == {
        "realised", *(name for name in model.scenarios.names if name.startswith("today_"))}


def test_sliders_reach_the_prior_and_beyond_but_never_leave_the_valid_range(model, settings):
    for parameter in settings["parameters"]:
        if parameter["name"] in LEVERS:
            ends, (low, high) = parameter["slider"], parameter["prior"]["support"]
            assert parameter["low"] <= ends["min"] <= low < high <= ends["max"] <= parameter["high"], parameter["name"]
            assert 40 <= (ends["max"] - ends["min"]) / ends["step"] <= 110, parameter["name"]
    fixed = model.parameters.with_values({"contagion_unlisted": 0.2})["contagion_unlisted"]
    assert slider(fixed)["max"] == 1


def test_every_control_is_a_native_element_with_a_label(tree, settings):
    controls = tree.xpath(".//input | .//select")
    labelled = {label.get("for") for label in tree.xpath(".//label")}
    assert {control.get("id") for control in controls} == labelled
    assert len(controls) == 2 + 2 + 2 + 2 + len(settings["rules"]) + len(settings["parameters"])


def test_the_months_of_limbo_are_described_by_the_waits_on_record(tree, written):
    note = tree.get_element_by_id(tree.get_element_by_id("x-limbo_months").get("aria-describedby")).text_content()
    assert f"half of {WAITS['files']} undecided files" in note and f"the longest {WAITS['longest']:.1f};" in note
    links = [link.get("href") for link in tree.xpath(".//*[@id='x-waits']//a[contains(@class, 'cs-num')]")]
    assert links == [f"numbers.html#n-rules-waits-{name}" for name in ("files", "median", "longest", "without-end")]


def test_both_versions_of_the_model_can_be_chosen_above_and_where_two_policies_are_compared(tree, written):
    names = [version["name"] for version in written[0]["versions"]]
    for id in ("x-version", "x-version-both"):
        control = tree.get_element_by_id(id)
        assert [option.get("value") for option in control] == names == ["prior", "informed"]
        assert "up to 2022" in tree.get_element_by_id(control.get("aria-describedby")).text_content()


def test_the_page_knows_where_the_calibrated_draws_lie_and_what_each_scenario_costs_with_them(written, runs):
    settings, few = written[0], runs.model.parameters.from_steps(runs.calibrated)
    for parameter in settings["parameters"]:
        if parameter["prior"]:
            low, median, high = np.percentile(few[parameter["name"]][:32], [5, 50, 95])
            assert parameter["prior"]["calibrated"] == pytest.approx([median, low, high], rel=5e-3), parameter["name"]
    narrow = next(preset for preset in settings["presets"] if preset["name"] == "narrow_ban")["results"]
    draws = {name: values[:32] for name, values in few.items()}
    cost = run_draws(draws, runs.model.prepare("narrow_ban")[1], runs.model.parameters.segments).headline["pv_lost_sales_usd_bn"]
    assert narrow["informed"]["outputs"]["pv_lost_sales_usd_bn"][0] == pytest.approx(np.median(cost), abs=1e-4)
    assert narrow["informed"] != narrow["prior"]


def test_every_parameter_of_the_file_can_be_set(tree, model):
    assert {f"x-{name}" for name in model.parameters.names} <= {control.get("id") for control in tree.xpath(".//input")}


def test_the_table_without_javascript_has_every_scenario_with_an_interval_in_every_cell(written):
    settings, _ = written
    table = lxml.html.fragment_fromstring(presets_table(settings))
    rows = table.xpath(".//tbody/tr")
    assert [row[0].text for row in rows] == [preset["label"] for preset in settings["presets"]]
    assert all(" to " in cell.text and "(" in cell.text for row in rows for cell in row[1:])


def test_what_the_page_holds_cannot_end_its_script_element(written):
    hostile = {**written[0], "waits": WAITS, "labels": {**written[0]["labels"], "tgl_days": "</script><b>&"}}
    assert explorer_html(hostile).count("</script>") == explorer_html({**written[0], "waits": WAITS}).count("</script>")


@pytest.mark.parametrize("value, shown", [(7.7e-13, (8e-13, 13)), (1e-10, (1e-10, 10)), (0.0, (0.0, 0)), (3.1, (4.0, 0))])
def test_a_largest_difference_is_rounded_up(value, shown):
    found = rounded_up(value)
    assert found == (pytest.approx(shown[0]), shown[1])


def test_a_scenario_is_cited_with_its_changes_values_and_address():
    address = "https://x.example/editions/2026.11/explorer.html?scenario=stalemate&limbo_months=9"
    cited = citations.cite_scenario(
        "Stalemate", "months of limbo: 9", "Lost sales: US$9.0 billion (90% interval 1.0 to 20.0)", "Jobs: 10", "4,096",
        "?scenario=stalemate&limbo_months=9", "2026.11", "2026-11-22", address)
    plain = cited.text("plain")
    assert "Scenario “Stalemate”, changed (months of limbo: 9). Lost sales: US$9.0 billion (90% interval 1.0 to 20.0)" in plain
    assert plain.endswith(address) and "Edition 2026.11" in plain and "Modelled, 4,096 draws. Jobs: 10." in plain
    assert cited.text("bibtex").startswith("@incollection{chip_stalemate_2026_11_scenario_stalemate_limbo_months_9,")
    unchanged = citations.cite_scenario("Ban", "", "v", "o", "1", "", "2026.11", "2026-11-22", address)
    assert unchanged.title == "Scenario “Ban”. v"
