"""Each rule of the data refuses a row that breaks it and lets a row pass that only just keeps it."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.data import rules
from analysis.data.rules import RULES

NONE = float("nan")


def filing(**cells) -> dict:
    return {
        "firm": "Firm",
        "period_type": "annual",
        "fiscal_year": "FY2023",
        "fiscal_year_end": "2023-12-31",
        "basis_class": "ship_to",
        "total_revenue_usd_m": 1000.0,
        "china_revenue_usd_m": 300.0,
        "china_share_pct": NONE,
        "china_hq_revenue_usd_m": NONE,
        "china_hq_mainland_usd_m": NONE,
        "huawei_revenue_usd_m": NONE,
        "huawei_share_pct_of_revenue": NONE,
        "rd_expense_usd_m": NONE,
        "hong_kong": "included",
        "taiwan": "excluded",
        "stated_as": "amount",
        "hq_kind": "",
        "traced": "no",
        "document_url": "",
        "form": "",
        "read_in": "filing copy",
        "grade": "A",
        **cells,
    }


def series(**cells) -> dict:
    return {
        "series_id": "S",
        "geography": "x",
        "partner": "",
        "freq": "A",
        "period": "2022",
        "value": 5.0,
        "unit": "USD million",
        **cells,
    }


def gartner(**cells) -> dict:
    return series(**{"series_id": "GARTNER_TAM_v2031", "geography": "Huawei", **cells})


def spell(**cells) -> dict:
    return {
        "date": "2019-05-16",
        "date_precision": "day",
        "limbo_id": "L01",
        "limbo_type": "licence",
        "in_limbo_from": "2019-05-20",
        "in_limbo_from_precision": "day",
        "in_limbo_to": "2019-08-19",
        "in_limbo_to_precision": "day",
        "limbo_scheduled_to": None,
        "limbo_last_evidence": None,
        **cells,
    }


def state(**cells) -> dict:
    return {"since": "2025-11-10", "known_through": "2026-09-25", "next_date": "2026-11-10", "next_step": "returns", **cells}


UNSETTLED = {"in_limbo_to": None, "in_limbo_to_precision": "", "limbo_last_evidence": "2019-06-01"}
NO_SPELL = {
    "limbo_id": "",
    "limbo_type": "",
    "in_limbo_from": None,
    "in_limbo_from_precision": "",
    "in_limbo_to": None,
    "in_limbo_to_precision": "",
}
DATES = (
    "fiscal_year_end", "date", "in_limbo_from", "in_limbo_to", "limbo_scheduled_to", "limbo_last_evidence", "month", "since",
    "known_through", "next_date", "period_start", "period_end",
)  # fmt: skip


def table(*rows: dict) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows))
    for column in set(frame.columns) & set(DATES):
        frame[column] = pd.to_datetime(frame[column])
    return frame


def rule(name: str, of: str, **names) -> rules.Rule:
    """The rule of the table as RULES lists it: by its function's name and, for one made to measure, by what it was made from."""
    for one in RULES[of]:
        cells = dict(zip(one.__code__.co_freevars, (cell.cell_contents for cell in one.__closure__ or ()), strict=True))
        if name in one.__qualname__.split(".")[0] and all(cells[key] == value for key, value in names.items()):
            return one
    raise AssertionError(f"{of} has no rule {name} {names}")


def above(part: str, whole: str, table_name: str = "company_filings", row=filing) -> tuple:
    return (
        rule("not_above", table_name, part=part, whole=whole),
        part,
        [row(**{part: 800.1, whole: 800.0})],
        [row(**{part: 800.0, whole: 800.0})],
    )


def plain(**cells) -> dict:
    return cells


GROWING = [series(period=str(2010 + n), value=value) for n, value in enumerate((1.0, 2.0, 4.0, 8.0, 16.0, 32.0))]
MONTHS = [{"series_id": "S", "month": f"2019-{n:02d}-01", "value": 100.0} for n in range(1, 7)]

