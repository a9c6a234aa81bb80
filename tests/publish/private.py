"""Look into published files for what belongs to the machine or the person that built them, and for secrets."""

from __future__ import annotations

import getpass
import io
import os
import re
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from analysis import paths

# What is looked for: texts of which one must be there (fast), and the form that then decides.
PATTERNS = {
    "a home folder": ((b"/home/", b"/Users/", b"/root/", b":\\"),
                      rb"(?<![\w.])/(?:home|Users)/[A-Za-z][\w.-]*/|(?<![\w.])/root/|[A-Z]:\\\\?Users\\"),
    "a temporary folder": ((b"/tmp/", b"/var/folders/"), rb"(?<![\w.])/(?:private/)?(?:tmp|var/folders)/\w"),
    "a private key": ((b"PRIVATE KEY-----",), rb"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a key of a service": ((b"AKIA", b"gh", b"xox", b"sk-"),
                           rb"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[abp]-[\w-]{10,}|sk-[A-Za-z0-9]{32,})\b"),
    "a key in an address": ((b"key=", b"token="), rb"[?&;](?:key|api_key|apikey|access_token|token|subscription-key)=[\w%-]{8,}"),
    "a password in an address": ((b"://",), rb"https?://[^/\s\"'<>@:]+:[^/\s\"'<>@]+@"),
}
SECRET_VARIABLE = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS)$")
COMMON_NAMES = {"root", "user", "users", "home", "main", "debian", "ubuntu", "runner", "build", "local", "localhost", "vagrant"}
PACKED = (".zip", ".docx", ".pptx", ".xlsx")


def own_marks() -> dict[str, bytes]:
    """What identifies this machine and this person: folders, the committer's name and address, values of secret variables.

    Names of up to five letters may stand inside words; `short_names` are looked for as whole words.
    """
    marks = {"the project's folder": str(paths.ROOT), "the environment's folder": sys.prefix, "the home folder": str(Path.home())}
    marks["the machine's name"] = socket.gethostname()
    for name in ("user.name", "user.email"):
        asked = subprocess.run(["git", "config", name], cwd=paths.ROOT, capture_output=True, text=True)
        marks[f"git's {name}"] = asked.stdout.strip()
    marks |= {f"the value of {name}": value for name, value in os.environ.items() if SECRET_VARIABLE.search(name)}
    public = (paths.ROOT / "CITATION.cff").read_text(encoding="utf-8")
    return {name: mark.encode() for name, mark in marks.items() if len(mark) > 5 and mark not in public}


def short_names() -> dict[str, re.Pattern[bytes]]:
    """The person's login name, and a machine's name that is too short to be looked for inside words, as whole words.

    Names of up to three letters, and those that every system has, say nothing about anyone.
    """
    names = {"the login name": getpass.getuser()}
    if len(socket.gethostname()) <= 5:
        names["the machine's name"] = socket.gethostname()
    return {what: re.compile(rb"(?<![\w-])" + re.escape(name.encode()) + rb"(?![\w-])") for what, name in names.items()
            if len(name) > 3 and name not in COMMON_NAMES}


def contents(file: Path) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of a file and of what it packs: members of archives, streams and metadata of a PDF."""
    raw = file.read_bytes()
    yield file.name, raw
    if file.suffix in PACKED:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for member in archive.namelist():
                yield f"{file.name}/{member}", archive.read(member)
    elif file.suffix == ".pdf":
        import pypdf

        document = pypdf.PdfReader(io.BytesIO(raw))
        yield f"{file.name}/metadata", repr(dict(document.metadata or {})).encode()
        yield f"{file.name}/text", "\n".join(page.extract_text() for page in document.pages).encode()


def found_in(folder: Path) -> list[str]:
    """One line for each private thing in the files under `folder`."""
    marks, names = own_marks(), short_names()
    lines = []
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        for name, content in contents(file):
            where = file.parent.relative_to(folder) / name
            lines += [f"{where}: {what}" for what, mark in marks.items() if mark in content]
            lines += [f"{where}: {what}" for what, name in names.items() if name.search(content)]
            lines += [f"{where}: {what}: {match[0][:60]!r}" for what, (needles, pattern) in PATTERNS.items()
                      if any(needle in content for needle in needles) and (match := re.search(pattern, content))]
    return lines
