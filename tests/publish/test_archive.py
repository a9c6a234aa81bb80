"""The edition as one file: its manifest holds for what is in it, and a link to its own permanent address is followed."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from analysis.cli import main
from analysis.publish import editions
from analysis.publish.site.offline import write_offline_edition
from analysis.publish.site.publish import site_address
from tests.publish.test_editions import PAGE, build_site


def sha256sum(folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run(["sha256sum", "--check", "--quiet", editions.MANIFEST], cwd=folder, capture_output=True, text=True)


def listed(folder: Path) -> set[str]:
    return {line.split("  ", 1)[1] for line in (folder / editions.MANIFEST).read_text(encoding="utf-8").splitlines()}


@pytest.fixture
def frozen(tmp_path) -> Path:
    """A frozen edition with the files that only a server needs."""
    site = build_site(tmp_path / "html", "2026.11", 100.0)
    for name in ("404.html", "robots.txt", "sitemap.xml"):
        (site / name).write_text("for a server")
    return editions.freeze(site, tmp_path / "editions")


def test_what_a_reader_unpacks_agrees_with_the_manifest_inside_and_beside_it(frozen, tmp_path) -> None:
    archive = write_offline_edition(frozen, folder=tmp_path)
    zipfile.ZipFile(archive).extractall(tmp_path / "reader")
    folder, = (tmp_path / "reader").iterdir()
    done = sha256sum(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    files = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert listed(folder) == files - {editions.MANIFEST} and "READ-ME.txt" in files
    beside = tmp_path / "chip-stalemate-2026.11.manifest.sha256"
    assert beside.read_bytes() == (folder / editions.MANIFEST).read_bytes()


def test_a_published_copy_of_an_edition_agrees_with_its_manifest(frozen, tmp_path) -> None:
    """The copy carries the line that says its edition, so its pages are not those of the store."""
    public = editions.assemble(build_site(tmp_path / "next", "2027.01", 120.0), frozen.parent, tmp_path / "public")
    copy = public / "editions/2026.11"
    assert "cs-edition-line" in (copy / "index.html").read_text()
    done = sha256sum(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sha256sum(frozen).returncode == 0, "the store is as it was"


@pytest.mark.parametrize("link, code", [
    ("{address}editions/2026.11/numbers.html#n-rules-days", 0), ("{address}editions/2026.11/gone.html", 1),
    ("{address}editions/2026.11/numbers.html#n-gone", 1), ("{address}numbers.json", 0), ("{address}editions/2025.06/", 0),
    ("gone.html", 1),
])
def test_links_of_the_archive_to_its_own_permanent_address_are_followed(frozen, tmp_path, capsys, link, code) -> None:
    link = link.format(address=site_address())
    (frozen / "index.html").write_text(PAGE.format(f"<a href='{link}'>x</a>"))
    archive = write_offline_edition(frozen, folder=tmp_path)
    assert main(["check-links", str(archive)]) == code
    assert (link in capsys.readouterr().err) == bool(code)


def test_a_zip_that_is_no_edition_is_refused_in_a_sentence(tmp_path, capsys) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("folder/index.html", "<p>x</p>")
    assert main(["check-links", str(tmp_path / "other.zip")]) == 1
    assert "holds no edition" in capsys.readouterr().err
