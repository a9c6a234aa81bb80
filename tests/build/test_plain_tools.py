"""The tools the project is made of work on it without the project's own command."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import paths


def run(project, *command: str) -> str:
    """A tool's standard output, called in the project's root."""
    command = [str(Path(sys.executable).with_name(command[0])), *command[1:]]
    done = subprocess.run(command, cwd=project.root, env=project.environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_snakemake_shows_how_results_flow_from_chapters_to_the_site(copied):
    (copied.root / "_build" / "runs" / "demand" / "numbers.json").unlink()
    planned = run(copied, "snakemake", "-n", "--cores", "2")
    assert re.search(r"^chapter +1$", planned, re.MULTILINE) and re.search(r"^site +1$", planned, re.MULTILINE)
    drawn = run(copied, "snakemake", "--dag")
    names = dict(re.findall(r'^\s*(\d+)\[label = "([^"]+)"', drawn, re.MULTILINE))
    edges = {(names[a], names[b]) for a, b in re.findall(r"^\s*(\d+) -> (\d+)$", drawn, re.MULTILINE)}
    assert {(r"chapter\nslug: index", "site"), (r"chapter\nslug: demand", "site"), ("site", "all")} <= edges


@pytest.mark.slow
def test_snakemake_lists_every_file_that_a_chapter_reads(copied):
    """The notebook's code, its table, no other chapter's, and its plan, which names parameters and modules."""
    (copied.root / "_build" / "runs" / "demand" / "numbers.json").unlink()
    command = [Path(sys.executable).with_name("snakemake"), "-n", "--cores", "2", "--detailed-summary"]
    listed = subprocess.run(command, cwd=copied.root, env=copied.environment, capture_output=True, text=True, check=True).stdout
    header, *rows = [line.split("\t") for line in listed.splitlines() if line.count("\t") > 5]
    row = next(dict(zip(header, row, strict=False)) for row in rows if row[0] == "runs/demand/numbers.json")
    read = set(row["input-file(s)"].split(","))
    assert {"../book/demand.ipynb", "plan/demand.json", "data/oem_demand.csv"} <= read
    assert "data/policy_events.csv" not in read
    plan = json.loads((copied.root / "_build" / "plan" / "demand.json").read_text())
    assert "analysis/publish/page.py" in plan["modules"] and "analysis/model/kernel.py" not in plan["modules"]


@pytest.mark.slow
def test_the_graph_that_the_readme_draws_is_the_one_that_snakemake_runs(tmp_path):
    """Of the project itself: its rules, without the closing one that only asks for everything."""
    snakemake = [Path(sys.executable).with_name("snakemake"), "--rulegraph", "mermaid-js"]
    drawn = subprocess.run(snakemake, cwd=paths.ROOT, capture_output=True, text=True, check=True).stdout
    names = dict(re.findall(r"^\s*(id\d+)\[(\w+)\]$", drawn, re.MULTILINE))
    edges = {(names[a], names[b]) for a, b in re.findall(r"^\s*(id\d+) --> (id\d+)$", drawn, re.MULTILINE)}
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8").partition("```mermaid")[2].partition("```")[0]
    shown = set(re.findall(r"^ *(\w+) --> (\w+)$", readme, re.MULTILINE))
    runs = {(a, b) for a, b in edges if b not in ("all", a)}
    assert ("chapter", "site") in runs
    assert shown == runs, "\n".join(f"  {a} --> {b}" for a, b in sorted(runs))


@pytest.mark.slow
def test_plain_jupyter_book_gives_the_pages_of_now_with_the_numbers_and_charts_of_the_last_build(copied, tmp_path):
    text = copied.root / "book" / "text.md"
    text.write_text(text.read_text() + "\nA sentence of today.\n")
    out = tmp_path / "plain"
    run(copied, "jupyter-book", "build", "book", "--config", "_config.yml", "--path-output", str(out))
    pages = out / "_build" / "html"
    rows = json.loads((copied.html / "numbers.json").read_text())["numbers"]
    value = next(str(round(n["value"])) for n in rows if n["id"] == "index.rows")
    shown = re.sub(r"<[^>]+>", "", (pages / "text.html").read_text())
    assert f"A sentence, and {value} rows." in shown and "A sentence of today." in shown
    assert "<svg" in (pages / "index.html").read_text()
    assert (pages / "numbers.html").exists()   # a page that the build writes itself


@pytest.mark.slow
def test_plain_jupyter_book_says_so_where_nothing_was_built_yet(copied, tmp_path):
    shutil.rmtree(copied.root / "_build")
    run(copied, "jupyter-book", "build", "book", "--config", "_config.yml", "--path-output", str(tmp_path))
    for page in ("index", "text"):
        shown = re.sub(r"<[^>]+>", "", (tmp_path / "_build" / "html" / f"{page}.html").read_text())
        assert "run make book first" in shown and "index.rows" in shown
