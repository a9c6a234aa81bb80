"""The complete inputs of a build: tables with overlay and corrections applied, parameter files with overrides."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from analysis import paths
from analysis.runner.dependencies import modules_of
from analysis.runner.plan import digest, write_if_changed

RECORD = paths.BUILD / "cache" / "inputs.json"   # what the tables in `_build/data/` were made from, and what they are
CODE = "import analysis.runner.inputs, analysis.data.checking, analysis.data.overlay, analysis.model.parameters"
LARGEST_OVERLAY_BYTES = 200_000_000   # a larger overlay is not hashed: the check refuses its files unread


class InputError(ValueError):
    """Inputs that do not pass; one problem a line, all problems at once."""


def write_inputs(overlay: Path | None, model_overrides: dict[str, Any]) -> Iterator[str]:
    """Check everything, then write complete tables to `_build/data/`; yield what a person should know.

    Nothing is written when anything fails. Inputs that passed with the present code, and whose complete tables are still as
    they were written, are not checked again. Raises InputError.
    """
    made_from = _made_from(overlay, model_overrides)
    if (report := _known(made_from)) is None:
        report = _check_and_write(overlay, model_overrides)
        if made_from is not None:
            kept = {"made_from": made_from, "report": report, "tables": _hashes_of_tables()}
            write_if_changed(RECORD, json.dumps(kept, indent=1) + "\n")
    yield from report


def _check_and_write(overlay: Path | None, model_overrides: dict[str, Any]) -> list[str]:
    from analysis.data import check, resolve

    problems = check(paths.DATA, overlay)
    if problems:
        advice = "Mend the rows named above and run again; nothing was changed."
        raise InputError("\n".join([*map(str, problems), advice]))
    parameters = with_model_overrides((paths.DATA / "parameters.yml").read_text(encoding="utf-8"), model_overrides)
    report = resolve(paths.DATA, overlay, paths.TABLES)
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
    numbers = {name: value for name, value in overrides.items() if not isinstance(value, dict)}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "parameters.yml"
        file.write_text(text, encoding="utf-8")
        try:
            checked = load_parameters(file).with_values(numbers)
            for name, fields in overrides.items():
                if name not in numbers:
                    checked.with_values({name: checked.by_name[name].value if name in checked.by_name else 0})
                    rows[name].update(fields)
            for name in numbers:
                rows[name]["value"] = checked[name].value
                rows[name].pop("prior", None)
            changed = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
            file.write_text(changed, encoding="utf-8")
            load_parameters(file)
        except ParameterError as error:
            raise InputError("\n".join(f"model: {problem}" for problem in error.problems)) from None
    return changed
