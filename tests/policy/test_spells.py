"""Spells of limbo and the undecided index, on the shipped file and as properties."""

from __future__ import annotations

import csv
import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import paths
from analysis.data.vocabulary import CORE_LIMBO_TYPES
from analysis.policy import indices
from analysis.policy.rules_numbers import record_waits
from analysis.policy.spells import (
    core_spells,
    known_to,
    limbo_days,
    limbo_spells,
    open_on,
    status_on,
)
from analysis.policy.tables import SpellError, load_policy
from analysis.policy.waits import waits_on_record
from analysis.registry.recorder import Recorder

AS_OF = "2026-11-22"
REFERENCE_DAYS = {2016: 283, 2017: 87, 2018: 371, 2019: 1122, 2020: 1229, 2021: 744, 2022: 284, 2023: 336, 2024: 127,
                  2025: 1052, 2026: 798}


def overlapping_pairs(spells: pd.DataFrame) -> pd.DataFrame:
    """Pairs of spells of one type on one target and channel that are open on a common day: candidates for double counting.

    Returns columns `first`, `second` (limbo ids), `target`, `limbo_type`, `days` in common.
    """
    keys = ["target", "limbo_type", "channel"]
    pairs = spells.merge(spells, on=keys, suffixes=("_a", "_b"))
    pairs = pairs[pairs["limbo_id_a"] < pairs["limbo_id_b"]]
    start = pairs[["start_a", "start_b"]].max(axis=1)
    end = pairs[["end_a", "end_b"]].min(axis=1)
    pairs = pairs.assign(days=(end - start).dt.days)
    pairs = pairs[pairs["days"] > 0].rename(columns={"limbo_id_a": "first", "limbo_id_b": "second"})
    return pairs[["first", "second", "target", "limbo_type", "days"]].reset_index(drop=True)


def test_export_side_core_limbo_days_are_those_of_the_design(spells):
    counted = indices.limbo_days_by_year(core_spells(spells), 2016, 2026, AS_OF)
    assert counted.to_dict() == REFERENCE_DAYS


def test_six_export_and_import_files_were_open_when_the_newspaper_text_appeared(spells):
    files = open_on(core_spells(spells, channel=None), "2019-11-01")
    assert list(files["limbo_id"]) == ["L03", "L04", "L05", "L06", "L07", "L09"]
    assert set(files["channel"]) == {"export", "import/network"}


def test_what_the_spells_speak_of_ends_before_an_end_that_is_only_scheduled(spells, make_spells):
    day = pd.Timestamp
    assert known_to(core_spells(spells)) == pd.Timestamp(2026, 9, 25)
    spells = make_spells([(day("2019-01-01"), day("2019-03-01")), (day("2019-02-01"), day("2019-02-20"))])
    assert known_to(spells) == pd.Timestamp(2019, 3, 1)


def test_the_only_overlap_of_like_files_is_the_one_act_with_two_mandates(spells):
    pairs = overlapping_pairs(spells)
    core = pairs[pairs["limbo_type"].isin(CORE_LIMBO_TYPES)]
    assert list(zip(core["first"], core["second"], strict=True)) == [("L03", "L04")]


def test_uncertain_dates_of_the_file_are_carried_into_the_spells(spells):
    by_id = spells.set_index("limbo_id")
    assert set(by_id.index[by_id["start_approximate"]]) == {"L12", "L15", "L22"}
    assert not by_id["end_approximate"].any()
    assert set(by_id.index[by_id["end_kind"] == "scheduled"]) == {"L29", "L40", "L45"}
    assert set(by_id.index[by_id["open"]]) == set(by_id.index[by_id["end_kind"] == "last evidence"])


def test_what_happened_to_the_suspended_rule_after_its_scheduled_return_is_not_asserted(spells):
    before = status_on(spells, "2026-11-08").set_index("limbo_id")["status"]
    after = status_on(spells, "2026-11-10").set_index("limbo_id")["status"]
    assert before["L29"] == "in limbo"
    assert after["L29"] == "not known"


def test_an_open_file_counts_to_its_last_evidence_and_is_unknown_afterwards(spells):
    assert status_on(spells, "2026-02-07").set_index("limbo_id").loc["L22", "status"] == "in limbo"
    assert status_on(spells, "2026-02-08").set_index("limbo_id").loc["L22", "status"] == "not known"


def test_import_side_and_other_channels_are_counted_apart(spells):
    days = indices.days_by_channel(spells, 2016, 2026, AS_OF)
    assert days.loc["export"].to_dict() == REFERENCE_DAYS
    assert days.loc["import/network", [2018, 2019, 2020, 2021]].sum() == days.loc["import/network"].sum() > 0


def test_a_folder_of_ones_own_with_contradicting_spells_is_refused_with_every_contradiction(tmp_path):
    for name in ("policy_events", "reversals"):
        shutil.copy(paths.DATA / "policy" / f"{name}.csv", tmp_path)
    file = tmp_path / "policy_events.csv"
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    first, second = (row for row in rows if row["limbo_id"] in ("L01", "L02"))
    first["in_limbo_to"] = "2001-01-01"
    second["limbo_type"] = ""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(SpellError, match=r"(?s)in_limbo_to: 2001-01-01 is before.*limbo_type: is empty on a spell"):
        load_policy(str(tmp_path))


# --- properties ---------------------------------------------------------------------------------------------------------

