"""The figures of the chapter on the rules; each function returns a finished `Figure` from the policy tables."""

from __future__ import annotations

import pandas as pd

from analysis.charts import Figure, theme
from analysis.charts.limbo_lanes import limbo_lanes
from analysis.charts.lines import lines
from analysis.charts.stacked_bars import stacked_bars
from analysis.policy.indices import limbo_days_by_type, limbo_days_by_year, sensitivity, undecided_by_month
from analysis.policy.reversals import tightening_actions, unstable_by_year
from analysis.policy.rules_numbers import NEWSPAPER_DAY
from analysis.policy.spells import IMPORT, TYPE_LABELS, core_spells, open_on

# What waits for what: three groups are as many as a stacked bar can carry.
GROUPS = {
    "Mandated, proposed or announced": ("mandate_pending", "proposed_pending", "announced_not_implemented"),
    "Temporary licence or licence queue": ("temporary_authorisation", "licence_queue"),
    "Reversed, suspended or not enforced": ("reversal", "suspended", "non_enforced"),
}
GROUP_COLOURS = {
    "Mandated, proposed or announced": theme.ACCENT,
    "Temporary licence or licence queue": theme.NEUTRAL,
    "Reversed, suspended or not enforced": theme.CONTRAST,
}
CHANNEL_NAMES = {"export": "Export controls", "china": "China"}
OTHER_CHANNELS = "Imports, networks, investment, tariffs"
CHANNEL_COLOURS = {"Export controls": theme.ACCENT, OTHER_CHANNELS: theme.NEUTRAL, "China": theme.CONTRAST}
UNION_RULE = "Days with at least one file open"  # not a count of files, so not in the range of counts


def group_of(limbo_type: str) -> str:
    """The group of a core type. Raises KeyError for a type shown apart."""
    for name, types in GROUPS.items():
        if limbo_type in types:
            return name
    raise KeyError(f"{limbo_type!r} is not a core type")


def limbo_days_figure(spells: pd.DataFrame, first_year: int, last_year: int, as_of: str) -> Figure:
    """Core limbo days by year in three groups, with the range over the other counting rules."""
    core = core_spells(spells)
    by_type = limbo_days_by_type(core, first_year, last_year, as_of)
    by_type["Group"] = by_type["limbo_type"].map(group_of)
    data = by_type.groupby(["year", "Group"], as_index=False)["limbo_days"].sum()
    data.columns = ["Year", "Group", "Limbo days"]
    total = limbo_days_by_year(core, first_year, last_year, as_of)
    counts = sensitivity(spells, first_year, last_year, as_of).drop(index=UNION_RULE)
    ranges = pd.DataFrame({"Year": counts.columns, "low": counts.min().to_numpy(), "high": counts.max().to_numpy()})
    table = data.pivot(index="Year", columns="Group", values="Limbo days").reindex(columns=list(GROUPS)).add_suffix(" (limbo days)")
    table["Total (limbo days)"] = total
    table["Lowest count under other rules"], table["Highest count under other rules"] = (
        ranges["low"].to_numpy(),
        ranges["high"].to_numpy(),
    )
    peak = total.idxmax()
    text = data.assign(Year=[_named(year, as_of) for year in data["Year"]])
    spans = ranges.assign(Year=[_named(year, as_of) for year in ranges["Year"]])
    return Figure(
        id="rules-limbo-days",
        unit="limbo days a year",
        evidence=("derived",),
        source_ids=tuple(dict.fromkeys(core["source_id"])),
        title=f"Most days of waiting, summed over files, fell in {peak}; a second wave from 2025 is partly decisions taken back",
        description=f"Stacked bars of core export-side limbo days for each year from {first_year} to {last_year}. Total "
        f"highest in {peak} "
        f"({total.max():,}), lowest in {total.idxmin()} ({total.min():,}). Brackets show the range of counts under other "
        f"rules; it is "
        "widest in the newest year, where several files have no known end.",
        data=table.reset_index(),
        chart=lambda width: stacked_bars(text, width, "Year", "Limbo days", "Group", GROUP_COLOURS, ranges=spans),
        note=(f"* Not a whole year: to {as_of}, as far as events are known. " if last_year == int(as_of[:4]) else "")
        + "A suspension whose end was only scheduled is counted to that day. Brackets: the same files under nine other counting "
        "rules.",
        how_to_read="One file waiting one day is one limbo day. The number above each bar is the count as published.",
    )


