"""A small project of its own for tests that build, break and rebuild: the real code and data, two chapters and a text page."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from analysis import paths

from .whole import torn

COPIED = ("analysis", "data", "Snakefile", "_config.yml", "pyproject.toml", "requirements.txt")
TOC = """format: jb-book
root: index
parts:
  - caption: Chapters
    chapters: [{file: demand}, {file: text}, {file: data}, {file: sources}, {file: numbers}, {file: glossary}]
"""
CLAIMS = """
- id: there-are-rows
  title: There are rows
  page: text
  text: A sentence, and {index.rows} rows.
  holds: "{index.rows} > 10"
  matters: The test needs a claim.
"""
PARAMETERS = """as_of: str = "2026-11-22"  # newest day (2026-01-01–2035-12-31)
data_dir: str = ""  # tables
factor: int = 1  # multiplies (1–9999)"""
BRIEFING = """
title: How many rows are there?
subtitle: A briefing of the small project
answer: There are {index.rows} rows.
rules: ["As known on {index.rows|day}, there are rows."]
options:
  columns: [Choice, Rows]
  rows: [[Keep them, "{index.rows}"]]
  note: All of them.
claims: [there-are-rows]
numbers: [index.rows]
exhibits:
  - {figure: rows, takeaway: "One bar, {index.rows} rows."}
  - {figure: rows, takeaway: The same bar.}
caveats: [A row is not a decision.]
"""
FIGURE = """
import altair as alt
import pandas as pd
from analysis.charts import Figure
counted = pd.DataFrame({"Table": ["Events"], "Rows": [len(rows)]})
def draw(width):
    return alt.Chart(counted).mark_bar().encode(x="Rows:Q", y="Table:N").properties(width=width - 120, height=240)
page.show(Figure(id="rows", title="The table has rows", description="One bar, as long as the table.", unit="rows",
                 source_ids=(rows["source_id"].iloc[0],), evidence=("derived",), data=counted, chart=draw))
"""


def lend_environment(root: Path) -> None:
    """An environment in `root` with the packages of this one and the project in `root`, so that `make` has nothing to set up."""
    venv = root / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    own = next((venv / "lib").glob("python*")) / "site-packages"
    (own / "lent.pth").write_text(f"{Path(pytest.__file__).parent.parent}\n{root.resolve()}\n", encoding="utf-8")
    for group in ("", "-test", "-lab"):
        (venv / f".ready{group}").write_text(f"{root.resolve()}\n", encoding="utf-8")


def chapter(title: str, table: str, number: str, figure: str = "") -> nbformat.NotebookNode:
    """A chapter that counts the rows of one table, and with `figure` (code) shows them."""
    cells = [
        new_markdown_cell(f"# {title}\n\nThe table has {{num}}`{number}` rows."),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_code_cell("from analysis.data import load_table\nfrom analysis.publish import Page\n"
                      "from analysis.registry.numbers import Number\n"
                      f'page = Page("{number.split(".")[0]}", as_of=as_of, data_dir=data_dir, factor=factor)\npage.parameters()'),
        new_code_cell(f'rows = load_table("{table}", data_dir)\n'
                      f'_ = page.take(Number("{number}", "Rows", len(rows) * factor, "count", "derived", as_of, "Count of rows", '
                      f'(rows["source_id"].iloc[0],), page.slug))'),
    ]
    cells += [new_code_cell(figure.strip())] if figure else []
    for index, cell in enumerate(cells):
        cell.id = f"cell-{index}"
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})


