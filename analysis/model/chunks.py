"""Hand draws to the month loop a few hundred at a time, in compiled code, so that their state stays in the processor's cache."""

from __future__ import annotations

from analysis.model import headlines, kernel
from analysis.model.compiled import inner, outer

_run = inner(kernel.run)


def run_chunks(rows, chosen, policy, p, q, results, head, taken, room, out) -> None:
    """Run the draws `chosen` of `rows` (parameters, draws) under one branch of the policy, and put what comes out into `out`.

    p, q.share: views of `taken` (parameters, chunk). results, head and the rest of q: views of `room` (rows, chunk), whose first
    rows are those of `out` (rows, draws). The last chunk is filled up with its last draw, which is then left out.
    """
    chunk = taken.shape[1]
    for first in range(0, len(chosen), chunk):
        size = min(chunk, len(chosen) - first)
        for row in range(rows.shape[0]):
            for i in range(chunk):
                taken[row, i] = rows[row, chosen[first + min(i, size - 1)]]
        room[:] = 0.0
        _run(p, policy, q, results, head)
        for row in range(out.shape[0]):
            for i in range(size):
                out[row, chosen[first + i]] = room[row, i]


compiled_chunks = outer(run_chunks, (kernel, headlines, *kernel.EQUATIONS))
"""The compiled loop over chunks: one compilation for all scenarios."""
