"""The rebuild receipt at the end of a page: what the page was made from, and how to check a rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from analysis.publish.receipt import page_receipt
from analysis.publish.site.draft import Draft
from analysis.publish.site.facts import Site
from analysis.registry.numbers import Number
from analysis.runner.contents import source_of

SHOWN_DIGITS = 16   # of a SHA-256; receipt.json has all of them
NAMES = {"tables": "Table", "parameter_files": "Parameter file"}


def receipt_fold(site: Site, draft: Draft, numbers: Iterable[Number]) -> str:
    """A fold with the receipt of a chapter; on a page that computes nothing, the chapters whose numbers it prints.

    Empty when nothing is known of what the chapters are made from, or the page prints no number.
    """
    chapters = site.receipt.get("chapters", {})
    if draft.slug in chapters:
        return _fold(_of_chapter(page_receipt(site.receipt, draft.slug), draft.slug))
    made_by = list(dict.fromkeys(n.page for n in numbers if n.page in chapters))
    return _fold(_of_text(made_by, site)) if made_by else ""


def _fold(content: str) -> str:
    check = ('<p>To check a rebuild: <code>python -m analysis verify</code> holds what was built against '
             '<a href="receipt.json">receipt.json</a>, which lists every file, and says: identical, within tolerance, or different '
             'and where. <a href="rerun.html">How to rebuild</a>.</p>')
    return f'<details class="cs-receipt" id="rebuild-receipt"><summary>Rebuild receipt</summary>{content}{check}</details>'


def _of_chapter(receipt: Mapping[str, Any], slug: str) -> str:
    counts = ", ".join(filter(None, (_count(len(receipt["tables"]), "table"),
                                     _count(len(receipt["parameter_files"]), "parameter file"),
                                     _count(len(receipt["code"]), "file") + " of code")))
    notebook = source_of(slug).name
    rows = [(NAMES[section], name, digest) for section in NAMES for name, digest in receipt[section].items()]
    rows.append(("Notebook, code cells", notebook, receipt["code"][f"book/{notebook}"]))
    rows.append(("Locked packages", "requirements.txt", receipt["lock"]))
    return (f"<p>This page was made from {counts}, with the parameters in its table. Together they are "
            f"<code>{receipt['sha256'][:SHOWN_DIGITS]}</code>; another content gives another code.</p>" + _table(rows))


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'s' * (number != 1)}" if number else ""


def _table(rows: Iterable[tuple[str, str, str]]) -> str:
    body = "".join(f'<tr><td>{kind}</td><th scope="row"><code>{escape(name)}</code></th>'
                   f"<td><code>{digest[:SHOWN_DIGITS]}</code></td></tr>"
                   for kind, name, digest in rows)
    return ('<div class="cs-scroll" role="region" aria-label="Inputs of this page" tabindex="0"><table class="cs-table">'
            '<thead><tr><th scope="col">Kind</th><th scope="col">Input</th><th scope="col">SHA-256 begins</th></tr></thead>'
            f"<tbody>{body}</tbody></table></div>")


def _of_text(chapters: list[str], site: Site) -> str:
    links = ", ".join(f'<a href="{slug}.html#rebuild-receipt">{escape(slug)}</a> '
                      f'<code>{page_receipt(site.receipt, slug)["sha256"][:SHOWN_DIGITS]}</code>' for slug in chapters)
    return f"<p>This page computes nothing itself. Its numbers come from {links}, each with a receipt of its own.</p>"
