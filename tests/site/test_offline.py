"""The offline edition, unpacked from its one file and opened from disk: text, search and charts, and not one request out."""

from __future__ import annotations

import zipfile

import pytest
from playwright.sync_api import expect

from analysis.cli import main
from analysis.publish.site.offline import write_offline_edition

pytestmark = pytest.mark.browser


@pytest.fixture
def unpacked(small_site, tmp_path):
    """The folder a reader gets from the zip of the fixtures book."""
    archive = write_offline_edition(small_site, folder=tmp_path)
    zipfile.ZipFile(archive).extractall(tmp_path / "reader")
    return next((tmp_path / "reader").iterdir())


def test_from_disk_a_chart_becomes_interactive_and_the_search_finds_it(unpacked, visit):
    visitor = visit(unpacked.as_uri() + "/")
    page = visitor.open("chapter.html")
    assert page.evaluate("document.querySelectorAll('script[type=\"application/json\"].cs-figure-spec').length") == 0
    figure = page.locator("#fig-limbo-days")
    figure.locator(".cs-figure-button:not(.cs-embed-button)").click()
    figure.locator(".cs-figure-drawing[data-live] .cs-figure-live svg").wait_for(timeout=20_000)
    page.goto(unpacked.as_uri() + "/search.html?q=waited")
    expect(page.locator(".cs-result a").first).to_have_attribute("href", "chapter.html#fig-limbo-days")
    assert visitor.errors == [] and visitor.strangers == []


def test_the_command_packs_the_built_site_and_says_where(small_site, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(write_offline_edition, "__defaults__", (small_site, None, tmp_path))
    assert main(["offline", "--out", str(tmp_path)]) == 0
    assert (tmp_path / "chip-stalemate-2026.11.zip").exists() and "open index.html" in capsys.readouterr().out
    monkeypatch.setattr(write_offline_edition, "__defaults__", (tmp_path / "nothing", None, tmp_path))
    assert main(["offline"]) == 1 and "make book" in capsys.readouterr().err
