"""A file is written whole or not at all."""

from __future__ import annotations

import pytest

from analysis.files import draft_of, write_if_changed, write_whole


def test_a_writer_that_fails_leaves_the_old_file_and_no_draft(tmp_path) -> None:
    file = tmp_path / "new folder" / "page.html"
    write_whole(file, "first ✓")
    with pytest.raises(ZeroDivisionError), draft_of(file) as draft:
        draft.write_text("half of")
        raise ZeroDivisionError
    assert file.read_text(encoding="utf-8") == "first ✓"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("content", ["line\r\nline\n", b"\xff\x00"])
def test_the_same_content_is_not_written_again(content, tmp_path) -> None:
    file = tmp_path / "table.csv"
    assert write_if_changed(file, content)
    written = file.stat().st_ino
    assert not write_if_changed(file, content) and file.stat().st_ino == written
    assert write_if_changed(file, "other") and file.read_text() == "other"
