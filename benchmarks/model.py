"""The model: 100,000 draws of one scenario, beside the time numpy needs to stream the same arrays through memory once a month.

    python -m benchmarks model            # 100,000 draws, growth with the number of draws
    MODEL_DRAWS=10000000 python -m benchmarks model   # the large run as well; several minutes on each core

Two bounds do nothing but stream, in pieces as long as all draws: one reads and writes the four arrays of the state once a month,
the other reads every array that the month loop reads and writes every one that it writes. Each measurement is a process of its own,
so that peak memory is its own. Elapsed and processor time are both given: on a busy machine they differ.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from analysis.model.parameters import DRAW_BLOCK

MONTHS = 120
GROUPS = 3
STATE_ARRAYS = 4  # designed out, queue, and the stock in two parts
KEPT = ("pv_lost_sales_usd_bn", "jobs_lost_year_5", "denied_months_listed")
SCENARIO = "stalemate_24_open"
LIMIT_MIB = 4096  # for any number of draws


def main() -> None:
    """Print the measurements."""
    draws, cores = 100_000, os.cpu_count() or 1
    for segments in (1, 3):
        print(f"{draws:,} draws x {MONTHS} months x {GROUPS} customer groups x {segments} segment(s)")
        bound, bound_cpu, _ = measured(stream_bound, draws, segments)
        print(f"  bound of the state, {STATE_ARRAYS} arrays of a customer group and segment: {bound:5.2f} s elapsed, "
              f"{bound_cpu:5.2f} s processor")
        whole, whole_cpu, _ = measured(stream_all, draws, segments)
        print(f"  bound of all arrays of the loop: {whole:5.2f} s elapsed, {whole_cpu:5.2f} s processor")
        for workers in sorted({1, cores}):
            seconds, cpu, memory = measured(run_all, draws, segments, workers)
            print(
                f"  engine, {workers} worker(s): {seconds:6.2f} s elapsed, {cpu:6.2f} s processor "
                f"({cpu / bound_cpu:.1f} times the bound of the state, {cpu / whole_cpu:.1f} of all arrays, "
                f"{1e9 * cpu / (draws * MONTHS * GROUPS * segments):.0f} ns a cell and month), peak {memory:,.0f} MiB"
            )
    print("growth, three segments, block by block:")
    for count in (25_000, 50_000, 100_000, 200_000):
        seconds, cpu, memory = measured(run_streaming, count)
        print(
            f"  {count:>10,} draws: {seconds:7.2f} s elapsed, {1e6 * cpu / count:5.1f} microseconds of processor a draw, "
            f"peak {memory:,.0f} MiB"
        )
    large = int(os.environ.get("MODEL_DRAWS", 0))
    if large:
        seconds, cpu, memory = measured(run_streaming, large)
        print(
            f"  {large:>10,} draws: {seconds:7.0f} s elapsed, {1e6 * cpu / large:5.1f} microseconds of processor a draw, "
            f"peak {memory:,.0f} MiB ({'within' if memory <= LIMIT_MIB else 'ABOVE'} the {LIMIT_MIB:,} allowed)"
        )
    seconds, cpu, _ = measured(run_all, 1000, 3, 1)
    print(f"1,000 draws of one scenario after start-up: {seconds:.2f} s elapsed, {cpu:.2f} s processor")


def model_with(segments: int):
    """Parameters and path of the scenario, with the segments of the file or with one segment."""
    from dataclasses import replace

    from analysis.model.parameters import Segment
    from analysis.model.run import load_model

    model = load_model()
    if segments == 1:
        model = replace(model, parameters=replace(model.parameters, segments=(Segment("all", "All", 1.0, 1.0),)))
    return model.prepare(SCENARIO)


def stream_bound(draws: int, segments: int) -> Iterator[None]:
    """Read and write the state once a month, in one piece as large as all draws."""
    state = [np.ones((GROUPS, segments, draws)) for _ in range(STATE_ARRAYS)]
    yield
    for _ in range(MONTHS):
        for array in state:
            np.multiply(array, 1.0001, out=array)


def rows_of_a_month(segments: int) -> tuple[int, int]:
    """How many arrays (draws,) the month loop reads, which are the parameters and what is worked out of them, and how many it also
    writes, which are its state and the results of a month and of its year. Its scratch of one month is not counted."""
    from analysis.model.kernel import Inputs
    from analysis.model.kernel_types import PREPARED_SHAPES, RESULT_SHAPES
    from analysis.model.outcome import LOSSES, YEARLY

    sizes = {"n": 1, "years": 1, "course_months": 0, "groups": GROUPS, "products": segments, "segments": segments,
             "losses": len(LOSSES), "yearly": len(YEARLY)}

    def rows(shapes) -> int:
        return sum(math.prod(sizes.get(size, size) for size in shape) for shape in shapes.values() if shape[-1] == "n")

    return len(Inputs._fields) + rows(PREPARED_SHAPES), rows(RESULT_SHAPES) + STATE_ARRAYS * GROUPS * segments


def stream_all(draws: int, segments: int) -> Iterator[None]:
    """Read, or read and write, every array of the month loop once a month, in one piece as large as all draws."""
    read, written = (np.ones((rows, draws)) for rows in rows_of_a_month(segments))
    scratch = np.empty(draws)
    yield
    for _ in range(MONTHS):
        for row in read:
            np.multiply(row, 1.0001, out=scratch)
        for row in written:
            np.multiply(row, 1.0001, out=row)


def run_all(draws: int, segments: int, workers: int = 1) -> Iterator[None]:
    """All results of all draws at once."""
    from analysis.model.run import run

    parameters, path = model_with(segments)
    run(parameters, path, 64, 1)  # imports and compilation are not the subject
    yield
    run(parameters, path, draws, 1, workers=workers)


def run_streaming(draws: int) -> Iterator[None]:
    """Some headline results of all draws, block by block on all cores; only these are kept."""
    from analysis.model.engine import simulate
    from analysis.model.run import blocks

    parameters, path = model_with(3)
    simulate(parameters.draw_block(1, 0, 64), path, parameters.segments)
    kept = {name: np.empty(draws, np.float32) for name in KEPT}
    yield

    def block_of(job: tuple[int, int]) -> None:
        number, size = job
        headline = simulate(parameters.draw_block(1, number, size), path, parameters.segments).headline
        for name in KEPT:
            kept[name][number * DRAW_BLOCK : number * DRAW_BLOCK + size] = headline[name]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(block_of, blocks(draws)):
            pass
    for values in kept.values():
        np.percentile(values, [5, 50, 95])


def measured(task, *arguments) -> tuple[float, float, float]:
    """(elapsed seconds, processor seconds, peak MiB) of the part of a task after its first `yield`, in a fresh process."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_report, args=(sender, task, arguments))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        process.join()


def _report(sender, task, arguments) -> None:
    steps = task(*arguments)
    next(steps)  # preparation
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in steps:
        pass
    sender.send((time.perf_counter() - wall, time.process_time() - cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
    sender.close()


if __name__ == "__main__":
    main()