def _named(year: int, as_of: str) -> str:
    """The year as a chart names it: with a star when `as_of` lies in it, since it is not whole."""
    return f"{year}*" if str(year) == as_of[:4] else str(year)


def timeline_figure(spells: pd.DataFrame, events: pd.DataFrame, reversals: pd.DataFrame, as_of: str) -> Figure:
    """Every file in limbo as a lane, with tightening actions and reversals on top."""
    order = [*GROUPS, "Shown apart"]
    rows = spells.assign(
        group=[group_of(t) if core else "Shown apart" for t, core in zip(spells["limbo_type"], spells["core"], strict=True)],
        name=[
            ("~ " if s or e else "") + t
            for t, s, e in zip(spells["short_title"], spells["start_approximate"], spells["end_approximate"], strict=True)
        ],
        series=spells["channel"].map(CHANNEL_NAMES).fillna(OTHER_CHANNELS),
        style=spells["core"].map({True: "waiting", False: "apart"}),
        open=spells["end_kind"] != "settled",
    )
    rows["group"] = pd.Categorical(rows["group"], order, ordered=True)
    rows = rows.sort_values(["group", "start", "limbo_id"], kind="stable")
    rows["group"] = rows["group"].astype(str)
    actions = tightening_actions(events, reversals)
    undone = actions[actions["undone"]]
    busiest = undone["undone_on"].dt.year.value_counts()
    strips = {
        "Tightening actions on the export side": pd.DataFrame({"day": actions["date"], "colour": theme.ACCENT, "symbol": "tick"}),
        "Of these taken back, on this day": pd.DataFrame({"day": undone["undone_on"], "colour": theme.CONTRAST, "symbol": "cross"}),
    }
    known = f"{events['date'].max():%Y-%m-%d}"
    table = pd.DataFrame(
        {
            "File": rows["title"],
            "Group": rows["group"],
            "Instrument": rows["instrument"],
            "Why it waited": rows["limbo_type"].map(TYPE_LABELS),
            "Side": rows["series"],
            "From": rows["start"],
            "To (first day no longer counted)": rows["end"],
            "End": rows["end_kind"].map(
                {"settled": "settled", "scheduled": "scheduled, outcome not known", "last evidence": "not known, last seen open"}
            ),
            "Dates": [
                "approximate" if s or e else "exact"
                for s, e in zip(rows["start_approximate"], rows["end_approximate"], strict=True)
            ],
            "Days": rows["days"],
        }
    )
    return Figure(
        id="rules-timeline",
        unit="dates",
        evidence=("reported", "derived"),
        source_ids=tuple(dict.fromkeys(rows["source_id"])),
        title=f"The longest wait was {spells.loc[spells['core'], 'days'].max():,} days; {int(busiest.iloc[0])} of "
        f"{len(undone)} reversals "
        f"came in {busiest.index[0]}",
        description=f"Timeline from 2016 to 2026 with one lane for each of {len(rows)} files, in four groups. Two mandates of "
        f"2018 run "
        "longest, to May 2022. Marks on top show tightening actions on the export side and the days on which some were taken back: "
        f"{len(undone)} of {len(actions)}, most of them in {busiest.index[0]}.",
        data=table,
        chart=lambda width: limbo_lanes(
            rows,
            width,
            CHANNEL_COLOURS,
            "2016-01-01",
            as_of,
            strips,
            {NEWSPAPER_DAY: "newspaper text, late 2019", known: "events known to here"},
        ),
        note="Pale bars are counted apart: rules in force on an interim basis, investigations, pending bills, Chinese "
        "measures, proposals "
        "never acted upon. The file says nothing of what happened to the suspended Affiliates Rule on 10 November 2026.",
        how_to_read="A hatched bar is a file waiting to be settled. A question mark says that its end is not known or was "
        "only scheduled.",
    )


