"""Parameters are declared with types and refused before any kernel starts when they do not fit."""

from __future__ import annotations

import datetime as dt
import re

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


RANGES = """first_year: int = 2016  # first year shown (2010–2026)
last_year: int = 2026  # last year shown (2010–2026)
basis: str = "all"  # filings shown (all, billing, ship_to or hq)
year: int = 2022  # year compared (2018, 2022 or 2025)
rate_pct: float = 4.0  # discount rate (0.5–12)
as_of: str = ""  # newest day covered (2026-01-01–2035-12-31)
data_dir: str = ""  # folder with the complete tables; empty means data/
"""


def declared_in(tmp_path, text: str):
    file = tmp_path / "chapter.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(text, metadata={"tags": ["parameters"]})]), file)
    return declared_parameters(file)


@pytest.mark.parametrize(("name", "value", "said"), [
    ("first_year", 1990, "1990, expected 2010–2026"),
    ("last_year", 2027, "2027, expected 2010–2026"),
    ("basis", "ship-to", "'ship-to', expected all, billing, ship_to or hq; did you mean 'ship_to'?"),
    ("year", 2019, "2019, expected 2018, 2022 or 2025"),
    ("rate_pct", 12.5, "12.5, expected 0.5–12"),
    ("rate_pct", float("nan"), "nan, expected 0.5–12"),
    ("rate_pct", float("inf"), "inf, expected 0.5–12"),
    ("as_of", "2026-02-30", "'2026-02-30', expected a day as YYYY-MM-DD (2026-01-01–2035-12-31)"),
    ("as_of", "yesterday", "'yesterday', expected a day as YYYY-MM-DD (2026-01-01–2035-12-31)"),
    ("as_of", "", "'', expected a day as YYYY-MM-DD (2026-01-01–2035-12-31)"),   # only a chapter may leave it to the build
    ("as_of", "1926-11-22", "'1926-11-22', expected 2026-01-01–2035-12-31"),
])
def test_a_value_that_is_not_allowed_is_refused_with_what_is(name, value, said, tmp_path):
    with pytest.raises(ParameterError) as caught:
        check_parameters({name: value}, declared_in(tmp_path, RANGES), "params.yml")
    assert str(caught.value) == f"params.yml: parameter '{name}' is {said}"


@pytest.mark.parametrize("given", [{"first_year": 2010}, {"last_year": 2026}, {"basis": "hq"}, {"year": 2025}, {"rate_pct": 12},
                                   {"as_of": "2035-12-31"}, {"first_year": 2020, "last_year": 2020}])
def test_the_ends_of_a_range_and_every_choice_are_allowed(given, tmp_path):
    assert check_parameters(given, declared_in(tmp_path, RANGES), "params.yml") == given


def test_a_day_may_stand_without_quotation_marks(tmp_path):
    given = {"as_of": dt.date(2027, 1, 31)}
    assert check_parameters(given, declared_in(tmp_path, RANGES), "params.yml") == {"as_of": "2027-01-31"}


@pytest.mark.parametrize("given", [{"first_year": 2020, "last_year": 2019}, {"last_year": 2015}])
def test_a_first_year_after_the_last_is_refused_also_when_one_of_them_is_the_default(given, tmp_path):
    with pytest.raises(ParameterError, match=r"parameter 'first_year' is 20\d\d, after 'last_year', which is 20\d\d"):
        check_parameters(given, declared_in(tmp_path, RANGES), "params.yml")


@pytest.mark.parametrize(("line", "said"), [
    ("year: int = 2016  # a year (2010-2026)", "neither a range nor a choice"),
    ("year: int = 2016  # a year (2026–2010)", "ends before it begins"),
    ("year: int = 2016  # a year (early or late)", "does not suit a parameter of type int"),
    ("day: str = \"2026-11-22\"  # a day (2026-01-01–2026-13-01)", "no range of days"),
    ("year: int = 2016  # a year (the first)", "neither a range nor a choice"),
    ("year: int = 2016  # a year (2017–2020)", "the default of parameter year is 2016, expected 2017–2020"),
])
def test_a_declaration_that_cannot_be_understood_is_refused(line, said, tmp_path):
    with pytest.raises(ParameterError, match=re.escape(said)):
        declared_in(tmp_path, line)
