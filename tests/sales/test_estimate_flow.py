"""A row file given to the build reaches the estimate, its charts and its numbers, with no change of code."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from analysis import paths
from analysis.data import load_table
from analysis.data.overlay import resolve
from analysis.publish import Page
from analysis.sales import estimate_figures, estimate_numbers
from analysis.sales.estimate.fit import Sampling
from analysis.sales.estimate.results import load_estimate
from analysis.sales.estimate.run import write_estimate

AS_OF = "2026-11-27"
QUICK = Sampling(chains=2, draws=400, tune=400)
NUMBER = "sales.firm.intel.2025.usd"


def overlay_with_intels_customers(folder):
    """Intel's newest row in the tables with a headquarters figure beside the one by address (invented for the test)."""
    source = paths.DATA / "filings" / "company_filings.csv"
    with source.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    row = next(r for r in rows if r["firm"] == "Intel" and r["fiscal_year"] == "FY2025")
    row |= {"china_hq_revenue_usd_m": "9000", "hq_kind": "direct_customer", "note": "invented for a test"}
    folder.mkdir()
    with (folder / "company_filings.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, row.keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerow(row)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("flow")


@pytest.fixture(scope="module")
def editions(folder):
    """(estimate, page) without and with the row file."""
    found = []
    for name, overlay in (("before", None), ("after", overlay_with_intels_customers(folder / "rows"))):
        resolve(paths.DATA, overlay, folder / name / "data")
        estimate = load_estimate(write_estimate(folder / name / "estimate", str(folder / name / "data")))
        page = Page("estimate")
        estimate_numbers.record(page, estimate, load_table("huawei_facts"), AS_OF)
        found.append((estimate, page))
    return found


@pytest.mark.slow
def test_a_headquarters_figure_of_a_firm_narrows_its_number(editions):
    before, after = (page.numbers[NUMBER] for _, page in editions)
    assert (after.high - after.low) < (before.high - before.low) / 3
    assert after.low < 9.0 < after.high
    assert before.text != after.text


@pytest.mark.slow
def test_a_new_row_is_a_forecast_first(editions):
    before, after = (estimate["forecasts"] for estimate, _ in editions)
    assert before.empty
    assert "Intel FY2025, hq" in set(after["label"])
    assert after["pareto_k"].notna().all()


@pytest.mark.slow
def test_a_headquarters_figure_of_a_firm_reaches_the_charts_and_the_exposure(editions):
    for which, seen, year in zip(editions, ("location figure only", "both figures"), (2025, 2025), strict=True):
        estimate = which[0]
        data = estimate_figures.firms(estimate, 2015, 2030).data.query("Firm == 'Intel' and Year == 2025")
        assert data["The filings show"].item() == seen
        assert estimate["exposure"].set_index("firm").loc["Intel", "year"] == year


@pytest.mark.slow
def test_the_kept_draws_weighted_by_a_new_row_say_what_sampling_with_it_says(folder, editions):
    """Medians and widths of totals, of the firm that has the new row and of Huawei, within the error of a short sampling."""
    weighted = editions[1][0]
    assert weighted["fit"]["drawn"] == "weighted"
    assert weighted["fit"]["worst_r_hat"] < 1.01 and weighted["fit"]["least_ess_bulk"] > 400
    sampled = load_estimate(write_estimate(folder / "sampled", str(folder / "after" / "data"), sampling=QUICK))
    assert sampled["fit"]["drawn"] == "sampled"
    compared = {"totals": (["year", "quantity"], "quantity in ('headquarters', 'location', 'chips')"),
                "firms": (["firm", "year", "quantity"], "firm == 'Intel'"), "huawei": (["year", "quantity"], "year > 0")}
    errors_of_means = {"value": 1.25, "low": 2.1, "high": 2.1}   # that of a median, and of a quantile of 5%
    for table, (keys, chosen) in compared.items():
        both = weighted[table].query(chosen).merge(sampled[table].query(chosen), on=keys, suffixes=("", "_sampled"))
        assert len(both) > 20
        error = np.log(both["high"] / both["low"]) / 3.29 * (1 / both["ess_bulk"] + 1 / both["ess_bulk_sampled"]) ** 0.5
        for edge, times in errors_of_means.items():
            apart = np.log(both[edge] / both[f"{edge}_sampled"]).abs()   # all are positive and skewed
            assert (apart / (times * error)).max() < 5, (table, edge)
