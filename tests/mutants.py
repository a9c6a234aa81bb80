"""How many planted faults the tests of a package notice: a mutation run with mutmut, resumable.

    python tests/mutants.py registry              # the package's own fast tests
    python tests/mutants.py registry --all        # the slow ones as well
    python tests/mutants.py registry --sample 200 # 200 of them, drawn at random (always the same ones; --seed N draws others)
    python tests/mutants.py registry --again      # try those that nothing noticed once more, with the tests as they are now
    python tests/mutants.py registry --list       # the faults that nothing noticed, as patches

The run works on a copy of the project in `_build/mutants/PACKAGE`; stopped, it goes on where it was. The scores are
written into `docs/mutants.csv`, a row a package and kind of run: with a sample, the share of all comes with the limits of its
95% interval (Wilson). Beside the share of all faults stands that of the faults of meaning: those left when a change of
nothing but the letters of a text for people (its capitals, or XX around it) is not counted.

Each fault is tried in a process of its own that imports the package with the fault in it. mutmut runs the tests that it saw
reach the faulty function. What an import or a fixture of a whole file calls it sees in the first test alone; `--again` therefore
runs the whole files of these tests, and those that name the faulty module.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import os
import random
import re
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
          "CITATION.cff", "README.md", "LICENSE", "LICENSE-DATA", ".ci", ".github", "Snakefile", "Makefile")
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
track_dependencies=false
process_isolation=forkserver
forkserver_warmup=import
preload_modules_file=preload.txt
"""
PRELOADED = ("pytest", "hypothesis", "numpy", "pandas", "pandera.pandas", "scipy.stats", "yaml", "requests", "altair")
NOTICED = {"killed", "segfault", "suspicious"}   # not "timeout": on a busy machine it shows nothing
SEED = 20190516   # of the sample
MARKERS = {"fast": "not built and not slow", "all": "not built"}
# Patches of many faults in one process; mutmut's own command needs a second for each.
PATCHES = """import json, sys
from mutmut.mutation.diff_apply import find_mutant, get_diff_for_mutant
json.dump({name: get_diff_for_mutant(name, path=find_mutant(name).path) for name in json.load(sys.stdin)}, sys.stdout)"""
LITERAL = re.compile(r"""\"(?:[^"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'""")


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
    (work / "preload.txt").write_text("\n".join(PRELOADED), encoding="utf-8")
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


def patches(work: Path, names: list[str]) -> dict[str, str]:
    """The patch of each of these faults."""
    command = [sys.executable, "-c", PATCHES]
    return json.loads(subprocess.run(command, cwd=work, input=json.dumps(names), capture_output=True, text=True, check=True).stdout)


def of_words_alone(patch: str) -> bool:
    """Whether nothing changes but the letters of a text for people (one with a space in it): its capitals, or XX around it."""
    lines = [line for line in patch.splitlines() if not line.startswith(("---", "+++"))]
    old, new = (" ".join(line[1:] for line in lines if line.startswith(sign)) for sign in "-+")
    texts = LITERAL.findall(old), LITERAL.findall(new)
    if LITERAL.sub("", old) != LITERAL.sub("", new) or len(texts[0]) != len(texts[1]):
        return False
    changed = [pair for pair in zip(*texts, strict=True) if pair[0] != pair[1]]
    return all(" " in before.strip("\"' ") and after.replace("XX", "").lower() == before.lower() for before, after in changed)


def widen(work: Path, names: list[str]) -> None:
    """Have each fault tried with every test of the files that reach its function or name its module."""
    file = work / "mutants" / "mutmut-stats.json"
    stats = json.loads(file.read_text(encoding="utf-8"))
    reach, known = stats["tests_by_mangled_function_name"], stats["duration_by_test"]
    texts = {test: (work / test).read_text(encoding="utf-8") for test in {test.partition("::")[0] for test in known}}
    for function in {name.partition("__mutmut_")[0] for name in names}:
        module = re.compile(rf"\b{function.split('.')[-2]}\b")
        files = {file for file, text in texts.items() if module.search(text)}
        files |= {test.partition("::")[0] for test in reach.get(function, ())}
        reach[function] = [test for test in known if test.partition("::")[0] in files]
    file.write_text(json.dumps(stats), encoding="utf-8")


