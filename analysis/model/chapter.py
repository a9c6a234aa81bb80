"""What the model's chapters record: the results as quantities; what their numbers are called stands in `book/numbers/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.model.figures import MODEL_SOURCES, PART_NAMES
from analysis.model.published import published_value
from analysis.model.summary import LEVEL, OUTPUTS
from analysis.registry.quantity import Quantity

COST = "pv_lost_sales_usd_bn"
VERSION_WORDS = {"prior": "prior", "informed": "informed (calibrated)", "no_persistence": "prior, contagion ends with the limbo"}


class Results:
    """The model's results as quantities, each with the words its number's label and method may use.

    Parameters
    ----------
    results: the tables that `load_model_results` gives.
    as_of: newest day the chapter covers.
    version: draws behind a quantity where none are named: prior or informed.
    """

    def __init__(self, results: Mapping, as_of: str, version: str = "prior") -> None:
        self._results, self._as_of, self._version = results, as_of, version

    def output(self, scenario: str, output: str = COST, version: str | None = None) -> Quantity:
        """One output of one scenario with its interval."""
        version = version or self._version
        row = self._row("scenarios", scenario=scenario, output=output, version=version)
        return self._of_scenario(row, version, OUTPUTS[output].label, OUTPUTS[output].unit)

    def today(self, scenario: str, output: str = COST) -> Quantity:
        """One output of a scenario of late 2026, at the exposures of 2025."""
        row = self._row("today", scenario=scenario, output=output)
        return self._of_scenario(row, "prior", row["label"], row["unit"])

    def month(self, resolution: str, month: int, part: str = "total", version: str | None = None) -> Quantity:
        """The cost of one more month of limbo after `month` months, US$ billion, or a part of it."""
        version = version or self._version
        row = self._row("month_cost", resolution=resolution, month=month, part=part, version=version)
        words = {"part": part, "part_name": "" if part == "total" else PART_NAMES[part].lower()}
        return self.modelled(row, month=month, next=month + 1, version=VERSION_WORDS[version], **words)

    def counted(self, period: str) -> tuple[Quantity, Quantity]:
        """Cost of a limbo as long as the policy file counts in a period, US$ billion, and that count in days."""
        row = self._results["counted_limbo"].set_index("period").loc[period]
        words = {"period": period, "target": row["target"], "first_day": row["from"], "last_day": row["to"]}
        return self.modelled(row, **words), self.derived(row["days"], **words)

    def gain(self, policy: str, *homes: str) -> Quantity:
        """Sales won by firms of some homes, US$ billion; parts of one gain, so their ends add up."""
        rows = self._results["gainers"].query("policy == @policy and home in @homes")
        return self.modelled(rows[["median", "low", "high"]].sum(), policy_label=rows["label"].iloc[0])

    def ensemble(self, headline: str) -> dict[str, Quantity]:
        """Least and most chance of a headline over the variants in per cent, how many variants, and how many turn it."""
        rows = self._results["ensemble"].query("headline == @headline")
        chances, base = 100 * rows["probability_positive"], rows.loc[rows["variant"] == "base", "holds"].iloc[0]
        values = {"least": chances.min(), "most": chances.max(), "variants": len(rows), "turned": (rows["holds"] != base).sum()}
        return {key: self.derived(value, headline=headline, sentence=rows["label"].iloc[0]) for key, value in values.items()}

    def chance_costs_more(self, first: str, second: str, version: str | None = None) -> Quantity:
        """Chance in per cent that the first policy costs more. It has no interval: the simulation's own error is not one."""
        version = version or self._version
        row = self._row("gaps", first=first, second=second, version=version)
        names = self._results["scenarios"].drop_duplicates("scenario").set_index("scenario")["scenario_label"]
        return self.derived(100 * row["probability_first_costs_more"], first=names[first], second=names[second],
                            version=VERSION_WORDS[version])

    def course(self, scenario: str, group: str, quantity: str, month: int) -> Quantity:
        """A point of a monthly course."""
        row = self._row("course", scenario=scenario, group=group, quantity=quantity, month=month)
        return self.modelled(row, scenario=scenario, month=month)

    def dominated(self, policy: str, choice: str, *, mix: bool = False) -> Quantity:
        """Chance in per cent that another policy, or a mix of two others, costs no more and denies the listed customer no less."""
        row = self._row("frontier", policy=policy, choice=choice, denial="denied_months_listed")
        return self.derived(100 * row["probability_dominated_by_mix" if mix else "probability_dominated"], policy=policy,
                            policy_label=row["label"])

    def price_of_denial(self, policy: str) -> Quantity:
        """Lost sales for each month of access denied to the listed customer, US$ billion; a ratio, draw by draw."""
        row = self._row("frontier", policy=policy, choice="alone", denial="denied_months_listed")
        ends = {"median": row["price"], "low": row["price_low"], "high": row["price_high"]}
        return self.modelled(ends, policy=policy, policy_label=row["label"])

    def variance_share(self, output: str, parameter: str) -> Quantity:
        """Total Sobol index in per cent; an interval from resampling may begin below nought, where no share is."""
        row = self._row("sobol", output=output, parameter=parameter)
        ends = {"median": row["total"], "low": max(row["total_low"], 0.0), "high": row["total_high"]}
        return self.modelled({end: 100 * value for end, value in ends.items()}, parameter=row["label"])

    def replicated(self, row_id: str) -> Quantity:
        """The reported value of a row of the replication, which may be arithmetic on two reported figures."""
        row = self._results["replication"].set_index("id").loc[row_id]
        return self.derived(row["reported"], row["study"], unit=row["unit"], quantity=row["quantity"])

    def reported(self, published: pd.DataFrame, key: Sequence[str], field: str = "value") -> Quantity:
        """A figure of a published study, as it stands in the table of published results."""
        return self.derived(published_value(published, key, field), key[0])

    def modelled(self, ends: Mapping, *, unit: str | None = None, **words: object) -> Quantity:
        """Any modelled quantity: `ends` has its median, low and high."""
        value, low, high = (float(ends[end]) for end in ("median", "low", "high"))
        if unit == "jobs":   # no model knows the last two digits of thousands of jobs
            value, low, high = (round(end, -2) for end in (value, low, high))
        return Quantity(value, self._as_of, MODEL_SOURCES, low, high, LEVEL, unit=unit, words=words,
                        digits=0 if unit in ("jobs", "months") or abs(value) >= 20 else 1)

    def derived(self, value: float, *sources: str, unit: str | None = None, **words: object) -> Quantity:
        """A quantity without an interval of its own, from the model's sources where none are named."""
        return Quantity(float(value), self._as_of, sources or MODEL_SOURCES, unit=unit, words=words)

    def _of_scenario(self, row: Mapping, version: str, output: str, unit: str) -> Quantity:
        meta = self._results["meta"]
        return self.modelled(row, unit=unit, scenario=row["scenario"], policy=row["scenario_label"], output=output,
                             draws=meta["draws"], version=VERSION_WORDS[version], discount=meta["discount_rate_pct_per_year"])

    def _row(self, table: str, **key: object) -> pd.Series:
        """The one row of a table of the results with that key; raises KeyError when there is not exactly one."""
        rows = self._results[table]
        for column, value in key.items():
            rows = rows[rows[column] == value]
        if len(rows) != 1:
            raise KeyError(f"{len(rows)} rows of {table} for {', '.join(map(str, key.values()))}")
        return rows.iloc[0]
