"""The tables themselves: sizes, values to reproduce, and the traps that a reader of the facts must not fall into."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis import paths
from analysis.data import DataError, check, load_table
from analysis.data.problems import Problem
from analysis.data.schemas import TABLES
from analysis.data.sheets import _separator
from analysis.data.vocabulary import CORE_LIMBO_TYPES

ROWS = {
    "company_filings": 305,
    "us_exports": 536,
    "china_imports": 397,
    "market_sales": 170,
    "us_industry": 140,
    "oem_demand": 233,
    "policy_events": 171,
    "standing": 45,
    "export_licences": 67,
    "arguments": 53,
    "huawei_facts": 130,
    "published_results": 417,
    "event_study_car": 4252,
    "uncertainty_monthly": 1326,
}


def value(table: str, series_id: str, period: str) -> float:
    frame = load_table(table)
    rows = frame[(frame["series_id"] == series_id) & (frame["period"] == period)]
    assert len(rows) == 1
    return rows["value"].iloc[0]


def test_the_committed_data_have_no_problem():
    assert check() == []


@pytest.mark.parametrize("name", ROWS)
def test_every_fact_came_into_the_project(name):
    assert len(load_table(name)) == ROWS[name]


@pytest.mark.parametrize("name", TABLES)
def test_a_loaded_table_has_the_columns_and_types_of_its_schema(name):
    frame = load_table(name)
    assert tuple(frame.columns) == TABLES[name].names
    for column in TABLES[name].columns:
        series = frame[column.name]
        if column.kind == "date":
            assert pd.api.types.is_datetime64_any_dtype(series), column.name
        elif column.kind in ("number", "integer"):
            assert series.dtype == "float64", column.name
        else:
            assert not series.isna().any(), column.name


@pytest.mark.parametrize("name", TABLES)
def test_a_table_lies_where_its_schema_says_and_nowhere_else(name):
    assert sorted(p.relative_to(paths.DATA).as_posix() for p in paths.DATA.rglob(f"{name}.csv")) == [TABLES[name].path]


def test_every_csv_file_under_data_has_a_schema():
    assert {p.stem for p in paths.DATA.rglob("*.csv")} == set(TABLES)


def test_us_chip_exports_to_china_are_the_published_ones():
    assert value("us_exports", "US_X_8542_CN", "2021") == pytest.approx(12_265, abs=0.5)
    assert value("us_exports", "US_X_8542_CN", "2022") == pytest.approx(9_418, abs=0.5)


def test_months_of_us_chip_exports_add_up_to_the_years_within_rounding():
    frame = load_table("us_exports").query("series_id == 'US_X_8542_CN'")
    months = frame[frame["freq"] == "M"]
    sums = months.groupby(months["period"].str[:4])["value"].agg(["sum", "count"]).query("count == 12")["sum"]
    years = frame[frame["freq"] == "A"].set_index("period")["value"]
    assert len(sums) == 12
    assert (sums - years[sums.index]).abs().max() <= 6  # twelve values rounded to a whole million


def test_us_firms_sales_into_the_china_market_are_96_4_of_275():
    assert value("us_industry", "USHQ_SALES_IN_CN", "2022") == pytest.approx(96.4, abs=0.05)
    assert value("us_industry", "USHQ_SALES", "2022") == 275
    regions = ("CN", "APAO", "AMER", "EUR", "JPN")
    assert sum(value("us_industry", f"USHQ_SALES_IN_{r}", "2022") for r in regions) == pytest.approx(274.98, abs=0.1)


def test_huawei_chip_spending_in_2019_is_24_9_in_the_latest_vintage():
    frame = load_table("oem_demand").query("geography == 'Huawei' and period == '2019'")
    latest = frame[frame["series_id"].str.startswith("GARTNER_TAM")].sort_values("series_id").iloc[-1]
    assert latest["value"] == pytest.approx(24_933)


def test_the_three_huawei_procurement_figures_have_three_definitions():
    frame = load_table("huawei_facts").set_index("fact_id")
    figures = frame.loc[["H003", "H008"]]
    assert list(figures["value"]) == [11, 14]
    assert frame.loc["H008", "value_kind"] == "more_than"
    assert figures["definition"].nunique() == 2 or figures["metric"].nunique() == 2


def test_licence_values_are_not_in_a_unit_of_sales_and_outcomes_miss_six():
    frame = load_table("export_licences").set_index("series_id")
    outcomes = frame.loc[["LIC_HW_APPROVED_N", "LIC_HW_RWA_N", "LIC_HW_DENIED_N"], "value"].sum()
    assert outcomes == 163
    assert frame.loc["LIC_HW_CONSIDERED", "value"] == 169
    assert not frame["unit"].str.contains("sales").any()


def test_absent_china_lines_are_missing_and_not_zero():
    frame = load_table("company_filings")
    absent = frame[frame["period_type"].isin(["annual_no_china_figure", "totals_only", "partial_no_china_figure"])]
    assert len(absent) > 20
    assert absent["china_revenue_usd_m"].isna().all()
    assert not (frame["china_revenue_usd_m"] == 0).any()


def test_intel_2021_stands_as_first_reported_and_as_recast_and_never_twice_as_annual():
    frame = load_table("company_filings").query("firm == 'Intel' and fiscal_year == 'FY2021'")
    assert set(frame["china_revenue_usd_m"]) >= {21_141, 22_961}
    assert (frame["period_type"] == "annual").sum() == 1


@pytest.mark.parametrize("basis", ["billing", "ship_to", "hq", "facility"])
def test_a_firm_year_counts_once_among_annual_rows_of_one_basis(basis):
    frame = load_table("company_filings").query("period_type == 'annual' and basis_class == @basis")
    assert not frame.duplicated(["firm", "fiscal_year"]).any()


def test_amd_before_2017_includes_taiwan_and_says_so():
    frame = load_table("company_filings").query("firm == 'AMD' and year < 2017")
    assert len(frame) > 4 and (frame["taiwan"] == "included").all()


WORKSHOP = r"(?i)github:|fixture|\bparser|cassette|held-out|stored public|code repositor|\buid\b|replaces the row|search result"


OF_FILINGS = ("company_filings", "quarterly_revenue", "named_customers", "filing_checks")


@pytest.mark.parametrize("table", [*OF_FILINGS, "huawei_facts", "sources"])
def test_notes_are_written_for_readers_and_not_about_how_things_were_found(table):
    frame = load_table(table)
    for column in {"note", "title", "source_form", "basis_as_filed", "definition"} & set(frame):
        assert list(frame.loc[frame[column].str.contains(WORKSHOP), column]) == []


def test_the_workshop_words_are_recognised():
    assert pd.Series(["table held in a test fixture", "github:someone/notes company/X.md"]).str.contains(WORKSHOP).all()


def test_every_row_of_the_filings_that_names_a_regulators_document_gives_its_number():
    frame = load_table("company_filings")
    regulator = frame["document_url"].str.contains("sec.gov/Archives")
    assert regulator.sum() > 150 and (frame["accession"] != "")[regulator].all()
    folder = frame["accession"].str.replace("-", "")
    assert all(number in url for number, url in zip(folder[regulator], frame["document_url"][regulator], strict=True))


def test_gartner_vintages_are_different_series():
    frame = load_table("oem_demand")
    restated = frame[frame["series_id"].str.startswith("GARTNER_TAM") & (frame["geography"] == "Huawei")]
    assert restated.groupby("period")["series_id"].nunique().max() > 1
    assert not restated.duplicated(["series_id", "period"]).any()


def test_the_shares_of_2018_stand_under_different_studies():
    frame = load_table("us_industry")
    assert value("us_industry", "USHQ_SHARE_WW", "2018") == pytest.approx(44.6)
    bcg = load_table("published_results").query(
        "study_id == 'bcg_sia_2020' and scenario == 'baseline' and quantity == 'us_global_share'"
    )
    assert list(bcg["value"]) == [48]
    assert len(frame.query("series_id == 'USHQ_SHARE_WW' and period == '2018'")) == 1


def test_origin_based_imports_say_on_which_side_of_april_2025_they_stand():
    frame = load_table("china_imports")
    later = frame[frame["source_id"].str.contains("163") & frame["partner"].str.endswith("(country of origin)")]
    assert len(later) and later["note"].str.contains("origin|rule|wafer|fab").any()


def test_policy_spells_carry_how_exact_their_days_are():
    frame = load_table("policy_events").query("limbo_id != ''").set_index("limbo_id")
    assert list(frame.loc[["L12", "L15"], "in_limbo_from_precision"]) == ["inferred", "inferred"]
    assert frame.loc["L32", "in_limbo_to_precision"] == "day"
    assert frame["limbo_type"].isin(CORE_LIMBO_TYPES).sum() > 20


def test_nothing_in_the_policy_file_is_later_than_10_october_2026_but_a_planned_end():
    frame = load_table("policy_events")
    assert frame["date"].max() < pd.Timestamp("2026-10-10")
    assert frame["limbo_last_evidence"].max() < pd.Timestamp("2026-10-10") < frame["limbo_scheduled_to"].min()


def test_only_the_huawei_listing_is_significant_for_the_portfolio_after_may_2019():
    frame = load_table("event_study_car")
    later = frame[
        (frame["event_date"] > "2019-05-20")
        & (frame["window"] == "[-1,+1]")
        & frame["firm"].str.contains("EW:US_CHIP_ALL|VW:US_CHIP_ALL")
    ]
    assert len(later) > 20
    assert (later.query("firm.str.startswith('EW')")["t"].abs() < 2).all()


def test_every_uncertainty_series_may_be_redistributed():
    frame = load_table("uncertainty_monthly").merge(load_table("sources"), on="source_id", validate="many_to_one")
    assert frame["licence"].str.contains("Free use with attribution|public domain").all()


def test_no_share_price_and_no_monthly_region_series_is_committed():
    sales = load_table("market_sales")
    monthly = sales[(sales["freq"] == "M")].groupby("series_id").size()
    assert monthly.max() < 24  # a handful of quoted months, not the series
    assert not [p for p in paths.DATA.rglob("*.csv") if "price" in p.name]


def test_nothing_in_the_data_names_this_or_another_machine():
    for path in paths.DATA.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert str(paths.ROOT) not in text and "/home/" not in text and "localhost" not in text, path


def test_loading_records_the_table_for_the_runner(tmp_path, monkeypatch):
    record = tmp_path / "tables.txt"
    monkeypatch.setenv("CHIP_TABLES_READ", str(record))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "firms.csv").write_bytes((paths.DATA / "filings" / "firms.csv").read_bytes())
    load_table("sources")
    load_table("firms", tmp_path / "other")
    assert record.read_text() == f"sources\t{paths.DATA}\nfirms\t{tmp_path / 'other'}\n"


def test_an_unknown_table_names_the_nearest_one():
    with pytest.raises(KeyError, match="did you mean 'policy_events'"):
        load_table("policy_event")


def test_a_relative_folder_does_not_depend_on_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(load_table("firms", "data")) == 32


def test_importing_the_loader_does_not_import_pandera():
    import subprocess
    import sys

    code = "import sys, analysis.data; sys.exit('pandera' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, check=False).returncode == 0


def test_columns_are_parted_by_the_mark_under_which_the_header_is_found_though_another_gives_more_names():
    text = "Month;Value, in US$, net\n2020-01;3\n"
    assert _separator(text, ",;", lambda names: names[0] == "Month") == ";"
    assert _separator(text, ",;", None) == ","


def test_problems_stand_a_line_each_in_the_order_of_files_and_rows():
    error = DataError([Problem("b.csv", 3, "x", "is wrong"), Problem("a.csv", 9, "y", "is missing")])
    assert [line.partition(":")[0] for line in str(error).splitlines()] == ["a.csv", "b.csv"]
