"""Which edition this is: its name, when and from what it was built."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import os
import re
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path

from analysis import paths

EDITION = re.compile(r"20\d\d\.(0[1-9]|1[0-2])")


class EditionError(ValueError):
    """An edition name that is not `YYYY.MM`."""


def edition_name(given: str | None = None) -> str:
    """The edition asked for, or the project's version. Raises EditionError unless it reads `YYYY.MM`."""
    name = given or tomllib.loads((paths.ROOT / "pyproject.toml").read_text())["project"]["version"]
    if not EDITION.fullmatch(name):
        raise EditionError(f"edition {name!r} must read YYYY.MM, for example 2026.11")
    return name


def edition_day(data_dir: str | os.PathLike | None = None) -> str:
    """The day through which the edition goes, YYYY-MM-DD: the newest on which a source of the tables in `data_dir` was read."""
    with (paths.ROOT / (data_dir or paths.DATA) / "sources.csv").open(encoding="utf-8-sig", newline="") as stream:
        return max(row["accessed"] for row in csv.DictReader(stream))


def commit() -> str:
    """The commit the project is at, or 'unknown' outside a git checkout."""
    try:
        found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=paths.ROOT, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return found.stdout.strip() if found.returncode == 0 else "unknown"


def built_at() -> str:
    """Now in UTC, or the time given by `SOURCE_DATE_EPOCH` for a reproducible build."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = dt.datetime.fromtimestamp(int(epoch), dt.UTC) if epoch else dt.datetime.now(dt.UTC)
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def sha256_of(files: Iterable[Path], relative_to: Path) -> str:
    """One hash over the names and contents of `files`, in the order of their names."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(str(file.relative_to(relative_to)).encode() + b"\0")
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
