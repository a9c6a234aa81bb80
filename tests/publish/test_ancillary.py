"""What accompanies the site and fails is named, keeps its last good form, and does not stop the site."""

from __future__ import annotations

from analysis.publish.ancillary import attempt
from analysis.runner.progress import Progress


def fails(folder):
    (folder / "one.txt").write_text("half")
    raise ValueError("no glyph for 中\nat line 23")


def test_what_fails_is_named_and_stays_as_it_was_published(tmp_path, capsys) -> None:
    new, before = tmp_path / "new", tmp_path / "before"
    for folder in (new, before):
        folder.mkdir()
    (before / "one.txt").write_text("good")
    assert not attempt("the briefing", lambda: fails(new), new, ["one.txt", "deep/two.txt"], before)
    assert (new / "one.txt").read_text() == "good" and not (new / "deep").exists()
    assert capsys.readouterr().out == (
        "! the briefing could not be made (ValueError: no glyph for 中 at line 23); one.txt stays as published before, and "
        "the rest of the site is published.\n")


def test_without_a_site_before_it_is_left_out(tmp_path, capsys) -> None:
    assert not attempt("the card", lambda: fails(tmp_path), tmp_path, ["one.txt"], tmp_path / "nothing")
    assert not (tmp_path / "one.txt").exists() and "it is left out" in capsys.readouterr().out


def test_what_succeeds_says_nothing(tmp_path, capsys) -> None:
    assert attempt("the card", lambda: (tmp_path / "one.txt").write_text("new"), tmp_path, ["one.txt"], tmp_path)
    assert (tmp_path / "one.txt").read_text() == "new" and capsys.readouterr().out == ""


def test_the_build_shows_what_a_step_wants_the_person_to_know(capsys) -> None:
    Progress().feed(b"! the briefing could not be made\n")
    assert capsys.readouterr().err == "the briefing could not be made\n"
