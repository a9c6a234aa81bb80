"""Office files are zip archives; with the clock in them, equal content would give different bytes."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

FIXED = (1980, 1, 1, 0, 0, 0)


def rewrite_with_fixed_dates(file: Path) -> None:
    """Write the archive anew with the same members and a fixed date on each, so that equal content is equal bytes."""
    with zipfile.ZipFile(file) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            if name.endswith(".xlsx"):
                content = _workbook_with_fixed_dates(content)
            archive.writestr(_entry(name), content)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIXED)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _workbook_with_fixed_dates(content: bytes) -> bytes:
    """A chart's workbook, with fixed dates in its archive and in its properties."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name)
            if name == "docProps/core.xml":
                text = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", text)
            target.writestr(_entry(name), text)
    return out.getvalue()
