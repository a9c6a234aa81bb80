"""Only what changed is run again, and what changed is always run again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def built(project):
    project.steps()


@pytest.fixture(autouse=True)
def up_to_date(project, request):
    """Each test starts from a build with nothing left to do: one that passed leaves it so, after one that failed it is made."""
    if request.session.testsfailed:
        project.steps()


def edit(file, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_nothing_changed_runs_nothing_and_says_so(project):
    result = project.build()
    assert result.returncode == 0 and "Nothing changed" in result.stdout


def test_one_table_changed_reruns_only_the_chapters_that_read_it(project):
    edit(project.root / "data/industry/oem_demand.csv", "goods and services from", "goods, services from")
    assert project.steps() == ["chapter demand", "site"]


def test_a_sentence_changed_in_a_text_page_reruns_no_chapter(project):
    edit(project.root / "book/text.md", "More words", "Other words")
    assert project.steps() == ["site"]
    assert "Other words follow" in (project.html / "text.html").read_text()


def test_a_sentence_changed_in_a_notebook_reruns_no_chapter(project):
    file = project.root / "book/demand.ipynb"
    notebook = nbformat.read(file, 4)
    notebook.cells[0].source += " One more sentence."
    nbformat.write(notebook, file)
    assert project.steps() == ["site"]
    assert "One more sentence." in (project.html / "demand.html").read_text()


def test_a_code_cell_changed_reruns_its_chapter_only(project):
    edit(project.root / "book/demand.ipynb", "Count of rows", "Number of rows")
    assert project.steps() == ["chapter demand", "site"]


def test_a_module_changed_reruns_the_chapters_that_use_it(project):
    edit(project.root / "analysis/publish/page.py", "class Page(Recorder):", "class Page(Recorder):  # changed")
    assert project.steps() == ["chapter demand", "chapter index", "site"]


def test_a_module_no_chapter_uses_reruns_no_chapter(project):
    edit(project.root / "analysis/publish/collect.py", '"""Collect', '"""Gather')
    assert project.steps() == ["site"]


def test_a_parameter_changed_reruns_the_chapters_that_have_it_and_is_undone_without_it(project, tmp_path):
    parameters = tmp_path / "parameters.yml"
    parameters.write_text("demand: {factor: 3}\n")
    assert project.steps("--params", str(parameters)) == ["chapter demand", "site"]
    assert project.steps() == ["chapter demand", "site"]


def test_an_edition_changed_reruns_no_chapter(project):
    assert project.steps("--edition", "2027.01") == ["site"]
    assert project.steps() == ["site"]


def test_a_deleted_output_is_made_again(project):
    (project.root / "_build/runs/demand/numbers.json").unlink()
    assert project.steps() == ["chapter demand", "site"]


def test_a_deleted_site_is_published_again(project):
    import shutil

    shutil.rmtree(project.html)
    assert project.steps() == ["site"]
    assert project.torn() == []


def test_a_file_touched_but_not_changed_reruns_nothing(project):
    (project.root / "data/industry/oem_demand.csv").touch()
    (project.root / "analysis/publish/page.py").touch()
    (project.root / "book/text.md").touch()
    assert project.steps() == []


@pytest.mark.parametrize("shift_s", [-10 * 365 * 86400, 86400])
def test_a_clock_that_jumped_reruns_what_changed(project, shift_s):
    """A changed file whose date lies years back (or a day ahead) is still seen as changed."""
    file = project.root / "book/text.md"
    edit(file, "follow", "follow ")
    moment = time.time() + shift_s
    os.utime(file, (moment, moment))
    assert project.steps() == ["site"]
    assert project.steps() == []


def test_an_overlay_row_flows_into_number_and_site_and_out_again(project, tmp_path):
    header, first, *_ = (project.root / "data/industry/oem_demand.csv").read_text().splitlines()
    row = first.split(",")
    row[header.split(",").index("period")] = "2031"
    (tmp_path / "oem_demand.csv").write_text(f"{header}\n{','.join(row)}\n")
    result = project.build("--data", str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert "1 rows added" in result.stdout or "1 row added" in result.stdout
    assert project.torn() == []
    assert project.steps() == ["chapter demand", "site"]


def test_a_frozen_edition_that_comes_or_goes_publishes_the_site_again(project):
    """The page *Cite* lists the frozen editions, and *What moved* compares them."""
    kept = project.root / "editions" / "2020.01"
    kept.mkdir(parents=True)
    (kept / "numbers.json").write_text('{"edition": "2020.01", "numbers": []}')
    assert project.steps() == ["site"]
    assert project.steps() == []
    kept.joinpath("numbers.json").unlink()
    kept.rmdir()
    assert project.steps() == ["site"]


def test_other_locked_packages_publish_the_site_again(project):
    lock = project.root / "requirements.txt"
    lock.write_text(lock.read_text() + "# another lock\n")
    assert project.steps() == ["site"]
    assert project.steps() == []


def test_complete_tables_that_were_tampered_with_are_written_again(project):
    table = project.root / "_build" / "data" / "oem_demand.csv"
    before = table.read_bytes()
    table.write_bytes(before.splitlines(keepends=True)[0])
    assert project.steps() == []
    assert table.read_bytes() == before


def test_each_page_ends_with_its_receipt_and_verify_finds_the_build_identical(project):
    text = (project.html / "demand.html").read_text()
    assert "Rebuild receipt" in text and "oem_demand.csv" in text
    assert 'href="index.html#rebuild-receipt"' in (project.html / "text.html").read_text()
    command = [sys.executable, "-m", "analysis", "verify"]
    verified = subprocess.run(command, cwd=project.root, env=project.environment, capture_output=True, text=True)
    assert (verified.returncode, verified.stdout.strip()) == (0, "identical")
    table = project.root / "_build" / "data" / "oem_demand.csv"
    before = table.read_bytes()
    table.write_bytes(before + b"\n")
    other = subprocess.run(command, cwd=project.root, env=project.environment, capture_output=True, text=True)
    table.write_bytes(before)
    assert "table oem_demand.csv: changed" in other.stdout and not other.stdout.startswith("identical")


def test_a_module_put_back_from_an_older_copy_reruns_the_chapters_that_use_it(copied):
    """Its date lies before that of every result, and nothing else tells of it."""
    module = copied.root / "analysis/publish/page.py"
    edit(module, "class Page(Recorder):", "class Page(Recorder):  # as it was once")
    os.utime(module, (0, 0))
    assert copied.steps() == ["chapter demand", "chapter index", "site"]
    assert copied.steps() == []


def test_a_copied_project_runs_nothing_and_sees_what_changed_since(copied):
    for number, file in enumerate(sorted(copied.root.rglob("*"))):   # a copy that keeps no date, made in any order
        if file.is_file():
            os.utime(file, (time.time() - number % 7, time.time() - number % 7))
    assert copied.steps() == []
    assert "Nothing to be done" in asked(copied)
    edit(copied.root / "data/industry/oem_demand.csv", "goods", "things")
    assert copied.steps() == ["chapter demand", "site"]


def asked(project) -> str:
    """What Snakemake itself says there is to be done, with its own settings."""
    command = [Path(sys.executable).with_name("snakemake"), "-n", "--cores", "2"]
    return subprocess.run(command, cwd=project.root, env=project.environment, capture_output=True, text=True, check=True).stdout


def test_results_that_nobody_remembers_the_making_of_are_made_again(copied):
    shutil.rmtree(copied.root / "_build/.snakemake")
    assert copied.steps() == ["chapter demand", "chapter index", "site"]


def test_a_chapter_that_reads_the_numbers_of_another_is_made_after_it_and_again_with_it(copied):
    file = copied.root / "book/demand.ipynb"
    notebook = nbformat.read(file, 4)
    notebook.cells[3].source += ('\nfrom analysis.registry.numbers import numbers_of'
                                 '\nassert numbers_of("index")["index.rows"].value > 10')
    nbformat.write(notebook, file)
    assert copied.steps() == ["chapter demand", "site"]
    edit(copied.root / "book/index.ipynb", "Count of rows", "Number of rows")
    (copied.root / "_build/runs/index/numbers.json").unlink()
    assert copied.steps() == ["chapter demand", "chapter index", "site"]
    assert copied.steps() == []


def test_a_site_made_change_by_change_is_to_the_byte_the_site_made_at_once(copied, monkeypatch):
    """Much is kept from build to build (slides, drawings, the briefing, pages of tables); none of it may be of yesterday."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
    for file, old, new in (("book/text.md", "words", "sentences"), ("data/industry/oem_demand.csv", "goods", "wares"),
                           ("book/index.ipynb", "The table has rows", "The table still has rows")):
        edit(copied.root / file, old, new)
        assert copied.steps()
    by_changes = copied.site()
    for entry in (copied.root / "_build").iterdir():
        if entry.name != "previous":   # what the page What moved compares with
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    copied.steps()
    at_once = copied.site()
    assert sorted(by_changes) == sorted(at_once)
    assert [name for name, content in by_changes.items() if at_once[name] != content] == []
