"""What the chapters on rules and on share prices record and list, on small made-up tables and against their own words."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from analysis.data import load_table, resolve
from analysis.policy import market_response as mr
from analysis.policy import markets_numbers, markets_tables, rules_figures, rules_numbers, tracker, uncertainty
from analysis.policy.event_study import prices
from analysis.policy.spells import limbo_spells
from analysis.policy.tables import load_policy
from analysis.registry.recorder import Recorder


def _share(ticker: str, share_pct: float, source: str) -> dict:
    return {"ticker": ticker, "share_pct": share_pct, "source_id": source}


def _row(firm: str, day: str, car: float, **more) -> dict:
    return {"firm": firm, "event_date": pd.Timestamp(day), "event": "an event", "group": "US", "window": mr.THREE_DAYS,
            "benchmark": mr.SP500, "car": car, "se": 0.01, "t": car / 0.01, "t_bmp": -2.04, "t_bmp_kp": -1.06, "p_placebo": 0.1254,
            "n_est": 200.0, "n_firms": 22, "day_choice": "main", "flag": "", "source_id": "returns", **more}


@pytest.fixture(scope="module")
def pages(policy, car, milestones) -> dict[str, Recorder]:
    """The two chapters, recorded from the real tables (all but the simulation, which takes long)."""
    events, reversals, spells = policy
    pages = {"rules": Recorder("rules"), "markets": Recorder("markets")}
    rules_numbers.record_limbo_days(pages["rules"], spells, 2016, 2026, "2026-11-22")
    rules_numbers.record_open_files(pages["rules"], spells)
    rules_numbers.record_waits(pages["rules"], spells)
    rules_numbers.record_slippage(pages["rules"], milestones, events)
    rules_numbers.record_reversals(pages["rules"], events, reversals)
    firms = load_table("firms")
    shares = mr.huawei_shares(load_table("huawei_facts"), load_table("company_filings"), firms)
    _, fit = mr.dose_response(shares, car)
    series = uncertainty.monthly_table(load_table("uncertainty_monthly"))
    markets_numbers.record_listing_day(pages["markets"], car)
    markets_numbers.record_dose_response(pages["markets"], fit, shares, car, mr.members_of(load_table("studied_firms"), mr.EXPOSED))
    markets_numbers.record_nulls(pages["markets"], car, mr.multiple_testing(car))
    markets_numbers.record_uncertainty(pages["markets"], series, uncertainty.regressions(series),
                                       uncertainty.specification_curve(series), ("a",))
    return pages


@pytest.mark.parametrize("chapter", ["rules", "markets"])
def test_each_entry_of_the_chapters_words_is_a_number_with_its_braces_filled_and_an_interval_around_it(chapter, pages):
    page = pages[chapter]
    unused = {pattern for pattern in page.words if "simulation" not in pattern
              and not any(re.fullmatch(re.sub(r"\\{\w+\\}", ".+", re.escape(pattern)), id) for id in page.numbers)}
    assert unused == set()
    for number in page.numbers.values():
        assert not re.search(r"[{}]", number.label + number.method) and number.as_of <= "2026-11-22" and number.sources
        assert number.low is None or number.low <= number.value <= number.high


def test_a_count_of_a_year_is_as_of_its_end_or_of_the_newest_day_known(make_spells):
    page = Recorder("rules")
    day = pd.Timestamp
    spells = make_spells([(day(2018, 12, 1), day(2019, 1, 11)), (day(2020, 1, 1), day(2020, 3, 1))])
    spells["source_id"] = ["first", "second"]
    assert rules_numbers.record_limbo_days(page, spells, 2018, 2020, "2026-11-22").to_dict() == {2018: 31, 2019: 10, 2020: 60}
    found = {id: (n.value, n.as_of, n.sources) for id, n in page.numbers.items() if ".core." in id}
    assert found == {"rules.limbo_days.core.2018": (31, "2018-12-31", ("first",)),
                     "rules.limbo_days.core.2019": (10, "2019-12-31", ("first",)),
                     "rules.limbo_days.core.2020": (60, "2020-03-01", ("second",))}


@pytest.mark.parametrize("as_of, star", [("2026-11-22", True), ("2027-01-05", False)])
def test_a_year_that_is_not_over_has_a_star_and_a_note(spells, as_of, star):
    figure = rules_figures.limbo_days_figure(spells, 2016, 2026, as_of)
    assert figure.note.startswith(f"* Not a whole year: to {as_of}") == star
    assert list(figure.data.columns)[-3:] == ["Total (limbo days)", "Lowest count under other rules",
                                              "Highest count under other rules"]
    years = {str(row["Year"]) for rows in figure.chart(700).to_dict()["datasets"].values() for row in rows if "Year" in row}
    assert ("2026*" in years) == star and "2025" in years


def test_an_end_is_settled_scheduled_or_only_the_last_evidence(make_event):
    day = pd.Timestamp
    rows = [make_event(event_id=f"P{i}", limbo_id=f"L{i}", limbo_type="mandate_pending", in_limbo_from=day(2020, 1, i), **end)
            for i, end in enumerate(({"in_limbo_to": day(2021, 1, 1), "limbo_scheduled_to": day(2023, 1, 1)},
                                     {"limbo_scheduled_to": day(2022, 1, 1), "limbo_last_evidence": day(2020, 6, 1)},
                                     {"limbo_last_evidence": day(2020, 7, 1)}), start=1)]
    spells = limbo_spells(pd.DataFrame(rows))
    assert spells["end_kind"].tolist() == ["settled", "scheduled", "last evidence"]
    assert spells["open"].tolist() == [False, False, True]
    assert spells["end"].tolist() == [day(2021, 1, 1), day(2022, 1, 1), day(2020, 7, 1)]


def test_the_loss_by_share_is_recorded_with_its_sign_turned_its_count_and_every_source():
    page = Recorder("markets")
    fit = {"slope": -0.8, "slope_low": -1.2, "slope_high": -0.3, "level_pct": 90, "spearman": -0.5, "n": 7,
           "slope_without_largest": -0.4, "slope_stated": -0.6}
    shares = pd.DataFrame([_share("NPTN", 45.0, "a"), _share("MU", 10.0, "b"), _share("XX", 90.0, "a")])
    markets_numbers.record_dose_response(page, fit, shares, pd.DataFrame([_row(mr.ALL_FIRMS, "2019-05-16", -0.03)]), ["NPTN", "MU"])
    found = {id.removeprefix("markets.dose."): (n.value, n.low, n.high) for id, n in page.numbers.items()}
    assert found == {"slope": (0.8, 0.3, 1.2), "slope_without_largest": (0.4, None, None), "slope_stated": (0.6, None, None),
                     "spearman": (-0.5, None, None), "suppliers": (7, None, None), "lowest_share": (10, None, None),
                     "highest_share": (45, None, None)}
    assert {n.sources for n in page.numbers.values()} == {("a", "b", "returns")}
    assert "7" in page.numbers["markets.dose.spearman"].method + page.numbers["markets.dose.spearman"].label


def test_the_tables_of_returns_name_event_benchmark_and_test_and_round_to_what_is_known():
    rows = [_row(mr.ALL_FIRMS, "2019-05-16", -0.0456), _row(mr.ALL_FIRMS, "2019-05-16", -0.031, benchmark=mr.NON_US, p_placebo=0.0),
            _row(mr.ALL_FIRMS, "2019-05-16", 0.5, day_choice="next day"), _row(mr.EXPOSED, "2019-05-16", -0.2)]
    table = markets_tables.date_table(pd.DataFrame(rows)).set_index("Benchmark")
    assert table.loc["S&P 500"].to_dict() == {
        "Event": "2019-05-16 an event", "Abnormal return (%)": -4.6, "t, portfolio": -4.6, "t, cross-section (BMP)": -2.0,
        "t, adjusted for correlation": -1.1, "Placebo days that moved as much (share)": "0.125"}
    assert table.loc["Non-US chip firms", "Placebo days that moved as much (share)"] == "below 0.005" and len(table) == 2
    firms = pd.DataFrame({"ticker": ["AA"], "firm": ["Firm A"]})
    names = mr.firm_names(firms, pd.DataFrame({"code": ["BB"], "name": ["Firm B"], "members": [""]}))
    single = [_row("AA", "2020-01-02", 0.0901), _row("BB", "2020-01-02", 0.001), _row("AA", "2019-05-16", -0.2)]
    others = markets_tables.other_survivors_table(pd.DataFrame(single), names)
    assert others.to_dict("records") == [{"Firm": "Firm A", "Event": "2020-01-02 an event", "Window (trading days)": mr.THREE_DAYS,
                                          "Benchmark": "S&P 500", "Abnormal return (%)": 9.0, "t": 9.0}]


def test_a_definition_counts_the_regressions_whose_t_is_above_two_in_size(monkeypatch):
    monkeypatch.setattr(uncertainty, "regressions", lambda *_: pd.DataFrame({"t": [-2.5, 2.2, 2.0, -1.0, 3.5]}))
    curve = uncertainty.specification_curve(pd.DataFrame({"x": [1.0]}, index=pd.period_range("2010-01", periods=1, freq="M")))
    assert set(curve["abs_t_above_2"]) == {3} and set(curve["tests"]) == {5}
    assert curve[["differenced", "growth_lags", "first"]].drop_duplicates().shape == (16, 3)
    assert set(curve["first"]) == {"2010-01", "2015-01"}


def test_a_regression_says_from_how_many_months_it_is():
    table = uncertainty.regressions(uncertainty.monthly_table(load_table("uncertainty_monthly")))
    assert list(table) == ["outcome", "index", "horizon_months", "coefficient", "se", "t", "n"]
    assert np.allclose(table["t"], table["coefficient"] / table["se"]) and table["n"].between(60, 600).all()


def test_open_questions_stand_newest_first_and_alike_days_by_name():
    standing = pd.DataFrame({"rule": ["old", "b", "a", "unclear"], "status": ["in_force"] * 3 + ["unclear"],
                             "next_date": pd.to_datetime(["2025-01-01", "2026-01-01", "2026-01-01", None])})
    assert tracker.overdue(standing, "2026-11-22")["rule"].tolist() == ["a", "b", "old", "unclear"]


def test_a_reader_chooses_among_years_from_the_newest_on():
    events = load_table("policy_events").head(30)
    page = tracker.events_html(events, dict.fromkeys(events["source_id"], "t"), {}, {})
    years = [int(y) for y in re.findall(r"<option>(\d{4})</option>", page)]
    assert years == sorted(set(events["date"].dt.year), reverse=True) and len(years) > 1


@pytest.mark.parametrize("more, lines", [(0, prices._MOST_OF_A_KIND), (1, 1)])
def test_prices_that_are_not_positive_are_each_named_while_they_are_few(more, lines):
    series = pd.Series(50.0, index=pd.bdate_range("2018-01-01", periods=400))
    series.iloc[10:10 + prices._MOST_OF_A_KIND + more] = -1.0
    assert len(prices._series_problems("AA", series, adjusted=True)) == lines


def test_the_rules_are_read_from_the_folder_that_is_given(tmp_path):
    resolve(None, None, tmp_path)
    own = tmp_path / "reversals.csv"
    own.write_text("".join(own.read_text(encoding="utf-8").splitlines(keepends=True)[:3]), encoding="utf-8")
    assert len(load_policy(tmp_path)[1]) == 2
