"""What a chapter depends on, read from its own code: project modules and data tables.

Imports are followed through the project's modules (also those inside functions); tables are the names given to
`load_table`. The runner records which tables a chapter really read and refuses one that this scan did not find, so an
incremental build cannot silently miss a change.
"""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import nbformat

from analysis import paths

PACKAGE = "analysis"
DATA_PACKAGE = paths.ROOT / PACKAGE / "data"  # knows every table by name and reads what it is asked for


def chapter_code(notebook: Path) -> str:
    """All code cells of a notebook as one Python text (magics and shell lines are not allowed)."""
    return "\n".join(c.source for c in nbformat.read(notebook, 4).cells if c.cell_type == "code")


def modules_of(code: str) -> list[Path]:
    """Files of every project module that `code` imports, directly or through other project modules, sorted."""
    seen: set[Path] = set()
    waiting = list(_imported_files(code))
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting.extend(_imports_of_file(file))
    return sorted(seen)


def tables_of(code: str) -> list[str]:
    """Names of the tables that `code`, or a project module it uses, loads, sorted.

    Where a name is not given literally to `load_table` (a loop over names), every table whose name stands as a text in
    the chapter or its modules counts: rather one too many than one missed.
    """
    files = [file for file in modules_of(code) if DATA_PACKAGE not in file.parents]
    trees = [ast.parse(code), *map(_tree, files)]
    names = {name for tree in trees for name in _literal_names(tree)}
    if any(_loads_by_variable(tree) for tree in trees):
        names |= {text for tree in trees for text in _texts(tree)} & _all_tables()
    return sorted(names)


def _literal_names(tree: ast.Module) -> set[str]:
    return {node.args[0].value for node in _loads(tree) if isinstance(node.args[0], ast.Constant)}


def _loads_by_variable(tree: ast.Module) -> bool:
    return any(not isinstance(node.args[0], ast.Constant) for node in _loads(tree))


def _loads(tree: ast.Module) -> list[ast.Call]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.Call) and _called_name(n) == "load_table" and n.args]


def _texts(tree: ast.Module) -> set[str]:
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


@functools.cache
def _all_tables() -> frozenset[str]:
    from analysis.data.schemas import TABLES

    return frozenset(TABLES)


@functools.cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _called_name(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


@functools.cache
def _imports_of_file(file: Path) -> tuple[Path, ...]:
    package = ".".join(file.relative_to(paths.ROOT).with_suffix("").parts[:-1])
    return tuple(_imported_files(file.read_text(encoding="utf-8"), package))


def _imported_files(code: str, package: str = "") -> set[Path]:
    files: set[Path] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")
                base = ".".join([*parts[: len(parts) - node.level + 1], *([base] if base else [])])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            files |= _files_of_module(name)
    return files


def _files_of_module(name: str) -> set[Path]:
    """The module's own file and the `__init__.py` of each package above it."""
    parts = name.split(".")
    if parts[0] != PACKAGE:
        return set()
    found = set()
    for end in range(1, len(parts) + 1):
        base = paths.ROOT.joinpath(*parts[:end])
        for file in (base.with_suffix(".py"), base / "__init__.py"):
            if file.is_file():
                found.add(file)
    return found
