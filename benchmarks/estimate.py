"""The reconciled estimate from the kept posterior, as a build of the project's rows has it, and sampled anew beside it.

    python -m benchmarks estimate

Each runs in a fresh process, so that nothing is compiled or imported beforehand.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Print the measurements."""
    for options in ((), ("--sample",)):
        with tempfile.TemporaryDirectory() as folder:
            seconds, run = fitted(Path(folder), *options)
        print(
            f"{run['drawn']}: {seconds:.0f} s for {run['chains']} x {run['draws']} draws of {run['quantities']} published "
            f"quantities: largest R-hat {run['worst_r_hat']:.4f}, smallest bulk ESS {run['least_ess_bulk']:.0f}, "
            f"{run['divergences']} divergences"
        )


def fitted(folder: Path, *options: str) -> tuple[float, dict]:
    """Seconds of one fit in a fresh process and its record."""
    started = time.perf_counter()
    out = folder / "estimate"
    subprocess.run(
        [sys.executable, "-m", "analysis", "fit-estimate", "--out", str(out), *options], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - started, json.loads((out / "fit.json").read_text())
