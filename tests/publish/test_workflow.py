"""The workflow that publishes an edition calls the same targets as a person, and trusts nothing that is not pinned."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from analysis import paths

FILE = paths.ROOT / ".github" / "workflows" / "publish.yml"
WORKFLOW = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]


def test_zizmor_finds_nothing() -> None:
    zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or pytest.fail("zizmor is not installed")
    done = subprocess.run([zizmor, "--offline", "--persona", "auditor", "--no-progress", str(FILE)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_action_is_pinned_to_a_full_commit() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used and all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) for action in used)


def test_the_workflow_calls_make_targets_that_exist() -> None:
    makefile = (paths.ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    called = {target for step in STEPS for target in re.findall(r"^\s*make ([a-z]+)", step.get("run", ""), re.MULTILINE)}
    assert called == {"test", "edition"} and called <= targets


def test_the_workflow_calls_commands_that_exist() -> None:
    from analysis.cli import parser

    called = {command for step in STEPS for command in re.findall(r"python -m analysis ([a-z-]+)", step.get("run", ""))}
    known = next(action for action in parser()._actions if action.dest == "command").choices
    assert called and called <= set(known)


def test_no_expression_is_put_into_a_script() -> None:
    assert not [step["name"] for step in STEPS if "${{" in step.get("run", "")]


def test_only_edition_tags_publish_and_nothing_may_write_by_default() -> None:
    assert list(WORKFLOW["on"]) == ["push"] and WORKFLOW["on"]["push"] == {"tags": ["20[0-9][0-9].[0-9][0-9]"]}
    assert WORKFLOW["permissions"] == {}
