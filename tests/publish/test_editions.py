"""An edition is frozen once, never changes, stays at its address, and says that there is a newer one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from analysis.publish import editions
from analysis.publish.changes import comparisons, render_changes
from analysis.publish.diff import load_edition
from analysis.publish.site.files import write_numbers
from analysis.registry.citations import cite_number
from tests.publish.conftest import number

ADDRESS = "https://book.example/"
PAGE = ('<!DOCTYPE html><html><head></head><body class="cs-body">\n<a class="cs-skip" href="#m">Skip</a>'
        '<main id="m">{}</main></body></html>')


def build_site(folder: Path, edition: str, value: float, pages=("index", "rules")) -> Path:
    (folder / "embed").mkdir(parents=True)
    (folder / "tables").mkdir()
    for page in pages:
        (folder / f"{page}.html").write_text(PAGE.format(page))
    (folder / "embed" / "x.html").write_text(PAGE.format("figure"))
    rows = {"rules.days": number("rules.days", value)}
    write_numbers(rows, {"edition": edition, "built": f"{edition[:4]}-01-01T00:00:00Z", "commit": "c", "inputs_sha256": "0" * 64},
                  ADDRESS, folder)
    row = "<tr id='n-rules-days'><td>{}</td></tr>"
    (folder / "numbers.html").write_text(PAGE.format(row.format(rows["rules.days"].text)))
    return folder


@pytest.fixture
def store(tmp_path) -> Path:
    return tmp_path / "editions"


def test_a_frozen_edition_is_a_whole_copy_with_a_manifest_that_sha256sum_accepts(tmp_path, store) -> None:
    frozen = editions.freeze(build_site(tmp_path / "html", "2026.11", 100.0), store)
    assert frozen == store / "2026.11" and (frozen / "index.html").exists() and (frozen / "embed/x.html").exists()
    done = subprocess.run(["sha256sum", "--check", "--quiet", editions.MANIFEST], cwd=frozen, capture_output=True)
    assert done.returncode == 0


def test_freezing_the_same_site_twice_changes_nothing(tmp_path, store) -> None:
    site = build_site(tmp_path / "html", "2026.11", 100.0)
    editions.freeze(site, store)
    before = editions.manifest_of(store / "2026.11")
    editions.freeze(site, store)
    assert editions.manifest_of(store / "2026.11") == before


def test_a_frozen_edition_is_never_overwritten(tmp_path, store) -> None:
    editions.freeze(build_site(tmp_path / "one", "2026.11", 100.0), store)
    with pytest.raises(editions.FreezeError, match=r"2026\.11 is frozen already and differs .* in numbers\.csv and 2 more files"):
        editions.freeze(build_site(tmp_path / "two", "2026.11", 101.0), store)
    assert json.loads((store / "2026.11/numbers.json").read_text())["numbers"][0]["value"] == 100.0


def test_without_a_site_there_is_nothing_to_freeze(tmp_path, store) -> None:
    with pytest.raises(editions.FreezeError, match="make book"):
        editions.freeze(tmp_path, store)


@pytest.fixture
def published(tmp_path, store) -> Path:
    """Edition 2026.11 frozen, edition 2027.01 frozen and at the top; page `rules` is gone from the newer one."""
    editions.freeze(build_site(tmp_path / "one", "2026.11", 100.0), store)
    latest = build_site(tmp_path / "two", "2027.01", 120.0, pages=("index",))
    editions.freeze(latest, store)
    return editions.assemble(latest, store, tmp_path / "public")


def test_the_published_tree_holds_the_latest_at_the_top_and_every_edition_at_its_address(published) -> None:
    assert editions.edition_of(published) == "2027.01"
    assert [editions.edition_of(published / "editions" / name) for name in ("2026.11", "2027.01")] == ["2026.11", "2027.01"]


def test_an_old_page_says_its_edition_and_links_the_same_page_of_the_latest(published) -> None:
    page = (published / "editions/2026.11/index.html").read_text()
    assert page.count("position:sticky") == 1 and page.index("position:sticky") < page.index("</head>")
    assert "This is edition 2026.11, kept as it was published" in page and 'href="../../index.html"' in page
    assert page.index("cs-skip") < page.index("<aside") < page.index("<main")
    gone = (published / "editions/2026.11/rules.html").read_text()
    assert 'href="../../index.html"' in gone, "a page the latest does not have leads to its summary"


def test_the_latest_has_no_line_at_the_top_and_says_in_its_copy_that_it_is_the_latest(published) -> None:
    assert "cs-edition-line" not in (published / "index.html").read_text()
    copy = (published / "editions/2027.01/index.html").read_text()
    assert "permanent copy of edition 2027.01" in copy and "position:sticky" not in copy


def test_the_store_keeps_pages_as_they_were_built(published, store) -> None:
    assert "cs-edition-line" not in (store / "2026.11/index.html").read_text()


def test_links_of_the_edition_line_lead_to_pages_that_exist(published) -> None:
    import re

    for page in (published / "editions").rglob("*.html"):
        for target in re.findall(r'<aside.*?href="([^"]+)"', page.read_text()):
            assert (page.parent / target).resolve().exists(), f"{page}: {target}"


def test_a_quoted_address_opens_the_quoted_edition_with_the_quoted_value(published) -> None:
    """Round trip: the citation of a number in an old edition leads to the row that still shows the quoted value."""
    quoted = number("rules.days", 100.0)
    citation = cite_number(quoted, "2026.11", "2026-11-22", f"{ADDRESS}editions/2026.11/numbers.html#{quoted.anchor}")
    path, fragment = citation.text("plain").rsplit(" ", 1)[1].removeprefix(ADDRESS).split("#")
    page = (published / path).read_text()
    assert f"<tr id='{fragment}'><td>100 days</td>" in page
    assert "120 days" in (published / "numbers.html").read_text()


def test_an_edition_that_was_changed_after_it_was_frozen_is_not_published(published, store, tmp_path) -> None:
    (store / "2026.11/rules.html").write_text("other")
    with pytest.raises(editions.FreezeError, match=r"2026\.11: rules\.html was changed after it was frozen"):
        editions.assemble(tmp_path / "two", store, tmp_path / "public")
    assert (published / "index.html").exists(), "the tree published before stays"


@pytest.fixture
def third(tmp_path, store) -> tuple[list, str]:
    """The third edition being built after two frozen ones: its comparisons and the text of its page."""
    for folder, name, value in (("a", "2026.11", 100.0), ("b", "2027.01", 120.0)):
        editions.freeze(build_site(tmp_path / folder, name, value), store)
    found = comparisons(load_edition(build_site(tmp_path / "c", "2027.03", 125.0)), store, tmp_path / "none")
    return found, render_changes(found, editions.editions_with("2027.03", store), "2027.03", ADDRESS)


def test_an_edition_is_compared_with_every_older_one_the_newest_first(third) -> None:
    found, page = third
    assert [(old, new, [c.change for c in changes]) for old, new, changes in found] == [
        ("2027.01", "2027.03", [5.0]), ("2026.11", "2027.03", [25.0])]
    assert page.index("From 2027.01 to 2027.03") < page.index("From 2026.11 to 2027.03")


def test_any_two_editions_are_one_link_away(third) -> None:
    """The newer of the two compares them at a fixed place of its own page, wherever the reader starts."""
    _, page = third
    listed = page[page.index("Any two editions"):]
    assert "href='changes.html#from-2026-11-to-2027-03'" in listed, "its own comparisons lie beside the page"
    assert f"href='{ADDRESS}editions/2027.01/changes.html#from-2026-11-to-2027-01'" in listed
    assert f"href='{ADDRESS}editions/2026.11/index.html'" in listed
    for older in ("2026-11", "2027-01"):
        assert f"(from-{older}-to-2027-03)=" in page, "the place is named, not left to the heading's text"


def test_a_build_under_the_name_of_a_frozen_edition_is_compared_with_it(tmp_path, store) -> None:
    editions.freeze(build_site(tmp_path / "a", "2026.11", 100.0), store)
    same = comparisons(load_edition(tmp_path / "a"), store, tmp_path / "none")
    other = comparisons(load_edition(build_site(tmp_path / "b", "2026.11", 101.0)), store, tmp_path / "none")
    assert same == [] and other[0][:2] == ("2026.11 as published", "2026.11 as built here")


def test_the_build_before_is_kept_only_when_inputs_have_changed(tmp_path) -> None:
    site, kept = build_site(tmp_path / "html", "2026.11", 100.0), tmp_path / "previous"
    receipt = {"tables": {"a.csv": "1"}, "parameter_files": {}, "code": {}, "lock": "l", "chapters": {}}
    (site / "receipt.json").write_text(json.dumps({"schema": 1, **receipt}))
    editions.keep_previous(receipt, site, kept)
    assert not kept.exists()
    editions.keep_previous({**receipt, "tables": {"a.csv": "2"}}, site, kept)
    assert load_edition(kept).numbers["rules.days"]["value"] == 100.0
    found = comparisons(load_edition(build_site(tmp_path / "new", "2026.11", 104.0)), tmp_path / "none", kept)
    assert found[0][0] == "the build before (2026.11)" and found[0][2][0].change == 4.0


def kept_numbers(site: Path, store: Path) -> Path:
    target = store / editions.edition_of(site)
    target.mkdir(parents=True)
    (target / "numbers.json").write_bytes((site / "numbers.json").read_bytes())
    return target


def test_an_edition_of_which_only_the_numbers_are_kept_is_compared_with_and_not_laid_out(tmp_path, store) -> None:
    kept_numbers(build_site(tmp_path / "first", "2026.11", 100.0), store)
    newer = build_site(tmp_path / "second", "2026.12", 101.0)
    (pair,) = comparisons(load_edition(newer), store, tmp_path / "none")
    assert pair[:2] == ("2026.11", "2026.12") and [change.id for change in pair[2]] == ["rules.days"]
    assert not (editions.assemble(newer, store, tmp_path / "public") / "editions").exists()


def test_an_edition_is_not_frozen_over_other_numbers_that_were_published_under_its_name(tmp_path, store) -> None:
    target = kept_numbers(build_site(tmp_path / "first", "2026.11", 100.0), store)
    with pytest.raises(editions.FreezeError, match=r"2026\.11 was published with other numbers"):
        editions.freeze(build_site(tmp_path / "other", "2026.11", 101.0), store)
    assert list(target.iterdir()) == [target / "numbers.json"]
    assert (editions.freeze(tmp_path / "first", store) / editions.MANIFEST).is_file()
