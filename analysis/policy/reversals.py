"""The unstable index: how many tightening actions were taken back, and how soon.

An *action* is a tightening that an agency puts into effect itself: a listing, an order, a rule, a letter, a licence
decision. Bills, letters from Congress, testimony and statutes that only mandate a rule are not actions. `reversals` (a hand-coded
table) says which actions were undone, by which event, on which day and how far:

- *withdrawn*: the measure itself was removed, dropped or suspended;
- *lifted*: the measure stayed on the books, its effect on those it had hit was lifted by licences;
- *partial*: some transactions were exempted, most were not.

Shares rest on few actions, so each has a Jeffreys interval (Brown, Cai and DasGupta 2001, Statistical Science 16), and the
one-year share is also given by the Kaplan–Meier estimator, which uses actions whose first year is not over yet.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from analysis.policy.spells import EXPORT

ACTION_INSTRUMENTS = frozenset({
    "Entity List", "denial order", "final rule", "interim final rule", "FDPR", "is-informed letter", "licence", "guidance", "order",
})
UNDONE_IN_EFFECT = ("withdrawn", "lifted")
YEAR_DAYS = 365


def tightening_actions(events: pd.DataFrame, reversals: pd.DataFrame, reaches: tuple[str, ...] = UNDONE_IN_EFFECT,
                       channel: str = EXPORT, known_to: str | pd.Timestamp | None = None) -> pd.DataFrame:
    """One row per tightening action, with the first day on which it was undone to the given `reaches`.

    Arguments: `events` (policy_events), `reversals` (the table of that name), `known_to` the day to which events are known
    (default: the newest event in the file). Actions dated later than `known_to` are left out.
    Returns columns `event_id`, `date`, `title`, `instrument`, `grade`, `undone_on`, `undone_by`, `how`, `undone` (bool),
    `days_to_reversal` (NaN when not undone), `potential_days` (from the action to `known_to`), `days_followed` (to the
    reversal or to `known_to`).
    """
    known_to = pd.Timestamp(known_to) if known_to is not None else events["date"].max()
    parts = events["instrument"].str.split(";").map(lambda tokens: {t.strip() for t in tokens})
    is_action = parts.map(lambda tokens: bool(tokens & ACTION_INSTRUMENTS))
    chosen = (events["direction"] == "tighten") & (events["channel"] == channel) & is_action & (events["date"] <= known_to)
    actions = events.loc[chosen, ["event_id", "date", "title", "instrument", "grade"]]
    relevant = reversals[reversals["reach"].isin(reaches) & (reversals["undone_on"] <= known_to)]
    first = relevant.sort_values("undone_on").drop_duplicates("event_id")
    table = actions.merge(first[["event_id", "undone_on", "undone_by", "how"]], on="event_id", how="left")
    table["undone"] = table["undone_on"].notna()
    table["days_to_reversal"] = (table["undone_on"] - table["date"]).dt.days.astype(float)
    table["potential_days"] = (known_to - table["date"]).dt.days
    table["days_followed"] = table["days_to_reversal"].fillna(table["potential_days"])
    return table.sort_values("date", kind="stable").reset_index(drop=True)


def jeffreys_interval(successes: int, trials: int, level: float = 0.90) -> tuple[float, float]:
    """Equal-tailed Jeffreys interval of a share, with the usual closing of the ends at 0 and 1. (nan, nan) for no trials."""
    if trials == 0:
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else stats.beta.ppf(tail, successes + 0.5, trials - successes + 0.5)
    high = 1.0 if successes == trials else stats.beta.ppf(1 - tail, successes + 0.5, trials - successes + 0.5)
    return float(low), float(high)


def share_undone(actions: pd.DataFrame, within_days: int = YEAR_DAYS, level: float = 0.90) -> dict[str, float]:
    """Share of actions undone within `within_days`, among those that could be followed that long.

    An action undone recently is followed less than a year; counting it while leaving out its contemporaries that still
    stand would bias the share upwards. So the share uses only actions taken `within_days` before the end of follow-up.
    Returns `undone`, `actions`, `share_pct`, `low_pct`, `high_pct`, `level_pct`, `too_recent` (actions left out).
    """
    complete = actions[actions["potential_days"] >= within_days]
    undone = int((complete["days_to_reversal"] <= within_days).sum())
    low, high = jeffreys_interval(undone, len(complete), level)
    return {
        "undone": undone, "actions": len(complete),
        "share_pct": 100 * undone / len(complete) if len(complete) else float("nan"),
        "low_pct": 100 * low, "high_pct": 100 * high, "level_pct": 100 * level,
        "too_recent": len(actions) - len(complete),
    }


def kaplan_meier_share(actions: pd.DataFrame, within_days: int = YEAR_DAYS, level: float = 0.90) -> dict[str, float]:
    """Probability of being undone within `within_days` by Kaplan–Meier, with a log-log interval; shares in per cent.

    Uses every action, also those followed for less than a year. Without any reversal the estimate is 0 and the upper end is
    the Jeffreys bound on the number of actions.
    """
    n = len(actions)
    early = actions["days_to_reversal"] <= within_days
    if not early.any():
        return {"share_pct": 0.0, "low_pct": 0.0, "high_pct": 100 * jeffreys_interval(0, n, level)[1], "level_pct": 100 * level}
    survival = SurvfuncRight(actions["days_followed"].to_numpy(float), actions["undone"].to_numpy(int))
    at = np.searchsorted(survival.surv_times, within_days, side="right") - 1
    s, se = survival.surv_prob[at], survival.surv_prob_se[at]
    if 0 < s < 1:
        z = stats.norm.ppf(0.5 + level / 2)
        half = z * se / (s * abs(np.log(s)))
        low, high = 1 - s ** np.exp(-half), 1 - s ** np.exp(half)
    else:  # every action undone: the log-log interval does not exist
        low, high = jeffreys_interval(int(early.sum()), n, level)
    return {"share_pct": 100 * (1 - s), "low_pct": 100 * low, "high_pct": 100 * high, "level_pct": 100 * level}


def unstable_by_year(actions: pd.DataFrame, first_year: int, last_year: int) -> pd.DataFrame:
    """Counts by calendar year: `actions` taken, `of_them_undone` (ever), `reversals` (undone in that year), `median_days`."""
    years = pd.Index(range(first_year, last_year + 1), name="year")
    taken = actions.groupby(actions["date"].dt.year).agg(
        actions=("event_id", "size"), of_them_undone=("undone", "sum"), median_days=("days_to_reversal", "median"))
    undone_in = actions["undone_on"].dropna().dt.year.value_counts()
    table = taken.reindex(years)
    table["reversals"] = undone_in.reindex(years)
    counts = ["actions", "of_them_undone", "reversals"]
    table[counts] = table[counts].fillna(0).astype(int)
    return table.reset_index()
