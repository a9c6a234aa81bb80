"""Claims as tests: each headline sentence of the book is tied to a condition on the registered numbers.

`book/claims.yml` lists the sentences. A placeholder `{id}` stands for a number, `{id|low}` and `{id|high}` for the ends
of its interval; in the sentence `{id}` and `{id|form}` print the number as the text does (analysis/registry/forms.py). The
condition is arithmetic and comparisons, nothing else. A sentence that no longer holds stops publication: data may change a finding,
and then a person has to change the sentence.

    - id: waiting-peaked-in-2020
      title: Waiting was longest in 2020
      page: rules
      text: "Files waited {rules.limbo_days.core.2020} in 2020, longer than in any other year."
      holds: "{rules.limbo_days.core.2020} > {rules.limbo_days.core.2019}"
      tolerance: 0
      matters: "The stalemate is dated: …"

The *margin* of a claim is the distance by which its tightest comparison holds, in the unit compared and as a share of the
larger side; a margin near zero warns that the next revision may turn the sentence.
"""

from __future__ import annotations

import ast
import json
import math
import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pydantic

from analysis import paths
from analysis.registry.forms import ALLOWED, FORMS
from analysis.registry.numbers import Number, format_value

PLACEHOLDER = re.compile(r"\{([a-z0-9_]+(?:\.[a-z0-9_]+)+)(?:\|([a-z]+))?\}")   # an id has a dot, a role such as {term} has none
MARKUP = (
    (re.compile(r"\{[a-z:]+\}`([^`<]*?)(?: <[^`]*>)?`"), r"\1"),   # {term}`actions <reversal>`
    (re.compile(r"\[([^\]]*)\]\([^)]*\)"), r"\1"),                 # [text](page)
    (re.compile(r"(\*\*|\*|`)(\S(?:.*?\S)?)\1"), r"\2"),           # *emphasis*, **strong**, `code`
)
ENDS = ("low", "high")
ARITHMETIC = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
# comparison → how far it holds (negative when it does not)
SLACK = {
    ast.Gt: lambda left, right: left - right, ast.GtE: lambda left, right: left - right,
    ast.Lt: lambda left, right: right - left, ast.LtE: lambda left, right: right - left,
}
STRICT = (ast.Gt, ast.Lt)
FUNCTIONS = {"abs": abs, "min": min, "max": max}


class ClaimError(ValueError):
    """Claims that are false or malformed: sentence, page and values, one claim a paragraph."""


@pydantic.dataclasses.dataclass(frozen=True, config=pydantic.ConfigDict(extra="forbid"))
class Claim:
    """A headline sentence. tolerance: by how much (in the unit compared) a comparison may fall short, for results of
    simulation that move in their last digit."""

    id: str
    title: str
    page: str
    text: str
    holds: str
    matters: str
    tolerance: float = 0.0

    @property
    def numbers(self) -> tuple[str, ...]:
        """Ids of the numbers in the condition and the sentence, in order of appearance."""
        return tuple(dict.fromkeys(match[1] for match in PLACEHOLDER.finditer(f"{self.holds} {self.text}")))


@dataclass(frozen=True)
class ClaimResult:
    """Whether a claim holds, and by how much: `margin` in the unit compared, `share` of the larger side (0 to 1)."""

    claim: Claim
    holds: bool
    margin: float
    share: float
    unit: str
    values: dict[str, float] = field(default_factory=dict)


def load_claims(file: Path = paths.CLAIMS) -> list[Claim]:
    """Read the claims file. Raises ClaimError naming every entry that is incomplete, doubled or has unknown fields."""
    from analysis.data.safe_yaml import load_yaml
    from analysis.data.settings import checked

    rows = load_yaml(file) or []
    problems, claims = [], []
    for position, row in enumerate(rows, 1):
        name = row.get("id") if isinstance(row, dict) else None
        claim, faults = checked(Claim, row, f"{file.name}, {name or f'entry {position}'}")
        problems += faults or [f"{file.name}, {name}: listed twice" for one in claims if one.id == name]
        claims += [claim] if claim else []
    if problems:
        raise ClaimError("\n".join(problems))
    return claims


def check_claims(numbers: Mapping[str, Number], claims: Iterable[Claim]) -> list[ClaimResult]:
    """Evaluate every claim. Raises ClaimError with all that are false or cannot be evaluated."""
    results, problems = [], []
    for claim in claims:
        try:
            result = evaluate(claim, numbers)
        except ClaimError as error:
            problems.append(f"claim {claim.id!r} on page {claim.page!r} cannot be evaluated: {error}")
            continue
        results.append(result)
        if not result.holds:
            problems.append(_refutation(result, numbers))
    if problems:
        raise ClaimError("\n\n".join(problems))
    return results


