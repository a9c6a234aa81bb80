"""What the model's chapters record and tabulate, so that their cells only call and show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.model.figures import MODEL_SOURCES, PART_NAMES
from analysis.model.published import published_value
from analysis.model.summary import LEVEL, OUTPUTS

METHOD = (
    "Monthly simulation over ten years, {draws:,} draws of the {version} parameters (data/parameters.yml, sales from the "
    "estimate), present values at {discount:g}% a year, market of 2018; scenario {scenario} of data/scenarios.yml"
)
VERSION_WORDS = {"prior": "prior", "informed": "informed (calibrated)", "no_persistence": "prior, contagion ends with the limbo"}


class Numbers:
    """Records the model's numbers on a page; ids and words are the chapter's, values and intervals the results'."""

    def __init__(self, page, results: Mapping, version: str = "prior") -> None:
        self._page, self._results, self._version = page, results, version

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
            method=self._method(version, scenario),
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

    def _method(self, version: str, scenario: str) -> str:
        meta = self._results["meta"]
        return METHOD.format(draws=meta["draws"], version=VERSION_WORDS[version], scenario=scenario,
                             discount=meta["discount_rate_pct_per_year"])

    def today(self, id: str, scenario: str, output: str = "pv_lost_sales_usd_bn") -> None:
        """One output of a scenario of late 2026, at the exposures of 2025."""
        row = self._results["today"].query("scenario == @scenario and output == @output").iloc[0]
        self._record(id, row["median"], row["low"], row["high"], label=f"{row['scenario_label']}: {row['label']}", unit=row["unit"],
                     digits=_digits(row["median"], row["unit"]), method=self._method("prior", scenario) + "; exposures of 2025")

    def counted(self, id: str, period: str) -> None:
        """Cost of a limbo as long as the policy file counts in a period, and (`.days`) that count."""
        row = self._results["counted_limbo"].set_index("period").loc[period]
        words = f"{row['target']}, {row['from']} to {row['to']}"
        self._record(id, row["median"], row["low"], row["high"], unit="USD bn", digits=0,
                     label=f"Cost of a limbo as long as counted: {words}",
                     method="The days counted as months of one limbo that ends in permission, simulated as the scenarios are")
        self.derived(f"{id}.days", row["days"], label=f"Days with at least one core export-side file open: {words}", unit="days",
                     method="Days inside a core export-side spell of the policy file whose target names them")

    def gain(self, id: str, policy: str, *homes: str) -> None:
        """Sales won by firms of some homes."""
        rows = self._results["gainers"].query("policy == @policy and home in @homes")
        whose = " and ".join(homes) if len(homes) < 3 else "the allies"
        self._record(id, *(rows[column].sum() for column in ("median", "low", "high")), unit="USD bn", digits=0,
                     label=f"{rows['label'].iloc[0]}: sales won by firms of {whose}",
                     method="Rivals' gain, split as in ITIF's study of full decoupling; parts of one gain, so their ends add up")

    def ensemble(self, id: str, headline: str) -> None:
        """Least and most chance of a headline over the variants (`.least`, `.most`), how many variants, and how many turn it."""
        rows = self._results["ensemble"].query("headline == @headline")
        chances, label = 100 * rows["probability_positive"], rows["label"].iloc[0]
        base = rows.loc[rows["variant"] == "base", "holds"].iloc[0]
        method = "Share of draws in which the sentence holds, under each variant of the structural ensemble"
        for key, value, unit in (("least", chances.min(), "%"), ("most", chances.max(), "%"), ("variants", len(rows), "count"),
                                 ("turned", int((rows["holds"] != base).sum()), "count")):
            self.derived(f"{id}.{key}", value, label=f"{label}: {key}", unit=unit, method=method)

    def chance_costs_more(self, id: str, first: str, second: str, version: str | None = None) -> None:
        """Chance that the first policy costs more. It has no interval: the simulation's own error is not one."""
        version = version or self._version
        row = self._results["gaps"].query("first == @first and second == @second and version == @version").iloc[0]
        names = self._results["scenarios"].drop_duplicates("scenario").set_index("scenario")["scenario_label"]
        self.derived(
            id,
            100 * row["probability_first_costs_more"],
            unit="%",
            label=f"Chance that “{names[first]}” costs more than “{names[second]}” ({VERSION_WORDS[version]} draws)",
            method="Share of draws; how far it moves with the assumptions is in the table of variants",
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
        among = "all policies" if choice == "all" else "policies that need no allies"
        self.derived(
            id,
            100 * share,
            unit="%",
            label=f"Chance of being dominated{' by a mix' if mix else ''} among {among}: {row['label']}",
            method="Share of draws in which another policy"
            + (", or a mix of two others," if mix else "")
            + " costs no more and denies no less",
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
            as_of=self._page.as_of,
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
            as_of=self._page.as_of,
            method=method,
            sources=list(sources),
            digits=digits,
        )

    def _record(self, id, value, low, high, *, label, unit, method, digits, sources=MODEL_SOURCES) -> None:
        value, low, high = (0.0 if abs(v) < 0.5 * 10.0**-digits else float(v) for v in (value, low, high))  # no "-0"
        if unit == "jobs":   # no model knows the last two digits of thousands of jobs
            value, low, high = (round(v, -2) for v in (value, low, high))
        self._page.number(
            id,
            value,
            label=label,
            unit=unit,
            cls="modelled",
            as_of=self._page.as_of,
            method=method,
            sources=list(sources),
            low=low,
            high=high,
            level=LEVEL,
            digits=digits,
        )


def _digits(value: float, unit: str) -> int:
    return 0 if unit in ("jobs", "months") or abs(value) >= 20 else 1

