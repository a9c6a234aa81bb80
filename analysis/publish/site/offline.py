"""The offline edition: the whole site in one zip that opens from disk, with search and charts, and asks for nothing."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from analysis import paths
from analysis.files import draft_of
from analysis.publish.editions import MANIFEST, manifest_line

_LEFT_OUT = ("404.html", "robots.txt", "sitemap.xml")   # of use to a server only
_READ_ME = ("The Chip Stalemate, edition {edition}\n\nOpen index.html in a browser. Everything is in this folder: text, charts, "
            "data and search\nwork without a network, and nothing is loaded from elsewhere.\n")


def write_offline_edition(html: Path = paths.HTML, edition: str | None = None, folder: Path = paths.BUILD) -> Path:
    """Pack the site in `html` as `chip-stalemate-<edition>.zip` into `folder`, with its checksum (`.zip.sha256`) and the manifest
    of what is in it (`.manifest.sha256`) beside it.

    Equal sites give equal bytes. The manifest, also in the zip, lists what is packed: an edition's own lists files for servers too.
    edition: name of the edition; read from the site's `numbers.json` when not given. Returns the zip's path.
    Raises FileNotFoundError when there is no site.
    """
    if not (html / "index.html").exists():
        raise FileNotFoundError(f"there is no site in {html}; build it first")
    edition = edition or _edition_of(html)
    root = f"chip-stalemate-{edition}"
    target = folder / f"{root}.zip"
    packed = {"READ-ME.txt": _READ_ME.format(edition=edition).encode()}
    for file in sorted(html.rglob("*")):
        name = file.relative_to(html).as_posix()
        if file.is_file() and name not in (*_LEFT_OUT, MANIFEST):
            packed[name] = file.read_bytes()
    manifest = "".join(manifest_line(name, packed[name]) for name in sorted(packed)).encode()
    with draft_of(target) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in (*packed.items(), (MANIFEST, manifest)):
            _add(archive, f"{root}/{name}", content)
    (folder / f"{root}.manifest.sha256").write_bytes(manifest)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    target.with_suffix(".zip.sha256").write_text(f"{digest}  {target.name}\n", encoding="utf-8")   # as sha256sum --check reads it
    return target


def _edition_of(html: Path) -> str:
    import json

    return json.loads((html / "numbers.json").read_text(encoding="utf-8"))["edition"]


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))   # a fixed time, so that equal sites give equal zips
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)
