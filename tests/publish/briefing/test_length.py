"""A briefing that is too long is shortened in all documents alike, or refused; it is never cut."""

from __future__ import annotations

from dataclasses import replace

import pikepdf
import pytest

from analysis.publish.briefing.content import BriefingError
from analysis.publish.briefing.pdf import write_pdf
from analysis.publish.briefing.slides import write_slides
from tests.publish.briefing.made_up import ADDRESS, EDITION


def test_a_briefing_that_is_too_long_for_two_pages_is_refused(make, tmp_path) -> None:
    briefing = make()
    with pytest.raises(BriefingError, match="the PDF has 3 pages, 2 are wanted; shorten it"):
        write_pdf(replace(briefing, caveats=briefing.caveats * 30), tmp_path / "b.pdf")
    assert not (tmp_path / "b.pdf").exists()


def test_a_text_that_fits_no_slide_is_refused_and_never_cut(make, tmp_path) -> None:
    briefing = make()
    with pytest.raises(BriefingError, match="does not fit its place on a slide; shorten it"):
        write_slides(replace(briefing, answer=briefing.answer * 40), tmp_path / "b.pptx")
    assert not (tmp_path / "b.pptx").exists()


@pytest.mark.parametrize("change", [
    lambda one: replace(one, caveats=one.caveats * 40),
    lambda one: replace(one, answer=one.answer * 40),
    lambda one: replace(one, findings=one.findings * 12, rows=one.rows * 8),
    lambda one: replace(one, exhibits=tuple(replace(e, sources=("A title that goes on and on " * 40,) * 3) for e in one.exhibits)),
    lambda one: replace(one, exhibits=tuple(replace(e, note="很长的注释" * 300) for e in one.exhibits)),
], ids=["caveats", "answer", "findings and numbers", "titles of sources", "notes without a space"])
def test_a_briefing_that_is_too_long_is_shortened_in_all_three_documents_and_says_so(change, make, tmp_path, monkeypatch, capsys):
    from analysis.publish import briefing as pack

    long = change(make())
    monkeypatch.setattr("analysis.publish.briefing.content.load_briefing", lambda *_unused: long)
    written = pack.write_briefing(tmp_path / "briefing", {}, tmp_path, {}, EDITION, ADDRESS, {})
    assert sorted(file.name for file in (tmp_path / "briefing").iterdir()) == sorted(pack.FILES)
    with pikepdf.open(tmp_path / "briefing" / "briefing.pdf") as opened:
        assert len(opened.pages) == 2
    assert "! The briefing did not fit two pages and its slides; in all three documents: " in capsys.readouterr().out
    assert [row.value for row in written.rows] == [row.value for row in long.rows[:len(written.rows)]], "a number is never cut"
    assert len(written.caveats) >= 2 and len(written.findings) >= 3
