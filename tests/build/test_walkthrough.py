"""A new user can follow the README's walk-through: each command is run, and prints what the README shows."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import paths

from .conftest import lend_environment

spec = importlib.util.spec_from_file_location("walkthrough", Path(__file__).with_name("walkthrough.py"))
walkthrough = sys.modules["walkthrough"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(walkthrough)

SHOWN = ("[ 1/17]    2.1 s  chapter rules", "…", "[17/17]   40.9 s  site", "17 steps run; 55.3 s. Open file:///home/you/index.html.")


def test_times_counts_folders_and_the_order_of_steps_do_not_matter():
    printed = ("[ 1/18]    9.1 s  chapter sales\n[ 2/18]   12.1 s  chapter rules\n[18/18] 140.9 s  site\n"
               "18 steps run; 5.3 s. Open file:///x/index.html.")
    assert walkthrough.agrees((SHOWN[0], "[ 2/17] 3.0 s  chapter sales", *SHOWN[2:]), printed)


@pytest.mark.parametrize("printed", [
    "", "[ 1/17]    2.1 s  chapter rules\n17 steps run; 5.3 s. Open file:///x.",
    "[ 1/17]    2.1 s  chapter rules\n[ 2/17] 3 s  site\nTraceback\n17 steps run; 5.3 s. Open file:///x."])
def test_anything_else_that_is_printed_matters(printed):
    assert not walkthrough.agrees(SHOWN[:1] + SHOWN[2:], printed)


def test_the_walk_through_clones_builds_adds_breaks_and_mends():
    texts = [command.text for command in walkthrough.commands((paths.ROOT / "README.md").read_text(encoding="utf-8"))]
    assert texts[0].startswith("git clone") and texts.count("make book DATA=my-rows") == 3 and "make book" in texts


@pytest.mark.slow
def test_each_command_of_the_walk_through_prints_what_the_readme_shows(tmp_path):
    """In a clone of the last commit. Lent to it: the environment, and what this project has computed already, but not its site."""
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    folder = tmp_path
    environment = {**os.environ, "REPOSITORY": str(paths.ROOT)}
    environment.pop("CHIP_BUILD_DIR", None)
    environment.pop("MAKEFLAGS", None)
    for command in walkthrough.commands(readme):
        finished = subprocess.run(["bash", "-c", f"{command.text}\necho; pwd"], cwd=folder, env=environment, timeout=3600,
                                  text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        printed, _, folder = finished.stdout.rstrip("\n").rpartition("\n")
        assert command.text.startswith("git clone") or walkthrough.agrees(command.printed, printed), \
            f"$ {command.text}\n{printed}\n\nThe README shows:\n" + "\n".join(command.printed)
        if command.text.startswith("git clone"):
            _lend(Path(folder))


def _lend(clone: Path) -> None:
    """Give the clone this project's environment, computations and chapters. What is not up to date there is made again."""
    lend_environment(clone)
    for name in ("artifacts", "runs"):
        if (paths.BUILD / name).is_dir():
            shutil.copytree(paths.BUILD / name, clone / "_build" / name)