def evaluate(claim: Claim, numbers: Mapping[str, Number]) -> ClaimResult:
    """One claim against the registry. Raises ClaimError for an unknown number, a missing interval or other syntax."""
    missing = [id for id in claim.numbers if id not in numbers]
    if missing:
        raise ClaimError(f"no number is registered as {', '.join(map(repr, missing))}")
    if wrong := [match[0] for match in PLACEHOLDER.finditer(claim.text) if (match[2] or "") not in FORMS]:
        raise ClaimError(f"{', '.join(wrong)} in the sentence: use {ALLOWED} or nothing after the bar")
    values: dict[str, float] = {}
    names: dict[str, float] = {}

    def name(match: re.Match) -> str:
        number, end = numbers[match[1]], match[2] or "value"
        if end not in ("value", *ENDS):
            raise ClaimError(f"{{{match[1]}|{end}}} is not a value; use low, high or nothing")
        value = getattr(number, end)
        if value is None:
            raise ClaimError(f"number {match[1]!r} has no interval")
        values[match[0].strip("{}")] = value
        alias = f"n{len(names)}"
        names[alias] = value
        return alias

    expression = PLACEHOLDER.sub(name, claim.holds)
    if not names:
        raise ClaimError(f"the condition {claim.holds!r} names no number, as in {{sales.total.2022}} > 1")
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except SyntaxError:
        raise ClaimError(f"the condition {claim.holds!r} is not a comparison") from None
    comparisons = list(_comparisons(tree, names))
    holds = all(slack + claim.tolerance > 0 or (slack + claim.tolerance == 0 and not strict)
                for slack, _, strict in comparisons)
    margin, scale, _ = min(comparisons, key=lambda one: one[0] / one[1])
    return ClaimResult(claim, holds, margin, margin / scale, _unit(claim.holds, numbers), values)


def _unit(condition: str, numbers: Mapping[str, Number]) -> str:
    """The unit of the comparison's sides, or an empty string where units are mixed, multiplied or divided."""
    units = {numbers[match[1]].unit for match in PLACEHOLDER.finditer(condition)}
    return units.pop() if len(units) == 1 and not re.search(r"[*/]", condition) else ""


def _comparisons(node: ast.expr, names: Mapping[str, float]):
    """(slack, larger side, strict) of each comparison joined by `and`."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for part in node.values:
            yield from _comparisons(part, names)
    elif isinstance(node, ast.Compare):
        sides = [_value(side, names) for side in (node.left, *node.comparators)]
        for left, op, right in zip(sides, node.ops, sides[1:], strict=False):
            if type(op) not in SLACK:
                raise ClaimError("compare with <, <=, > or >=; equality of computed numbers is abs(a - b) <= distance")
            yield SLACK[type(op)](left, right), max(abs(left), abs(right)) or 1.0, isinstance(op, STRICT)
    else:
        raise ClaimError("a condition is one comparison, or several joined by 'and'")


def _value(node: ast.expr, names: Mapping[str, float]) -> float:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        value = node.value
    elif isinstance(node, ast.Name) and node.id in names:
        value = names[node.id]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = -_value(node.operand, names)
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        left, right = _value(node.left, names), _value(node.right, names)
        if isinstance(node.op, ast.Div) and right == 0:
            raise ClaimError("the condition divides by zero")
        value = ARITHMETIC[type(node.op)](left, right)
    elif (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS
          and not node.keywords and node.args):
        arguments = [_value(argument, names) for argument in node.args]
        if node.func.id == "abs" and len(arguments) != 1:
            raise ClaimError("abs takes one value")
        value = FUNCTIONS[node.func.id](*arguments) if len(arguments) > 1 or node.func.id == "abs" else arguments[0]
    else:
        raise ClaimError(f"{ast.unparse(node)!r} is not allowed; use numbers, + - * /, abs, min, max and comparisons")
    if not math.isfinite(value):
        raise ClaimError("the condition is not finite")
    return value


def missing_sentences(claims: Iterable[Claim], pages: Mapping[str, str]) -> list[str]:
    """Problems where a claim's sentence does not stand on its page word for word; `pages` holds page sources by slug."""
    problems = []
    for claim in claims:
        source = " ".join(pages.get(claim.page, "").split())
        if " ".join(_with_roles(claim.text).split()) not in source:
            problems.append(f"claim {claim.id!r}: its sentence does not stand on page {claim.page!r}: {claim.text!r}")
    return problems


def check_sentences(book: Path) -> None:
    """Raises ClaimError naming every claim whose sentence does not stand on its page. Needs no result of any chapter."""
    pages = {file.stem: _page_text(file) for file in sorted([*book.glob("*.md"), *book.glob("*.ipynb")])}
    if problems := missing_sentences(load_claims(book / paths.CLAIMS.name), pages):
        raise ClaimError("\n".join(problems))


