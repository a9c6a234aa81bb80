"""Chapters run on warm in-process kernels exactly as they would on kernels of their own."""

from __future__ import annotations

from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from analysis import paths
from analysis.runner.chapter import ChapterError, run_chapter

CELLS = [
    "import sys\nprint('out')\nprint('err', file=sys.stderr)\n1 + 1",
    "from IPython.display import HTML, display\nprint('before')\ndisplay(HTML('<b>x</b>'))\nprint('after')",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "import threading\nt = threading.Thread(target=lambda: print('thread'))\nt.start()\nt.join()",
    "x = 3;",
]


def notebook_of(folder: Path, *sources: str, parameters: str = "") -> Path:
    cells = [new_code_cell(parameters, metadata={"tags": ["parameters"]})] if parameters else []
    notebook = new_notebook(
        cells=[new_markdown_cell("# Title"), *cells, *map(new_code_cell, sources)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
    file = folder / "demo.ipynb"
    nbformat.write(notebook, file)
    return file


def outputs_of(notebook) -> list:
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for output in cell.outputs:
                output.pop("execution_count", None)
            found.append([dict(output) for output in cell.outputs])
    return found


@pytest.mark.slow
def test_the_in_process_kernel_gives_the_outputs_of_a_kernel_of_its_own(tmp_path):
    source = notebook_of(tmp_path, *CELLS)
    run_chapter(source, tmp_path / "out", {}, [])
    warm = nbformat.read(tmp_path / "out" / "chapter.ipynb", 4)
    cold = papermill.execute_notebook(str(source), None, progress_bar=False)
    assert outputs_of(warm) == outputs_of(cold)


def test_given_parameters_reach_the_chapter(tmp_path):
    source = notebook_of(tmp_path, "print(first_year)", parameters="first_year: int = 2016  # first year")
    run_chapter(source, tmp_path / "out", {"first_year": 2018}, [])
    assert "2018" in (tmp_path / "out" / "chapter.ipynb").read_text()


def test_a_raising_cell_names_chapter_cell_and_error_and_leaves_the_last_result(tmp_path):
    good = notebook_of(tmp_path, "print('good')")
    run_chapter(good, tmp_path / "out", {}, [])
    before = (tmp_path / "out" / "chapter.ipynb").read_bytes()
    bad = notebook_of(tmp_path, "1 + 1", "raise ValueError('no such year')")
    with pytest.raises(ChapterError, match=r"(?s)'demo' failed in code cell \d+: ValueError: no such year"):
        run_chapter(bad, tmp_path / "out", {}, [])
    assert (tmp_path / "out" / "chapter.ipynb").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_what_a_run_leaves_tells_nothing_of_the_machine_or_the_clock(tmp_path):
    run_chapter(notebook_of(tmp_path, "1 + 1"), tmp_path / "out", {}, [])
    text = (tmp_path / "out" / "chapter.ipynb").read_text()
    assert str(tmp_path) not in text and "papermill" not in text and "start_time" not in text


def test_two_runs_leave_the_same_bytes(tmp_path):
    source = notebook_of(tmp_path, *CELLS[:3])
    for name in ("a", "b"):
        run_chapter(source, tmp_path / name, {}, [])
    assert (tmp_path / "a" / "chapter.ipynb").read_bytes() == (tmp_path / "b" / "chapter.ipynb").read_bytes()


def test_numbers_recorded_by_a_chapter_are_left_in_its_folder(tmp_path):
    source = notebook_of(
        tmp_path, "from analysis.publish import Page\nfrom analysis.registry.numbers import Number\npage = Page('demo')\n"
        "_ = page.take(Number('a.b', 'l', 2.0, 'days', 'derived', '2026-01-01', 'm', ('s',), 'demo'))")
    run_chapter(source, tmp_path / "out", {}, [])
    assert '"a.b"' in (tmp_path / "out" / "numbers.json").read_text()


def test_a_chapter_that_reads_the_numbers_of_one_it_does_not_name_is_refused(tmp_path, monkeypatch):
    """The build has not run that chapter first, and would not run this one again with it."""
    other = tmp_path / "runs" / "other"
    other.mkdir(parents=True)
    (other / "numbers.json").write_text("[]")
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    source = notebook_of(tmp_path, "from analysis.registry.numbers import numbers_of\nslug = 'other'\n_ = numbers_of(slug)")
    with pytest.raises(ChapterError, match="read the numbers of other, which the dependency scan did not find"):
        run_chapter(source, tmp_path / "out", {}, [])
    run_chapter(source, tmp_path / "out", {}, [], declared_chapters=["other"])
    assert not (tmp_path / "out" / "chapters.txt").exists()
