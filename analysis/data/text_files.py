"""The text of a file that somebody gave: UTF-8 with or without a mark, or one line that says what the file is instead.

Read in blocks, so that a file of gigabytes is examined in the memory of one block.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from analysis.data.problems import DataError, Problem

BLOCK_BYTES = 1 << 20
BEGINNINGS = (  # first bytes of what is often saved, renamed or downloaded as .csv
    (b"PK\x03\x04", "is a spreadsheet or a ZIP file, whatever its ending, expected CSV text; save the sheet as CSV UTF-8"),
    (b"\xd0\xcf\x11\xe0", "is an old spreadsheet (.xls), whatever its ending, expected CSV text; save the sheet as CSV UTF-8"),
    (b"\x1f\x8b", "is compressed (gzip), expected CSV text; unpack it first"),
    (b"PAR1", "is a Parquet file, whatever its ending, expected CSV text; rename it to .parquet"),
    (b"%PDF", "is a PDF, expected CSV text"),
)
WEB_PAGE = re.compile(rb"\s*<(!doctype|html|\?xml|head|body)", re.IGNORECASE)
JSON_TEXT = re.compile(rb"\s*(\{\s*[\"}]|\[\s*[\[{\"])")
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path, label: str, max_bytes: int) -> str:
    """The whole text of the file `path`, without a byte-order mark.

    Raises DataError, in one line that names `label`, for what is no regular file, larger than `max_bytes`, empty, not UTF-8 or
    no text.
    """
    try:
        if path.is_dir():
            raise fault(label, "is a folder, expected a CSV file")
        if not path.exists():
            raise fault(label, "no such file")
        if not path.is_file():  # a device or a pipe has no end
            raise fault(label, "is not a regular file, expected a CSV file")
        size = path.stat().st_size
        if size > max_bytes:
            raise fault(
                label,
                f"{size / 1e6:,.0f} MB, expected at most {max_bytes / 1e6:.0f} MB; reduce a large extract to the "
                "table's rows first",
            )
        with path.open("rb") as stream:
            return "".join(text_blocks(stream, label))
    except OSError as error:
        raise fault(label, f"cannot be opened: {error.strerror or error}") from None


def text_blocks(stream: BinaryIO, label: str) -> Iterator[str]:
    """The text of `stream` block by block; raises DataError as `read_text` does, when the block that is wrong is met."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    row, anything, block = 1, False, b""
    while following := stream.read(BLOCK_BYTES):
        if not block:
            _refuse_other_kinds(following, label)
        block = following
        if b"\0" in block:
            raise fault(
                label,
                "holds zero bytes, expected UTF-8 text; is it a spreadsheet file or UTF-16? Save it as CSV UTF-8",
                row + block[: block.index(b"\0")].count(b"\n"),
            )
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            raise fault(
                label,
                f"not UTF-8 (byte 0x{error.object[error.start]:02x}), probably {probable_encoding(error.object)}; "
                "save it as CSV UTF-8",
                row + before.count(b"\n"),
            ) from None
        anything = anything or (not text.isspace() and text != "")
        row += block.count(b"\n")
        yield text
    if not anything:
        raise fault(label, "is empty, expected a header and rows")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise fault(label, "ends in the middle of a character, expected whole UTF-8 text; is the file cut?", row) from None


def probable_encoding(sample: bytes) -> str:
    """A guess, for a message only, at the encoding of bytes that are not UTF-8.

    Western texts have single bytes above 127 between plain letters; other scripts have them in runs.
    """
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", sample)]
    if not runs or sum(runs) / len(runs) < 3:
        return "Latin-1 or Windows-1252"
    return "GB 18030, Big5, Shift-JIS or another encoding of one script"


def fault(label: str, message: str, row: int = 0, column: str = "") -> DataError:
    """One problem as an error to raise."""
    return DataError([Problem(label, row, column, message)])


def _refuse_other_kinds(first: bytes, label: str) -> None:
    for beginning, message in BEGINNINGS:
        if first.startswith(beginning):
            raise fault(label, message)
    if first.startswith(UTF_16_MARKS):
        raise fault(label, "is UTF-16 (with zero bytes between the letters), expected UTF-8 text; save it as CSV UTF-8")
    if WEB_PAGE.match(first):
        raise fault(label, "is a web page, expected CSV text; did the download end at a page for logging in?")
    if JSON_TEXT.match(first):
        raise fault(label, "is JSON, expected CSV text")
