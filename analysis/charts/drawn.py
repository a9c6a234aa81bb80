"""Drawings kept from build to build: a chart of which nothing has changed is not drawn again.

Starting the engine that draws costs a chapter half a second before the first chart; most chapters are run again for a number that
is in none of theirs. Only what a build draws is kept; each run notes what it used, and the site's step removes the rest.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from analysis import paths
from analysis.files import write_whole

FOLDER = paths.BUILD / "cache" / "drawings"
RECORD = "drawings.txt"   # in the folder of a run: the names of the drawings it used


def kept(made_from: str, draw: Callable[[], bytes]) -> bytes:
    """What `draw` gives, or gave in an earlier run of a build when it was made from the same (a specification, a picture)."""
    run = os.environ.get(paths.RUN_DIR_VARIABLE)
    if not run:
        return draw()
    name = hashlib.sha256(f"{_library()}\0{made_from}".encode()).hexdigest()
    with (Path(run) / RECORD).open("a", encoding="utf-8") as record:
        record.write(f"{name}\n")
    place = FOLDER / name
    if not place.exists():
        write_whole(place, draw())
    return place.read_bytes()


def forget_unused(runs: Iterable[Path]) -> None:
    """Remove the kept drawings that none of the runs (their folders) used."""
    records = (run / RECORD for run in runs)
    used = {name for record in records if record.exists() for name in record.read_text(encoding="utf-8").split()}
    for file in FOLDER.glob("*"):
        if file.name not in used:
            file.unlink(missing_ok=True)


@functools.cache
def _library() -> str:
    """The locked packages, of which some draw and some bring the fonts."""
    return hashlib.sha256((paths.ROOT / "requirements.txt").read_bytes()).hexdigest()
