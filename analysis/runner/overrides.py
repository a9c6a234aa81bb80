"""Parameters that a person gives for a build: a file with a section for `all` chapters, for the `model`, for single chapters.

Every problem of the file is found in one go, each with the nearest valid name or the values that are allowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.data.problems import suggest
from analysis.runner.contents import source_of
from analysis.runner.inputs import InputError, with_model_overrides
from analysis.runner.parameters import RESERVED, ParameterError, declared_parameters
from analysis.runner.plan import ALL_CHAPTERS, MODEL, chapter_values, notebooks

Overrides = dict[str, dict[str, Any]]


def checked_overrides(file: Path | None) -> tuple[Overrides, list[str]]:
    """Overrides by section, and every problem, one a line. With problems the overrides are not to be used."""
    if file is None:
        return {}, []
    from analysis.data.safe_yaml import YamlError, load_yaml

    try:
        given = load_yaml(file)
    except YamlError as error:
        return {}, [str(error)]
    if not isinstance(given, dict):
        return {}, [f"{file}: expected sections such as 'all:' and 'model:'"]
    chapters = notebooks()
    sections = [ALL_CHAPTERS, MODEL, *chapters]
    problems, overrides = [], {}
    for section, values in given.items():
        if section not in sections:
            problems.append(f"unknown section {section!r}{nearest(section, sections)}")
        elif not isinstance(values, dict):
            problems.append(f"section {section!r} must hold 'name: value' lines")
        else:
            overrides[section] = values
    for slug in chapters:
        try:
            chapter_values(slug, overrides)
        except ParameterError as error:
            problems += str(error).splitlines()
    known = {name for slug in chapters for name in declared_parameters(source_of(slug))}
    problems += [f"{ALL_CHAPTERS}: no chapter has a parameter {name!r}{nearest(name, known)}"
                 for name in overrides.get(ALL_CHAPTERS, {}) if name not in known]
    problems += [f"{ALL_CHAPTERS}: parameter {name!r} cannot be set: {why}"
                 for name, why in RESERVED.items() if name in overrides.get(ALL_CHAPTERS, {})]
    try:
        with_model_overrides((paths.DATA / "parameters.yml").read_text(encoding="utf-8"), overrides.get(MODEL, {}))
    except InputError as error:
        problems += str(error).splitlines()
    return overrides, [f"{file}: {problem}" for problem in problems]


def nearest(name: object, valid: Iterable[str]) -> str:
    """The nearest valid name as a question, or all of them when none is near."""
    names = sorted(valid)
    return suggest(name, names, f"; valid: {', '.join(names)}")
