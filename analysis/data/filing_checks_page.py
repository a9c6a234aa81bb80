"""The part of the data page that says how far the filings are traced, and where two ways to a figure disagree, trade included."""

from __future__ import annotations

from analysis.data import filing_checks, trade_checks
from analysis.data.loading import load_table

_TEXT = """
(filings-traced)=
## How far the filings are traced

Of {rows} rows of company filings, {traced} ({share:.0f}%) name the document of the regulator or the firm that holds the figure:
{of_filings:.0f}% of the {in_filings} whose figure is known to stand in such a document. The others rest on the press, on calls or
on pages that gather figures. What was in fact read, and where, stands in columns of its own (`read_in`, `retrieved_url`) beside
the address of the document, and caps the grade: {read}. One switch leaves the rows that are
not traced out of the estimate: `python -m analysis traced-only --out traced-rows`, then `make book DATA=traced-rows`.

{untraced}

(filings-met-twice)=
## Where two ways to a figure agree

The four quarters of a fiscal year must make the year. They were read apart from each other for {years} firm-years, and agree to the
last digit printed in {agree}; the rest are {apart}.

The table lists figures that were met a second time, by another source or by arithmetic, the widest difference first.

{table}

(trade-met-twice)=
## Where two sources of trade, market or buyers' figures differ

Both stand in the tables. The widest difference is named first; where it is nought, two ways lead to the same figure.

{trade}
"""


_FIGURES = {
    "china": "China line", "china_hq": "China by headquarters", "china_mainland": "mainland China", "china_share": "China's share",
    "total": "total revenue", "huawei_share": "Huawei's share",
}


def render_filing_checks(data_dir: str | None = None) -> str:
    """MyST text with the counts, and the table of figures met twice. `data_dir` as for `load_table`."""
    filings = load_table("company_filings", data_dir)
    years = filing_checks.quarters_against_years(load_table("quarterly_revenue", data_dir), filings)
    apart = years[years["difference_pct"].abs() > 0.005]
    read = filings["read_in"].value_counts()
    counts = filing_checks.traced_counts(filings)
    return _TEXT.format(
        **counts,
        share=100 * counts["traced"] / counts["rows"],
        of_filings=100 * counts["traced"] / counts["in_filings"],
        untraced=_untraced(filings),
        read=", ".join(f"{name} {count}" for name, count in read.items()),
        years=len(years),
        agree=len(years) - len(apart),
        apart=", ".join(f"{row.firm} {row.year} ({row.difference_pct:+.1f}%)" for row in apart.itertuples()) or "none",
        trade=_trade(trade_checks.compared(data_dir)),
        table=_table(filing_checks.met_twice(load_table("filing_checks", data_dir))),
    )


def _untraced(filings) -> str:
    lines = ["| Firm | Periods without a document | Why |", "|---|---|---|"]
    lines += [f"| {row.firm} | {row.periods} | {row.why} |" for row in filing_checks.untraced(filings).itertuples()]
    return "\n".join(lines)


def _trade(pairs) -> str:
    lines = ["| Quantity and year | One source | Another | Difference | Used |", "|---|---:|---:|---:|---|"]
    lines += [
        f"| {row.quantity}, {row.period} | {row.value:,g} {row.unit} ({row.source}) | {row.other_value:,g} ({row.other_source}) "
        f"| {row.difference_pct:+.1f}% | {row.used}: {row.why} |"
        for row in pairs.itertuples()
    ]
    return "\n".join(lines)


def _table(checks) -> str:
    lines = ["| Firm and year | Figure | Second way | Difference | Used |", "|---|---:|---|---:|---|"]
    used = {"value": "the first", "other_value": "the second", "both": "both", "neither": "neither"}
    for row in checks.itertuples():
        unit = "%" if row.unit == "%" else ""
        where = f"[{row.other_source}]({row.other_url})" if row.other_url else row.other_source
        lines.append(
            f"| {row.firm} {row.fiscal_year}, {_FIGURES[row.quantity]} | {row.value:,.0f}{unit} "
            f"| {row.other_value:,.0f}{unit} ({row.kind}: {where}) "
            f"| {row.difference_pct:+.1f}% | {used[row.used]}{'; ' + row.note if row.note else ''} |"
        )
    return "\n".join(lines)
