"""What a result depends on: a long computation and a chapter notice each of their tables, parameter files and modules."""

from __future__ import annotations

import csv
import json
import os
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from analysis import paths
from analysis.publish.receipt import ingredients
from analysis.runner import plan
from analysis.runner.steps import STEPS


@pytest.fixture
def build(tmp_path, monkeypatch):
    """An empty build folder with every table and parameter file in place."""
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    monkeypatch.setattr(paths, "TABLES", tmp_path / "data")
    paths.TABLES.mkdir()
    for file in paths.DATA.rglob("*.*"):
        if file.suffix in {".csv", ".yml"}:
            shutil.copy(file, paths.TABLES)
    plan._file_hash.cache_clear()
    yield tmp_path
    plan._file_hash.cache_clear()


def after_a_change(file, of) -> tuple[str, str]:
    """A digest before and after a byte is added to the file."""
    before = of()
    file.write_bytes(file.read_bytes() + b"\n")
    plan._file_hash.cache_clear()
    return before, of()


@pytest.mark.parametrize(("overrides", "day"), [({}, "2031-05-06"), ({"all": {"as_of": "2030-01-31"}}, "2030-01-31")])
def test_the_day_of_the_edition_is_the_newest_on_which_a_source_of_the_builds_own_tables_was_read(build, overrides, day):
    with (paths.TABLES / "sources.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["accessed"] = "2031-05-06"
    with (paths.TABLES / "sources.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    plan.write_plan(overrides)
    given = {file.stem: json.loads(file.read_text())["parameters"] for file in (paths.BUILD / "plan").glob("*.json")}
    assert len(given) > 10 and {parameters["as_of"] for parameters in given.values()} == {day}


@pytest.mark.parametrize(("artifact", "file"), [(name, file) for name, step in STEPS.items() for file in step.files])
def test_a_long_computation_is_made_again_when_a_parameter_file_of_its_changes(build, artifact, file):
    before, after = after_a_change(paths.TABLES / file, lambda: plan.step_content(artifact))
    assert before != after


@pytest.mark.parametrize(("artifact", "table"), [("estimate", "company_filings.csv"), ("assessment", "policy_events.csv")])
def test_a_long_computation_is_made_again_when_a_table_of_its_changes(build, artifact, table):
    before, after = after_a_change(paths.TABLES / table, lambda: plan.step_content(artifact))
    assert before != after


def test_a_long_computation_is_not_made_again_for_a_table_that_it_does_not_read(build):
    before, after = after_a_change(paths.TABLES / "uncertainty_monthly.csv", lambda: plan.step_content("estimate"))
    assert before == after


@pytest.mark.parametrize("table", ["policy_events.csv", "company_filings.csv"])
def test_whether_script_and_model_agree_is_not_asked_again_for_an_event_or_a_filing(build, table):
    before, after = after_a_change(paths.TABLES / table, lambda: plan.step_content("explorer_agreement"))
    assert before == after


def test_a_computation_stands_after_those_whose_results_it_reads():
    names = list(STEPS)
    assert all(names.index(before) < names.index(name) for name, step in STEPS.items() for before in step.after)
    assert plan.computations_behind("mechanism") == ["estimate", "compiled_model", "assessment", "model"]


@pytest.mark.parametrize(("chapter", "artifact"), [("scenarios", "model"), ("explorer", "explorer"), ("price-of-a-month", "model")])
def test_a_receipt_names_the_parameter_files_of_the_long_computations_that_a_chapter_reads(build, chapter, artifact):
    (build / "plan").mkdir()
    (build / "plan" / f"{chapter}.json").write_text(json.dumps({"parameters": {}}))
    assert set(STEPS[artifact].files) <= set(ingredients(chapter)["parameter_files"])


@pytest.mark.parametrize("words", [paths.WORDS, paths.FIGURE_WORDS], ids=["numbers", "figures"])
def test_a_chapter_is_made_again_when_what_its_numbers_or_figures_are_called_changes(words):
    assert words / "estimate.yml" in plan.chapter_inputs("estimate")
    assert words / "estimate.yml" not in plan.chapter_inputs("diagnostics")


@pytest.fixture
def book(build, monkeypatch):
    """book(slug=code, …): a book of such chapters, each of one cell."""
    folder = build / "book"
    folder.mkdir()

    def write(**chapters: str) -> None:
        toc = {"format": "jb-book", "root": next(iter(chapters)), "chapters": [{"file": slug} for slug in list(chapters)[1:]]}
        (folder / "_toc.yml").write_text(json.dumps(toc))
        for slug, code in chapters.items():
            nbformat.write(new_notebook(cells=[new_code_cell(code, id="only")]), folder / f"{slug}.ipynb")
        plan._file_hash.cache_clear()

    monkeypatch.setattr(paths, "BOOK", folder)
    return write


def test_a_chapter_that_reads_the_numbers_of_another_waits_for_it_and_is_made_again_with_it(book):
    book(a="1", b='numbers_of("a")', c="1")
    plan.write_plan({})
    assert plan.chapter_results("b") == [paths.RUNS / "a" / "numbers.json"] and plan.chapter_results("c") == []
    before = {slug: plan.chapter_content(slug) for slug in "abc"}
    book(a="2", b='numbers_of("a")', c="1")
    plan.write_plan({})
    plan._file_hash.cache_clear()
    assert [slug for slug in "abc" if plan.chapter_content(slug) != before[slug]] == ["a", "b"]
    assert plan.behind("b") > plan.behind("a")


@pytest.mark.parametrize(("chapters", "message"), [
    ({"alpha": 'numbers_of("beta")', "beta": 'numbers_of("alpha")'}, "in a circle: alpha from beta from alpha"),
    ({"alpha": 'numbers_of("alpha")'}, "in a circle: alpha from alpha"),
    ({"alpha": 'numbers_of("bete")', "beta": "1"}, "no chapter; did you mean 'beta'"),
])
def test_chapters_that_cannot_be_run_in_any_order_are_refused_before_anything_is_planned(book, chapters, message):
    book(**chapters)
    with pytest.raises(plan.PlanError, match=message):
        plan.write_plan({})
    assert not (paths.BUILD / "plan").exists()


def test_a_dates_change_changes_no_content_and_a_contents_change_does_whatever_its_date(build):
    table = paths.TABLES / "company_filings.csv"
    before = plan.step_content("estimate")
    os.utime(table, (0, 0))
    plan._file_hash.cache_clear()
    assert plan.step_content("estimate") == before
    table.write_bytes(table.read_bytes() + b"\n")
    os.utime(table, (0, 0))
    plan._file_hash.cache_clear()
    assert plan.step_content("estimate") != before
