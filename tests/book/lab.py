"""JupyterLab as `make lab` starts it, on loopback with copies of the chapters; a document run on the kernel its server gives it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
import requests
from nbformat.v4 import output_from_msg

from analysis import paths

TOKEN = "of-this-test"
LONGEST_S = 300
OUTPUTS = ("stream", "display_data", "execute_result", "error")


class Lab(NamedTuple):
    """A running server: its address, and the folder with the copies of the chapters."""

    address: str
    root: Path

    def asked(self, method: str, path: str, **given: object) -> requests.Response:
        answer = requests.request(method, f"{self.address}/api/{path}", headers={"Authorization": f"token {TOKEN}"},
                                  timeout=LONGEST_S, **given)
        answer.raise_for_status()
        return answer

    def run(self, slug: str) -> nbformat.NotebookNode:
        """The chapter as the server hands it out, each cell run in turn on the kernel that the server starts for it."""
        import websocket

        document = nbformat.from_dict(self.asked("GET", f"contents/{slug}.ipynb").json()["content"])
        session = self.asked("POST", "sessions", json={"path": f"{slug}.ipynb", "name": slug, "type": "notebook",
                                                       "kernel": {"name": document.metadata.kernelspec.name}}).json()
        channels = f"{self.address.replace('http', 'ws', 1)}/api/kernels/{session['kernel']['id']}/channels?token={TOKEN}"
        try:
            with contextlib.closing(websocket.create_connection(channels, timeout=LONGEST_S)) as connection:
                for cell in document.cells:
                    if cell.cell_type == "code":
                        cell.outputs = list(execute(connection, cell.source))
        finally:
            self.asked("DELETE", f"sessions/{session['id']}")
        return document


def execute(connection, source: str) -> Iterator[nbformat.NotebookNode]:
    """The outputs of a cell, until the kernel is at rest again."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "test", "username": "", "version": "5.3"}
    content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
    connection.send(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}))
    while True:
        message = json.loads(connection.recv())
        if message["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        if message["msg_type"] in OUTPUTS:
            yield output_from_msg(message)
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return


@contextlib.contextmanager
def serving(chapters: Iterable[Path], root: Path, own: Path) -> Iterator[Lab]:
    """JupyterLab with copies of `chapters` in `root`, and nothing of the user's settings: they would lie in `own`."""
    for chapter in chapters:
        shutil.copy(chapter, root)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    places = {name: str(own / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR",
                                                 "JUPYTERLAB_WORKSPACES_DIR", "JUPYTERLAB_SETTINGS_DIR")}
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", paths.RUN_DIR_VARIABLE)}
    with (own / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
             f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}", "--LabApp.news_url=None"],
            cwd=root, env=environment | places, stdout=log, stderr=subprocess.STDOUT)
    lab = Lab(f"http://127.0.0.1:{port}", root)
    try:
        until_it_answers(server, lab, own / "log")
        yield lab
    finally:
        server.terminate()
        server.wait(timeout=60)


def until_it_answers(server: subprocess.Popen, lab: Lab, log: Path) -> None:
    for _ in range(LONGEST_S):
        with contextlib.suppress(requests.RequestException):
            lab.asked("GET", "status")
            return
        if server.poll() is not None:
            break
        time.sleep(1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")
