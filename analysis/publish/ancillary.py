"""What accompanies the site and is not the site: a briefing, preview pictures, metadata for repositories.

When one of them cannot be made, the build says which and why, leaves it in the form of the site that is published now, where there
is one, and publishes the rest: one character that a font lacks must not keep a correction from the readers.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

NOTE_MARK = "! "   # the build shows lines of its steps that begin so


def note(line: str) -> None:
    """Say something that the person who builds should know."""
    print(f"{NOTE_MARK}{' '.join(line.split())}", flush=True)


def attempt(what: str, make: Callable[[], object], folder: Path, files: Sequence[str], before: Path) -> bool:
    """Make `files` (paths in `folder`) by calling `make`; when that fails, say so and keep those of the folder `before`.

    Returns whether it succeeded.
    """
    try:
        make()
    except Exception as error:   # whatever it is: the site is published without it
        kept = []
        for name in files:
            (folder / name).unlink(missing_ok=True)
            if (before / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(before / name, folder / name)
                kept.append(name)
        stays = f"{', '.join(kept)} stay{'s' if len(kept) == 1 else ''} as published before" if kept else "it is left out"
        why = str(error)[:300] or "no reason given"
        note(f"{what} could not be made ({type(error).__name__}: {why}); {stays}, and the rest of the site is published.")
        return False
    return True
