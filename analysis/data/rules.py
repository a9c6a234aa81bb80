"""What must hold between the cells of a row, or between the rows of a table.

A rule takes a typed table and yields (row index, column, message); RULES says which apply to which table. Each rule is one of the
traps of measuring sales to China, or plain arithmetic.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from analysis.data import vocabulary as v
from analysis.data.columns import FIRST_DAY, LAST_DAY
from analysis.data.problems import listed, shown, suggest

Fault = tuple[int, str, str]
Rule = Callable[[pd.DataFrame], Iterator[Fault]]

# A slip of units is a factor of 1,000; no series of the book changed fiftyfold against its own neighbours.
SLIP_FACTOR = 200
# Five neighbours on each side, so that a few slipped rows in a row are still found; two, so that the end of a series that has
# grown a hundredfold is not measured by its beginning.
NEIGHBOURS = (5, 2)
# A spell begins with the event that is its row, shortly after it, or some weeks before a draft became known; further apart, row
# and spell do not describe one matter.
SPELL_GAP_DAYS = 60


def not_above(part: str, whole: str, why: str) -> Rule:
    """`part` may not exceed `whole`, both in the same unit."""
    def rule(frame: pd.DataFrame) -> Iterator[Fault]:
        for i in np.flatnonzero(frame[part] > frame[whole]):
            yield i, part, f"{frame[part].iloc[i]:g} is above {whole} {frame[whole].iloc[i]:g}, expected {why}"
    return rule


def share_agrees(share: str, part: str, whole: str) -> Rule:
    """A printed share in per cent agrees with the two amounts within the rounding of its last digit."""
    def rule(frame: pd.DataFrame) -> Iterator[Fault]:
        computed = 100 * frame[part] / frame[whole]
        whole_percent = frame[share] % 1 == 0
        allowed = np.where(whole_percent, 0.55, 0.06)
        for i in np.flatnonzero((computed - frame[share]).abs() > allowed):
            yield i, share, f"{frame[share].iloc[i]:g}%, expected {computed.iloc[i]:.1f}% from {part} and {whole}"
    return rule


def no_unit_slip(columns: tuple[str, ...], group: list[str], order: str,
                 within: Callable[[pd.DataFrame], pd.Series] | None = None) -> Rule:
    """No value is SLIP_FACTOR times the median of its neighbours in time, in its own group, or that fraction of it."""
    def rule(frame: pd.DataFrame) -> Iterator[Fault]:
        rows = frame if within is None else frame[within(frame)]
        for column in columns:
            known = rows[rows[column] > 0].sort_values(order, kind="stable")
            for places in known.groupby(group, sort=False).indices.values():
                values = known[column].to_numpy()[places].tolist()
                for n, value in enumerate(values):
                    for reach in NEIGHBOURS:
                        around = values[max(0, n - reach):n] + values[n + 1:n + 1 + reach]
                        typical = statistics.median(around) if around else value
                        if not 1 / SLIP_FACTOR < value / typical < SLIP_FACTOR:
                            yield known.index[places[n]], column, (
                                f"{value:g} is {value / typical:,.4g} times the {typical:g} typical of this firm or series, "
                                "expected the same unit (thousands for millions?)")
                            break
    return rule


def fiscal_year_matches_end(frame: pd.DataFrame) -> Iterator[Fault]:
    """A fiscal year ends in the year it is named after, or in the first week of the next; a part of it may end a year earlier."""
    named = frame["fiscal_year"].str.extract(r"^(?:FY|CY)(?P<year>20\d\d)(?P<part>-.*)?$")
    year, end = pd.to_numeric(named["year"]), frame["fiscal_year_end"]
    spill = (end.dt.month == 1) & (end.dt.day <= 7) & (end.dt.year == year + 1)
    part = named["part"].notna() & end.dt.year.isin([*year.dropna(), *(year.dropna() - 1)]) & end.dt.year.between(year - 1, year)
    wrong = year.notna() & end.notna() & (end.dt.year != year) & ~spill & ~part
    for i in np.flatnonzero(wrong):
        yield i, "fiscal_year_end", (f"{end.iloc[i]:%Y-%m-%d} does not end {frame['fiscal_year'].iloc[i]}, "
                                     f"expected a day in {int(year.iloc[i])}")


def basis_is_stated(frame: pd.DataFrame) -> Iterator[Fault]:
    """A China figure has a basis class; a row without one has none."""
    figure = frame[["china_revenue_usd_m", "china_share_pct", "china_hq_revenue_usd_m"]].notna().any(axis=1)
    for i in np.flatnonzero(figure & (frame["basis_class"] == "") & (frame["period_type"] != "partial_upper_bound")
                            & ~frame["period_type"].isin(v.PERIOD_TYPES_WITHOUT_BASIS)):
        yield i, "basis_class", f"is empty beside a China figure, expected one of: {', '.join(v.BASIS_CLASSES)}"
    china = frame[["china_revenue_usd_m", "china_share_pct"]].notna().any(axis=1)
    for i in np.flatnonzero(frame["period_type"].isin(v.PERIOD_TYPES_WITHOUT_BASIS) & china):
        yield i, "period_type", f"{frame['period_type'].iloc[i]} has a China figure, expected none on such a row"


def codes_are_given(frame: pd.DataFrame) -> Iterator[Fault]:
    """What a sum must know of a China figure stands in codes: Hong Kong, Taiwan, how it is stated, whose headquarters."""
    figure = frame[["china_revenue_usd_m", "china_share_pct", "china_hq_revenue_usd_m"]].notna().any(axis=1)
    huawei = frame[["huawei_share_pct_of_revenue", "huawei_revenue_usd_m"]].notna().any(axis=1)
    for name, needed, beside, words in (
        ("hong_kong", figure, "a China figure", v.HONG_KONG), ("taiwan", figure, "a China figure", v.TAIWAN),
        ("stated_as", figure | huawei, "a figure", v.STATED_AS),
        ("hq_kind", frame["china_hq_revenue_usd_m"].notna(), "a headquarters figure", v.HQ_KINDS),
    ):
        for i in np.flatnonzero(needed & (frame[name] == "")):
            yield i, name, f"is empty beside {beside}, expected one of: {', '.join(words)}"


def a_traced_row_names_its_document(frame: pd.DataFrame) -> Iterator[Fault]:
    """A row is traced when, and only when, the address of its primary document stands on it."""
    for i in np.flatnonzero((frame["traced"] == "yes") != (frame["document_url"] != "")):
        beside = "with" if frame["document_url"].iloc[i] else "without"
        yield i, "traced", f"{frame['traced'].iloc[i]!r} {beside} a document_url, expected yes with one and no without"
    for i in np.flatnonzero((frame["document_url"] != "") & (frame["form"] == "")):
        yield i, "form", f"is empty beside a document_url, expected one of: {', '.join(v.FORMS)}"


def grade_follows_what_was_read(frame: pd.DataFrame) -> Iterator[Fault]:
    """A row is no better than the text it was read in: no A for an excerpt, no B for notes."""
    best = frame["read_in"].map(v.READ_IN)
    for i in np.flatnonzero((frame["grade"] < best) & best.notna()):
        grade, read_in = frame["grade"].iloc[i], frame["read_in"].iloc[i]
        yield i, "grade", f"{grade} for a figure read in {read_in}, expected {best.iloc[i]} or lower"


def hq_figure_is_repeated(frame: pd.DataFrame) -> Iterator[Fault]:
    """On a pure headquarters row both China columns say the same; a dual disclosure has another basis."""
    differs = (frame["basis_class"] == "hq") & (frame["china_revenue_usd_m"] - frame["china_hq_revenue_usd_m"]).abs().gt(0.5)
    for i in np.flatnonzero(differs):
        yield i, "china_hq_revenue_usd_m", "differs from china_revenue_usd_m on an hq row, expected the same figure"


def money_is_not_negative(frame: pd.DataFrame) -> Iterator[Fault]:
    """Only changes may be negative, not amounts."""
    for i in np.flatnonzero((frame["value"] < 0) & ~frame["unit"].str.startswith("percent")):
        yield i, "value", f"{frame['value'].iloc[i]:g} {frame['unit'].iloc[i]}, expected an amount of at least 0"


def one_spelling(*columns: str) -> Rule:
    """A name that rows are chosen by has one spelling: `huawei` beside `Huawei` would drop its row without a word."""
    def rule(frame: pd.DataFrame) -> Iterator[Fault]:
        for column in columns:
            words = frame[column]
            plain = words.str.casefold().str.replace(r"[\s\u00a0_-]+", "", regex=True)
            spellings = words.groupby(plain).nunique()
            for name in spellings.index[(spellings > 1) & (spellings.index != "")]:
                same = words[plain == name]
                usual = same.value_counts(sort=False).idxmax()
                for i in same.index[same != usual]:
                    yield i, column, (f"{same[i]!r} differs from {usual!r} in capitals, spaces or hyphens only, "
                                      "expected one spelling")
    return rule


def one_for_each(per: tuple[str, ...], *columns: str) -> Rule:
    """Rows that share `per` (a series, a file) say the same in `columns`: code reads one of them for all."""
    def rule(frame: pd.DataFrame) -> Iterator[Fault]:
        for column in columns:
            words = frame[column].astype(str)
            keys = [frame[name] for name in per]
            varied = words.groupby(keys, sort=False).transform("nunique") > 1
            for key, same in words[varied].groupby([one[varied] for one in keys], sort=False):
                usual = same.mode().iloc[0]
                for i in same.index[same != usual]:
                    yield i, column, f"{same[i]!r}, expected {usual!r} as in the rest of {' '.join(key)}"
    return rule


def named_once(frame: pd.DataFrame) -> Iterator[Fault]:
    """A name by which code asks for a row belongs to one row."""
    for i in np.flatnonzero((frame["name"] != "") & frame.duplicated("name")):
        yield i, "name", f"{frame['name'].iloc[i]!r} is the name of another row too, expected each name once"


def gartner_is_read_by_name(frame: pd.DataFrame) -> Iterator[Fault]:
    """A release of Gartner's names its buyers and its unit as code looks them up; another word would leave its row out."""
    for family, unit in v.GARTNER_UNITS.items():
        own = frame["series_id"].str.startswith(family)
        for column, words in (("geography", v.GARTNER_BUYERS), ("unit", (unit,))):
            for i in np.flatnonzero(own & ~frame[column].isin(words)):
                name = frame[column].iloc[i]
                yield i, column, f"{shown(name)}, expected one of: {listed(words)}{suggest(name, words)}"


