"""How many planted faults the tests of a package notice: a mutation run with mutmut, resumable.

    python tests/mutants.py registry              # the package's own fast tests
    python tests/mutants.py registry --all        # the slow ones as well
    python tests/mutants.py registry --list       # the faults that nothing noticed, as patches

The run works on a copy of the project in `_build/mutants/PACKAGE`; stopped, it goes on where it was. The scores are
written into `docs/mutants.csv`, a row a package and kind of run.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCORES = ROOT / "docs" / "mutants.csv"
PACKAGES = sorted(p.name for p in (ROOT / "analysis").iterdir()
                  if (p / "__init__.py").exists() and (ROOT / "tests" / p.name).is_dir())
COPIED = ("analysis", "book", "data", "tests", "conftest.py", "pyproject.toml", "requirements.txt", "_config.yml", "CHANGELOG.md",
          "CITATION.cff", "README.md", "LICENSE", "LICENSE-DATA", ".ci", "Snakefile", "Makefile")
SETTINGS = """[mutmut]
source_paths=analysis
only_mutate=analysis/{package}/*
also_copy=
{copied}
pytest_add_cli_args=
    -p
    no:cacheprovider
    -m
    {marker}
pytest_add_cli_args_test_selection=tests/{package}
"""
NOTICED, UNNOTICED = ("killed", "timeout", "segfault", "suspicious"), ("survived", "no_tests")


def prepare(package: str, marker: str) -> Path:
    """The copy of the project for this package, renewed where the project has changed, with mutmut's settings in it."""
    work = ROOT / "_build" / "mutants" / package
    work.mkdir(parents=True, exist_ok=True)
    present = [name for name in COPIED if (ROOT / name).exists()]
    for name in present:
        source = ROOT / name
        if source.is_dir():
            shutil.rmtree(work / name, ignore_errors=True)
            shutil.copytree(source, work / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, work / name)
    copied = "\n".join(f"    {name}" for name in present if name not in ("analysis", "tests", "pyproject.toml"))
    (work / "setup.cfg").write_text(SETTINGS.format(package=package, marker=marker, copied=copied), encoding="utf-8")
    return work


def score(stats: dict[str, int]) -> tuple[int, int]:
    """Faults noticed, and faults planted, from mutmut's own counts. Raises KeyError when it renames one of them."""
    noticed = sum(stats[name] for name in NOTICED)
    return noticed, noticed + sum(stats[name] for name in UNNOTICED)


def record(package: str, kind: str, stats: dict[str, int]) -> str:
    """Put the score into the table, in place of an older one of the same run; return it in words."""
    noticed, planted = score(stats)
    rows = list(csv.DictReader(SCORES.open(encoding="utf-8"))) if SCORES.exists() else []
    rows = [row for row in rows if (row["package"], row["tests"]) != (package, kind)]
    rows.append({"package": package, "tests": kind, "planted": planted, "noticed": noticed, "no_test_reaches": stats["no_tests"],
                 "noticed_pct": f"{100 * noticed / planted:.1f}" if planted else "", "run_on": dt.date.today().isoformat()})
    with SCORES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["package"], row["tests"])))
    return f"{package}: {noticed} of {planted} planted faults noticed by its {kind} tests; {stats['no_tests']} are reached by none"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", choices=PACKAGES)
    parser.add_argument("--all", action="store_true", help="run the slow tests of the package as well")
    parser.add_argument("--list", action="store_true", help="show the faults of the last run that no test noticed")
    parser.add_argument("--workers", type=int, default=2, help="processes at once (default 2)")
    chosen = parser.parse_args()
    kind = "all" if chosen.all else "fast"
    work = prepare(chosen.package, "not built" if chosen.all else "not built and not slow")
    mutmut = [sys.executable, "-m", "mutmut"]
    if chosen.list:
        lines = subprocess.run([*mutmut, "results"], cwd=work, capture_output=True, text=True, check=True).stdout.splitlines()
        for name in (line.split(":")[0].strip() for line in lines if ": survived" in line):
            subprocess.run([*mutmut, "show", name], cwd=work, check=False)
        return 0
    done = subprocess.run([*mutmut, "run", "--max-children", str(chosen.workers)], cwd=work, check=False)
    if done.returncode:
        return done.returncode
    subprocess.run([*mutmut, "export-cicd-stats"], cwd=work, check=True, stdout=subprocess.DEVNULL)
    print(record(chosen.package, kind, json.loads((work / "mutants" / "mutmut-cicd-stats.json").read_text(encoding="utf-8"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
