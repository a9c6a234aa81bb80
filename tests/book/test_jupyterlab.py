"""The chapters in JupyterLab, as `make lab` opens them: all cells run from the menu; charts, tables and values appear in place."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis import paths

KINDS = ("estimate", "firm")   # results of a long computation, one row of a table
TOKEN = "of-this-test"
LONGEST_S = 300
KERNEL_AT_REST = ".jp-Notebook-ExecutionIndicator[data-status=idle]"


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """JupyterLab on loopback with copies of the chapters: its address and their folder. Skipped where it is not installed, which is
    a failure with REQUIRE_LAB=1."""
    if importlib.util.find_spec("jupyterlab") is None:
        message = "JupyterLab is not installed (make lab does it)"
        pytest.fail(message) if os.environ.get("REQUIRE_LAB") == "1" else pytest.skip(message)
    root, own = tmp_path_factory.mktemp("chapters"), tmp_path_factory.mktemp("jupyter")
    for slug in KINDS:
        shutil.copy(paths.BOOK / f"{slug}.ipynb", root)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    places = {name: str(own / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR",
                                                 "JUPYTERLAB_WORKSPACES_DIR", "JUPYTERLAB_SETTINGS_DIR")}
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", paths.RUN_DIR_VARIABLE)}
    with (own / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", f"--IdentityProvider.token={TOKEN}",
             f"--ServerApp.root_dir={root}", "--LabApp.news_url=None"],
            cwd=root, env=environment | places, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        answer(server, f"{address}/api?token={TOKEN}", own / "log")
        yield address, root
    finally:
        server.terminate()
        server.wait(timeout=60)


def answer(server: subprocess.Popen, url: str, log: Path) -> None:
    """Wait until the server answers; its own words when it ends or is too slow."""
    for _ in range(LONGEST_S):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            if server.poll() is not None:
                break
            time.sleep(1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def code_cells(notebook: Path) -> list[dict]:
    return [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("slug", KINDS)
def test_a_chapter_runs_from_the_menu_of_jupyterlab_and_shows_charts_tables_and_values(slug, lab, browser):
    address, root = lab
    notebook = root / f"{slug}.ipynb"
    page = browser.new_page(viewport={"width": 1366, "height": 900})
    page.set_default_timeout(1000 * LONGEST_S)
    try:
        page.goto(f"{address}/lab/tree/{slug}.ipynb?token={TOKEN}&reset")
        page.wait_for_selector(KERNEL_AT_REST)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        until = time.monotonic() + LONGEST_S
        while not all(cell["execution_count"] for cell in code_cells(notebook)) and time.monotonic() < until:
            time.sleep(1)
            page.keyboard.press("Control+s")
        outputs = [output for cell in code_cells(notebook) for output in cell["outputs"]]
        assert [output["evalue"] for output in outputs if output["output_type"] == "error"] == []
        assert all(cell["execution_count"] for cell in code_cells(notebook)), "not every cell ran"

        figure = page.locator(".jp-Notebook figure.cs-figure svg.cs-wide").first
        figure.scroll_into_view_if_needed()
        assert page.locator(".jp-Notebook svg.cs-narrow").count() == 0   # one drawing a figure
        assert figure.bounding_box()["width"] > 300 and figure.bounding_box()["height"] > 100
        assert page.locator(".jp-Notebook .jp-RenderedHTMLCommon table").count()
        listed = page.locator(".jp-Notebook summary", has_text="recorded here").first
        listed.scroll_into_view_if_needed()
        listed.click()
        row = page.locator("details[open] > table tbody tr", has_text=f"{slug}.").first
        assert row.is_visible() and any(sign.isdigit() for sign in row.locator("td").nth(1).inner_text())
    finally:
        page.close()
