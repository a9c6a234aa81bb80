"""All chapters: on forks of a warm process, as a build runs them, beside plain papermill with a kernel of its own for each.

Works on a copy of the project, so the real build is not touched. Both run as many chapters at a time as there are cores, on the
same results of the long computations. Processor time is that of all processes together, which another load on the machine moves
little.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.build import copy_project, environment_of, run
from benchmarks.waits import with_processor

ON_WARM = """
import os
from analysis.cli import main
from analysis.runner.build import one_at_a_time, prepare
from analysis.runner.graph import Graph
with one_at_a_time() as scratch, Graph("chapters", os.cpu_count(), scratch) as graph:
    prepare(None, None, None, main)
    raise SystemExit(graph.run(main) is None)
"""
WORTH_KEEPING = 0.2   # of the time of plain papermill: for less the warm processes would not be worth their code


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder) / "project")
        shutil.copytree(Path(__file__).parent, project / "benchmarks")
        warm = [sys.executable, "-c", ON_WARM]
        run(warm, project)   # the long computations, too
        rows = {"plain papermill": with_processor(lambda: None, [sys.executable, "-m", "benchmarks.warm"], project),
                "warm processes": with_processor(lambda: shutil.rmtree(project / "_build" / "runs"), warm, project)}
    print(f"{'chapters on':<22}{'seconds':>9}{'processor':>11}")
    for name, (seconds, processor) in rows.items():
        print(f"{name:<22}{seconds:>9.1f}{processor:>11.1f}")
    saved = [1 - warm / plain for warm, plain in zip(rows["warm processes"], rows["plain papermill"], strict=True)]
    print(f"saved: {saved[0]:.0%} of the time, {saved[1]:.0%} of the processor's (worth their code from {WORTH_KEEPING:.0%})")


def on_plain_papermill(project: Path) -> None:
    """Run every planned chapter of the project by papermill's own command."""
    from analysis.runner.contents import source_of  # of the copy, in which this runs
    from analysis.runner.plan import notebooks, planned

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        def execute(slug: str) -> None:
            out = Path(folder) / slug
            out.mkdir()
            parameters = json.loads(planned(slug).read_text(encoding="utf-8"))["parameters"]
            command = [Path(sys.executable).with_name("papermill"), str(source_of(slug)), str(out / "chapter.ipynb"),
                       "--parameters_yaml", json.dumps(parameters), "--kernel", "python3", "--no-progress-bar"]
            subprocess.run(command, cwd=project, env={**environment_of(project), "CHIP_RUN_DIR": str(out)}, check=True,
                           capture_output=True)

        list(pool.map(execute, notebooks()))


if __name__ == "__main__":
    on_plain_papermill(Path.cwd())
