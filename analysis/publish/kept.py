"""Files that a build makes again only when what they are made from has changed."""

from __future__ import annotations

import contextlib
import hashlib
import io
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis import paths
from analysis.files import write_whole

FOLDER = paths.BUILD / "kept"
_SAID = "said"


@dataclass
class Kept:
    """A folder of made files, each named by a hash of all that it depends on.

    made_by: hash of the code that makes them, see :func:`code_of`. What was not asked for between entering and leaving goes.
    """

    folder: Path
    made_by: str
    _asked: set[str] = field(default_factory=set)

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_error) -> None:
        for file in self.folder.glob("*") if failure is None else ():
            if file.name.partition(".")[0] not in self._asked:
                file.unlink(missing_ok=True)

    def put(self, files: Sequence[Path], made_from: bytes, make: Callable[[], object]) -> None:
        """Have `files` in their places: as they were kept when they are made from the same as then, else as `make` writes them
        there. What `make` prints is said again with files that were kept. Raises what `make` raises; nothing is kept then."""
        key = self._key(made_from)
        places = {file: self.folder / f"{key}.{file.name}" for file in files}
        said = self.folder / f"{key}.{_SAID}"   # written last: without it the others are not whole
        if said.exists() and all(place.exists() for place in places.values()):
            for file, place in places.items():
                shutil.copyfile(place, file)
            print(said.read_text(encoding="utf-8"), end="", flush=True)
            return
        words = io.StringIO()
        try:
            with contextlib.redirect_stdout(words):
                make()
        finally:
            print(words.getvalue(), end="", flush=True)
        for file, place in places.items():
            write_whole(place, file.read_bytes())
        write_whole(said, words.getvalue())

    def text(self, made_from: bytes, make: Callable[[], str]) -> str:
        """The text that `make` gives, or gave when it was made from the same."""
        place = self.folder / f"{self._key(made_from)}.text"
        if not place.exists():
            write_whole(place, make())
        return place.read_bytes().decode()

    def _key(self, made_from: bytes) -> str:
        key = hashlib.sha256(self.made_by.encode() + b"\0" + made_from).hexdigest()
        self._asked.add(key)
        return key


def code_of(module: str) -> str:
    """A hash of the code of a module with all that it imports, what lies beside it included, and of the locked packages."""
    from analysis.runner.dependencies import modules_of
    from analysis.runner.plan import digest

    code = modules_of(f"import {module}")
    home = paths.ROOT.joinpath(*module.split("."))
    files = home.rglob("*") if home.is_dir() else ()
    beside = sorted(file for file in files if file.is_file() and file.suffix not in (".py", ".pyc"))
    return digest([*code, *beside, paths.ROOT / "requirements.txt"])
