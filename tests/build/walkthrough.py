"""A walk-through as commands with what they printed, and how a later run is held against it."""

from __future__ import annotations

import re
from dataclasses import dataclass

SECTION = "## A walk-through"
STEP = "[#/#] # s "
MASKS = (   # what differs from run to run and from machine to machine, and what stands for it in the comparison
    (r"\[ *\d+/\d+\] +[\d.]+ s +", STEP),
    (r"\b\d+ steps? run; [\d.,]+ s\b", "# steps run; # s"),
    (r"\bNothing changed; [\d.,]+ s\b", "Nothing changed; # s"),
    (r"file:///\S+", "file:///…"),
    (r"make(\[\d+\])?: \*\*\* \[.*?\] Error", "make: *** [book] Error"),
    (r"[ \t]+", " "),
)


@dataclass(frozen=True)
class Command:
    """One command of the walk-through and the lines it printed; a line `…` stands for any number of lines."""

    text: str
    printed: tuple[str, ...]


def commands(text: str, heading: str = SECTION) -> list[Command]:
    """The commands of a section, in order. Raises ValueError when the section is not there."""
    if heading not in text:
        raise ValueError(f"there is no section {heading!r}")
    section = re.split(r"^## ", text.partition(heading)[2], flags=re.MULTILINE)[0]
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return [Command(text, tuple(printed)) for text, printed in found]


def masked(lines: list[str]) -> list[str]:
    """The lines without times, counts and folders; steps side by side, which may end in any order, sorted by name."""
    out: list[str] = []
    for line in lines:
        for pattern, mark in MASKS:
            line = re.sub(pattern, mark, line)
        out.append(line.strip())
    start = 0
    while start < len(out):
        end = start
        while end < len(out) and out[end].startswith(STEP):
            end += 1
        out[start:end] = sorted(out[start:end])
        start = end + 1
    return [line for line in out if line]


def agrees(shown: tuple[str, ...], printed: str) -> bool:
    """Whether what a command printed is what the README shows."""
    pattern = "".join(r"(?:.*\n)*?" if line == "…" else re.escape(line) + r"\n" for line in masked(list(shown)))
    return re.fullmatch(pattern, "".join(line + "\n" for line in masked(printed.splitlines()))) is not None
