"""The rebuild receipt: what an edition was made from and what came out, so that a rebuild can be held against it.

The receipt (`receipt.json`, beside `numbers.json`) hashes each table, parameter file, module, chapter and the lock of
dependencies, says which of them each chapter uses, and repeats the numbers and the hashes of the figures' data. `verify`
compares two receipts and says *identical*, *within tolerance*, or *different* and where. Times, machine and paths are
not in it: equal inputs give equal receipts.

Tolerance: a reported, derived or judged number must agree to nine digits. A number with an interval comes from
simulation, which another processor may round otherwise; it and its ends may differ by 5% of the interval's width, about
three standard errors of a 5% quantile from 2,000 independent draws.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.registry.numbers import Number

SCHEMA = 1
RELATIVE_TOLERANCE = 1e-9
SHARE_OF_INTERVAL = 0.05
INPUT_SECTIONS = ("tables", "parameter_files", "code")


class ReceiptError(ValueError):
    """A file that is not a receipt; the message names it and what was expected."""


def write_receipt(folder: Path, edition: Mapping[str, str], numbers: Mapping[str, Number], inputs: Mapping[str, Any]) -> None:
    """Write `receipt.json` of the current build, made from `inputs` (receipt_of_inputs), into the site folder `folder`, whose
    `figures/` is complete, and the parameter files into its `tables/`, beside the tables of the edition."""
    receipt = make_receipt(edition, {n.id: outcome(n) for n in numbers.values()}, (folder / "figures").glob("*.csv"), inputs)
    (folder / "tables").mkdir(exist_ok=True)
    for name in receipt["parameter_files"]:
        shutil.copyfile(paths.TABLES / name, folder / "tables" / name)
    (folder / "receipt.json").write_text(json.dumps(receipt, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def receipt_of_build(site: Path = paths.HTML) -> dict[str, Any]:
    """The receipt of what lies in `_build/` now: inputs as the last build left them, outputs as the site shows them.

    Raises ReceiptError when there is no site.
    """
    try:
        published = json.loads((site / "numbers.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ReceiptError(f"there is no site in {site}; run 'make book' first") from None
    outcomes = {row["id"]: {end: row[end] for end in ("value", "low", "high")} for row in published["numbers"]}
    return make_receipt(published, outcomes, (site / "figures").glob("*.csv"), receipt_of_inputs())


def make_receipt(
    edition: Mapping[str, Any], outcomes: Mapping[str, Any], figures: Iterable[Path], inputs: Mapping[str, Any]
) -> dict[str, Any]:
    """The receipt of `inputs` (receipt_of_inputs) with these outcomes (value, low and high by id) and the CSV files of the
    figures."""
    return {
        "schema": SCHEMA,
        "edition": edition["edition"],
        "commit": edition["commit"],
        **inputs,
        "outputs": {"numbers": dict(outcomes),
                    "figures": {file.stem: hash_of(file) for file in sorted(figures)}},
    }


def receipt_of_inputs() -> dict[str, Any]:
    """The part of a receipt that is known before anything is run: what the tables, parameters and code in place are."""
    from analysis.runner.plan import notebooks

    chapters = {slug: ingredients(slug) for slug in notebooks()}
    code = sorted({name for one in chapters.values() for name in one["code"]})
    return {
        "lock": hash_of(paths.ROOT / "requirements.txt"),
        "tables": {file.name: hash_of(file) for file in sorted(paths.TABLES.glob("*.csv"))},
        "parameter_files": {file.name: hash_of(file) for file in sorted(paths.TABLES.glob("*.yml"))},
        "code": {name: _code_hash(paths.ROOT / name) for name in code},
        "chapters": chapters,
    }


def ingredients(slug: str) -> dict[str, Any]:
    """What the chapter `slug` is made from: parameters of the run, names of tables, parameter files and code files, those of
    the long computations and of the chapters it reads included."""
    from analysis.runner.contents import source_of
    from analysis.runner.parameters import declared_parameters
    from analysis.runner.plan import behind

    chapter = source_of(slug)
    files = behind(slug)
    given = json.loads((paths.BUILD / "plan" / f"{slug}.json").read_text(encoding="utf-8"))["parameters"]
    values = {name: parameter.default for name, parameter in declared_parameters(chapter).items()} | given
    inputs = sorted(f.name for f in files if f.parent == paths.TABLES)
    return {
        "parameters": {name: value for name, value in values.items() if name != "data_dir"},
        "tables": [name for name in inputs if name.endswith(".csv")],
        "parameter_files": [name for name in inputs if name.endswith(".yml")],
        "code": sorted(f.relative_to(paths.ROOT).as_posix() for f in files if f.suffix in (".py", ".ipynb")),
    }


def _code_hash(file: Path) -> str:
    """Hash of a module, or of a chapter's code cells without the cell of parameters, which the receipt lists by value."""
    if file.suffix != ".ipynb":
        return hash_of(file)
    from analysis.runner.dependencies import code_cells

    cells = [cell["source"] for cell in code_cells(file) if "parameters" not in cell["metadata"].get("tags", [])]
    return hashlib.sha256("\0".join(cells).encode()).hexdigest()


