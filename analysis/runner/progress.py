"""Snakemake's report, read as it comes: one line a finished step, and what a failing step said."""

from __future__ import annotations

import codecs
import re
import sys
import time

STEP_MARK = "… "  # a long computation says how far it is in lines that start so
NOTE_MARK = "! "  # what the person who builds should know; the step goes on
QUIET_SECONDS = 15.0


class Progress:
    """Read Snakemake's report and print one line a finished step: `[ 3/14]  4.2 s  chapter sales`.

    Long computations report how far they are; of those lines one is shown every QUIET_SECONDS.
    """

    def __init__(self) -> None:
        self.log = b""
        self.done = 0
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        self._partial = ""
        self._total = 0
        self._titles: dict[str, str] = {}
        self._started = time.monotonic()
        self._shown = self._started

    def feed(self, data: bytes) -> None:
        self.log += data
        *lines, self._partial = (self._partial + self._decode(data)).split("\n")
        for line in lines:
            self._line(line)

    def _line(self, line: str) -> None:
        if found := re.match(r"^Job (\d+): (.*)$", line):
            self._titles[found[1]] = title = found[2].strip()
            if title.startswith("computation"):  # these take minutes: say that one is at work
                print(f"[ … /{self._total}] {time.monotonic() - self._started:6.1f} s  {title} started", flush=True)
        elif found := re.match(r"^Finished jobid: (\d+)", line):
            if (title := self._titles.get(found[1], "")) != "everything":
                self.done += 1
                elapsed = time.monotonic() - self._started
                print(f"[{self.done:>3}/{self._total}] {elapsed:6.1f} s  {title}", flush=True)
        elif line.startswith(STEP_MARK):
            if time.monotonic() - self._shown >= QUIET_SECONDS:
                self._shown = time.monotonic()
                print(f"[ … /{self._total}] {self._shown - self._started:6.1f} s  {line.removeprefix(STEP_MARK)}", flush=True)
        elif line.startswith(NOTE_MARK):
            print(line.removeprefix(NOTE_MARK), file=sys.stderr, flush=True)
        elif found := re.match(r"^total\s+(\d+)", line):
            self._total = int(found[1]) - 1  # without the closing step that only asks for everything

    def explain_failure(self) -> None:
        """Print what the failing steps themselves wrote; Snakemake's whole report is in `_build/build.log`."""
        text = self.log.decode(errors="replace")
        if refused := re.search(r"^-c: (error: .*)", text, flags=re.MULTILINE | re.DOTALL):   # an option: leave out the usage
            text = f"snakemake: {refused[1]}"
        before, started, after = text.partition("Execute ")
        text = after.partition("\n")[2] if started else before  # nothing was started: the graph itself is at fault
        text = re.sub(r"RuleException:\n(?:.*\n)*?\s+\(command exited with non-zero exit code\)\n", "", text)
        print("\n".join(line for line in text.splitlines() if line.strip() and not NOISE.match(line)), file=sys.stderr)
        print("Snakemake's whole report is in _build/build.log.", file=sys.stderr)


NOISE = re.compile(
    rf"{STEP_MARK}|{NOTE_MARK}|"
    rf"\[\w{{3}} \w{{3}} +\d+ [\d:]+ \d{{4}}\]|Job \d+: |Reason: |Finished jobid|\d+ of \d+ steps|Select jobs|"
    r"Execute \d+ jobs|Exiting because|Complete log|Elapsed time|WorkflowError:|At least one job|Shutting down|"
    r"Trying to restart|Removing output"
)
