"""Data flows one way: data → analysis → book → site."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

from analysis import paths

MODULES = sorted((paths.ROOT / "analysis").rglob("*.py"))
CHAPTERS = sorted(paths.BOOK.glob("*.ipynb"))
# Who may import whom inside the package; a part may always import itself, `analysis.paths`, `files` and `leftovers`.
ALLOWED = {
    "data": set(),
    "registry": {"data"},
    "sources": {"data"},
    "charts": {"data"},
    "sales": {"data", "registry", "charts"},
    "policy": {"data", "registry", "charts"},
    "model": {"data", "registry", "charts", "policy", "sales"},
    "explorer": {"data", "registry", "policy", "model"},
    "runner": {"data", "registry", "model"},
    "publish": {"data", "registry", "charts", "model", "runner"},
}


def test_the_floors_have_no_circle_and_nothing_imports_the_command_line() -> None:
    """Each part imports only parts named before it: foundations, evidence, model, build, site; the command line stands outside."""
    floors = list(ALLOWED)
    assert all(floors.index(below) < floors.index(part) for part, allowed in ALLOWED.items() for below in allowed)


def imported_parts(code: str) -> set[str]:
    """Second-level names of project modules that the code imports: 'data' for analysis.data.schemas."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("analysis.")}
    return found - {"paths", "files", "leftovers"}


@pytest.mark.parametrize("file", MODULES, ids=lambda f: str(f.relative_to(paths.ROOT)))
def test_a_module_imports_only_what_stands_before_it_in_the_flow(file: Path) -> None:
    part = file.relative_to(paths.ROOT / "analysis").parts[0].removesuffix(".py")
    if part not in ALLOWED:
        return
    assert imported_parts(file.read_text()) <= ALLOWED[part] | {part}


@pytest.mark.parametrize("file", MODULES, ids=lambda f: str(f.relative_to(paths.ROOT)))
def test_analysis_reads_the_book_only_where_it_publishes(file: Path) -> None:
    """Only the runner and the publishing part know where chapters are."""
    part = file.relative_to(paths.ROOT / "analysis").parts[0]
    if part in {"runner", "publish", "paths.py"}:
        return
    code = file.read_text()
    assert "paths.BOOK" not in code and not re.search(r"""["']book/""", code)


def test_data_holds_no_code_and_nothing_that_was_computed() -> None:
    kinds = {p.suffix for p in paths.DATA.rglob("*") if p.is_file()}
    assert kinds <= {".csv", ".yml", ".md", ".json"}


@pytest.mark.parametrize("file", CHAPTERS, ids=lambda f: f.name)
def test_a_chapter_opens_no_file_itself(file: Path) -> None:
    """Chapters ask analysis for tables and results; they neither read nor write files."""
    for cell in nbformat.read(file, 4).cells:
        if cell.cell_type == "code":
            assert not re.search(r"\bopen\(|read_csv|read_parquet|read_json|to_csv|urlopen|requests\.", cell.source)


def test_only_sources_may_use_the_network() -> None:
    network = {"requests", "urllib", "urllib3", "http", "httpx", "aiohttp"}
    for file in MODULES:
        part = file.relative_to(paths.ROOT / "analysis").parts[0]
        if part == "sources" or file == paths.ROOT / "analysis/publish/commands.py":  # serving on loopback
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else (
                [node.module] if isinstance(node, ast.ImportFrom) and node.module else [])
            used = {n.split(".")[0] for n in names if n not in {"urllib.parse", "http.server"}}
            assert not used & network, f"{file} imports {names}"