# By frequency: the form of a period, and examples of it.
FREQUENCY_FORMS = {
    "A": (r"(FY|c\.)?\d{4}(-\d{4})?F?", "2022 or FY2022"), "H": (r"\d{4}-H\d", "2022-H1"), "Q": (r"\d{4}-Q\d", "2022-Q3"),
    "M": (r"\d{4}-\d\d", "2022-07"), "YTD": (r"\d{4}-\d\d/\d{4}-\d\d", "2022-01/2022-07"),
}


def period_matches_frequency(frame: pd.DataFrame) -> Iterator[Fault]:
    """A monthly row names a month, an annual row a year, and so on."""
    for freq, (form, example) in FREQUENCY_FORMS.items():
        rows = frame["freq"] == freq
        for i in np.flatnonzero(rows & ~frame["period"].str.fullmatch(form)):
            yield i, "period", f"{frame['period'].iloc[i]!r} with frequency {freq}, expected a form such as {example}"


def period_in_range(frame: pd.DataFrame) -> Iterator[Fault]:
    """A period lies in the years that a date may have: 2202 for 2022 is a slip of the keyboard."""
    first, last = int(FIRST_DAY[:4]), int(LAST_DAY[:4])
    years = frame["period"].str.extractall(r"(?<!\d)(\d{4})(?!\d)")[0].astype(int)
    outside = ~years.between(first, last)
    for i in dict.fromkeys(years.index.get_level_values(0)[outside]):
        yield i, "period", f"{frame['period'].iloc[i]!r}, expected years from {first} to {last}"


