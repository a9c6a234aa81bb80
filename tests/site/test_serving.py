"""The site is served as hosts serve it: compressed where the reader takes it so, and helpful at wrong addresses."""

from __future__ import annotations

import gzip
import http.client
from urllib.parse import urlsplit

import pytest

from analysis.publish.serve import served


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    (folder / "index.html").write_text("<p>Zahlen – " + "word " * 500, encoding="utf-8")
    (folder / "404.html").write_text("<p>Not here", encoding="utf-8")
    (folder / "sub").mkdir()
    (folder / "sub" / "index.html").write_text("<p>Below", encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG" + bytes(200))
    return folder


def ask(folder, path, method="GET", **headers):
    with served(folder) as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers, body


def test_text_is_compressed_for_who_takes_it_and_plain_for_who_does_not(folder):
    plain = (folder / "index.html").read_bytes()
    status, headers, body = ask(folder, "/", Accept_Encoding="gzip, br")
    assert (status, headers["Content-Encoding"], gzip.decompress(body)) == (200, "gzip", plain) and len(body) < len(plain) / 5
    status, headers, body = ask(folder, "/index.html")
    assert (status, headers["Content-Encoding"], body) == (200, None, plain)


def test_pictures_are_sent_as_they_are(folder):
    _, headers, body = ask(folder, "/picture.png", Accept_Encoding="gzip")
    assert headers["Content-Encoding"] is None and body == (folder / "picture.png").read_bytes()


def test_a_wrong_address_gets_the_page_that_helps(folder):
    assert ask(folder, "/nothing.html")[::2] == (404, b"<p>Not here")
    assert ask(folder, "/../../etc/passwd")[0] == 404


def test_a_folder_named_without_its_slash_is_sent_to_the_one_with_it(folder):
    status, headers, _ = ask(folder, "/sub")
    assert (status, headers["Location"]) == (301, "/sub/")
    assert ask(folder, "/sub/")[::2] == (200, b"<p>Below")


def test_a_question_for_the_head_gets_no_body(folder):
    status, headers, body = ask(folder, "/index.html", method="HEAD")
    assert status == 200 and int(headers["Content-Length"]) > 2000 and body == b""
