"""What a killed run leaves behind: it goes before the next run, and what cannot go is named.

The temporary folder of a build lies in the build folder, not in the machine's, so that a killed build leaves nothing elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


class LeftoverError(Exception):
    """Something of an earlier run stands in the way and cannot be removed; the message names it and says why."""


def remove(left: Path) -> None:
    """Remove a file or folder of an earlier run, if it is there. Raises LeftoverError when it cannot be removed."""
    try:
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink(missing_ok=True)
    except FileNotFoundError:
        return   # another process was faster
    except OSError as error:
        raise LeftoverError(f"{error.filename or left} was left by an earlier run and cannot be removed ({error.strerror}). "
                            "Remove it, or have its owner do so, then run again; the published site is unchanged.") from None


@contextlib.contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """A folder in `parent`, of which only one process at a time may make use, for what this process and those that it starts put
    aside. What killed processes left in `parent` goes; what cannot go is named on stderr and hinders nobody."""
    parent.mkdir(parents=True, exist_ok=True)
    for left in sorted(parent.iterdir()):
        try:
            remove(left)
        except LeftoverError as error:
            print(error, file=sys.stderr)
    before = os.environ.get("TMPDIR"), tempfile.tempdir
    folder = Path(tempfile.mkdtemp(prefix="", dir=parent))
    os.environ["TMPDIR"], tempfile.tempdir = str(folder), None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        tempfile.tempdir = before[1]
        if before[0] is None:
            os.environ.pop("TMPDIR", None)
        else:
            os.environ["TMPDIR"] = before[0]
