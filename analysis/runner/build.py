"""The build: check the data, plan, let Snakemake run what changed, publish. `make book` calls this.

The process that drives the build is also the warm server: it has the imports done, and every step of the graph is a
fork of it. Progress goes to standard output, one line a finished step.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from analysis import paths
from analysis.runner.warm import SOCKET_VARIABLE, WarmServer

WARM_IMPORTS = ("pandas", "altair", "vl_convert", "papermill", "ipykernel.inprocess.manager", "IPython.display",
                "jupyter_book.cli.main", "sphinx.application", "myst_nb", "bs4", "lxml.html")


class BuildError(RuntimeError):
    """A build that stopped; the message says which step and what to do. The published site is unchanged."""


def build(overlay: Path | None, parameters: Path | None, edition: str | None, cores: int, target: str = "all") -> int:
    """Run the whole graph and return the exit code (0, or 1 when a step failed).

    overlay: folder with new or changed rows (`DATA=`), parameters: file with overrides (`PARAMS=`),
    edition: `YYYY.MM`, cores: steps run side by side.
    """
    started = time.monotonic()
    paths.BUILD.mkdir(parents=True, exist_ok=True)
    with _one_build_at_a_time():
        snakemake = _start_snakemake_early(cores, target)
        try:
            _prepare(overlay, parameters, edition)
            steps = _run_graph(snakemake)
        except BaseException:
            snakemake.kill()
            raise
    elapsed = time.monotonic() - started
    if steps is None:
        print(f"The build stopped after {elapsed:.1f} s. {_site_state()}", file=sys.stderr)
        return 1
    what = "Nothing changed" if steps == 0 else f"{steps} step{'s' if steps > 1 else ''} run"
    print(f"{what}; {elapsed:.1f} s. Open {(paths.HTML / 'index.html').as_uri()} or run 'make serve'.")
    return 0


def _site_state() -> str:
    return ("The site of the last good build is unchanged." if (paths.HTML / "index.html").exists()
            else "No site has been published yet.")


@contextlib.contextmanager
def _one_build_at_a_time():
    with (paths.BUILD / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another build of this project is running; waiting for it to finish.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prepare(overlay: Path | None, parameters: Path | None, edition: str | None) -> None:
    """Check and complete the inputs before anything runs: tables, parameters, plan, edition."""
    from analysis.publish.edition import edition_name
    from analysis.runner.inputs import write_inputs
    from analysis.runner.plan import load_overrides, write_if_changed, write_plan

    overrides = load_overrides(parameters)
    name = edition_name(edition)
    for line in write_inputs(overlay, overrides.get("model", {})):
        print(line, flush=True)
    write_plan(overrides)
    write_if_changed(paths.BUILD / "plan" / "edition.txt", name + "\n")


def _start_snakemake_early(cores: int, target: str) -> subprocess.Popen:
    """Start Snakemake, whose own imports take a second, and let it wait for the plan on its standard input."""
    forced = [] if (paths.HTML / "index.html").exists() else ["--forcerun", "site"]
    arguments = ["--snakefile", str(paths.ROOT / "Snakefile"), "--directory", str(paths.ROOT), "--cores", str(cores),
                 "--rerun-triggers", "mtime", "params", "input", "--max-checksum-file-size", "100000000", "--keep-going",
                 "--rerun-incomplete", "--nolock", "--nocolor", "--show-failed-logs", *forced, "--", target]
    code = ("import sys; from snakemake.cli import main; go = sys.stdin.readline(); "
            "sys.exit(main(sys.argv[1:]) if go else 1)")
    environment = {**os.environ, "PYTHONPATH": str(paths.ROOT), "PYDEVD_DISABLE_FILE_VALIDATION": "1",
                   SOCKET_VARIABLE: str(_socket_path())}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, env=environment, cwd=paths.ROOT, start_new_session=True)


def _socket_path() -> Path:
    """A path short enough for a Unix socket (108 bytes), private to this process."""
    return Path(f"/tmp/chip-stalemate-{os.getuid()}-{os.getpid()}.sock")


def _run_graph(snakemake: subprocess.Popen) -> int | None:
    """Serve the steps until Snakemake ends; return how many steps ran, or None when one failed."""
    from analysis.cli import main

    _import_warm()
    server = WarmServer(_socket_path(), main)
    selector = selectors.DefaultSelector()
    server.attach(selector)
    waker, wakened = socket.socketpair()
    wakened.setblocking(False)
    signal.set_wakeup_fd(wakened.fileno())
    before = {s: signal.signal(s, lambda *_: None) for s in (signal.SIGCHLD,)}
    progress = Progress()
    selector.register(waker, selectors.EVENT_READ, lambda _key: (waker.recv(4096), server.reap()))
    selector.register(snakemake.stdout, selectors.EVENT_READ,
                      lambda _key: progress.feed(os.read(snakemake.stdout.fileno(), 65536)))
    snakemake.stdin.write(b"go\n")
    snakemake.stdin.close()
    try:
        while not progress.ended:
            for key, _ in selector.select():
                key.data(key)
        code = snakemake.wait()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(snakemake.pid, signal.SIGKILL)
        raise
    finally:
        server.close()
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)
        (paths.BUILD / "build.log").write_bytes(progress.log)
    if code != 0:
        progress.explain_failure()
        return None
    return progress.done


def _import_warm() -> None:
    import importlib

    for name in WARM_IMPORTS:
        importlib.import_module(name)


class Progress:
    """Read Snakemake's report and print one line a finished step: `[ 3/14]  4.2 s  chapter sales`."""

    def __init__(self) -> None:
        self.log = b""
        self.done = 0
        self.ended = False
        self._partial = ""
        self._total = 0
        self._titles: dict[str, str] = {}
        self._started = time.monotonic()

    def feed(self, data: bytes) -> None:
        if not data:
            self.ended = True
            return
        self.log += data
        *lines, self._partial = (self._partial + data.decode(errors="replace")).split("\n")
        for line in lines:
            self._line(line)

    def _line(self, line: str) -> None:
        if found := re.match(r"^Job (\d+): (.*)$", line):
            self._titles[found[1]] = found[2].strip()
        elif found := re.match(r"^Finished jobid: (\d+)", line):
            if (title := self._titles.get(found[1], "")) != "everything":
                self.done += 1
                elapsed = time.monotonic() - self._started
                print(f"[{self.done:>3}/{self._total}] {elapsed:6.1f} s  {title}", flush=True)
        elif found := re.match(r"^total\s+(\d+)", line):
            self._total = int(found[1]) - 1  # without the closing step that only asks for everything

    def explain_failure(self) -> None:
        """Print what the failing steps themselves wrote; Snakemake's whole report is in `_build/build.log`."""
        text = self.log.decode(errors="replace")
        text = text.partition("Execute ")[2].partition("\n")[2]
        text = re.sub(r"RuleException:\n(?:.*\n)*?\s+\(command exited with non-zero exit code\)\n", "", text)
        print("\n".join(line for line in text.splitlines() if line.strip() and not NOISE.match(line)), file=sys.stderr)
        print("Snakemake's whole report is in _build/build.log.", file=sys.stderr)


NOISE = re.compile(
    r"\[\w{3} \w{3} +\d+ [\d:]+ \d{4}\]|Job \d+: |Reason: |Finished jobid|\d+ of \d+ steps|Select jobs|Execute \d+ jobs|"
    r"Exiting because|Complete log|Elapsed time|WorkflowError:|At least one job|Shutting down|Trying to restart|Removing output"
)
