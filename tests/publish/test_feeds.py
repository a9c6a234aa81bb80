"""The feeds: valid, the newest first, identifiers that do not depend on the address, links that work anywhere."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from analysis.publish import feeds
from analysis.publish.diff import Change
from analysis.registry.citations import own_address

EVENTS = pd.DataFrame({
    "event_id": ["P001", "P002"], "date": pd.to_datetime(["2019-05-16", "2026-09-23"]),
    "title": ["Listed & bound", "Truce <extended>"], "description": ["One.", "Two."]})
MOVED = [("2026.11", "2026.12", [
    Change("a.b", "Sales", "USD bn", "sales", {"value": 91.0, "low": None, "high": None, "class": "reported"},
           {"value": 88.0, "low": None, "high": None, "class": "reported"}),
    Change("gone.x", "Gone", "count", "sales", {"value": 1.0, "low": None, "high": None, "class": "reported"}, None)])]
A = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def written(tmp_path):
    def write(address=""):
        feeds.write_feeds(tmp_path, EVENTS, MOVED, {"a.b": "Sales"}, address, "2026-12-01T10:00:00Z")
        return ET.parse(tmp_path / "feed.xml").getroot(), json.loads((tmp_path / "feed.json").read_text())
    return write


def test_the_newest_stands_first_and_markup_in_a_title_is_text(written):
    atom, feed = written()
    titles = ["Sales: US$88.0 billion", "Truce <extended>", "Listed & bound"]
    assert [e.findtext(f"{A}title") for e in atom.iter(f"{A}entry")] == titles
    assert [i["title"] for i in feed["items"]] == titles


def test_a_number_that_moved_says_from_what_to_what_and_one_that_went_is_left_out(written):
    _, feed = written()
    assert "US$91.0 billion (2026.11) to US$88.0 billion (2026.12)" in feed["items"][0]["content_text"]
    assert not [i for i in feed["items"] if "Gone" in i["title"]]


def test_each_entry_has_what_atom_asks_for(written):
    atom, _ = written()
    for element in (atom, *atom.iter(f"{A}entry")):
        assert element.findtext(f"{A}id").startswith("urn:uuid:")
        assert element.findtext(f"{A}title")
        assert element.findtext(f"{A}updated").endswith("Z")
    assert atom.findtext(f"{A}author/{A}name")


def test_identifiers_stay_when_the_address_changes_and_links_follow_it(written):
    here, _ = written()
    there, _ = written("https://book.test/")
    ids = [[e.findtext(f"{A}id") for e in feed.iter(f"{A}entry")] for feed in (here, there)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3
    assert there.find(f"{A}entry/{A}link").get("href") == "https://book.test/numbers.html#n-a-b"
    assert here.find(f"{A}entry/{A}link").get("href") == "numbers.html#n-a-b"


@pytest.mark.parametrize(("address", "own"), [
    ("https://chip-stalemate.example/", ""), ("https://example.org/book/", "https://example.org/book/"),
    ("https://book.example/", "https://book.example/")])
def test_a_placeholder_is_no_address(address, own):
    assert own_address(address) == own
