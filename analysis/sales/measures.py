"""A figure that knows what it measures, and arithmetic that refuses to mix measurements.

Every lens returns :class:`Measure` objects. `add`, `change_pct`, `ratio` and `share_pct` check what each side counts before they
compute, and raise the named error of :mod:`analysis.sales.errors` when a trap of the sales data is stepped into.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.registry.quantity import Quantity
from analysis.sales import errors

COUNTS = ("sales", "shipments", "permission", "chip spending", "purchases", "imports", "market")
HONG_KONG = ("included", "excluded", "only", "not stated")


@dataclass(frozen=True)
class Measure:
    """One figure with all that decides what it may be combined with.

    `counts` is what the figure counts (see COUNTS), `basis` how it is attributed to China (billing, ship_to, hq,
    facility, destination, origin, buyer_hq …), `hong_kong` whether Hong Kong is inside, `vintage` the release of a
    restated series, `origin_rule` the customs rule for imports by origin, `restated` whether the figure was recast,
    `definition` the publisher's own definition where several compete.
    """

    label: str
    value: float
    unit: str
    period: str
    counts: str
    basis: str
    period_type: str = "annual"
    hong_kong: str = "not stated"
    taiwan: str = "excluded"
    scope: str = "chips"
    vintage: str = ""
    origin_rule: str = ""
    restated: str = ""
    definition: str = ""
    firm: str = ""
    evidence: str = "reported"
    grade: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.counts not in COUNTS:
            raise ValueError(f"{self.label}: counts {self.counts!r} is not one of {', '.join(COUNTS)}")
        if self.hong_kong not in HONG_KONG:
            raise ValueError(f"{self.label}: hong_kong {self.hong_kong!r} is not one of {', '.join(HONG_KONG)}")

    def quantity(self) -> Quantity:
        """The figure as a page records it; label and period are words that come with it."""
        return Quantity(self.value, f"{self.period[-4:]}-12-31", self.sources, cls=self.evidence, unit=self.unit,
                        words={"what": self.label, "period": self.period})


def add(measures: Sequence[Measure], label: str) -> Measure:
    """The sum of figures that measure the same thing for different firms or parts.

    Raises the trap's error when they do not (see :func:`check_alike`), :class:`HongKongMismatchError` when Hong Kong would be
    counted twice, :class:`RepeatedFirmYearError` when one firm appears twice.
    """
    if not measures:
        raise errors.MissingFigureError(f"{label}: nothing to add")
    first = measures[0]
    for other in measures[1:]:
        check_alike(first, other, same_period=True)
    hong_kong = _hong_kong_of_sum([m.hong_kong for m in measures], label)
    firms = [m.firm for m in measures if m.firm]
    if len(set(firms)) < len(firms):
        twice = sorted({f for f in firms if firms.count(f) > 1})
        raise errors.RepeatedFirmYearError(f"{label}: {', '.join(twice)} would be counted twice in {first.period}")
    return replace(
        first,
        label=label,
        value=sum(m.value for m in measures),
        firm="",
        hong_kong=hong_kong,
        evidence="derived",
        grade=max((m.grade for m in measures), default=""),
        sources=_sources(measures),
    )


def change_pct(earlier: Measure, later: Measure, *, accept_origin_break: bool = False) -> float:
    """Percentage change between two periods of one series; refuses breaks of basis, vintage, restatement and origin rule.

    `accept_origin_break=True` is for showing the size of the April 2025 break itself, with its note.
    """
    if earlier.basis != later.basis and earlier.firm and earlier.firm == later.firm:
        raise errors.BasisBreakError(
            f"{earlier.firm}: {earlier.period} is on the {earlier.basis} basis and {later.period} on {later.basis}; "
            "the difference is not a change of sales"
        )
    check_alike(earlier, later, same_period=False, accept_origin_break=accept_origin_break)
    _check_hong_kong(earlier, later)
    return 100 * (later.value / earlier.value - 1)


def ratio(numerator: Measure, denominator: Measure) -> float:
    """How many times one lens is another, for one period. The bases may differ (that is the point); Hong Kong may not.

    Raises for permissions against sales, different Hong Kong coverage, scope, unit or period.
    """
    _check_permission(numerator, denominator)
    _check_hong_kong(numerator, denominator)
    _check_scope(numerator, denominator)
    _check_taiwan(numerator, denominator)
    if numerator.unit != denominator.unit:
        raise errors.MixedUnitError(f"{numerator.label} is in {numerator.unit}, {denominator.label} in {denominator.unit}")
    if numerator.period != denominator.period:
        raise errors.MixedUnitError(f"{numerator.label} is for {numerator.period}, {denominator.label} for {denominator.period}")
    return numerator.value / denominator.value


def share_pct(part: Measure, whole: Measure) -> float:
    """A part as percentage of its whole, both alike but for coverage."""
    return 100 * ratio(part, whole)


def in_billions(measure: Measure) -> Measure:
    """The same figure in USD bn."""
    if measure.unit == "USD bn":
        return measure
    if measure.unit != "USD m":
        raise errors.MixedUnitError(f"{measure.label} is in {measure.unit}, not in dollars")
    return replace(measure, value=measure.value / 1000, unit="USD bn")


def check_alike(a: Measure, b: Measure, *, same_period: bool, accept_origin_break: bool = False) -> None:
    """Raise the error that names the first thing in which two figures differ."""
    _check_permission(a, b)
    _check_scope(a, b)
    _check_taiwan(a, b)
    pairs = (
        ("basis", errors.MixedBasisError),
        ("period_type", errors.MixedPeriodTypeError),
        ("vintage", errors.MixedVintageError),
        ("restated", errors.RestatementError),
        ("definition", errors.MixedDefinitionError),
        ("counts", errors.MixedDefinitionError),
        ("unit", errors.MixedUnitError),
    )
    for attribute, error in pairs:
        left, right = getattr(a, attribute), getattr(b, attribute)
        if left != right:
            raise error(f"{a.label} ({a.period}) has {attribute} {left!r}, {b.label} ({b.period}) has {right!r}")
    if a.origin_rule != b.origin_rule and not accept_origin_break:
        raise errors.OriginRuleBreakError(
            f"{a.label} {a.period} and {b.label} {b.period}: from 11 April 2025 China records the wafer-fab site as origin"
        )
    if same_period and a.period != b.period:
        raise errors.MixedUnitError(f"{a.label} is for {a.period}, {b.label} for {b.period}")


def _check_permission(a: Measure, b: Measure) -> None:
    if (a.counts == "permission") != (b.counts == "permission"):
        licence, other = (a, b) if a.counts == "permission" else (b, a)
        raise errors.LicenceIsNotASaleError(f"{licence.label} is a permission, {other.label} counts {other.counts}")


def _check_scope(a: Measure, b: Measure) -> None:
    if a.scope != b.scope:
        raise errors.MixedScopeError(f"{a.label} covers {a.scope}, {b.label} covers {b.scope}")


def _check_taiwan(a: Measure, b: Measure) -> None:
    for measure in (a, b):
        if measure.taiwan == "included":
            raise errors.TaiwanIncludedError(f"{measure.label} {measure.period}: the China line includes Taiwan")


def _check_hong_kong(a: Measure, b: Measure) -> None:
    known = {a.hong_kong, b.hong_kong} - {"not stated"}
    if len(known) > 1:
        raise errors.HongKongMismatchError(f"{a.label}: Hong Kong {a.hong_kong}; {b.label}: Hong Kong {b.hong_kong}")


def _hong_kong_of_sum(states: list[str], label: str) -> str:
    """Mainland plus Hong Kong is 'included'; Hong Kong on top of a figure that has it already is an error."""
    if "only" not in states:
        known = set(states) - {"not stated"}
        if len(known) > 1:
            raise errors.HongKongMismatchError(f"{label}: some parts include Hong Kong, others leave it out")
        return states[0] if len(set(states)) == 1 else "not stated"
    if states.count("only") == len(states):
        return "only"
    if sorted(states) == ["excluded", "only"]:
        return "included"
    raise errors.HongKongMismatchError(f"{label}: Hong Kong would be added to figures that may already include it")


def _sources(measures: Sequence[Measure]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s for m in measures for s in m.sources))
