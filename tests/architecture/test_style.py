"""One style of code, held by ruff with the settings of `pyproject.toml`: among them no line over 132 characters."""

from __future__ import annotations

import subprocess
import sys

from analysis import paths

RUFF = (sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise")


def test_ruff_finds_nothing_to_mend() -> None:
    run = subprocess.run([*RUFF, "analysis", "tests", "conftest.py"], cwd=paths.ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_ruff_does_look_at_the_length_of_lines(tmp_path) -> None:
    (tmp_path / "long.py").write_text('TEXT = "' + 125 * "x" + '"\n')
    run = subprocess.run([*RUFF, "--config", str(paths.ROOT / "pyproject.toml"), str(tmp_path)], capture_output=True, text=True)
    assert "E501" in run.stdout
