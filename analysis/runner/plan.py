"""The plan of a build: which chapters run, with which parameters, tables, modules and artifacts.

The plan is files in `_build/plan/`, rewritten only when their content changes, so that Snakemake sees exactly what
changed: the code cells of a chapter (its text is not in there: a text change reruns nothing) and its parameters.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml

from analysis import paths
from analysis.runner.dependencies import chapter_code, modules_of, tables_of
from analysis.runner.parameters import ParameterError, check_parameters, declared_parameters

ALL_CHAPTERS = "all"
MODEL = "model"


@dataclass(frozen=True)
class Step:
    """A long computation that chapters read: `python -m analysis <command> --out <artifact>`."""

    artifact: str
    command: str
    module: str
    tables: tuple[str, ...]


def toc_files() -> list[str]:
    """Chapters in reading order, as `_toc.yml` lists them (names without endings)."""
    toc = yaml.safe_load((paths.BOOK / "_toc.yml").read_text(encoding="utf-8"))
    found = [toc["root"]]
    for part in toc.get("parts", []) or [{"chapters": toc.get("chapters", [])}]:
        found += [chapter["file"] for chapter in part["chapters"]]
    return found


def notebooks() -> list[str]:
    """Slugs of the chapters that compute something, in reading order."""
    return [slug for slug in toc_files() if (paths.BOOK / f"{slug}.ipynb").exists()]


def load_overrides(file: Path | None) -> dict[str, dict[str, Any]]:
    """Parameter overrides by chapter, `all` (every chapter that declares them) and `model`."""
    if file is None:
        return {}
    from analysis.data.safe_yaml import load_yaml

    given = load_yaml(file)
    known = {ALL_CHAPTERS, MODEL, *notebooks()}
    problems = [] if isinstance(given, dict) else [f"{file}: expected sections such as 'all:' and 'model:'"]
    for section, values in (given or {}).items() if isinstance(given, dict) else ():
        if section not in known:
            problems.append(f"{file}: unknown section {section!r}; valid: {', '.join(sorted(known))}")
        elif not isinstance(values, dict):
            problems.append(f"{file}: section {section!r} must hold 'name: value' lines")
    if problems:
        raise ParameterError("\n".join(problems))
    return given


def write_plan(overrides: dict[str, dict[str, Any]]) -> None:
    """Check all overrides, then write each chapter's code and parameters where Snakemake looks for changes."""
    plans = {slug: _plan(slug, overrides) for slug in notebooks()}
    unused = set(overrides.get(ALL_CHAPTERS, {})) - {p for slug in plans for p in declared_parameters(_source(slug))}
    if unused:
        raise ParameterError(f"no chapter has a parameter named {', '.join(sorted(unused))}")
    folder = paths.BUILD / "plan"
    folder.mkdir(parents=True, exist_ok=True)
    for slug, plan in plans.items():
        write_if_changed(folder / f"{slug}.json", json.dumps(plan, indent=1, sort_keys=True) + "\n")
        write_if_changed(folder / f"{slug}.ipynb", _code_only(_source(slug)))


def _source(slug: str) -> Path:
    return paths.BOOK / f"{slug}.ipynb"


def _plan(slug: str, overrides: dict[str, dict[str, Any]]) -> dict[str, Any]:
    declared = declared_parameters(_source(slug))
    general = {k: v for k, v in overrides.get(ALL_CHAPTERS, {}).items() if k in declared}
    own = overrides.get(slug, {})
    values = check_parameters({**general, **own}, declared, f"chapter {slug}")
    if "data_dir" in declared:
        values.setdefault("data_dir", os.path.relpath(paths.TABLES, paths.ROOT))
    return {"parameters": values, "tables": tables_of(chapter_code(_source(slug)))}


def _code_only(source: Path) -> str:
    """The notebook with its text cells emptied: what execution depends on, and nothing else."""
    notebook = nbformat.read(source, 4)
    notebook.cells = [c for c in notebook.cells if c.cell_type == "code"]
    for cell in notebook.cells:
        cell.outputs, cell.execution_count = [], None
    return nbformat.writes(notebook)


def chapter_inputs(slug: str) -> list[str]:
    """Files whose change makes the chapter `slug` run again: code, parameters, tables, modules, artifacts."""
    code = chapter_code(_source(slug))
    modules = modules_of(code)
    return [
        *(str(paths.BUILD / "plan" / f"{slug}{ending}") for ending in (".ipynb", ".json")),
        *(str(paths.TABLES / f"{table}.csv") for table in tables_of(code)),
        *map(str, modules),
        *(str(paths.ARTIFACTS / f"{name}.done") for name in artifacts_of(code)),
    ]


def artifacts_of(code: str) -> list[str]:
    """Names of the artifacts a chapter reads, found by the call `load_artifact("name")` or `ARTIFACTS / "name"`."""
    from analysis.runner.steps import STEPS

    texts = [code, *(f.read_text(encoding="utf-8") for f in modules_of(code))]
    return sorted(s.artifact for s in STEPS if any(f'ARTIFACTS / "{s.artifact}"' in text for text in texts))


def step_inputs(artifact: str) -> list[str]:
    """Files whose change makes the long computation `artifact` run again: its tables and modules."""
    from analysis.runner.steps import STEPS

    step = next(s for s in STEPS if s.artifact == artifact)
    modules = modules_of(f"import {step.module}")
    return [*(str(paths.TABLES / table) for table in step.tables), *map(str, modules)]


def site_inputs() -> list[str]:
    """Files whose change makes the site publish again: text, assets, settings, sources, edition, publishing code."""
    assets = [p for p in paths.BOOK.rglob("*") if p.is_file() and ".ipynb_checkpoints" not in p.parts]
    return [
        *map(str, sorted(assets)), str(paths.JUPYTER_BOOK_CONFIG), str(paths.TABLES / "sources.csv"),
        str(paths.BUILD / "plan" / "edition.txt"), *map(str, modules_of("import analysis.publish.commands")),
    ]


def sweep_runs(name: str) -> list[str]:
    """Ids of the runs of the sweep `name`, as its plan lists them."""
    return json.loads((paths.BUILD / "sweeps" / name / "plan.json").read_text())["runs"]


def sweep_run_inputs(name: str, run: str) -> list[str]:
    """Files whose change makes one run of a sweep run again."""
    folder = paths.BUILD / "sweeps" / name
    slug = json.loads((folder / "plan.json").read_text())["chapter"]
    return [str(folder / "plan" / f"{run}.json"), *chapter_inputs(slug)]


def write_if_changed(path: Path, text: str) -> bool:
    """Write atomically, and only when the content differs; tell whether it did."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    scratch = path.with_name(f".{path.name}.tmp")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)
    return True
