"""Parameters, priors and scenarios: every mistake is named, with the nearest right name."""

import textwrap

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.cli import main
from analysis.data.safe_yaml import YamlError
from analysis.model.parameter_page import render_parameters
from analysis.model.parameters import ParameterError, load_parameters
from analysis.model.priors import Prior, PriorError
from analysis.model.scenarios import change, load_scenarios
from analysis.model.tables import later_evidence_table
from analysis.paths import DATA

GOOD = """
segments:
  all: {label: All, weight: 1.0, substitutability: 1.0}
parameters:
  a:
    label: A
    value: 0.5
    unit: share
    prior: {uniform: [0, 1]}
    class: judged
    sources: []
    range: [0, 1]
    block: customers
    note: A note.
"""


def write(tmp_path, text, name="parameters.yml"):
    path = tmp_path / name
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "prior, reference",
    [
        (Prior.parse("uniform", [2, 5]), stats.uniform(2, 3)),
        (Prior.parse("loguniform", [0.02, 0.16]), stats.loguniform(0.02, 0.16)),
        (Prior.parse("triangular", [0.6, 0.73, 0.85]), stats.triang(0.13 / 0.25, 0.6, 0.25)),
        (Prior.parse("triangular", [0, 0, 2]), stats.triang(0, 0, 2)),
        (Prior.parse("normal", [0.7, 0.35, 0, 1.6]), stats.truncnorm(-2, 0.9 / 0.35, 0.7, 0.35)),
    ],
)
def test_quantiles_agree_with_scipy(prior, reference):
    u = np.linspace(0.001, 0.999, 201)
    np.testing.assert_allclose(prior.quantile(u), reference.ppf(u), rtol=1e-9)


@pytest.mark.parametrize(
    "family, arguments, words",
    [
        ("unifrm", [0, 1], "unknown prior"),
        ("uniform", [1, 0], "out of order"),
        ("uniform", [0], "needs 2 arguments"),
        ("triangular", [0, 5, 2], "out of order"),
        ("loguniform", [0, 1], "out of order"),
        ("normal", [0, -1, 0, 1], "out of order"),
        ("uniform", [0, float("inf")], "finite"),
        ("uniform", ["low", "high"], "needs numbers"),
    ],
)
def test_a_bad_prior_is_refused(family, arguments, words):
    with pytest.raises(PriorError, match=words):
        Prior.parse(family, arguments)


def test_the_parameter_file_is_valid_and_cites_known_sources():
    sources = set(pd.read_csv(DATA / "sources.csv")["source_id"])
    assert len(load_parameters(DATA / "parameters.yml", sources).uncertain) > 20


def test_every_problem_of_a_file_is_reported_at_once(tmp_path):
    text = (
        GOOD.replace("class: judged", "class: guessed")
        .replace("value: 0.5", "value: 7")
        .replace("uniform: [0, 1]", "uniform: [0, 3]")
    )
    with pytest.raises(ParameterError) as caught:
        load_parameters(write(tmp_path, text))
    message = str(caught.value)
    assert "guessed" in message and "outside its range" in message and "leaves the range" in message


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("note: A note.", "notee: A note.", "did you mean 'note'"),
        ("sources: []", "sources: [x]", "unknown source"),
        ("class: judged", "class: reported", "needs a source"),
        ("weight: 1.0", "weight: 0.9", "add up to 0.9"),
        ("parameters:", "paramters:", "did you mean 'parameters'"),
        ("value: 0.5", "value: half", "must be numbers"),
    ],
)
def test_a_mistake_in_a_row_is_named(tmp_path, old, new, words):
    with pytest.raises(ParameterError, match=words):
        load_parameters(write(tmp_path, GOOD.replace(old, new)), known_sources={"y"})


def test_a_parameter_that_rests_on_later_evidence_says_so_in_the_file_and_on_its_page(tmp_path):
    marked = load_parameters(write(tmp_path, GOOD + "    evidence_after_2019: true\n"))
    assert marked["a"].evidence_after_2019 and not load_parameters(write(tmp_path, GOOD))["a"].evidence_after_2019
    with pytest.raises(ParameterError, match="a: evidence_after_2019 must be true or false"):
        load_parameters(write(tmp_path, GOOD + "    evidence_after_2019: perhaps\n"))
    own = load_parameters(DATA / "parameters.yml")
    for name in ("design_out_hazard_per_month", "china_threat_response_pp_per_year", "second_round_multiplier"):
        assert own[name].evidence_after_2019
    assert render_parameters(DATA).count("*Uses evidence of after June 2019.*") == len(later_evidence_table(own))


