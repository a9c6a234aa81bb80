"""Put one folder in the place of another in one step, so that a reader never sees half a site."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from analysis.leftovers import remove


def exchange(new: Path, old: Path) -> None:
    """Put folder `new` in the place of `old` in one step; afterwards `new` holds what `old` was, if it existed.

    Uses Linux's renameat2(RENAME_EXCHANGE); elsewhere two renames, the gap between them being the only moment without
    a site.
    """
    make_readable(new)
    if not old.exists():
        new.rename(old)
        return
    if _exchange_atomically(new, old):
        return
    grave = old.with_name(f".{old.name}.old")
    remove(grave)
    old.rename(grave)
    new.rename(old)
    grave.rename(new)


def make_readable(folder: Path) -> None:
    """Let everyone read the folder and what is in it, and pass through the folder it lies in: a web server runs as somebody else,
    and the builder's `umask` may keep others out."""
    for place in (folder, *folder.rglob("*")):
        if not place.is_symlink():
            place.chmod(place.stat().st_mode | (0o055 if place.is_dir() else 0o044))
    folder.parent.chmod(folder.parent.stat().st_mode | 0o011)


def _exchange_atomically(a: Path, b: Path) -> bool:
    at_fdcwd, rename_exchange = -100, 2
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return renameat2(at_fdcwd, os.fsencode(a), at_fdcwd, os.fsencode(b), rename_exchange) == 0
