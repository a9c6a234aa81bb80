"""One style sheet for the site: what is used of the theme's rules as a base layer, the book's own rules above it.

The theme ships half a megabyte of rules for components the book does not have. A rule stays when the classes, ids and
elements its selector names all occur on some page. The base layer (`@layer theme`) yields to every rule of the book.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_NAMES = re.compile(r"[.#]((?:\\.|[\w-])+)")
_ELEMENT = re.compile(r"(?:^|[\s>+~,(])([a-z][a-z0-9]*)", re.IGNORECASE)
_SIGN = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]""", re.DOTALL)
_NESTING = ("@media", "@supports", "@layer", "@container")


@dataclass(frozen=True)
class Vocabulary:
    """The class names, ids and element names that occur on the site's pages."""

    names: frozenset[str]
    elements: frozenset[str]


def vocabulary(pages: Iterable[str]) -> Vocabulary:
    """Collect what the pages' HTML uses."""
    names, elements = set(), {"html", "body", "root"}
    for html in pages:
        for value in re.findall(r'\b(?:class|id)="([^"]*)"', html):
            names.update(value.split())
        elements.update(re.findall(r"<([a-z][a-z0-9]*)", html))
    return Vocabulary(frozenset(names), frozenset(elements))


def bundle(theme: Iterable[str], own: Iterable[str], used: Vocabulary) -> str:
    """The site's style sheet. `theme` and `own` are the texts of style sheets, in order."""
    own_text = "\n".join(own)
    rules = "".join(_kept(_COMMENT.sub("", "\n".join(theme)), used))
    return f"@layer theme{{{_without_unused_variables(rules, own_text)}}}\n{minified(own_text)}"


def minified(css: str) -> str:
    """Style rules without comments and needless white space."""
    css = re.sub(r"\s+", " ", _COMMENT.sub("", css))
    return re.sub(r"\s*([{};,>])\s*", r"\1", css).replace(";}", "}").strip() + "\n"


def _kept(css: str, used: Vocabulary) -> Iterator[str]:
    for prelude, block in _rules(css):
        if block is None or prelude.startswith(("@font-face", "@charset", "@import", "@page")):
            continue
        if prelude.startswith(_NESTING):
            inner = "".join(_kept(block, used))
            if inner:
                yield f"{prelude}{{{inner}}}"
        elif prelude.startswith("@"):
            yield f"{prelude}{{{block.strip()}}}"
        else:
            selectors = [s.strip() for s in _selectors(prelude) if _is_used(s, used)]
            # The layers' order reverses for important declarations, so the base layer may have none.
            body = re.sub(r"\s*!\s*important", "", re.sub(r"\s+", " ", block)).strip().rstrip(";")
            if selectors and body:
                yield f"{','.join(selectors)}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """(prelude, block) of each rule; the block of a statement such as `@import` is None."""
    start = 0
    for position, sign, depth in _signs(css):
        if sign == ";" and depth == 0:
            yield css[start:position].strip(), None
            start = position + 1
        elif sign == "{" and depth == 1:
            opening = position
        elif sign == "}" and depth == 0:
            yield " ".join(css[start:opening].split()), css[opening + 1:position]
            start = position + 1


def _signs(css: str) -> Iterator[tuple[int, str, int]]:
    """(position, sign, depth after it) of every brace and semicolon outside strings."""
    depth = 0
    for match in _SIGN.finditer(css):
        sign = match[0]
        if sign[0] in "\"'":
            continue
        depth += (sign == "{") - (sign == "}")
        yield match.start(), sign, depth


def _selectors(prelude: str) -> list[str]:
    """The selectors of a list, split at commas outside parentheses."""
    return re.split(r",(?![^(]*\))", prelude)


def _is_used(selector: str, used: Vocabulary) -> bool:
    plain = re.sub(r"\[[^\]]*\]", "", selector)
    plain = re.sub(r"::?[\w-]+(\((?:[^()]|\([^()]*\))*\))?", "", plain)
    names = [name.replace("\\", "") for name in _NAMES.findall(plain)]
    elements = _ELEMENT.findall(_NAMES.sub("", plain))
    return all(n in used.names for n in names) and all(e.lower() in used.elements for e in elements)


def _without_unused_variables(rules: str, own: str) -> str:
    """Drop custom properties that nothing reads, again and again until none is left."""
    while True:
        read = set(re.findall(r"var\(\s*(--[\w-]+)", rules + own))
        smaller = re.sub(r"[^{}]*\{\s*\}", "", _without_variables(rules, read))
        if smaller == rules:
            return rules
        rules = smaller


def _without_variables(rules: str, read: set[str]) -> str:
    return re.sub(r"(--[\w-]+):(?:[^;{}\"']|\"[^\"]*\"|'[^']*')*;?",
                  lambda m: m[0] if m[1] in read or not _declares(m, rules) else "", rules)


def _declares(match: re.Match, rules: str) -> bool:
    return rules[match.start() - 1] in "{; "
