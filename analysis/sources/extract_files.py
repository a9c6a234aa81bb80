"""The files of a customs extract: which they are, how they are written, and how DuckDB is told to read them."""

from __future__ import annotations

import csv
import glob
import gzip
import hashlib
from pathlib import Path

from analysis.sources.errors import SourceError


def fingerprint(path: str | Path) -> str:
    """SHA-256 over the files of the extract, in order of their names."""
    digest = hashlib.sha256()
    for file in files_of(path):
        with open(file, "rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def files_of(path: str | Path) -> list[str]:
    """The files of an extract: one, those of a folder, or those of a pattern; all CSV or all Parquet."""
    pattern = Path(path)
    if pattern.is_dir():
        found = sorted(str(f) for f in pattern.iterdir() if f.suffix in (".csv", ".parquet") or f.name.endswith(".csv.gz"))
    else:
        found = sorted(glob.glob(str(path))) if "*" in str(path) else [str(path)] * pattern.is_file()
    if not found:
        raise SourceError(
            f"{path}: no such file, and no .csv, .csv.gz or .parquet files there.",
            "Name the extract, its folder, or a pattern with *.",
        )
    kinds = {"parquet" if file.endswith(".parquet") else "csv" for file in found if file.endswith((".csv", ".csv.gz", ".parquet"))}
    if len(kinds) != 1:
        raise SourceError(f"{path}: expected files of one kind, .csv (or .csv.gz) or .parquet.", "Convert or rename the others.")
    return found


def reader(files: list[str]) -> str:
    """What DuckDB is to read: a table function over all files of the extract."""
    quoted = ", ".join(_text(file) for file in files)
    if files[0].endswith(".parquet"):
        return f"read_parquet([{quoted}])"
    # The form is stated, not detected: detection skips over lines that do not fit, and their values would be lost without a word.
    separator, header = _header(files[0])
    for file in files[1:]:
        if _header(file) != (separator, header):
            raise SourceError(f"{file} has other columns or separators than {files[0]}.", "Give files of one form.")
    columns = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in header)  # as text: leading zeros of codes stay
    return (
        f"read_csv([{quoted}], auto_detect = false, header = true, delim = {_text(separator)}, quote = '\"', escape = '\"', "
        f"strict_mode = true, columns = {{{columns}}})"
    )


def _header(file: str) -> tuple[str, list[str]]:
    """Separator and names of the first line."""
    with (gzip.open if file.endswith(".gz") else open)(file, "rb") as stream:
        first = stream.readline(100_000)
    try:
        line = first.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise SourceError(f"{file} cannot be read: its first line is not UTF-8.", "Save it as CSV UTF-8.") from None
    separator = max(",;\t|", key=line.count)
    names = [name.strip() for name in next(csv.reader([line], delimiter=separator), [])]
    if len(names) != len(set(names)) or not all(names):
        raise SourceError(
            f"{file} cannot be read: its first line is {line[:80]!r}, expected the names of the columns.", "Put them there."
        )
    return separator, names


def _text(value: str) -> str:
    """A text as it stands in a query."""
    return "'" + value.replace("'", "''") + "'"


def identifier(column: str) -> str:
    """The name of a column as it stands in a query."""
    return '"' + column.replace('"', '""') + '"'
