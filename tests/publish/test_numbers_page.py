"""The page of all numbers: every source of every number is there, long lists once."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import lxml.html

from analysis.publish.numbers_page import MOST_IN_A_ROW, render_numbers
from analysis.publish.site.cards import SOURCES_SHOWN, card
from analysis.registry.numbers import Number

LONG = tuple(f"filing-{i}" for i in range(MOST_IN_A_ROW + 3))


def number(id: str, sources: tuple[str, ...]) -> Number:
    return Number(id=id, label=f"Label of {id}", value=1.0, unit="days", cls="derived", as_of="2025-12-31", method="Sum",
                  page="rules", sources=sources)


def sources_of(tree, row) -> set[str]:
    """Follow a row's links, through a shared list where there is one, to the sources."""
    found = set()
    for href in row.xpath(".//a/@href"):
        if href.startswith("#"):
            found |= set(tree.xpath("//*[@id=$id]//a/@href", id=href[1:]))
        elif href.startswith("sources.html"):
            found.add(href)
    return found


def test_a_short_list_of_sources_stands_in_the_row_and_a_long_one_once_under_the_table():
    numbers = [number(id="a.short", sources=("one", "two")), number(id="a.long", sources=LONG), number(id="b.long", sources=LONG)]
    tree = lxml.html.fromstring(f"<main>{render_numbers(numbers)}</main>")
    for n in numbers:
        (row,) = tree.xpath("//tr[@id=$id]", id=n.anchor)
        assert sources_of(tree, row) == {f"sources.html#source-{s}" for s in n.sources}
    assert len(tree.xpath("//section")) == 1


def test_two_numbers_with_other_long_lists_refer_to_lists_of_their_own():
    other = (*LONG, "one-more")
    numbers = [number(id="a.long", sources=LONG), number(id="b.long", sources=other)]
    tree = lxml.html.fromstring(f"<main>{render_numbers(numbers)}</main>")
    assert len(sources_of(tree, tree.xpath("//tr[@id=$id]", id=numbers[1].anchor)[0])) == len(other)


def test_markup_in_a_label_a_method_or_a_source_is_shown_as_text():
    hostile = "<script>alert(1)</script>"
    row = replace(number(id="a.b", sources=(hostile,)), label=f"Sales of {hostile}", method=f"Sum of {hostile}")
    tree = lxml.html.fromstring(f"<main>{render_numbers([row])}</main>")
    assert tree.xpath("//script") == []
    assert tree.xpath("string(//tr[@id='n-a-b'])").count(hostile) == 3


def test_a_card_names_the_first_sources_and_says_how_many_more_there_are():
    site = SimpleNamespace(cite_number=lambda n: SimpleNamespace(key="key", title=n.label, note=""))
    shown = card(number(id="a.long", sources=LONG), site)
    assert shown["sources"] == list(LONG[:SOURCES_SHOWN])
    assert shown["more_sources"] == len(LONG) - SOURCES_SHOWN
    assert card(number(id="a.short", sources=("one",)), site)["more_sources"] == 0
