"""Sums, shares and products on small made-up tables, against answers worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.sales import errors, filings, huawei, huawei_numbers

from ..provenance import recorded

OTHER_KINDS = ("annual_recast", "annual_alt_basis", "annual_share_only", "quarter", "half")


def test_a_sum_takes_a_firms_own_full_year_alone(make_filings):
    """Beside each annual row lie rows of every other kind, basis and scope, a line with Taiwan and another year."""
    rows = [{"firm": "A", "china_revenue_usd_m": 100.0}, {"firm": "B", "china_revenue_usd_m": 20.0}]
    rows += [{"firm": "A", "china_revenue_usd_m": 7.0, "period_type": kind} for kind in OTHER_KINDS]
    rows += [{"firm": "C", "basis_class": "billing", "china_revenue_usd_m": 1000.0},
             {"firm": "D", "industry_segment": "equipment", "china_revenue_usd_m": 5000.0},
             {"firm": "E", "taiwan": "included", "china_revenue_usd_m": 9000.0},
             {"firm": "A", "fiscal_year": "FY2021", "fiscal_year_end": "2021-12-31", "china_revenue_usd_m": 300.0}]
    table = make_filings(*rows)
    assert filings.total(table, 2022, basis="ship_to").value == 120.0
    assert filings.total(table, 2022, basis="billing").value == 1000.0
    assert filings.total(table, 2022, basis="ship_to", scope="equipment").value == 5000.0
    assert filings.total(table, 2021, basis="ship_to").value == 300.0
    with pytest.raises(errors.MissingFigureError):
        filings.total(table, 2022, basis="hq")


def test_a_headquarters_sum_takes_the_headquarters_figure_whatever_the_basis_of_the_other(make_filings):
    table = make_filings({"firm": "A", "china_revenue_usd_m": 100.0, "china_hq_revenue_usd_m": 40.0},
                         {"firm": "B", "basis_class": "hq", "china_revenue_usd_m": 20.0, "china_hq_revenue_usd_m": 20.0})
    assert filings.total(table, 2022, basis="hq").value == 60.0


def facts(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["name", "entity", "value", "source_id"])


def test_third_parties_shares_are_multiplied_by_each_firms_own_revenue_of_fiscal_2019(make_filings):
    revenue = (("Intel", 2018, 50_000.0), ("Intel", 2019, 70_000.0), ("Intel", 2020, 90_000.0), ("Qualcomm", 2018, 10_000.0),
               ("Qualcomm", 2019, 20_000.0))
    table = make_filings(*({"firm": firm, "fiscal_year": f"FY{year}", "fiscal_year_end": f"{year}-12-31",
                            "total_revenue_usd_m": usd_m, "source_id": f"{firm.lower()}-{year}"} for firm, year, usd_m in revenue))
    found = huawei.third_party_dollars(facts(
        ("vendor_share_intel", "Intel", 1.0, "a"), ("vendor_share_qualcomm", "Qualcomm", 2.5, "b")), table).set_index("firm")
    assert found["usd_bn"].to_dict() == pytest.approx({"Intel": 0.7, "Qualcomm": 0.5})
    assert found["sources"].to_dict() == {"Intel": ("a", "intel-2019"), "Qualcomm": ("b", "qualcomm-2019")}


def test_a_blank_total_is_the_china_line_over_its_share_of_the_same_year(make_filings):
    table = make_filings({"total_revenue_usd_m": None, "china_revenue_usd_m": 400.0, "china_share_pct": 25.0})
    assert huawei.annual_revenue(table, "Firm A", "FY2022") == (pytest.approx(1600.0), "test-source")
    assert pd.isna(huawei.annual_revenue(table, "Firm A", "FY2021")[0])


def test_a_suppliers_dollars_stand_as_stated_and_else_are_its_share_of_its_own_year(make_filings):
    table = make_filings(
        {"firm": "Stated", "fiscal_year": "FY2019", "huawei_revenue_usd_m": 300.0, "huawei_share_pct_of_revenue": 50.0},
        {"firm": "Share", "fiscal_year": "FY2018", "total_revenue_usd_m": 2000.0, "huawei_share_pct_of_revenue": 11.0},
        {"firm": "Late", "fiscal_year": "FY2020", "huawei_revenue_usd_m": 900.0},
        {"firm": "Quarter", "fiscal_year": "FY2019", "months": 3, "huawei_revenue_usd_m": 900.0},
        {"firm": "Optics", "fiscal_year": "FY2019", "industry_segment": "optics", "huawei_revenue_usd_m": 900.0})
    found = huawei.disclosed_dollars(table).set_index("firm")
    assert found["usd_bn"].to_dict() == pytest.approx({"Stated": 0.3, "Share": 0.22})


def test_what_is_recorded_of_the_newspapers_figure_is_its_arithmetic(tables):
    """Whole recorders run on the real tables with a few figures put in whose results can be worked out in the head."""
    def with_values(table: pd.DataFrame, key: str, values: dict[str, float]) -> pd.DataFrame:
        return table.assign(value=table[key].map(values).fillna(table["value"]))

    changed = {**tables, "huawei_facts": with_values(tables["huawei_facts"], "fact_id", {"H008": 20.0, "H028": 0.0, "H029": 0.0})}
    page = recorded(huawei_numbers.record, changed)
    disclosed = page["huawei.disclosed.total"].value
    assert disclosed > 0 and page["huawei.disclosed.gap"].value == pytest.approx(20.0 - disclosed)
    assert page["huawei.newspaper_over_gartner.2019"].value == pytest.approx(
        100 * 20.0 / page["huawei.gartner.chip_spending.2019"].value)
    assert page["huawei.third_party.intel_qualcomm"].value == 0
