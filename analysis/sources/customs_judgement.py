"""Whether the groups of a customs extract can be summed honestly: the sums with what must be said, or every reason against them.

Refused: totals beside their parts (by length of code, flow, transport, customs procedure, second partner, or under any other name),
the same rows twice (within a file, or in two files), months written in two ways, values that are missing or negative, a partner
that looks like China or Hong Kong under an unknown name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from analysis.sources.customs_words import (
    IMPORTS,
    MONTH_FORMS,
    PARTNER_CODES,
    PARTS_OF_EXPORTS,
    TOTAL_EXPORTS,
    looks_like_china,
    month_of,
)
from analysis.sources.errors import SourceError
from analysis.sources.trade_rows import HEADINGS

Months = dict[tuple[str, str, str], Decimal]
FirstPlace = Callable[[str, str], str]  # of a kind of fault and a value: see `customs_places.place_of`
A_MILLION = 1_000_000


class Group(NamedTuple):
    """Rows that agree in month (as written), code, partner, flow, and in whether they are the book's (`ours`), of the United States
    (`here`), a total of all parts (`whole`) and of the Harmonised System (`kind` empty), in one file. `fold` is 0 when each row
    stands an even number of times."""

    month: str
    code: str
    partner: str
    flow: str
    ours: bool
    here: bool
    whole: bool
    kind: str
    usd: Decimal | None
    rows: int
    missing: int
    negative: int
    largest: Decimal | None
    fold: str
    file: str = ""

    @property
    def exports(self) -> bool:
        return self.flow in TOTAL_EXPORTS or self.flow in PARTS_OF_EXPORTS

    @property
    def key(self) -> tuple[str, str, str, str]:
        return month_of(self.month)[1] or self.month, self.code, PARTNER_CODES.get(self.partner, ""), self.flow


def judged(
    groups: Sequence[Group], columns: Mapping[str, str], total: int, path: str, first: FirstPlace
) -> tuple[Months, int, list[str]]:
    """USD by (heading, partner, YYYY-MM), rows used, and what is to be said. `first` gives the first place of a fault.

    Raises SourceError with every reason against a sum.
    """
    ours = [group for group in groups if group.ours and group.here and group.partner in PARTNER_CODES]
    faults, notes = _unused(groups, columns, first)
    if not ours:
        used = ", ".join(f"{wanted} = {name}" for wanted, name in columns.items())
        raise SourceError(
            "\n".join([f"{path}: none of its {total:,} rows is of HS {', '.join(HEADINGS)} with China or Hong Kong.", *faults]),
            f"Columns used: {used}; partners are known as CN, HK, 5700, 5820, 156, 344, China, Hong Kong and their usual longer "
            "names.",
        )
    wholes, part_faults, part_notes = _totals(ours)
    exports = [group for group in wholes if group.exports]
    faults += _month_faults(ours, columns["month"], first)
    faults += _flow_faults({group.flow for group in ours}, columns.get("flow", "flow"), first)
    faults += part_faults + _code_faults(exports, ours, columns["hs_code"]) + _value_faults(exports, columns["value_usd"], first)
    faults += _twice(exports) + _hidden_totals(exports)
    if faults:
        raise SourceError(
            "\n".join([f"{path} cannot be summed:", *faults]), "\nNothing was written. Correct the extract and run again."
        )
    if "flow" not in columns:
        notes.append(f"{path}: no column of flow; {columns['value_usd']!r} is taken as total exports")
    months: Months = {}
    for group in exports:
        month, code, partner, _ = group.key
        key = (code[:4], partner, month)
        months[key] = months.get(key, Decimal(0)) + (group.usd or 0)
    notes += part_notes + _lacking(months)
    return dict(sorted(months.items())), sum(group.rows for group in exports), notes


def _unused(groups: Iterable[Group], columns: Mapping[str, str], first: FirstPlace) -> tuple[list[str], list[str]]:
    """Rows of the book's headings that were not used though they may be meant: faults and remarks."""
    faults, notes = [], []
    alike, other_reporters, uncoded = defaultdict(list), 0, []
    for group in groups:
        if group.ours and group.here and group.partner not in PARTNER_CODES and looks_like_china(group.partner):
            alike[group.partner].append(group)
        elif group.ours and not group.here:
            other_reporters += group.rows
        elif not group.ours and group.usd:
            uncoded.append(group)
    for partner, found in alike.items():
        usd = sum((group.usd or Decimal(0) for group in found), Decimal(0))
        faults.append(
            f"column {columns['partner']}: {sum(group.rows for group in found):,} rows (US$ {usd:,.0f}) of {partner!r} look like "
            f"China or Hong Kong but are not written as any name that is known{first('partner', partner)}; write CN or HK, or take "
            "them out"
        )
    if other_reporters:
        notes.append(f"{other_reporters:,} rows of other reporters than the United States with China or Hong Kong were not used")
    for group in uncoded[:3]:
        message = f"column {columns['hs_code']}: {group.rows:,} rows (US$ {group.usd:,.0f}) have {group.code!r} for an HS code"
        if group.code[:3] in ("8.5", "8.4"):
            faults.append(f"{message}{first('code', group.code)}, shortened by a spreadsheet to the power of ten; save it as text")
        else:
            notes.append(f"{message} and were not used")
    return faults, notes


