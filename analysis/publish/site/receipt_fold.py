"""The rebuild receipt at the end of a page: what the page was made from, and how to check a rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analysis.publish.receipt import page_receipt
from analysis.publish.site.facts import Site, counted
from analysis.registry.numbers import Number
from analysis.runner.contents import source_of

SHOWN_DIGITS = 16   # of a SHA-256; receipt.json has all of them
NAMES = {"tables": "Table", "parameter_files": "Parameter file"}


def receipt_fold(site: Site, slug: str, numbers: Iterable[Number]) -> dict[str, Any]:
    """What the fold shows of a chapter (counts, one row an input, code of them all); of a page that computes nothing, the code of
    each chapter whose numbers it prints.

    Empty when nothing is known of what the chapters are made from, or the page prints no number.
    """
    chapters = site.receipt.get("chapters", {})
    if slug in chapters:
        return _of_chapter(page_receipt(site.receipt, slug), slug)
    made_by = dict.fromkeys(n.page for n in numbers if n.page in chapters)
    if not made_by:
        return {}
    return {"rows": (), "chapters": {page: page_receipt(site.receipt, page)["sha256"][:SHOWN_DIGITS] for page in made_by}}


def _of_chapter(receipt: Mapping[str, Any], slug: str) -> dict[str, Any]:
    counts = (counted(len(receipt["tables"]), "table"), counted(len(receipt["parameter_files"]), "parameter file"),
              counted(len(receipt["code"]), "file") + " of code")
    notebook = source_of(slug).name
    rows = [(NAMES[section], name, digest) for section in NAMES for name, digest in receipt[section].items()]
    rows.append(("Notebook, code cells", notebook, receipt["code"][f"book/{notebook}"]))
    rows.append(("Locked packages", "requirements.txt", receipt["lock"]))
    return {"counts": [count for count in counts if count], "code": receipt["sha256"][:SHOWN_DIGITS],
            "rows": [(kind, name, digest[:SHOWN_DIGITS]) for kind, name, digest in rows]}
