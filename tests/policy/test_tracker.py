"""The tracker: what is due, what was missed, and a list of events that is whole without a script."""

from __future__ import annotations

import lxml.html
import pandas as pd
import pytest

from analysis.data import load_table
from analysis.data.vocabulary import STANDINGS
from analysis.policy import tracker
from analysis.publish import Page

TODAY = "2026-11-27"


@pytest.fixture(scope="module")
def standing():
    return load_table("standing")


@pytest.fixture(scope="module")
def listed():
    events, sources = load_table("policy_events"), load_table("sources").set_index("source_id")
    return events, lxml.html.fromstring(tracker.events_html(events, sources["title"], sources["url"], {"huawei": "huawei.html"}))


def rules(**columns):
    frame = pd.DataFrame(columns)
    return frame.assign(next_date=pd.to_datetime(frame["next_date"]))


def test_every_state_the_data_may_have_has_a_word_and_a_group():
    assert set(tracker.STATUS) == set(STANDINGS)
    assert {group for _, group in tracker.STATUS.values()} == set(tracker.GROUPS)


def test_a_date_of_today_is_coming_and_one_of_yesterday_is_an_open_question():
    table = rules(rule=["today", "yesterday", "none"], next_date=["2026-11-27", "2026-11-26", None], status=["in_force"] * 3)
    assert list(tracker.upcoming(table, TODAY)["rule"]) == ["today"]
    assert list(tracker.overdue(table, TODAY)["rule"]) == ["yesterday"]


def test_the_first_sentence_says_through_which_day_it_is_known(standing):
    page = Page("tracker-test", "tracker")
    tracker.record(page, standing, TODAY)
    newest = standing["known_through"].max()
    assert tracker.lead(standing, TODAY).startswith(f"As known on {newest.day} {newest:%B %Y}, ")
    assert sum(n.value for id, n in page.numbers.items() if n.unit == "count") == len(standing)


@pytest.mark.parametrize("seen, link", [
    ("https://www.example.org/rule", "https://www.example.org/rule"),
    ("a copy in a library", "https://source.example/"),
    ("javascript:alert(1)", "https://source.example/"),
    ("", "https://source.example/")])
def test_a_place_that_is_no_web_address_is_no_link(seen, link):
    """The column may say in words where a figure was seen; a link leads to a web address only, else to that of the source."""
    events = load_table("policy_events").head(1).assign(retrieved_url=seen)
    source = events["source_id"].iloc[0]
    page = lxml.html.fromstring(tracker.events_html(events, {source: "A title"}, {source: "https://source.example/"}, {}))
    assert page.xpath(".//li//a[text()='read here']/@href") == [link]


def test_every_event_stands_in_the_list_with_its_source(listed):
    events, page = listed
    items = page.xpath(".//ol/li")
    assert len(items) == len(events)
    assert all(item.xpath(".//a[starts-with(@href, 'sources.html#source-')]") for item in items)
    days = [item.xpath(".//time/@datetime")[0] for item in items]
    assert days == sorted(days, reverse=True)


def test_each_choice_of_a_filter_fits_at_least_one_event(listed):
    _, page = listed
    for name in ("year", "channel", "instrument", "target"):
        offered = {option.text for option in page.xpath(f".//select[@name='{name}']/option[not(@value)]")}
        held = {part.strip() for item in page.xpath(".//ol/li") for part in item.get(f"data-{name}").split(";")}
        assert offered == held