class Project:
    """A copy of the project in a folder of its own, and what tests do with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in COPIED:
            source = paths.ROOT / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, root / name)
        book = root / "book"
        book.mkdir()
        for folder in ("_static", "_theme"):
            shutil.copytree(paths.BOOK / folder, book / folder)
        for name in ("references.bib", "glossary.md"):
            shutil.copy2(paths.BOOK / name, book / name)
        (book / "_toc.yml").write_text(TOC)
        (book / "claims.yml").write_text(CLAIMS)
        (book / "briefing.yml").write_text(BRIEFING)
        (book / "text.md").write_text("# Text\n\nA sentence, and {num}`index.rows` rows.\n\nMore words follow.\n")
        nbformat.write(chapter("Start", "policy_events", "index.rows", FIGURE), book / "index.ipynb")
        nbformat.write(chapter("Demand", "oem_demand", "demand.rows"), book / "demand.ipynb")

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.root), "CHIP_BUILD_DIR": str(self.root / "_build")}

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "analysis", "build", "--cores", "2"]

    def build(self, *options: str) -> subprocess.CompletedProcess:
        return subprocess.run([*self.command, *options], cwd=self.root, env=self.environment, capture_output=True, text=True,
                              timeout=1200)

    def steps(self, *options: str) -> list[str]:
        """Build and return the titles of the steps that ran; the build must succeed."""
        result = self.build(*options)
        assert result.returncode == 0, result.stdout + result.stderr
        return sorted(re.findall(r"^\[ *\d+/\d+\] +[\d.]+ s  (.*)$", result.stdout, flags=re.MULTILINE))

    @property
    def html(self) -> Path:
        return self.root / "_build" / "html"

    def site(self) -> dict[str, bytes]:
        """Every published file by name."""
        return {str(f.relative_to(self.html)): f.read_bytes() for f in sorted(self.html.rglob("*")) if f.is_file()}

    def torn(self) -> list[str]:
        """What of the published site is missing or does not belong to the same build as the rest; empty when it is whole."""
        return torn(self.html)

    def rows(self) -> int:
        """The number that the start page publishes: the rows of its table times the chapter's factor."""
        numbers = json.loads((self.html / "numbers.json").read_text(encoding="utf-8"))["numbers"]
        return round(next(n["value"] for n in numbers if n["id"] == "index.rows"))

    def multiply(self, factor: int) -> None:
        """Change both chapters, so that every step runs and pages, tables and downloads print other numbers."""
        for slug in ("index", "demand"):
            source = self.root / "book" / f"{slug}.ipynb"
            notebook = nbformat.read(source, 4)
            cell = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
            cell.source = re.sub(r"factor: int = \d+", f"factor: int = {factor}", cell.source)
            nbformat.write(notebook, source)


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Project:
    """The small project, built once."""
    made = Project(tmp_path_factory.mktemp("project"))
    result = made.build()
    assert result.returncode == 0, result.stdout + result.stderr
    assert made.torn() == []
    return made


@pytest.fixture
def mounted(tmp_path):
    """mounted(options): a file system of its own in memory, unmounted after the test. Where nobody may mount one the test is
    skipped, or fails when REQUIRE_MOUNT=1."""
    folders = []
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]

    def mount(options: str) -> Path:
        folder = tmp_path / "mounted"
        folder.mkdir()
        command = [*as_root, "mount", "-t", "tmpfs", "-o", f"uid={os.geteuid()},{options}", "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True) if shutil.which(command[0]) else None
        if done is None or done.returncode != 0:
            message = f"mounting a file system needs root: {done.stderr.strip() if done else 'there is no sudo'}"
            pytest.fail(message) if os.environ.get("REQUIRE_MOUNT") == "1" else pytest.skip(message)
        folders.append(folder)
        return folder

    yield mount
    for folder in folders:
        subprocess.run([*as_root, "umount", str(folder)], check=True)


def copy_of(project: Project, folder: Path) -> Project:
    """The built project in another folder."""
    shutil.copytree(project.root, folder, symlinks=True)
    made = object.__new__(Project)
    made.root = folder
    return made


@pytest.fixture
def copied(project, tmp_path) -> Project:
    """A copy of the built project in another folder, for one test."""
    return copy_of(project, tmp_path / "copy")


@pytest.fixture(scope="module")
def copied_module(project, tmp_path_factory) -> Project:
    """A copy of the built project in another folder, for the tests of a module."""
    return copy_of(project, tmp_path_factory.mktemp("copies") / "copy")
