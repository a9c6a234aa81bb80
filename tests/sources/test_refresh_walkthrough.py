"""The page Refresh walks through one whole update: each command is run, and prints what the page shows.

The interface is played on this machine; the project is the real code and the real tables with the chapter on sales alone, its text
left out, since the estimate of the whole book takes minutes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import nbformat
import pytest

from analysis import paths

from ..build.conftest import TOC, Project, lend_environment
from ..build.walkthrough import agrees, commands
from .conftest import KEY, fixture, set_up_census

SECTION = "## One update from start to end"


@pytest.fixture
def book_of_sales(tmp_path) -> Project:
    """The small project with the book's own chapter on sales, built once."""
    project = Project(tmp_path / "book")
    chapter = nbformat.read(paths.BOOK / "sales.ipynb", 4)
    chapter.cells = [nbformat.v4.new_markdown_cell("# Sales"), *(cell for cell in chapter.cells if cell.cell_type == "code")]
    nbformat.write(chapter, project.root / "book" / "sales.ipynb")
    (project.root / "book" / "_toc.yml").write_text(TOC.replace("{file: demand}", "{file: demand}, {file: sales}"))
    shutil.copytree(paths.WORDS, project.root / "book" / paths.WORDS.name)
    shutil.copy2(paths.ROOT / "Makefile", project.root)
    lend_environment(project.root)
    result = project.build()
    assert result.returncode == 0, result.stdout + result.stderr
    return project


@pytest.mark.slow
def test_each_command_of_the_page_prints_what_the_page_shows(book_of_sales, replay):
    set_up_census(replay)
    replay.on(r"intltrade/exports/hs.*2022-01", fixture("census_exports_hs_2023.json").replace(b"2023-", b"2022-"))
    environment = {**os.environ, "CENSUS_API_KEY": KEY, "NO_PROXY": "127.0.0.1"}
    for name in ("CHIP_BUILD_DIR", "MAKEFLAGS", "MAKELEVEL"):
        environment.pop(name, None)
    said = []
    for command in commands((paths.BOOK / "refresh.md").read_text(encoding="utf-8"), SECTION):
        text = re.sub(r"\brefresh census\b", rf"\g<0> --base-url {replay.url}", command.text)
        run = subprocess.run(["bash", "-c", text], cwd=book_of_sales.root, env=environment, timeout=1200, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said += [f"$ {command.text}", run.stdout]
        if not agrees(command.printed, run.stdout):
            said.append("^^^ the page shows:\n" + "\n".join(command.printed))
    assert not any(part.startswith("^^^") for part in said), "\n".join(said)
    asked = [part for part in said if part.startswith("$")]
    for step in ("refresh census", "make book DATA=my-rows", "analysis accept my-rows", "analysis verify"):
        assert any(step in command for command in asked), step
