"""Checks of the method that are kept: keyed by code, told apart by rows, resumed, refused when spoilt, and computed again."""

from __future__ import annotations

import dataclasses
import json
import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import paths
from analysis.runner.dependencies import modules_of
from analysis.sales import errors, sales_tables
from analysis.sales.estimate import calibration, checks, reference

PACKAGE = paths.ROOT / "analysis" / "sales" / "estimate"


@pytest.fixture
def code(tmp_path, monkeypatch):
    """A copy of the estimate's code and of what is kept beside it; gives a function that edits a module of it."""
    folder = tmp_path / "estimate"
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(reference, "__file__", str(folder / "reference.py"))

    def edit(name: str, old: str, new: str) -> None:
        file = folder / f"{name}.py"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    return SimpleNamespace(edit=edit, kept=folder / "reference")


def test_the_code_that_decides_is_what_computes_the_checks_and_all_that_it_imports():
    used = {file.stem for file in modules_of("import analysis.sales.estimate.reference_checks") if file.parent == PACKAGE}
    assert used - {"__init__", "reference"} == set(reference.CODE)


def test_a_comment_a_docstring_or_the_layout_of_the_model_leaves_the_kept_results_valid(code):
    before = reference.code_digest()
    code.edit("priors", "# firms around the average of figures that look through\n", "# another comment\n\n\n")
    code.edit(
        "priors", '"""The judged parts of the model in one place', '"""Other words: the judged parts of the model in one place')
    code.edit("priors", '"rest_ratio": (0.0, 0.35),', '"rest_ratio": (\n        0.0, 0.35\n    ),')
    assert reference.code_digest() == before


@pytest.mark.parametrize(("module", "old", "new"), [
    ("priors", '"rest_ratio": (0.0, 0.35)', '"rest_ratio": (0.0, 0.36)'),
    ("fit", "target_accept: float = 0.9", "target_accept: float = 0.8"),
    ("equations", "SHARPNESS = 6.0", "SHARPNESS = 5.0"),
    ("reference_checks", "chains=2", "chains=3"),
])
def test_a_prior_a_setting_or_a_line_of_the_model_makes_the_kept_results_those_of_other_code(code, module, old, new):
    code.edit(module, old, new)
    assert reference.kept(code.kept) is None


def test_another_version_of_the_sampler_makes_the_kept_results_those_of_other_code(monkeypatch):
    monkeypatch.setattr(reference.importlib.metadata, "version", lambda package: "99.0" if package == "nutpie" else "1.0")
    assert reference.kept() is None


def test_the_kept_results_belong_to_the_code_and_to_the_rows_kept_beside_them():
    """When this fails: the model, a prior or a setting has changed; run 'python -m analysis reference'."""
    from analysis.sales.estimate.fit import load_inputs
    from analysis.sales.estimate.run import FIRST_YEAR

    found = reference.kept()
    assert found is not None
    assert reference.inputs_digest(load_inputs(reference.kept_rows(), first_year=FIRST_YEAR)) == found[1]["inputs"]


@pytest.mark.parametrize("name", ["observations.csv", "rows/company_filings.parquet"])
def test_a_kept_file_that_somebody_has_edited_is_refused(code, name):
    with (code.kept / name).open("ab") as stream:
        stream.write(b"\n")
    with pytest.raises(errors.MissingFigureError, match="not the file that was computed"):
        reference.kept(code.kept)


def test_results_are_read_back_as_they_were_kept(tmp_path):
    table = pd.DataFrame({"label": ["a", "b"], "value": [0.1 + 0.2, 1e-17], "inside": [True, False]})
    rows = pd.DataFrame({"firm": ["X"], "end": pd.to_datetime(["2025-12-31"])})
    reference.write(tmp_path, {"ranks": table}, {"company_filings": rows}, {"code": reference.code_digest()})
    results, about = reference.kept(tmp_path)
    pd.testing.assert_frame_equal(results["ranks"], table)
    pd.testing.assert_frame_equal(reference.kept_rows(tmp_path)["company_filings"], rows)
    assert set(about["files"]) == {"ranks.csv", "rows/company_filings.parquet"}


def test_every_value_and_setting_in_the_inputs_counts():
    @dataclasses.dataclass
    class Inputs:
        table: pd.DataFrame
        sd: dict

    def digest(value: float, sd: float) -> str:
        return reference.inputs_digest(Inputs(pd.DataFrame({"firm": ["X"], "value": [value]}), {"a": (sd, 1)}))

    assert digest(1.0, 0.1) == digest(1.0, 0.1)
    assert len({digest(1.0, 0.1), digest(1.001, 0.1), digest(1.0, 0.2)}) == 3


