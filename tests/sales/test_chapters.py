"""The figures and numbers of the chapters on sales show what the tables hold and step into none of the traps."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.charts import Figure
from analysis.publish import Page
from analysis.registry.numbers import NumberError
from analysis.sales import huawei, huawei_figures, huawei_numbers, sales_figures, sales_numbers


@pytest.fixture(scope="module")
def sales_page(tables) -> Page:
    page = Page("sales")
    sales_numbers.record(page, tables)
    return page


@pytest.fixture(scope="module")
def huawei_page(tables) -> Page:
    page = Page("huawei")
    huawei_numbers.record(page, tables)
    return page


@pytest.fixture(scope="module")
def figures(tables) -> dict[str, Figure]:
    filings, facts = tables["company_filings"], tables["huawei_facts"]
    series = huawei.gartner_series(tables["oem_demand"], facts)
    found = [
        sales_figures.four_lenses(tables, 2022),
        sales_figures.customs_by_year(tables["us_exports"], 2015),
        sales_figures.industry_by_year(tables["us_industry"], tables["market_sales"], 2015, 2025),
        sales_figures.filings_by_firm(filings, 2015, 2025, "all"),
        sales_figures.dual_disclosures(filings),
        sales_figures.origin_break(tables["china_imports"]),
        sales_figures.chip_shares(filings, 2015, 2025),
        sales_figures.beside_shares(filings, 2015, 2025),
        huawei_figures.three_figures(facts),
        huawei_figures.gartner_pairs(series, 2014, 2022),
        huawei_figures.gartner_restated(series),
        huawei_figures.suppliers(filings),
        huawei_figures.disclosed_against_newspaper(filings, facts),
        huawei_figures.teardowns(facts),
        huawei_figures.licence_values(tables["export_licences"]),
    ]
    return {figure.id: figure for figure in found}


@pytest.mark.parametrize(
    ("number_id", "value", "text"),
    [
        ("sales.customs.us_8542_cn.2021", 12265, "US$12,265 million"),
        ("sales.customs.us_8542_cn.2022", 9418, "US$9,418 million"),
        ("sales.industry.china_market.2022", 96.4, "US$96.4 billion"),
        ("sales.industry.china_share.2022", 35.0, "35.0%"),
        ("sales.industry.regions_sum.2022", 274.98, "US$274.98 billion"),
    ],
)
def test_the_chapter_on_sales_records_the_values_to_reproduce(sales_page, number_id, value, text):
    number = sales_page.numbers[number_id]
    assert number.value == pytest.approx(value, rel=2e-3)
    assert number.text == text


def test_the_chapter_on_huawei_records_gartners_latest_figure_for_2019(huawei_page):
    assert huawei_page.numbers["huawei.gartner.chip_spending.2019"].text == "US$24.9 billion"
    assert huawei_page.numbers["huawei.gartner.change.2019"].value == pytest.approx(-1.8)


def test_printed_figures_are_reported_and_arithmetic_is_derived(sales_page, huawei_page):
    for page in (sales_page, huawei_page):
        assert {n.cls for n in page.numbers.values()} == {"reported", "derived"}
    assert sales_page.numbers["sales.industry.china_market.2022"].cls == "derived"
    assert huawei_page.numbers["huawei.procurement.us.2018"].cls == "reported"


def test_a_chapter_cannot_record_its_numbers_twice(tables, huawei_page):
    with pytest.raises(NumberError):
        huawei_numbers.record(huawei_page, tables)


def test_every_number_of_the_chapters_names_a_known_source_and_a_shown_figure(sales_page, huawei_page, figures):
    from analysis.data import load_table

    known = set(load_table("sources")["source_id"])
    for page in (sales_page, huawei_page):
        for number in page.numbers.values():
            assert set(number.sources) <= known, number.id
            assert number.figure is None or number.figure in figures, number.id


def test_a_year_without_a_filing_breaks_the_line_instead_of_being_bridged(figures):
    figure = figures["sales-filings"]
    drawn = sales_figures._with_gaps(figure.data, "Firm and basis", "Year")
    broadcom = drawn[drawn["Firm and basis"].str.startswith("Broadcom")].set_index("Year")["China line (US$ billion)"]
    assert broadcom.loc[[2022, 2023]].isna().all() and broadcom.loc[[2021, 2024]].notna().all()
    assert figure.data["China line (US$ billion)"].notna().all()


def test_a_firm_on_two_bases_has_two_panels(figures):
    panels = set(figures["sales-filings"].data["Firm and basis"])
    assert {"Micron, shipping address", "Micron, customer's headquarters"} <= panels


def test_one_basis_alone_can_be_asked_for(tables):
    figure = sales_figures.filings_by_firm(tables["company_filings"], 2015, 2025, "hq")
    assert figure.data["Firm and basis"].str.endswith("customer's headquarters").all()


def test_equipment_and_design_software_stand_apart_from_chips(figures):
    chips = set(figures["sales-reported-shares"].data["Firm, year, basis"].str.split(",").str[0])
    beside = set(figures["sales-beside"].data["Firm, year, basis"].str.split(",").str[0])
    assert not chips & beside
    assert "Lam Research" in beside and "Sandisk" not in chips | beside


def test_a_row_of_the_gartner_figure_compares_two_years_of_one_release(tables, figures):
    series = huawei.gartner_series(tables["oem_demand"], tables["huawei_facts"]).set_index(["vintage", "year"])["spending_usd_bn"]
    for row in figures["huawei-gartner"].data.to_dict("records"):
        release, years = row["Release and years"].removeprefix("Release of ").split(": ")
        earlier, later = map(int, years.split(" and "))
        assert later == earlier + 1
        assert row["Earlier year (US$ billion)"] == series[f"v{release}", earlier]
        assert row["Later year (US$ billion)"] == series[f"v{release}", later]


def test_disclosed_dollars_take_one_yearly_figure_a_firm_and_no_settlement(tables):
    table = huawei.disclosed_dollars(tables["company_filings"])
    assert table["firm"].is_unique
    assert not table["period"].str.contains("Q").any()
    assert "Qualcomm" not in set(table["firm"])
    micron = table.set_index("firm").loc["Micron"]
    assert micron["usd_bn"] == pytest.approx(0.13 * 23.406)


def test_the_filings_own_dollars_win_over_the_press(make_filings):
    common = {"firm": "A", "fiscal_year": "FY2019", "period_type": "huawei_disclosure", "total_revenue_usd_m": 3000.0}
    rows = make_filings(
        {**common, "huawei_revenue_usd_m": 450.0, "grade": "B"}, {**common, "huawei_revenue_usd_m": 390.0, "grade": "A"}
    )
    assert list(huawei.disclosed_dollars(rows)["usd_bn"]) == [0.39]


def test_a_share_without_a_yearly_revenue_is_left_out_and_not_zero(make_filings):
    row = {
        "firm": "A",
        "fiscal_year": "FY2018",
        "period_type": "huawei_disclosure",
        "total_revenue_usd_m": None,
        "china_revenue_usd_m": None,
        "china_share_pct": None,
        "huawei_share_pct_of_revenue": 4.0,
    }
    other = {"firm": "B", "fiscal_year": "FY2018", "period_type": "huawei_disclosure", "huawei_revenue_usd_m": 100.0}
    assert list(huawei.disclosed_dollars(make_filings(row, other))["firm"]) == ["B"]


def test_the_gap_to_the_newspapers_figure_is_what_nobody_disclosed(huawei_page):
    number = {key: n.value for key, n in huawei_page.numbers.items()}
    assert number["huawei.disclosed.gap"] == pytest.approx(
        number["huawei.procurement.newspaper.2019"] - number["huawei.disclosed.total"]
    )
    assert number["huawei.newspaper_over_gartner.2019"] == pytest.approx(100 * 14 / 24.933)


def test_a_phone_without_a_published_share_shows_none(tables):
    table = huawei.teardowns(tables["huawei_facts"]).set_index("phone")
    assert pd.isna(table.loc["Mate 60 Pro, 2023", "us_pct"])
    assert table.loc["P30 Pro, 2019", ["us_pct", "china_pct"]].tolist() == [16.3, 38.1]


def test_licence_values_are_marked_as_permissions(huawei_page, figures):
    assert "permission" in huawei_page.numbers["huawei.licences.approved_value"].label
    assert "permission is not a sale" in figures["huawei-licences"].note
