"""A briefing made up for the tests, its figures, and readers of the three documents it is written into."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import altair as alt
import pandas as pd
import pikepdf
import pypdf
import yaml
from docx import Document
from pptx import Presentation

from analysis.charts import Figure
from analysis.publish.briefing.content import load_briefing
from analysis.publish.briefing.pdf import write_pdf
from analysis.publish.briefing.slides import write_slides
from analysis.publish.briefing.word import write_word
from analysis.registry.claims import Claim

WRITERS = ((write_pdf, "pdf"), (write_word, "docx"), (write_slides, "pptx"))
ADDRESS = "https://book.example/"
EDITION = {"edition": "2026.11", "built": "2026-11-22T10:00:00Z", "commit": "abc", "inputs_sha256": "0" * 64}
CLAIMS = [
    Claim("peak", "A peak", "rules",
          "Files waited {rules.limbo_days.2020} in 2020, longer than the {rules.limbo_days.2019} before.",
          "{rules.limbo_days.2020} > {rules.limbo_days.2019}", "It dates the stalemate."),
    Claim("sales", "Sales", "sales", "Chinese firms bought {sales.chinese_firms.2022|interval}, not {sales.china.2022}.",
          "{sales.chinese_firms.2022|high} < {sales.china.2022}", "Bases differ."),
    Claim("month", "A month", "cost", "The sign of a month's cost is open: {cost.month|interval}.",
          "{cost.month|low} < 0", "It is honest."),
]
GIVEN = {
    "title": "What does it cost not to decide?", "subtitle": "US chip sales to Chinese firms",
    "answer": "One month more costs {cost.month|interval}; its sign is open.",
    "rules": ["Files waited {rules.limbo_days.2020}, as known on {rules.limbo_days.2020|day}.", "Nothing else is known."],
    "options": {"columns": ["Choice", "Cost", "Weight"],
                "rows": [["Wait", "{cost.month} ({cost.month|range})", "{cost.weight}"], ["Decide", "nothing", "0"]],
                "note": "For one customer."},
    "claims": ["peak", "sales", "month"],
    "numbers": ["rules.limbo_days.2020", "sales.china.2022", "sales.chinese_firms.2022", "cost.month", "cost.weight"],
    "exhibits": [
        {"figure": "days", "takeaway": "Waiting peaked in 2020 with {rules.limbo_days.2020}.",
         "slide": {"form": "column", "category": "Year", "series": ["Days undecided"]}},
        {"figure": "lenses", "takeaway": "Two bases, two answers.",
         "slide": {"form": "line", "category": "Year", "by": "Lens", "value": "US$ billion"}}],
    "caveats": ["A permission's value is not a sale.", "The month's cost is a model's output, not a ledger's."],
}
PICTURE = {"figure": "cost", "takeaway": "The interval holds zero."}   # without an editable chart
YEARS = range(2016, 2026)
FIGURES = {
    "days": pd.DataFrame({"Year": YEARS, "Days undecided": [0, 10, 120, 1122, 1944, 800, 300, 250, 200, 900]}),
    "lenses": pd.DataFrame([{"Year": year, "Lens": lens, "US$ billion": (year - 2010) * factor}
                            for year in YEARS for lens, factor in (("Shipped to China", 3.1), ("=Sold to Chinese firms", 2.0))]),
    "cost": pd.DataFrame({"Months": range(1, 13), "Cost, US$ billion": [0.85 - 0.02 * m for m in range(1, 13)]}),
}
PLANTED = "=1+1 <b>bold</b> #strong[x] $x$ \u0007"


def draw(id: str, data: pd.DataFrame) -> Figure:
    x, y, *_ = [name for name in data.columns if name != "Lens"]

    def build(width: int) -> alt.Chart:
        chart = alt.Chart(data).mark_line() if id == "lenses" else alt.Chart(data).mark_bar()
        encoded = chart.encode(x=alt.X(x, type="ordinal"), y=alt.Y(y, type="quantitative"))
        return (encoded.encode(color="Lens:N") if id == "lenses" else encoded).properties(width=width - 90, height=200)
    return Figure(id=id, title=f"Finding of the figure {id}, stated as a sentence that a reader can quote",
                  description=f"Chart of {y} by {x}.", unit=y, source_ids=("bis-1", "sia-1"), evidence=("derived",), data=data,
                  chart=build, note="A caveat under the chart")


def loaded(registry: dict, figures: Path, file: Path, **changes):
    """The briefing as the book loads it, written into `file` from GIVEN with changes."""
    file.write_text(yaml.safe_dump({**GIVEN, **changes}, allow_unicode=True))
    return load_briefing(registry, CLAIMS, figures, {"days": "rules", "lenses": "sales", "cost": "cost"}, EDITION, ADDRESS,
                         {"bis-1": "Federal Register", "sia-1": "SIA Factbook"}, file)


def exhibits(**slide) -> list[dict]:
    """The exhibits, the first one's slide drawn otherwise."""
    return [{**GIVEN["exhibits"][0], "slide": {**GIVEN["exhibits"][0]["slide"], **slide}}, GIVEN["exhibits"][1]]


def pdf_text(file: Path) -> str:
    text = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(file).pages).split())
    return re.sub(r"(?<=\w)- (?=\w)", "-", text)   # a line may end after the hyphen of a compound word


def word_text(file: Path) -> str:
    document = Document(str(file))
    texts = [p.text for p in document.paragraphs]
    texts += ["".join(cell._tc.itertext()) for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join(texts).split())


def slide_text(file: Path) -> str:
    texts = []
    for slide in Presentation(str(file)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                texts.append(shape.text_frame.text)
            if shape.has_table:
                texts += [cell.text for row in shape.table.rows for cell in row.cells]
        if slide.has_notes_slide:
            texts.append(slide.notes_slide.notes_text_frame.text)
    return " ".join(" ".join(texts).split())


def as_typed(read: Callable[[Path], str]) -> Callable[[Path], str]:
    """The text of a document with the apostrophes of the keyboard, as the sources have them."""
    return lambda file: read(file).replace("’", "'")
READERS = {"pdf": as_typed(pdf_text), "docx": as_typed(word_text), "pptx": as_typed(slide_text)}


def charts_of(file: Path) -> list:
    return [s.chart for slide in Presentation(str(file)).slides for s in slide.shapes if s.has_chart]


def structure(element, found: list) -> list:
    """Structure elements of a tagged PDF in reading order."""
    children = element.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            found.append(child)
            structure(child, found)
    return found
