"""The set-up refuses in one sentence what cannot work, and says how far it is."""

from __future__ import annotations

import ast
import itertools
import sys
import tomllib

import pytest

from analysis import paths
from analysis.runner import environment


@pytest.mark.parametrize(("version", "system", "words"), [
    ((3, 10, 13), "posix", "3.10"), ((3, 14, 0), "posix", "3.14"), ((2, 7, 18), "posix", "2.7"), ((3, 13, 0), "nt", "WSL")])
def test_what_is_not_supported_is_refused_in_one_line_that_says_what_to_do(version, system, words):
    refused = environment.refusal(version, system)
    assert words in refused and "\n" not in refused and "make" in refused


@pytest.mark.parametrize("minor", [11, 12, 13])
def test_the_supported_pythons_are_those_the_project_names(minor):
    assert environment.refusal((3, minor, 0), "posix") == ""
    assert tomllib.loads((paths.ROOT / "pyproject.toml").read_text())["project"]["requires-python"] == ">=3.11,<3.14"


def test_an_old_python_3_can_read_the_set_up():
    ast.parse((paths.ROOT / "analysis/runner/environment.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_every_group_has_a_lock_with_hashes_and_no_package_has_two_versions_over_the_locks():
    versions: dict[str, set[str]] = {}
    statistics = {"numpy", "scipy", "jax", "jaxlib", "nutpie", "numba", "arviz", "pandas", "statsmodels"}
    for name in environment.LOCKS.values():
        lines = (paths.ROOT / name).read_text(encoding="utf-8").splitlines()
        for line, after in itertools.pairwise(lines):
            if "==" in line and not line.startswith((" ", "#")):
                package, _, rest = line.partition("==")
                versions.setdefault(package, set()).add(rest.rstrip(" \\").partition(" ;")[0])
                assert after.strip().startswith("--hash=sha256:")
    assert statistics <= set(versions)
    assert {package for package, found in versions.items() if len(found) > 1} == set()


def test_the_stage_is_read_off_what_the_installer_printed():
    assert environment.stage([]) == ""
    assert environment.stage(["Collecting a==1\n", "  Using cached\n", "Collecting b==2\n"]) == ": 2 found"
    assert environment.stage(["Collecting a==1\n", "Installing collected packages: a, b\n"]) == ": unpacking"


def test_a_command_that_fails_ends_the_set_up_with_its_last_words():
    with pytest.raises(environment.SetUpError, match=r"trying failed:\nno such package"):
        environment.run([sys.executable, "-c", "print('no such package'); raise SystemExit(3)"], "trying")
