"""A small registry for the publishing tests: one number of each class, with and without an interval."""

from __future__ import annotations

import pytest

from analysis.registry.numbers import Number


def number(id: str, value: float, unit: str = "days", cls: str = "derived", **more) -> Number:
    given = dict(id=id, value=value, unit=unit, cls=cls, label=f"Label of {id}", as_of="2025-12-31", page=id.split(".")[0],
                 method="Sum over spells", sources=("bis-1",))
    return Number(**{**given, **more})


REGISTRY = (
    number("rules.limbo_days.2019", 1122.0, label="Days undecided, 2019"),
    number("rules.limbo_days.2020", 1944.0, label="Days undecided, 2020"),
    number("sales.china.2022", 36.2, "USD bn", "reported", label="Sales to China, 2022", sources=("sia-1",), digits=1),
    number("sales.chinese_firms.2022", 24.5, "USD bn", "estimated", low=20.1, high=29.9, level=90.0, digits=1,
           label="Sales to Chinese firms, 2022", sources=("sia-1", "bis-1"), figure="sales-lenses"),
    number("cost.month", 0.85, "USD bn", "modelled", low=-0.2, high=2.4, level=90.0, digits=2,
           label="Cost of one more month", figure="cost-of-a-month"),
    number("cost.weight", 0.5, "ratio", "judged", low=0.2, high=0.8, level=80.0, digits=2, label="Weight of denial"),
)


@pytest.fixture
def numbers() -> dict[str, Number]:
    return {n.id: n for n in REGISTRY}
