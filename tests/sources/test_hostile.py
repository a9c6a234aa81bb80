"""An interface that is broken or hostile is bounded in time, memory, pages and disk; a network that stands between is named."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis.sources import session
from analysis.sources.answers import read_json
from analysis.sources.errors import Incomplete, SchemaChanged, SourceError
from analysis.sources.pages import Pages
from analysis.sources.xbrl import read_instance

from .conftest import SET_UP, Refresh, Replay, fixture

Speak = Callable[[socket.socket], None]


@pytest.fixture
def raw() -> Iterator[Callable[[Speak], str]]:
    """raw(speak): a server on loopback that reads a request and hands the connection to `speak`; gives its address."""
    servers = []

    def serve(speak: Speak) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def answer(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError):
                connection.recv(65536)
                speak(connection)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}"

    yield serve
    for server in servers:
        server.close()


def for_ever(first: bytes, then: bytes, pause_s: float = 0.02) -> Speak:
    def speak(connection: socket.socket) -> None:
        connection.sendall(first)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            connection.sendall(then)
            time.sleep(pause_s)
    return speak


STALLING = {
    "headers that trickle": for_ever(b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
    "a first line that trickles": for_ever(b"HTTP/1.1 200 ", b"O"),
    "interim answers without end": for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "trailers without end": for_ever(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n", b"X-More: 1\r\n"),
    "chunks without end": for_ever(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "refusals that may pass, each after a wait": for_ever(
        b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", b""),
}


@pytest.mark.parametrize("fault", STALLING)
def test_every_way_of_stalling_meets_one_deadline(fault: str, raw, refresh: Refresh, impatient, survived) -> None:
    impatient(attempts=50, read_s=0.25, whole_s=0.6)
    started = time.monotonic()
    run = refresh("census", "--base-url", raw(STALLING[fault]))
    assert time.monotonic() - started < 20
    assert run.code == 1 and "gave no whole answer within 0.6 seconds" in run.stderr and refresh.leftovers() == []
    survived("An official interface", f"stalls: {fault}",
             "given up after one deadline for the whole request; no overlay is written",
             "The US Census trade interface gave no whole answer within 0.6 seconds")


@pytest.mark.parametrize("status", [102, 103, 199])
def test_an_interim_answer_is_never_taken_for_the_answer_nor_the_next_for_another(status: int, raw, refresh: Refresh) -> None:
    interim = f"HTTP/1.1 {status} Wait\r\n\r\n".encode()
    late = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
    run = refresh("census", "--base-url", raw(lambda connection: connection.sendall(interim + late)))
    assert run.code == 1 and f"only an interim answer came (HTTP {status})" in run.stderr and refresh.leftovers() == []


def test_the_alarm_is_off_again_after_a_request(refresh: Refresh, replay: Replay, impatient) -> None:
    impatient(whole_s=1.5)
    SET_UP["census"](replay)
    assert refresh("census").code == 0
    time.sleep(1.7)   # an alarm that was left on would end this test


MANY = {
    "objects": b"[" + b",".join([b"{}"] * 3_000_000) + b"]",
    "arrays": b"[" + b",".join([b"[]"] * 3_000_000) + b"]",
    "fields": b"{" + b",".join(b'"%d":0' % i for i in range(1_500_000)) + b"}",
    "numbers": b"[" + b",".join([b"1e5"] * 3_000_000) + b"]",
}


@pytest.mark.parametrize("kind", MANY)
def test_an_answer_of_many_small_things_is_refused_before_it_is_taken_apart(kind: str) -> None:
    tracemalloc.start()
    with pytest.raises(SchemaChanged, match="holds more than 1,000,000 values"):
        read_json(MANY[kind])
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_refresh_says_that_an_answer_holds_too_much(refresh: Refresh, replay: Replay, survived) -> None:
    replay.on(".*", MANY["objects"])
    run = refresh("census")
    assert run.code == 1 and "answered in another form than documented: it holds more than 1,000,000 values" in run.stderr
    assert refresh.leftovers() == []
    survived("An official interface", "sends millions of small objects",
             "refused before they are taken apart, which would take gigabytes of memory", "it holds more than 1,000,000 values")


@pytest.mark.parametrize("inside", [b"<a/>", b"<a x=''/>", b"<a><b>1</b></a>"])
def test_an_annual_report_of_millions_of_tags_is_refused(inside: bytes) -> None:
    with pytest.raises(SchemaChanged, match="more than 1,000,000 tags"):
        read_instance(b"<xbrl>" + inside * 1_200_000 + b"</xbrl>")
    with pytest.raises((SchemaChanged, Incomplete)):
        read_instance(b"\x4c" + b"\x81" * 1000)   # EBCDIC, whose tags a count of < does not see


def test_a_page_that_is_too_large_is_refused(refresh: Refresh, replay: Replay, monkeypatch) -> None:
    monkeypatch.setattr(session, "MAX_BODY_BYTES", 1_000_000)
    replay.on(".*", b" " * 2_000_000)
    run = refresh("census")
    assert run.code == 1 and "sent more than 1 MB for one page" in run.stderr and refresh.leftovers() == []


def test_a_list_that_goes_on_without_end_is_refused(refresh: Refresh, replay: Replay, survived) -> None:
    document = json.loads(fixture("edgar_submissions.json"))
    document["filings"]["files"] = [{"name": f"CIK0001045810-submissions-{i % 1000:03d}.json", "filingTo": "2027-01-01"}
                                    for i in range(5000)]
    replay.on("/submissions/", json.dumps(document).encode())
    run = refresh("edgar")
    assert run.code == 1 and "goes on in 5,000 further files, expected at most 100" in run.stderr and len(replay.asked) == 1
    survived("An official interface", "gives a list that goes on without end", "refused with the number",
             "the list goes on in 5,000 further files, expected at most 100")


def test_the_pages_of_a_run_are_bounded(refresh: Refresh, replay: Replay, monkeypatch) -> None:
    monkeypatch.setattr(session, "MOST_PAGES", 1)
    SET_UP["census"](replay)
    run = refresh("census")
    assert run.code == 1 and "leads to more than 1 pages" in run.stderr and len(replay.asked) == 1 and refresh.leftovers() == []


def test_the_store_on_disk_is_bounded_and_old_pages_leave_it(tmp_path: Path) -> None:
    import os

    pages = Pages(tmp_path / "pages", max_bytes=1000)
    pages.keep("a", b"x" * 600)
    with pytest.raises(SourceError, match=f"kept in {tmp_path}/pages would take more than 0 MB"):
        pages.keep("b", b"x" * 600)
    assert pages.count() == 1
    for file in (tmp_path / "pages").iterdir():
        os.utime(file, (time.time() - 25 * 3600,) * 2)
    Pages(tmp_path / "pages", max_bytes=1000).keep("b", b"x" * 600)
    assert pages.count() == 1, "the page of yesterday would not be read again and went"


def test_a_proxy_that_wants_a_password_is_named(raw, refresh: Refresh, monkeypatch, survived) -> None:
    """By its answer to a request, and by its answer to the wish for a tunnel, which https goes through; asked once each."""
    asked = []

    def refuse(connection: socket.socket) -> None:
        asked.append(1)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")

    proxy = raw(refuse).replace("http://", "http://someone:pa55word@")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for variable, address in (("HTTP_PROXY", "http://127.0.0.1:9"), ("HTTPS_PROXY", "https://example.org")):
        for name in (variable, variable.lower()):
            monkeypatch.setenv(name, proxy)
        run = refresh("census", "--base-url", address)
        assert run.code == 1 and "wants a name and a password (HTTP 407)" in run.stderr and "Set HTTPS_PROXY" in run.stderr
        assert "pa55word" not in run.stderr + run.stdout
    assert len(asked) == 2
    survived("A network", "a proxy that wants a password", "said with the variable to set; it is not asked again",
             "The proxy between this machine and the network wants a name and a password (HTTP 407).")


@pytest.fixture
def tls(raw) -> Callable[..., str]:
    """tls(names): a server with a certificate for those names by an authority that nobody knows; gives its address, and leaves the
    authority's file at `tls.authority`."""
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()

    def serve(*names: str) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names).configure_cert(context)
        server = socket.create_server(("127.0.0.1", 0))

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
                        secure.recv(65536)
                        secure.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

        threading.Thread(target=accept, daemon=True).start()
        return f"https://127.0.0.1:{server.getsockname()[1]}"

    serve.authority = authority   # type: ignore[attr-defined]
    return serve


