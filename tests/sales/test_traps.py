"""Every trap of the sales data, stepped into: each must raise the error that names it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.sales import customs, errors, filings, huawei
from analysis.sales.measures import Measure, add, change_pct, ratio, share_pct

SALE = Measure(label="sale", value=10.0, unit="USD bn", period="2022", counts="sales", basis="ship_to", firm="A")


def test_summing_rows_of_different_basis_is_refused(make_filings):
    rows = make_filings({"firm": "A", "basis_class": "billing"}, {"firm": "B", "basis_class": "ship_to"})
    with pytest.raises(errors.MixedBasisError, match=r"billing.*ship_to"):
        filings.sum_china_lines(rows)


def test_summing_rows_of_one_basis_is_allowed(make_filings):
    assert filings.sum_china_lines(make_filings({"firm": "A"}, {"firm": "B"})).value == 800


@pytest.mark.parametrize("kind", ["annual_recast", "annual_alt_basis", "quarter", "half", "partial", "totals_only"])
def test_summing_annual_with_another_period_type_is_refused(make_filings, kind):
    rows = make_filings({"firm": "A"}, {"firm": "B", "period_type": kind})
    with pytest.raises(errors.MixedPeriodTypeError):
        filings.sum_china_lines(rows)


def test_a_firm_cannot_enter_a_sum_twice(make_filings):
    with pytest.raises(errors.RepeatedFirmYearError):
        filings.sum_china_lines(make_filings({"firm": "A"}, {"firm": "A", "china_revenue_usd_m": 410.0}))


def test_years_cannot_be_summed(make_filings):
    rows = make_filings({"firm": "A"}, {"firm": "B", "fiscal_year": "FY2021", "fiscal_year_end": "2021-12-31"})
    with pytest.raises(errors.MixedUnitError):
        filings.sum_china_lines(rows)


BASIS_CHANGES = [
    ("Skyworks Solutions", "FY2015", "FY2016"),
    ("Micron", "FY2019", "FY2022"),
    ("Texas Instruments", "FY2021", "FY2022"),
    ("Qualcomm", "FY2023", "FY2024"),
    ("NVIDIA", "FY2025", "FY2026"),
]


@pytest.mark.parametrize(("firm", "before", "after"), BASIS_CHANGES)
def test_a_basis_change_is_not_read_as_a_trend(tables, firm, before, after):
    table = tables["company_filings"]
    with pytest.raises(errors.BasisBreakError, match="not a change of sales"):
        change_pct(filings.firm_year(table, firm, before), filings.firm_year(table, firm, after))


def test_all_known_basis_changes_are_listed_as_breaks(tables):
    found = filings.basis_changes(tables["company_filings"])
    assert set(zip(found["firm"], found["from_year"], found["to_year"], strict=True)) >= set(BASIS_CHANGES)


def test_the_dual_disclosure_is_the_like_for_like_way_across_a_break(tables):
    table = tables["company_filings"]
    change = change_pct(filings.firm_year(table, "NVIDIA", "FY2025", basis="hq"), filings.firm_year(table, "NVIDIA", "FY2026"))
    assert -30 < change < 0


def test_amds_china_line_with_taiwan_is_refused_in_a_change(tables):
    table = tables["company_filings"]
    with pytest.raises(errors.TaiwanIncludedError):
        change_pct(filings.firm_year(table, "AMD", "FY2016"), filings.firm_year(table, "AMD", "FY2017"))


def test_amds_china_line_with_taiwan_is_refused_in_a_sum(tables):
    rows = tables["company_filings"].query("firm == 'AMD' and fiscal_year == 'FY2015'")
    with pytest.raises(errors.TaiwanIncludedError):
        filings.sum_china_lines(rows)


@pytest.mark.parametrize("sides", [("included", "excluded"), ("excluded", "included")])
@pytest.mark.parametrize("compare", [ratio, share_pct, change_pct])
def test_a_line_with_taiwan_is_refused_on_either_side_of_every_comparison(compare, sides):
    with pytest.raises(errors.TaiwanIncludedError):
        compare(*(replace(SALE, taiwan=taiwan) for taiwan in sides))
    assert compare(replace(SALE, value=3.0), replace(SALE, value=2.0)) == pytest.approx(
        {ratio: 1.5, share_pct: 150, change_pct: 100 * (2 / 3 - 1)}[compare])


def test_amds_lines_with_taiwan_never_enter_the_annual_lines(tables):
    lines = filings.annual_lines(tables["company_filings"], basis="billing")
    assert set(lines.loc[lines["firm"] == "AMD", "calendar_year"]).isdisjoint({2013, 2014, 2015, 2016})


def test_intels_first_report_and_recast_are_both_kept_and_never_compared(tables):
    table = tables["company_filings"]
    first = filings.firm_year(table, "Intel", "FY2021")
    recast = filings.firm_year(table, "Intel", "FY2021", period_type="annual_recast")
    assert (first.value, recast.value) == (21141, 22961)
    with pytest.raises((errors.RestatementError, errors.MixedPeriodTypeError)):
        change_pct(first, recast)
    with pytest.raises(errors.RestatementError):
        change_pct(first, replace(recast, period_type="annual"))


def test_hong_kong_cannot_be_added_twice(tables):
    both = customs.us_exports_with_hong_kong(tables["us_exports"], 2022)
    with pytest.raises(errors.HongKongMismatchError, match="already"):
        add([both, customs.us_exports(tables["us_exports"], 2022, "Hong Kong")], "too much")


def test_hong_kong_cannot_be_on_one_side_of_a_comparison_only(tables):
    mainland = customs.us_exports(tables["us_exports"], 2022)
    both = customs.us_exports_with_hong_kong(tables["us_exports"], 2019)
    with pytest.raises(errors.HongKongMismatchError):
        change_pct(both, mainland)
    with pytest.raises(errors.HongKongMismatchError):
        ratio(replace(SALE, hong_kong="included"), replace(SALE, hong_kong="excluded"))


def test_a_sum_of_firms_with_and_without_hong_kong_is_refused():
    with pytest.raises(errors.HongKongMismatchError):
        add([replace(SALE, hong_kong="included"), replace(SALE, firm="B", hong_kong="excluded")], "mixed")


@pytest.mark.parametrize(("firm", "year"), [("onsemi (ON Semiconductor)", "FY2022"), ("Seagate", "all")])
def test_a_firm_without_a_china_line_is_absent_and_not_zero(tables, firm, year):
    with pytest.raises(errors.AbsentIsNotZeroError, match="not zero"):
        filings.firm_year(tables["company_filings"], firm, year)


def test_an_absent_china_line_cannot_enter_a_sum_as_zero(make_filings):
    rows = make_filings({"firm": "A"}, {"firm": "onsemi", "china_revenue_usd_m": None})
    with pytest.raises(errors.AbsentIsNotZeroError, match="onsemi"):
        filings.sum_china_lines(rows)


def test_a_licence_value_cannot_be_added_to_sales(tables):
    licence = huawei.approved_value(tables["export_licences"])
    with pytest.raises(errors.LicenceIsNotASaleError):
        add([SALE, replace(licence, period="2022")], "sales and permissions")


def test_a_licence_value_cannot_be_compared_with_sales(tables):
    with pytest.raises(errors.LicenceIsNotASaleError):
        share_pct(SALE, huawei.approved_value(tables["export_licences"]))


def test_imports_by_origin_cannot_be_compared_across_april_2025(tables):
    before, after = (customs.imports_by_origin(tables["china_imports"], y, "United States") for y in (2024, 2025))
    with pytest.raises(errors.OriginRuleBreakError, match="wafer-fab"):
        change_pct(before, after)
    assert change_pct(before, after, accept_origin_break=True) > 100


def test_gartner_figures_cannot_be_compared_across_releases(tables):
    series = huawei.gartner_series(tables["oem_demand"], tables["huawei_facts"])
    with pytest.raises(errors.MixedVintageError):
        change_pct(huawei.gartner(series, 2018), huawei.gartner(series, 2019))


def test_gartner_figures_of_one_release_can_be_compared(tables):
    series = huawei.gartner_series(tables["oem_demand"], tables["huawei_facts"])
    change = change_pct(huawei.gartner(series, 2019, "v2021"), huawei.gartner(series, 2020, "v2021"))
    assert change == pytest.approx(-23.5, abs=0.1)


def test_huaweis_purchase_figures_of_different_definition_cannot_be_read_as_growth(tables):
    earlier, _, later = huawei.procurement(tables["huawei_facts"])
    with pytest.raises(errors.MixedDefinitionError):
        change_pct(earlier, later)


def test_purchases_cannot_be_added_to_sales():
    with pytest.raises(errors.MixedDefinitionError):
        add([SALE, replace(SALE, firm="B", counts="purchases")], "mixed")


@pytest.mark.parametrize("scope", ["equipment", "design software", "storage", "optical components"])
def test_equipment_software_and_storage_are_never_added_to_chips(scope):
    with pytest.raises(errors.MixedScopeError):
        add([SALE, replace(SALE, firm="B", scope=scope)], "mixed")


def test_storage_never_enters_the_chip_lines(tables):
    for basis in filings.BASES:
        firms = set(filings.annual_lines(tables["company_filings"], basis=basis)["firm"])
        assert firms.isdisjoint({"Seagate", "Western Digital", "Sandisk", "Applied Materials", "Cadence Design Systems"})


def test_dollars_and_millions_are_not_added():
    with pytest.raises(errors.MixedUnitError):
        add([SALE, replace(SALE, firm="B", unit="USD m")], "mixed")


def test_a_patent_settlement_is_not_a_chip_sale_to_huawei(tables):
    disclosed = huawei.supplier_disclosures(tables["company_filings"])
    back_pay = disclosed[(disclosed["firm"] == "Qualcomm") & (disclosed["revenue_usd_m"] == 1800)]
    assert list(back_pay["scope"]) == ["patent licences"]
