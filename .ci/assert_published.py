"""Assert on the published site itself: its pages, its figures, its numbers. Exit 1 naming everything that is missing."""

from __future__ import annotations

import csv
import json
import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"

# Quantities anyone can look up in the sources: id → (value, tolerance).
KNOWN = {
    "sales.customs.us_8542_cn.2021": (12_265, 0.5),
    "sales.customs.us_8542_cn.2022": (9_418, 0.5),
    "sales.industry.china_market.2022": (96.4, 0.05),
    "huawei.gartner.chip_spending.2019": (24.9, 0.05),
    "rules.limbo_days.core.2019": (1_122, 0),
    "rules.limbo_days.core.2020": (1_229, 0),
}


def problems() -> list[str]:
    found = []
    toc = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text())
    chapters = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    with (ROOT / "data" / "filings" / "firms.csv").open(encoding="utf-8", newline="") as stream:
        firms = [f"firm-{row['slug'].replace('_', '-')}" for row in csv.DictReader(stream)]
    pages = ["index", *chapters, *firms]
    texts = {}
    for page in pages:
        file = HTML / f"{page}.html"
        if not file.exists():
            found.append(f"page {page}.html is missing")
            continue
        texts[page] = file.read_text(encoding="utf-8")
        if not re.search(r"<h1[ >]", texts[page]) or len(texts[page]) < 4_000:
            found.append(f"page {page}.html has no title or is nearly empty")

    published = json.loads((HTML / "numbers.json").read_text())
    numbers = {n["id"]: n for n in published["numbers"]}
    for id, (value, tolerance) in KNOWN.items():
        if id not in numbers:
            found.append(f"number {id} is missing")
        elif abs(numbers[id]["value"] - value) > tolerance:
            found.append(f"number {id} is {numbers[id]['value']}, expected {value}")

    figures = {f.stem for f in (HTML / "figures").glob("*.json")}
    shown = {id for text in texts.values() for id in re.findall(r'<figure[^>]*\bid="fig-([a-z0-9-]+)"', text)}
    if shown != figures:
        found.append(f"figures shown and figures published differ: {sorted(shown ^ figures)}")
    for figure in figures:
        for ending, least in (("svg", 100), ("png", 100), ("csv", 2)):   # bytes of a drawing; a head and a row of a table
            file = HTML / "figures" / f"{figure}.{ending}"
            if not file.exists() or (len(file.read_text("utf-8").splitlines()) if ending == "csv" else file.stat().st_size) < least:
                found.append(f"figures/{figure}.{ending} is missing or empty")
    print(f"{len(texts)} pages, {len(figures)} figures, {len(numbers)} numbers in edition {published['edition']}")
    return found


if __name__ == "__main__":
    complaints = problems()
    print("\n".join(complaints), file=sys.stderr)
    sys.exit(1 if complaints else 0)
