"""What goes into the compiled month loop and what comes out of it; parameters go in under their own names (kernel.Inputs)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Prepared(NamedTuple):
    """What :func:`analysis.model.preparation.prepare` works out of the parameters; (n,) unless stated there. `share`, of the
    segments in US sales, is filled in before."""

    share: np.ndarray
    sales: np.ndarray
    weight: np.ndarray
    base: np.ndarray
    substitutable: np.ndarray
    world_base: np.ndarray
    share_elsewhere: np.ndarray
    sigma: np.ndarray
    depreciation: np.ndarray
    lag: np.ndarray
    coverage: np.ndarray
    expected_loss: np.ndarray
    reversal: np.ndarray
    licensed_share: np.ndarray
    growth: np.ndarray
    discount: np.ndarray


class Policy(NamedTuple):
    """One branch of the policy path (:class:`analysis.model.policy_path.PolicyPath`) and what follows from it month by month."""

    limbo: np.ndarray  # (months, groups, products)
    denied: np.ndarray  # (months, groups, products)
    limbo_share: np.ndarray  # (months,) the largest limbo of the month
    named: np.ndarray  # (months, groups) 1 where a rule or limbo touches the group
    doubted: np.ndarray  # (months, groups) 1 where the group has some of its permissions back
    rule_age: np.ndarray  # (months,)
    limbo_before: np.ndarray  # (months,)
    pending: np.ndarray  # (months,) 1 where a rule of unknown scope over Chinese customers is announced
    restored: np.ndarray  # (months, groups, products) 1 where a permission follows a limbo or a ban
    dropped: np.ndarray  # (months,) 1 where a pending rule has come to nothing
    width: np.ndarray  # (groups, products, segments) how much of a segment's sales to the group a product is
    present: np.ndarray  # (groups, products) 0 where a group buys nothing of a product
    memory: np.ndarray  # (products,) True for memory
    segment: np.ndarray  # (products,) a segment that the product is part of
    relative_substitutability: np.ndarray  # (segments,) in proportion to each other
    retaliation: bool
    allies: float  # 1 where allied suppliers join the rule, else 0
    tgl_days: float  # length of one temporary licence
    demand: np.ndarray  # (months,) world demand over the base year; empty: growth from the parameters


class Results(NamedTuple):
    """Zeros to which the kernel adds, month by month; `course` is empty unless the monthly course is wanted."""

    present_value: np.ndarray  # (losses, n)
    losses: np.ndarray  # (losses, years, n)
    purchases: np.ndarray  # (groups, years, n)
    won_by_chinese: np.ndarray  # (years, n) sales won through other Chinese makers, a part of what is diverted
    revenue: np.ndarray  # (years, n)
    baseline: np.ndarray
    rivals: np.ndarray
    yearly: np.ndarray  # (quantities of outcome.YEARLY, years, n)
    discounted: np.ndarray  # (2, n): research and capital spending not done, in months of the baseline
    denied: np.ndarray  # (2, n) months: listed, other Chinese
    legal: np.ndarray  # (2, n) the same before stocks
    denied_discounted: np.ndarray  # (2, n) months of denied access at present value
    rivals_discounted: np.ndarray  # (n,) US$ bn
    course: np.ndarray  # (COURSE, months, n)
    months_of_year: np.ndarray  # (years,)


COURSE = (
    "purchases_listed",
    "purchases_unlisted",
    "purchases_elsewhere",
    "stock_listed",
    "stock_unlisted",
    "stock_elsewhere",
    "designed_out_listed",
    "designed_out_unlisted",
    "designed_out_elsewhere",
    "served_listed",
    "served_unlisted",
    "served_elsewhere",
    "limbo",
    "ripple",
    "denied_listed",
    "denied_unlisted",
)
"""Rows of the monthly course."""

RESULT_SHAPES: dict[str, tuple[int | str, ...]] = {
    "present_value": ("losses", "n"),
    "losses": ("losses", "years", "n"),
    "purchases": ("groups", "years", "n"),
    "won_by_chinese": ("years", "n"),
    "revenue": ("years", "n"),
    "baseline": ("years", "n"),
    "rivals": ("years", "n"),
    "yearly": ("yearly", "years", "n"),
    "discounted": (2, "n"),
    "denied": (2, "n"),
    "legal": (2, "n"),
    "denied_discounted": (2, "n"),
    "rivals_discounted": ("n",),
    "course": (len(COURSE), "course_months", "n"),
    "months_of_year": ("years",),
}
PREPARED_SHAPES: dict[str, tuple[int | str, ...]] = {
    **dict.fromkeys(Prepared._fields, ("n",)),
    "share": ("segments", "n"),
    "sales": ("groups", "n"),
    "weight": ("groups", "products", "n"),
    "base": ("groups", "products", "n"),
    "substitutable": ("products", "n"),
}
"""Shapes of the records by field, with the names of sizes that a run decides; the browser makes its own from the same table."""
