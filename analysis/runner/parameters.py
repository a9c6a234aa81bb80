"""Parameters of a chapter: read from its tagged cell, checked by name and type before any kernel starts.

papermill itself only logs unknown names and enforces no types.
"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.runner.dependencies import code_cells

TYPES = {"int": int, "float": float, "str": str, "bool": bool, "list": list}


class ParameterError(ValueError):
    """All problems with given parameters, one a line, each with the nearest valid choice."""


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: `first_year: int = 2016  # first year shown (2010–2026)`."""

    name: str
    type: str
    default: Any
    help: str


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
        found[name] = Parameter(name, kind, ast.literal_eval(node.value), comment.strip())
    return found


def check_parameters(given: dict[str, Any], declared: dict[str, Parameter], where: str) -> dict[str, Any]:
    """Return the given values converted to their declared types; raise ParameterError naming every problem."""
    problems, checked = [], {}
    for name, value in given.items():
        parameter = declared.get(name)
        if parameter is None:
            near = difflib.get_close_matches(name, declared, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; valid names: {', '.join(declared) or 'none'}"
            problems.append(f"{where}: unknown parameter {name!r}{hint}")
        elif not _fits(value, parameter.type):
            problems.append(f"{where}: parameter {name!r} is {value!r}, expected {parameter.type}, for example "
                            f"{parameter.default!r}")
        else:
            checked[name] = TYPES[parameter.type](value)
    if problems:
        raise ParameterError("\n".join(problems))
    return checked


def _fits(value: Any, kind: str) -> bool:
    if kind == "float":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[kind])