def test_new_changed_and_removed_observations_are_counted():
    then = pd.DataFrame({"label": ["a", "b", "c"], "value": [1.0, 2.0, 3.0], "sd": 0.1})
    now = pd.DataFrame({"label": ["a", "b", "d", "e"], "value": [1.0, 2.5, 3.0, 4.0], "sd": 0.1})
    assert reference.difference(then, now) == {"new": 3, "gone": 2}
    assert reference.difference(then, then) == {"new": 0, "gone": 0}


def test_the_page_says_from_which_rows_and_when_the_checks_were_computed():
    made = {"computed": "2027-03-04", "edition": "2027.02", "observations": 155, "python": "3.11.7",
            "packages": {"nutpie": "0.16.8"},
            "new": 0, "gone": 0, "same_rows": True}
    same = sales_tables.made_from({"checks": made})
    other = sales_tables.made_from({"checks": {**made, "new": 3, "gone": 1, "same_rows": False}})
    assert "4 March 2027 from the 155 observations of edition 2027.02" in same and "fitted to the same" in same
    assert "3 are new or changed" in other and "1 of theirs" in other and "fitted to the same" not in other


def test_a_finished_case_is_not_computed_again(tmp_path):
    from analysis.sales.estimate.reference_checks import Check, rows_of

    seen = []

    def start(_sampler):
        def one(case):
            seen.append(case)
            if case == "bad" and seen.count("bad") == 1:
                raise KeyboardInterrupt
            return [{"case": case}]
        return one

    check = Check("trial", lambda inputs: ["good", "bad"], start, lambda kept, again: [])
    sampler = SimpleNamespace(inputs=None)
    with pytest.raises(KeyboardInterrupt):
        rows_of(check, ["good", "bad"], sampler, lambda line: None, tmp_path)
    table = rows_of(check, ["good", "bad"], sampler, lambda line: None, tmp_path)
    assert table["case"].tolist() == ["good", "bad"]
    assert seen.count("good") == 1


def test_ranks_of_other_data_disagree_and_ranks_that_scatter_do_not():
    import numpy as np

    rng = np.random.default_rng(5)
    place = rng.uniform(size=120)
    named = pd.DataFrame({"run": np.repeat(range(6), 20), "quantity": list(range(20)) * 6})
    kept, again = (named.assign(rank=rng.binomial(calibration.RANKS, place)) for _ in range(2))
    other = named.assign(rank=rng.binomial(calibration.RANKS, rng.uniform(size=120)))
    assert calibration.disagreement(kept, again) == []
    assert calibration.disagreement(kept, other)
    assert calibration.disagreement(kept, again.assign(run=again["run"] + 100))


@pytest.mark.slow
def test_the_kept_results_are_what_their_code_computes_from_their_rows():
    """All of what is small; of the simulations a sample, within the error of the draws."""
    from analysis.sales.estimate.run import reference_disagreements

    progress = []
    assert reference_disagreements(reference.KEPT, progress.append) == []
    assert json.dumps(progress).count("ranks") >= 4


def conflicts(suppliers: float) -> dict:
    """Two sources with two figures and the whole each, log scale: purchases as predicted, suppliers `suppliers` above."""
    rows = []
    for source, gap in (("Chinese chip purchases", 0.0), ("suppliers' Huawei figures", suppliers)):
        for label in (checks.WHOLE, "first", "second"):
            rows.append({
                "source": source, "label": label, "observed_log": 1.0 + gap, "predicted_log": 1.0, "low_log": 0.9, "high_log": 1.2,
                "probability": (0.9 if gap == 0 else 0.01) - 0.005 * (label == "second")})
    return {"conflicts": pd.DataFrame(rows)}


def test_the_table_of_conflicts_gives_each_source_as_a_multiple_of_what_the_others_predict():
    table = sales_tables.conflict_table(conflicts(np.log(3.0))).set_index("Source")
    row = table.loc["Suppliers' Huawei figures"]
    assert row["Over the others' prediction"] == 3.0 and row["Figures"] == 2 and row["Farthest out"] == "second"
    assert row["90% interval"] == "2.46 to 3.32"   # 3 e^-0.2 to 3 e^0.1
    assert table.loc["Chinese chip purchases", "Over the others' prediction"] == 1.0


def test_only_a_source_that_contradicts_the_others_is_said_to():
    reading = sales_tables.conflict_reading(conflicts(1.0))
    assert "**Suppliers' Huawei figures** contradict" in reading and "large customer" in reading and "purchases**" not in reading
    assert sales_tables.conflict_reading(conflicts(0.0)) == "No source contradicts the others."


def test_a_quantity_whose_ranks_leave_their_band_is_named_with_its_coverage():
    table = pd.DataFrame({"quantity": ["total 2018", "rest"], "within": [True, False], "coverage_pct": [91.0, 82.6]})
    assert sales_tables.outside_the_band({"calibration": table}) == (
        "**Outside the band:** firms without a China line, over the others, whose 90% interval holds the true value in 83% of "
        "cases.")
    assert sales_tables.outside_the_band({"calibration": table.head(1)}) == "No quantity leaves its band."