def reversals_figure(events: pd.DataFrame, reversals: pd.DataFrame, first_year: int, last_year: int) -> Figure:
    """Tightening actions by year, standing and taken back."""
    actions = tightening_actions(events, reversals)
    years = unstable_by_year(actions, first_year, last_year)
    table = pd.DataFrame(
        {
            "Year": years["year"],
            "Actions still standing (count)": years["actions"] - years["of_them_undone"],
            "Actions taken back (count)": years["of_them_undone"],
            "Median days until taken back": years["median_days"],
        }
    )
    long = table.melt("Year", ["Actions still standing (count)", "Actions taken back (count)"], "Fate", "Count")
    long["Fate"] = long["Fate"].str.replace("Actions ", "").str.replace(" (count)", "").str.capitalize()
    long["Year"] = long["Year"].astype(str)
    worst = years.loc[years["of_them_undone"].idxmax()]
    return Figure(
        id="rules-reversals",
        unit="tightening actions, count",
        evidence=("derived", "judged"),
        data=table,
        source_ids=tuple(dict.fromkeys(events.set_index("event_id").loc[actions["event_id"], "source_id"])),
        title=f"{int(worst['of_them_undone'])} of {int(worst['actions'])} tightening actions of {int(worst['year'])} were "
        f"taken back within months",
        description=f"Stacked bars of tightening actions on the export side by year, {first_year} to {last_year}: those still "
        f"standing and "
        f"those taken back. From 2019 to 2024 none was taken back; of {int(worst['actions'])} in {int(worst['year'])}, "
        f"{int(worst['of_them_undone'])} were.",
        chart=lambda width: stacked_bars(
            long, width, "Year", "Count", "Fate", {"Still standing": theme.ACCENT, "Taken back": theme.CONTRAST}, height=200
        ),
        note="Few actions a year: read counts, not shares. An action is taken back when it is withdrawn, dropped, suspended, "
        "or lifted by "
        "licences for those it had hit. Actions of the newest months had little time to be taken back.",
    )


def open_files_data(spells: pd.DataFrame, first: str, as_of: str) -> pd.DataFrame:
    """Mean number of core files open by month, export and import side; columns `Month`, `Side`, `Files open (monthly mean)`."""
    parts = []
    for channel, name in (("export", "Export side"), (IMPORT, "Import and network side")):
        monthly = undecided_by_month(core_spells(spells, channel), first, as_of)
        parts.append(
            pd.DataFrame({"Month": monthly["month"], "Side": name, "Files open (monthly mean)": monthly["open_files_mean"]})
        )
    return pd.concat(parts, ignore_index=True)


def open_files_figure(spells: pd.DataFrame, first: str, as_of: str) -> Figure:
    """Files open by month, export side and import side."""
    data = open_files_data(spells, first, as_of)
    peaks = data.loc[data.groupby("Side", sort=False)["Files open (monthly mean)"].idxmax()].set_index("Side")
    export = peaks.loc["Export side"]
    core = core_spells(spells, channel=None)
    shown = core[core["channel"].isin(["export", IMPORT])]
    day = open_on(shown, NEWSPAPER_DAY)
    return Figure(
        id="rules-open-files",
        unit="core files open, monthly mean",
        evidence=("derived",),
        data=data,
        source_ids=tuple(dict.fromkeys(shown["source_id"])),
        title=f"{int((day['channel'] == IMPORT).sum())} of {len(day)} files waiting when the newspaper wrote do not limit chip "
        f"sales",
        description="Lines of the number of core files open by month, export side and import side. The export side is "
        "highest in "
        f"{export['Month']:%B %Y} ({export['Files open (monthly mean)']:.1f} files), the import side between 2018 and early "
        f"2021 and zero "
        "afterwards.",
        chart=lambda width: lines(
            data.assign(evidence="derived"), width, x="Month", y="Files open (monthly mean)", series="Side", evidence="evidence",
            colours={"Export side": theme.ACCENT, "Import and network side": theme.CONTRAST},
            policy=pd.DataFrame({"date": [pd.Timestamp(NEWSPAPER_DAY)], "label": ["newspaper text"]}),
        ),
        note="Core files only. At its right end the line falls because no event is known, not because files were settled.",
    )
