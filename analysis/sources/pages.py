"""Finished pages of a refresh, kept until the overlay is written, so that an interrupted refresh goes on where it stopped."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path

MAX_AGE_S = 24 * 3600  # an older page may have been revised by the provider and is fetched again


class Pages:
    """Bodies of answers in a folder, one file an address. Addresses carry no key, so neither name nor content can hold one."""

    def __init__(self, folder: Path, max_age_s: float = MAX_AGE_S):
        self.folder, self.max_age_s = folder, max_age_s

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
        """Store a body; a process killed meanwhile leaves no half page."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self._file(url)
        draft = file.with_suffix(f".{os.getpid()}.new")
        draft.write_bytes(body)
        draft.replace(file)

    def count(self) -> int:
        return len(list(self.folder.glob("*.page")))

    def forget(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
