"""Turn Jupyter Book's raw HTML into the published site: finish each page, add the data files, swap it in whole."""

from __future__ import annotations

import csv
import ctypes
import json
import os
import shutil
from pathlib import Path

from analysis import paths
from analysis.publish.numbers import Number

CONTRACT_FIELDS = ("id", "label", "value", "low", "high", "level", "unit", "class", "as_of", "page", "url", "method",
                   "sources", "figure")


def finish(raw: Path, numbers: dict[str, Number], edition: dict, site_address: str, out: Path = paths.HTML) -> None:
    """Build the site beside `out` and exchange the two; `out` is never half-written.

    `edition` has the fields edition, built, commit and inputs_sha256 of the contract.
    """
    new = out.with_name(f".{out.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(raw, new, ignore=shutil.ignore_patterns("_sources", ".buildinfo", "objects.inv", ".doctrees"))
    write_numbers(numbers, edition, site_address, new)
    copy_figures(paths.RUNS, new / "figures")
    exchange(new, out)
    shutil.rmtree(new, ignore_errors=True)


def write_numbers(numbers: dict[str, Number], edition: dict, site_address: str, folder: Path) -> None:
    """Write `numbers.json` and `numbers.csv` in the shape fixed by the architecture's contract."""
    rows = [n.contract(f"{site_address}numbers.html#{n.anchor}") for n in numbers.values()]
    (folder / "numbers.json").write_text(
        json.dumps({**edition, "numbers": rows}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    with (folder / "numbers.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, CONTRACT_FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "sources": ";".join(row["sources"])} for row in rows)


def copy_figures(runs: Path, target: Path) -> None:
    """Copy every chapter's figure files to the site's `figures/`."""
    target.mkdir(exist_ok=True)
    for file in sorted(runs.glob("[!.]*/figures/*")):
        shutil.copyfile(file, target / file.name)


def exchange(new: Path, old: Path) -> None:
    """Put folder `new` in the place of `old` in one step; afterwards `new` holds what `old` was, if it existed.

    Uses Linux's renameat2(RENAME_EXCHANGE); elsewhere two renames, the gap between them being the only moment without
    a site.
    """
    if not old.exists():
        new.rename(old)
        return
    if _exchange_atomically(new, old):
        return
    grave = old.with_name(f".{old.name}.old")
    shutil.rmtree(grave, ignore_errors=True)
    old.rename(grave)
    new.rename(old)
    grave.rename(new)


def _exchange_atomically(a: Path, b: Path) -> bool:
    at_fdcwd, rename_exchange = -100, 2
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return renameat2(at_fdcwd, os.fsencode(a), at_fdcwd, os.fsencode(b), rename_exchange) == 0
