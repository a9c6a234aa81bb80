"""The published studies are reproduced from their own assumptions, which are data."""

import json
import re

import pytest

from analysis import paths
from analysis.cli import main
from analysis.data import load_table
from analysis.data.safe_yaml import YamlError
from analysis.model.published import published_value, resolve
from analysis.model.replication import WITH_ENGINE, not_reproduced, replicate, replication_row
from analysis.model.run import load_model
from analysis.model.studies import StudiesError, load_studies
from analysis.model.study_words import study_names
from analysis.model.tables import replication_table


@pytest.fixture(scope="module")
def table(model):
    return replicate(load_studies(None), load_table("published_results"), model.parameters).set_index("id")


def test_every_row_is_within_its_tolerance_or_said_to_fail(table):
    assert table.loc[~table["within"], "kind"].tolist() == ["fails"] * int((~table["within"]).sum())
    assert set(table.index[table["kind"] == "fails"]) == {
        "bcg_china_share_long_run", "bcg_research", "bcg_korea_share", "bcg_jobs", "bcg_s2_share_engine", "h20"
    }


def test_no_row_that_runs_the_engine_counts_as_a_test(table):
    """Each of them had an input chosen so that the figure comes out, or misses it."""
    engine = {row["id"] for row in load_studies(None)["rows"] if row["mechanism"] in WITH_ENGINE}
    assert engine == {"fluoride", "resist", "huawei_2019", "h20", "bcg_s2_share_engine"}
    assert set(table.loc[sorted(engine), "kind"]) == {"solved", "fails"}


def test_only_rows_that_could_have_missed_are_called_tests(table):
    assert set(table.index[table["kind"] == "test"]) == {"bcg_china_share_now", "bcg_china_share_first_step", "chamber_revenue"}


def test_rows_that_need_values_no_prior_gives_say_so(table):
    outside = table.loc[table["outside_priors"] != "", "outside_priors"].to_dict()
    assert outside == {
        "bcg_s2_share_engine": "multiplier of the second round", "resist": "part that can be replaced",
        "fluoride": "months a redesign takes, part that can be replaced", **dict.fromkeys(
            ("huawei_2019", "h20"), "months of stock built, months in which stocks adjust, share of sales that needs no licence, "
                                    "design-out hazard a month")}


def test_what_no_mechanism_gives_is_listed_with_a_reason_and_the_figure_where_it_was_seen():
    listed = not_reproduced(load_studies(None), load_table("published_results"))
    assert (listed["reason"].str.len() > 0).all()
    reported = listed.set_index(["study", "quantity"])["reported"]
    assert reported["chamber_rhodium_2021", "US jobs lost, full decoupling"] == 124000
    assert reported["itif_2025", "Jobs lost downstream, full decoupling"] == 500000
    assert reported["bcg_sia_2020"].isna().sum() == 2


def test_the_table_of_the_chapter_shows_the_difference_and_what_was_solved(table):
    shown = replication_table({"replication": table.reset_index()}, study_names(load_table("published_results")))
    by_quantity = shown.reset_index().set_index("Quantity")
    assert by_quantity.loc["Resist, licensed after one month, change of share, %", ["Difference", "Standing"]].tolist() == [
        "+0.0", "input solved to fit; outside the priors: part that can be replaced"
    ]


def test_no_id_of_a_study_or_an_assumption_is_shown_to_a_reader(table):
    shown = replication_table({"replication": table.reset_index()}, study_names(load_table("published_results")))
    cells = [*shown.index, *shown.astype(str).to_numpy().ravel()]
    assert [cell for cell in cells if re.search(r"[a-z]_[a-z]|\bUSD\b", cell)] == []
    listed = not_reproduced(load_studies(None), load_table("published_results"))
    assert set(listed["study"]) <= set(study_names(load_table("published_results")))


def test_an_unknown_row_of_the_replication_is_named():
    with pytest.raises(KeyError, match="no row 'nothing'"):
        replication_row(load_studies(None), "nothing")


