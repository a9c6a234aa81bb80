"""Finished pages of a refresh, kept until the overlay is written, so that an interrupted refresh goes on where it stopped."""

from __future__ import annotations

import hashlib
import shutil
import time
from pathlib import Path

from analysis.files import write_whole
from analysis.sources.errors import SourceError

MAX_BYTES = 1_000_000_000  # of all pages together; a refresh of all firms since 2009 keeps a quarter of that
MAX_AGE_S = 24 * 3600  # an older page may have been revised by the provider and is fetched again


class Pages:
    """Bodies of answers in a folder, one file an address. Addresses carry no key, so neither name nor content can hold one."""

    def __init__(self, folder: Path, max_age_s: float = MAX_AGE_S, max_bytes: int = MAX_BYTES):
        self.folder, self.max_age_s, self.max_bytes = folder, max_age_s, max_bytes
        self._bytes: int | None = None  # of the files in the folder, once they have been counted

    def _file(self, url: str) -> Path:
        return self.folder / f"{hashlib.sha256(url.encode()).hexdigest()[:40]}.page"

    def load(self, url: str) -> bytes | None:
        """The kept body, or None when there is none or it is too old."""
        file = self._file(url)
        try:
            fresh = time.time() - file.stat().st_mtime < self.max_age_s
            return file.read_bytes() if fresh else None
        except FileNotFoundError:
            return None

    def keep(self, url: str, body: bytes) -> None:
        """Store a body; a process killed meanwhile leaves no half page. Raises SourceError when the folder would grow too large."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._bytes is None:
            self._bytes = self._clear_up()
        self._bytes += len(body)
        if self._bytes > self.max_bytes:
            raise SourceError(
                f"The pages kept in {self.folder} would take more than {self.max_bytes / 1e6:,.0f} MB.",
                "Ask for fewer months or firms at a time; the folder may be removed, it only saves asking again.",
            )
        write_whole(self._file(url), body)

    def _clear_up(self) -> int:
        """Remove what is too old to be read again; the bytes of what stays."""
        kept = 0
        for file in self.folder.iterdir():
            facts = file.stat()
            if time.time() - facts.st_mtime >= self.max_age_s:
                file.unlink(missing_ok=True)
            else:
                kept += facts.st_size
        return kept

    def count(self) -> int:
        return len(list(self.folder.glob("*.page")))

    def forget(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
