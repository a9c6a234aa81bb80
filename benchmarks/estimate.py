"""The reconciled estimate: compile, sample, effective draws a second, as the build runs it.

    python -m benchmarks estimate

The fit runs in a fresh process, so that nothing is compiled or imported beforehand.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT_SECONDS = 120


def main() -> None:
    """Print the measurements."""
    with tempfile.TemporaryDirectory() as folder:
        seconds, run = fitted(Path(folder))
    print(
        f"{seconds:.0f} s in all, {run['compile_seconds']:.0f} s to compile, {run['sample_seconds']:.0f} s to sample "
        f"{run['chains']} x {run['draws']} draws ({'within' if seconds <= LIMIT_SECONDS else 'OVER'} {LIMIT_SECONDS} s)"
    )
    print(
        f"{run['quantities']} published quantities: largest R-hat {run['worst_r_hat']:.4f}, smallest bulk ESS "
        f"{run['least_ess_bulk']:.0f} ({run['least_ess_bulk'] / run['sample_seconds']:.0f} a second), {run['divergences']} "
        f"divergences"
    )


def fitted(folder: Path) -> tuple[float, dict]:
    """Seconds of one fit in a fresh process and its record."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "analysis", "fit-estimate", "--out", str(folder / "estimate")], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - started, json.loads((folder / "estimate" / "fit.json").read_text())
