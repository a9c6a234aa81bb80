"""What a reader comes for, done in the built site from the front page: at most three clicks or one search, each task timed.

The reader is played by a script that follows links by their words, as somebody would who has never seen the addresses.
"""

from __future__ import annotations

import csv
import io
import json
import re
import time
import zipfile

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_CLICKS, MOST_SECONDS = 3, 60   # of the machine; a person reads in between


class Reader:
    """A visitor who counts: every click and every search is one step."""

    def __init__(self, visit, address: str) -> None:
        self.page = visit(address).open("index.html")
        self.steps, self.started = 0, time.monotonic()

    def click(self, words: str | re.Pattern, within: str = "body", role: str = "link") -> None:
        self.page.locator(within).get_by_role(role, name=words).first.click()
        self.step()

    def step(self) -> None:
        self.steps += 1
        self.page.wait_for_load_state()

    def search(self, words: str) -> None:
        self.page.keyboard.press("/")
        self.page.wait_for_url("**/search.html*")
        self.page.fill("#cs-search-field", words)
        self.page.wait_for_selector(".cs-result a")
        self.steps += 1

    def download(self, words: str, within: str) -> bytes:
        with self.page.expect_download() as started:
            self.page.locator(within).get_by_role("link", name=words).first.click()
        self.steps += 1
        return open(started.value.path(), "rb").read()


@pytest.fixture
def reader(site_url, visit):
    found = Reader(visit, site_url)
    yield found
    seconds = time.monotonic() - found.started
    print(f"{found.steps} steps, {seconds:.1f} s")
    assert 0 < found.steps <= MOST_CLICKS, f"{found.steps} steps"
    assert seconds < MOST_SECONDS, f"{seconds:.0f} s"


@pytest.fixture
def numbers(site) -> dict[str, dict]:
    return {row["id"]: row for row in json.loads((site / "numbers.json").read_text(encoding="utf-8"))["numbers"]}


def text_of(reader) -> str:
    return " ".join(reader.page.inner_text("main").split())


def test_cite_the_estimate_for_huawei(reader, numbers):
    reader.page.locator(".cs-headlines a.cs-num").nth(1).click()
    reader.steps += 1
    card = reader.page.locator(".cs-card:visible")
    expect(card).to_contain_text("estimated")
    card.get_by_role("button", name=re.compile("text", re.IGNORECASE)).first.click()
    reader.steps += 1
    value = numbers["huawei.estimate.chips_newspaper"]["value"]
    assert re.search(rf"US\$({value:.0f}|{value:.1f}) billion", card.inner_text())


def test_is_the_newspaper_s_figure_right(reader):
    lead = reader.page.inner_text(".cs-lead")
    assert "US$14 billion" in lead and "too high for chips" in lead and "may be right for everything" in lead
    reader.click("Huawei and the fourteen billion")
    assert "too high for the chips that US firms sold to Huawei" in reader.page.inner_text(".cs-lead")


def test_the_values_of_a_chart_as_a_table_that_a_program_reads(reader):
    rows = list(csv.DictReader(io.StringIO(reader.download("Data (CSV)", ".cs-figure").decode("utf-8-sig"))))
    assert {"Year", "US$ billion", "Low", "High"} <= set(rows[0]) and len(rows) > 10
    assert all(float(row["US$ billion"]) > 0 for row in rows)


def test_two_policies_side_by_side(reader):
    reader.click("hold two side by side")
    reader.page.select_option("#x-with", "narrow_ban")
    reader.step()
    reader.page.wait_for_selector("#x-compare[data-state=done]")
    for name in ("pv_lost_sales_usd_bn", "denied_months_listed", "jobs_lost_year_5"):
        cells = reader.page.locator(f"#x-vs-{name} strong").all_inner_texts()
        assert len(cells) == 3 and all(re.fullmatch(r"−?[\d,.]+", cell) for cell in cells)
    assert "with_scenario=narrow_ban" in reader.page.url


def test_what_happened_since_october_2025(reader):
    reader.click("Where the rules stand today", within="main")
    reader.page.locator(".cs-events-form [name=year]").select_option("2026")
    reader.step()
    shown = reader.page.locator(".cs-events-list > li:visible")
    assert shown.count() > 20
    days = shown.locator("time").evaluate_all("all => all.map(one => one.getAttribute('datetime'))")
    assert days == sorted(days, reverse=True) and max(days) > "2026-09"
    assert shown.first.get_by_role("link").count() >= 1


def test_how_exposed_is_qualcomm(reader):
    reader.search("Qualcomm")
    reader.click(re.compile("^Qualcomm"), within=".cs-results, #cs-search-results, main")
    assert reader.page.url.endswith("firm-qualcomm.html") or "firm-qualcomm.html#" in reader.page.url
    text = text_of(reader)
    assert "headquarters" in text and "Huawei" in text


def test_embed_a_figure(reader):
    reader.click("Embed", within=".cs-figure", role="button")
    code = reader.page.locator(".cs-embed-code:visible").inner_text()
    source = re.search(r'<iframe src="([^"]+)"', code)[1]
    assert source.startswith(reader.page.evaluate("location.origin")), "the address at which the book is being read"
    assert reader.page.request.get(source).ok


def test_a_slide_of_a_figure(reader):
    with zipfile.ZipFile(io.BytesIO(reader.download("Slide", ".cs-figure"))) as deck:
        assert "ppt/slides/slide1.xml" in deck.namelist()


def test_who_may_disagree_and_why(reader):
    reader.click("who may disagree and why")
    assert reader.page.get_by_role("heading", name="Who may disagree, and why").count() == 1


def test_what_nvidia_s_headquarters_figure_counts(reader):
    reader.search("NVIDIA headquarters")
    reader.click(re.compile("NVIDIA"), within="main")
    assert "firm-nvidia.html" in reader.page.url
    assert re.search(r"headquarter", text_of(reader))


def test_the_newest_figure_and_what_is_due_next(reader):
    newest = reader.page.locator(".cs-facts")
    expect(newest).to_contain_text(re.compile(r"[Nn]ewest"))
    reader.search("what is due")
    reader.click(re.compile("due", re.IGNORECASE), within="main")
    assert "due.html" in reader.page.url
