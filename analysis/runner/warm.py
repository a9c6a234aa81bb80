"""Warm processes: fork a process that has its imports done instead of starting Python anew for every step.

The build driver serves; a step of the graph calls `client.py`, which passes its arguments and its output streams over a
Unix socket. The server forks, the child runs the command as `python -m analysis …` would, and the exit code travels
back. When the caller goes away (killed, timed out), its child is killed. Without a server the client runs the command
itself, so the graph also works under plain Snakemake and on other machines.
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
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analysis.runner.client import address

SOCKET_VARIABLE = "CHIP_WARM_SOCKET"
MAX_REQUEST_BYTES = 1 << 20
# jsonschema, which Snakemake, Altair and nbformat import, takes up a grammar of addresses where JupyterLab has brought one: two
# seconds, for a check of formats that nothing here asks for. A module that is None in `sys.modules` counts as not installed.
SLOW_TO_IMPORT = "rfc3987_syntax"


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies (Linux; elsewhere nothing happens)."""
    kill_signal_on_parent_death = 1
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(kill_signal_on_parent_death, int(signal.SIGKILL))


class WarmServer:
    """Serve commands on a Unix socket until closed; single-threaded, so forking is safe.

    `main(argv) -> int` is what a child runs, with `modules` imported, and for a command named in `more` those too. Register the
    server on a selector with :meth:`attach`.
    """

    def __init__(
        self, path: Path, main: Callable[[list[str]], int], modules: Sequence[str] = (),
        more: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._path, self._main, self._modules, self._more = path, main, tuple(modules), dict(more or {})
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(address(str(path)))
        self._listener.listen(64)
        self._children: dict[int, socket.socket] = {}
        self._imported: set[str] = set()

    def warm_up(self, command: str = "") -> None:
        """Import the modules a command needs; done before the first fork at the latest. Callers wait meanwhile, as the socket
        listens already."""
        sys.modules.setdefault(SLOW_TO_IMPORT, None)
        missing = [name for name in (*self._modules, *self._more.get(command, ())) if name not in self._imported]
        for name in missing:
            importlib.import_module(name)
        if missing:
            self._imported.update(missing)
            gc.collect()
            gc.freeze()  # keep the garbage collector from touching (and so copying) pages shared with children

    def attach(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector
        selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def _accept(self, _key) -> None:
        connection, _ = self._listener.accept()
        try:
            message, descriptors, _, _ = socket.recv_fds(connection, MAX_REQUEST_BYTES, 2)
            request = json.loads(message)
        except (OSError, ValueError):
            connection.close()
            return
        self.warm_up(request["argv"][0])
        pid = os.fork()
        if pid == 0:
            self._become(request, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        self._children[pid] = connection
        self._selector.register(connection, selectors.EVENT_READ, lambda _key, pid=pid: self._caller_left(pid))

    def _become(self, request: dict, descriptors: list[int]) -> None:
        """In the child: take over the caller's streams, folder and environment, run, leave without clean-up."""
        code = 1
        try:
            os.setsid()
            die_with_parent()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.dup2(descriptors[0], 1)
            os.dup2(descriptors[1], 2)
            self._listener.close()
            os.chdir(request["cwd"])
            os.environ.clear()
            os.environ.update(request["env"])
            code = self._main(request["argv"])
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code or 0)

    def reap(self) -> None:
        """Collect finished children and tell their callers the exit code. Call on SIGCHLD."""
        while self._children:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            connection = self._children.pop(pid, None)
            if connection is None:
                continue
            code = os.waitstatus_to_exitcode(status)
            with contextlib.suppress(KeyError):
                self._selector.unregister(connection)
            with contextlib.suppress(OSError):
                connection.sendall(str(code if code >= 0 else 128 - code).encode())
            connection.close()

    def _caller_left(self, pid: int) -> None:
        connection = self._children.get(pid)
        if connection is None:
            return
        self._selector.unregister(connection)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)

    def close(self) -> None:
        for pid in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        self._listener.close()
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