def _page_text(file: Path) -> str:
    """What a page says: a chapter's text cells, or the file itself."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".md":
        return text
    return "\n\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")


def sentence(claim: Claim, numbers: Mapping[str, Number]) -> str:
    """The claim's sentence with its numbers printed, as plain text."""
    return plain_sentence(claim.text, numbers)


def plain_sentence(text: str, numbers: Mapping[str, Number]) -> str:
    """A sentence in the book's Markdown as plain text: numbers printed, terms, links and emphasis without their marks."""
    for pattern, replacement in MARKUP:
        text = pattern.sub(replacement, text)
    return " ".join(PLACEHOLDER.sub(lambda match: FORMS[match[2] or ""](numbers[match[1]]), text).split())


def margin_text(result: ClaimResult) -> str:
    """'822 days (73%)': the tightest comparison's distance and its share of the larger side."""
    if result.unit:
        digits = max(0, 1 - math.floor(math.log10(abs(result.margin)))) if result.margin else 0
        unit = "pp" if result.unit == "%" else result.unit   # the difference of two percentages
        distance = format_value(result.margin, unit, min(digits, 4))
    else:
        distance = f"{result.margin:,.0f}" if abs(result.margin) >= 100 else f"{result.margin:.3g}"
    return f"{distance} ({result.share:.0%} of the larger side)"


def _refutation(result: ClaimResult, numbers: Mapping[str, Number]) -> str:
    claim = result.claim
    values = "; ".join(f"{name} = {value:,.6g}" for name, value in result.values.items())
    return (f"claim {claim.id!r} is false with these data. Page: {claim.page!r}. Sentence: {sentence(claim, numbers)!r}\n"
            f"  condition: {claim.holds}\n  values: {values}\n  it misses by {abs(result.margin):,.6g} {result.unit}".rstrip()
            + f". Change the sentence in book/{claim.page} and in book/claims.yml, or look for an error in the data.")


INTRODUCTION = """\
# What the book claims

Each headline sentence is tied to a condition on the [registered numbers](numbers.md), and the book is not published
when a condition fails: then a person has to change the sentence. The margin is the distance by which the tightest
comparison holds in this edition. A small margin means that the next revision may turn the sentence.

"""
# Signs of a condition → words.
SIGNS = {">=": "is at least", "<=": "is at most", ">": "is more than", "<": "is less than", "*": "times", "/": "divided by",
         "+": "plus", "-": "less"}
_SIGN = re.compile(r" (>=|<=|[><*/+-]) ")
_FUNCTION = re.compile(r"\b(abs|min|max)\(")
_NAMED = {"abs": "the size of (", "min": "the least of (", "max": "the largest of ("}


def condition_in_words(condition: str, numbers: Mapping[str, Number]) -> list[str]:
    """The comparisons of a condition for a reader, in the book's Markdown: numbers by their labels with their values, signs as
    words."""

    def name(match: re.Match) -> str:
        number = numbers[match[1]]
        label = re.sub(r"([\\`*_{}\[\]<>|$])", r"\\\1", number.label)
        if match[2]:
            end = format_value(getattr(number, match[2]), number.unit, number.digits).replace("$", "\\$")   # no formula
            return f"the {match[2]} end of *{label}* ({end})"
        return f"*{label}* ({{num}}`{match[1]}`)"

    def words(comparison: str) -> str:
        signs = _SIGN.sub(lambda found: f" {SIGNS[found[1]]} ", comparison)
        return PLACEHOLDER.sub(name, _FUNCTION.sub(lambda found: _NAMED[found[1]], signs))

    return [words(comparison) for comparison in " ".join(condition.split()).split(" and ")]


def render_claims(results: Iterable[ClaimResult], numbers: Mapping[str, Number]) -> str:
    """MyST text of the *Claims* page, a section a claim, numbers as roles; each section is a link target."""
    parts = [INTRODUCTION]
    for result in results:
        claim = result.claim
        allowed = f" A shortfall of {claim.tolerance:g} is tolerated." if claim.tolerance else ""
        held = "; and ".join(condition_in_words(claim.holds, numbers))
        parts.append(
            f"(claim-{claim.id})=\n## {claim.title}\n\n> {_with_roles(claim.text)}\n\n{claim.matters}\n\n"
            f"- **Page**: {{doc}}`{claim.page}`\n- **It holds while** {held}.{allowed}\n"
            f"- **Margin now**: {margin_text(result)}\n")
    return "\n".join(parts)


def _with_roles(text: str) -> str:
    """The sentence as the book's source writes it: {id|interval} → {num}`id|interval`."""
    return PLACEHOLDER.sub(lambda match: f"{{num}}`{match[1]}{'|' + match[2] if match[2] else ''}`", text)

