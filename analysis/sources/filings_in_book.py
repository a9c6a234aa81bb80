"""Where a newly read annual figure belongs among the rows the book already has: each firm and fiscal year counts once.

A figure from the filing itself takes the place of one seen in the press or in notes. Rows are not deleted: the overlay
carries a correction that drops the older one and says why, so the change is visible and can be undone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analysis.data.corrections import SEPARATOR
from analysis.data.loading import find, folder_of
from analysis.data.reading import read_raw
from analysis.data.schemas import table_schema
from analysis.sources.errors import SourceError

# Kinds of rows that say the same about a fiscal year as an annual report does.
YIELDING = ("annual", "annual_approx", "annual_year_assumed", "annual_no_china_figure", "totals_only")
# The same of a quarter: the table has older ones as parts of a year.
YIELDING_QUARTERS = ("quarter", "partial")
# What a geographic split does not tell and an older row may.
CARRIED = (
    "china_hq_revenue_usd_m",
    "china_hq_mainland_usd_m",
    "rd_expense_usd_m",
    "huawei_share_pct_of_revenue",
    "huawei_revenue_usd_m",
)
COMPARED = ("total_revenue_usd_m", "china_revenue_usd_m")


@dataclass(frozen=True)
class Placed:
    """A row for the overlay, the corrections that drop the rows it replaces, and a sentence about it."""

    row: dict[str, str]
    corrections: list[dict[str, str]]
    remark: str


class Book:
    """Firms and annual filings of the complete tables, as text."""

    def __init__(self, filings: list[dict[str, str]], firms: list[dict[str, str]]):
        self.filings, self.firms = filings, {row["firm"]: row for row in firms}

    @classmethod
    def load(cls, base: Path | None = None) -> Book:
        """From the complete tables in `base` (default `data/`). Raises DataError when they cannot be read."""
        tables = []
        for name in ("company_filings", "firms"):
            raw = read_raw(find(folder_of(base), table_schema(name)), table_schema(name))
            tables.append([dict(zip(raw.header, row, strict=True)) for row in raw.rows])
        return cls(*tables)

    def firm(self, name: str) -> dict[str, str]:
        if name not in self.firms:
            raise SourceError(
                f"{name} is in the mapping but not in data/filings/firms.csv.", "Add the firm, or remove it from the mapping."
            )
        return self.firms[name]

    def place(self, row: Mapping[str, str]) -> Placed | None:
        """The row as it should enter the overlay; None when a graded-A row already says the same.

        Beside an annual row on another basis the new one is an alternative basis; otherwise it takes the place of rows of its year.
        """
        yielding = YIELDING_QUARTERS if row["period_type"] == "quarter" else YIELDING
        year = [
            r
            for r in self.filings
            if r["firm"] == row["firm"] and r["fiscal_year"] == row["fiscal_year"] and r["period_type"] in yielding
        ]
        other = [r for r in year if r["basis_class"] not in ("", "unknown", row["basis_class"])]
        same = [r for r in year if r not in other]
        if any(r["grade"] == "A" and r["basis_class"] == row["basis_class"] and _agree(r, row) for r in year):
            return None
        new = {**dict.fromkeys(table_schema("company_filings").names, ""), **row}
        name = f"{row['firm']} {row['fiscal_year']}"
        if other:
            new["period_type"] = "annual_alt_basis" if row["period_type"] == "annual" else row["period_type"]
            return Placed(
                new,
                [],
                f"{name}: {row['china_revenue_usd_m']} on basis {row['basis_class']}, beside the book's row on basis "
                f"{other[0]['basis_class']}; entered as an alternative basis",
            )
        for older in same:
            for column in CARRIED:
                if not new[column] and older[column]:
                    new[column] = older[column]
                    new["note"] += f"; {column} as in {older['source_id']}"
        dropped = [r for r in same if r["source_id"] != row["source_id"] or r["period_type"] != row["period_type"]]
        corrections = [_drop(r, row) for r in dropped]
        was = ", ".join(r["china_revenue_usd_m"] or "no China figure" for r in same)
        return Placed(new, corrections, f"{name}: {row['china_revenue_usd_m']}" + (f", was {was}" if same else ", new"))


def _agree(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Both amounts equal within half a million, the rounding of most filings."""
    return all(old[name] and abs(float(old[name]) - float(new[name])) <= 0.5 for name in COMPARED)


def _drop(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    key = SEPARATOR.join(old[name] for name in table_schema("company_filings").key)
    return {
        "table": "company_filings",
        "key": key,
        "column": "",
        "action": "drop",
        "expected": "",
        "value": "",
        "reason": f"read from the filing itself instead: {new['china_revenue_usd_m']} "
        f"(was {old['china_revenue_usd_m'] or 'no China figure'}, "
        f"grade {old['grade']})",
        "date": date.today().isoformat(),
        "source_id": new["source_id"],
    }
