"""The files of a customs extract: which they are, how they are written, and how DuckDB is told to read them.

Text is examined in blocks before it is summed, so that what is no UTF-8 is named; files with the same bytes count once.
"""

from __future__ import annotations

import csv
import glob
import gzip
import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.data.overlay_files import LITTER
from analysis.data.problems import DataError, shown
from analysis.data.sheets import HEADER_WITHIN, SEPARATOR_LINE, SEPARATORS
from analysis.data.text_files import text_blocks
from analysis.sources.customs_words import is_header
from analysis.sources.errors import SourceError

ENDINGS = (".csv", ".csv.gz", ".parquet")
HEAD_BYTES = 1 << 16


@dataclass(frozen=True)
class Form:
    """How a CSV file is written: separator, names of its columns, lines above them."""

    separator: str
    names: tuple[str, ...]
    titles: tuple[str, ...]


def fingerprint(path: str | Path) -> str:
    """SHA-256 over the files of the extract, in order of their names; files with the same bytes count once."""
    digest = hashlib.sha256()
    for file in files_of(path)[0]:
        with open(file, "rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def files_of(path: str | Path) -> tuple[list[str], list[str]]:
    """The files of an extract (one, those of a folder, or those of a pattern), all CSV or all Parquet; and what is to be said:
    files that were left out. Raises SourceError."""
    pattern, notes = Path(path), []
    if pattern.is_dir():
        inside = sorted(f for f in pattern.iterdir() if not LITTER.fullmatch(f.name))
        found = [str(f) for f in inside if f.is_file() and f.name.endswith(ENDINGS)]
        notes = [
            f"{f}: is no .csv, .csv.gz or .parquet file of the extract and was not read" for f in inside if str(f) not in found
        ]
    else:
        found = [str(path)] * pattern.is_file() or sorted(glob.glob(str(path)))
    if not found:
        raise SourceError(
            f"{path}: no such file, and no .csv, .csv.gz or .parquet files there.",
            "Name the extract, its folder, or a pattern with *.",
        )
    kinds = {"parquet" if file.endswith(".parquet") else "csv" for file in found if file.endswith(ENDINGS)}
    if len(kinds) != 1 or not all(file.endswith(ENDINGS) for file in found):
        raise SourceError(f"{path}: expected files of one kind, .csv (or .csv.gz) or .parquet.", "Convert or rename the others.")
    kept, equal = _without_equals(found)
    return kept, notes + equal


def _without_equals(files: Sequence[str]) -> tuple[list[str], list[str]]:
    """The files, each content once, and a line for each that has the bytes of an earlier one."""
    sizes = [Path(file).stat().st_size for file in files]
    kept: list[str] = []
    notes, seen = [], {}
    for file, size in zip(files, sizes, strict=True):
        content = _digest(file) if sizes.count(size) > 1 else file
        if content in seen:
            notes.append(f"{file}: has the same bytes as {seen[content]} and was read once (downloaded twice?)")
            continue
        seen[content] = file
        kept.append(file)
    return kept, notes


def _digest(file: str) -> str:
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def links_to(files: Sequence[str], folder: Path) -> list[Path]:
    """Links with plain names in `folder`, since DuckDB takes brackets and stars in a name for a pattern."""
    links = []
    for number, file in enumerate(files):
        ending = next(ending for ending in (".csv.gz", ".csv", ".parquet") if file.endswith(ending))
        link = folder / f"{number:06d}{ending}"
        link.symlink_to(Path(file).resolve())
        links.append(link)
    return links


def reader(files: Sequence[str], links: Sequence[Path]) -> tuple[str, Form | None]:
    """What DuckDB is to read: a table function over all files of the extract, with the link of each row as `__file`; and, for CSV,
    how the files are written. Raises SourceError for a file that is not text or is written otherwise than the first."""
    quoted = ", ".join(_text(str(link)) for link in links)
    if files[0].endswith(".parquet"):
        return f"read_parquet([{quoted}], filename = '__file', file_row_number = true)", None
    # The form is stated, not detected: detection skips over lines that do not fit, and their values would be lost without a word.
    forms = [examined(file) for file in files]
    for file, form in zip(files, forms, strict=True):
        if (form.separator, form.names, len(form.titles)) != (forms[0].separator, forms[0].names, len(forms[0].titles)):
            raise SourceError(f"{file} has other columns or separators than {files[0]}.", "Give files of one form.")
    columns = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in forms[0].names)  # as text: leading zeros of codes stay
    return (
        f"read_csv([{quoted}], auto_detect = false, header = true, skip = {len(forms[0].titles)}, "
        f"delim = {_text(forms[0].separator)}, quote = '\"', escape = '\"', "
        f"strict_mode = true, filename = '__file', columns = {{{columns}}})"
    ), forms[0]


def examined(file: str) -> Form:
    """The form of a CSV file, after its whole text was found to be UTF-8. Raises SourceError."""
    head = ""
    try:
        with (gzip.open if file.endswith(".gz") else open)(file, "rb") as stream:
            for block in text_blocks(stream, file):
                head = head or block[:HEAD_BYTES]
    except DataError as error:
        raise SourceError(f"{file} cannot be read: {str(error).removeprefix(file).lstrip(':0123456789 ')}.", "") from None
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{file} cannot be read: {error}.", "Is it complete?") from None
    return form_of(head, file)


def form_of(head: str, file: str) -> Form:
    """Separator, names and lines above them, from the beginning of a file."""
    lines = head.splitlines()[:HEADER_WITHIN]
    found = SEPARATOR_LINE.fullmatch(lines[0].strip(" ")) if lines else None
    separators = [found[1] if found[1] != "\\t" else "\t"] if found else list(SEPARATORS)
    for separator in separators:
        for place, line in enumerate(lines):
            names = _names(line, separator)
            if is_header(names):
                return _checked(Form(separator, tuple(names), tuple(lines[:place])), line, file)
    first = next((place for place, line in enumerate(lines) if line.strip() and not (found and place == 0)), 0)
    separator = separators[0] if found else max(SEPARATORS, key=lines[first].count)
    return _checked(Form(separator, tuple(_names(lines[first], separator)), tuple(lines[:first])), lines[first], file)


def _names(line: str, separator: str) -> list[str]:
    names = [name.strip() for name in next(csv.reader([line], delimiter=separator), [])]
    return [name or f"column {i + 1}" if len(names) > 1 else name for i, name in enumerate(names)]


def _checked(form: Form, line: str, file: str) -> Form:
    small = [name.lower() for name in form.names]
    twice = next((name for name in form.names if small.count(name.lower()) > 1), None)
    if twice:
        raise SourceError(f"{file} cannot be read: column {shown(twice)} stands twice.", "Keep one of them.")
    if not all(form.names):
        raise SourceError(
            f"{file} cannot be read: its first line is {line[:80]!r}, expected the names of the columns.", "Put them there."
        )
    return form


def _text(value: str) -> str:
    """A text as it stands in a query."""
    return "'" + value.replace("'", "''") + "'"


def identifier(column: str) -> str:
    """The name of a column as it stands in a query."""
    return '"' + column.replace('"', '""') + '"'
