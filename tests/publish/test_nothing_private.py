"""No published file tells of the machine or the person that built it, or holds a secret."""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from pathlib import Path

import pytest

from analysis import paths

spec = importlib.util.spec_from_file_location("private", Path(__file__).with_name("private.py"))
private = sys.modules["private"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(private)


def test_no_published_file_names_a_folder_a_person_or_a_secret(site) -> None:
    assert private.found_in(site) == []


def test_the_folder_to_publish_with_its_editions_does_not_either() -> None:
    public = paths.BUILD / "public"
    if not public.exists():
        pytest.skip("no edition has been frozen here: run 'make edition'")
    assert private.found_in(public) == []


@pytest.mark.parametrize("planted", [
    f"made in {paths.ROOT}/analysis", "/home/someone/book/data.csv", "C:\\\\Users\\\\someone\\\\book", "/tmp/xyz/notebook.ipynb",
    "-----BEGIN RSA PRIVATE KEY-----", "https://api.example.org/data?key=0123456789abcdef", "https://me:secret@example.org/",
    "the value of a variable",
])
def test_what_is_planted_is_found_also_inside_a_packed_file(planted, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "the value of a variable")
    (tmp_path / "page.html").write_text(f"<p>{planted}</p>")
    with zipfile.ZipFile(tmp_path / "briefing.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", planted)
    found = private.found_in(tmp_path)
    assert any(line.startswith("page.html: ") for line in found)
    assert any(line.startswith("briefing.docx/word/document.xml: ") for line in found)


@pytest.mark.parametrize(("login", "text", "is_found"), [
    ("mira", "built by mira on Monday", True), ("mira", "/srv/mira/book", True), ("mira", "an admirable book", False),
    ("mira", "mira-based", False), ("root", "the root of the tree", False), ("abc", "abc", False),
])
def test_the_login_name_is_found_as_a_whole_word(login, text, is_found, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(private.getpass, "getuser", lambda: login)
    (tmp_path / "page.html").write_text(text)
    assert private.found_in(tmp_path) == ["page.html: the login name"] * is_found


def test_a_short_name_of_the_machine_is_found_as_a_whole_word(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(private.socket, "gethostname", lambda: "vega")
    (tmp_path / "page.html").write_text("made on vega")
    (tmp_path / "other.html").write_text("vegan")
    assert private.found_in(tmp_path) == ["page.html: the machine's name"]


def test_ordinary_addresses_and_words_are_left_alone(tmp_path) -> None:
    (tmp_path / "page.html").write_text("https://www.census.gov/data/tmp/x?key=short mailto:x@example.org a/root/b /home page /tmp")
    assert private.found_in(tmp_path) == []
