"""How many planted faults the tests of a package notice: a mutation run with mutmut, resumable.

    python tests/mutants.py registry              # the package's own fast tests
    python tests/mutants.py registry --all        # the slow ones as well
    python tests/mutants.py registry --sample 200 # 200 of them, drawn at random (always the same ones)
    python tests/mutants.py registry --list       # the faults that nothing noticed, as patches

The run works on a copy of the project in `_build/mutants/PACKAGE`; stopped, it goes on where it was. The scores are
written into `docs/mutants.csv`, a row a package and kind of run: with a sample, the share of all comes with the limits of its
95% interval (Wilson).
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import random
import shutil
import subprocess
import sys
from pathlib import Path

from scipy.stats import binomtest

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
NOTICED = {"killed", "timeout", "segfault", "suspicious"}
SEED = 20190516   # of the sample


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


def mutmut(work: Path, *arguments: str) -> str:
    """What a command of mutmut prints, in the copy of the project."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=work, capture_output=True, text=True, check=False).stdout


def states(work: Path) -> dict[str, str]:
    """Every planted fault by name, with what became of it in mutmut's words; `not checked` where it was not tried yet."""
    lines = (line.strip().rpartition(": ") for line in mutmut(work, "results", "--all", "true").splitlines())
    return {name: state for name, _, state in lines if name.startswith("analysis.")}


def chosen(names: list[str], size: int | None) -> list[str]:
    """All names, or `size` of them: drawn without replacement, the same ones each time."""
    return sorted(names) if size is None or size >= len(names) else random.Random(SEED).sample(sorted(names), size)


def row(package: str, kind: str, tried: list[str], planted: int) -> dict:
    """A row of the table of scores from the states of the faults that were tried."""
    noticed = sum(state in NOTICED for state in tried)
    ends = binomtest(noticed, len(tried)).proportion_ci(0.95, method="wilson")
    sampled = len(tried) < planted
    return {"package": package, "tests": kind, "planted": planted, "tried": len(tried), "noticed": noticed,
            "no_test_reaches": tried.count("no tests"), "noticed_pct": f"{100 * noticed / len(tried):.1f}",
            "low_pct": f"{100 * ends.low:.1f}" if sampled else "", "high_pct": f"{100 * ends.high:.1f}" if sampled else "",
            "run_on": dt.date.today().isoformat()}


def record(new: dict) -> None:
    """Put a score into the table, in place of an older one of the same run."""
    rows = list(csv.DictReader(SCORES.open(encoding="utf-8"))) if SCORES.exists() else []
    rows = [old for old in rows if (old["package"], old["tests"]) != (new["package"], new["tests"])] + [new]
    with SCORES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(new), lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda each: (each["package"], each["tests"])))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", choices=PACKAGES)
    parser.add_argument("--all", action="store_true", help="run the slow tests of the package as well")
    parser.add_argument("--sample", type=int, metavar="N", help="try N of the faults, drawn at random")
    parser.add_argument("--list", action="store_true", help="show the faults of the last run that no test noticed")
    parser.add_argument("--workers", type=int, default=2, help="processes at once (default 2)")
    given = parser.parse_args()
    kind = "all" if given.all else "fast"
    if given.list:
        work = ROOT / "_build" / "mutants" / given.package
        for name, state in states(work).items():
            if state in ("survived", "no tests"):
                print(mutmut(work, "show", name))
        return 0
    work = prepare(given.package, "not built" if given.all else "not built and not slow")
    workers = ("--max-children", str(given.workers))
    said = mutmut(work, "run", *workers, "nothing-yet")   # plants the faults and learns which test reaches which
    found = states(work)
    if not found:
        print(said, file=sys.stderr)
        return 1
    names = chosen(list(found), given.sample)
    left = [name for name in names if found[name] == "not checked"]
    for start in range(0, len(left), 100):   # a command line has its limits
        said = mutmut(work, "run", *workers, *left[start:start + 100])
    found = states(work)
    if any(found[name] == "not checked" for name in names):
        print(f"{said}\nThe run was stopped; start it again to go on.", file=sys.stderr)
        return 1
    score = row(given.package, kind, [found[name] for name in names], len(found))
    record(score)
    print(f"{given.package}: {score['noticed']} of {score['tried']} faults noticed by its {kind} tests")
    return 0


if __name__ == "__main__":
    sys.exit(main())
