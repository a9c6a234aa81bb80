"""Which files of an overlay folder are tables, which were meant as tables, and which are only litter."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from analysis import paths
from analysis.data.problems import Problem, nearest
from analysis.data.schemas import TABLES

SPREADSHEETS = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"}
TEXTS = {"", ".txt", ".tsv", ".tab"}
# What offices, systems and browsers leave in folders: locks, thumbnails, resource forks, unfinished downloads.
LITTER = re.compile(
    r"\..*|~.*|thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r?|__macosx|\$recycle\.bin|.*\.(tmp|crdownload|part|partial|download)|"
    r"lost\+found|__pycache__|system volume information",
    re.IGNORECASE,
)
MOST_FILES = 5_000
# Folders of the project that no overlay may be written into; other tables, code or text would be mixed with its rows.
OWN_FOLDERS = (paths.DATA, paths.BUILD, *(paths.ROOT / name for name in ("analysis", "benchmarks", "book", "docs", "editions",
                                                                         "tests", ".git", ".venv")))


def display_name(path: Path) -> str:
    """A path as the person at the keyboard knows it: relative to the project where it lies inside."""
    return path.relative_to(paths.ROOT).as_posix() if path.is_relative_to(paths.ROOT) else str(path)


def place_fault(folder: Path) -> str:
    """Why an overlay may not be written into `folder`: it is the project's, or holds the project, this place or a home; else ""."""
    place = folder.resolve()
    for own in OWN_FOLDERS:
        if place.is_relative_to(own.resolve()):
            return f"{folder} belongs to the project; its tables are changed by 'accept', never by an overlay."
    if any(inside.resolve().is_relative_to(place) for inside in (paths.ROOT, Path.cwd(), Path.home())):
        return f"{folder} holds more than an overlay."
    return ""


def overlay_files(overlay: Path) -> tuple[dict[str, Path], list[str], list[Problem]]:
    """Files of the overlay by table, other files, and problems: a file whose name is no table, a table twice, no table at all."""
    found: dict[str, Path] = {}
    ignored: list[str] = []
    problems: list[Problem] = []
    unknown: list[Problem] = []
    if not overlay.is_dir():
        what = "is not a folder" if overlay.exists() else "no such folder"
        return (
            found,
            ignored,
            [Problem(str(overlay), 0, "", f"{what}, expected a folder with tables (same file names as in data/)")],
        )
    for count, path in enumerate(_files(overlay)):
        if count == MOST_FILES:
            return (
                {},
                [],
                [
                    Problem(
                        str(overlay),
                        0,
                        "",
                        f"holds more than {MOST_FILES:,} files, expected a folder with tables; is it the right one?",
                    )
                ],
            )
        relative = path.relative_to(overlay)
        if path.suffix != ".csv":
            if advice := _meant_as_table(path):
                problems.append(Problem(display_name(path), 0, "", advice))
            else:
                ignored.append(relative.as_posix())
        elif path.stem not in TABLES:
            near = nearest(path.stem.lower(), TABLES)
            hint = f"did you mean {near}.csv?" if near else f"tables: {', '.join(TABLES)}"
            unknown.append(Problem(display_name(path), 0, "", f"no table has this name; {hint}"))
        elif path.stem in found:
            other = display_name(found[path.stem])
            problems.append(Problem(display_name(path), 0, "", f"the table stands twice in the overlay, also as {other}"))
        else:
            found[path.stem] = path
    if not found and not problems and (len(unknown) > 3 or not unknown):
        held = (
            f"{len(unknown)} CSV files, none with"
            if unknown
            else f"{len(ignored)} other files, none with"
            if ignored
            else "no file with"
        )
        unknown = [Problem(str(overlay), 0, "", f"holds {held} the name of a table, expected some of: {', '.join(TABLES)} (.csv)")]
    return found, ignored, problems + unknown


def _files(folder: Path) -> Iterator[Path]:
    """Every file below the folder but litter, in order; linked folders are entered, each once."""
    entered = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        folders[:] = (
            sorted(name for name in folders if not LITTER.fullmatch(name) and not name.endswith(".csv"))
            if real not in entered
            else []
        )
        here = (
            []
            if real in entered
            else [*names, *(name for name in os.listdir(place) if name.endswith(".csv") and name not in names)]
        )
        entered.add(real)
        yield from (Path(place) / name for name in sorted(here) if not LITTER.fullmatch(name))


def _meant_as_table(path: Path) -> str | None:
    """What to do with a file that was probably meant as a table but would not be read as one; None for any other file."""
    kind, stem = path.suffix.lower(), path.stem.lower()
    table = nearest(stem, TABLES)
    did_you_mean = f"; did you mean {table}.csv?" if table else ""
    if kind in SPREADSHEETS:
        return f"is a spreadsheet, expected CSV{did_you_mean or '.'} Save the sheet as CSV UTF-8"
    if kind == ".csv":
        return f"the ending must be .csv in small letters{did_you_mean}"
    if kind in TEXTS and stem in TABLES:
        return f"is not read as a table{did_you_mean} Save it as CSV UTF-8"
    return None
