"""The published studies in words: what a reader of the back-test sees instead of ids."""

from __future__ import annotations

import pandas as pd

EPISODE = "ep_"
"""Ids of episodes begin so; what is known of one comes from several publishers, so it goes by its title."""

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