def begins_before_it_ends(frame: pd.DataFrame) -> Iterator[Fault]:
    """A period ends on or after its first day."""
    start, end = frame["period_start"], frame["period_end"]
    for i in np.flatnonzero(end < start):
        yield i, "period_end", f"{end.iloc[i]:%Y-%m-%d} is before period_start {start.iloc[i]:%Y-%m-%d}, expected a later day"


def spell_is_consistent(frame: pd.DataFrame) -> Iterator[Fault]:
    """A spell ends after it starts, has an end or a last evidence, and stands on one event only."""
    start, end, seen = frame["in_limbo_from"], frame["in_limbo_to"], frame["limbo_last_evidence"]
    for name, days in (("in_limbo_to", end), ("limbo_last_evidence", seen)):
        for i in np.flatnonzero(days < start):
            yield i, name, f"{days.iloc[i]:%Y-%m-%d} is before in_limbo_from {start.iloc[i]:%Y-%m-%d}, expected a later day"
    for i in np.flatnonzero(seen > end):
        yield i, "limbo_last_evidence", (f"{seen.iloc[i]:%Y-%m-%d} is after in_limbo_to {end.iloc[i]:%Y-%m-%d}, "
                                         "expected an earlier day")
    for i in np.flatnonzero((start - frame["date"]).dt.days.abs() > SPELL_GAP_DAYS):
        yield i, "in_limbo_from", (f"{start.iloc[i]:%Y-%m-%d} is more than {SPELL_GAP_DAYS} days from the event's date "
                                   f"{frame['date'].iloc[i]:%Y-%m-%d}, expected the spell of this event")
    spell = start.notna()
    for name in ("limbo_id", "limbo_type", "in_limbo_from_precision"):
        for i in np.flatnonzero(spell != (frame[name] != "")):
            yield i, name, ("is empty on a spell, expected a value" if spell.iloc[i]
                            else "is given without in_limbo_from, expected both")
    for i in np.flatnonzero(spell & end.isna() & seen.isna()):
        yield i, "limbo_last_evidence", "is empty on a spell without end, expected the last day it was seen open"
    for i in np.flatnonzero(end.notna() & (frame["in_limbo_to_precision"] == "")):
        yield i, "in_limbo_to_precision", "is empty beside in_limbo_to, expected a value"
    for i in np.flatnonzero(~spell & (end.notna() | seen.notna())):
        yield i, "in_limbo_from", "is empty beside an end, expected the first day of the spell"
    for i in np.flatnonzero((frame["limbo_id"] != "") & frame["limbo_id"].duplicated()):
        yield i, "limbo_id", f"{frame['limbo_id'].iloc[i]} stands on an earlier event, expected one event a spell"


