"""A firm's page: every figure on its own basis, absent is not zero, a name is found in events."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from analysis.data import load_table
from analysis.data.vocabulary import PERIOD_TYPES, PERIOD_TYPES_WITHOUT_BASIS
from analysis.publish import Page
from analysis.sales import firm_chapter, firm_page


@pytest.fixture(scope="module")
def filings():
    return load_table("company_filings")


def test_a_dual_disclosure_gives_the_line_as_filed_and_the_one_by_headquarters(filings):
    rows = filings[(filings["firm"] == "NVIDIA") & (filings["fiscal_year"] == "FY2025")]
    table = firm_page.figures(filings, "NVIDIA")
    found = table[table["period"] == "FY2025"].set_index("basis")["china_usd_m"].to_dict()
    assert found["billing"] == rows["china_revenue_usd_m"].iloc[0]
    assert found["hq"] == rows["china_hq_revenue_usd_m"].iloc[0]


def test_a_firm_without_a_china_line_has_no_figure_and_not_a_zero(filings):
    table = firm_page.figures(filings, "Seagate")
    assert table.empty
    assert firm_page.newest(table) is None


def test_an_event_counts_for_the_firms_that_its_row_names_alone():
    rows = pd.DataFrame({"date": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"]), "event_id": ["P1", "P2", "P3"],
                         "firms": ["Intel; Qorvo", "", "Qorvo"], "title": ["", "Intel is named in the title alone", ""]})
    assert list(firm_page.events_naming(rows, "Qorvo")["event_id"]) == ["P3", "P1"]
    assert list(firm_page.events_naming(rows, "Intel")["event_id"]) == ["P1"]
    assert firm_page.events_naming(rows, "Micron").empty


def test_every_event_whose_title_or_description_names_a_firm_says_so_in_its_column():
    """A firm goes by its name, by each part of it beside brackets, and by the word before 'Semiconductor' and the like."""
    endings = "Semiconductor|Technology|Solutions|Design Systems|Research"
    events, missed = load_table("policy_events"), []
    for firm in load_table("firms")["firm"]:
        parts = [part.strip() for part in re.split(r"[()]", firm) if part.strip()]
        names = {*parts, *(short for part in parts if len(short := re.sub(rf" ({endings})$", "", part)) > 3)}
        named = (events["title"] + " " + events["description"]).str.contains(
            r"\b(?:" + "|".join(map(re.escape, names)) + r")\b", regex=True, flags=0 if len(firm) <= 3 else re.IGNORECASE)
        listed = events["firms"].str.split("; ").map(lambda firms, firm=firm: firm in firms)
        missed += [(row.event_id, firm) for row in events[named & ~listed].itertuples()]
    assert missed == []


def test_every_kind_of_period_with_a_china_figure_has_a_word():
    assert set(firm_page.PERIODS) == set(PERIOD_TYPES) - set(PERIOD_TYPES_WITHOUT_BASIS)


def test_ids_are_made_of_firm_period_and_basis_and_are_unique_on_every_page(filings):
    for firm in load_table("firms").to_dict("records"):
        page = Page("firm-test", "firm")
        firm_chapter.record(page, firm["slug"], firm["firm"], firm_page.figures(filings, firm["firm"]), pd.DataFrame(),
                            firm_page.disclosures(filings, firm["firm"]), [])
        assert all(id.startswith(f"firm.{firm['slug']}.") for id in page.numbers)
    assert "firm.nvidia.fy2025.billing.usd" in {
        id for id in _recorded(filings, "nvidia", "NVIDIA")}


def test_a_share_worked_out_by_the_book_is_not_called_reported(filings):
    numbers = _recorded(filings, "nvidia", "NVIDIA")
    row = filings[(filings["firm"] == "NVIDIA") & (filings["fiscal_year"] == "FY2025")].iloc[0]
    share = numbers["firm.nvidia.fy2025.hq.share"]
    assert share.cls == "derived"
    assert share.value == pytest.approx(100 * row["china_hq_revenue_usd_m"] / row["total_revenue_usd_m"])


def _recorded(filings, slug, firm):
    page = Page("firm-test", "firm")
    table, told = firm_page.figures(filings, firm), firm_page.disclosures(filings, firm)
    firm_chapter.record(page, slug, firm, table, pd.DataFrame(), told, [])
    return page.numbers