@pytest.mark.parametrize(
    "row, expected, within",
    [
        ("bcg_s1_revenue", -16.7, 0.1),
        ("bcg_s2_revenue", -37.5, 0.1),
        ("bcg_s2_share", -18.0, 0.1),
        ("bcg_china_share_now", 3.2, 0.1),
        ("bcg_china_share_first_step", 9.2, 0.1),
        ("chamber_revenue", 83.0, 0.5),
        ("chamber_research", 12.0, 0.5),
        ("itif_research", -24.0, 0.5),
        ("nyfed_jobs", -7.1, 0.2),
        ("nyfed_revenue", -8.6, 0.3),
        ("fluoride", -60, 5),
        ("resist", 0, 1),
        ("huawei_2019", 70, 8),
        ("h20", 1.5, 1.5),
    ],
)
def test_the_design_targets_are_met(table, row, expected, within):
    assert table.loc[row, "reproduced"] == pytest.approx(expected, abs=within)


def test_without_a_delay_of_redesign_one_month_of_limbo_would_leave_a_mark(model):
    from analysis.model.replication import engine_design_out

    assert engine_design_out(model.parameters, limbo_months=1, hazard=0.064, delay_months=0, substitutable=1.0) == pytest.approx(
        -6.4, abs=0.1
    )


def test_reported_values_come_from_the_table_of_published_results():
    results = load_table("published_results")
    changed = results.copy()
    changed.loc[(changed["study_id"] == "itif_2025") & (changed["quantity"] == "us_rd_change"), "value"] = -30.0
    key = ["itif_2025", "full_decoupling", "us_rd_change"]
    assert published_value(results, key) == -24 and published_value(changed, key) == -30
    assert resolve(results, {"from": key, "times": -1}) == 24


def test_a_figure_that_is_not_there_or_not_unique_is_named():
    results = load_table("published_results")
    with pytest.raises(KeyError, match="0 values of value for itif_2025/full_decoupling/nothing"):
        published_value(results, ["itif_2025", "full_decoupling", "nothing"])
    with pytest.raises(KeyError, match="real_sia/realised/us_hq_share"):
        published_value(results, ["real_sia", "realised", "us_hq_share"])
    assert published_value(results, ["real_sia", "realised", "us_hq_share"], year=2021) == 46


def test_the_command_prints_the_contract_fields(capsys):
    assert main(["replicate", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"study", "quantity", "reported", "reproduced", "difference"} <= set(rows[0])
    assert all(row["difference"] == pytest.approx(row["reproduced"] - row["reported"]) for row in rows)


@pytest.mark.parametrize(("old", "new", "said"), [
    ("mechanism: static_market", "mechanisme: static_market", "rows: entry 1: unknown field 'mechanisme'"),
    ("    mechanism: static_market\n", "", "rows: entry 1: missing field 'mechanism'"),
    ("tolerance: 1.0", "tolerance: small", "rows: entry 1: tolerance: input should be a valid number"),
    ("kind: consistency", "kind: probably", "rows: entry 1: kind 'probably' is not one of test, consistency, solved, fails"),
    ("{value: 1.63, class: derived,", "{value: 1.63, class: guessed,", "class 'guessed' is not one of reported, derived, judged"),
    ("{value: 1.63, class: derived,", "{value: 1.63,", "value with class"),
    ("  elasticity: elasticity\n", "", "assumptions: no words for elasticity"),
])
def test_a_mistake_in_the_file_of_studies_is_named(tmp_path, old, new, said):
    text = (paths.DATA / "studies" / "replication.yml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "replication.yml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(StudiesError) as caught:
        load_studies(tmp_path)
    assert said in str(caught.value) and str(caught.value).startswith("replication.yml: ")


def test_a_folder_of_tables_without_settings_is_not_filled_from_the_projects_own(tmp_path):
    with pytest.raises(YamlError, match=r"replication\.yml: no such file"):
        load_studies(tmp_path)
    with pytest.raises(YamlError, match=r"parameters\.yml: no such file"):
        load_model(tmp_path)
