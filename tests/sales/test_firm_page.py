"""A firm's page: every figure on its own basis, absent is not zero, a name is found in events."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.data import load_table
from analysis.publish import Page
from analysis.sales import firm_chapter, firm_page


@pytest.fixture(scope="module")
def filings():
    return load_table("company_filings")


def events(*titles):
    return pd.DataFrame({"date": pd.to_datetime([f"2020-01-0{i + 1}" for i in range(len(titles))]), "title": titles,
                         "description": "", "target": "", "note": ""})


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


@pytest.mark.parametrize(("firm", "title", "named"), [
    ("NVIDIA", "Letter to Nvidia", True),
    ("Wolfspeed (Cree)", "Cree stops", True),
    ("Analog Devices", "Analog chips: inquiry", False),
    ("Texas Instruments", "Texas sues", False),
    ("Intel", "Intelligence report", False),
])
def test_an_event_counts_only_when_it_names_the_firm(firm, title, named):
    assert len(firm_page.events_naming(events(title), firm)) == named


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
