"""Words of figures as data: filled from what the code knows, clauses only where they hold, unknown things refused."""

from __future__ import annotations

import re

import pytest

from analysis import paths
from analysis.registry import figure_words as module
from analysis.registry.figure_words import FigureWords, figure_words
from analysis.registry.numbers import NumberError
from analysis.registry.words import load_words

FILES = sorted(paths.FIGURE_WORDS.glob("*.yml"))
ENTRY = """
a-{kind}:
  title: "{kind}: about US${last:.0f} billion{less}"
  description: Line by year
  unit: US$ billion
  clauses:
    less: ", less than {claim:.1f}"
"""
GIVEN = {"kind": "customs", "last": 24.6, "claim": 25.04}


@pytest.fixture(autouse=True)
def words(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "FIGURE_WORDS", tmp_path)
    module._words_of.cache_clear()
    (tmp_path / "made-up.yml").write_text(ENTRY, encoding="utf-8")
    yield
    module._words_of.cache_clear()


@pytest.mark.parametrize(("clauses", "title"), [
    ([], "customs: about US$25 billion"), (["less"], "customs: about US$25 billion, less than 25.0"),
])
def test_braces_are_filled_and_a_clause_stands_only_where_it_holds(clauses, title) -> None:
    said = figure_words("made-up", "a-{kind}", clauses, **GIVEN)
    assert (said["id"], said["title"], said["note"]) == ("a-customs", title, "")


@pytest.mark.parametrize(("pattern", "clauses", "given", "said"), [
    ("a-{kin}", [], GIVEN, "has no words in {folder}/made-up.yml; did you mean 'a-{{kind}}'?"),
    ("a-{kind}", [], {"kind": "customs", "last": 1.0}, None),
    ("a-{kind}", [], {"last": 1.0, "claim": 1.0}, "nothing fills {{kind}}"),
    ("a-{kind}", ["less"], {"kind": "customs", "last": 1.0}, "nothing fills {{claim}}"),
    ("a-{kind}", ["more"], GIVEN, "no place for more"),
    ("a-{kind}", [], {**GIVEN, "year": 2020}, "no place for year"),
])
def test_what_does_not_fit_is_refused(pattern, clauses, given, said) -> None:
    if said is None:   # what only a clause needs may be missing where the clause does not hold
        assert figure_words("made-up", pattern, clauses, **given)["id"] == "a-customs"
        return
    with pytest.raises(NumberError, match=re.escape(said.format(folder=paths.FIGURE_WORDS.name))):
        figure_words("made-up", pattern, clauses, **given)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_the_words_of_every_chapters_figures_are_whole(file) -> None:
    words = load_words(file, FigureWords)
    assert words and all(not entry.title.endswith(".") and entry.description != entry.title for entry in words.values())
    assert (paths.BOOK / f"{file.stem}.ipynb").exists(), "named as its chapter"
