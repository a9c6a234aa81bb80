"""A sentence gets its figures from the registry, never from the keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from analysis import paths

CHAPTERS = sorted([*paths.BOOK.glob("*.md"), *paths.BOOK.glob("*.ipynb")])

# Digits with a unit or a currency: what a computed figure looks like in a sentence.
FIGURE = re.compile(
    r"(?:US\$|USD|CNY|RMB|€|\$)\s?\d[\d,.]*"
    r"|(?<![\w.-])\d[\d,.]*\s?(?:%|‰|per cent|percent|percentage points?|pp\b|bn\b|billion|million|trillion|"
    r"days?\b|months?\b|weeks?\b|jobs?\b|times\b|points?\b|firms?\b|licences?\b|applications?\b)"
)
# Names and settings that are not computed: each pattern with the reason it may stand in a sentence.
ALLOWED = {
    r"\b(?:50|66|80|90|95|99)% (?:credible |confidence |prediction |predictive )?(?:intervals?|ranges?|bands?|level)":
        "an interval's level",
    r"\b90[ -]days?\b": "the length written into the temporary general licences",
    r"\b(?:10|ten)[ -]years?\b": "a horizon that is a setting of the model",
    r"\bdue in 150 days\b": "the term written into Executive Order 13873",
    r"\b5% level": "a significance level",
}
NOT_PROSE = (
    r"```.*?```", r"~~~.*?~~~", r"\{[a-z:]+\}`[^`]*`", r"`[^`]*`", r"\]\([^)]*\)", r"<[^>]*>", r"^\|.*\|$", r"\$\$.*?\$\$",
    r"(?<!US)(?<!\\)\$[^$\n]+\$",
)


def prose_of(file: Path) -> str:
    if file.suffix == ".md":
        return file.read_text(encoding="utf-8")
    return "\n\n".join(c.source for c in nbformat.read(file, 4).cells if c.cell_type == "markdown")


def typed_figures(text: str) -> list[str]:
    """Figures with units that stand in the prose itself, after removing roles, code, links, tables and what is allowed."""
    for pattern in NOT_PROSE:
        over_lines = re.DOTALL if "```" in pattern or "\\$\\$" in pattern else re.NOFLAG
        text = re.sub(pattern, " ", text, flags=re.MULTILINE | over_lines)
    for pattern in ALLOWED:
        text = re.sub(pattern, " ", text)
    return [match.group(0) for match in FIGURE.finditer(text)]


@pytest.mark.parametrize("file", CHAPTERS, ids=lambda f: f.name)
def test_no_figure_is_typed_into_a_sentence(file):
    assert typed_figures(prose_of(file)) == []


@pytest.mark.parametrize("sentence", [
    "Sales were US$9.4 billion.", "a share of 35.0%", "It took 46 days.", "a loss of 18.3 percentage points", "sold 1,122 licences",
    "costs 14 bn a year", "about 7 per cent", "$11 billion",
])
def test_the_scan_finds_a_typed_figure(sentence):
    assert typed_figures(sentence)


@pytest.mark.parametrize("sentence", [
    "On 16 May 2019 Huawei was listed.", "Sales were {num}`sales.customs.us_8542_cn.2022`.", "HS 8542", "Section 889",
    "the 90% interval", "a 90-day licence", "84 FR 22961", "EO 13873", "eleven of them", "`first_year = 2016`",
])
def test_the_scan_lets_dates_names_and_roles_stand(sentence):
    assert typed_figures(sentence) == []


@pytest.mark.parametrize("file", [f for f in CHAPTERS if f.suffix == ".ipynb"], ids=lambda f: f.name)
def test_a_chapter_declares_typed_parameters_and_shows_them(file):
    from analysis.runner.parameters import declared_parameters

    declared = declared_parameters(file)
    assert {"as_of", "data_dir"} <= set(declared)
    assert all(p.help for p in declared.values()), "each parameter needs a comment that explains it"
    row_of_a_table = nbformat.read(file, 4).metadata.get("one_page_for_each", {}).get("parameter")
    free = [p.name for p in declared.values() if p.allowed is None and p.name != row_of_a_table]
    assert free == ["data_dir"], "and says what it may be, as in (2016–2026)"
    assert "page.parameters()" in "\n".join(c.source for c in nbformat.read(file, 4).cells if c.cell_type == "code")


@pytest.mark.parametrize("file", [f for f in CHAPTERS if f.suffix == ".ipynb"], ids=lambda f: f.name)
def test_outputs_are_committed_only_where_they_are_compared(file):
    for cell in nbformat.read(file, 4).cells:
        if cell.cell_type == "code":
            compared = cell.source.startswith("# NBVAL_CHECK_OUTPUT")
            assert bool(cell.outputs) == compared, f"cell {cell.id}"


def test_at_least_one_cell_is_compared_in_every_chapter_that_computes():
    for file in CHAPTERS:
        if file.suffix == ".ipynb":
            code = [c.source for c in nbformat.read(file, 4).cells if c.cell_type == "code"]
            assert any(s.startswith("# NBVAL_CHECK_OUTPUT") for s in code), file.name


# A verb that leaves the direction to the sign of the number: "sales changed by −12%", "lose −US$9 billion".
DIRECTIONLESS = re.compile(r"\b(?:chang(?:ed?|es) (?:was |by |at )|mov(?:ed|es?) by )\{num\}`[^`]*`")


def directionless(text: str) -> list[str]:
    return DIRECTIONLESS.findall(" ".join(text.split()))


@pytest.mark.parametrize("file", CHAPTERS, ids=lambda f: f.name)
def test_a_sentence_says_which_way_a_quantity_moved(file):
    """{num}`id|moved` prints 'fell by 12%'; a sign in a sentence is read over, and turns with the data."""
    assert directionless(prose_of(file)) == []


@pytest.mark.parametrize("sentence", [
    "sales changed by\n{num}`a.b|interval` from 2024", "the change was {num}`a.b`", "it moved by {num}`a.b`",
])
def test_the_scan_finds_a_move_without_a_direction(sentence):
    assert directionless(sentence)
