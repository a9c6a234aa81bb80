"""Money is added only where the addition is known to be of like things: everywhere else a sum fails here.

Rows of different basis, period type, vintage or definition, and permissions beside sales, lie in the same columns. So a
function that adds must be named below with the reason why its parts are alike; a chapter adds nothing at all.
"""

from __future__ import annotations

import pytest

from analysis import paths
from analysis.runner.dependencies import code_cells
from tests.sales.additions import additions

SALES = paths.ROOT / "analysis" / "sales"
MEASURES = "adds measures, and `measures.add` refuses parts of different basis, period, vintage, definition or scope"
DRAWS = "adds draws of the model within one basis (location or headquarters); the observations carry theirs"
WEIGHTS = "adds shares of time or weights, not money"
SIZES = "adds lengths or places, not money"
DENSITY = "adds terms of a log density"
COUNTS = "counts rows that are true, or applications of one release"

MAY_ADD = {
    "measures.py:add": "the one addition of published figures: it refuses parts that are not alike",
    "filings.py:total": MEASURES,
    "filings.py:sum_china_lines": MEASURES,
    "customs.py:us_exports_with_hong_kong": MEASURES,
    "industry.py:us_sales_all_regions": MEASURES,
    "buyers.py:chinese_device_makers": MEASURES,
    "huawei.py:licences": COUNTS,
    "huawei_numbers.py:record_licences": COUNTS,
    "huawei_numbers.py:record_arithmetic": "one disclosure a supplier; label and method say that fiscal years are added",
    "huawei_figures.py:disclosed_against_newspaper": "the same sum as a bar; the note says that fiscal years are added",
    "diagnostics_numbers.py:_inside_pct": COUNTS,
    "diagnostics_figures.py:hidden": COUNTS,
    "estimate/around_rules.py:_gap": DRAWS,
    "estimate/bounds.py:build": "adds one firm's own months, and the shares that one note names",
    "estimate/checks.py:_weighted": WEIGHTS,
    "estimate/calibration.py:simulate": "applies a matrix",
    "estimate/reference.py:difference": COUNTS,
    "sales_tables.py:by_block": COUNTS,
    "estimate/calibration.py:quantities": DRAWS,
    "estimate/calibration.py:_solved": SIZES,
    "estimate/calibration.py:_spending": DRAWS,
    "estimate/density.py:log_density": DENSITY,
    "estimate/density.py:_parts": DENSITY,
    "estimate/coordinates.py:_mode": DENSITY,
    "estimate/design.py:Paths.size": SIZES,
    "estimate/design.py:_paths": SIZES,
    "estimate/equations.py:Equations.__init__": SIZES,
    "estimate/equations.py:Equations._panel": DENSITY,
    "estimate/equations.py:Equations._industry": DRAWS,
    "estimate/equations.py:Equations._huawei": "adds Huawei's purchases from its suppliers in one quarter, a quantity of the model",
    "estimate/equations.py:Equations._predictors": SIZES,
    "estimate/equations.py:Predictors.__init__": SIZES,
    "estimate/equations.py:_picked": "adds one firm's quarters on one basis over the months of one figure",
    "estimate/equations.py:_apply": "applies a matrix",
    "estimate/fit.py:Sampler.unknowns": COUNTS,
    "estimate/draws.py:Draws.huawei": DRAWS,
    "estimate/draws.py:Draws.rest_location": DRAWS,
    "estimate/draws.py:Draws.rest_headquarters": DRAWS,
    "estimate/draws.py:of": DRAWS,
    "estimate/draws.py:within_year": WEIGHTS,
    "estimate/gaussians.py:Gaussians.__init__": SIZES,
    "estimate/gaussians.py:Gaussians.affine": "adds coefficients of unknowns",
    "estimate/forecasts.py:_without": DENSITY,
    "estimate/carry.py:log_volume": DENSITY,
    "estimate/carry.py:_log_normal": DENSITY,
    "estimate/carry.py:_normals": DENSITY,
    "estimate/carry.py:_ratio_before": SIZES,
    "estimate/carry.py:places": SIZES,
    "estimate/reweight.py:smoothed": WEIGHTS,
    "estimate/reweight.py:worth": WEIGHTS,
    "estimate/reweight.py:repeated": WEIGHTS,
    "estimate/holdouts.py:baselines": "adds one firm's own revenue over the months of one figure",
    "estimate/holdouts.py:cases": COUNTS,
    "estimate/holdouts.py:crps": "adds distances of draws from a figure",
    "estimate/holdouts.py:scores": COUNTS,
    "estimate/huawei_observations.py:_row": "adds one firm's own revenue over the months of one figure",
    "estimate/huawei_observations.py:build": "adds what suppliers outside the panel each said of one year, as one observation",
    "estimate/model.py:block_slices": SIZES,
    "estimate/model.py:grade_factors": SIZES,
    "estimate/revenue.py:Revenue.by_quarter": "adds the months of one firm's revenue",
    "estimate/revenue.py:_fill": "adds the months of one firm's revenue",
    "estimate/run.py:_worst": SIZES,
    "estimate/summary.py:class_draws": DRAWS,
    "estimate/summary.py:covered_part": DRAWS,
    "estimate/summary.py:observed_by": "adds months of one firm's revenue, for a part covered",
    "estimate/summary.py:totals": DRAWS,
    "estimate/waterfalls.py:_conversions": DRAWS,
    "estimate/waterfalls.py:from_customs": DRAWS,
}
FOUND = {
    f"{file.relative_to(SALES).as_posix()}:{addition.function}": addition
    for file in sorted(SALES.rglob("*.py")) for addition in additions(file.read_text(encoding="utf-8"))
}
CHAPTERS = sorted(paths.BOOK.glob("*.ipynb"))


