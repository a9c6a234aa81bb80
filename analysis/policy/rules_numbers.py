"""The numbers of the chapter on the rules; what they are called stands in `book/numbers/rules.yml`."""

from __future__ import annotations

import pandas as pd

from analysis.policy import reversals as unstable
from analysis.policy.indices import days_by_channel, days_with_any, limbo_days_by_year, sensitivity
from analysis.policy.slippage import slippage_table
from analysis.policy.spells import EXPORT, IMPORT, core_spells, days_in_periods, known_to, open_on
from analysis.policy.waits import waits_on_record
from analysis.registry.quantity import Quantity
from analysis.registry.recorder import Recorder

NEWSPAPER_DAY = "2019-11-01"
VARIANTS = {  # last part of the id's family → rule of counting
    "merged": "Files with one target merged",
    "kept_open": "Open files kept open to the newest day",
    "scheduled_cut": "Scheduled ends cut at the last evidence",
}
SLIPPAGE = ("proposed_late", "in_force_late", "proposed_after_mandate", "in_force_after_mandate", "final_after_mandate",
            "dropped_after_start")
STEPS = ("mandated", "due", "proposed", "in_force", "final", "dropped")
READINGS = {"narrow": ("withdrawn",), "wide": ("withdrawn", "lifted", "partial")}


def record_limbo_days(page: Recorder, spells: pd.DataFrame, first_year: int, last_year: int, as_of: str) -> pd.Series:
    """Core limbo days by year, export side, with the variants the text speaks of; returns the yearly series."""
    core = core_spells(spells)
    days = limbo_days_by_year(core, first_year, last_year, as_of)
    table = sensitivity(spells, first_year, last_year, as_of)
    any_file = limbo_days_by_year(days_with_any(core), first_year, last_year, as_of)
    apart = days_by_channel(spells, first_year, last_year, as_of)
    newest = f"{known_to(core):%Y-%m-%d}"
    for year, value in days.items():
        sources = _sources_in(core, year)
        if not sources:
            continue
        day = min(f"{year}-12-31", as_of, newest)
        page.record("rules.limbo_days.core.{year}", Quantity(value, day, sources), year=year)
        for key, rule in VARIANTS.items():
            if table.loc[rule, year] != value:   # else the variant changes nothing in this year
                page.record(f"rules.limbo_days.{key}.{{year}}", Quantity(table.loc[rule, year], day, sources), year=year)
        page.record("rules.days_with_any_file.{year}", Quantity(any_file[year], day, sources), year=year)
        if IMPORT in apart.index and apart.loc[IMPORT, year]:
            of_import = _sources_in(core_spells(spells, IMPORT), year)
            page.record("rules.limbo_days.import.{year}", Quantity(apart.loc[IMPORT, year], day, of_import), year=year)
    return days


def record_open_files(page: Recorder, spells: pd.DataFrame, day: str = NEWSPAPER_DAY) -> pd.DataFrame:
    """Files open on one day, together and by side; returns them."""
    files = open_on(core_spells(spells, channel=None), day)
    key = day.replace("-", "_")
    page.record("rules.open_files.{key}", Quantity(len(files), day, _unique(files)), key=key, day=day)
    for name, channel in (("export", EXPORT), ("import", IMPORT)):
        side = files[files["channel"] == channel]
        page.record("rules.open_files.{side}.{key}", Quantity(len(side), day, _unique(side)), key=key, day=day, side=name)
    return files


def record_waits(page: Recorder, spells: pd.DataFrame) -> None:
    """How many core files there were on the export side, and how long they waited."""
    files = core_spells(spells)
    for name, value in waits_on_record(spells).items():
        page.record(f"rules.waits.{name}", Quantity(value, f"{known_to(files):%Y-%m-%d}", _unique(files)))


def record_slippage(page: Recorder, milestones: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Every day count of the slippage table; returns the table."""
    table = slippage_table(milestones, events)
    for row in table.itertuples():
        last = max(day for step in STEPS if pd.notna(day := getattr(row, step)))
        for column in SLIPPAGE:
            value = getattr(row, column)
            if pd.notna(value):
                page.record(f"rules.slippage.{{file}}.{column}", Quantity(value, f"{last:%Y-%m-%d}", row.sources),
                            file=row.file_id, name=row.file)
    return table


def record_reversals(page: Recorder, events: pd.DataFrame, reversals: pd.DataFrame, split_year: int = 2025
                     ) -> dict[str, pd.DataFrame]:
    """Tightening actions and reversals before and from `split_year`; returns the actions by period ('before', 'since')."""
    actions = unstable.tightening_actions(events, reversals)
    known = f"{events['date'].max():%Y-%m-%d}"
    since = actions["date"].dt.year >= split_year
    parts = {"before": actions[~since], "since": actions[since]}
    source_of = events.set_index("event_id")["source_id"]
    sources = {name: tuple(dict.fromkeys(source_of.loc[part["event_id"]])) for name, part in parts.items()}
    spans = {"before": f"{events['date'].dt.year.min()}–{split_year - 1}", "since": f"{split_year} to {known}"}
    for name, part in parts.items():
        words = {"period": f"{name}_{split_year}", "span": spans[name]}
        page.record("rules.actions.{period}", Quantity(len(part), known, sources[name]), **words)
        page.record("rules.undone.{period}", Quantity(int(part["undone"].sum()), known, sources[name]), **words)
        page.record("rules.undone_within_a_year.{period}", _share(unstable.kaplan_meier_share(part), known, sources[name]), **words)
    known_sources = tuple(dict.fromkeys(s for group in sources.values() for s in group))
    page.record("rules.undone_within_a_year.all", _share(unstable.share_undone(actions), known, known_sources))
    page.record("rules.days_to_reversal.median", Quantity(actions["days_to_reversal"].median(), known, known_sources))
    for reach, levels in READINGS.items():
        other = unstable.tightening_actions(events, reversals, levels)
        undone = int(other.loc[other["date"].dt.year >= split_year, "undone"].sum())
        page.record("rules.undone.{reach}.{period}", Quantity(undone, known, sources["since"]), reach=reach,
                    period=f"since_{split_year}", split_year=split_year, levels=" or ".join(levels))
    return parts


def _share(of: dict[str, float], as_of: str, sources: tuple[str, ...]) -> Quantity:
    return Quantity(of["share_pct"], as_of, sources, low=of["low_pct"], high=of["high_pct"], level=of["level_pct"])


def _sources_in(spells: pd.DataFrame, year: int) -> tuple[str, ...]:
    covered = days_in_periods(spells, [pd.Timestamp(year, 1, 1)], [pd.Timestamp(year + 1, 1, 1)])[0] > 0
    return _unique(spells[covered])


def _unique(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rows["source_id"]))
