"""The site step: collect the numbers, lay out the pages, render, finish, swap in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from analysis import paths
from analysis.charts.drawn import forget_unused
from analysis.data import load_table
from analysis.files import write_if_changed
from analysis.publish.changes import Comparison, terminal_table
from analysis.publish.collect import collect, write_registry
from analysis.publish.complete import compare_with_before, complete_edition
from analysis.publish.pages import lay_out
from analysis.publish.receipt import receipt_of_inputs
from analysis.publish.site.finish import finish
from analysis.publish.site.render import render
from analysis.registry.claims import check_claims, load_claims
from analysis.registry.edition import built_at, commit, sha256_of
from analysis.runner.plan import notebooks


def publish() -> dict:
    """Publish the site from the chapters' results and return the edition's facts.

    Raises CollectError, ClaimError, PageError, RenderError, EmbedError or BriefingError with every problem found; the published
    site is then unchanged.
    """
    sources = load_table("sources", paths.TABLES)
    numbers = collect(notebooks(), set(sources["source_id"]))
    write_registry(numbers)
    check_claims(numbers, load_claims())
    edition = {
        "edition": (paths.BUILD / "plan" / "edition.txt").read_text().strip(),
        "built": built_at(),
        "commit": commit(),
        "inputs_sha256": sha256_of(paths.TABLES.glob("*.*"), paths.TABLES),
    }
    inputs = receipt_of_inputs()
    moved = compare_with_before(edition, numbers, inputs)
    lay_out(numbers, {"edition": edition["edition"], "address": site_address()}, moved)
    articles = render()
    titles = dict(zip(sources["source_id"], sources["title"], strict=True))
    figure_pages = {file.stem: slug for slug in notebooks() for file in (paths.RUNS / slug / "figures").glob("*.json")}

    def complete(folder: Path) -> None:
        complete_edition(folder, numbers, edition, site_address(), titles, figure_pages, inputs, moved)

    finish(articles, numbers, edition, site_address(), source_titles=titles, receipt=inputs, complete=complete,
           completed=("briefing/briefing.pdf", "feed.xml", "book-data.zip"))
    write_if_changed(paths.MOVED_FILE, moved_text(moved))
    forget_unused(paths.RUNS / slug for slug in notebooks())
    return edition


def moved_text(moved: Sequence[Comparison]) -> str:
    """What moved since the build before, for the terminal; empty when nothing did."""
    if not moved or all(change.kind == "within tolerance" for change in moved[0][2]):
        return ""
    older, newer, changes = moved[0]
    return f"What moved, {older} to {newer} (all of it on the page changes.html):\n{terminal_table(changes, limit=12)}\n"


def site_address() -> str:
    """The address the site is published at, from `_config.yml`, with a slash at the end."""
    settings = yaml.safe_load(paths.JUPYTER_BOOK_CONFIG.read_text(encoding="utf-8"))
    return settings["html"]["baseurl"].rstrip("/") + "/"