def _totals(ours: Sequence[Group]) -> tuple[list[Group], list[str], list[str]]:
    """The groups that are totals of all parts; a fault where parts have no total, a remark that parts were left out."""
    wholes, parts = [g for g in ours if g.whole], [g for g in ours if not g.whole]
    have = {group.key for group in wholes}
    alone = [group for group in parts if group.key not in have and group.exports]
    faults = (
        []
        if not alone
        else [
            f"{sum(group.rows for group in alone):,} rows are parts (by transport, customs procedure or second partner) without "
            f"their total, the first {' '.join(alone[0].key)}; give totals"
        ]
    )
    left = sum(group.rows for group in parts)
    return wholes, faults, [f"{left:,} rows are parts of totals that stand beside them and were left out"] if left else []


def _month_faults(groups: Sequence[Group], column: str, first: FirstPlace) -> list[str]:
    forms: dict[str, str] = {}
    for month in dict.fromkeys(group.month for group in groups):
        form = month_of(month)[0]
        if not form:
            year = " (a year; its total would count its months twice)" if month.isdigit() and len(month) == 4 else ""
            place = first("month", month)
            return [f"column {column}: {month[:40]!r} is not a month{year}{place}, expected {', '.join(MONTH_FORMS)}"]
        forms.setdefault(form, month)
    if len(forms) > 1:
        return [
            f"column {column}: months are mixed, written as {' and as '.join(map(repr, forms.values()))}"
            f"{first('month', list(forms.values())[1])}; expected one form throughout"
        ]
    return []


def _flow_faults(flows: set[str], column: str, first: FirstPlace) -> list[str]:
    unknown, parts = flows - {*TOTAL_EXPORTS, *PARTS_OF_EXPORTS, *IMPORTS}, flows & set(PARTS_OF_EXPORTS)
    if unknown:
        return [
            f"column {column}: {', '.join(sorted(map(repr, unknown)))} is unknown{first('flow', min(unknown))}, expected X (total "
            "exports), DX and RX (domestic and re-exports) or M (imports)"
        ]
    if parts and flows & set(TOTAL_EXPORTS):
        return [
            f"column {column}: total exports stand beside {' and '.join(sorted(parts))} and would be counted twice; keep one kind"
        ]
    if len({PARTS_OF_EXPORTS[part] for part in parts}) == 1:
        return [f"column {column}: only {sorted(parts)[0]}; total exports need both DX and RX"]
    if len(spellings := flows & set(TOTAL_EXPORTS)) > 1:
        return [f"column {column}: total exports are written as {' and as '.join(sorted(spellings))}, expected one form throughout"]
    return [f"column {column}: only imports, expected exports"] if flows <= set(IMPORTS) else []


def _code_faults(exports: Sequence[Group], ours: Sequence[Group], column: str) -> list[str]:
    faults = []
    lengths = sorted({len(group.code) for group in exports})
    if len(lengths) > 1:
        faults.append(
            f"column {column}: codes of {' and '.join(map(str, lengths))} digits, so that totals stand beside their "
            "parts and would be counted twice; keep one length"
        )
    if kinds := sorted({group.kind for group in ours if group.kind}):
        faults.append(f"codes of the classification {', '.join(kinds)}, expected the Harmonised System (HS, H0 to H6)")
    return faults


def _value_faults(exports: Sequence[Group], column: str, first: FirstPlace) -> list[str]:
    faults = []
    for name, what in (("missing", "missing, not finite or not numbers"), ("negative", "negative")):
        wrong = [group for group in exports if getattr(group, name)]
        if wrong:
            count = sum(getattr(group, name) for group in wrong)
            faults.append(f"column {column}: {count:,} values are {what}{first(name, wrong[0].flow)}")
    return faults


def _twice(exports: Sequence[Group]) -> list[str]:
    """The same rows twice: within one file each an even number of times, or the same month, code, partner and flow in two files."""
    faults = []
    doubled = [group for group in exports if group.rows > 1 and group.fold == "0" and group.usd]
    if doubled:
        faults.append(
            f"each of the {sum(group.rows for group in doubled):,} rows of {' '.join(doubled[0].key)}"
            f"{f' and of {len(doubled) - 1:,} more' if len(doubled) > 1 else ''} stands twice and would be counted twice"
        )
    files: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for group in exports:
        files[group.key].add(group.file)
    shared = {key: names for key, names in files.items() if len(names) > 1}
    if shared:
        key, names = next(iter(shared.items()))
        faults.append(
            f"{' '.join(key)}{f' and {len(shared) - 1:,} more' if len(shared) > 1 else ''} stand in several files "
            f"({', '.join(sorted(names)[:3])}) and would be counted twice; give each month once, or join files that are parts"
        )
    return faults


def _hidden_totals(exports: Sequence[Group]) -> list[str]:
    """Groups whose largest value is the sum of the others: a total beside its parts, by a column that nobody named."""
    several = [group for group in exports if group.rows > 1 and group.usd]
    found = [group for group in several if group.largest and 2 * group.largest == group.usd and group.fold != "0"]
    sure = [group for group in found if group.rows > 2 and group.largest >= A_MILLION]
    if not sure and not (len(found) > 1 and 2 * len(found) > len(several)):
        return []
    first = (sure or found)[0]
    return [
        f"in {len(found):,} groups, the first {' '.join(first.key)}, the largest value is the sum of the others: a total beside "
        "its parts, which would be counted twice; keep the totals"
    ]


def _lacking(months: Months) -> list[str]:
    """Headings and partners without any row."""
    pairs = {key[:2] for key in months}
    return [
        f"US_X_{heading}_{partner}: no rows at all"
        for heading in HEADINGS
        for partner in ("CN", "HK")
        if (heading, partner) not in pairs
    ]
