"""Serve a folder on loopback, and visit it with a browser that notes what goes wrong."""

from __future__ import annotations

from pathlib import Path

from analysis.publish.serve import served

__all__ = ["DEVICES", "Visitor", "page_names", "served"]

DEVICES = {
    "desktop": {"viewport": {"width": 1366, "height": 900}},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
    "smallest": {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True},
}


class Visitor:
    """One browser context on one site. `strangers` are refused requests to other origins, `errors` what the console says."""

    def __init__(self, browser, address: str, device: str, theme: str, **options) -> None:
        self.address = address
        self.context = browser.new_context(**{**DEVICES[device], "color_scheme": theme, **options})
        self.strangers: list[str] = []
        self.errors: list[str] = []
        self.context.route("**/*", self._decide)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, path: str, wait: str = "load"):
        self.page.goto(self.address + path, wait_until=wait)
        return self.page

    def _decide(self, route) -> None:
        url = route.request.url
        if url.startswith((self.address, "data:", "blob:")):
            route.continue_()
        else:
            self.strangers.append(url)
            route.abort()


def page_names(folder: Path) -> list[str]:
    """The pages of a site, its embeds included, as addresses relative to it. Redirects are left out: they move on."""
    found = [*sorted(folder.glob("*.html")), *sorted(folder.glob("embed/*.html"))]
    return [f.relative_to(folder).as_posix() for f in found if 'http-equiv="refresh"' not in f.read_text(encoding="utf-8")[:600]]


def few_of_a_kind(folder: Path, names: list[str]) -> list[str]:
    """The pages without most of those that one notebook makes for each firm: the longest and the shortest stand for them."""
    kept = [name for name in names if not name.removeprefix("embed/").startswith("firm-")]
    for start in ("firm-", "embed/firm-"):
        alike = sorted((name for name in names if name.startswith(start)), key=lambda name: (folder / name).stat().st_size)
        kept += [name for name in names if name in {*alike[:1], *alike[-1:]}]
    return kept