def test_a_function_that_adds_is_listed_with_its_reason():
    unlisted = [f"{place}, line {found.line}: {found.text}" for place, found in FOUND.items() if place not in MAY_ADD]
    assert unlisted == [], "use analysis.sales.measures.add"


def test_the_list_holds_no_function_that_adds_nothing_any_more():
    assert set(MAY_ADD) == set(FOUND)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda file: file.stem)
def test_a_chapter_adds_nothing_itself(chapter):
    found = [addition for cell in code_cells(chapter) for addition in additions(cell["source"])]
    assert found == []


@pytest.mark.parametrize("cell", [
    'tables["company_filings"]["china_revenue_usd_m"].sum()',
    'tables["company_filings"].groupby("fiscal_year")["china_revenue_usd_m"].sum()',
    'tables["company_filings"].groupby("fiscal_year").agg({"china_revenue_usd_m": "sum"})',
    'tables["company_filings"].groupby("fiscal_year").agg(china=("china_hq_revenue_usd_m", "sum"))',
    'tables["company_filings"].pivot_table(index="fiscal_year", values="china_revenue_usd_m", aggfunc="sum")',
    'filings["china_revenue_usd_m"] + filings["china_hq_revenue_usd_m"]',
    'filings["china_revenue_usd_m"].add(filings["china_hq_revenue_usd_m"])',
    'sum(tables["export_licences"]["value"])',
    'np.nansum(tables["oem_demand"]["value"])',
    'total = 0\nfor row in rows:\n    total += row["china_revenue_usd_m"]',
    'china = filings["china_revenue_usd_m"]\nyears = china.cumsum()',
    'gartner.apply(np.sum)',
])
def test_a_planted_sum_over_rows_of_every_basis_is_found(cell):
    assert len(additions(cell)) == 1


@pytest.mark.parametrize("cell", [
    '(filings["china_share_pct"] > 50).sum()', 'filings["china_revenue_usd_m"].notna().sum()', 'sum(1 for row in rows)',
    'rows = rows + [{"usd_bn": 1}]', '((a > 1) & (b < 2)).sum()',
])
def test_counting_rows_and_joining_lists_are_not_additions(cell):
    assert additions(cell) == []
