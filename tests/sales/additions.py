"""Where code adds figures up, read from its syntax: so that rows of different basis cannot be added unseen.

An addition is a call that reduces by summing (`.sum()`, `sum(…)`, `np.sum`, `.cumsum()`, `.agg("sum")`, `.add(…)`,
`aggfunc="sum"`), or a plus between columns of money. Counting rows (`(frame["x"] > 0).sum()`) is not one: it adds ones.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

SUMMING = {"sum", "nansum", "fsum", "cumsum", "nancumsum", "add", "reduce"}
AGGREGATING = {"agg", "aggregate", "transform", "pivot_table", "apply", "map", "crosstab"}
TESTING = {"isna", "notna", "isin", "between", "duplicated", "contains", "startswith", "endswith", "fullmatch", "eq", "ne", "gt",
           "lt", "ge", "le", "isfinite", "isnan", "any", "all"}
# Columns that hold money of one basis, permission or vintage each.
MONEY = {"china_revenue_usd_m", "china_hq_revenue_usd_m", "china_hq_mainland_usd_m", "huawei_revenue_usd_m", "total_revenue_usd_m",
         "value_usd_bn", "usd_bn", "revenue_usd_m"}


@dataclass(frozen=True)
class Addition:
    """One place that adds: the function it stands in ('' outside any), its line, its text."""

    function: str
    line: int
    text: str


def additions(code: str) -> list[Addition]:
    """Every addition in `code`, in the order of its lines."""
    found: list[Addition] = []
    _search(ast.parse(code), "", found)
    return sorted(found, key=lambda addition: addition.line)


def _search(node: ast.AST, function: str, found: list[Addition]) -> None:
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        function = f"{function}.{node.name}".lstrip(".")
    if _adds(node):
        found.append(Addition(function, node.lineno, ast.unparse(node)))
    for child in ast.iter_child_nodes(node):
        _search(child, function, found)


def _adds(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Add):
        added = node.value if isinstance(node, ast.AugAssign) else node.right
        return not isinstance(added, ast.List | ast.ListComp) and any(
            isinstance(part, ast.Constant) and part.value in MONEY for part in ast.walk(node))
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
    if name in SUMMING:
        method = isinstance(node.func, ast.Attribute) and not _is_module(node.func.value)
        return not _counts(node.func.value if method else node.args[0] if node.args else node)
    if name in AGGREGATING:
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        return any(_names_a_sum(part) for value in values for part in ast.walk(value))
    return False


def _is_module(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in {"np", "numpy", "pd", "math", "functools", "operator"}


def _names_a_sum(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return node.value in ("sum", "cumsum")
    return (isinstance(node, ast.Attribute) and node.attr in SUMMING) or (isinstance(node, ast.Name) and node.id == "sum")


def _counts(node: ast.AST) -> bool:
    """Whether the expression is made of yes and no, so that its sum is a count."""
    if isinstance(node, ast.Compare):
        return True
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not | ast.Invert) or _counts(node.operand)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitAnd | ast.BitOr) and _counts(node.left) and _counts(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in TESTING
    return isinstance(node, ast.GeneratorExp | ast.ListComp) and (
        _counts(node.elt) or (isinstance(node.elt, ast.Constant) and node.elt.value == 1))
