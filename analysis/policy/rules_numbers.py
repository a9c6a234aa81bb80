"""The numbers of the chapter on the rules, each recorded once with its method and sources."""

from __future__ import annotations

import pandas as pd

from analysis.policy import reversals as unstable
from analysis.policy.indices import days_by_channel, days_with_any, limbo_days_by_year, sensitivity
from analysis.policy.slippage import slippage_table
from analysis.policy.spells import EXPORT, IMPORT, core_spells, days_in_periods, known_to, open_on

NEWSPAPER_DAY = "2019-11-01"
MERGED = "Files with one target merged"
TO_NEWEST_DAY = "Open files kept open to the newest day"
CUT = "Scheduled ends cut at the last evidence"
# Files recorded in the registry: slippage column → how the sentence names it.
SLIPPAGE = {
    "proposed_late": "days from the due day to the proposal",
    "in_force_late": "days from the due day to entry into force",
    "proposed_after_mandate": "days from the mandate to the proposal",
    "in_force_after_mandate": "days from the mandate to entry into force",
    "final_after_mandate": "days from the mandate to the final rule",
    "dropped_after_start": "days from the start to the end without result",
}


def record_limbo_days(page, spells: pd.DataFrame, first_year: int, last_year: int, as_of: str) -> pd.Series:
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
        page.number(
            f"rules.limbo_days.core.{year}",
            value,
            label=f"Core limbo days, export side, {year}",
            unit="days",
            cls="derived",
            as_of=day,
            method="Sum over core export-side files of their days in limbo in the year; the first day counts, the "
            "day of settlement does not; each file counted separately",
            sources=sources,
            figure="rules-limbo-days",
        )
        for rule, key, text in (
            (MERGED, "merged", "with files on one target merged"),
            (TO_NEWEST_DAY, "kept_open", "with files of unknown end kept open to the newest day"),
            (CUT, "scheduled_cut", "with ends that were only scheduled cut at the last evidence"),
        ):
            if table.loc[rule, year] == value:
                continue  # the variant changes nothing in this year
            page.number(
                f"rules.limbo_days.{key}.{year}",
                table.loc[rule, year],
                unit="days",
                cls="derived",
                as_of=day,
                sources=sources,
                label=f"Core limbo days, export side, {year}, {text}",
                method=f"As rules.limbo_days.core.{year}, {text}",
            )
        page.number(
            f"rules.days_with_any_file.{year}",
            any_file[year],
            label=f"Days with at least one core export-side file open, {year}",
            unit="days",
            cls="derived",
            as_of=day,
            sources=sources,
            method="Days covered by the union of the spells",
        )
        if IMPORT in apart.index and apart.loc[IMPORT, year]:
            page.number(
                f"rules.limbo_days.import.{year}",
                apart.loc[IMPORT, year],
                unit="days",
                cls="derived",
                as_of=day,
                label=f"Core limbo days, import and network side, {year}",
                sources=_sources_in(core_spells(spells, IMPORT), year),
                method="As the export-side count, for files that limit purchases and networks, not chip sales",
            )
    return days


def record_open_files(page, spells: pd.DataFrame, day: str = NEWSPAPER_DAY) -> pd.DataFrame:
    """Files open on one day, together and by side; returns them."""
    files = open_on(core_spells(spells, channel=None), day)
    key = day.replace("-", "_")
    text = "Count of core files whose spell covers the day"
    page.number(
        f"rules.open_files.{key}",
        len(files),
        label=f"Core files open on {day}, export and import side",
        unit="count",
        cls="derived",
        as_of=day,
        method=text,
        sources=_unique(files),
    )
    for name, channel in (("export", EXPORT), ("import", IMPORT)):
        side = files[files["channel"] == channel]
        page.number(
            f"rules.open_files.{name}.{key}",
            len(side),
            label=f"Core files open on {day}, {name} side",
            unit="count",
            cls="derived",
            as_of=day,
            method=text,
            sources=_unique(side),
        )
    return files


