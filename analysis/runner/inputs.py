"""The complete inputs of a build: tables with overlay and corrections applied, parameter files with overrides."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from analysis import paths
from analysis.runner.plan import write_if_changed


class InputError(ValueError):
    """Inputs that do not pass; one problem a line, all problems at once."""


def write_inputs(overlay: Path | None, model_overrides: dict[str, Any]) -> Iterator[str]:
    """Check everything, then write complete tables to `_build/data/`; yield what a person should know.

    Nothing is written when anything fails. Raises InputError.
    """
    from analysis.data import check, resolve

    problems = check(paths.DATA, overlay)
    if problems:
        advice = "Mend the rows named above and run again; nothing was changed."
        raise InputError("\n".join([*map(str, problems), advice]))
    parameters = with_model_overrides((paths.DATA / "parameters.yml").read_text(encoding="utf-8"), model_overrides)
    report = resolve(paths.DATA, overlay, paths.TABLES)
    if overlay is not None:
        yield from str(report).splitlines()
    for file in sorted(paths.DATA.rglob("*.yml")):
        text = file.read_text(encoding="utf-8")
        if file.name == "parameters.yml":
            text = parameters
        write_if_changed(paths.TABLES / file.name, text)


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
