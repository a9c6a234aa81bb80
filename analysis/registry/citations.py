"""Citations of the work, a page, a figure or a number: plain text, BibTeX, RIS, CSL-JSON.

Each format is a template with `$names`; values are escaped for the format and put in. The number cards in the browser
use the same templates and the same escaping, so a copied citation is the same text wherever it is made.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from string import Template

from analysis.registry.numbers import Number

WORK = "The Chip Stalemate: US chip sales to Chinese firms and the cost of not deciding"
SHORT_WORK = "The Chip Stalemate"
AUTHOR = "The Chip Stalemate contributors"
LICENCE = "CC BY 4.0"
LICENCE_ADDRESS = "https://creativecommons.org/licenses/by/4.0/"
FORMATS = {"plain": "Plain text", "bibtex": "BibTeX", "ris": "RIS", "csl": "CSL-JSON"}

# A part of the work (page, figure, number) names the work as its container; the whole work does not.
_PART = {
    "plain": "$author. “$title.” In: $work. Edition $edition, $date. $note$url",
    "bibtex": ("@incollection{$key,\n  author    = {{$author}},\n  title     = {{$title}},\n  booktitle = {{$work}},\n"
               "  edition   = {$edition},\n  year      = {$year},\n  note      = {$note},\n  url       = {$url}\n}"),
    "ris": "TY  - CHAP\nAU  - $author\nTI  - $title\nT2  - $work\nET  - $edition\nPY  - $year\nDA  - $risdate\nN1  - $note\n"
           "UR  - $url\nER  - ",
    "csl": ('[{"id": "$key", "type": "chapter", "author": [{"literal": "$author"}], "title": "$title", '
            '"container-title": "$work", "edition": "$edition", "issued": {"date-parts": [[$parts]]}, "note": "$note", '
            '"URL": "$url"}]'),
}
_WHOLE = {
    "plain": "$author. $work. Edition $edition, $date. $note$url",
    "bibtex": ("@book{$key,\n  author    = {{$author}},\n  title     = {{$work}},\n  publisher = {{$author}},\n"
               "  edition   = {$edition},\n  year      = {$year},\n  note      = {$note},\n  url       = {$url}\n}"),
    "ris": "TY  - RPRT\nAU  - $author\nTI  - $work\nET  - $edition\nPY  - $year\nDA  - $risdate\nN1  - $note\nUR  - $url\nER  - ",
    "csl": ('[{"id": "$key", "type": "report", "author": [{"literal": "$author"}], "title": "$work", "edition": "$edition", '
            '"issued": {"date-parts": [[$parts]]}, "note": "$note", "URL": "$url"}]'),
}
TEMPLATES = {"part": _PART, "whole": _WHOLE}

# A scenario of the explorer. Its page fills in the same words (book/_static/explorer.js).
SCENARIO = {
    "key": "chip_stalemate_${edition}_$settings",
    "title": "Scenario “$label”$changes. $value",
    "changes": ", changed ($changes)",
    "note": f"Modelled, $draws draws. $others. Licence {LICENCE}.",
}

_BIBTEX_SIGNS = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#",
                 "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


PLACEHOLDER = "https://chip-stalemate.example/"   # the address in `_config.yml` of a copy that was given none; it leads nowhere


def own_address(address: str) -> str:
    """The site's address, or nothing where it is only the placeholder."""
    return "" if address == PLACEHOLDER else address


@dataclass(frozen=True)
class Citation:
    """What a citation says. `date` is the edition's (YYYY-MM-DD); `title` is empty for the whole work."""

    key: str
    title: str
    edition: str
    date: str
    url: str
    note: str = f"Licence {LICENCE}."
    work: str = SHORT_WORK
    author: str = AUTHOR

    def text(self, form: str) -> str:
        """The citation in one of :data:`FORMATS`."""
        template = TEMPLATES["part" if self.title else "whole"][form]
        values = {name: escaped(value, form, name) for name, value in self.fields(form).items()}
        return re.sub(r"\$(\w+)", lambda match: values[match[1]], template)

    def fields(self, form: str) -> dict[str, str]:
        """The values the templates name, before escaping."""
        year, month, day = self.date.split("-")
        return asdict(self) | {
            "year": year, "risdate": f"{year}/{month}/{day}", "parts": f"{int(year)}, {int(month)}, {int(day)}",
            "note": self.note + (" " if form == "plain" and self.note else ""),
        }

    def all(self) -> dict[str, str]:
        """The citation in every format, by format."""
        return {form: self.text(form) for form in FORMATS}


def escaped(value: str, form: str, name: str = "") -> str:
    """`value` made safe inside the format. Addresses and keys of BibTeX stay as they are, as its styles expect."""
    if form == "bibtex" and name not in ("url", "key"):
        return "".join(_BIBTEX_SIGNS.get(sign, sign) for sign in value)
    if form == "ris":
        return re.sub(r"\s*\n\s*", " ", value)
    if form == "csl":
        return json.dumps(value, ensure_ascii=False)[1:-1]
    return value


def cite_work(edition: str, date: str, url: str) -> Citation:
    """The whole book."""
    return Citation(key=_key(edition), title="", edition=edition, date=date, url=url, work=WORK)


def cite_page(slug: str, title: str, edition: str, date: str, url: str) -> Citation:
    """One page of the book."""
    return Citation(key=_key(edition, slug), title=title, edition=edition, date=date, url=url)


def cite_figure(id: str, title: str, edition: str, date: str, url: str) -> Citation:
    """One figure; `title` is the finding it states."""
    return Citation(key=_key(edition, "fig", id), title=title, edition=edition, date=date, url=url,
                    note=f"Figure {id}. Licence {LICENCE}.")


def cite_number(number: Number, edition: str, date: str, url: str) -> Citation:
    """One number, quoted with its interval, class and date, because a value without them reads as a fact."""
    return Citation(key=_key(edition, number.anchor), title=number_title(number), edition=edition, date=date, url=url,
                    note=number_note(number))


def cite_scenario(label: str, changes: str, value: str, others: str, draws: str, settings: str, edition: str, date: str,
                  url: str) -> Citation:
    """A scenario of the explorer, with its main result and the others, each with its interval.

    `changes` says in words what differs from the scenario `label`, and may be empty. `settings` is the query of the address.
    """
    values = {"label": label, "changes": Template(SCENARIO["changes"]).substitute(changes=changes) if changes else "",
              "value": value, "others": others, "draws": draws, "edition": edition.replace(".", "_"),
              "settings": re.sub(r"[^a-z0-9]+", "_", settings.lower()).strip("_")}
    key, title, note = (Template(SCENARIO[name]).substitute(values) for name in ("key", "title", "note"))
    return Citation(key=key, title=title, edition=edition, date=date, url=url, note=note)


def number_title(number: Number) -> str:
    """'Core limbo days, 2019: 1,122 days'."""
    return f"{number.label}: {number.text_with_interval}"


def number_note(number: Number) -> str:
    """The class and date that a careful quotation of a number gives."""
    return f"{number.cls.capitalize()} figure, as of {number.as_of}. Licence {LICENCE}."


def _key(edition: str, *parts: str) -> str:
    return "_".join(["chip_stalemate", edition.replace(".", "_"), *(part.replace("-", "_") for part in parts)])
