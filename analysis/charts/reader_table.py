"""Tables for the chapters: complete in plain HTML, scrolling inside themselves on a narrow screen."""

from __future__ import annotations

import html

import pandas as pd

from analysis.charts.table import data_table


def reader_table(data: pd.DataFrame, caption: str) -> str:
    """The table as HTML in a region that scrolls sideways by itself and can be reached with the keyboard."""
    label = html.escape(caption, quote=True)
    table = data_table(data).replace("<thead>", f"<caption>{html.escape(caption)}</caption><thead>", 1)
    return f'<div class="cs-scroll" tabindex="0" role="region" aria-label="{label}">{table}</div>'
