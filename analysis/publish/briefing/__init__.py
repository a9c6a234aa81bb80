"""The briefing pack: two pages (PDF), a Word document and five slides, from the same registry as the book."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from analysis.registry.numbers import Number


def write_briefing(folder: Path, numbers: Mapping[str, Number], figures: Path, pages_of_figures: Mapping[str, str],
                   edition: Mapping[str, str], address: str, source_titles: Mapping[str, str]) -> None:
    """Write `briefing.pdf`, `.docx` and `.pptx` into `folder`. Raises BriefingError with everything that is missing or too long."""
    from analysis.publish.briefing.content import load_briefing
    from analysis.publish.briefing.pdf import write_pdf
    from analysis.publish.briefing.slides import write_slides
    from analysis.publish.briefing.word import write_word
    from analysis.registry.claims import load_claims

    briefing = load_briefing(numbers, load_claims(), figures, pages_of_figures, edition, address, source_titles)
    folder.mkdir(parents=True, exist_ok=True)
    for write, ending in ((write_pdf, "pdf"), (write_word, "docx"), (write_slides, "pptx")):
        write(briefing, folder / f"briefing.{ending}")
