"""pip installs each lock into an empty environment: what a package asks for with an extra stands in the lock with that extra.

With hashes pip takes nothing that the lock does not name in full; uv is content with less, so that only pip would notice.
"""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analysis import paths

LOCKS = sorted(paths.ROOT.glob("requirements*.txt"))


def locked(lock: str) -> dict[str, Requirement]:
    """The requirements of a lock that hold on this machine, by name."""
    lines = re.findall(r"^([A-Za-z0-9][^\\\n]*?)\s*\\?$", lock, re.MULTILINE)
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): r for r in found if r.marker is None or r.marker.evaluate()}


def missing_extras(lock: str) -> list[str]:
    """What packages of the lock ask for with an extra, and the lock does not name with it."""
    requirements, missing = locked(lock), []
    for name, requirement in requirements.items():
        try:
            wanted = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue   # of a group that is not installed here
        for one in map(Requirement, wanted):
            asked = any(_holds(one.marker, extra) for extra in ("", *requirement.extras))
            there = requirements.get(canonicalize_name(one.name))
            if asked and one.extras and (there is None or not one.extras <= there.extras):
                missing.append(f"{name} asks for {one}")
    return missing


def _holds(marker: Marker | None, extra: str) -> bool:
    return marker is None or marker.evaluate({"extra": extra})


def test_there_is_a_lock_for_each_group():
    assert [lock.name for lock in LOCKS] == ["requirements-lab.txt", "requirements-test.txt", "requirements.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_what_a_locked_package_asks_for_with_an_extra_is_locked_with_it(lock: Path):
    assert missing_extras(lock.read_text(encoding="utf-8")) == []


def test_a_lock_without_an_extra_that_a_package_asks_for_is_noticed():
    lock = (paths.ROOT / "requirements-test.txt").read_text(encoding="utf-8")
    assert "markdown-it-py[linkify]==" in lock
    found = missing_extras(lock.replace("markdown-it-py[linkify]==", "markdown-it-py=="))
    assert found and all("markdown-it-py[linkify]" in line for line in found)


def test_every_package_that_the_code_imports_is_locked():
    """A package that only came along with another is gone the day that other one leaves."""
    locked = {canonicalize_name(line.partition("==")[0].partition("[")[0])
              for line in (paths.ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines() if "==" in line}
    packages = importlib.metadata.packages_distributions()
    missing = {
        f"{file.relative_to(paths.ROOT)}: {top}"
        for file in (paths.ROOT / "analysis").rglob("*.py") for top in imported(file)
        if top not in sys.stdlib_module_names and top != "analysis"
        and not locked & {canonicalize_name(name) for name in packages.get(top, [top])}
    }
    assert missing == set()


def imported(file: Path) -> set[str]:
    """The first parts of the names of all modules that a file imports."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level]
    return {name.partition(".")[0] for name in names}
