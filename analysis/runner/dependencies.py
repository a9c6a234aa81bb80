"""What a chapter depends on, read from its own code: project modules and data tables.

Imports are followed through the project's modules (also those inside functions); tables are the literal names given to
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
    """Names of the tables that `code`, or a project module it uses, loads by name, sorted."""
    texts = [code, *(file.read_text(encoding="utf-8") for file in modules_of(code))]
    return sorted({name for text in texts for name in tables_in(text)})


def tables_in(code: str) -> set[str]:
    """Names given literally to `load_table` in this text itself."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and _called_name(node) == "load_table"
        and node.args and isinstance(node.args[0], ast.Constant)
    }


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