def test_a_network_that_opens_tls_with_its_own_certificate_is_named(tls, refresh: Refresh, tmp_path, monkeypatch, survived) -> None:
    address = tls("127.0.0.1")
    run = refresh("census", "--base-url", address)
    assert run.code == 1 and "shows a certificate that this machine does not know" in run.stderr
    assert "set REQUESTS_CA_BUNDLE to its path" in run.stderr and "asking again" not in run.stderr
    survived("A network", "opens TLS with its own certificate",
             "said with the variable that names its certificate; never passed over",
             "The connection to 127.0.0.1 shows a certificate that this machine does not know")
    tls.authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    run = refresh("census", "--base-url", address)
    assert "has no rows for 2023-01 to 2024-12" in run.stderr, "with its certificate the interface is reached"


def test_a_certificate_for_another_name_is_named(tls, refresh: Refresh, tmp_path, monkeypatch) -> None:
    address = tls("example.org")
    tls.authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    run = refresh("census", "--base-url", address)
    assert run.code == 1 and "The certificate of 127.0.0.1 is not accepted (IP address mismatch" in run.stderr


def test_what_answers_without_tls_where_tls_is_expected_is_named(raw, refresh: Refresh) -> None:
    address = raw(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")).replace("http://", "https://")
    run = refresh("census", "--base-url", address)
    assert run.code == 1 and "does not speak TLS" in run.stderr and "asking again" not in run.stderr


def test_a_missing_file_of_certificates_is_named(refresh: Refresh, monkeypatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/file.pem")
    run = refresh("census", "--base-url", "https://127.0.0.1:9")
    assert run.code == 1 and "The file of certificates that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names is not there" in run.stderr


def test_an_address_of_a_proxy_that_cannot_be_used_is_named(refresh: Refresh, monkeypatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://someone:pa55/word@proxy")
    run = refresh("census", "--base-url", "https://example.org")
    assert run.code == 1 and "The address of the proxy cannot be used" in run.stderr and "pa55" not in run.stderr


