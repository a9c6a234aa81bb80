"""Serve a folder on this machine as an ordinary host does: text compressed, connections kept."""

from __future__ import annotations

import contextlib
import errno
import functools
import gzip
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

COMPRESSED = (".html", ".css", ".js", ".json", ".svg", ".csv", ".txt", ".xml", ".md")
LEVEL = 6   # what hosts use for text that is compressed as it is asked for


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of a folder; text goes out gzipped to whoever takes it so. Wrong addresses get the folder's `404.html`."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, with_body: bool) -> None:
        file, status = Path(self.translate_path(self.path)), 200
        if file.is_dir():
            if not self.path.partition("?")[0].endswith("/"):   # or the page's relative addresses would be wrong
                self.send_response(301)
                self.send_header("Location", self.path.partition("?")[0] + "/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            file /= "index.html"
        if not file.is_file():
            file, status = Path(self.directory) / "404.html", 404
            if not file.is_file():
                self.send_error(404)
                return
        body = file.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", f"{self.guess_type(str(file))}{'; charset=utf-8' if file.suffix in COMPRESSED else ''}")
        if file.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, LEVEL, mtime=0)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Vary", "Accept-Encoding")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)


def server(folder: Path, port: int = 0) -> http.server.ThreadingHTTPServer:
    """A server of `folder` on loopback, not yet running; port 0 takes a free one."""
    made = http.server.ThreadingHTTPServer(("127.0.0.1", port), functools.partial(Handler, directory=str(folder)))
    made.daemon_threads = True
    return made


def server_near(folder: Path, port: int, tries: int = 20) -> http.server.ThreadingHTTPServer:
    """A server of `folder` on `port`, or on the next port that is free.

    Raises OSError when `tries` ports in a row are taken, or when the port may not be used.
    """
    for candidate in range(port, min(port + tries, 65536)):
        try:
            return server(folder, candidate)
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:
                raise OSError(f"port {candidate} cannot be used: {problem.strerror}") from None
        except OverflowError:
            break
    raise OSError(f"no free port from {port} to {port + tries - 1}")


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder's address on loopback, with a slash at the end, while the context lasts."""
    running = server(folder)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}/"
    finally:
        running.shutdown()
        running.server_close()