# rule, column named, rows of which the last is refused, rows that are all just allowed
EXAMPLES = [
    above("china_revenue_usd_m", "total_revenue_usd_m"),
    above("china_hq_revenue_usd_m", "total_revenue_usd_m"),
    above("china_hq_mainland_usd_m", "china_hq_revenue_usd_m"),
    above("huawei_revenue_usd_m", "total_revenue_usd_m"),
    above("value_low", "value_high", "huawei_facts", plain),
    above("low", "high", "published_results", plain),
    *(
        (
            rule("share_agrees", "company_filings", share=share),
            share,
            [filing(**{share: 31.0, part: 300.0})],
            [filing(**{share: 30.0, part: 304.9}), filing(**{share: 30.1, part: 300.5}), filing(**{share: NONE, part: 300.0})],
        )
        for share, part in (("china_share_pct", "china_revenue_usd_m"), ("huawei_share_pct_of_revenue", "huawei_revenue_usd_m"))
    ),
    (
        rules.fiscal_year_matches_end,
        "fiscal_year_end",
        [filing(fiscal_year_end="2024-01-28")],
        [filing(fiscal_year_end="2024-01-07"), filing(fiscal_year_end="2023-01-01"), filing(fiscal_year="FY2024-Q1")],
    ),
    (rules.fiscal_year_matches_end, "fiscal_year_end", [filing(fiscal_year_end="2024-01-08")], [filing(fiscal_year_end=None)]),
    (rules.fiscal_year_matches_end, "fiscal_year_end", [filing(fiscal_year_end="2022-12-31")], [filing(fiscal_year="CY2023")]),
    (
        rules.basis_is_stated,
        "basis_class",
        [filing(basis_class="")],
        [filing(basis_class="", china_revenue_usd_m=NONE), filing(basis_class="", period_type="partial_upper_bound")],
    ),
    *(
        (
            rules.codes_are_given,
            code,
            [filing(china_hq_revenue_usd_m=300.0, **{"hq_kind": "oem", code: ""})],
            [filing(china_revenue_usd_m=NONE, **{code: ""})],
        )
        for code in ("hong_kong", "taiwan", "stated_as", "hq_kind")
    ),
    (rules.codes_are_given, "stated_as", [filing(china_revenue_usd_m=NONE, huawei_revenue_usd_m=1.0, stated_as="")], [filing()]),
    (rules.grade_follows_what_was_read, "grade", [filing(read_in="excerpt")], [filing(read_in="excerpt", grade="B")]),
    (rules.grade_follows_what_was_read, "grade", [filing(read_in="notes", grade="B")], [filing(read_in="notes", grade="C")]),
    (rules.a_traced_row_names_its_document, "traced", [filing(traced="yes")], [filing()]),
    (
        rules.a_traced_row_names_its_document,
        "traced",
        [filing(document_url="https://example.org", form="10-K")],
        [filing(traced="yes", document_url="https://example.org", form="10-K")],
    ),
    (rules.a_traced_row_names_its_document, "form", [filing(traced="yes", document_url="https://example.org")], [filing()]),
    (
        rules.hq_figure_is_repeated,
        "china_hq_revenue_usd_m",
        [filing(basis_class="hq", china_hq_revenue_usd_m=301.0)],
        [filing(basis_class="hq", china_hq_revenue_usd_m=300.5), filing(basis_class="ship_to", china_hq_revenue_usd_m=100.0)],
    ),
    (rules.named_once, "name", [{"name": "newspaper"}, {"name": "newspaper"}], [{"name": ""}, {"name": ""}, {"name": "newspaper"}]),
    (rules.money_is_not_negative, "value", [series(value=-0.1)], [series(value=0.0), series(value=-3.0, unit="percent change")]),
    (
        rules.one_for_each(("series_id",), "unit", "partner"),
        "unit",
        [series(), series(), series(unit="USD billion")],
        [series(), series(series_id="T", unit="USD billion")],
    ),
    (
        rules.one_for_each(("series_id",), "unit", "partner"),
        "partner",
        [series(partner="China"), series(partner="China"), series(partner="Japan")],
        [series(partner="China"), series(series_id="T", partner="Japan")],
    ),
    *(
        (
            rules.gartner_is_read_by_name,
            column,
            [gartner(**{column: word})],
            [gartner(), gartner(series_id="GARTNER_GROWTH_v2031", unit="percent change on year"), series(**{column: word})],
        )
        for column, word in (("geography", "Huawei Technologies"), ("unit", "USD billion"))
    ),
    (
        rules.one_spelling("geography", "partner"),
        "geography",
        [series(geography="United States"), series(geography="United States"), series(geography="united  states")],
        [series(geography="United States"), series(geography="World"), series(geography=""), series(geography="")],
    ),
    *(
        (rules.period_matches_frequency, "period", [series(freq=freq, period=wrong)], [series(freq=freq, period=right)])
        for freq, wrong, right in (
            ("A", "2022-07", "FY2022"),
            ("H", "2022-Q1", "2022-H1"),
            ("Q", "2022-H1", "2022-Q3"),
            ("M", "2022", "2022-07"),
            ("YTD", "2022-07", "2022-01/2022-07"),
        )
    ),
    *(
        (rules.period_in_range, "period", [series(period=wrong)], [series(period=p) for p in ("1990", "2035-12", "FY2022")])
        for wrong in ("2202-07", "1989", "FY2036", "2022-01/2202-07")
    ),
    (
        rules.begins_before_it_ends,
        "period_end",
        [{"period_start": "2020-01-02", "period_end": "2020-01-01"}],
        [{"period_start": "2020-01-01", "period_end": "2020-01-01"}, {"period_start": None, "period_end": "2020-01-01"}],
    ),
    (rule("no_unit_slip", "us_exports"), "value", [*GROWING, series(period="2016", value=32_000.0)], GROWING),
    (
        rule("no_unit_slip", "us_exports"),
        "value",
        [*GROWING, series(period="2016", value=0.03)],
        [*GROWING, series(period="2016", value=900.0)],
    ),
    (
        rule("no_unit_slip", "company_filings"),
        "total_revenue_usd_m",
        [*(filing(fiscal_year=f"FY{year}") for year in range(2015, 2020)), filing(fiscal_year="FY2020", total_revenue_usd_m=1e6)],
        [filing(), filing(period_type="quarter", total_revenue_usd_m=1.0)],
    ),
    (
        rule("no_unit_slip", "uncertainty_monthly"),
        "value",
        [*MONTHS, {"series_id": "S", "month": "2019-07-01", "value": 1e5}],
        MONTHS,
    ),
    (rules.spell_is_consistent, "in_limbo_to", [spell(in_limbo_to="2019-05-19")], [spell(in_limbo_to="2019-05-20")]),
    (
        rules.spell_is_consistent,
        "limbo_last_evidence",
        [spell(limbo_last_evidence="2019-08-20")],
        [spell(limbo_last_evidence="2019-08-19")],
    ),
    (rules.spell_is_consistent, "in_limbo_from", [spell(date="2019-03-20")], [spell(date="2019-03-21")]),
    (
        rules.spell_is_consistent,
        "limbo_last_evidence",
        [spell(in_limbo_to=None, in_limbo_to_precision="")],
        [spell(in_limbo_to=None, in_limbo_to_precision="", limbo_last_evidence="2019-06-01")],
    ),
    (rules.spell_is_consistent, "limbo_id", [spell(limbo_id="")], [spell(**NO_SPELL)]),
    (rules.spell_is_consistent, "in_limbo_to_precision", [spell(in_limbo_to_precision="")], [spell()]),
    (
        rules.spell_is_consistent,
        "in_limbo_from",
        [spell(**{**NO_SPELL, "in_limbo_to": "2019-08-19", "in_limbo_to_precision": "day"})],
        [spell(**NO_SPELL)],
    ),
    (rules.spell_is_consistent, "limbo_id", [spell(), spell()], [spell(), spell(limbo_id="L02")]),
    (
        rules.scheduled_end_is_open,
        "limbo_scheduled_to",
        [spell(limbo_scheduled_to="2019-09-01")],
        [spell(**UNSETTLED, limbo_scheduled_to="2019-06-01")],
    ),
    (
        rules.scheduled_end_is_open,
        "limbo_scheduled_to",
        [spell(**UNSETTLED, limbo_scheduled_to="2019-05-31")],
        [spell(**UNSETTLED)],
    ),
    (rules.known_after_it_began, "known_through", [state(known_through="2025-11-09")], [state(known_through="2025-11-10")]),
    (rules.known_after_it_began, "next_step", [state(next_step="")], [state(next_date=None, next_step="")]),
    *(
        (rules.plain_words, column, [{column: f"read in {word} of the press"}], [{column: "read at https://example.org/repo/a.md"}])
        for column, word in (("note", "a repo"), ("title", "Synopsys.md"), ("publisher", "a search result"), ("caveat", "a crawl"))
    ),
    (rules.month_is_its_first_day, "date", [spell(date_precision="month")], [spell(date="2019-05-01", date_precision="month")]),
    (
        rules.value_kind_matches,
        "value_low",
        [{"value_kind": "range", "value": NONE, "value_low": 1.0, "value_high": NONE}],
        [{"value_kind": "range", "value": NONE, "value_low": 1.0, "value_high": 2.0}],
    ),
    (
        rules.value_kind_matches,
        "value",
        [{"value_kind": "exact", "value": NONE, "value_low": NONE, "value_high": NONE}],
        [{"value_kind": "text", "value": NONE, "value_low": NONE, "value_high": NONE}],
    ),
    (
        rules.link_or_note,
        "note",
        [{"url": "", "note": ""}],
        [{"url": "", "note": "printed"}, {"url": "https://example.org", "note": ""}],
    ),
    (rules.t_is_ratio, "t", [{"t": 2.02, "car": 4.0, "se": 2.0}], [{"t": 2.01, "car": 4.0, "se": 2.0}]),
]


