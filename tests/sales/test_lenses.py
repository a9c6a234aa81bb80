"""The lenses return the figures of the sources, and their identities hold."""

from __future__ import annotations

import pytest

from analysis.sales import buyers, customs, errors, exposure, filings, huawei, industry, lenses


def test_customs_returns_the_published_exports(tables):
    assert customs.us_exports(tables["us_exports"], 2021).value == 12265
    assert customs.us_exports(tables["us_exports"], 2022).value == pytest.approx(9418, abs=0.5)


def test_customs_with_hong_kong_exceeds_customs_without_by_hong_kong(tables):
    table = tables["us_exports"]
    parts = [customs.us_exports(table, 2022, partner).value for partner in ("China", "Hong Kong")]
    assert customs.us_exports_with_hong_kong(table, 2022).value == pytest.approx(sum(parts))


def test_us_firms_sales_into_china_are_the_share_times_the_market(tables):
    assert industry.us_sales_into(tables["us_industry"], tables["market_sales"], 2022).value == pytest.approx(96.4, abs=0.05)


def test_the_five_regions_return_the_published_total_of_us_firms_sales(tables):
    total = industry.us_sales_all_regions(tables["us_industry"], tables["market_sales"], 2022).value
    assert total == pytest.approx(274.98, abs=0.005)
    assert total == pytest.approx(industry.us_sales_world(tables["us_industry"], 2022).value, abs=0.1)


def test_chinas_share_of_us_sales_is_35_per_cent(tables):
    assert industry.china_share_of_us_sales_pct(tables["us_industry"], tables["market_sales"], 2022) == pytest.approx(
        35.0, abs=0.05
    )


def test_huaweis_chip_spending_in_2019_comes_from_the_latest_release(tables):
    series = huawei.gartner_series(tables["oem_demand"], tables["huawei_facts"])
    found = huawei.gartner(series, 2019)
    assert (found.value, found.vintage) == (pytest.approx(24.933), "v2021")
    assert series.groupby("year")["latest"].sum().eq(1).all()


def test_every_gartner_change_stays_within_one_release(tables):
    changes = huawei.changes_within_vintage(huawei.gartner_series(tables["oem_demand"], tables["huawei_facts"]))
    assert (changes["to_year"] - changes["from_year"]).eq(1).all()
    assert changes["vintage"].is_unique


def test_a_year_missing_from_a_lens_is_absent_and_not_zero(tables):
    found = lenses.measures(tables, 2015)
    assert "customs_hong_kong" not in found
    assert all(m.value > 0 for m in found.values())


def test_the_industry_lens_is_about_ten_times_customs(tables):
    found = lenses.measures(tables, 2022)
    assert 8 < found["industry"].value / found["customs"].value < 12


def test_every_lens_says_what_it_counts_and_leaves_out(tables):
    table = lenses.lens_table(tables, 2022)
    assert (table["counts"].str.len() > 10).all() and (table["leaves_out"].str.len() > 10).all()
    assert table["sources"].map(len).gt(0).all()


def test_dual_disclosures_convert_in_both_directions(tables):
    dual = filings.dual_disclosures(tables["company_filings"]).set_index(["firm", "fiscal_year"])["ratio"]
    assert dual["NVIDIA"].gt(1).all()
    assert dual["Micron"].lt(0.5).all() and dual["Texas Instruments"].lt(0.5).all()
    assert dual[("Micron", "FY2017")] == pytest.approx(0.29, abs=0.005)
    assert dual[("NVIDIA", "FY2025")] == pytest.approx(1.46, abs=0.005)


def test_a_quarter_inside_a_disclosed_half_year_is_not_a_second_disclosure(tables):
    dual = filings.dual_disclosures(tables["company_filings"])
    assert not dual["fiscal_year"].str.startswith("Q").any()


def test_a_fiscal_year_ending_in_january_belongs_to_the_year_before(make_filings):
    lines = filings.china_lines(make_filings({"fiscal_year": "FY2024", "fiscal_year_end": "2024-01-28"}))
    assert list(lines["calendar_year"]) == [2023]


def test_the_sum_by_basis_equals_the_sum_of_its_firms(tables):
    for basis in ("billing", "ship_to", "hq"):
        lines = filings.annual_lines(tables["company_filings"], basis=basis)
        expected = lines.loc[lines["calendar_year"] == 2022, "china_usd_m"].sum()
        assert filings.total(tables["company_filings"], 2022, basis=basis).value == pytest.approx(expected)


def test_the_four_device_makers_are_taken_from_one_release(tables):
    found = buyers.chinese_device_makers(tables["oem_demand"], 2018)
    assert (found.value, found.vintage) == (pytest.approx(59.612), "v2019")
    with pytest.raises(errors.MissingFigureError):
        buyers.chinese_device_makers(tables["oem_demand"], 2019)


def test_licence_outcomes_show_the_applications_without_a_listed_outcome(tables):
    table = huawei.licences(tables["export_licences"]).set_index("outcome")
    assert table["applications"].sum() == 169
    assert table.loc["outcome not listed", "applications"] == 6


def test_the_exposure_table_has_one_row_a_firm_and_leaves_unpublished_cells_empty(tables):
    table = exposure.exposure_table(tables["company_filings"], first_year=2015, last_year=2026)
    assert table["firm"].is_unique
    xilinx = table.set_index("firm").loc["Xilinx"]
    assert xilinx.filter(like="_share_pct").drop("huawei_share_pct").isna().all()


def test_a_new_fiscal_year_replaces_the_older_share_in_the_exposure_table(make_filings):
    rows = make_filings(
        {"firm": "A", "china_share_pct": 40.0},
        {"firm": "A", "fiscal_year": "FY2024", "fiscal_year_end": "2024-12-31", "china_share_pct": 22.0},
    )
    table = exposure.exposure_table(rows, first_year=2015, last_year=2026).set_index("firm")
    assert table.loc["A", "ship_to_share_pct"] == 22
    assert table.loc["A", "ship_to_year"] == "FY2024"
