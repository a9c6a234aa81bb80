"""The view of one day on the page: tables for chosen days in plain HTML, and the data for the control that picks any day.

Without JavaScript the reader sees the tables. The script `on-this-day.js` reads the intervals from the JSON block and replaces the
tables by a date field; it applies the same rules as `status_on` and `in_force_on`, and a test compares the two.
"""

from __future__ import annotations

import html
import json

import pandas as pd

from analysis.policy.in_force import day_report, page_data

SECTIONS = (("in_limbo", "In limbo"), ("not_known", "Not known whether still in limbo"), ("in_force", "In force"))


def on_this_day_html(events: pd.DataFrame, reversals: pd.DataFrame, spells: pd.DataFrame, days: dict[str, str], newest: str) -> str:
    """Markup of the control.

    Arguments: `days` maps the days shown without JavaScript (YYYY-MM-DD) to what they are; `newest` is the last day offered.
    """
    data = page_data(events, reversals, spells) | {"newest": newest}
    options = "".join(
        f'<option value="{day}">{html.escape(_long(day))}: {html.escape(what)}</option>' for day, what in days.items()
    )
    tables = "".join(
        f"<details{' open' if i == 0 else ''}><summary>{html.escape(_long(day))}: {html.escape(what)}</summary>"
        f"{_table(day_report(events, reversals, spells, day), day)}</details>"
        for i, (day, what) in enumerate(days.items())
    )
    # '</' would end the script element early wherever it stands in the text.
    payload = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return (
        '<div class="cs-day" id="on-this-day">'
        '<form class="cs-day-form" hidden>'
        f'<label>Day <input type="date" name="day" min="{data["first"]}" max="2035-12-31" value="{newest}"></label> '
        f'<label>or one of these <select name="chosen"><option value="">–</option>{options}</select></label></form>'
        '<div class="cs-day-result" aria-live="polite" hidden></div>'
        f'<div class="cs-day-static">{tables}</div>'
        f'<script type="application/json" class="cs-day-data">{payload}</script></div>'
    )


def _table(report: dict, day: str) -> str:
    rows = []
    for key, title in SECTIONS:
        for i, row in enumerate(report[key]):
            kind = row["instrument"] if key == "in_force" else row["type"] + ("" if row["core"] else ", shown apart")
            head = f'<th scope="rowgroup" rowspan="{len(report[key])}">{title}: {len(report[key])}</th>' if i == 0 else ""
            rows.append(
                f"<tr>{head}<td>{html.escape(row['title'])}</td><td>{html.escape(kind)}</td>"
                f"<td>{html.escape(row['channel'])}</td><td>{row['since']}</td></tr>"
            )
    return (
        f'<div class="cs-scroll" tabindex="0" role="region" aria-label="State of the file on {html.escape(_long(day))}">'
        "<table><thead><tr><th scope='col'>On this day</th><th scope='col'>Matter</th><th scope='col'>Kind</th>"
        f"<th scope='col'>Channel</th><th scope='col'>Since</th></tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _long(day: str) -> str:
    stamp = pd.Timestamp(day)
    return f"{stamp.day} {stamp:%B %Y}"
