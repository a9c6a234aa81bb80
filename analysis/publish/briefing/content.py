"""What the briefing says: `book/briefing.yml` with every number, claim and figure looked up in the edition.

The file names numbers, claims and figures by id and never holds a value, so the three documents cannot disagree with
`numbers.json`. Its fields:

    title, subtitle, answer       one line, one line, one paragraph
    rules: [sentence, …]          where the rules stand; {id|day} prints the day through which a number is known,
                                  {id|range} the ends of its interval
    options:                      the choices: note (their scope), columns (heads), rows (name, then a cell for each further column)
    claims: [claim id, …]         headline sentences, from claims.yml
    numbers: [number id, …]       the table of numbers; id|bn prints millions of dollars as billions; {id: name} names it
    exhibits:                     two figures
      - figure: id
        takeaway: a sentence
        slide: {form: column, category: column name, series: [column names]}   # without it the slide shows the drawing;
               # low, high: columns with the ends of the interval; colours: one of the theme's names a series;
               # muted: categories set in grey
    caveats: [sentence, …]        what is not known
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.publish.embeds import edition_address
from analysis.registry import citations
from analysis.registry.claims import PLACEHOLDER, Claim, plain_sentence
from analysis.registry.forms import ALLOWED, FORMS
from analysis.registry.numbers import Number

FILE = paths.BOOK / "briefing.yml"
FIELDS = {"title", "subtitle", "answer", "rules", "options", "claims", "numbers", "exhibits", "caveats"}
OPTION_FIELDS = {"note", "columns", "rows"}
SLIDE_FORMS = ("column", "bar", "line", "stacked column", "stacked bar")
EXHIBITS = 2
_OWN_FORM = re.compile(r"\{([a-z0-9_.]+)\|(day|range)\}")
ROW_FORMS = ("", "bn")
SERIES_COLOURS = ("accent", "contrast", "neutral", "plum", "teal")
# Characters that XML cannot hold; a document with one would not open.
_APOSTROPHE = re.compile(r"(?<=\w)'")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


class BriefingError(ValueError):
    """A briefing that cannot be made; every problem, one a line."""


@dataclass(frozen=True)
class NativeChart:
    """An editable chart for a slide: values of `series` (name → values) over `categories` of the column `category`; None where
    there is no value.

    colours: the theme's name for each series. muted: categories that are set in grey. bounds: lower and upper ends of a
    series' interval; of stacked or several columns, of their sum, under the name of the last.
    """

    form: str
    category: str
    categories: tuple[str, ...]
    series: Mapping[str, tuple[float | None, ...]]
    colours: tuple[str, ...]
    muted: tuple[str, ...]
    bounds: Mapping[str, tuple[tuple[float | None, ...], tuple[float | None, ...]]]


@dataclass(frozen=True)
class Exhibit:
    """A figure of the briefing. `address` is where it stays, without the scheme; `spec` its Vega-Lite specification."""

    id: str
    title: str
    unit: str
    description: str
    note: str
    evidence: tuple[str, ...]
    sources: tuple[str, ...]
    takeaway: str
    address: str
    url: str
    spec: Mapping[str, Any]
    native: NativeChart | None


@dataclass(frozen=True)
class Row:
    """A line of the table of numbers, as printed."""

    label: str
    value: str
    interval: str
    cls: str
    as_of: str
    url: str


@dataclass(frozen=True)
class Options:
    """The table of choices, as printed: a head for each column, a row for each choice, and the scope of all of it."""

    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Briefing:
    """Everything the three documents print, as plain text."""

    title: str
    subtitle: str
    answer: str
    rules: tuple[str, ...]
    options: Options
    findings: tuple[str, ...]
    rows: tuple[Row, ...]
    exhibits: tuple[Exhibit, ...]
    caveats: tuple[str, ...]
    edition: str
    built: str
    address: str
    citation: str


def load_briefing(
    numbers: Mapping[str, Number], claims: Sequence[Claim], figures: Path, pages: Mapping[str, str], edition: Mapping[str, str],
    address: str, source_titles: Mapping[str, str], file: Path = FILE,
) -> Briefing:
    """Read `file` and look everything up.

    numbers, claims: of the edition. figures: folder with the figures' JSON and CSV files. pages: page by figure.
    edition: the facts edition and built. address: of the site, with a slash at the end. source_titles: by source id.
    Raises BriefingError naming every field, number, claim, figure and column that is missing.
    """
    from analysis.data.safe_yaml import load_yaml

    given = load_yaml(file)
    problems = _shape_problems(given)
    if problems:
        raise BriefingError("\n".join(f"{file.name}: {problem}" for problem in problems))
    own = citations.own_address(address)
    base = edition_address(own, edition["edition"]) if own else "../"   # without an address, the book that the file lies in
    claimed = {claim.id: claim for claim in claims}

    def text(value: str) -> str:
        value = _OWN_FORM.sub(lambda match: _in_own_form(numbers, *match.groups()), value)
        for match in PLACEHOLDER.finditer(value):
            if match[1] not in numbers:
                problems.append(f"no number is registered as {match[1]!r}")
                return value
            if (match[2] or "") not in FORMS:
                problems.append(f"{match[0]}: use {ALLOWED} or nothing after the bar")
                return value
        return plain(plain_sentence(value, numbers))

    problems += [f"no claim {id!r} in claims.yml" for id in given["claims"] if id not in claimed]
    findings = tuple(text(claimed[id].text) for id in given["claims"] if id in claimed)
    asked = [(*entry.partition("|")[::2], called) for entry, called in map(_entry, given["numbers"])]
    problems += [f"no number is registered as {id!r}" for id, _, _ in asked if id not in numbers]
    problems += [f"{id}|{form}: in the table use bn or nothing after the bar" for id, form, _ in asked if form not in ROW_FORMS]
    table = tuple(_row(numbers[id], form, base, called, edition["edition"])
                  for id, form, called in asked if id in numbers and form in ROW_FORMS)
    exhibits = []
    for one in given["exhibits"]:
        try:
            exhibits.append(_exhibit(one, figures, pages, base, source_titles, text(one["takeaway"])))
        except BriefingError as error:
            problems += str(error).splitlines()
    title, subtitle, answer = (text(given[name]) for name in ("title", "subtitle", "answer"))
    rules = tuple(text(sentence) for sentence in given["rules"])
    choices = given["options"]
    options = Options(text(choices["note"]), tuple(map(text, choices["columns"])),
                      tuple(tuple(map(text, row)) for row in choices["rows"]))
    caveats = tuple(text(sentence) for sentence in given["caveats"])
    if problems:
        raise BriefingError("\n".join(f"{file.name}: {problem}" for problem in dict.fromkeys(problems)))
    cite = citations.cite_work(edition["edition"], edition["built"][:10], base if own else "")
    return Briefing(title, subtitle, answer, rules, options, findings, table, tuple(exhibits), caveats, edition["edition"],
                    edition["built"][:10], _short(base), cite.text("plain").strip())


def plain(text: str) -> str:
    """One line of text without characters that a document cannot hold, with the apostrophes of print."""
    return _APOSTROPHE.sub("’", " ".join(_NOT_TEXT.sub("", str(text)).split()))


def _shape_problems(given: Any) -> list[str]:
    if not isinstance(given, dict):
        return [f"expected the fields {', '.join(sorted(FIELDS))}"]
    problems = [f"missing {name}" for name in sorted(FIELDS - set(given))]
    problems += [f"unknown field {name}" for name in sorted(set(given) - FIELDS)]
    exhibits = given.get("exhibits")
    if isinstance(exhibits, list) and len(exhibits) != EXHIBITS:
        problems.append(f"{len(exhibits)} exhibits; a page holds {EXHIBITS}")
    for one in exhibits if isinstance(exhibits, list) else []:
        if not isinstance(one, dict) or not {"figure", "takeaway"} <= set(one) <= {"figure", "takeaway", "slide"}:
            problems.append("an exhibit has the fields figure, takeaway and, where the slide's chart is to be editable, slide")
    options = given.get("options")
    if "options" in given and (not isinstance(options, dict) or set(options) != OPTION_FIELDS):
        problems.append(f"options has the fields {', '.join(sorted(OPTION_FIELDS))}")
    elif options and any(len(row) != len(options["columns"]) for row in options["rows"]):
        problems.append(f"options: each row has as many cells as there are columns ({len(options['columns'])})")
    return problems


def _entry(given: str | Mapping[str, str]) -> tuple[str, str]:
    """(number, the name it has in the table or nothing) of an entry of the list of numbers."""
    return next(iter(given.items())) if isinstance(given, Mapping) else (given, "")


def _row(number: Number, form: str, base: str, called: str, edition: str) -> Row:
    """A line of the table; a result of the model is of its edition, not of a day."""
    interval = f"{number.interval} ({number.level:g}%)" if number.interval else "–"
    return Row(plain(called or number.label), FORMS[form](number), interval, number.cls,
               f"edition {edition}" if number.cls == "modelled" else number.as_of, f"{base}numbers.html#{number.anchor}")


def _exhibit(given: Mapping[str, Any], figures: Path, pages, base: str, source_titles, takeaway: str) -> Exhibit:
    id = given["figure"]
    file = figures / f"{id}.json"
    if not file.exists():
        raise BriefingError(f"there is no figure {id!r}")
    facts = json.loads(file.read_text(encoding="utf-8"))
    url = f"{base}{pages.get(id, 'index')}.html#fig-{id}"
    native = _native(id, given["slide"], figures / f"{id}.csv") if "slide" in given else None
    return Exhibit(
        id, plain(facts["title"]), _sentence(plain(facts["unit"])), plain(facts["description"]), plain(facts["note"]),
        tuple(facts["evidence"]),
        tuple(plain(source_titles.get(source, source)) for source in facts["source_ids"]), takeaway, _short(url), url,
        facts["spec"], native)


def _native(id: str, slide: Mapping[str, Any], file: Path) -> NativeChart:
    """The editable chart's values, from the figure's own CSV. `series` are columns, or with `by` and `value` the groups of a
    long table; `where` keeps the rows with these values. A mapping of `series` gives columns other names on the slide. `low` and
    `high` are the columns of the interval: of each group, or of the one series or the sum of stacked ones."""
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    wanted = [slide.get("category"), *slide.get("series", []), *slide.get("where", {})]
    wanted += [slide[name] for name in ("by", "value", "low", "high") if name in slide]
    problems = [f"figure {id!r} has no column {name!r}; it has {', '.join(rows[0])}" for name in wanted if name not in rows[0]]
    if slide.get("form") not in SLIDE_FORMS:
        problems.append(f"figure {id!r}: form {slide.get('form')!r} is not one of {', '.join(SLIDE_FORMS)}")
    if ("by" in slide) == ("series" in slide) or ("by" in slide) != ("value" in slide):
        problems.append(f"figure {id!r}: give either series, or by and value")
    if ("low" in slide) != ("high" in slide):
        problems.append(f"figure {id!r}: give low and high, or neither")
    if "low" in slide and len(slide.get("series", ["by"])) > 1 and not str(slide.get("form")).startswith("stacked"):
        problems.append(f"figure {id!r}: an interval belongs to one series, to each group, or to a stack")
    if problems:
        raise BriefingError("\n".join(problems))
    rows = [row for row in rows if all(row[name] == str(value) for name, value in slide.get("where", {}).items())]
    categories = tuple(dict.fromkeys(row[slide["category"]] for row in rows))
    by = slide.get("by")
    names = list(dict.fromkeys(row[by] for row in rows)) if by else list(slide["series"])

    def column(name: str, group: str = "") -> tuple[float | None, ...]:
        """A column's values over the categories, of one group of a long table."""
        cells = {row[slide["category"]]: row[name] for row in rows if not by or row[by] == group}
        return tuple(_value(cells.get(category, "")) for category in categories)

    called = slide["series"] if isinstance(slide.get("series"), Mapping) else {}
    shown = {name: plain(called.get(name, name)) for name in names}
    values = {shown[name]: column(slide["value"], name) if by else column(name) for name in names}
    bounds = {shown[name]: (column(slide["low"], name), column(slide["high"], name))
              for name in (names if by else names[-1:])} if "low" in slide else {}
    colours = tuple(slide.get("colours", SERIES_COLOURS[:len(values)]))
    muted = tuple(slide.get("muted", ()))
    problems = [f"figure {id!r}: no colour {name!r}; use {', '.join(SERIES_COLOURS)}"
                for name in colours if name not in SERIES_COLOURS]
    problems += [f"figure {id!r}: no category {name!r}; it has {', '.join(categories)}" for name in muted if name not in categories]
    if len(colours) != len(values):
        problems.append(f"figure {id!r}: {len(values)} series need as many colours")
    if problems:
        raise BriefingError("\n".join(problems))
    return NativeChart(slide["form"], plain(slide["category"]), tuple(map(plain, categories)), values, colours,
                       tuple(map(plain, muted)), bounds)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _value(cell: str) -> float | None:
    return float(cell) if cell.strip() else None


def _in_own_form(numbers: Mapping[str, Number], id: str, form: str) -> str:
    """A number's interval, or the day through which it is known: '9 November 2026'. An unknown number is left to be reported."""
    if id not in numbers:
        return f"{{{id}}}"
    if form == "range":
        return numbers[id].interval
    date = dt.date.fromisoformat(numbers[id].as_of)
    return f"{date.day} {date:%B %Y}"


def _short(url: str) -> str:
    return (url.partition("://")[2] or url.removeprefix("../")).rstrip("/")
