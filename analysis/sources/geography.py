"""China's part of a firm's revenue, out of an XBRL instance and by the firm's own entry in `data/filings/edgar_mapping.yml`.

Filers name the same place differently, attribute sales on different bases, and change both. So nothing is guessed: a member
counts as China only when the mapping says so, and the parts must add up to the total that the same filing reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from analysis.data.problems import suggest
from analysis.data.safe_yaml import YamlError, load_yaml
from analysis.data.vocabulary import BASIS_CLASSES, HONG_KONG, HQ_KINDS, INCLUDES, TAIWAN
from analysis.sources.errors import SourceError
from analysis.sources.xbrl import Fact, Instance

AXES = ("srt:StatementGeographicalAxis", "us-gaap:StatementGeographicalAxis")
REVENUE = (
    "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax",
    "us-gaap:Revenues",
    "us-gaap:SalesRevenueNet",
    "us-gaap:RevenueFromContractWithCustomerIncludingAssessedTax",
)
RESEARCH = ("us-gaap:ResearchAndDevelopmentExpense", "us-gaap:ResearchAndDevelopmentExpenseExcludingAcquiredInProcessCost")
YEAR_DAYS = range(350, 380)  # 52 or 53 weeks, or a calendar year
QUARTER_DAYS = range(80, 101)  # 12 to 14 weeks
CODES = {"hong_kong_code": HONG_KONG, "taiwan_code": TAIWAN, "includes": INCLUDES}
MAPPING_FIELDS = {"cik", "former", "source", "china", "seen_in", "hong_kong", "hong_kong_label", "subtotals", "bases", *CODES}


class DoesNotReconcile(SourceError):
    """The filing cannot be used without a decision by a person; other filings can."""


@dataclass(frozen=True)
class Basis:
    """How a firm attributes sales in fiscal years that end from `first` to `last` (both included)."""

    basis_class: str
    attribution: str
    hq_kind: str = ""
    first: str = "0000"
    last: str = "9999"


@dataclass(frozen=True)
class FirmMapping:
    """What one firm's members mean.

    `china` are names of the member for China, of which a filing uses one; `hong_kong` those of a separate member that is added;
    `subtotals` are members that contain others. The codes are those of `company_filings`. `former` are numbers under which the
    firm filed before `cik`; `seen_in` says of a member in which filing somebody saw it.
    """

    firm: str
    cik: int
    source: str
    china: tuple[str, ...]
    bases: tuple[Basis, ...]
    hong_kong: tuple[str, ...] = ()
    hong_kong_code: str = "not stated"
    hong_kong_label: str = ""
    taiwan_code: str = "not stated"
    includes: str = "products"
    subtotals: tuple[str, ...] = ()
    former: tuple[int, ...] = ()
    seen_in: Mapping[str, str] = field(default_factory=dict)

    def basis(self, end: str) -> Basis | None:
        return next((basis for basis in self.bases if basis.first <= end <= basis.last), None)


@dataclass(frozen=True)
class Split:
    """Revenue of one fiscal year in US dollars: `total`, `china` (with `hong_kong` when that is separate), and each member."""

    end: str
    total: Decimal
    china: Decimal
    hong_kong: Decimal | None
    member: str
    parts: Mapping[str, Decimal] = field(default_factory=dict)
    research: Decimal | None = None


def read_mapping(path: Path) -> dict[str, FirmMapping]:
    """The mapping by firm. Raises SourceError naming the entry that is wrong."""
    try:
        document = load_yaml(path)
    except YamlError as error:
        raise SourceError(str(error), "Mend the file.") from None
    if not isinstance(document, dict) or not document:
        raise SourceError(f"{path} holds no firms.", "Each firm is a key with cik, source, china and bases.")
    return {str(firm): _entry(str(firm), entry, path) for firm, entry in document.items()}


def _entry(firm: str, entry: Any, path: Path) -> FirmMapping:
    def wrong(what: str) -> SourceError:
        return SourceError(
            f"{path}: {firm}: {what}.", "Mend the entry; the comment at the top of the file says what each field means."
        )

    if not isinstance(entry, dict) or not {"cik", "source", "china", "bases"} <= entry.keys():
        raise wrong("cik, source, china or bases is missing")
    for name in entry.keys() - MAPPING_FIELDS:
        raise wrong(f"unknown field {name!r}{suggest(name, MAPPING_FIELDS)}")
    for name, words in CODES.items():
        if entry.get(name, words[0]) not in words:
            raise wrong(f"{name} {entry[name]!r} is not one of {', '.join(words)}")
    seen_in = entry.get("seen_in") or {}
    known = {*entry["china"], *entry.get("hong_kong", ()), *entry.get("subtotals", ())}
    if not isinstance(seen_in, dict) or not set(seen_in) <= known or not all(isinstance(where, str) for where in seen_in.values()):
        raise wrong("seen_in says of members named above in which filing each was seen")
    bases = []
    for basis in entry["bases"]:
        if not isinstance(basis, dict) or basis.get("basis") not in BASIS_CLASSES:
            raise wrong(f"a basis is not one of {', '.join(BASIS_CLASSES)}")
        if (basis["basis"] == "hq") != (basis.get("hq_kind") in HQ_KINDS):
            raise wrong(f"a headquarters basis, and no other, has an hq_kind: one of {', '.join(HQ_KINDS)}")
        bases.append(
            Basis(
                basis["basis"],
                str(basis.get("attribution", "")),
                str(basis.get("hq_kind", "")),
                str(basis.get("from", "0000")),
                str(basis.get("until", "9999")),
            )
        )
    return FirmMapping(
        firm,
        int(entry["cik"]),
        str(entry["source"]),
        tuple(entry["china"]),
        tuple(bases),
        tuple(entry.get("hong_kong", ())),
        str(entry.get("hong_kong_code", "not stated")),
        str(entry.get("hong_kong_label", "")),
        str(entry.get("taiwan_code", "not stated")),
        str(entry.get("includes", "products")),
        tuple(entry.get("subtotals", ())),
        tuple(map(int, entry.get("former", ()))),
        dict(seen_in),
    )


def split(instance: Instance, mapping: FirmMapping, end: str, days: range = YEAR_DAYS) -> Split:
    """Revenue of the fiscal year (or quarter, by the length in `days`) that ends on `end`, by member.

    Raises DoesNotReconcile, naming the members that are there, when China's member is not among them or the parts miss the total.
    """
    year = [fact for fact in instance.facts if fact.context.end == end and fact.unit == "USD" and _lasts(fact, days)]
    for concept in REVENUE:
        parts = _by_member([fact for fact in year if fact.concept == concept], mapping.firm)
        totals = [fact for fact in year if fact.concept == concept and not fact.context.members]
        if parts and totals:
            break
    else:
        raise DoesNotReconcile(
            f"{mapping.firm}, year to {end}: no revenue by geography is tagged.",
            "Take the figure from the filing's note by hand, or add the firm's concept to the reader.",
        )
    total = _one(totals, mapping.firm)
    used = {name: fact for name, fact in parts.items() if name not in mapping.subtotals}
    listed = ", ".join(f"{name} {fact.value / 1_000_000:,.0f}" for name, fact in used.items())
    names = [name for name in mapping.china if name in used]
    if len(names) != 1:
        what = "several members for China" if names else "no member that the mapping knows as China"
        raise DoesNotReconcile(
            f"{mapping.firm}, year to {end}: {what}; members in USD million: {listed}.",
            "Read the note in the filing and name the member in data/filings/edgar_mapping.yml.",
        )
    slack = sum((_rounding(fact) for fact in [*used.values(), total]), Decimal(0))
    added = sum((fact.value for fact in used.values()), Decimal(0))
    if abs(added - total.value) > slack:
        raise DoesNotReconcile(
            f"{mapping.firm}, year to {end}: the members add up to {added / 1_000_000:,.0f}, but total revenue is "
            f"{total.value / 1_000_000:,.0f} (USD million); members: {listed}.",
            "If one of them contains others, name it under subtotals in data/filings/edgar_mapping.yml.",
        )
    hong_kong = sum((used[name].value for name in mapping.hong_kong if name in used), Decimal(0)) if mapping.hong_kong else None
    research = next(
        (
            _one(found, mapping.firm).value
            for concept in RESEARCH
            if (found := [fact for fact in year if fact.concept == concept and not fact.context.members])
        ),
        None,
    )
    return Split(
        end,
        total.value,
        used[names[0]].value + (hong_kong or Decimal(0)),
        hong_kong,
        names[0],
        {name: fact.value for name, fact in used.items()},
        research,
    )


def _lasts(fact: Fact, days: range) -> bool:
    try:
        return (date.fromisoformat(fact.context.end) - date.fromisoformat(fact.context.start)).days in days
    except ValueError:
        return False


def _by_member(facts: list[Fact], firm: str) -> dict[str, Fact]:
    """Facts whose only dimension is geography, by member."""
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        if len(fact.context.members) == 1 and fact.context.members[0][0] in AXES:
            found.setdefault(fact.context.members[0][1], []).append(fact)
    return {name: _one(same, firm) for name, same in sorted(found.items())}


def _one(facts: list[Fact], firm: str) -> Fact:
    """The most precise of facts that say the same in several places. Raises DoesNotReconcile when they contradict each other."""
    best = max(facts, key=lambda fact: float("inf") if fact.decimals is None else fact.decimals)
    for fact in facts:
        if abs(fact.value - best.value) > _rounding(fact) + _rounding(best):
            raise DoesNotReconcile(
                f"{firm}: {fact.concept} of the year to {fact.context.end} stands in the filing as {fact.value:,} and as "
                f"{best.value:,}.",
                "Read the filing and enter the row by hand.",
            )
    return best


def _rounding(fact: Fact) -> Decimal:
    """Half a unit of the last digit that the fact claims to know."""
    return Decimal(0) if fact.decimals is None else Decimal(10) ** -fact.decimals / 2
