"""The complete inputs of a build: tables with overlay and corrections applied, parameter files with overrides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
    report = resolve(paths.DATA, overlay, paths.TABLES)
    if overlay is not None:
        yield from str(report).splitlines()
    for file in sorted(paths.DATA.rglob("*.yml")):
        text = file.read_text(encoding="utf-8")
        if file.name == "parameters.yml" and model_overrides:
            from analysis.model.parameters import override_text

            text = override_text(text, model_overrides)
        write_if_changed(paths.TABLES / file.name, text)