@pytest.mark.parametrize(
    ("one", "column", "refused", "allowed"),
    EXAMPLES,
    ids=[f"{one.__qualname__.split('.')[0]}-{n}" for n, (one, *_) in enumerate(EXAMPLES)],
)
def test_a_rule_refuses_a_row_that_breaks_it_and_no_row_that_just_keeps_it(one, column, refused, allowed):
    assert (len(refused) - 1, column) in {(row, named) for row, named, _ in one(table(*refused))}
    assert list(one(table(*allowed))) == []


def test_every_rule_of_every_table_has_an_example():
    tried = {_identity(one) for one, *_ in EXAMPLES}
    missing = {
        f"{name}: {one.__qualname__} {_identity(one)[1]}" for name, of in RULES.items() for one in of if _identity(one) not in tried
    }
    assert not missing


def _identity(one: rules.Rule) -> tuple[str, tuple]:
    """The rule by name and by the columns it was made from; all slips of units are one rule, whatever their columns."""
    cells = tuple(cell.cell_contents for cell in one.__closure__ or ())
    return (one.__qualname__, () if "no_unit_slip" in one.__qualname__ else tuple(c for c in cells if isinstance(c, str)))


def test_a_slip_at_the_end_of_a_series_that_has_grown_a_hundredfold_is_found():
    growing = [series(period=str(2016 + n), value=value) for n, value in enumerate((50.0, 100.0, 170.0, 270.0, 610.0, 1300.0))]
    slipped = rule("no_unit_slip", "us_exports")
    assert list(slipped(table(*growing, series(period="2022", value=2160.0)))) == []
    assert [row for row, *_ in slipped(table(*growing, series(period="2022", value=2.16)))] == [6]
