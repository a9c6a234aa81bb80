"""The complete inputs of a build: tables with overlay and corrections applied, parameter files with overrides."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from analysis import paths
from analysis.files import write_if_changed
from analysis.runner.dependencies import modules_of
from analysis.runner.plan import digest

if TYPE_CHECKING:
    from analysis.data.checking import Examination
    from analysis.data.problems import Problem

RECORD = paths.BUILD / "cache" / "inputs.json"   # what the tables in `_build/data/` were made from, and what they are
CODE = "import analysis.runner.inputs, analysis.data.checking, analysis.data.overlay, analysis.model.parameters"
LARGEST_OVERLAY_BYTES = 200_000_000   # a larger overlay is not hashed: the check refuses its files unread


class InputError(ValueError):
    """Inputs that do not pass; one problem a line, all problems at once."""


def write_inputs(overlay: Path | None, model_overrides: dict[str, Any], problems: Sequence[str] = ()) -> Iterator[str]:
    """Check everything, then write complete tables to `_build/data/`; yield what a person should know.

    problems: what is wrong with the other inputs; it is named together with what is wrong with the data. Nothing is written
    when anything fails. Inputs that passed with the present code, and whose complete tables are still as they were written,
    are not checked again. Raises InputError.
    """
    made_from = _made_from(overlay, model_overrides)
    report = _known(made_from)
    if report is not None:
        _refuse([], problems)
    else:
        from analysis.data.checking import examine  # with pandas, for which a build that changes nothing does not wait

        found = examine(paths.DATA, overlay)
        _refuse(found.problems, problems)
        report = _write(found, overlay, model_overrides)
        if made_from is not None:
            kept = {"made_from": made_from, "report": report, "tables": _hashes_of_tables()}
            write_if_changed(RECORD, json.dumps(kept, indent=1) + "\n")
    yield from report


def _refuse(rows: Sequence[Problem], others: Sequence[str]) -> None:
    """Raise InputError with every problem of rows and of other inputs, and with what to do next, if there are any."""
    if rows or others:
        what = " and ".join(["rows"] * bool(rows) + ["parameters"] * bool(others))
        raise InputError("\n".join([*map(str, rows), *others, f"Mend the {what} named above and run again; nothing was changed."]))


def _write(found: Examination, overlay: Path | None, model_overrides: dict[str, Any]) -> list[str]:
    from analysis.data.overlay import write_tables

    parameters = with_model_overrides((paths.DATA / "parameters.yml").read_text(encoding="utf-8"), model_overrides)
    report = write_tables(found.tables, found.report, paths.TABLES)
    for file in sorted(paths.DATA.rglob("*.yml")):
        text = file.read_text(encoding="utf-8")
        if file.name == "parameters.yml":
            text = parameters
        write_if_changed(paths.TABLES / file.name, text)
    return str(report).splitlines() if overlay is not None else []


def _made_from(overlay: Path | None, model_overrides: dict[str, Any]) -> str | None:
    """A hash of everything the complete tables depend on; None for an overlay that is too large to hash."""
    files = sorted(file for file in paths.DATA.rglob("*") if file.is_file())
    given = []
    if overlay is not None:
        own = [file for file in sorted(overlay.rglob("*")) if file.is_file()]
        if sum(file.stat().st_size for file in own) > LARGEST_OVERLAY_BYTES:
            return None
        given = [str(overlay), *(f"{entry.relative_to(overlay)}\0{_hash_of(entry)}" for entry in sorted(overlay.rglob("*")))]
    files += [paths.ROOT / "requirements.txt", *modules_of(CODE)]
    return digest(files, [*given, json.dumps(model_overrides, sort_keys=True)])


def _hash_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "a folder"


def _hashes_of_tables() -> dict[str, str]:
    return {file.name: _hash_of(file) for file in sorted(paths.TABLES.glob("*.*"))}


def _known(made_from: str | None) -> list[str] | None:
    """What was reported when the tables were made from the same, or None when they have to be made again."""
    try:
        kept = json.loads(RECORD.read_text(encoding="utf-8"))
        return kept["report"] if made_from == kept["made_from"] and kept["tables"] == _hashes_of_tables() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def with_model_overrides(text: str, overrides: dict[str, Any]) -> str:
    """The parameter file with overrides: a number fixes a parameter, a mapping changes its fields (such as its prior).

    Raises InputError with every problem: unknown names with the nearest valid one, wrong types, values out of range.
    """
    if not overrides:
        return text
    from analysis.model.parameters import ParameterError, load_parameters

    content = yaml.safe_load(text)
    rows = content["parameters"]
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "parameters.yml"
        file.write_text(text, encoding="utf-8")
        base = load_parameters(file)
        for name, given in overrides.items():
            number = rows[name]["value"] if isinstance(given, dict) and name in rows else given
            if isinstance(number, bool):
                problems.append(f"{name}: {number!r} is not a number")
                continue
            try:
                value = base.with_values({name: number})[name].value
            except ParameterError as error:
                problems += error.problems
                continue
            if isinstance(given, dict):
                rows[name].update(given)
            else:
                rows[name]["value"] = value
                rows[name].pop("prior", None)
        changed = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        file.write_text(changed, encoding="utf-8")
        try:
            load_parameters(file)
        except ParameterError as error:
            problems += error.problems
    if problems:
        raise InputError("\n".join(f"model: {problem}" for problem in problems))
    return changed
