"""Write the model's plain Python functions as JavaScript, so that the browser's model has no text of its own.

What is understood is what the model's loops need: numbers, arrays from numpy's zeros, empty and ones, `for` over ranges, `while`,
`if`, calls of other such functions and of :mod:`math`. Arrays become nested arrays whose last level is a Float64Array, so that
`a[g, k]` is a view in both languages. Anything else is refused by name and line rather than translated wrongly.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable

RUNTIME = """\
function filled(shape, value) {
  if (typeof shape === "number") return new Float64Array(shape).fill(value);
  if (shape.length === 1) return new Float64Array(shape[0]).fill(value);
  return Array.from({ length: shape[0] }, () => filled(shape.slice(1), value));
}
function setAll(array, value) {
  if (array instanceof Float64Array) array.fill(value);
  else for (const part of array) setAll(part, value);
}
function roundHalfEven(x) { const whole = Math.round(x); return whole - x === 0.5 && whole % 2 ? whole - 1 : whole; }
"""
BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
COMPARED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "===", ast.NotEq: "!=="}
NUMPY = {"zeros": "0", "empty": "0", "ones": "1"}
MATHS = ("exp", "expm1", "log", "log1p", "sqrt")


class UntranslatableError(ValueError):
    """A function holds something that has no counterpart here; the message names function and line."""


def translate(functions: Iterable[Callable]) -> str:
    """The functions and all that they call, each before its callers, as JavaScript."""
    done: dict[str, str] = {}
    for function in functions:
        _add(function, done)
    return RUNTIME + "".join(done.values())


def _add(function: Callable, done: dict[str, str]) -> None:
    function = getattr(function, "py_func", function)
    if script_name(function) not in done:
        writer = _Writer(function)
        text = writer.text()
        for called in writer.called:
            _add(called, done)
        done[script_name(function)] = text


def script_name(function: Callable) -> str:
    """The function's name in the script, with its module's, so that it meets no variable and no namesake."""
    return f"{function.__module__.rsplit('.', 1)[-1]}${function.__name__}"


class _Writer:
    def __init__(self, function: Callable) -> None:
        self._function, self.called = function, []
        self._known = function.__globals__  # type: ignore[attr-defined]

    def text(self) -> str:
        tree = ast.parse(textwrap.dedent(inspect.getsource(self._function))).body[0]
        assert isinstance(tree, ast.FunctionDef)
        arguments = [argument.arg for argument in tree.args.args]
        names = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
                       - set(arguments))
        self._local = {*arguments, *names}
        lines = [f"function {script_name(self._function)}({', '.join(arguments)}) {{"]
        lines += [f"  let {', '.join(names)};"] if names else []
        lines += self._block(tree.body, 1)
        return "\n".join([*lines, "}", ""])

    def _block(self, body: list[ast.stmt], depth: int) -> list[str]:
        return [("  " * depth) + line for statement in body for line in self._statement(statement)]

    def _statement(self, node: ast.stmt) -> list[str]:
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                return []
            case ast.Expr(value=ast.Call()):
                return [f"{self._value(node.value)};"]
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if len(targets) == len(values):
                self._refuse_swap(targets, values)
                pairs = zip(targets, values, strict=True)
                return [line for target, value in pairs for line in self._assign(target, self._value(value))]
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Call()):
                parts = [line for j, target in enumerate(targets) for line in self._assign(target, f"both[{j}]")]
                return [f"{{ const both = {self._value(node.value)};", *parts, "}"]
            case ast.Assign(targets=[target]):
                return self._assign(target, self._value(node.value))
            case ast.AugAssign(op=op) if type(op) in BINARY:
                return [f"{self._value(node.target)} {BINARY[type(op)]}= {self._value(node.value)};"]
            case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"), args=limits), orelse=[]):
                return [self._for(name, limits), *self._block(node.body, 1), "}"]
            case ast.While(orelse=[]):
                return [f"while ({self._value(node.test)}) {{", *self._block(node.body, 1), "}"]
            case ast.If():
                other = ["} else {", *self._block(node.orelse, 1)] if node.orelse else []
                return [f"if ({self._value(node.test)}) {{", *self._block(node.body, 1), *other, "}"]
            case ast.Return(value=ast.Tuple(elts=values)):
                return [f"return [{', '.join(map(self._value, values))}];"]
            case ast.Return(value=value) if value is not None:
                return [f"return {self._value(value)};"]
            case ast.Continue():
                return ["continue;"]
        raise self._problem(node)

    def _refuse_swap(self, targets: list[ast.expr], values: list[ast.expr]) -> None:
        """Several targets are assigned one after the other; a value must not need one of them as it was."""
        written = [ast.unparse(target) for target in targets]
        if any(ast.unparse(part) in written[:j] for j, value in enumerate(values) for part in ast.walk(value)):
            raise self._problem(targets[0])

    def _assign(self, target: ast.expr, value: str) -> list[str]:
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice):
            return [f"setAll({self._value(target.value)}, {value});"]
        return [f"{self._value(target)} = {value};"]

    def _for(self, name: str, limits: list[ast.expr]) -> str:
        first, end = ("0", limits[0]) if len(limits) == 1 else (self._value(limits[0]), limits[1])
        down = len(limits) == 3 and ast.unparse(limits[2]) == "-1"
        if len(limits) == 3 and not down:
            raise self._problem(limits[2])
        sign, step = (">", "--") if down else ("<", "++")
        return f"for ({name} = {first}; {name} {sign} {self._value(end)}; {name}{step}) {{"

    def _value(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=bool() as value):
                return str(value).lower()
            case ast.Constant(value=(int() | float()) as value):
                return repr(value)
            case ast.Name(id=name):
                return name if name in self._local else self._global(node, name)
            case ast.Attribute(value=ast.Name(id=name), attr=field) if name in self._local and field != "shape":
                return f"{name}.{field}"
            case ast.Subscript(value=ast.Attribute(value=array, attr="shape"), slice=ast.Constant(value=int() as level)):
                return self._value(array) + "[0]" * level + ".length"
            case ast.Subscript(value=array, slice=ast.Tuple(elts=places)):
                return self._value(array) + "".join(f"[{self._value(place)}]" for place in places)
            case ast.Subscript(value=array, slice=place) if not isinstance(place, ast.Slice):
                return f"{self._value(array)}[{self._value(place)}]"
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(node, self._value(left), op, self._value(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"-({self._value(operand)})"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"!({self._value(operand)})"
            case ast.BoolOp(op=op, values=values):
                return "(" + (" && " if isinstance(op, ast.And) else " || ").join(map(self._value, values)) + ")"
            case ast.Compare(left=left, ops=ops, comparators=rest):
                ends = [self._value(end) for end in (left, *rest)]
                parts = [f"{a} {COMPARED[type(op)]} {b}" for a, op, b in zip(ends, ops, ends[1:], strict=False)]
                return "(" + " && ".join(parts) + ")"
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return f"({self._value(test)} ? {self._value(body)} : {self._value(orelse)})"
            case ast.Call(func=function, args=arguments, keywords=[]):
                return self._call(node, function, arguments)
        raise self._problem(node)

    def _binary(self, node: ast.expr, left: str, op: ast.operator, right: str) -> str:
        if isinstance(op, ast.Pow):
            return f"Math.pow({left}, {right})"
        if isinstance(op, ast.FloorDiv):
            return f"Math.floor({left} / {right})"
        if type(op) not in BINARY:
            raise self._problem(node)
        return f"({left} {BINARY[type(op)]} {right})"

    def _call(self, node: ast.Call, function: ast.expr, arguments: list[ast.expr]) -> str:
        match function:
            case ast.Attribute(value=ast.Name(id="np"), attr=name) if name in NUMPY and len(arguments) == 1:
                shape = arguments[0]
                sizes = f"[{', '.join(map(self._value, shape.elts))}]" if isinstance(shape, ast.Tuple) else self._value(shape)
                return f"filled({sizes}, {NUMPY[name]})"
            case ast.Attribute(value=ast.Name(id="math"), attr=name) if name in MATHS:
                return f"Math.{name}({', '.join(map(self._value, arguments))})"
            case ast.Name(id=("min" | "max") as name) if len(arguments) > 1:
                return f"Math.{name}({', '.join(map(self._value, arguments))})"
            case ast.Name(id="len") if len(arguments) == 1:
                return f"{self._value(arguments[0])}.length"
            case ast.Name(id="round") if len(arguments) == 1:
                return f"roundHalfEven({self._value(arguments[0])})"
            case ast.Name(id=name) if callable(self._known.get(name)):
                called = getattr(self._known[name], "py_func", self._known[name])
                self.called.append(called)
                return f"{script_name(called)}({', '.join(map(self._value, arguments))})"
        raise self._problem(node)

    def _global(self, node: ast.expr, name: str) -> str:
        value = self._known.get(name)
        if isinstance(value, (int, float)):
            return repr(value)
        raise self._problem(node)

    def _problem(self, node: ast.AST) -> UntranslatableError:
        return UntranslatableError(f"{self._function.__module__}.{self._function.__name__}, line {getattr(node, 'lineno', 0)}: "
                                   f"cannot be written as JavaScript: {ast.unparse(node)}")
