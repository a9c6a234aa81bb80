"""Words of numbers as data: each entry is whole, unknown things are refused, and code and words fit each other."""

from __future__ import annotations

import csv
import re

import pytest

from analysis import paths
from analysis.registry.numbers import NumberError
from analysis.registry.quantity import Quantity
from analysis.registry.recorder import Recorder
from analysis.registry.words import load_words, number, slug

FILES = sorted(paths.WORDS.glob("*.yml"))
ENTRY = """
a.days.{year}:
  label: Days, {year}
  unit: days
  class: derived
  method: Count in {table}
  figure: a-days
"""


@pytest.fixture
def page(tmp_path, monkeypatch) -> Recorder:
    monkeypatch.setattr(paths, "WORDS", tmp_path)
    (tmp_path / "made-up.yml").write_text(ENTRY, encoding="utf-8")
    return Recorder("made-up")


def test_a_quantity_and_its_words_make_a_number(page) -> None:
    assert page.record("a.days.{year}", Quantity(3, "2020-12-31", ("s",)), year=2020, table="events") == 3.0
    made = page.numbers["a.days.2020"]
    assert (made.label, made.method, made.figure) == ("Days, 2020", "Count in events", "a-days")
    assert (made.cls, made.page) == ("derived", "made-up")


@pytest.mark.parametrize(("pattern", "more", "given", "said"), [
    ("a.dayz.{year}", {}, {"year": 1, "table": "t"}, "has no words in numbers/made-up.yml; did you mean 'a.days.{year}'?"),
    ("a.days.{year}", {}, {"year": 1}, "nothing fills {table}"),
    ("a.days.{year}", {}, {"year": 1, "table": "t", "firm": "x"}, "no place for firm"),
    ("a.days.{year}", {"unit": "months"}, {"year": 1, "table": "t"}, "unit 'months' of the quantity is not 'days' of its words"),
    ("a.days.{year}", {"cls": "judged"}, {"year": 1, "table": "t"}, "class 'judged' of the quantity is not 'derived' of its words"),
    ("a.days.{year}", {"low": 1.0}, {"year": 1, "table": "t"}, "low, high and level come together"),
])
def test_what_does_not_fit_is_refused(page, monkeypatch, pattern, more, given, said) -> None:
    with pytest.raises(NumberError, match=re.escape(said.replace("numbers/", f"{paths.WORDS.name}/"))):
        page.record(pattern, Quantity(3, "2020-12-31", ("s",), **more), **given)


def test_a_number_is_recorded_once(page) -> None:
    words = {"year": 2020, "table": "events"}
    page.record("a.days.{year}", Quantity(3, "2020-12-31", ("s",)), **words)
    with pytest.raises(NumberError, match=r"'a\.days\.2020' is recorded twice"):
        page.record("a.days.{year}", Quantity(4, "2020-12-31", ("s",)), **words)


def test_an_unknown_name_is_looked_for_where_the_pages_words_stand(page) -> None:
    with pytest.raises(NumberError, match=re.escape(f"has no words in {paths.WORDS.name}/made-up.yml")):
        Recorder("made-up-twice", "made-up").record("zz.zz", Quantity(3, "2020-12-31", ("s",)))


@pytest.mark.parametrize(("stated", "value", "digits", "printed"), [
    ("", 3.14, 2, "3.14 days"),
    ("digits: 1", 3.14, 2, "3.1 days"),
    ("digits: 0", 3.14, 2, "3 days"),
])
def test_decimal_places_are_those_of_the_words_or_else_of_the_quantity(tmp_path, stated, value, digits, printed) -> None:
    (tmp_path / "p.yml").write_text(f"a.b:\n  label: L\n  unit: days\n  class: derived\n  method: M\n  {stated}\n")
    made = number("p", "a.b", load_words(tmp_path / "p.yml")["a.b"], Quantity(value, "2020-12-31", ("s",), digits=digits), {})
    assert made.text == printed


def test_what_a_simulation_leaves_beside_nought_is_nought_and_what_was_counted_stays(tmp_path) -> None:
    (tmp_path / "p.yml").write_text("a.b: {label: L, unit: days, method: M, digits: 1}\n")
    entry, ends = load_words(tmp_path / "p.yml")["a.b"], {"low": -0.04, "high": 0.06, "level": 90}
    made = {cls: number("p", "a.b", entry, Quantity(0.01, "2020-12-31", ("s",), cls=cls, **ends), {})
            for cls in ("modelled", "estimated")}
    assert [(n.low, n.value, n.high) for n in made.values()] == [(0.0, 0.0, 0.06), (-0.04, 0.01, 0.06)]


def test_a_text_that_entries_share_stands_once_and_has_braces_of_its_own(tmp_path) -> None:
    file = tmp_path / "p.yml"
    entries = 'a.{n}: {label: "{box} {n}", unit: days, method: "{how}; blind"}\na.b: {label: L, unit: days, method: "{how}"}\n'
    file.write_text("texts:\n  how: Count of {what}\n  box: Box\n" + entries)
    words = load_words(file)
    assert words["a.{n}"].method == "Count of {what}; blind" and words["a.b"].method == "Count of {what}"
    assert words["a.{n}"].label == "Box {n}"
    file.write_text("texts:\n  how: H\n  box: Box\n  rest: R\n" + entries)
    with pytest.raises(NumberError, match=re.escape("p.yml: texts: no entry names {rest}")):
        load_words(file)


def test_every_problem_of_a_file_is_named_at_once(tmp_path) -> None:
    file = tmp_path / "x.yml"
    file.write_text("a.b: {label: L, unit: dayz, method: M, digits: two}\na.c: {label: L, unit: days, metod: M}\na.d: text\n")
    with pytest.raises(NumberError) as caught:
        load_words(file)
    lines = str(caught.value).splitlines()
    assert [re.match(r"x\.yml: a\.[bcd]: (\w+)", line)[1] for line in lines] == ["unit", "digits", "missing", "unknown", "expected"]
    assert lines[3].endswith("unknown field 'metod'; did you mean 'method'?")


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_the_words_of_every_chapter_are_whole(file) -> None:
    words = load_words(file)
    assert words and all(entry.label[0] != " " and "\n" not in entry.method for entry in words.values())
    assert (paths.BOOK / f"{file.stem}.ipynb").exists(), "named as its chapter"


def test_a_firm_has_one_name_in_ids_that_of_its_page() -> None:
    with (paths.DATA / "filings" / "firms.csv").open(encoding="utf-8", newline="") as stream:
        firms = {row["firm"]: row["slug"] for row in csv.DictReader(stream)}
    assert {firm: slug(firm) for firm in firms} == firms
    assert slug("FY2026 H1") == "fy2026_h1"
