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
from dataclasses import dataclass
from pathlib import Path

from analysis.publish.site.mark import evidence_css

BLOCKING = ("theme.js",)    # must run before the first paint, or a dark page would flash white
EVERYWHERE = ("base", "site", "figure")   # in one style sheet for every page; `figure` is small and most pages have figures
SERVES = {"numbers": ("cs-num", "cs-term", "cs-filter"),
          **dict.fromkeys((f"explorer-{part}" for part in ("chart", "compare", "model", "run", "state")), ("cs-explorer",))}
STYLE_SHEET = "book.css"
_NAMES = re.compile(r"""\b(?:id|class)=["']([^"']*)""")


@dataclass(frozen=True)
class Assets:
    """The scripts and styles in the folder `own`. Addresses are relative to a page."""

    own: Path

    def of(self, content: str) -> dict[str, list[str]]:
        """Addresses of what a page with this content needs: `blocking` and `deferred` scripts, `styles`."""
        named = frozenset(" ".join(_NAMES.findall(content)).split())
        scripts = [file for file in self._files if file.suffix == ".js"]
        return {
            "blocking": [self._addresses[file] for file in scripts if file.name in BLOCKING],
            "deferred": [self._addresses[file] for file in scripts
                         if file.name not in BLOCKING and (file.stem == "site" or serves(file.stem, named))],
            "styles": [f"_static/{STYLE_SHEET}?v={_digest(self.style_sheet.encode())}",
                       *(self._addresses[file] for file in self._files
                         if file.suffix == ".css" and file.stem not in EVERYWHERE and serves(file.stem, named))],
        }

    def write(self, target: Path) -> None:
        """Write the site's `_static` folder."""
        target.mkdir(parents=True, exist_ok=True)
        (target / STYLE_SHEET).write_text(self.style_sheet, encoding="utf-8")
        for file in sorted(self.own.rglob("*")):
            common = file.parent == self.own and file.suffix == ".css" and file.stem in EVERYWHERE
            if file.is_file() and not common and file.suffix != ".woff2":
                copy = target / file.relative_to(self.own)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)

    @functools.cached_property
    def style_sheet(self) -> str:
        """The rules of every page, with the fonts inside, so that text is set in them from the first paint on and nothing jumps."""
        files = [file for name in EVERYWHERE if (file := self.own / f"{name}.css").exists()]
        css = minified("\n".join([evidence_css(), *(file.read_text(encoding="utf-8") for file in files)]))
        return re.sub(r'url\("(fonts/[\w.-]+)"\)', lambda m: f'url("data:font/woff2;base64,{self._base64(m[1])}")', css)

    def _base64(self, file: str) -> str:
        return base64.b64encode((self.own / file).read_bytes()).decode()

    @functools.cached_property
    def _files(self) -> list[Path]:
        return sorted(self.own.glob("*.*"))

    @functools.cached_property
    def _addresses(self) -> dict[Path, str]:
        return {file: f"_static/{file.name}?v={_digest(file.read_bytes())}" for file in self._files}


def serves(name: str, named: frozenset[str]) -> bool:
    """Whether a file of this name has something to do among elements of these ids and classes."""
    return not named.isdisjoint(SERVES.get(name, (name, f"cs-{name}")))


def minified(css: str) -> str:
    """Style rules without comments and needless white space."""
    css = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    return re.sub(r"\s*([{};,>])\s*", r"\1", css).replace(";}", "}").strip() + "\n"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]
