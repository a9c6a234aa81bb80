"""Warm processes: fork a process that has its imports done instead of starting Python anew for every step.

The build driver serves; a step of the graph calls `client.py`, which passes its arguments and its output streams over a
Unix socket. The server forks, the child runs the command as `python -m analysis …` would, and the exit code travels
back. When the caller goes away (killed, timed out), its child is killed. Without a server the client runs the command
itself, so the graph also works under plain Snakemake and on other machines. Chapters are executed in the forked process
itself, by the papermill engine of `engine.py`. `python -m benchmarks warm` shows what it is worth.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import socketserver
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from analysis.runner.warm.client import address

CLIENT = Path(__file__).with_name("client.py")
SOCKET_VARIABLE = "CHIP_WARM_SOCKET"
MAX_REQUEST_BYTES = 1 << 20
# jsonschema, which Snakemake, Altair and nbformat import, takes up a grammar of addresses where JupyterLab has brought one: two
# seconds, for a check of formats that nothing here asks for. A module that is None in `sys.modules` counts as not installed.
SLOW_TO_IMPORT = "rfc3987_syntax"


def serve(
    path: Path, main: Callable[[list[str]], int], modules: Sequence[str], start: Callable[[], BinaryIO],
    heard: Callable[[bytes], None],
) -> None:
    """Run what is asked for at the Unix socket `path`, until the output of who asks ends.

    main: what a child runs with the arguments it is given, with `modules` imported. start: called as soon as the socket listens;
    starts who asks and gives its output, which goes to `heard` as it comes. Single-threaded, so that forking is safe.
    """
    with _Server(path, main) as server, selectors.DefaultSelector() as selector:
        output = start()
        _import(modules)   # callers wait meanwhile, as the socket listens already
        selector.register(server, selectors.EVENT_READ)
        selector.register(output, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is server:
                    server.handle_request()
                elif said := os.read(output.fileno(), 65536):
                    heard(said)
                else:
                    return


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies (Linux; elsewhere nothing happens)."""
    kill_signal_on_parent_death = 1
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(kill_signal_on_parent_death, int(signal.SIGKILL))


def _import(modules: Sequence[str]) -> None:
    sys.modules.setdefault(SLOW_TO_IMPORT, None)
    for name in modules:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # keep the garbage collector from touching (and so copying) pages shared with children


class _Step(socketserver.BaseRequestHandler):
    """In the child: take over the caller's streams, folder and environment, run, say with what exit code."""

    def handle(self) -> None:
        os.setsid()
        die_with_parent()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        message, descriptors, _, _ = socket.recv_fds(self.request, MAX_REQUEST_BYTES, 2)
        threading.Thread(target=self._end_with_caller, daemon=True).start()
        asked = json.loads(message)
        for descriptor, stream in zip(descriptors, (1, 2), strict=True):
            os.dup2(descriptor, stream)
        os.chdir(asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["env"])
        code = 1
        try:
            code = self.server.main(asked["argv"]) or 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 1
        except BaseException:
            traceback.print_exc()
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        self.request.sendall(str(code).encode())

    def _end_with_caller(self) -> None:
        if not self.request.recv(1):
            os.killpg(0, signal.SIGKILL)


class _Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    request_queue_size = 64

    def __init__(self, path: Path, main: Callable[[list[str]], int]) -> None:
        self.main = main
        path.unlink(missing_ok=True)
        super().__init__(address(str(path)), _Step)

    def server_close(self) -> None:
        for pid in self.active_children or ():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        super().server_close()
        Path(self.server_address).unlink(missing_ok=True)