def record_slippage(page, milestones: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Every day count of the slippage table; returns the table."""
    table = slippage_table(milestones, events)
    for row in table.itertuples():
        steps = [getattr(row, step) for step in ("mandated", "due", "proposed", "in_force", "final", "dropped")]
        last = max(step for step in steps if pd.notna(step))
        for column, text in SLIPPAGE.items():
            value = getattr(row, column)
            if pd.notna(value):
                page.number(
                    f"rules.slippage.{row.file_id}.{column}",
                    value,
                    label=f"{row.file}: {text}",
                    unit="days",
                    cls="derived",
                    as_of=f"{last:%Y-%m-%d}",
                    method=f"Difference of two dates: {text}",
                    sources=row.sources,
                )
    return table


def record_reversals(page, events: pd.DataFrame, reversals: pd.DataFrame, split_year: int = 2025) -> dict[str, pd.DataFrame]:
    """Tightening actions and reversals before and from `split_year`; returns the actions by period ('before', 'since')."""
    actions = unstable.tightening_actions(events, reversals)
    known = f"{events['date'].max():%Y-%m-%d}"
    first = events["date"].dt.year.min()
    parts = {"before": actions[actions["date"].dt.year < split_year], "since": actions[actions["date"].dt.year >= split_year]}
    sources = {
        name: tuple(dict.fromkeys(events.set_index("event_id").loc[part["event_id"], "source_id"])) for name, part in parts.items()
    }
    for name, part in parts.items():
        span = f"{first}–{split_year - 1}" if name == "before" else f"{split_year} to {known}"
        common = {"as_of": known, "sources": sources[name]}
        page.number(
            f"rules.actions.{name}_{split_year}",
            len(part),
            label=f"Tightening actions, export side, {span}",
            unit="count",
            cls="derived",
            method="Count of tightening actions of agencies in the policy file",
            **common,
        )
        page.number(
            f"rules.undone.{name}_{split_year}",
            int(part["undone"].sum()),
            label=f"Of these undone in effect, {span}",
            unit="count",
            cls="judged",
            method="Withdrawn, dropped, suspended, or lifted by licences for those hit; coded by hand",
            **common,
        )
        km = unstable.kaplan_meier_share(part)
        page.number(
            f"rules.undone_within_a_year.{name}_{split_year}",
            km["share_pct"],
            low=km["low_pct"],
            high=km["high_pct"],
            level=km["level_pct"],
            label=f"Share of tightening actions undone within a year, {span}",
            unit="%",
            cls="estimated",
            method="Kaplan–Meier estimate of the share undone within 365 days, log-log interval",
            **common,
        )
    known_sources = tuple(dict.fromkeys(s for group in sources.values() for s in group))
    complete = unstable.share_undone(actions)
    page.number(
        "rules.undone_within_a_year.all",
        complete["share_pct"],
        low=complete["low_pct"],
        high=complete["high_pct"],
        level=complete["level_pct"],
        unit="%",
        cls="estimated",
        as_of=known,
        sources=known_sources,
        label="Share of tightening actions undone within a year, among those followed for a year",
        method="Undone within 365 days ÷ actions taken at least 365 days before the newest event; Jeffreys interval",
    )
    page.number(
        "rules.days_to_reversal.median",
        actions["days_to_reversal"].median(),
        unit="days",
        cls="derived",
        as_of=known,
        label="Median days from a tightening action to its reversal, among those undone",
        sources=known_sources,
        method="Median over undone actions of the days to the first reversal",
    )
    for reach, levels in (("narrow", ("withdrawn",)), ("wide", ("withdrawn", "lifted", "partial"))):
        other = unstable.tightening_actions(events, reversals, levels)
        since = other[other["date"].dt.year >= split_year]
        page.number(
            f"rules.undone.{reach}.since_{split_year}",
            int(since["undone"].sum()),
            unit="count",
            cls="judged",
            as_of=known,
            label=f"Tightening actions since {split_year} undone, {reach} reading",
            sources=sources["since"],
            method=f"As rules.undone.since_{split_year}, counting reversals that are {' or '.join(levels)}",
        )
    return parts


def _sources_in(spells: pd.DataFrame, year: int) -> tuple[str, ...]:
    covered = days_in_periods(spells, [pd.Timestamp(year, 1, 1)], [pd.Timestamp(year + 1, 1, 1)])[0] > 0
    return _unique(spells[covered])


def _unique(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rows["source_id"]))
