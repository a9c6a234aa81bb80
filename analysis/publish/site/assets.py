"""Scripts and styles: which of the book's own files a page gets, under addresses that change with their content.

A script or style sheet bears the name of what it serves, and loads where an element has that id or that class (with or
without `cs-`). The scripts in :data:`SERVES` serve something of another name; `site.js` is on every page.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import shutil
from pathlib import Path

from analysis.publish.site.icons import evidence_css
from analysis.publish.site.styles import bundle, vocabulary

BLOCKING = ("theme.js",)    # must run before the first paint, or a dark page would flash white
EVERYWHERE = ("site", "figure")   # style sheets of every page; `figure` is small and most pages have figures
SERVES = {"numbers": ("cs-num", "cs-term", "cs-filter"),
          **dict.fromkeys((f"explorer-{part}" for part in ("chart", "compare", "model", "run", "state")), ("cs-explorer",))}
_NAMES = re.compile(r"""\b(?:id|class)=["']([^"']*)""")
STYLE_SHEET = "book.css"
STYLE_PLACEHOLDER = "cs-style-sheet-address"   # stands in the pages until the style sheet can be made from them

# The theme's style sheets, in the order the theme loads them; the rest of it is icons and components not used here.
_THEME_STYLES = ("basic.css", "styles/pydata-sphinx-theme.css", "pygments.css", "styles/sphinx-book-theme.css", "mystnb.*.css",
                 "sphinx-design.min.css")


def page_scripts(own: Path, content: str) -> tuple[list[str], list[str]]:
    """(blocking, deferred) scripts of a page with this content, as addresses."""
    named = names_in(content)
    deferred = [_address(file, own) for file in sorted(own.glob("*.js"))
                if file.name not in BLOCKING and (file.stem == "site" or serves(file.stem, named))]
    return [_address(own / name, own) for name in BLOCKING if (own / name).exists()], deferred


def page_styles(own: Path, content: str) -> list[str]:
    """Addresses of a page's style sheets: the common one, and those of what it contains."""
    named = names_in(content)
    return [STYLE_PLACEHOLDER, *(_address(file, own) for file in sorted(own.glob("*.css"))
                                 if file.stem not in EVERYWHERE and serves(file.stem, named))]


@functools.lru_cache(maxsize=2)   # a page is asked for its scripts, then for its styles
def names_in(content: str) -> frozenset[str]:
    """Every id and class of the content."""
    return frozenset(" ".join(_NAMES.findall(content)).split())


def serves(name: str, named: frozenset[str]) -> bool:
    """Whether a file of this name has something to do among elements of these ids and classes."""
    return not named.isdisjoint(SERVES.get(name, (name, f"cs-{name}")))


def write_assets(raw_static: Path, own: Path, target: Path, pages: dict[str, str]) -> dict[str, str]:
    """Write the site's `_static` folder and return the pages (by slug) with the style sheet's address filled in."""
    target.mkdir(parents=True, exist_ok=True)
    common = [file for name in EVERYWHERE if (file := own / f"{name}.css").exists()]
    theme = [found.read_text(encoding="utf-8") for name in _THEME_STYLES for found in sorted(raw_static.glob(name))]
    rules = [evidence_css(), *(file.read_text(encoding="utf-8") for file in common)]
    css = with_fonts(bundle(theme, rules, vocabulary(pages.values())), own)
    (target / STYLE_SHEET).write_text(css, encoding="utf-8")
    for file in sorted(own.rglob("*")):
        if file.is_file() and file not in common and file.suffix != ".woff2":
            copy = target / file.relative_to(own)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    address = f"_static/{STYLE_SHEET}?v={_digest(css.encode())}"
    return {slug: html.replace(STYLE_PLACEHOLDER, address) for slug, html in pages.items()}


def with_fonts(css: str, own: Path) -> str:
    """The style sheet with its fonts inside, so that text is set in them from the first paint on and nothing jumps."""
    return re.sub(r'url\("(fonts/[\w.-]+)"\)',
                  lambda m: f'url("data:font/woff2;base64,{base64.b64encode((own / m[1]).read_bytes()).decode()}")', css)


def _address(file: Path, own: Path) -> str:
    return f"_static/{file.relative_to(own).as_posix()}?v={_digest_as_of(file, file.stat().st_mtime_ns)}"


@functools.lru_cache(maxsize=1024)   # each page asks for the same few files
def _digest_as_of(file: Path, _changed_ns: int) -> str:
    return _digest(file.read_bytes())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]
