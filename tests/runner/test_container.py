"""The image and the development container take the steps of the project's own checks; nothing in them names what does not exist."""

from __future__ import annotations

import json
import os
import re
import subprocess

from analysis import paths

CONTAINERFILE = (paths.ROOT / "Containerfile").read_text(encoding="utf-8")


def steps() -> list[str]:
    return re.findall(r"^RUN (.+)$", CONTAINERFILE, re.MULTILINE)


def test_every_step_of_the_image_is_a_command_that_the_checks_run_too():
    checks = (paths.ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for step in steps():
        tool, *words = step.split()
        assert tool in checks, step
        if tool == "make":
            planned = subprocess.run(["make", "-n", *words], cwd=paths.ROOT, capture_output=True, text=True)
            assert planned.returncode == 0, planned.stderr
        else:
            assert os.access(paths.ROOT / tool, os.X_OK)


def test_what_is_copied_into_the_image_is_there():
    for sources in re.findall(r"^COPY (.+) \S+$", CONTAINERFILE, re.MULTILINE):
        assert all((paths.ROOT / source).exists() for source in sources.split())


def test_the_development_container_is_made_from_the_same_file():
    settings = json.loads((paths.ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert (paths.ROOT / ".devcontainer" / settings["build"]["dockerfile"]).resolve() == paths.ROOT / "Containerfile"
    assert settings["workspaceFolder"] == re.search(r"^WORKDIR (.+)$", CONTAINERFILE, re.MULTILINE)[1]
