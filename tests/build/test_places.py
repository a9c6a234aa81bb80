"""A project builds wherever it lies, whoever is at home, and however it was checked out."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import paths

from .conftest import Project, lend_environment

AWKWARD = "My Project & Söhne's [1] {x} $HOME"
NOWHERE = "/proc/nobody"   # no folder can be made there, by root neither


def without_git(folder: Path) -> str:
    """A PATH on which everything is found but git."""
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(os.pathsep)):
        for tool in Path(place).glob("*") if place else ():
            if not tool.name.startswith("git"):
                (folder / tool.name).unlink(missing_ok=True)
                (folder / tool.name).symlink_to(tool)
    return str(folder)


@pytest.mark.slow
def test_a_folder_with_any_name_behind_a_link_builds_without_git_without_a_home_and_for_everyone_to_read(tmp_path):
    real = tmp_path / AWKWARD
    real.mkdir()
    made = Project(real)
    shutil.copy2(paths.ROOT / "Makefile", real / "Makefile")
    lend_environment(real)
    linked = tmp_path / "a link"
    linked.symlink_to(real)
    environment = {"PATH": without_git(tmp_path / "tools"), "HOME": NOWHERE, "LANG": "C.UTF-8"}
    built = subprocess.run(["bash", "-c", "umask 077; exec make book"], cwd=linked, env=environment, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    assert made.rows() > 10
    closed = [path for path in (made.html, *made.html.rglob("*"))
              if not path.stat().st_mode & stat.S_IROTH or (path.is_dir() and not path.stat().st_mode & stat.S_IXOTH)]
    assert closed == []
    again = subprocess.run(["make", "book"], cwd=real, env=environment, capture_output=True, text=True)
    assert "Nothing changed" in again.stdout, again.stdout + again.stderr


@pytest.mark.slow
def test_a_clone_by_a_git_that_rewrites_line_ends_is_the_same_project_to_the_byte(project, tmp_path):
    first = tmp_path / "first"
    shutil.copytree(project.root, first, ignore=shutil.ignore_patterns("_build", "__pycache__"))
    shutil.copy2(paths.ROOT / ".gitattributes", first / ".gitattributes")
    as_somebody = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["init", "--quiet"], ["add", "--all"], [*as_somebody, "commit", "--quiet", "--message", "All of it"]):
        subprocess.run(["git", *command], cwd=first, check=True)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "-c", "core.autocrlf=true", str(first), str(clone)], check=True)
    made = object.__new__(Project)
    made.root = clone
    result = made.build()
    assert result.returncode == 0, result.stdout + result.stderr
    verified = subprocess.run([sys.executable, "-m", "analysis", "verify", str(project.html / "receipt.json")], cwd=clone,
                              env=made.environment, capture_output=True, text=True)
    assert verified.stdout.strip() == "identical", verified.stdout + verified.stderr


@pytest.mark.parametrize("value", ["it's", 'a "b"', "$(touch pwned)", "`touch pwned`", "; touch pwned", "a\\b", "two  words", "-x"])
def test_what_is_given_to_make_reaches_the_command_as_it_is(value, tmp_path):
    """`.venv/bin/python` is a script here that writes down the arguments it gets, one a line."""
    shutil.copy2(paths.ROOT / "Makefile", tmp_path / "Makefile")
    (tmp_path / "requirements.txt").touch()
    binaries = tmp_path / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python").write_text('#!/bin/sh\nprintf "%s\\n" "$@" > arguments.txt\n')
    (binaries / "python").chmod(0o755)
    (tmp_path / ".venv" / ".ready").write_text(f"{tmp_path}\n")
    given = [f"{name}={value}" for name in ("DATA", "PARAMS", "EDITION")]
    subprocess.run(["make", "book", *given], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "arguments.txt").read_text().splitlines() == [
        "-m", "analysis", "build", f"--data={value}", f"--params={value}", f"--edition={value}"]
    assert not (tmp_path / "pwned").exists()


def test_a_tilde_in_a_given_path_is_the_home_folder_and_stays_where_nobody_is_at_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/reader")
    assert paths.given("~/rows") == Path("/home/reader/rows")
    assert paths.given("~nobody-of-this-name/rows") == Path("~nobody-of-this-name/rows")
