"""A port that is taken is named, and the next free one is used."""

from __future__ import annotations

import socket

import pytest

from analysis.publish.serve import server_near


@pytest.fixture
def taken():
    """A port on which another program listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_the_next_free_port_is_used_where_one_is_taken(taken, tmp_path):
    with server_near(tmp_path, taken) as running:
        assert taken < running.server_address[1] < taken + 20


def test_where_no_port_is_free_the_error_says_which_were_tried(taken, tmp_path):
    with pytest.raises(OSError, match=f"no free port from {taken} to {taken}"):
        server_near(tmp_path, taken, tries=1)


@pytest.mark.parametrize("port", [70_000, 65_536])
def test_a_number_that_is_no_port_is_refused_in_words(port, tmp_path):
    with pytest.raises(OSError, match="no free port"):
        server_near(tmp_path, port)
