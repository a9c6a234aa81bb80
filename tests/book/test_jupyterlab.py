"""The chapters in JupyterLab, as `make lab` opens them: every one runs from top to bottom on the kernel its document asks for, with
charts, tables and the values of its numbers in place; some of each kind from the menu of the interface, in a browser."""

from __future__ import annotations

import importlib.util
import os
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from lab import LONGEST_S, TOKEN, Lab, serving

from analysis import paths
from analysis.runner.parameters import declared_parameters

CHAPTERS = sorted(paths.BOOK.glob("*.ipynb"))
KINDS = ("estimate", "firm", "rules", "work")   # a long computation, one row of a table, a table of events, cells to change
KERNEL_AT_REST = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
LISTED = re.compile(r"numbers? (recorded here|of other pages)")
AT_ONCE = 2


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    """JupyterLab with copies of the chapters. Skipped where it is not installed, which is a failure with REQUIRE_LAB=1."""
    if importlib.util.find_spec("jupyterlab") is None:
        message = "JupyterLab is not installed (make lab does it)"
        pytest.fail(message) if os.environ.get("REQUIRE_LAB") == "1" else pytest.skip(message)
    with serving(CHAPTERS, tmp_path_factory.mktemp("chapters"), tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.fixture(scope="module")
def run(lab, request) -> Iterator[Callable[[str], nbformat.NotebookNode]]:
    """run(slug): the chapter run in JupyterLab; those asked for in this module are run two at a time."""
    asked = [item.callspec.params["slug"] for item in request.session.items
             if "run" in getattr(item, "fixturenames", ()) and item.path == request.path]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = {slug: pool.submit(lab.run, slug) for slug in asked}
        yield lambda slug: runs[slug].result()


def htmls(cell: nbformat.NotebookNode) -> list[BeautifulSoup]:
    """The parts of a cell's output that a reader sees as HTML."""
    return [BeautifulSoup(text, "lxml") for text in texts(cell, "text/html")]


def texts(cell: nbformat.NotebookNode, kind: str) -> list[str]:
    return ["".join(output.data[kind]) for output in cell.get("outputs", []) if kind in output.get("data", {})]


def is_a_list(part: BeautifulSoup) -> bool:
    return part.summary is not None and LISTED.search(part.summary.text) is not None


def charts_and_tables(notebook: nbformat.NotebookNode) -> dict[str, tuple[list[str], int]]:
    """By the id of a cell: the charts it shows, and how many tables, lists of numbers aside."""
    shown = {cell.id: [part for part in htmls(cell) if not is_a_list(part)] for cell in notebook.cells if cell.cell_type == "code"}
    return {id: ([figure["id"] for part in parts for figure in part.select("figure.cs-figure")],
                 sum(len(part.select("table")) for part in parts)) for id, parts in shown.items()}


def listed_values(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """The values in the lists under the cells, by the place of the number."""
    lists = [part for cell in notebook.cells for part in htmls(cell) if is_a_list(part)]
    rows = [row.select("td") for part in lists for row in part.select("tbody tr")]
    return {place(row[0].text): row[1].text for row in rows}


def named_plainly(notebook: nbformat.NotebookNode) -> set[str]:
    """The numbers that the text names to be printed as they are, by place; so does text that a cell writes."""
    text = [t for cell in notebook.cells for t in ([cell.source] if cell.cell_type == "markdown" else texts(cell, "text/markdown"))]
    return {place(id) for id in re.findall(r"\{num\}`([a-z0-9_.]+)`", "\n".join(text))}


def place(id: str) -> str:
    """Where a number stands on the page of numbers."""
    return "n-" + re.sub(r"[._]", "-", id)


def page_of(slug: str) -> str:
    """The page of a chapter; of a notebook that stands for a row of a table, the page of the row that it names itself."""
    chapter = paths.BOOK / f"{slug}.ipynb"
    row = nbformat.read(chapter, 4).metadata.get("one_page_for_each")
    return f"{row['name']}-{declared_parameters(chapter)[row['parameter']].default}" if row else slug


def published_values(slug: str, site: Path) -> dict[str, set[str]]:
    """What the text of the published page prints for each number, by its place on the page of numbers."""
    page, found = BeautifulSoup((site / f"{page_of(slug)}.html").read_text(encoding="utf-8"), "lxml"), {}
    for link in page.select("article a.cs-num"):
        found.setdefault(link["href"].partition("#")[2], set()).add(link.text)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("slug", [chapter.stem for chapter in CHAPTERS])
def test_a_chapter_runs_on_the_kernel_of_jupyterlab_with_charts_tables_and_values_in_place(slug, run, site):
    here = run(slug)
    outputs = [output for cell in here.cells for output in cell.get("outputs", [])]
    assert [output.evalue for output in outputs if output.output_type == "error"] == []
    built = nbformat.read(paths.RUNS / page_of(slug) / "chapter.ipynb", 4)
    shown, expected = charts_and_tables(here), charts_and_tables(built)
    assert shown == {id: expected[id] for id in shown} and sum(tables for _, tables in shown.values())
    listed, published = listed_values(here), published_values(slug, site)
    named = named_plainly(here)
    assert named <= set(listed)
    assert {id: listed[id] for id in named if listed[id].partition(" (")[0] not in published[id]} == {}


def numbers_of_cells(page) -> list[str]:
    """What stands before each cell of code: its number once it ran, a star while it waits."""
    return [text.strip("[]: \n") for text in page.locator(".jp-CodeCell .jp-InputPrompt").all_text_contents()] or ["no cell"]


def run_all_cells(page) -> None:
    page.wait_for_selector(KERNEL_AT_REST)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("slug", KINDS)
def test_a_chapter_runs_from_the_menu_of_jupyterlab_and_shows_charts_tables_and_values(slug, lab, browser):
    page = browser.new_page(viewport={"width": 1366, "height": 900})
    page.set_default_timeout(1000 * LONGEST_S)
    try:
        page.goto(f"{lab.address}/lab/tree/{slug}.ipynb?token={TOKEN}&reset")
        run_all_cells(page)
        until = time.monotonic() + LONGEST_S
        while not all(number.isdigit() for number in numbers_of_cells(page)):
            assert time.monotonic() < until, f"not every cell ran: {numbers_of_cells(page)}"
            time.sleep(1)
            asked = page.locator(".jp-Dialog button.jp-mod-accept", has_text="Select")
            if asked.count():   # a busy machine is asked which kernel to start; the one offered is the book's
                asked.click()
                run_all_cells(page)
        assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").count() == 0

        if slug != "work":   # which has tables alone
            figure = page.locator(".jp-Notebook figure.cs-figure svg.cs-wide").first
            figure.scroll_into_view_if_needed()
            assert page.locator(".jp-Notebook svg.cs-narrow").count() == 0   # one drawing a figure
            assert figure.bounding_box()["width"] > 300 and figure.bounding_box()["height"] > 100
        assert page.locator(".jp-Notebook .jp-RenderedHTMLCommon table").count()
        listed = page.locator(".jp-Notebook summary", has_text=LISTED).first
        listed.scroll_into_view_if_needed()
        listed.click()
        row = page.locator("details[open] > table tbody tr").first
        assert row.is_visible() and any(sign.isdigit() for sign in row.locator("td").nth(1).inner_text())
    finally:
        page.close()
