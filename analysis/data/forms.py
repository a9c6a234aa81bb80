"""The forms that texts must have, said by example: nobody should have to read a regular expression to mend a row."""

from __future__ import annotations

import re

from analysis.data.columns import ACCESSION, FISCAL_QUARTER, FISCAL_YEAR, MONTH, PERIOD, SOURCE_ID
from analysis.data.policy_schemas import EVENT

EXAMPLES: dict[str, tuple[str, ...]] = {
    FISCAL_YEAR: ("FY2024", "FY2024-Q3", "FY2024-H1", "FY2024-9M", "CY2024", "2024-01-29 to 2024-07-28"),
    PERIOD: ("2024", "FY2024", "2024-07", "2024-Q3", "2024-H1", "2024-01/2024-07"),
    MONTH: ("2024-07",),
    rf"\d{{4}}|{MONTH}|{MONTH}-\d{{2}}": ("2024-07-15", "2024-07", "2024"),
    r"(FY)?\d{4}(-\d\d)?": ("2024", "FY2024", "2019-20"),
    SOURCE_ID: ("nvidia-10k-fy2024", "bcg_sia_2020"),
    FISCAL_QUARTER: ("FY2024-Q3",),
    r"K\d{2}": ("K07",),
    ACCESSION: ("0001045810-24-000029",),
    EVENT: ("P101",),
    r".{3,34}": ("Huawei listed", "3 to 34 characters"),
    r"L\d{2}": ("L35",),
    r"C\d{2,3}": ("C56",),
    r"H\d{3}": ("H103",),
    r"[A-Z]{1,5}": ("NVDA", "capital letters only"),
    r"[A-Za-z0-9_]+": ("US_X_8542_CN", "letters, digits and underscores"),
    r"[A-Z0-9_]+": ("EPU_US_NEWS", "capital letters, digits and underscores"),
    r"[a-z0-9_]+": ("section301", "small letters, digits and underscores"),
    r"[A-Za-z0-9_.]+": ("us_export_ban", "letters, digits, underscores and dots"),
    r"[a-z0-9_]+(\.[a-z0-9_]+)+": ("rules.limbo_days.core.2019",),
    r"[a-z_]+": ("us_exports", "small letters and underscores"),
    r"https?://\S+": ("https://www.census.gov/foreign-trade",),
}


def expected_form(pattern: str) -> str:
    """What a message says a text should look like: 'a form such as FY2024, FY2024-Q3 or CY2024'; words for a set of letters.

    A pattern without an example is shown itself.
    """
    examples = EXAMPLES.get(pattern)
    if not examples:
        return f"the form {pattern}"
    fitting = [example for example in examples if re.fullmatch(pattern, example)]
    words = "".join(f" ({example})" for example in examples if example not in fitting)
    return "a form such as " + " or ".join(filter(None, [", ".join(fitting[:-1]), fitting[-1]])) + words
