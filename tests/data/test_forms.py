"""A text of a wrong form is answered with examples, which have the form."""

from __future__ import annotations

import re

import pytest

from analysis.data.forms import EXAMPLES, expected_form
from analysis.data.schemas import TABLES

PATTERNS = sorted({column.pattern for table in TABLES.values() for column in table.columns if column.pattern})


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_form_of_the_schemas_is_said_by_example(pattern):
    assert re.fullmatch(pattern, EXAMPLES[pattern][0])
    assert "\\" not in expected_form(pattern) and "[" not in expected_form(pattern)


def test_no_example_is_kept_of_a_form_that_is_gone():
    assert set(EXAMPLES) == set(PATTERNS)


def test_examples_are_read_as_a_list_and_letters_said_in_words():
    assert expected_form(r"L\d{2}") == "a form such as L35"
    assert expected_form(r"[A-Z]{1,5}") == "a form such as NVDA (capital letters only)"
    assert expected_form(r"(FY)?\d{4}(-\d\d)?") == "a form such as 2024, FY2024 or 2019-20"
