"""A papermill engine whose kernel lives in the calling process.

Starting a kernel and importing pandas and Altair is nearly all of the time a light notebook takes. The runner forks a
process that has already imported them (:mod:`analysis.runner.warm`) and executes the notebook there with IPython's own
in-process kernel. One notebook a process: a crash, a leak or an endless loop stays inside. nbval runs the same
notebooks on ordinary kernels, so a difference between the two would show.
"""

from __future__ import annotations

import asyncio

from papermill.engines import Engine, papermill_engines

NAME = "in-process"
OUTPUT_MESSAGES = ("stream", "display_data", "execute_result", "error")


class InProcessEngine(Engine):
    """Execute the cells in order, stop at the first that raises (unless tagged ``raises-exception``)."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **_ignored) -> None:
        client = _start_kernel()
        try:
            cls._run(nb_man, client)
        finally:
            _stop(client.kernel.iopub_thread)

    @staticmethod
    def _run(nb_man, client) -> None:
        for index, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            nb_man.cell_start(cell, index)
            status, cell.outputs, cell.execution_count = _execute(client, cell.source)
            if status != "ok" and "raises-exception" not in cell.metadata.get("tags", []):
                nb_man.cell_exception(cell, index)
                return
            nb_man.cell_complete(cell, index)


def _start_kernel():
    from ipykernel.inprocess.manager import InProcessKernelManager

    manager = InProcessKernelManager()
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    return client


def _stop(thread) -> None:
    """End the kernel's thread of outputs with the task in it that ipykernel leaves pending, which Python would complain of."""
    task = thread._event_pipe_gc_task
    if task is not None:
        async def cancel() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(cancel(), thread.io_loop.asyncio_loop).result(timeout=10)
        thread._event_pipe_gc_task = None
    thread.stop()


def _execute(client, source: str) -> tuple[str, list, int]:
    """Run one cell; return its status, its outputs as notebook nodes, and its execution count."""
    from nbformat.v4 import output_from_msg

    client.execute(source)
    reply = client.get_shell_msg(timeout=1)["content"]
    outputs: list = []
    while client.iopub_channel.msg_ready():
        message = client.iopub_channel.get_msg(timeout=1)
        if message["msg_type"] in OUTPUT_MESSAGES:
            _append(outputs, output_from_msg(message))
    return reply["status"], outputs, reply.get("execution_count", 0)


def _append(outputs: list, output) -> None:
    """Join consecutive pieces of one stream, as notebook front ends do."""
    last = outputs[-1] if outputs else None
    if last and output.output_type == last.output_type == "stream" and output.name == last.name:
        last.text += output.text
    else:
        outputs.append(output)


papermill_engines.register(NAME, InProcessEngine)
