"""Units as labels, axes and columns write them."""

from __future__ import annotations

import re


def unit_label(unit: str) -> str:
    """A unit, or a text that names one, for a reader, from its code in the data.

    >>> unit_label("USD bn per year"), unit_label("pp")
    ('US$ bn per year', 'pp')
    """
    return re.sub(r"\bUSD\b", "US$", unit)