DAYS = st.integers(0, 4000).map(lambda n: pd.Timestamp(2016, 1, 1) + pd.Timedelta(days=n))
SPELL = st.tuples(DAYS, st.integers(0, 1500)).map(lambda s: (s[0], s[0] + pd.Timedelta(days=s[1])))
FILES = st.lists(SPELL, min_size=1, max_size=8)
quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@quick
@given(FILES, st.lists(DAYS, min_size=3, max_size=3).map(sorted))
def test_limbo_days_add_up_over_adjoining_periods(make_spells, pairs, days):
    spells, (a, b, c) = make_spells(pairs), days
    assert limbo_days(spells, a, b) + limbo_days(spells, b, c) == limbo_days(spells, a, c)


@quick
@given(FILES, DAYS, st.integers(0, 400))
def test_limbo_days_never_fall_when_the_newest_day_moves_on(make_spells, pairs, day, later):
    spells = make_spells(pairs)
    first = pd.Timestamp(2016, 1, 1)
    assert limbo_days(spells, first, day) <= limbo_days(spells, first, day + pd.Timedelta(days=later))


@quick
@given(FILES, DAYS, st.integers(1, 20))
def test_open_files_summed_over_days_are_the_limbo_days(make_spells, pairs, first, length):
    spells = make_spells(pairs)
    days = pd.date_range(first, periods=length)
    assert sum(len(open_on(spells, d)) for d in days) == limbo_days(spells, first, days[-1] + pd.Timedelta(days=1))


@quick
@given(SPELL, st.floats(0, 1))
def test_splitting_a_file_at_a_day_leaves_the_count_unchanged(make_spells, pair, where):
    start, end = pair
    cut = start + (end - start).days * where * pd.Timedelta(days=1)
    cut = cut.normalize()
    far = pd.Timestamp(2040, 1, 1)
    assert limbo_days(make_spells([(start, cut), (cut, end)]), start, far) == limbo_days(make_spells([pair]), start, far)


@quick
@given(FILES)
def test_merging_files_never_raises_the_count_and_any_day_counts_once(make_spells, pairs):
    spells = make_spells(pairs)
    first, end = pd.Timestamp(2015, 1, 1), pd.Timestamp(2040, 1, 1)
    union = indices.days_with_any(spells)
    assert limbo_days(union, first, end) <= limbo_days(spells, first, end)
    assert (union["start"].iloc[1:].to_numpy() > union["end"].iloc[:-1].to_numpy()).all()


@quick
@given(FILES, st.integers(0, 120))
def test_the_monthly_index_sums_to_the_yearly_one(make_spells, pairs, offset):
    spells = make_spells(pairs)
    as_of = pd.Timestamp(2024, 3, 5) + pd.Timedelta(days=offset)
    monthly = indices.undecided_by_month(spells, "2016-01", as_of)
    yearly = indices.limbo_days_by_year(spells, 2016, 2024, as_of)
    assert monthly.groupby(monthly["month"].dt.year)["limbo_days"].sum().to_dict() == yearly.to_dict()


def test_every_counting_rule_changes_only_what_it_says(spells):
    table = indices.sensitivity(spells, 2016, 2026, AS_OF)
    published = table.loc["As published"]
    assert published.to_dict() == REFERENCE_DAYS
    assert (table.loc["Files under one legal citation merged"] <= published).all()
    assert (table.loc["Open files kept open to the newest day"] >= published).all()
    assert (table.loc["Approximate starts 60 days earlier"] >= table.loc["Approximate starts 60 days later"]).all()
    assert (table.loc["Days with at least one file open"] <= 366).all()
    unaffected = table.columns.difference([2025, 2026])
    assert (table.loc["Scheduled ends cut at the last evidence", unaffected] == published[unaffected]).all()


def test_types_sum_to_the_yearly_index(spells):
    core = core_spells(spells)
    by_type = indices.limbo_days_by_type(core, 2016, 2026, AS_OF).groupby("year")["limbo_days"].sum()
    assert by_type.to_dict() == REFERENCE_DAYS


def test_waits_on_record_are_those_of_undecided_files_on_exports_and_open_ones_count_as_far_as_they_are_known(events):
    events = events.copy()
    days = {"L02": 61, "L03": 1461, "L22": 122}   # settled, settled, without a known end; the others are of other kinds
    for name, length in days.items():
        row = events["limbo_id"] == name
        events.loc[row, "limbo_last_evidence" if name == "L22" else "in_limbo_to"] = \
            events.loc[row, "in_limbo_from"] + pd.Timedelta(length, "D")
    elsewhere = events["limbo_id"].ne("") & (events["channel"] != "export")
    assert elsewhere.any()
    found = waits_on_record(limbo_spells(events[events["limbo_id"].isin(days) | elsewhere]))
    assert found == {"files": 3, "median": pytest.approx(4.0, abs=0.05), "longest": 48.0, "without_end": 1}   # of 30.4 days


def test_the_waits_are_numbers_of_the_chapter_on_the_rules_with_their_sources(spells):
    page = Recorder("rules")
    record_waits(page, spells)
    files = spells[spells["core"] & (spells["channel"] == "export")]
    longest = page.numbers["rules.waits.longest"]
    assert longest.value == pytest.approx(files["days"].max() / 30.4375) and longest.unit == "months" and longest.digits == 1
    assert page.numbers["rules.waits.files"].value == len(files) > page.numbers["rules.waits.without_end"].value
    assert set(longest.sources) == set(files["source_id"])
