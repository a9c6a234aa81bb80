"""The check that a site is whole sees a site that is not: one part of another build is enough."""

from __future__ import annotations

import shutil

import pytest

from .whole import torn

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def two_builds(copied_module):
    """The sites of two builds that differ in every number."""
    old = copied_module.root / "old"
    shutil.copytree(copied_module.html, old)
    copied_module.multiply(7)
    copied_module.steps()
    return old, copied_module.html


@pytest.mark.parametrize(("part", "said"), [
    ("index.html", ["index.html is of another build", "index.html does not print index.rows as "]),
    ("glossary.html", ["glossary.html is of another build"]),
    ("404.html", ["404.html is of another build"]),
    ("numbers.csv", ["numbers.csv holds other values"]),
    ("receipt.json", ["receipt.json holds other values"]),
    ("ro-crate-metadata.json", ["ro-crate-metadata.json is of another build"]),
    ("briefing/briefing.docx", ["the briefing holds other values"]),
])
def test_a_part_of_another_build_is_seen(part, said, two_builds, tmp_path):
    old, new = two_builds
    assert torn(old) == [] and torn(new) == []
    mixed = shutil.copytree(new, tmp_path / "mixed")
    shutil.copy2(old / part, mixed / part)
    lines = torn(mixed)
    assert len(lines) == len(said) and all(line.startswith(one) for line, one in zip(lines, said, strict=True)), lines


def test_numbers_of_another_build_are_seen_on_every_page(two_builds, tmp_path):
    old, new = two_builds
    mixed = shutil.copytree(new, tmp_path / "mixed")
    shutil.copy2(old / "numbers.json", mixed / "numbers.json")
    pages = {page.name for page in mixed.glob("*.html")}
    assert {f"{page} is of another build" for page in pages} <= set(torn(mixed))


def test_a_page_that_is_missing_or_cut_short_is_seen(two_builds, tmp_path):
    _, new = two_builds
    mixed = shutil.copytree(new, tmp_path / "mixed")
    (mixed / "glossary.html").unlink()
    text = (mixed / "sources.html").read_text()
    (mixed / "sources.html").write_text(text[: len(text) // 2])
    assert {"glossary.html is missing", "sources.html is cut short"} <= set(torn(mixed))