def scheduled_end_is_open(frame: pd.DataFrame) -> Iterator[Fault]:
    """An end that is only scheduled stands on a spell without known end, after the last evidence."""
    scheduled, end, seen = frame["limbo_scheduled_to"], frame["in_limbo_to"], frame["limbo_last_evidence"]
    for i in np.flatnonzero(scheduled.notna() & (frame["in_limbo_from"].isna() | end.notna())):
        yield i, "limbo_scheduled_to", "is given without a spell or beside its end, expected only where no end is known"
    for i in np.flatnonzero(scheduled < seen):
        yield i, "limbo_scheduled_to", (f"{scheduled.iloc[i]:%Y-%m-%d} is before limbo_last_evidence {seen.iloc[i]:%Y-%m-%d}, "
                                        "expected in_limbo_to when the schedule was kept, or no scheduled end")


def known_after_it_began(frame: pd.DataFrame) -> Iterator[Fault]:
    """A state is known through a day that is not before it began, and a day that comes next says what comes."""
    since, known = frame["since"], frame["known_through"]
    for i in np.flatnonzero(known < since):
        yield i, "known_through", (f"{known.iloc[i]:%Y-%m-%d} is before since {since.iloc[i]:%Y-%m-%d}, expected that day or a "
                                   "later one")
    for i in np.flatnonzero(frame["next_date"].notna() & (frame["next_step"] == "")):
        yield i, "next_step", "is empty beside next_date, expected what is due on that day"


READERS_COLUMNS = ("title", "publisher", "note", "caveat")
ADDRESS = re.compile(r"https?://\S+")
JARGON = re.compile(
    r"\b(parquet|jsonl|github|gitlab|hugging ?face|repo|repository|crawl(ed|er)?|search (result|tool|hit|engine)s?|snippet|"
    r"in the stores?|code index|embeddings?|scrap(ed|ing)|cached|LLM|prompt|TODO|\w+\.(md|py|json|ipynb))\b", re.IGNORECASE)


def plain_words(frame: pd.DataFrame) -> Iterator[Fault]:
    """What is written for readers holds no word of the tools with which it was found; addresses do not count."""
    for name in [name for name in READERS_COLUMNS if name in frame]:
        for i, text in enumerate(frame[name]):
            found = JARGON.search(ADDRESS.sub("", text))
            if found:
                yield i, name, f"holds {found[0]!r}, expected words for a reader: what was read, and what is not exact about it"


def month_is_its_first_day(frame: pd.DataFrame) -> Iterator[Fault]:
    """A date known by its month stands on the first."""
    for i in np.flatnonzero((frame["date_precision"] == "month") & (frame["date"].dt.day != 1)):
        yield i, "date", f"{frame['date'].iloc[i]:%Y-%m-%d} with precision month, expected the first of the month"


