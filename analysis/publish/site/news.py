"""What is new in this edition: the newest section of the changelog."""

from __future__ import annotations

import re


def news_of(changelog: str, edition: str) -> list[tuple[str, list[str]]]:
    """What the changelog (Keep a Changelog form) says of `edition`: name and items of each group; empty when it says nothing."""
    found = re.search(rf"^## \[?{re.escape(edition)}\]?[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    groups = re.findall(r"^### ([^\n]+)\n(.*?)(?=^### |\Z)", found[1], re.MULTILINE | re.DOTALL) if found else ()
    return [(name, [" ".join(item.split()) for item in re.split(r"^- ", text, flags=re.MULTILINE)[1:]])
            for name, text in groups if "- " in text]
