"""What was asked for and did not come, in one line a series: a gap is named, never taken as zero and never passed over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from analysis.sources.span import Span


def monthly_gaps(asked: Span, series: Mapping[str, Collection[str]]) -> Iterator[str]:
    """What is missing of each named series, whose months (YYYY-MM) are given; a series that is absent is given without months.

    Months after the newest of any series are said once: they are not published yet.
    """
    newest = max((month for months in series.values() for month in months), default="")
    if asked.first <= newest < asked.last:
        yield f"nothing is there yet after {newest} (asked for up to {asked.last})"
    for name, months in series.items():
        if not months:
            yield f"{name} has no value at all for {asked.first} to {asked.last} (left out, not taken as zero)"
            continue
        lacking = [month for month in asked.months if month <= newest and month not in months]
        if lacking:
            yield f"{name} has no value for {', '.join(runs(lacking, asked.months))} (left out, not taken as zero)"


def yearly_gaps(years: Sequence[str], reporters: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Which reporters lack which of the `years` (in order), given the years that each has; a year that all lack is said once."""
    nobody = [year for year in years if not any(year in have for have in reporters.values())]
    if nobody and len(reporters) > 1:
        yield f"nobody has reported {', '.join(runs(nobody, years))} yet"
    for name, have in reporters.items():
        lacking = [year for year in years if year not in have and (year not in nobody or len(reporters) == 1)]
        if lacking:
            yield f"{name} has not reported {', '.join(runs(lacking, years))} (left out, not taken as zero)"


def runs(chosen: Sequence[str], order: Sequence[str]) -> list[str]:
    """Neighbours in `order` drawn together: 2023-05, 2023-07 to 2023-09."""
    parts: list[list[str]] = []
    for one in chosen:
        if parts and order.index(one) == order.index(parts[-1][-1]) + 1:
            parts[-1].append(one)
        else:
            parts.append([one])
    return [part[0] if len(part) == 1 else f"{part[0]}{', ' if len(part) == 2 else ' to '}{part[-1]}" for part in parts]
