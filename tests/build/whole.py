"""Whether a published site is whole: every page, table, download and number of it belongs to one and the same build.

Each page says in its foot when it was built, to the second; the numbers are printed on pages and stand in `numbers.json`,
`numbers.csv`, `receipt.json` and the briefing.
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
from pathlib import Path

PAGES = ("index", "demand", "text", "data", "sources", "numbers", "glossary", "search", "404")
PRINTED = {"index": "index.rows", "text": "index.rows", "demand": "demand.rows"}   # a page, and a number it prints
BUILT = re.compile(r'built on <time datetime="([^"]+)"')


def torn(site: Path) -> list[str]:
    """One line for each part of the small project's site that is missing, cut short, or from another build than numbers.json."""
    published = json.loads((site / "numbers.json").read_text(encoding="utf-8"))
    values = {row["id"]: row["value"] for row in published["numbers"]}
    lines = [f"{name}.html is missing" for name in PAGES if not (site / f"{name}.html").exists()]
    texts = {page.stem: page.read_text(encoding="utf-8") for page in sorted(site.glob("*.html"))}
    lines += [f"{name}.html is cut short" for name, text in texts.items() if not text.rstrip().endswith("</html>")]
    now = {published["built"]}
    lines += [f"{name}.html is of another build" for name, text in texts.items() if set(BUILT.findall(text)) != now]
    for name, number in PRINTED.items():
        anchor = number.replace(".", "-")
        if not re.search(rf'href="numbers.html#n-{anchor}"[^>]*>(?:<[^>]*>)*{values[number]:,.0f}<', texts.get(name, "")):
            lines.append(f"{name}.html does not print {number} as {values[number]:,.0f}")
    with (site / "numbers.csv").open(encoding="utf-8", newline="") as stream:
        if {row["id"]: float(row["value"]) for row in csv.DictReader(stream)} != values:
            lines.append("numbers.csv holds other values")
    receipt = json.loads((site / "receipt.json").read_text(encoding="utf-8"))
    if {id: row["value"] for id, row in receipt["outputs"]["numbers"].items()} != values:
        lines.append("receipt.json holds other values")
    if published["built"] not in (site / "ro-crate-metadata.json").read_text(encoding="utf-8"):
        lines.append("ro-crate-metadata.json is of another build")
    with zipfile.ZipFile(site / "briefing" / "briefing.docx") as archive:
        if f"{values['index.rows']:,.0f}" not in archive.read("word/document.xml").decode():
            lines.append("the briefing holds other values")
    return lines
