"""A rebuild is held against the receipt of the edition: identical, within tolerance, or different and where."""

from __future__ import annotations

import copy
import json

import pytest

from analysis.publish.receipt import ReceiptError, load_receipt, page_receipt, tolerance, verify
from analysis.publish.site.facts import Site
from analysis.publish.site.receipt_fold import receipt_fold
from analysis.publish.site.templates import render
from analysis.registry.numbers import Number


@pytest.fixture
def receipt() -> dict:
    return {
        "schema": 1, "edition": "2026.11", "commit": "abc", "lock": "l1",
        "tables": {"us_exports.csv": "t1", "policy_events.csv": "t2"}, "parameter_files": {"parameters.yml": "p1"},
        "code": {"analysis/policy/spells.py": "c1", "book/rules.ipynb": "c2", "book/cost.ipynb": "c3"},
        "chapters": {
            "rules": {"parameters": {"first_year": 2016}, "tables": ["policy_events.csv"], "parameter_files": [],
                      "code": ["analysis/policy/spells.py", "book/rules.ipynb"]},
            "cost": {"parameters": {}, "tables": ["us_exports.csv"], "parameter_files": ["parameters.yml"],
                     "code": ["book/cost.ipynb"]}},
        "outputs": {"numbers": {"rules.days": {"value": 1122.0, "low": None, "high": None},
                                "cost.month": {"value": 0.85, "low": -0.2, "high": 2.4}},
                    "figures": {"rules-limbo-days": "f1"}},
    }


def test_the_same_receipt_is_identical(receipt) -> None:
    result = verify(receipt, copy.deepcopy(receipt))
    assert (result.verdict, result.inputs, result.outputs) == ("identical", (), ())


def test_a_simulated_number_may_move_by_a_twentieth_of_its_interval(receipt) -> None:
    found = copy.deepcopy(receipt)
    found["outputs"]["numbers"]["cost.month"]["value"] += 0.9 * 0.05 * 2.6
    assert verify(receipt, found).verdict == "within tolerance"
    found["outputs"]["numbers"]["cost.month"]["value"] += 0.2 * 0.05 * 2.6
    result = verify(receipt, found)
    assert result.verdict == "different" and "number cost.month: 0.85 → 0.993" in result.outputs[0]


def test_the_ends_of_an_interval_count_as_well(receipt) -> None:
    found = copy.deepcopy(receipt)
    found["outputs"]["numbers"]["cost.month"]["high"] = 3.0
    assert verify(receipt, found).verdict == "different"


def test_a_number_without_an_interval_must_agree_to_nine_digits(receipt) -> None:
    found = copy.deepcopy(receipt)
    found["outputs"]["numbers"]["rules.days"]["value"] = 1122.0 + 1e-7
    assert verify(receipt, found).verdict == "within tolerance"
    found["outputs"]["numbers"]["rules.days"]["value"] = 1122.01
    assert verify(receipt, found).verdict == "different"


@pytest.mark.parametrize("section, key, expected", [
    ("tables", "us_exports.csv", "table us_exports.csv: changed"),
    ("parameter_files", "parameters.yml", "parameter file parameters.yml: changed"),
    ("code", "analysis/policy/spells.py", "code analysis/policy/spells.py: changed"),
])
def test_an_input_that_changed_without_moving_a_number_is_named(receipt, section, key, expected) -> None:
    found = copy.deepcopy(receipt)
    found[section][key] = "other"
    result = verify(receipt, found)
    assert result.verdict == "within tolerance" and result.inputs == (expected,)


def test_a_changed_parameter_and_a_changed_lock_are_named(receipt) -> None:
    found = copy.deepcopy(receipt)
    found["chapters"]["rules"]["parameters"]["first_year"] = 2018
    found["lock"] = "l2"
    inputs = verify(receipt, found).inputs
    assert "parameter first_year of rules: 2016 → 2018" in inputs and any("requirements.txt" in line for line in inputs)


def test_a_missing_number_and_a_missing_figure_are_different(receipt) -> None:
    for section, name in (("numbers", "rules.days"), ("figures", "rules-limbo-days")):
        found = copy.deepcopy(receipt)
        del found["outputs"][section][name]
        result = verify(receipt, found)
        assert result.verdict == "different" and name in result.outputs[0] and "missing" in result.outputs[0]


def test_a_figure_that_changed_while_nothing_else_did_was_tampered_with(receipt) -> None:
    found = copy.deepcopy(receipt)
    found["outputs"]["figures"]["rules-limbo-days"] = "f2"
    assert verify(receipt, found).verdict == "different"


def test_the_tolerance_of_a_point_interval_is_that_of_a_plain_number() -> None:
    assert tolerance({"value": 5.0, "low": 5.0, "high": 5.0}) == pytest.approx(5e-9)


def test_a_page_s_receipt_depends_on_its_own_inputs_only(receipt) -> None:
    changed = copy.deepcopy(receipt)
    changed["tables"]["us_exports.csv"] = "other"
    assert page_receipt(changed, "rules") == page_receipt(receipt, "rules")
    assert page_receipt(changed, "cost")["sha256"] != page_receipt(receipt, "cost")["sha256"]


def test_what_is_no_receipt_is_refused_by_name(tmp_path, receipt) -> None:
    with pytest.raises(ReceiptError, match="no such receipt"):
        load_receipt(tmp_path)
    for text in ("{", "[]", '{"schema": 99}'):
        (tmp_path / "receipt.json").write_text(text)
        with pytest.raises(ReceiptError, match="not a receipt"):
            load_receipt(tmp_path)
    (tmp_path / "receipt.json").write_text(json.dumps(receipt))
    assert load_receipt(tmp_path) == receipt


def test_a_chapter_ends_with_its_own_receipt_and_another_content_shows_as_another_code(receipt) -> None:
    def fold(of: dict) -> str:
        site = Site("https://example.org/", "2026.11", "2026-11-22T00:00:00Z", "abc", {}, receipt=of)
        return render("receipt.html", receipt=receipt_fold(site, "rules", []))

    shown = fold(receipt)
    assert "policy_events.csv" in shown and "us_exports.csv" not in shown
    assert page_receipt(receipt, "rules")["sha256"][:16] in shown
    changed = copy.deepcopy(receipt)
    changed["code"]["analysis/policy/spells.py"] = "c9"
    assert fold(changed) != shown


def test_a_page_that_computes_nothing_names_the_receipts_of_the_chapters_it_quotes(receipt) -> None:
    site = Site("https://example.org/", "2026.11", "2026-11-22T00:00:00Z", "abc", {}, receipt=receipt)
    number = Number("cost.month", "A month", 0.85, unit="USD bn", cls="modelled", as_of="2026-11-22", method="m",
                    sources=("s",), page="cost", low=-0.2, high=2.4, level=90)
    assert 'href="cost.html#rebuild-receipt"' in render("receipt.html", receipt=receipt_fold(site, "text", [number]))
    assert render("receipt.html", receipt=receipt_fold(site, "glossary", [])).strip() == ""
