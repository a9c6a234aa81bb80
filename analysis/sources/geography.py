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
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from analysis.data.safe_yaml import YamlError, load_yaml
from analysis.data.settings import checked
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
Day = Annotated[str, BeforeValidator(str)]   # YAML reads a day as a date


class DoesNotReconcile(SourceError):
    """The filing cannot be used without a decision by a person; other filings can."""


class Basis(BaseModel):
    """How a firm attributes sales in fiscal years that end from `first` to `last` (in the file `from`, `until`; both included)."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    basis_class: Literal[BASIS_CLASSES] = Field(alias="basis")
    attribution: str = ""
    hq_kind: Literal["", *HQ_KINDS] = ""
    first: Day = Field(default="0000", alias="from")
    last: Day = Field(default="9999", alias="until")

    @model_validator(mode="after")
    def _whose_headquarters(self) -> Self:
        if (self.basis_class == "hq") != bool(self.hq_kind):
            raise ValueError(f"a headquarters basis, and no other, has an hq_kind: one of {', '.join(HQ_KINDS)}")
        return self


class FirmMapping(BaseModel):
    """What one firm's members mean.

    `china` are names of the member for China, of which a filing uses one; `hong_kong` those of a separate member that is added;
    `subtotals` are members that contain others. The codes are those of `company_filings`. `former` are numbers under which the
    firm filed before `cik`; `seen_in` says of a member in which filing somebody saw it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    firm: str
    cik: int
    source: str
    china: tuple[str, ...]
    bases: tuple[Basis, ...]
    hong_kong: tuple[str, ...] = ()
    hong_kong_code: Literal[HONG_KONG] = "not stated"
    hong_kong_label: str = ""
    taiwan_code: Literal[TAIWAN] = "not stated"
    includes: Literal[INCLUDES] = "products"
    subtotals: tuple[str, ...] = ()
    former: tuple[int, ...] = ()
    seen_in: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _seen_in_names_members(self) -> Self:
        if not set(self.seen_in) <= {*self.china, *self.hong_kong, *self.subtotals}:
            raise ValueError("seen_in says of members named above in which filing each was seen")
        return self

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
    found, problems = {}, []
    for firm, entry in document.items():
        found[str(firm)], faults = checked(FirmMapping, {**entry, "firm": str(firm)} if isinstance(entry, dict) else entry,
                                           f"{path}: {firm}")
        problems += faults
    if problems:
        raise SourceError("\n".join(problems), "Mend the entry; the comment at the top of the file says what each field means.")
    return found


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