def chosen(names: list[str], size: int | None, seed: int) -> list[str]:
    """All names, or `size` of them: drawn without replacement, the same ones each time."""
    return sorted(names) if size is None or size >= len(names) else random.Random(seed).sample(sorted(names), size)


def plant(work: Path, run: tuple[str, ...], package: str, marker: str) -> str:
    """Plant the faults and learn which test reaches which; what mutmut says.

    Tests that fail on the copy as it is are left out and named: those that read the project's code, which mutmut has rewritten.
    """
    said = mutmut(work, *run, "nothing-yet")
    if "failed to collect stats" in said:
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", marker, "--tb=no", "-rfE", f"tests/{package}"]
        found = subprocess.run(command, cwd=work / "mutants", env={**os.environ, "MUTANT_UNDER_TEST": ""}, capture_output=True,
                               text=True, check=False).stdout
        failing = sorted(set(re.findall(r"^(?:FAILED|ERROR) ([^\s\[]+)", found, re.MULTILINE)))
        print(f"left out, since they fail on the copy: {', '.join(failing)}", file=sys.stderr)
        settings = work / "setup.cfg"
        left_out = "".join(f"\n    --deselect\n    {test}" for test in failing)
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace(f"\n    {marker}", f"\n    {marker}{left_out}"), encoding="utf-8")
        said = mutmut(work, *run, "nothing-yet")
    return said


def share(noticed: int, tried: int, sampled: bool, name: str) -> dict[str, str]:
    """A share in per cent under `name`; of a sample with the limits of its interval, else with none."""
    ends = binomtest(noticed, tried).proportion_ci(0.95, method="wilson")
    low, high = (f"{100 * end:.1f}" if sampled else "" for end in (ends.low, ends.high))
    return {f"{name}_pct": f"{100 * noticed / tried:.1f}", f"{name}_low_pct": low, f"{name}_high_pct": high}


def row(package: str, kind: str, tried: dict[str, str], words_alone: set[str], planted: int) -> dict:
    """A row of the table of scores, from the states of the faults that were tried."""
    noticed = {name for name, state in tried.items() if state in NOTICED}
    sampled = len(tried) < planted
    return {"package": package, "tests": kind, "planted": planted, "tried": len(tried), "noticed": len(noticed),
            "of_words_alone": len(words_alone), "no_test_reaches": list(tried.values()).count("no tests"),
            **share(len(noticed), len(tried), sampled, "noticed"),
            **share(len(noticed - words_alone), len(tried) - len(words_alone), sampled, "meaning_noticed"),
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
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help="which sample is drawn (default %(default)s)")
    parser.add_argument("--again", action="store_true", help="try those of the last run that nothing noticed once more")
    parser.add_argument("--list", action="store_true", help="show the faults of the last run that no test noticed")
    parser.add_argument("--workers", type=int, default=2, help="processes at once (default 2)")
    given = parser.parse_args()
    kind = "all" if given.all else "fast"
    work = ROOT / "_build" / "mutants" / given.package
    if given.list:
        survivors = [name for name, state in states(work).items() if state in ("survived", "no tests")]
        print("\n".join(f"# {name}\n{patch}" for name, patch in patches(work, survivors).items()))
        return 0
    prepare(given.package, MARKERS[kind])
    if given.again:
        (work / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)   # else tests written since would not be known
    run = ("run", "--max-children", str(given.workers))
    said = plant(work, run, given.package, MARKERS[kind])
    found = states(work)
    if not found or not (work / "mutants" / "mutmut-stats.json").exists():
        print(said, file=sys.stderr)
        return 1
    names = chosen(list(found), given.sample, given.seed)
    left = [name for name in names if found[name] == "not checked"]
    if given.again:
        left = [name for name in names if found[name] not in NOTICED]
        widen(work, left)
    for start in range(0, len(left), 500):   # a command line has its limits
        said = mutmut(work, *run, *left[start:start + 500])
    found = states(work)
    if any(found[name] == "not checked" for name in names):
        print(f"{said}\nThe run was stopped; start it again to go on.", file=sys.stderr)
        return 1
    words_alone = {name for name, patch in patches(work, names).items() if of_words_alone(patch)}
    score = row(given.package, kind, {name: found[name] for name in names}, words_alone, len(found))
    record(score)
    print(f"{given.package}: {score['noticed']} of {score['tried']} faults noticed by its {kind} tests")
    return 0


if __name__ == "__main__":
    sys.exit(main())
