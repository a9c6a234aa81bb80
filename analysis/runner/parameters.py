"""Parameters of a chapter: read from its tagged cell, checked by name, type and allowed values before any kernel starts.

papermill itself only logs unknown names and enforces neither types nor ranges.
"""

from __future__ import annotations

import ast
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.data.problems import suggest
from analysis.runner.allowed import Allowed, split_comment
from analysis.runner.dependencies import code_cells

TABLES_FOLDER = "data_dir"
RESERVED = {TABLES_FOLDER: "where tables come from is the build's decision alone; give rows of your own with DATA=DIR"}
TYPES = {"int": int, "float": float, "str": str, "bool": bool, "list": list}


class ParameterError(ValueError):
    """All problems with given parameters, one a line, each with the nearest valid choice."""


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: `first_year: int = 2016  # first year shown (2010–2026)`. `allowed` is None for any value."""

    name: str
    type: str
    default: Any
    help: str
    allowed: Allowed | None = None


def declared_parameters(notebook: Path) -> dict[str, Parameter]:
    """Parameters declared in the cell tagged `parameters`, by name, in order. Raises ParameterError if malformed."""
    cells = [cell for cell in code_cells(notebook) if "parameters" in cell["metadata"].get("tags", [])]
    if not cells:
        return {}
    source = cells[0]["source"]
    lines = source.splitlines()
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Expr):
            continue
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None):
            raise ParameterError(f"{notebook.name}: parameters are declared as 'name: type = value  # help', not: "
                                 f"{lines[node.lineno - 1]}")
        name, kind = node.target.id, ast.unparse(node.annotation)
        if kind not in TYPES:
            raise ParameterError(f"{notebook.name}: parameter {name} has type {kind}; use {', '.join(TYPES)}")
        _, _, comment = lines[node.end_lineno - 1].partition("#")
        default = ast.literal_eval(node.value)
        try:
            meaning, allowed = split_comment(comment, kind)
        except ValueError as error:
            raise ParameterError(f"{notebook.name}: parameter {name}: {error}") from None
        if allowed and not (allowed.is_day and default == "") and (problem := allowed.problem(default)):
            raise ParameterError(f"{notebook.name}: the default of parameter {name} is {problem}")
        found[name] = Parameter(name, kind, default, meaning, allowed)
    return found


def check_parameters(given: dict[str, Any], declared: dict[str, Parameter], where: str) -> dict[str, Any]:
    """Return the given values converted to their declared types; raise ParameterError naming every problem: unknown names,
    wrong types, values that are not allowed, a first year (or other `first_…`) after the last, and what only the build may set."""
    problems, checked = [], {}
    for name, value in given.items():
        if name in RESERVED:   # else a chapter would read tables that nobody has checked and no receipt names
            problems.append(f"{where}: parameter {name!r} cannot be set: {RESERVED[name]}")
            continue
        parameter = declared.get(name)
        if parameter is None:
            hint = suggest(name, declared, f"; valid names: {', '.join(declared) or 'none'}")
            problems.append(f"{where}: unknown parameter {name!r}{hint}")
            continue
        if parameter.type == "str" and type(value) is dt.date:   # YAML reads an unquoted 2022-10-07 as a day
            value = value.isoformat()
        if not _fits(value, parameter.type):
            problems.append(f"{where}: parameter {name!r} is {value!r}, expected {parameter.type}, for example "
                            f"{parameter.default!r}")
        elif parameter.allowed and (problem := parameter.allowed.problem(value)):
            problems.append(f"{where}: parameter {name!r} is {problem}")
        else:
            checked[name] = TYPES[parameter.type](value)
    if not problems:
        problems = [f"{where}: {line}" for line in _turned_round(checked, declared)]
    if problems:
        raise ParameterError("\n".join(problems))
    return checked


def _turned_round(checked: dict[str, Any], declared: dict[str, Parameter]) -> list[str]:
    """Pairs such as first_year and last_year whose first lies after their last, defaults counted."""
    values = {name: parameter.default for name, parameter in declared.items()} | checked
    pairs = ((name, "last_" + name.removeprefix("first_")) for name in values if name.startswith("first_"))
    return [f"parameter {first!r} is {values[first]!r}, after {last!r}, which is {values[last]!r}"
            for first, last in pairs if last in values and values[first] > values[last]]


def _fits(value: Any, kind: str) -> bool:
    if kind == "float":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[kind])
