"""The briefing pack: two pages (PDF), a Word document and slides, from the same registry as the book."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.publish.ancillary import note
from analysis.registry.numbers import Number

if TYPE_CHECKING:
    from analysis.publish.briefing.content import Briefing

# document → what it is, its media type
FILES = {
    "briefing.pdf": ("Briefing, two pages", "application/pdf"),
    "briefing.docx": ("Briefing as a Word document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "briefing.pptx": ("Briefing as slides", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}


def write_briefing(folder: Path, numbers: Mapping[str, Number], figures: Path, pages_of_figures: Mapping[str, str],
                   edition: Mapping[str, str], address: str, source_titles: Mapping[str, str]) -> Briefing:
    """Write `briefing.pdf`, `.docx` and `.pptx` into `folder`, and return it as written. Raises BriefingError with everything
    that is missing.
    """
    from analysis.publish.briefing.content import load_briefing
    from analysis.registry.claims import load_claims

    briefing = load_briefing(numbers, load_claims(), figures, pages_of_figures, edition, address, source_titles)
    return write_documents(folder, briefing)


def write_documents(folder: Path, briefing: Briefing) -> Briefing:
    """Write the briefing's three documents into `folder`, and return it as written: what is too long for two pages or a slide
    is shortened in all three."""
    folder.mkdir(parents=True, exist_ok=True)
    written, left_out = _write_shortened(briefing, *(folder / name for name in FILES))
    if left_out:
        times = {what: left_out.count(what) for what in left_out}
        counted = [f"{what} ({count} times)" if count > 1 else what for what, count in times.items()]
        note(f"The briefing did not fit two pages and its slides; in all three documents: {', '.join(counted)}.")
    return written


def _write_shortened(briefing: Briefing, pdf: Path, docx: Path, pptx: Path) -> tuple[Briefing, list[str]]:
    """Write the first of the briefing and its shorter forms that fits all three documents; what was left out for that."""
    from analysis.publish.briefing.content import BriefingError
    from analysis.publish.briefing.pdf import write_pdf
    from analysis.publish.briefing.shorten import shorter
    from analysis.publish.briefing.slides import write_slides
    from analysis.publish.briefing.word import write_word

    left_out: list[str] = []
    too_long = BriefingError()
    for one, what in chain([(briefing, "")], shorter(briefing)):
        left_out += [what] * bool(what)
        try:
            write_slides(one, pptx)
            write_pdf(one, pdf)
        except BriefingError as error:
            too_long = error
            continue
        write_word(one, docx)
        return one, left_out
    raise too_long
