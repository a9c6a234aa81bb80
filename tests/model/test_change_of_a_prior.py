"""One prior changed as a reader changes it: results, numbers, charts and sentences follow, and no code does."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from analysis.model.results import load_model_results
from analysis.paths import ARTIFACTS, BOOK, ROOT

CHANGE = {"contagion_unlisted": {"value": 0.02, "prior": {"uniform": [0.0, 0.05]}}}
WRITE_INPUTS = (
    "import json, sys; from analysis.runner.inputs import write_inputs; list(write_inputs(None, json.loads(sys.argv[1])))"
)
RUN_CHAPTER = (
    "import sys; from pathlib import Path; from analysis import paths; from analysis.runner.chapter import run_chapter; "
    "run_chapter(Path(sys.argv[1]), Path(sys.argv[2]), {'data_dir': str(paths.TABLES)}, ['published_results', 'sources'])"
)


def in_build(build: Path, *command: str) -> None:
    """Run Python with a build folder of its own, as the runner does."""
    environment = {**os.environ, "CHIP_BUILD_DIR": str(build)}
    subprocess.run([sys.executable, *command], check=True, cwd=ROOT, env=environment)


def chapter_run(build: Path, slug: str) -> Path:
    """The chapter, executed on the results in `build`."""
    out = build / "runs" / slug
    out.parent.mkdir(exist_ok=True)
    in_build(build, "-c", RUN_CHAPTER, str(BOOK / f"{slug}.ipynb"), str(out))
    return out


def numbers(run: Path) -> dict[str, dict]:
    return {number["id"]: number for number in json.loads((run / "numbers.json").read_text(encoding="utf-8"))}


def ids_in_the_opening(slug: str) -> list[str]:
    """Numbers that the first paragraph of the chapter quotes."""
    return re.findall(r"\{num\}`([\w.]+)", nbformat.read(BOOK / f"{slug}.ipynb", 4).cells[0].source)


@pytest.mark.slow
def test_one_changed_prior_changes_results_numbers_sentences_and_charts(written, tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    (before / "artifacts").mkdir(parents=True)
    (before / "artifacts" / "model").symlink_to(written)
    (after / "artifacts").mkdir(parents=True)
    for build, change in ((before, {}), (after, CHANGE)):
        if (ARTIFACTS / "estimate").is_dir():   # its draws are the exposures, here as in `written`
            (build / "artifacts" / "estimate").symlink_to(ARTIFACTS / "estimate")
        in_build(build, "-c", WRITE_INPUTS, json.dumps(change))
    in_build(after, "-m", "analysis", "model-results", "--draws", "256", "--seed", "1", "--data", str(after / "data"))

    old, new = load_model_results(written), load_model_results(after / "artifacts" / "model")
    assert not old["scenarios"].equals(new["scenarios"]) and not old["sobol"].equals(new["sobol"])
    assert old["replication"].equals(new["replication"])  # no study assumes anything about contagion

    runs = [chapter_run(build, "mechanism") for build in (before, after)]
    old_numbers, new_numbers = map(numbers, runs)
    assert old_numbers.keys() == new_numbers.keys()
    contagion = "model.mechanism.cost.contagion"
    assert contagion in ids_in_the_opening("mechanism")
    assert new_numbers[contagion]["value"] < 0.5 * old_numbers[contagion]["value"]  # the rest is felt outside China
    assert new_numbers[contagion]["high"] < old_numbers[contagion]["high"]
    # What a customer does that feels the rule itself has not changed, and neither has its number.
    sockets = "model.mechanism.sockets.listed_12"
    assert new_numbers[sockets]["value"] == old_numbers[sockets]["value"]
    charts = [(run / "figures" / "mechanism-sockets.csv").read_text(encoding="utf-8") for run in runs]
    assert charts[0] != charts[1]
