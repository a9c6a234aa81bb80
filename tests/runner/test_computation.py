"""A long computation leaves all of its results or none, and is not made again from what holds the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analysis import paths
from analysis.files import write_whole
from analysis.runner import plan
from analysis.runner.computation import run_step
from analysis.runner.steps import STEPS


class Command:
    """Stands for the command line: writes the results of a step, or fails."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.fails = False

    def __call__(self, arguments) -> int:
        self.calls.append(arguments[0])
        out = Path(arguments[-1])
        (out / f"table{len(self.calls)}").write_text("one")
        (out / "meta.json").write_text("{}")
        return int(self.fails)


@pytest.fixture
def command() -> Command:
    return Command()


@pytest.fixture
def tables(tmp_path, monkeypatch) -> Path:
    """The inputs of the computation `model` in a build folder of its own."""
    for name, value in (("BUILD", tmp_path), ("TABLES", tmp_path / "data"), ("ARTIFACTS", tmp_path / "artifacts")):
        monkeypatch.setattr(paths, name, value)
    shutil.copytree(paths.DATA / "policy", paths.TABLES)
    for name in ("parameters.yml", "scenarios.yml", "studies/published_results.csv"):
        shutil.copy(paths.DATA / name, paths.TABLES)
    for file in STEPS["model"].reads:
        write_whole(paths.ARTIFACTS / file, "draws")
    plan._file_hash.cache_clear()
    yield paths.TABLES
    plan._file_hash.cache_clear()


def change(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")
    plan._file_hash.cache_clear()


@pytest.mark.parametrize(("changed", "runs"), [
    (None, 1), ("policy_events.csv", 1), ("scenarios.yml", 2), ("published_results.csv", 2),
    ("assessment/calibrated_draws.parquet", 2), ("estimate/joint.parquet", 2)])
def test_results_stay_where_all_that_they_are_made_from_holds_the_same(tables, command, changed, runs):
    assert run_step("model", command) == 0
    if changed:
        change((paths.ARTIFACTS if "/" in changed else tables) / changed)
    assert run_step("model", command) == 0
    assert command.calls == ["model-results"] * runs


def test_a_computation_that_fails_leaves_the_earlier_results_whole_and_is_made_again(tables, command):
    assert run_step("model", command) == 0
    before = sorted(file.name for file in (paths.ARTIFACTS / "model").iterdir())
    change(tables / "scenarios.yml")
    command.fails = True
    assert run_step("model", command) == 1
    assert sorted(file.name for file in (paths.ARTIFACTS / "model").iterdir()) == before
    assert [folder.name for folder in paths.ARTIFACTS.iterdir() if folder.name.startswith(".")] == []
    command.fails = False
    assert run_step("model", command) == 0 and len(command.calls) == 3
    assert {"table1", "table3"} & {file.name for file in (paths.ARTIFACTS / "model").iterdir()} == {"table3"}


def test_a_result_that_is_missing_is_made_again(tables, command):
    run_step("model", command)
    plan.result_of("model").unlink()
    assert run_step("model", command) == 0 and len(command.calls) == 2


def test_a_computation_that_does_not_say_what_it_reads_of_others_always_runs(tables, command):
    for _ in range(2):
        assert run_step("explorer_agreement", command) == 0
    assert command.calls == ["explorer-agreement"] * 2
