"""Every problem of a parameter file, of the rows and of the edition is named in one go, before anything is written."""

from __future__ import annotations

import datetime as dt

import pytest

from analysis import paths
from analysis.runner import build
from analysis.runner.inputs import InputError
from analysis.runner.overrides import checked_overrides
from analysis.runner.plan import chapter_values

WRONG = """
al:
  first_year: 2018
sales:
  first_year: 1990
  lens_yaer: 2020
  basis: shipped
rules:
  first_year: 2026
  last_year: 2020
huawei: 2018
all:
  horizn: 5
  as_of: 2026-02-30x
model:
  contagion_unlistd: 0.1
  contagion_unlisted: 7
  stockpile_months: true
"""
SAID = [
    "unknown section 'al'; did you mean 'all'?",
    "section 'huawei' must hold 'name: value' lines",
    "chapter rules: parameter 'as_of' is '2026-02-30x', expected a day as YYYY-MM-DD",
    "chapter sales: parameter 'first_year' is 1990, expected 2010–2020",
    "chapter sales: unknown parameter 'lens_yaer'; did you mean 'lens_year'?",
    "chapter sales: parameter 'basis' is 'shipped', expected all, billing, ship_to or hq",
    "all: no chapter has a parameter 'horizn'; valid: ",
    "model: unknown parameter 'contagion_unlistd'; did you mean 'contagion_unlisted'?",
    "model: contagion_unlisted: 7 is outside its valid range",
    "model: stockpile_months: True is not a number",
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text(WRONG, encoding="utf-8")
    return path


def test_every_problem_of_every_section_is_named_with_the_file(file):
    _, problems = checked_overrides(file)
    for said in SAID:
        assert [line for line in problems if line.startswith(f"{file}: {said}")], said


def test_a_first_year_after_the_last_is_named_for_its_chapter(file):
    file.write_text("rules: {first_year: 2026, last_year: 2020}\n", encoding="utf-8")
    assert checked_overrides(file)[1] == [
        f"{file}: chapter rules: parameter 'first_year' is 2026, after 'last_year', which is 2020"]


def test_what_is_right_is_taken_and_reaches_the_chapters_that_have_it(file):
    file.write_text("all: {first_year: 2018, as_of: 2026-12-31}\nsales: {last_year: 2022}\nmodel: {contagion_unlisted: 0.1}\n",
                    encoding="utf-8")
    overrides, problems = checked_overrides(file)
    assert problems == []
    assert overrides["all"] == {"first_year": 2018, "as_of": dt.date(2026, 12, 31)}
    assert chapter_values("sales", overrides) == {"first_year": 2018, "last_year": 2022, "as_of": "2026-12-31"}
    assert chapter_values("markets", overrides) == {"as_of": "2026-12-31"}


@pytest.mark.parametrize("text", ["", "- a\n", "all: &a [1]\nmodel: *a\n", "all: {first_year: 2018\n"])
def test_a_file_that_holds_no_sections_is_one_problem(file, text):
    file.write_text(text, encoding="utf-8")
    _, problems = checked_overrides(file)
    assert len(problems) == 1 and problems[0].startswith(str(file))


@pytest.mark.parametrize("section", ["all", "sales", "index"])
def test_a_parameter_file_cannot_say_where_tables_come_from(file, section):
    """A chapter would read tables that nobody has checked, and the receipt would name others."""
    file.write_text(f"{section}: {{data_dir: /other}}\n", encoding="utf-8")
    _, problems = checked_overrides(file)
    where = section if section == "all" else f"chapter {section}"
    assert problems == [f"{file}: {where}: parameter 'data_dir' cannot be set: where tables come from is the build's decision "
                        "alone; give rows of your own with DATA=DIR"]


def test_rows_parameters_and_edition_are_refused_together_and_nothing_is_written(file, tmp_path, monkeypatch, survived):
    header = (paths.DATA / "filings/firms.csv").read_text(encoding="utf-8").splitlines()[0]
    overlay = tmp_path / "rows"
    overlay.mkdir()
    (overlay / "firms.csv").write_text(f"{header}\nFirm,firm,F,no-such-segment,memory,12\n", encoding="utf-8")
    for name in ("TABLES", "BUILD"):
        monkeypatch.setattr(paths, name, tmp_path / "out" / name)
    with pytest.raises(InputError) as caught:
        build.prepare(overlay, file, "November", lambda _command: pytest.fail("something was run"))
    lines = str(caught.value).splitlines()
    assert lines[0].startswith(f"{overlay}/firms.csv:2:")
    assert len([line for line in lines if line.startswith(f"{file}: ")]) >= len(SAID)
    assert "edition 'November' must read YYYY.MM, for example 2026.11" in lines
    assert lines[-1] == "Mend the rows and parameters named above and run again; nothing was changed."
    assert not (tmp_path / "out").exists()
    survived("A parameter file", "wrong values beside wrong rows and a wrong name of the edition",
             "all named at once before any chapter runs; nothing is written",
             next(line for line in lines if "1990" in line).removeprefix(f"{tmp_path}/"))
