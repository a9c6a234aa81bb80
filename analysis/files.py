"""A file is written whole or not at all: readers and killed builds never meet half of one."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from analysis.leftovers import remove


@contextlib.contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to; the draft takes the place of `path` at the end, and goes when writing fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write text (UTF-8) or bytes to `path`, whole or not at all."""
    with draft_of(path) as draft:
        draft.write_bytes(content.encode() if isinstance(content, str) else content)


def write_if_changed(path: Path, content: str | bytes) -> bool:
    """Write whole, and only when the content differs, so that nothing downstream runs without need; tell whether it did."""
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        return False
    write_whole(path, data)
    return True


def replace_folder(new: Path, old: Path) -> None:
    """Put `new` in the place of `old`; a kill between the two renames leaves no `old`, which makes it run again."""
    grave = old.with_name(f".{old.name}.old")
    remove(grave)
    if old.exists():
        old.rename(grave)
    new.rename(old)
    shutil.rmtree(grave, ignore_errors=True)
