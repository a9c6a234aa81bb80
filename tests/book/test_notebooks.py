"""The chapters are notebooks: each runs by plain papermill on a kernel of its own, from any folder, and shows what it is about."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest

from analysis import paths

CHAPTERS = sorted(paths.BOOK.glob("*.ipynb"))


def run_plainly(chapter, folder, *parameters: str) -> subprocess.CompletedProcess:
    """`papermill` as a user calls it, in a folder that is not the project's, with nothing of the build in the environment."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", paths.RUN_DIR_VARIABLE)}
    command = [sys.executable, "-m", "papermill", str(chapter), f"{chapter.stem}.out.ipynb", "--no-progress-bar", *parameters]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Every chapter as plain papermill left it, by name; run side by side."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        runs = dict(zip(CHAPTERS, pool.map(lambda chapter: run_plainly(chapter, folder), CHAPTERS), strict=True))
    failed = {chapter.name: run.stderr[-1500:] for chapter, run in runs.items() if run.returncode}
    assert not failed, failed
    return {chapter.stem: nbformat.read(folder / f"{chapter.stem}.out.ipynb", 4) for chapter in CHAPTERS}


def htmls(cell) -> list[str]:
    return ["".join(o.data["text/html"]) for o in cell.get("outputs", []) if "text/html" in o.get("data", {})]


@pytest.mark.slow
@pytest.mark.parametrize("slug", [chapter.stem for chapter in CHAPTERS])
def test_a_chapter_runs_by_plain_papermill_and_shows_charts_and_the_values_of_its_numbers(slug, executed):
    cells = [cell for cell in executed[slug].cells if cell.cell_type == "code"]
    shown = "\n".join(part for cell in cells for part in htmls(cell))
    if any("page.show(" in cell.source for cell in cells):
        assert "<svg" in shown
    named = {role.partition("|")[0] for cell in executed[slug].cells if cell.cell_type == "markdown"
             for role in re.findall(r"\{num\}`([^`]+)`", cell.source)
             if role.startswith(f"{slug}.") and not role.startswith("huawei.estimate.")}   # those the estimate's chapter records
    assert all(f"<code>{id}</code>" in shown for id in named)


@pytest.mark.slow
def test_a_parameter_given_to_plain_papermill_changes_what_is_shown(tmp_path):
    chapter = paths.BOOK / "sales.ipynb"
    run = run_plainly(chapter, tmp_path, "-p", "first_year", "2018")
    assert run.returncode == 0, run.stderr[-1500:]
    outputs = "\n".join(part for cell in nbformat.read(tmp_path / "sales.out.ipynb", 4).cells for part in htmls(cell))
    assert "<code>first_year</code></th><td>2018</td>" in outputs


@pytest.mark.parametrize("slug", ["sales", "huawei", "rules"])
def test_a_chapter_of_facts_has_visible_cells_with_a_table_to_change(slug):
    cells = nbformat.read(paths.BOOK / f"{slug}.ipynb", 4).cells
    visible = [c for c in cells if c.cell_type == "code" and not {"hide-input", "remove-cell"} & set(c.metadata.get("tags", []))]
    assert len(visible) >= 2
    assert all("page." not in cell.source for cell in visible)   # they ask the tables, and publish nothing
