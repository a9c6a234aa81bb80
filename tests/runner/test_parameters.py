"""Parameters are declared with types and refused before any kernel starts when they do not fit."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from analysis.runner.parameters import ParameterError, check_parameters, declared_parameters

DECLARATION = "first_year: int = 2016  # first year shown\nbasis: str = \"ship_to\"  # what China means\nshare: float = 0.5"


@pytest.fixture
def declared(tmp_path):
    file = tmp_path / "chapter.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(DECLARATION, metadata={"tags": ["parameters"]})]), file)
    return declared_parameters(file)


def test_names_types_defaults_and_help_are_read_from_the_tagged_cell(declared):
    assert [(p.name, p.type, p.default, p.help) for p in declared.values()] == [
        ("first_year", "int", 2016, "first year shown"), ("basis", "str", "ship_to", "what China means"),
        ("share", "float", 0.5, "")]


def test_an_unknown_name_is_refused_with_the_nearest_valid_one(declared):
    with pytest.raises(ParameterError, match="unknown parameter 'first_yaer'; did you mean 'first_year'"):
        check_parameters({"first_yaer": 2018}, declared, "params.yml")


def test_a_wrong_type_is_refused_with_an_example(declared):
    with pytest.raises(ParameterError, match="'first_year' is '2018', expected int, for example 2016"):
        check_parameters({"first_year": "2018"}, declared, "params.yml")


def test_true_is_not_a_number(declared):
    with pytest.raises(ParameterError):
        check_parameters({"first_year": True}, declared, "params.yml")


def test_a_whole_number_will_do_for_a_float(declared):
    assert check_parameters({"share": 1}, declared, "params.yml") == {"share": 1.0}


def test_all_problems_are_named_at_once(declared):
    with pytest.raises(ParameterError) as caught:
        check_parameters({"nope": 1, "first_year": 1.5}, declared, "params.yml")
    assert len(str(caught.value).splitlines()) == 2


def test_a_parameter_without_a_type_is_refused(tmp_path):
    file = tmp_path / "chapter.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("year = 2016", metadata={"tags": ["parameters"]})]), file)
    with pytest.raises(ParameterError, match="name: type = value"):
        declared_parameters(file)
