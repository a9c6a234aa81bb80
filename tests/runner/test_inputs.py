"""Model parameters given in a parameter file replace the project's own, or are refused with the nearest valid name."""

from __future__ import annotations

import pytest
import yaml

from analysis import paths
from analysis.runner.inputs import InputError, with_model_overrides

TEXT = (paths.DATA / "parameters.yml").read_text(encoding="utf-8")


def row(text: str, name: str) -> dict:
    return yaml.safe_load(text)["parameters"][name]


def test_without_overrides_the_file_is_as_it_was():
    assert with_model_overrides(TEXT, {}) == TEXT


def test_a_number_fixes_a_parameter_and_drops_its_prior():
    changed = row(with_model_overrides(TEXT, {"contagion_unlisted": 0.1}), "contagion_unlisted")
    assert changed["value"] == 0.1 and "prior" not in changed


def test_a_mapping_changes_the_prior_only():
    changed = row(with_model_overrides(TEXT, {"contagion_unlisted": {"prior": {"uniform": [0, 0.1]}}}), "contagion_unlisted")
    assert changed["prior"] == {"uniform": [0, 0.1]} and changed["unit"] == row(TEXT, "contagion_unlisted")["unit"]


@pytest.mark.parametrize(("overrides", "message"), [
    ({"contagion_unlistd": 0.1}, "did you mean 'contagion_unlisted'"),
    ({"contagion_unlisted": 7}, "outside its valid range"),
    ({"contagion_unlisted": "high"}, "is not a number"),
    ({"contagion_unlistd": {"value": 0.1}}, "did you mean"),
    ({"contagion_unlisted": {"prior": {"nonsense": [0, 1]}}}, "contagion_unlisted"),
], ids=["an unknown name", "a value out of range", "a word for a number", "an unknown name with fields", "an unknown prior"])
def test_what_cannot_be_is_refused(overrides, message, survived, request):
    with pytest.raises(InputError, match=message) as caught:
        with_model_overrides(TEXT, overrides)
    survived("A parameter file", request.node.callspec.id, "refused before any chapter runs", str(caught.value))


def test_all_problems_are_named_at_once():
    with pytest.raises(InputError) as caught:
        with_model_overrides(TEXT, {"nope": 1, "contagion_unlisted": 7})
    assert len(str(caught.value).splitlines()) == 2
