"""A series is one thing: mixing frequencies, units, partners, vintages, bases or origin rules is refused by name."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.data import load_table
from analysis.data.schemas import TABLES
from analysis.data.series import MixedSeriesError, period_span, refuse_mixed_filings, series


@pytest.fixture(scope="module")
def tables():
    return {name: load_table(name) for name in TABLES}


def test_one_frequency_of_a_series_comes_in_order_with_dates(tables):
    years = series(tables["us_exports"], "US_X_8542_CN", freq="A")
    assert years["start"].is_monotonic_increasing
    assert years.loc[years["period"] == "2021", "value"].item() == 12_265
    assert years.loc[years["period"] == "2021", "end"].item() == pd.Timestamp("2021-12-31")


@pytest.mark.parametrize(
    ("table", "names", "mixed"),
    [
        ("us_exports", "US_X_8542_CN", "freq"),
        ("us_exports", ["US_X_8542_W", "US_X_8542_CNSHARE"], "freq"),
        ("oem_demand", ["GARTNER_TAM_v2019", "GARTNER_TAM_v2023"], "release vintage"),
        ("china_imports", "CN_M_8542_ORIGIN", "partner"),
        ("market_sales", ["WSTS_ANN_CN", "WSTS_CN_SHARE"], "unit"),
        ("us_industry", ["USHQ_SALES", "US_EXPORTS_SIA"], "hs_code_or_product"),
    ],
)
def test_what_must_not_be_compared_is_refused_by_name(tables, table, names, mixed):
    with pytest.raises(MixedSeriesError, match=f"rows differ in {mixed}") as caught:
        series(tables[table], names)
    assert caught.value.mixed == mixed


def test_gartner_figures_of_one_vintage_may_be_compared(tables):
    huawei = series(tables["oem_demand"], "GARTNER_TAM_v2021", geography="Huawei")
    assert list(huawei["period"]) == ["2019", "2020"]


def test_a_series_by_origin_across_april_2025_needs_to_be_asked_for(tables):
    rows = tables["china_imports"].query("series_id == 'CN_M_8542_ORIGIN' and partner == 'Taiwan (country of origin)'")
    later = rows.head(1).assign(period="2025-05")
    both = pd.concat([rows, later], ignore_index=True)
    with pytest.raises(MixedSeriesError, match="origin rule"):
        series(both, "CN_M_8542_ORIGIN")
    assert len(series(both, "CN_M_8542_ORIGIN", allow_break=True)) == 3
    assert len(series(rows, "CN_M_8542_ORIGIN")) == 2


@pytest.mark.parametrize(
    ("arguments", "choose"),
    [
        (("NO_SUCH_SERIES",), {}),
        ((["US_X_8542_CN", "NO_SUCH_SERIES"],), {"freq": "A"}),
        (("US_X_8542_CN",), {"freq": "Q"}),
        (("US_X_8542_CN",), {"frequency": "A"}),
    ],
)
def test_asking_for_what_is_not_there_is_an_error_and_not_an_empty_table(tables, arguments, choose):
    with pytest.raises(KeyError):
        series(tables["us_exports"], *arguments, **choose)


@pytest.mark.parametrize(
    ("query", "mixed"),
    [
        ("period_type == 'annual'", "basis_class"),
        ("firm == 'Intel' and basis_class == 'billing'", "period_type"),
        ("firm == 'NVIDIA' and period_type in ['annual', 'huawei_disclosure']", "basis_class"),
    ],
)
def test_filings_of_different_basis_or_period_kind_are_not_summed(tables, query, mixed):
    with pytest.raises(MixedSeriesError) as caught:
        refuse_mixed_filings(tables["company_filings"].query(query))
    assert caught.value.mixed == mixed


def test_a_firm_year_that_stands_twice_is_not_summed(tables):
    rows = tables["company_filings"].query("firm == 'AMD' and fiscal_year == 'FY2017' and period_type == 'annual_alt_basis'")
    assert len(rows) == 2
    with pytest.raises(MixedSeriesError, match="a firm-year counts once"):
        refuse_mixed_filings(rows)


def test_filings_of_one_basis_and_kind_pass(tables):
    refuse_mixed_filings(tables["company_filings"].query("period_type == 'annual' and basis_class == 'ship_to'"))


@pytest.mark.parametrize("name", ["us_exports", "china_imports", "market_sales", "us_industry", "oem_demand", "export_licences"])
def test_every_period_in_the_tables_is_a_span_that_does_not_end_before_it_starts(tables, name):
    for period in tables[name]["period"].unique():
        start, end = period_span(period)
        assert start <= end, period


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("2021", "2021-01-01", "2021-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-Q3", "2025-07-01", "2025-09-30"),
        ("2022-H2", "2022-07-01", "2022-12-31"),
        ("2025-01/2025-07", "2025-01-01", "2025-07-31"),
        ("2018/2023", "2018-01-01", "2023-12-31"),
        ("2020-11-09/2021-04-20", "2020-11-09", "2021-04-20"),
        ("c.2013-2014", "2013-01-01", "2014-12-31"),
        ("2024F", "2024-01-01", "2024-12-31"),
    ],
)
def test_a_period_is_read_as_written(period, start, end):
    assert period_span(period) == (pd.Timestamp(start), pd.Timestamp(end))


@given(st.integers(1990, 2035), st.integers(1, 12))
def test_a_month_lies_in_its_quarter_half_and_year(year, month):
    start, end = period_span(f"{year}-{month:02d}")
    for wider in (f"{year}", f"{year}-Q{(month + 2) // 3}", f"{year}-H{(month + 5) // 6}"):
        first, last = period_span(wider)
        assert first <= start <= end <= last


@given(st.text(max_size=12))
def test_any_other_text_is_refused_and_never_guessed(text):
    try:
        start, end = period_span(text)
    except ValueError:
        return
    assert text[:1].isdigit() or text.startswith(("FY", "CY", "c."))
    assert pd.notna(start) and pd.notna(end)
