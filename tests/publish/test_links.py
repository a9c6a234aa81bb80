"""No dead link in a tree that is about to be published, its own permanent addresses included."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.publish.links import broken_links

ADDRESS = "https://book.example/"


def tree(folder: Path, body: str) -> Path:
    (folder / "editions" / "2026.11").mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(f"<html><body>{body}</body></html>")
    (folder / "rules.html").write_text("<html><body><h1 id='fig-days'>Rules</h1><a href='index.html#'>Home</a></body></html>")
    (folder / "editions/2026.11/index.html").write_text("<html><body><p id='n-x'>1</p></body></html>")
    (folder / "numbers.json").write_text("{}")
    return folder


@pytest.mark.parametrize("link", [
    "rules.html", "rules.html#fig-days", "./rules.html?x=1#fig-days", "#top", "numbers.json",
    "https://elsewhere.example/x", "mailto:a@b.example", "https://book.example/editions/2026.11/index.html#n-x",
    "https://book.example/editions/2026.11/", "https://book.example/", "/rules.html",
])
def test_a_good_link_passes(tmp_path, link) -> None:
    assert broken_links(tree(tmp_path, f"<a href='{link}'>x</a>"), ADDRESS) == []


@pytest.mark.parametrize("link, problem", [
    ("gone.html", "there is no such file"), ("rules.html#gone", "there is no such place in the page"),
    ("https://book.example/editions/2027.01/index.html", "there is no such file"),
    ("https://book.example/editions/2026.11/index.html#gone", "there is no such place in the page"),
    ("../outside.html", "leads out of the tree"), ("#gone", "there is no such place in the page"),
])
def test_a_dead_link_is_named_with_its_page(tmp_path, link, problem) -> None:
    assert broken_links(tree(tmp_path, f"<a href='{link}'>x</a>"), ADDRESS) == [f"index.html: {link}: {problem}"]


def test_a_tree_may_be_named_from_where_one_stands(tmp_path, monkeypatch) -> None:
    tree(tmp_path / "public", "<a href='#top'>x</a><a href='rules.html'>y</a>")
    monkeypatch.chdir(tmp_path)
    assert broken_links(Path("public"), ADDRESS) == []


def test_pictures_scripts_and_styles_are_checked_too(tmp_path) -> None:
    body = "<img src='a.png'><script src='b.js'></script><link rel='stylesheet' href='c.css'>"
    assert len(broken_links(tree(tmp_path, body), ADDRESS)) == 3


def test_the_built_site_has_no_dead_link_but_those_to_its_frozen_copy(site) -> None:
    from analysis.publish.site.publish import site_address

    dead = broken_links(site, site_address())
    assert [line for line in dead if f"{site_address()}editions/" not in line] == []
