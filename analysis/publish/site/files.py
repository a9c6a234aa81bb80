"""The data files of the site: the numbers as JSON and CSV, the figures' files."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import vl_convert

from analysis import paths
from analysis.charts.bundle import BUNDLE, write_vega_bundle
from analysis.data.inert import as_csv_safe
from analysis.publish.embeds import edition_address
from analysis.registry.numbers import Number
from analysis.registry.schema import VERSION

CONTRACT_FIELDS = ("id", "label", "value", "low", "high", "level", "unit", "class", "as_of", "page", "url", "method",
                   "sources", "figure")

DRAWS_SCRIPT = "assets/explorer-draws-{}.js"   # a script for each version of the model
SPECIFICATIONS = "assets/figures"   # a script for each figure, from the root of the site


def write_numbers(numbers: dict[str, Number], edition: dict, site_address: str, folder: Path) -> None:
    """Write `numbers.json` and `numbers.csv` in the shape fixed by the architecture's contract. A number's `url` is its row in
    this edition, for good."""
    base = edition_address(site_address, edition["edition"])
    rows = [n.contract(f"{base}numbers.html#{n.anchor}") for n in numbers.values()]
    (folder / "numbers.json").write_text(
        json.dumps({"schema_version": VERSION, **edition, "numbers": rows}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    with (folder / "numbers.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, CONTRACT_FIELDS, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            cells = {**row, "sources": ";".join(row["sources"])}
            writer.writerow({name: as_csv_safe(cell) if isinstance(cell, str) else cell for name, cell in cells.items()})


def copy_figures(runs: Iterable[Path], target: Path) -> None:
    """Copy the figure files of the given chapters' runs to the site's `figures/`."""
    target.mkdir(exist_ok=True)
    for file in sorted(file for run in runs for file in run.glob("figures/[!.]*")):
        shutil.copyfile(file, target / file.name)


def write_specifications(specifications: Mapping[str, str], site: Path) -> None:
    """One script a figure with what its interactive drawing is made from (JSON), loaded when a reader asks for it."""
    folder = site / SPECIFICATIONS
    folder.mkdir(parents=True, exist_ok=True)
    for id, text in specifications.items():
        script = f"(window.csSpecifications = window.csSpecifications || {{}})[{json.dumps(id)}] = {text};\n"
        (folder / f"{id}.js").write_text(script, encoding="utf-8")


def write_draws(draws: Mapping[str, str], site: Path) -> None:
    """One script for each version of the model with the explorer's draws (JSON), most of what it computes with, which its page
    loads when something is to be computed."""
    for version, steps in draws.items():
        target = site / DRAWS_SCRIPT.format(version)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"(window.csExplorerDraws = window.csExplorerDraws || {{}}).{version} = {steps};\n", encoding="utf-8")


def copy_bundle(site: Path, made: Path = paths.BUILD / "bundle") -> None:
    """Put the drawing library where the figures' script expects it; made once for each version of vl-convert."""
    kept = made / f"vega-{vl_convert.__version__}.js"
    if not kept.exists():
        write_vega_bundle(kept)
    target = site / BUNDLE
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(kept, target)