def outcome(number: Number) -> dict[str, float | None]:
    return {"value": number.value, "low": number.low, "high": number.high}


def hash_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def load_receipt(file: Path) -> dict[str, Any]:
    """Read a receipt, or the one in a folder. Raises ReceiptError when there is none, or of another schema."""
    file = file / "receipt.json" if file.is_dir() else file
    try:
        receipt = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ReceiptError(f"{file}: no such receipt; build the book first, or name the receipt.json of an edition") from None
    except ValueError:
        raise ReceiptError(f"{file}: not a receipt (expected JSON)") from None
    if not isinstance(receipt, dict) or receipt.get("schema") != SCHEMA:
        raise ReceiptError(f"{file}: not a receipt of schema {SCHEMA}")
    return receipt


def tolerance(found: Mapping[str, Any]) -> float:
    """By how much a rebuilt number may differ, in its own unit; `found` has value, low and high."""
    if found["low"] is not None and found["high"] is not None and found["high"] > found["low"]:
        return SHARE_OF_INTERVAL * (found["high"] - found["low"])
    return RELATIVE_TOLERANCE * abs(found["value"])


def distance(old: Mapping[str, Any], new: Mapping[str, Any]) -> float:
    """How far value, low and high moved at most, in the number's unit; infinite when an interval appeared or vanished."""
    moves = []
    for name in ("value", "low", "high"):
        if (old[name] is None) != (new[name] is None):
            return float("inf")
        if old[name] is not None:
            moves.append(abs(new[name] - old[name]))
    return max(moves)


@dataclass(frozen=True)
class Verification:
    """The outcome of comparing two receipts: verdict, and each difference as one line."""

    verdict: str
    inputs: tuple[str, ...]     # inputs that differ: why outputs may
    outputs: tuple[str, ...]    # outputs that differ, with by how much

    def __str__(self) -> str:
        lines = [f"{self.verdict}"]
        if self.inputs:
            lines += ["inputs that differ:", *(f"  {line}" for line in self.inputs)]
        if self.outputs:
            lines += ["outputs that differ:", *(f"  {line}" for line in self.outputs)]
        return "\n".join(lines)


def verify(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Verification:
    """Compare the receipt `expected` with that of a rebuild.

    *Identical*: inputs and outputs agree to the last digit. *Within tolerance*: each number of one is in the other, and
    none moved by more than its tolerance (a figure's data may then differ in its last digits, an input in its wording).
    *Different*: anything else.
    """
    inputs = tuple(_input_differences(expected, found))
    differences = list(_number_differences(expected["outputs"]["numbers"], found["outputs"]["numbers"]))
    figures = list(_named_differences("figure", expected["outputs"]["figures"], found["outputs"]["figures"]))
    lost = [line for line in figures if not line.endswith("changed")]
    if not inputs and not differences and not figures:
        verdict = "identical"
    elif lost or any(beyond for _, beyond in differences) or (figures and not inputs and not differences):
        verdict = "different"
    else:
        verdict = "within tolerance"
    return Verification(verdict, inputs, (*(line for line, _ in differences), *figures))


def _input_differences(expected: Mapping, found: Mapping) -> Iterable[str]:
    if expected["lock"] != found["lock"]:
        yield "lock of dependencies (requirements.txt): changed"
    for section in INPUT_SECTIONS:
        yield from _named_differences(section.replace("_", " ").removesuffix("s"), expected[section], found[section])
    for slug in sorted(set(expected["chapters"]) | set(found["chapters"])):
        old, new = (receipt["chapters"].get(slug, {}).get("parameters", {}) for receipt in (expected, found))
        for name in sorted(set(old) | set(new)):
            if old.get(name) != new.get(name):
                yield f"parameter {name} of {slug}: {old.get(name)!r} → {new.get(name)!r}"


def _named_differences(kind: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterable[str]:
    for name in sorted(set(old) | set(new)):
        if old.get(name) != new.get(name):
            yield f"{kind} {name}: " + ("added" if name not in old else "missing" if name not in new else "changed")


def _number_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[tuple[str, bool]]:
    """(line, beyond tolerance) of each number that is not the same."""
    for id in sorted(set(old) | set(new)):
        if id not in old or id not in new:
            yield f"number {id}: " + ("added" if id not in old else "missing"), True
        elif old[id] != new[id]:
            moved, allowed = distance(old[id], new[id]), tolerance(old[id])
            yield (f"number {id}: {old[id]['value']:.10g} → {new[id]['value']:.10g}, moved by {moved:.4g}, "
                   f"tolerance {allowed:.4g}", moved > allowed)


def page_receipt(receipt: Mapping[str, Any], slug: str) -> dict[str, Any]:
    """What the foot of the page `slug` says: names and hashes of its own inputs, its parameters, and one hash of it all."""
    chapter = receipt["chapters"][slug]
    own = {section: {name: receipt[section][name] for name in chapter[section]} for section in INPUT_SECTIONS}
    own |= {"parameters": chapter["parameters"], "lock": receipt["lock"]}
    return {**own, "sha256": hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()}
