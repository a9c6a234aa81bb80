"""What a chapter depends on, read from its own code: project modules, data tables, long computations, other chapters' numbers.

Imports are followed through the project's modules (also those inside functions); tables are the names given to
`load_table`, chapters those given to `numbers_of`. The runner records what a chapter really read and refuses what this scan did
not find, so an incremental build cannot silently miss a change. What a file says is kept by its content
(`_build/cache/scans.json`): a build parses only what is new.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.runner.steps import STEPS

PACKAGE = "analysis"
DATA_PACKAGE = paths.ROOT / PACKAGE / "data"  # knows every table by name and reads what it is asked for
KEPT = paths.BUILD / "cache" / "scans.json"


@dataclass(frozen=True)
class Scan:
    """What one piece of code says about what it needs."""

    imports: tuple[str, ...]     # full names of modules, or of what is imported from them
    tables: tuple[str, ...]      # names given literally to `load_table`
    by_variable: bool            # whether `load_table` is also called with something else
    words: tuple[str, ...]       # texts that could name a table
    artifacts: tuple[str, ...]   # long computations read, as `ARTIFACTS / "name"`
    chapters: tuple[str, ...]    # names given literally to `numbers_of`


def code_cells(notebook: Path) -> list[dict[str, Any]]:
    """Code cells of a notebook (version 4) as its file holds them, each source as one text."""
    return [{**cell, "source": "".join(cell["source"])} for cell in _notebook(notebook.read_bytes())["cells"]
            if cell["cell_type"] == "code"]


@functools.lru_cache(maxsize=256)
def _notebook(content: bytes) -> dict[str, Any]:
    return json.loads(content)


def chapter_code(notebook: Path) -> str:
    """All code cells of a notebook as one Python text (magics and shell lines are not allowed)."""
    return "\n".join(cell["source"] for cell in code_cells(notebook))


def modules_of(code: str) -> list[Path]:
    """Files of every project module that `code` imports, directly or through other project modules, sorted."""
    return list(_modules_of(code))


@functools.cache
def _modules_of(code: str) -> tuple[Path, ...]:
    seen: set[Path] = set()
    waiting = list(_files_of(scan(code)))
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting.extend(_files_of(_scan_of_file(file)))
    return tuple(sorted(seen))


def tables_of(code: str) -> list[str]:
    """Names of the tables that `code`, or a project module it uses, loads, sorted.

    Where a name is not given literally to `load_table` (a loop over names), every table whose name stands as a text in
    the chapter or its modules counts: rather one too many than one missed.
    """
    return list(_tables_of(code))


@functools.cache
def _tables_of(code: str) -> tuple[str, ...]:
    scans = [scan(code), *(_scan_of_file(file) for file in modules_of(code) if DATA_PACKAGE not in file.parents)]
    names = {name for one in scans for name in one.tables}
    if any(one.by_variable for one in scans):
        names |= {word for one in scans for word in one.words} & _all_tables()
    return tuple(sorted(names))


def artifacts_of(code: str) -> list[str]:
    """Names of the long computations whose results `code`, or a project module it uses, reads as `ARTIFACTS / "name"`, sorted."""
    return sorted(_named("artifacts", code) & STEPS.keys())


def chapters_of(code: str) -> list[str]:
    """Slugs of the chapters whose numbers `code`, or a project module it uses, reads as `numbers_of("slug")`, sorted."""
    return sorted(_named("chapters", code))


@functools.cache
def _named(what: str, code: str) -> frozenset[str]:
    return frozenset(name for one in (scan(code), *map(_scan_of_file, modules_of(code))) for name in getattr(one, what))


@functools.cache
def _all_tables() -> frozenset[str]:
    return frozenset(file.stem for file in paths.DATA.rglob("*.csv"))


@functools.cache
def _scan_of_file(file: Path) -> Scan:
    package = ".".join(file.relative_to(paths.ROOT).with_suffix("").parts[:-1])
    return scan(file.read_text(encoding="utf-8"), package)


@functools.cache
def scan(code: str, package: str = "") -> Scan:
    """What `code`, a module of `package`, says; from the scans kept of earlier builds where it was read before."""
    key = hashlib.sha256(f"{package}\0{code}".encode()).hexdigest()
    kept = _kept()
    if key not in kept:
        kept[key] = _parsed(code, package)
    return kept[key]


@functools.cache
def _kept() -> dict[str, Scan]:
    """Scans by the hash of what was scanned; none when they are missing, spoilt or made by other code than this."""
    try:
        stored = json.loads(KEPT.read_text(encoding="utf-8"))
        if stored["made_by"] != _made_by():
            return {}
        return {key: Scan(**{name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()})
                for key, fields in stored["scans"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _made_by() -> str:
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def keep_scans() -> None:
    """Write the scans made so far for the next build."""
    from analysis.files import write_if_changed

    scans = {key: asdict(one) for key, one in sorted(_kept().items())}
    write_if_changed(KEPT, json.dumps({"made_by": _made_by(), "scans": scans}) + "\n")


def _parsed(code: str, package: str) -> Scan:
    nodes = list(ast.walk(ast.parse(code)))
    loads, reads = ([n.args[0] for n in nodes if isinstance(n, ast.Call) and _called_name(n) == called and n.args]
                    for called in ("load_table", "numbers_of"))
    texts = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return Scan(
        imports=tuple(sorted({name for node in nodes for name in _imported(node, package)})),
        tables=_literal(loads),
        by_variable=any(not isinstance(first, ast.Constant) for first in loads),
        words=tuple(sorted(text for text in texts if re.fullmatch(r"[a-z_]{3,40}", text))),
        artifacts=tuple(sorted(set(re.findall(r'ARTIFACTS / "(\w+)"', code)))),
        chapters=_literal(reads),
    )


def _literal(arguments: list[ast.expr]) -> tuple[str, ...]:
    return tuple(sorted({one.value for one in arguments if isinstance(one, ast.Constant)}))


def _called_name(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def _imported(node: ast.AST, package: str) -> list[str]:
    """Full names of what an import statement imports: modules, and names that may be modules."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = node.module or ""
    if node.level:
        parts = package.split(".")
        base = ".".join([*parts[: len(parts) - node.level + 1], *([base] if base else [])])
    return [base, *(f"{base}.{alias.name}" for alias in node.names)]


def _files_of(found: Scan) -> set[Path]:
    return {file for name in found.imports for file in _files_of_module(name)}


@functools.cache
def _files_of_module(name: str) -> frozenset[Path]:
    """The module's own file and the `__init__.py` of each package above it."""
    parts = name.split(".")
    if parts[0] != PACKAGE:
        return frozenset()
    found = set()
    for end in range(1, len(parts) + 1):
        base = paths.ROOT.joinpath(*parts[:end])
        for file in (base.with_suffix(".py"), base / "__init__.py"):
            if file.is_file():
                found.add(file)
    return frozenset(found)
