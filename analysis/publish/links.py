"""Check every link of a published tree without a network: the file is there, and so is the place in it.

Addresses of the tree itself are followed like relative ones, so that a citation's permanent address is checked in the
tree that is about to be published. Addresses elsewhere are not followed.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html as lxml_html

LINKING = (("a", "href"), ("link", "href"), ("img", "src"), ("script", "src"), ("iframe", "src"), ("source", "src"))


def broken_links(tree: Path, address: str) -> list[str]:
    """Problems of all pages in `tree`, each `page: link: what is wrong`; `address` is the tree's own, with a slash at the end."""
    tree = tree.resolve()
    return [f"{page.relative_to(tree)}: {link}: {problem}" for page in sorted(tree.rglob("*.html"))
            for link, problem in _page_problems(page, tree, address)]


def _page_problems(page: Path, tree: Path, address: str) -> Iterator[tuple[str, str]]:
    for link in dict.fromkeys(_links(page)):
        own = link.startswith(address)
        parts = urlsplit(link.removeprefix(address) if own else link)
        if parts.scheme or parts.netloc:
            continue
        target = tree if own else page.parent
        rooted = parts.path.startswith("/")
        if rooted:   # the page for wrong addresses is served anywhere, so its links begin at the root
            target, path = tree, parts.path.removeprefix(urlsplit(address).path)
        else:
            path = parts.path
        file = (target / unquote(path)).resolve() if path or own or rooted else page
        if file.is_dir():
            file = file / "index.html"
        if not file.is_relative_to(tree):
            yield link, "leads out of the tree"
        elif not file.exists():
            yield link, "there is no such file"
        elif parts.fragment and file.suffix == ".html" and unquote(parts.fragment) not in _places(file):
            yield link, "there is no such place in the page"


def _links(page: Path) -> Iterator[str]:
    for tag, attribute in LINKING:
        for element in _parsed(page).iter(tag):
            value = (element.get(attribute) or "").strip()
            if value and not value.startswith(("data:", "mailto:", "javascript:")):
                yield value


@functools.lru_cache(maxsize=400)
def _places(page: Path) -> frozenset[str]:
    """Ids of the page; a link to the page as it is ('#', '#top') is always good."""
    names = {element.get("id") or element.get("name") for element in _parsed(page).xpath("//*[@id] | //a[@name]")}
    return frozenset(names | {"", "top"})


def _parsed(page: Path):
    return lxml_html.fromstring(page.read_bytes())