@pytest.mark.parametrize("load", [load_parameters, load_scenarios])
def test_dangerous_yaml_is_refused(tmp_path, load):
    with pytest.raises(YamlError, match="alias"):
        load(write(tmp_path, "a: &x [1]\nb: *x\n"))
    with pytest.raises(YamlError, match="expected names with values"):
        load(write(tmp_path, "[1, 2]\n"))


def test_an_unknown_parameter_is_answered_with_the_nearest_name(model):
    with pytest.raises(ParameterError, match="did you mean 'contagion_unlisted'"):
        model.parameters.with_values({"contagion_unlistd": 0.1})
    with pytest.raises(ParameterError, match="outside its valid range"):
        model.parameters.with_values({"contagion_unlisted": 1.4})
    with pytest.raises(ParameterError, match="is not a number"):
        model.parameters.with_values({"contagion_unlisted": "much"})


def test_an_unknown_scenario_is_answered_with_the_nearest_name(model):
    with pytest.raises(ParameterError, match="did you mean 'narrow_ban'"):
        model.scenarios["narow_ban"]


def test_settings_and_odds_can_be_changed_and_are_checked(model):
    scenario, parameters = change(
        model.scenarios["stalemate"],
        model.parameters,
        {"limbo_months": "9", "odds_open": "0.8", "odds_narrow_ban": "0.2", "substitutable_share": "0.7"},
        model.scenarios.rules,
    )
    assert scenario.limbo_months == 9 and scenario.resolution == {"open": 0.8, "narrow_ban": 0.2}
    assert parameters["substitutable_share"].value == 0.7
    for changes, words in (
        ({"odds_open": "0.8"}, "add up to 1"),
        ({"limbo_months": "-3"}, "not between 0"),
        ({"limbo_month": "3"}, "did you mean 'limbo_months'"),
        ({"retaliation": "maybe"}, "not a valid value"),
    ):
        with pytest.raises(ParameterError, match=words):
            change(model.scenarios["stalemate"], model.parameters, changes, model.scenarios.rules)


@pytest.mark.parametrize(
    "text, words",
    [
        ("rules: {open: {}}\nscenarios:\n  s: {limbo_month: 3}\n", "did you mean 'limbo_months'"),
        ("rules: {open: {}}\nscenarios:\n  s: {extends: t}\n", "not defined above"),
        ("rules: {open: {}}\nscenarios:\n  s: {resolution: {opn: 1.0}}\n", "did you mean 'open'"),
        ("rules: {open: {}}\nscenarios:\n  s: {months: 0}\n", "whole number"),
        ("rules: {r: {listd: 1.0}}\nscenarios: {}\n", "did you mean 'listed'"),
        ("rules: {r: {listed: {logik: 1.0}}}\nscenarios: {}\n", "did you mean 'logic'"),
        ("rules: {r: {listed: 1.5}}\nscenarios: {}\n", "between 0 and 1"),
    ],
)
def test_a_mistake_in_a_scenario_is_named(tmp_path, model, text, words):
    with pytest.raises(ParameterError, match=words):
        load_scenarios(write(tmp_path, text, "scenarios.yml"), model.parameters)


def test_changing_one_prior_changes_the_result(tmp_path, model):
    text = (DATA / "parameters.yml").read_text(encoding="utf-8")
    changed = text.replace("prior: {loguniform: [0.02, 0.16]}", "prior: {loguniform: [0.02, 0.05]}")
    assert changed != text
    from dataclasses import replace

    other = replace(model, parameters=load_parameters(write(tmp_path, changed)))
    before, after = (m.run("stalemate_24_open", 300, 1).headline["pv_sockets_usd_bn"].mean() for m in (model, other))
    assert after < 0.8 * before


@pytest.mark.parametrize("command", [["scenario", "stalemate"], ["replicate"], ["backtest"], ["assess-model"], ["model-results"]])
@pytest.mark.parametrize(
    "text, words",
    [("[1, 2]\n", "expected names with values"), ("paramters: {}\n", "did you mean 'parameters'")],
)
def test_every_command_answers_a_broken_parameter_file_in_words(tmp_path, capsys, command, text, words):
    complete = tmp_path / "data"
    complete.mkdir()
    for file in [*DATA.rglob("*.csv"), *DATA.rglob("*.yml")]:
        (complete / file.name).symlink_to(file)
    (complete / "parameters.yml").unlink()
    (complete / "parameters.yml").write_text(text, encoding="utf-8")
    assert main([*command, "--data", str(complete)]) == 1
    assert words in capsys.readouterr().err
