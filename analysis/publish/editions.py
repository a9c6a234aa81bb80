"""Editions: a published edition never changes and stays at its address.

`freeze` keeps a copy of the built site in `editions/YYYY.MM/`, once, outside what `make clean` removes.
`assemble` lays out the tree to publish:
the site at the top, which is the latest edition, and under `editions/` a copy of every frozen one. A page of a copy says
which edition it is and links the same page of the latest. The store holds the sites as they were built; the line is put in
when the tree is assembled, because which edition is the latest changes later.

The repository itself keeps of each published edition what later ones are compared with: `numbers.json`, `receipt.json` and the
tables. An edition without a manifest is kept in this way only: it is compared with, but its pages are not laid out again.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from html import escape
from pathlib import Path

from analysis import paths
from analysis.leftovers import remove
from analysis.publish.site.swap import make_readable
from analysis.registry.edition import EDITION

STORE = paths.EDITIONS
PUBLISHED = paths.BUILD / "public"
MANIFEST = "MANIFEST.sha256"
PREVIOUS = paths.BUILD / "previous"   # the site before the last one, from other inputs
_LINK = 'style="color:#123e75"'
_STYLE = ("margin:0;padding:.6rem 1rem;font:1rem/1.4 'Source Sans 3',system-ui,sans-serif;text-align:center;color:#1d2530;"
          "background:{ground};border-bottom:2px solid {rule}")
# A citation opens a row far down in its page: the line of an old edition stays in sight there, and the row stands below it.
_IN_SIGHT = ("<style>html{scroll-padding-top:5.5rem!important}.cs-edition-line{position:sticky;top:0;z-index:5}"
             "@media(max-width:40rem){.cs-edition-line{font-size:.875rem!important}.cs-edition-line span{display:none}}"
             "@media print{.cs-edition-line{position:static}}</style>")


class FreezeError(ValueError):
    """An edition that cannot be frozen, or a store that was tampered with; the message says what to do."""


def edition_of(site: Path) -> str:
    """The edition a built site says it is. Raises FreezeError when there is no site."""
    try:
        return json.loads((site / "numbers.json").read_text(encoding="utf-8"))["edition"]
    except FileNotFoundError:
        raise FreezeError(f"there is no site in {site}; run 'make book' first") from None


def freeze(site: Path = paths.HTML, store: Path = STORE) -> Path:
    """Keep `site` as a frozen edition and return its folder.

    Freezing the same site again does nothing. Raises FreezeError when the edition is frozen with other content: an
    edition never changes, a correction is a new edition.
    """
    name = edition_of(site)
    target = store / name
    manifest = manifest_of(site)
    if name in kept_editions(store) and name not in frozen_editions(store):
        if (target / "numbers.json").read_bytes() != (site / "numbers.json").read_bytes():
            raise FreezeError(f"edition {name} was published with other numbers, which {target} keeps; publish this one as a new "
                              "edition (make book EDITION=YYYY.MM)")
        remove(target)
    if target.exists():
        if manifest == (target / MANIFEST).read_text(encoding="utf-8"):
            return target
        raise FreezeError(f"edition {name} is frozen already and differs from this site in {_first_difference(manifest, target)}; "
                          "an edition never changes: publish the correction as a new edition (make book EDITION=YYYY.MM)")
    scratch = store / f".{name}.new"
    remove(scratch)
    shutil.copytree(site, scratch, ignore=shutil.ignore_patterns("editions"))
    (scratch / MANIFEST).write_text(manifest, encoding="utf-8")
    scratch.rename(target)
    return target


def manifest_of(site: Path) -> str:
    """One line a file, `<sha256>  <path>`, as `sha256sum --check` reads it."""
    files = sorted(f for f in site.rglob("*") if f.is_file() and f.name != MANIFEST and "editions" not in f.relative_to(site).parts)
    return "".join(manifest_line(f.relative_to(site).as_posix(), f.read_bytes()) for f in files)


def manifest_line(name: str, content: bytes) -> str:
    """`<sha256>  <path>` and the end of the line."""
    return f"{hashlib.sha256(content).hexdigest()}  {name}\n"


def _first_difference(manifest: str, frozen: Path) -> str:
    was = set((frozen / MANIFEST).read_text(encoding="utf-8").splitlines())
    different = sorted({line.split("  ", 1)[1] for line in was ^ set(manifest.splitlines())})
    return different[0] + (f" and {len(different) - 1} more files" if len(different) > 1 else "")


def frozen_editions(store: Path = STORE) -> list[str]:
    """Names of the editions whose whole site is kept, the oldest first."""
    return [name for name in kept_editions(store) if (store / name / MANIFEST).is_file()]


def kept_editions(store: Path = STORE) -> list[str]:
    """Names of the editions whose numbers are kept, with their site or without it, the oldest first."""
    return sorted(p.name for p in store.glob("[0-9]*") if EDITION.fullmatch(p.name)) if store.is_dir() else []


def check_store(store: Path = STORE) -> None:
    """Raises FreezeError naming each frozen edition whose files are not those of its manifest."""
    problems = [f"edition {name}: {_first_difference(manifest_of(store / name), store / name)} was changed after it was frozen"
                for name in frozen_editions(store)
                if manifest_of(store / name) != (store / name / MANIFEST).read_text(encoding="utf-8")]
    if problems:
        raise FreezeError("\n".join(problems))


def assemble(site: Path = paths.HTML, store: Path = STORE, out: Path = PUBLISHED) -> Path:
    """Lay out the tree to publish in `out`: the site, and every frozen edition under `editions/`; return `out`.

    Raises FreezeError when a frozen edition was changed, or there is no site.
    """
    check_store(store)
    latest = edition_of(site)
    new = out.with_name(f".{out.name}.new")
    remove(new)
    shutil.copytree(site, new, ignore=shutil.ignore_patterns("editions"))
    for name in frozen_editions(store):
        copy = new / "editions" / name
        shutil.copytree(store / name, copy)
        for page in [*copy.glob("*.html")]:   # an embedded figure says its edition itself
            text = page.read_text(encoding="utf-8")
            page.write_text(with_edition_line(text, page.relative_to(copy), name, latest, new), encoding="utf-8")
        (copy / MANIFEST).write_text(manifest_of(copy), encoding="utf-8")   # the line is in the pages now
    make_readable(new)
    remove(out)
    new.rename(out)
    return out


def with_edition_line(html: str, page: Path, edition: str, latest: str, tree: Path) -> str:
    """A frozen page with the line that says its edition and leads to the same page of the latest, or to its summary when the
    latest has no such page. The line of an old edition stays in sight. `page` is its path in the edition, `tree` the folder to
    publish."""
    up = "../" * (len(page.parts) + 1)
    target = up + (page.as_posix() if (tree / page).exists() else "index.html")
    if edition == latest:
        text = f"This is the permanent copy of edition {edition}, at present <a {_LINK} href=\"{target}\">the latest</a>."
    else:
        html = html.replace("</head>", f"{_IN_SIGHT}</head>", 1)
        text = (f"This is edition {edition}, kept as it was published<span>; numbers may have moved since</span>. "
                f'<a {_LINK} href="{target}">This page in the latest edition, {escape(latest)}</a>.')
    line = (f'<aside class="cs-edition-line" aria-label="Edition of this page" data-edition="{edition}" '
            f'style="{_STYLE.format(**_colours(edition == latest))}">'
            f"{text}</aside>")
    return re.sub(r'<body\b[^>]*>(\s*<a class="cs-skip".*?</a>)?', lambda match: match[0] + line, html, count=1, flags=re.DOTALL)


def _colours(latest: bool) -> dict[str, str]:
    from analysis.charts import theme  # here, because a build that has nothing to do needs no charts

    return {"ground": theme.BY_NAME["seq-1"].light, "rule": theme.ACCENT} if latest else {
        "ground": theme.CONTRAST_SOFT, "rule": theme.CONTRAST}


def editions_with(current: str, store: Path = STORE) -> list[str]:
    """Names of the frozen editions and of the one being built, the newest first."""
    return sorted({*frozen_editions(store), current}, reverse=True)


def keep_previous(inputs: Mapping[str, object], site: Path = paths.HTML, kept: Path = PREVIOUS) -> None:
    """Before a site is replaced by one from other inputs, keep its numbers, receipt and tables to compare with.

    `inputs` is the receipt of the new build. A rebuild from the same inputs keeps nothing, so that building twice gives the
    same site twice.
    """
    if not _from_others(inputs, site):
        return
    new = kept.with_name(f".{kept.name}.new")
    remove(new)
    new.mkdir(parents=True)
    for name in ("numbers.json", "receipt.json"):
        shutil.copyfile(site / name, new / name)
    shutil.copytree(site / "tables", new / "tables")
    remove(kept)
    new.rename(kept)


def compared_with(inputs: Mapping[str, object], site: Path = paths.HTML, kept: Path = PREVIOUS, store: Path = STORE) -> str:
    """What the page *What moved* of a build from `inputs` compares with: the hash of the receipt of the build before, and the
    names of the frozen editions. Known before the build, and the same after it."""
    before = (site if _from_others(inputs, site) else kept) / "receipt.json"
    digest = hashlib.sha256(before.read_bytes()).hexdigest() if before.exists() else "nothing"
    return " ".join([digest, *kept_editions(store)])


def _from_others(inputs: Mapping[str, object], site: Path) -> bool:
    """Whether there is a site and it was made from other inputs."""
    file = site / "receipt.json"
    if not file.exists():
        return False
    old = json.loads(file.read_text(encoding="utf-8"))
    return any(old.get(section) != inputs[section] for section in ("tables", "parameter_files", "code", "lock", "chapters"))