def value_kind_matches(frame: pd.DataFrame) -> Iterator[Fault]:
    """A range has two ends and no central figure, a text has none, everything else has one figure."""
    ranged = frame["value_kind"] == "range"
    for i in np.flatnonzero(ranged & (frame["value_low"].isna() | frame["value_high"].isna())):
        yield i, "value_low", "or value_high is empty on a range, expected both"
    for i in np.flatnonzero(~ranged & (frame["value_kind"] != "text") & frame["value"].isna()):
        yield i, "value", f"is empty with kind {frame['value_kind'].iloc[i]}, expected a number"


def link_or_note(frame: pd.DataFrame) -> Iterator[Fault]:
    """A source without an address says why."""
    for i in np.flatnonzero((frame["url"] == "") & (frame["note"] == "")):
        yield i, "note", "is empty on a source without an address, expected where it was seen"


def t_is_ratio(frame: pd.DataFrame) -> Iterator[Fault]:
    """t = CAR / standard error, within the rounding of the two."""
    for i in np.flatnonzero((frame["t"] - frame["car"] / frame["se"]).abs() > 0.01):
        yield i, "t", f"{frame['t'].iloc[i]:g}, expected {frame['car'].iloc[i] / frame['se'].iloc[i]:.4f} from car and se"


def _full_years(frame: pd.DataFrame) -> pd.Series:
    return frame["period_type"].isin(v.FULL_YEAR_PERIOD_TYPES)


_SERIES = (money_is_not_negative, period_matches_frequency, period_in_range,
           no_unit_slip(("value",), ["series_id", "geography", "partner", "freq"], "period"),
           one_spelling("series_id", "geography", "partner", "hs_code_or_product"))
_AMOUNTS = ("total_revenue_usd_m", "china_revenue_usd_m", "china_hq_revenue_usd_m", "rd_expense_usd_m")

RULES: dict[str, tuple[Rule, ...]] = {
    "company_filings": (
        not_above("china_revenue_usd_m", "total_revenue_usd_m", "China to be part of the total"),
        not_above("china_hq_revenue_usd_m", "total_revenue_usd_m", "China to be part of the total"),
        not_above("china_hq_mainland_usd_m", "china_hq_revenue_usd_m", "the mainland to be part of China"),
        not_above("huawei_revenue_usd_m", "total_revenue_usd_m", "Huawei to be part of the total"),
        share_agrees("china_share_pct", "china_revenue_usd_m", "total_revenue_usd_m"),
        share_agrees("huawei_share_pct_of_revenue", "huawei_revenue_usd_m", "total_revenue_usd_m"),
        fiscal_year_matches_end, basis_is_stated, codes_are_given, a_traced_row_names_its_document,
        grade_follows_what_was_read, hq_figure_is_repeated,
        no_unit_slip(_AMOUNTS, ["firm"], "fiscal_year", _full_years),
    ),
    "quarterly_revenue": (grade_follows_what_was_read, no_unit_slip(("revenue_usd_m",), ["firm", "segment"], "period_end")),
    "named_customers": (grade_follows_what_was_read,),
    **{name: (*_SERIES, one_for_each(("series_id",), "unit", *columns)) for name, columns in {
        "us_exports": ("geography", "partner", "hs_code_or_product"), "china_imports": ("geography", "hs_code_or_product"),
        "market_sales": ("geography", "partner", "hs_code_or_product"), "us_industry": ("geography", "partner"),
        "export_licences": ("geography", "partner"),
    }.items()},
    "oem_demand": (*_SERIES, one_for_each(("series_id",), "unit", "partner"), gartner_is_read_by_name),
    "milestones": (one_for_each(("file_id",), "file", "channel"),),
    "policy_events": (spell_is_consistent, scheduled_end_is_open, month_is_its_first_day),
    "standing": (known_after_it_began,),
    "huawei_facts": (value_kind_matches, begins_before_it_ends, not_above("value_low", "value_high", "the lower end first"),
                     one_spelling("entity", "unit"), named_once),
    "published_results": (not_above("low", "high", "the lower end first"),),
    "event_study_car": (t_is_ratio, one_for_each(("firm",), "group"), one_for_each(("event",), "expected_sign"),
                        one_for_each(("event", "day_choice"), "event_date")),
    "uncertainty_monthly": (no_unit_slip(("value",), ["series_id"], "month"), one_for_each(("series_id",), "unit")),
    "sources": (link_or_note,),
}

RULES |= {name: (*RULES.get(name, ()), plain_words) for name in (
    "company_filings", "us_exports", "china_imports", "market_sales", "us_industry", "oem_demand", "export_licences",
    "policy_events", "standing", "reversals", "milestones", "arguments", "huawei_facts", "published_results", "sources")}
