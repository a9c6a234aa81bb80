"""A provider on loopback that replays answers of the documented shapes, and misbehaves on demand."""

from __future__ import annotations

import http.server
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from analysis.cli import main
from analysis.sources import overlays, session
from analysis.sources.session import Manners

FIXTURES = Path(__file__).parent.parent / "fixtures" / "sources"
KEY = "sEcReT+key/0123456789"
CONTACT = "Test Reader reader@example.org"


@dataclass
class Reply:
    """One answer. `cut` breaks the connection after that many bytes of the body; `delay_s` keeps the asker waiting first;
    `trickle_s` is a pause after each of the first twenty bytes; `silence_s` one in the middle of the body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    cut: int | None = None
    trickle_s: float = 0.0
    silence_s: float = 0.0


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    at: float

    @property
    def url(self) -> str:
        return f"{self.path} {self.query}"


class Replay:
    """Answers by pattern of the path and query; `faults` are given first, one a request; None lets a request through."""

    def __init__(self) -> None:
        self.answers: list[tuple[re.Pattern, Callable[[Asked], Reply]]] = []
        self.faults: list[Reply | None] = []
        self.asked: list[Asked] = []
        replay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                request = Asked(parts.path, parse_qs(parts.query), dict(self.headers), time.monotonic())
                replay.asked.append(request)
                self.answer(replay.reply_to(request, self.path))

            def answer(self, reply: Reply) -> None:
                time.sleep(reply.delay_s)
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    if reply.status != 204:
                        self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.send_body(reply)
                    if reply.cut is not None:
                        self.wfile.flush()
                        self.connection.shutdown(socket.SHUT_RDWR)
                        self.close_connection = True
                except OSError:  # the asker gave up, as a test of time-outs wants
                    self.close_connection = True

            def send_body(self, reply: Reply) -> None:
                start = 0
                if reply.trickle_s:
                    for start in range(20):
                        self.wfile.write(reply.body[start : start + 1])
                        self.wfile.flush()
                        time.sleep(reply.trickle_s)
                    start += 1
                elif reply.silence_s:
                    start = len(reply.body) // 2
                    self.wfile.write(reply.body[:start])
                    self.wfile.flush()
                    time.sleep(reply.silence_s)
                self.wfile.write(reply.body[start : reply.cut])

            def log_message(self, *_unused) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def reply_to(self, request: Asked, path: str) -> Reply:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            return fault
        for pattern, answer in self.answers:
            if pattern.search(path):
                return answer(request)
        return Reply(b"not found", 404)

    def on(self, pattern: str, answer: bytes | str | Reply | Callable[[Asked], Reply]) -> None:
        """Answer requests whose path and query match `pattern`; a str is the name of a fixture. Later calls come first."""
        if isinstance(answer, str):
            answer = (FIXTURES / answer).read_bytes()
        if isinstance(answer, bytes):
            answer = Reply(answer)
        given = answer
        self.answers.insert(0, (re.compile(pattern), given if callable(given) else lambda _request: given))


@pytest.fixture
def replay() -> Iterator[Replay]:
    server = Replay()
    yield server
    server.server.shutdown()
    server.server.server_close()


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def set_up_census(replay: Replay) -> None:
    replay.on(r"intltrade/exports/hs", Reply(status=204))
    replay.on(r"intltrade/exports/hs.*2023-01", "census_exports_hs_2023.json")
    replay.on(r"intltrade/exports/hs.*2024-01", "census_exports_hs_2024.json")


def set_up_comtrade(replay: Replay) -> None:
    replay.on(r"reporterCode=842&", "comtrade_us_exports.json")
    replay.on(r"reporterCode=156&", "comtrade_china_imports.json")
    replay.on(r"reporterCode=276", "comtrade_mirror.json")


def set_up_fred(replay: Replay) -> None:
    for name in ("IPG3344S", "CAPG3344S"):
        replay.on(rf"/fred/series\?series_id={name}", f"fred_series_{name}.json")
        replay.on(rf"/fred/series/observations\?series_id={name}", f"fred_observations_{name}.json")


def set_up_edgar(replay: Replay) -> None:
    replay.on(r"/submissions/CIK0001045810\.json", "edgar_submissions.json")
    replay.on(r"/Archives/edgar/data/1045810/000104581027000021/index\.json", "edgar_index.json")
    replay.on(r"nvda-20270131_htm\.xml", "edgar_instance.xml")


SET_UP = {"census": set_up_census, "comtrade": set_up_comtrade, "fred": set_up_fred, "edgar": set_up_edgar}
MONTHS = {
    "census": ("2023-01", "2024-12"),
    "comtrade": ("2023-01", "2024-12"),
    "fred": ("2026-01", "2026-10"),
    "edgar": ("2027-01", "2027-12"),
}
KEYED = ("census", "comtrade", "fred")


@dataclass
class Run:
    """What a run of the command did."""

    code: int
    stdout: str
    stderr: str


class Refresh:
    """The command `refresh`, against the provider on loopback, with its output and pages in a temporary folder."""

    def __init__(self, replay: Replay, folder: Path, capsys: pytest.CaptureFixture):
        self.replay, self.folder, self.out, self.capsys = replay, folder, folder / "rows", capsys

    def __call__(self, provider: str, *more: str) -> Run:
        first, last = MONTHS[provider]
        span = [] if "--from" in more else ["--from", first, "--to", last]
        firm = ["--firm", "NVIDIA"] if provider == "edgar" and "--firm" not in more else []
        code = main(
            [
                "refresh",
                provider,
                "--base-url",
                self.replay.url,
                "--out",
                str(self.out),
                "--pages",
                str(self.folder / "pages"),
                *span,
                *firm,
                *more,
            ]
        )
        return Run(code, *self.capsys.readouterr())

    def everything_written(self) -> str:
        """Names and contents of all files below the temporary folder."""
        files = [file for file in sorted(self.folder.rglob("*")) if file.is_file()]
        return "\n".join(f"{file}\n{file.read_bytes().decode('utf-8', 'replace')}" for file in files)

    def leftovers(self) -> list[str]:
        """Files and folders beside the pages: an overlay, or a draft of one."""
        return sorted(entry.name for entry in self.folder.iterdir() if entry.name != "pages")


@pytest.fixture
def refresh(checked_refresh: Refresh, monkeypatch: pytest.MonkeyPatch) -> Refresh:
    """The command without its last step, the check of all tables together, which takes a second; `checked_refresh` has it."""
    monkeypatch.setattr(overlays, "check", lambda *_unused: [])
    return checked_refresh


@pytest.fixture
def checked_refresh(replay: Replay, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Refresh:
    for name in ("CENSUS_API_KEY", "COMTRADE_API_KEY", "FRED_API_KEY"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.setenv("CHIP_CONTACT", CONTACT)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    # Answers of this machine may be late when it has much else to do; a test of time-outs asks for less patience itself.
    monkeypatch.setattr(session, "MANNERS", Manners(attempts=3, read_s=10, whole_s=60, backoff_s=0.01, pause_s=0.0))
    return Refresh(replay, tmp_path, capsys)


@pytest.fixture
def impatient(checked_refresh: Refresh, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """impatient(read_s=…): the command gives up sooner; any of its manners may be given."""
    return lambda **changed: monkeypatch.setattr(session, "MANNERS", replace(session.MANNERS, **changed))
