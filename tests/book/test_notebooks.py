"""The chapters are notebooks: they print what they show, and run by plain papermill on a kernel of their own from any folder."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from analysis import paths
from analysis.runner.parameters import declared_parameters

CHAPTERS = sorted(paths.BOOK.glob("*.ipynb"))
AT_ONCE = 2


def run_plainly(chapter, folder, *parameters: str) -> subprocess.CompletedProcess:
    """`papermill` as a user calls it, in a folder that is not the project's, with nothing of the build in the environment."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", paths.RUN_DIR_VARIABLE)}
    command = [sys.executable, "-m", "papermill", str(chapter), f"{chapter.stem}.out.ipynb", "--no-progress-bar", *parameters]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)


def htmls(cell) -> list[str]:
    return ["".join(o.data["text/html"]) for o in cell.get("outputs", []) if "text/html" in o.get("data", {})]


def printed(cell) -> str:
    return "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")


def compared(notebook) -> dict[str, str]:
    """What the cells print that say so in their first line, by the cell's name."""
    return {cell.id: printed(cell) for cell in notebook.cells
            if cell.cell_type == "code" and cell.source.startswith("# NBVAL_CHECK_OUTPUT")}


def run_of(chapter) -> Path:
    """The chapter as the build ran it; of a notebook that stands for a row of a table, the row that it names itself."""
    own = declared_parameters(chapter)
    row = nbformat.read(chapter, 4).metadata.get("one_page_for_each")
    return paths.RUNS / (f"{row['name']}-{own[row['parameter']].default}" if row else chapter.stem) / "chapter.ipynb"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_a_chapter_prints_what_its_notebook_shows_where_the_notebook_says_so(chapter, site):
    """`pytest book/rules.ipynb` compares the same cells while they are worked on, on a kernel of its own."""
    shown = compared(nbformat.read(chapter, 4))
    assert shown and all(shown.values())
    assert compared(nbformat.read(run_of(chapter), 4)) == shown


@pytest.fixture(scope="module")
def run(tmp_path_factory, request) -> Iterator[Callable[[str], nbformat.NotebookNode]]:
    """run(slug): the chapter run by plain papermill for another day; those asked for in this module are run two at a time."""
    folder = tmp_path_factory.mktemp("elsewhere")
    asked = [item.callspec.params["slug"] for item in request.session.items
             if "run" in getattr(item, "fixturenames", ()) and item.path == request.path]

    def one(slug: str) -> nbformat.NotebookNode:
        done = run_plainly(paths.BOOK / f"{slug}.ipynb", folder, "-p", "as_of", "2026-10-01")
        assert done.returncode == 0, done.stderr[-1500:]
        return nbformat.read(folder / f"{slug}.out.ipynb", 4)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = {slug: pool.submit(one, slug) for slug in asked}
        yield lambda slug: runs[slug].result()


@pytest.mark.slow
@pytest.mark.parametrize("slug", [chapter.stem for chapter in CHAPTERS])
def test_a_chapter_runs_by_plain_papermill_and_shows_its_tables_and_the_values_of_its_numbers(slug, run):
    executed = run(slug)
    shown = "\n".join(part for cell in executed.cells if cell.cell_type == "code" for part in htmls(cell))
    assert "<table" in shown
    assert "cs-narrow\"" not in shown   # one drawing a figure: no style sheet hides the other
    assert "<code>as_of</code></th><td>2026-10-01</td>" in shown   # a parameter given to it changes what is shown
    text = "\n".join(cell.source for cell in executed.cells if cell.cell_type == "markdown")
    named = set(re.findall(r"\{num\}`([a-z0-9_.]+)", text))
    assert {id for id in named if f"<code>{id}</code>" not in shown} == set()


@pytest.mark.parametrize("slug", ["sales", "huawei", "estimate", "firms", "firm", "diagnostics", "rules"])
def test_a_chapter_of_facts_has_visible_cells_with_a_table_to_change(slug):
    cells = nbformat.read(paths.BOOK / f"{slug}.ipynb", 4).cells
    visible = [c for c in cells if c.cell_type == "code" and not {"hide-input", "remove-cell"} & set(c.metadata.get("tags", []))]
    to_change = [c for c in visible if c.source.startswith("# ") and "NBVAL" not in c.source]   # a comment says what they ask
    assert len(to_change) >= 2
    assert all("page." not in cell.source for cell in to_change)   # they ask the tables, and publish nothing


@pytest.mark.parametrize("file", CHAPTERS, ids=lambda f: f.stem)
def test_no_cell_ends_in_the_bare_value_of_a_number(file):
    """`page.record` returns the value; as a cell's last line it would stand on the page without unit or interval."""
    for cell in nbformat.read(file, 4).cells:
        last = ast.parse(cell.source).body[-1:] if cell.cell_type == "code" else []
        for line in last:
            assert not (isinstance(line, ast.Expr) and ast.unparse(line).startswith("page.record("))
