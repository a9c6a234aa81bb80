"""The published studies and their assumptions in words: what a reader of the back-test sees instead of names in the data."""

from __future__ import annotations

import re

import pandas as pd

EPISODE = "ep_"
"""Ids of episodes begin so; what is known of one comes from several publishers, so it goes by its title."""

ASSUMPTIONS = {
    "adjustment_months": "months in which stocks adjust",
    "base": "base",
    "base_pct": "share at the start, %",
    "change_pct": "change, %",
    "china": "China",
    "chinese_sales": "yearly sales to Chinese firms, US$ bn",
    "customer_share_pct": "customer's share of the supplier's revenue, %",
    "delay_months": "months a redesign takes",
    "demand_share_pct": "China's share of world demand, %",
    "elasticity": "elasticity",
    "europe": "Europe",
    "gain_per_point": "gain for each point lost",
    "hazard": "design-out hazard a month",
    "japan": "Japan",
    "jobs_low": "jobs in the low case",
    "korea": "Korea",
    "licence_free_share": "share of sales that needs no licence",
    "limbo_months": "months of limbo",
    "lost": "sales lost, US$ bn",
    "lost_pp": "points of share lost",
    "lost_share_pct": "part of the customer lost, %",
    "multiplier": "multiplier of the second round",
    "other": "others",
    "phases": "course",
    "sales": "sales, US$ bn",
    "sales_high": "sales in the high case, US$ bn",
    "sales_low": "sales in the low case, US$ bn",
    "self_sufficiency_pct": "part of demand supplied at home, %",
    "share_change_pp": "change of share, points",
    "stockpile_months": "months of stock built",
    "substitutable": "part that can be replaced",
    "taiwan": "Taiwan",
    "us_share_of_demand_pct": "US share of that demand, %",
    "us_share_pct": "US share, %",
    "years": "years",
}
"""Name of an assumption in `replication.yml` → words."""

_GIVEN = re.compile(r"(?P<name>[a-z_]+) = ")


def study_names(published: pd.DataFrame) -> dict[str, str]:
    """Short names of the studies in `published_results`, by id: publisher and year, or the title of an episode.

    >>> study_names(pd.DataFrame({"study_id": ["bcg", "ep_h20"], "publisher": ["BCG", "press"], "year": [2020, 2025],
    ...                           "title": ["How trade ends", "The licence for the H20"]}))
    {'bcg': 'BCG, 2020', 'ep_h20': 'The licence for the H20'}
    """
    first = published.drop_duplicates("study_id")
    return {
        row.study_id: row.title if row.study_id.startswith(EPISODE) or pd.isna(row.year) else f"{row.publisher}, {row.year:.0f}"
        for row in first.itertuples()
    }


def assumption_words(text: str) -> str:
    """A list of assumptions, 'hazard = 0.1; years = 2' or 'hazard, years', in words. Raises KeyError for a name without any.

    >>> assumption_words("limbo_months = 4; hazard = 0.1")
    'months of limbo: 4; design-out hazard a month: 0.1'
    """
    if " = " in text:
        return _GIVEN.sub(lambda given: f"{ASSUMPTIONS[given['name']]}: ", text)
    return ", ".join(ASSUMPTIONS[name] for name in text.split(", ")) if text else ""
