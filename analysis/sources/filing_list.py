"""A firm's list of filings at the SEC: which annual and quarterly reports there are, and which of them count.

`submissions/CIK##########.json` gives the filings as parallel arrays; older ones stand in further files of the same form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from analysis.sources.answers import read_json
from analysis.sources.errors import SchemaChanged
from analysis.sources.gaps import runs
from analysis.sources.span import Span

FIELDS = ("accessionNumber", "filingDate", "reportDate", "form", "primaryDocument")
ANNUAL, QUARTERLY = "10-K", "10-Q"
ALSO_ANNUAL = re.compile(r"(10-K|10-KT|10-K405|20-F|40-F)(/A)?")  # said when they are there, but not read
MOST_FILES = 100  # of older filings; a firm with fifty years of filings has about ten
OVERDUE_DAYS = 470  # a year, and the quarter that a firm has to file in


@dataclass(frozen=True)
class Filing:
    """One annual report: `end` is the last day of its fiscal year, `cik` the number it was filed under, `document` its main
    page."""

    accession: str
    filed: str
    end: str
    cik: int = 0
    form: str = ANNUAL
    document: str = ""

    @property
    def folder(self) -> str:
        return f"/Archives/edgar/data/{self.cik}/{self.accession.replace('-', '')}"

    @property
    def year(self) -> str:
        return fiscal_year(self.end)


@dataclass
class Listing:
    """What a list of filings says: annual reports of every form, quarterly reports, further files as (name, newest day), what is
    null in it."""

    filings: list[Filing] = field(default_factory=list)
    quarters: list[Filing] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)
    nulls: list[str] = field(default_factory=list)


def parse_list(body: bytes) -> Listing:
    """Annual reports of a firm and the further files of its list."""
    document = read_json(body)
    filings = document.get("filings") if isinstance(document, dict) else None
    recent = filings.get("recent") if isinstance(filings, dict) else document
    if not isinstance(recent, dict) or not all(isinstance(recent.get(name), list) for name in FIELDS):
        raise SchemaChanged(f"the list of filings lacks one of {', '.join(FIELDS)}")
    columns = [recent[name] for name in FIELDS]
    if len({len(column) for column in columns}) > 1:
        raise SchemaChanged("the columns of the list of filings have different lengths")
    rows = [dict(zip(FIELDS, row, strict=True)) for row in zip(*columns, strict=True)]
    if not all(isinstance(cell, str | None) for row in rows for cell in row.values()):
        raise SchemaChanged("the list of filings holds something else than text")
    found = Listing(files=_files(filings.get("files", []) if isinstance(filings, dict) else []))
    for row in rows:
        quarterly = row["form"] == QUARTERLY
        if row["form"] is None or not (quarterly or ALSO_ANNUAL.fullmatch(row["form"])):
            continue
        if None in (row["accessionNumber"], row["filingDate"], row["reportDate"]):
            number, filed = row["accessionNumber"] or "without number", row["filingDate"] or "on an unknown day"
            found.nulls.append(f"the {row['form']} {number} filed {filed}")
            continue
        document = row["primaryDocument"] or ""
        document = document if re.fullmatch(r"[\w.-]+\.htm", document) else ""
        filing = Filing(row["accessionNumber"], row["filingDate"], row["reportDate"], form=row["form"], document=document)
        numbered = re.fullmatch(r"\d{10}-\d\d-\d{6}", filing.accession) and _is_day(filing.end)
        if filing.form in (ANNUAL, QUARTERLY) and not numbered:
            raise SchemaChanged(
                f"a report reads {filing.accession[:30]!r}, {filing.end[:30]!r}, expected accession number and day"
            )
        if _is_day(filing.end):
            (found.quarters if quarterly else found.filings).append(filing)
    return found


def _files(older: object) -> list[tuple[str, str]]:
    try:
        files = [(str(item["name"]), str(item["filingTo"])) for item in older if item is not None]
    except (TypeError, KeyError):
        raise SchemaChanged("the further files of the list have no name or no last day") from None
    if not all(re.fullmatch(r"CIK\d{10}-submissions-\d{3}\.json", name) for name, _ in files):
        raise SchemaChanged(f"a further file is named {files[0][0][:60]!r}")
    if len(files) > MOST_FILES:
        raise SchemaChanged(f"the list goes on in {len(files):,} further files, expected at most {MOST_FILES}")
    return files


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def fiscal_year(end: str) -> str:
    """FY and the calendar year in which the fiscal year ends; the first week of January belongs to the year before."""
    return f"FY{(date.fromisoformat(end) - timedelta(days=7)).year}"


def fiscal_quarter(end: str, end_month: int) -> str:
    """FY and the year in which the fiscal year ends, with the quarter that ends on `end`; `end_month` (1-12) is the month in which
    the fiscal year nominally ends. Raises ValueError for a day that ends no quarter of such a year."""
    near = date.fromisoformat(end) - timedelta(days=12)   # 52- and 53-week years end up to a week off the month's end
    quarter = {3: 1, 6: 2, 9: 3, 0: 4}.get((near.month - end_month) % 12)
    if quarter is None:
        raise ValueError(f"{end} ends no quarter of a fiscal year that ends in month {end_month}")
    return f"FY{near.year + (near.month > end_month)}-Q{quarter}"


def newest_of_each_quarter(quarters: Iterable[Filing], span: Span) -> list[Filing]:
    """The 10-Q filed last for each quarter that ends within the span, oldest first."""
    within = sorted((f for f in quarters if f.end[:7] in span), key=lambda filing: filing.filed)
    return sorted({filing.end: filing for filing in within}.values(), key=lambda filing: filing.end)


def newest_of_each_year(filings: Iterable[Filing], span: Span) -> tuple[list[Filing], list[str]]:
    """The 10-K that counts for each fiscal year that ends within the span, oldest first, and what is to be said of the others: of
    two for one year the one filed later counts; amendments and other forms are not read."""
    within = [filing for filing in filings if filing.end[:7] in span]
    years: dict[str, list[Filing]] = {}
    for filing in sorted({f for f in within if f.form == ANNUAL}, key=lambda filing: (filing.filed, filing.accession)):
        years.setdefault(filing.year, []).append(filing)
    said = [
        f"{year}: the 10-K filed {', '.join(f'{f.filed} ({f.accession})' for f in same[:-1])}, because a later one, "
        f"filed {same[-1].filed} ({same[-1].accession}), is of the same year and counts"
        for year, same in years.items() if len(same) > 1
    ]
    said += [f"the {f.form} filed {f.filed} ({f.accession}) for the period to {f.end}: only forms {ANNUAL} are read; look into it "
             "and enter by hand what it changes"
             for f in sorted({f for f in within if f.form != ANNUAL}, key=lambda f: f.filed)]
    return sorted((same[-1] for same in years.values()), key=lambda filing: filing.end), said


def missing_years(filings: Iterable[Filing], span: Span, today: date) -> Iterator[str]:
    """Fiscal years of the span for which there is no 10-K, by the reason that is likely."""
    ends = sorted({filing.end for filing in filings if filing.form == ANNUAL})
    if not ends:
        yield f"there is no {ANNUAL} at all under this number"
        return
    have = {fiscal_year(end) for end in ends}
    order = [f"FY{year}" for year in span.years]
    first, last = fiscal_year(ends[0]), fiscal_year(ends[-1])
    if before := [year for year in order if year < first]:
        yield (f"{', '.join(runs(before, order))}: the first {ANNUAL} is of the year to {ends[0]}; if the firm filed under another "
               "number before, name it under former in data/filings/edgar_mapping.yml")
    if between := [year for year in order if first < year < last and year not in have]:
        yield f"{', '.join(runs(between, order))}: no {ANNUAL} is listed"
    due = min(today, date.fromisoformat(f"{span.last}-28"))
    if due - date.fromisoformat(ends[-1]) > timedelta(days=OVERDUE_DAYS):
        yield f"every year after {ends[-1]}: no later {ANNUAL} is listed"
