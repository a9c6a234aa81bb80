"""What is new in this edition, for the summary page: the newest section of the changelog."""

from __future__ import annotations

import re
from html import escape


def news_html(changelog: str, edition: str) -> str:
    """A section listing what the changelog (Keep a Changelog form) says of `edition`; empty when it says nothing."""
    found = re.search(rf"^## \[?{re.escape(edition)}\]?[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if not found:
        return ""
    groups = re.findall(r"^### ([^\n]+)\n(.*?)(?=^### |\Z)", found[1], re.MULTILINE | re.DOTALL)
    lists = "".join(f"<h3>{escape(name)}</h3><ul>{_items(text)}</ul>" for name, text in groups if "- " in text)
    return f'<section class="cs-news" id="new"><h2>New in edition {escape(edition)}</h2>{lists}</section>' if lists else ""


def _items(text: str) -> str:
    items = re.split(r"^- ", text, flags=re.MULTILINE)[1:]
    texts = (escape(" ".join(item.split())) for item in items)
    return "".join("<li>" + re.sub(r"`([^`]+)`", r"<code>\1</code>", text) + "</li>" for text in texts)
