"""What the model's chapters record and tabulate, so that their cells only call and show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.model.figures import MODEL_SOURCES, PART_NAMES
from analysis.model.published import published_value
from analysis.model.summary import LEVEL, OUTPUTS

METHOD = (
    "Monthly simulation over ten years, {draws:,} draws of the {version} parameters (data/parameters.yml), "
    "present values at 8% a year, market of 2018; scenario {scenario} of data/scenarios.yml"
)
VERSION_WORDS = {"prior": "prior", "informed": "informed (calibrated)", "no_persistence": "prior, contagion ends with the limbo"}


class Numbers:
    """Records the model's numbers on a page; ids and words are the chapter's, values and intervals the results'."""

    def __init__(self, page, results: Mapping, as_of: str, version: str = "prior") -> None:
        self._page, self._results, self._as_of, self._version = page, results, as_of, version

    def output(self, id: str, scenario: str, output: str, version: str | None = None, digits: int | None = None) -> None:
        """One output of one scenario with its interval."""
        version = version or self._version
        row = self._results["scenarios"].query("scenario == @scenario and output == @output and version == @version").iloc[0]
        meta = OUTPUTS[output]
        self._record(
            id,
            row["median"],
            row["low"],
            row["high"],
            label=f"{row['scenario_label']}: {meta.label}",
            unit=meta.unit,
            method=METHOD.format(draws=self._results["meta"]["draws"], version=VERSION_WORDS[version], scenario=scenario),
            digits=_digits(row["median"], meta.unit) if digits is None else digits,
        )

    def month(self, id: str, resolution: str, month: int, part: str = "total", version: str | None = None) -> None:
        """The cost of one more month of limbo after `month` months."""
        version = version or self._version
        row = (
            self._results["month_cost"]
            .query("resolution == @resolution and month == @month and part == @part and version == @version")
            .iloc[0]
        )
        words = {"open": "permission", "narrow_ban": "a narrow ban"}[resolution]
        what = "" if part == "total" else f", {PART_NAMES[part].lower()}"
        self._record(
            id,
            row["median"],
            row["low"],
            row["high"],
            unit="USD bn",
            digits=1,
            label=f"Cost of one more month of limbo after {month} months, ending in {words}{what}",
            method=f"Present value of lost US sales with {month + 1} months of limbo less that with {month}, same draws "
            f"({VERSION_WORDS[version]})",
        )

    def chance_costs_more(self, id: str, first: str, second: str, version: str | None = None) -> None:
        """Chance that the first policy costs more; the interval is that of the simulation, not of the judgement."""
        version = version or self._version
        row = self._results["gaps"].query("first == @first and second == @second and version == @version").iloc[0]
        low, high = simulation_interval(row["probability_first_costs_more"], self._results["meta"]["draws"])
        self._record(
            id,
            100 * row["probability_first_costs_more"],
            100 * low,
            100 * high,
            unit="%",
            digits=0,
            label=f"Chance that {_words(first)} costs more than {_words(second)} ({VERSION_WORDS[version]} draws)",
            method="Share of draws; the interval is the simulation error of that share alone",
        )

    def course(self, id: str, scenario: str, group: str, quantity: str, month: int, label: str, unit: str) -> None:
        """A point of a monthly course."""
        row = (
            self._results["course"]
            .query("scenario == @scenario and group == @group and quantity == @quantity and month == @month")
            .iloc[0]
        )
        self._record(
            id,
            row["median"],
            row["low"],
            row["high"],
            label=label,
            unit=unit,
            digits=0,
            method=f"Monthly course of scenario {scenario}, month {month}",
        )

    def dominated(self, id: str, policy: str, choice: str, *, mix: bool = False, denial: str = "denied_months_listed") -> None:
        """Chance that another policy, or a mix of two others, costs no more and denies no less."""
        row = self._results["frontier"].query("policy == @policy and choice == @choice and denial == @denial").iloc[0]
        share = float(row["probability_dominated_by_mix" if mix else "probability_dominated"])
        low, high = simulation_interval(share, self._results["meta"]["draws"])
        among = "all policies" if choice == "all" else "policies that need no allies"
        self._record(
            id,
            100 * share,
            100 * low,
            100 * high,
            unit="%",
            digits=0,
            label=f"Chance of being dominated{' by a mix' if mix else ''} among {among}: {row['label']}",
            method="Share of draws in which another policy"
            + (", or a mix of two others," if mix else "")
            + " costs no more and denies no less; the interval is the simulation error alone",
        )

    def price_of_denial(self, id: str, policy: str) -> None:
        """Lost sales for each month of access denied to the listed customer."""
        row = (
            self._results["frontier"].query("policy == @policy and choice == 'alone' and denial == 'denied_months_listed'").iloc[0]
        )
        self._record(
            id,
            row["price"],
            row["price_low"],
            row["price_high"],
            unit="USD bn",
            digits=1,
            label=f"Lost sales per month of access denied to the listed customer: {row['label']}",
            method="Present value of lost sales over denied months, draw by draw; a ratio, not a value put on security",
        )

    def reported(
        self, id: str, published: pd.DataFrame, key: Sequence[str], *, label: str, unit: str, digits: int = 0, field: str = "value"
    ) -> None:
        """A figure of a published study, as it stands in the table of published results."""
        self._page.number(
            id,
            published_value(published, key, field),
            label=label,
            unit=unit,
            cls="reported",
            as_of=self._as_of,
            method="As reported by the study",
            sources=[key[0]],
            digits=digits,
        )

    def replicated(self, id: str, row_id: str, *, digits: int = 0) -> None:
        """The reported value of a row of the replication, which may be arithmetic on two reported figures."""
        row = self._results["replication"].set_index("id").loc[row_id]
        self.derived(
            id,
            row["reported"],
            label=f"{row['quantity']}, reported",
            unit=row["unit"],
            digits=digits,
            sources=(row["study"],),
            method="As reported, or the change between two reported figures",
        )

    def modelled(self, id: str, value: float, low: float, high: float, **words) -> None:
        """Any other modelled number with its interval."""
        self._record(id, value, low, high, **words)

    def derived(self, id: str, value: float, *, label: str, unit: str, method: str, digits: int = 0, sources=MODEL_SOURCES) -> None:
        """Arithmetic on results, without an interval of its own."""
        self._page.number(
            id,
            float(value),
            label=label,
            unit=unit,
            cls="derived",
            as_of=self._as_of,
            method=method,
            sources=list(sources),
            digits=digits,
        )

    def _record(self, id, value, low, high, *, label, unit, method, digits, sources=MODEL_SOURCES) -> None:
        value, low, high = (0.0 if abs(v) < 0.5 * 10.0**-digits else float(v) for v in (value, low, high))  # no "-0"
        self._page.number(
            id,
            value,
            label=label,
            unit=unit,
            cls="modelled",
            as_of=self._as_of,
            method=method,
            sources=list(sources),
            low=low,
            high=high,
            level=LEVEL,
            digits=digits,
        )


def simulation_interval(share: float, draws: int) -> tuple[float, float]:
    """Wilson's 90% interval of a share seen in `draws` draws."""
    z = 1.6449
    centre = (share + z**2 / (2 * draws)) / (1 + z**2 / draws)
    half = z / (1 + z**2 / draws) * np.sqrt(share * (1 - share) / draws + z**2 / (4 * draws**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def _digits(value: float, unit: str) -> int:
    return 0 if unit in ("jobs", "months") or abs(value) >= 20 else 1


def _words(scenario: str) -> str:
    return scenario.replace("_", " ")
