"""Run a target of the graph: start Snakemake, serve its steps on warm processes, show progress."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from analysis import paths
from analysis.runner.progress import Progress
from analysis.runner.warm import SLOW_TO_IMPORT, SOCKET_VARIABLE, serve

CHAPTER_IMPORTS = ("altair", "vl_convert", "papermill", "ipykernel.inprocess.manager", "ipykernel.inprocess.ipkernel",
                   "ipykernel.debugger", "IPython.display", "lxml.html", "scipy.stats", "statsmodels.api", "numba",
                   "pyarrow.parquet", "analysis.runner.warm.engine", "analysis.publish.page", "analysis.charts.figure",
                   "analysis.sales.estimate.results", "analysis.sales.firm_page", "analysis.sales.firm_chapter")
SITE_IMPORTS = ("analysis.publish.site.publish", "analysis.publish.sphinx_extension", "lxml.html", "jupyter_book.cli.main",
                "sphinx.builders.html", "myst_nb.core.execute", "myst_parser.sphinx_ext.main", "sphinxcontrib.bibtex")
QUIET_DEBUGGER = ("PYDEVD_DISABLE_FILE_VALIDATION", "1")   # a kernel brings a debugger, which has something to say to who debugs
LARGEST_HASHED_BYTES = 10**12   # of every file the content decides, not the date
IMPORTS = {"run-chapter": CHAPTER_IMPORTS, "run-sweep": CHAPTER_IMPORTS, "publish-site": SITE_IMPORTS}


class Graph:
    """One run of Snakemake, started early (its imports take a second) and released by :meth:`run`.

    target: a rule, or a file named from the build folder. cores: steps run side by side. scratch: a folder that goes with this
    process. options: further Snakemake options, for example an executor. A step is a fork of this process (see
    :mod:`analysis.runner.warm`) unless an executor takes the steps elsewhere.
    """

    def __init__(self, target: str, cores: int, scratch: Path, options: Sequence[str] = ()) -> None:
        self._socket = scratch / "warm"
        arguments = [
            "--snakefile", str(paths.ROOT / "Snakefile"), "--directory", str(paths.BUILD), "--cores", str(cores),
            "--scheduler", "greedy", "--rerun-triggers", "params", "--max-checksum-file-size", str(LARGEST_HASHED_BYTES),
            "--keep-going", "--rerun-incomplete", "--nolock", "--nocolor", "--show-failed-logs", *options, "--", target,
        ]
        code = (f"import sys; sys.modules[{SLOW_TO_IMPORT!r}] = None; "
                "from analysis.runner.warm import die_with_parent; die_with_parent(); "
                "from snakemake.cli import main; go = sys.stdin.readline(); sys.exit(main(sys.argv[1:]) if go else 1)")
        environment = dict([*os.environ.items(), QUIET_DEBUGGER])
        if "--executor" not in options:
            environment[SOCKET_VARIABLE] = str(self._socket)
        self._snakemake = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=environment, cwd=paths.ROOT, start_new_session=True)

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_error) -> None:
        """Leave nothing behind: neither Snakemake nor the steps it started."""
        if self._snakemake.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._snakemake.pid, signal.SIGKILL)
            self._snakemake.wait()
        for stream in (self._snakemake.stdin, self._snakemake.stdout):
            with contextlib.suppress(OSError):
                stream.close()

    def run(self, main: Callable[[Sequence[str]], int], expected: str = "run-chapter") -> int | None:
        """Run the graph to its end; return how many steps ran, or None when one failed (its words are printed).

        main: the command line, by which a step is run. expected: the command of the first step that is likely to come; what it
        needs is imported while Snakemake looks for what changed, and what others need is imported by each.
        """
        progress = Progress()
        os.environ.setdefault(*QUIET_DEBUGGER)
        try:
            serve(self._socket, main, ("pandas", *IMPORTS.get(expected, ())), self._go, progress.feed)
            code = self._snakemake.wait()
        finally:
            (paths.BUILD / "build.log").write_bytes(progress.log)
        if code != 0:
            progress.explain_failure()
            return None
        return progress.done

    def _go(self) -> BinaryIO:
        self._snakemake.stdin.write(b"go\n")
        self._snakemake.stdin.close()
        return self._snakemake.stdout
