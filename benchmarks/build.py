"""Build times: cold, nothing changed, one table, one sentence; beside plain Jupyter Book executing the same notebooks.

Works on a copy of the project, so the real build is not touched. The long computations (estimate, model) are run once
beforehand and are not part of either side: plain Jupyter Book would read their results too. Of the two tables changed, a few
chapters read the reversals; the policy events are read by the model too, so nearly every chapter follows.
"""

from __future__ import annotations

import csv
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat

from analysis import paths

COPIED = ("analysis", "book", "data", "editions", "Snakefile", "_config.yml", "pyproject.toml", "requirements.txt")
RUNS = 3
JUPYTER_BOOK = str(Path(sys.executable).with_name("jupyter-book"))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder) / "project")
        build = [sys.executable, "-m", "analysis", "build"]
        run(build, project)
        rows = [
            ("cold, long computations kept", lambda: forget_chapters(project), build),
            ("nothing changed", lambda: None, build),
            ("one table changed: reversals", lambda: change_table(project, "policy/reversals.csv"), build),
            ("one table changed: policy events", lambda: change_table(project, "policy/policy_events.csv"), build),
            ("one sentence changed", lambda: change_sentence(project), build),
            ("plain jupyter-book, executing", lambda: prepare_plain(project), plain_command(project)),
        ]
        medians = {name: statistics.median(timed(prepare, command, project) for _ in range(RUNS))
                   for name, prepare, command in rows}
    base = medians["plain jupyter-book, executing"]
    print(f"{'build':<36}{'median s':>10}{'of plain':>10}   (median of {RUNS})")
    for name, seconds in medians.items():
        print(f"{name:<36}{seconds:>10.1f}{seconds / base:>10.2f}")


def copy_project(target: Path, artifacts: bool = True) -> Path:
    """A copy of what a build needs, with the artifacts of the long computations when wanted."""
    target.mkdir(parents=True)
    for name in COPIED:
        source = paths.ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, target / name)
    if artifacts and (paths.BUILD / "artifacts").is_dir():   # those that are stale are made again
        for kept in ("artifacts", ".snakemake"):
            shutil.copytree(paths.BUILD / kept, target / "_build" / kept)
    return target


def environment_of(project: Path) -> dict[str, str]:
    """The environment of a command that works on the copy."""
    return {name: value for name, value in os.environ.items() if name != "CHIP_BUILD_DIR"} | {"PYTHONPATH": str(project)}


def run(command: list[str], project: Path) -> None:
    finished = subprocess.run(command, cwd=project, env=environment_of(project), capture_output=True, text=True)
    if finished.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{finished.stdout[-2000:]}\n{finished.stderr[-4000:]}")


def timed(prepare: Callable[[], object], command: list[str], project: Path) -> float:
    prepare()
    started = time.perf_counter()
    run(command, project)
    return time.perf_counter() - started


def forget_chapters(project: Path) -> None:
    """Remove everything that was built, but the results of the long computations."""
    for entry in (project / "_build").iterdir():
        if entry.name not in {"artifacts", "data", ".snakemake"}:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def change_table(project: Path, name: str) -> None:
    """Change a remark in one table: the smallest change that must rerun what reads the table."""
    file = project / "data" / name
    with file.open(newline="", encoding="utf-8") as stream:
        header, *rows = list(csv.reader(stream))
    rows[0][header.index("note")] += "."
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])


def change_sentence(project: Path) -> None:
    file = project / "book" / "rules.ipynb"
    notebook = nbformat.read(file, 4)
    next(c for c in reversed(notebook.cells) if c.cell_type == "markdown").source += " One more sentence."
    nbformat.write(notebook, file)


def plain_command(project: Path) -> list[str]:
    return [JUPYTER_BOOK, "build", str(project / "_build" / "plain"), "--config",
            str(project / "plain_config.yml"), "--all", "--quiet"]


def prepare_plain(project: Path) -> None:
    """The same pages with outputs removed, to be executed by Jupyter Book itself on kernels of its own."""
    target = project / "_build" / "plain"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(project / "_build" / "book", target)
    for file in target.glob("*.ipynb"):
        notebook = nbformat.read(file, 4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = []
        nbformat.write(notebook, file)
    settings = (project / "_config.yml").read_text().replace('execute_notebooks: "off"', 'execute_notebooks: "force"')
    (project / "plain_config.yml").write_text(settings)


if __name__ == "__main__":
    main()
