"""The model: 100,000 draws of one scenario, beside the time numpy needs to stream the same arrays through memory once a month.

    python -m benchmarks model            # 100,000 draws, growth with the number of draws
    MODEL_DRAWS=10000000 python -m benchmarks model   # the large run as well; several minutes on each core

The lower bound reads and writes every state array of the engine once a month and does nothing else. Each measurement runs
in a process of its own, so that peak memory is its own.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import time

import numpy as np

MONTHS = 120
GROUPS = 3
STATE_ARRAYS = 4          # designed out, queue, and the stock in two parts
KEPT = ("pv_lost_sales_usd_bn", "jobs_lost_year_5", "denied_months_listed")
SCENARIO = "stalemate_24_open"


def main() -> None:
    """Print the measurements."""
    draws = 100_000
    for segments in (1, 3):
        bound, _ = measured(stream_bound, draws, segments)
        print(f"{draws:,} draws x {MONTHS} months x {GROUPS} customer groups x {segments} segment(s)")
        print(f"  lower bound, {STATE_ARRAYS} arrays read and written once a month: {bound:6.2f} s")
        for processes in (1, os.cpu_count() or 1):
            seconds, memory = measured(run_all, draws, segments, processes)
            print(f"  engine, {processes} process(es): {seconds:6.2f} s, {seconds / bound:5.1f} times the bound, "
                  f"peak {memory:,.0f} MiB, {1e9 * seconds * processes / (draws * MONTHS * GROUPS * segments):.0f} ns a cell and month and process")
    print("growth, three segments, one process, block by block:")
    for count in (25_000, 50_000, 100_000, 200_000):
        seconds, memory = measured(run_streaming, count, 3)
        print(f"  {count:>10,} draws: {seconds:7.2f} s, {1e6 * seconds / count:5.1f} microseconds a draw, peak {memory:,.0f} MiB")
    large = int(os.environ.get("MODEL_DRAWS", 0))
    if large:
        seconds, memory = measured(run_streaming_parallel, large)
        print(f"  {large:>10,} draws on {os.cpu_count()} processes: {seconds:7.0f} s, peak of the collecting process {memory:,.0f} MiB")
    print(f"1,000 draws of one scenario after start-up: {measured(run_all, 1000, 3, 1)[0]:.2f} s")


def model_with(segments: int):
    """Parameters and path of the scenario, with the segments of the file or with one segment."""
    from dataclasses import replace

    from analysis.model.parameters import Segment
    from analysis.model.run import load_model

    model = load_model()
    if segments == 1:
        model = replace(model, parameters=replace(model.parameters, segments=(Segment("all", "All", 1.0, 1.0),)))
    return model.prepare(SCENARIO)


def stream_bound(draws: int, segments: int) -> float:
    """Seconds to read and write the state once a month, in one piece as large as all draws."""
    state = [np.ones((GROUPS, segments, draws)) for _ in range(STATE_ARRAYS)]
    started = time.perf_counter()
    for _ in range(MONTHS):
        for array in state:
            np.multiply(array, 1.0001, out=array)
    return time.perf_counter() - started


def run_all(draws: int, segments: int, processes: int = 1) -> float:
    """Seconds for all results of all draws at once."""
    from analysis.model.run import run

    parameters, path = model_with(segments)
    run(parameters, path, 64, 1)                     # imports and first calls are not the subject
    started = time.perf_counter()
    run(parameters, path, draws, 1, processes=processes)
    return time.perf_counter() - started


def run_streaming(draws: int, segments: int) -> float:
    """Seconds for some headline results of all draws, block by block."""
    from analysis.model.run import stream

    parameters, path = model_with(segments)
    kept = {name: np.empty(draws, np.float32) for name in KEPT}
    started, at = time.perf_counter(), 0
    for block in stream(parameters, path, draws, 1):
        size = len(block[KEPT[0]])
        for name in KEPT:
            kept[name][at:at + size] = block[name]
        at += size
    for values in kept.values():
        np.percentile(values, [5, 50, 95])
    return time.perf_counter() - started


def run_streaming_parallel(draws: int) -> float:
    """The same with one block at a time on each core."""
    from analysis.model.run import blocks

    kept = {name: np.empty(draws, np.float32) for name in KEPT}
    started, at = time.perf_counter(), 0
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        for block in pool.imap(_headline_block, blocks(draws), chunksize=4):
            size = len(block[KEPT[0]])
            for name in KEPT:
                kept[name][at:at + size] = block[name]
            at += size
    for values in kept.values():
        np.percentile(values, [5, 50, 95])
    return time.perf_counter() - started


def _headline_block(job: tuple[int, int]) -> dict[str, np.ndarray]:
    from analysis.model.engine import simulate

    block, size = job
    parameters, path = _inputs()
    headline = simulate(parameters.draw_block(1, block, size), path, parameters.segments).headline
    return {name: headline[name].astype(np.float32) for name in KEPT}


_CACHE: list = []


def _inputs():
    if not _CACHE:
        _CACHE.append(model_with(3))
    return _CACHE[0]


def measured(function, *arguments) -> tuple[float, float]:
    """(seconds, peak MiB) of a call in a fresh process, its own children's peak included."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_report, args=(sender, function, arguments))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        process.join()


def _report(sender, function, arguments) -> None:
    seconds = function(*arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    sender.send((seconds, peak / 1024))
    sender.close()


if __name__ == "__main__":
    main()
