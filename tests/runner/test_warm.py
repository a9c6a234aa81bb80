"""Steps run on forks of a warm process: contained, killed with their caller, and also without a server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time

import pytest

from analysis import paths
from analysis.runner.warm import SOCKET_VARIABLE
from analysis.runner.warm.client import address

CLIENT = [sys.executable, "-I", "-S", str(paths.ROOT / "analysis" / "runner" / "warm" / "client.py")]

# The server must fork from a process with one thread, so it lives in a process of its own here; it ends with its standard input.
SERVER = """
import os, signal, sys, time
from pathlib import Path
from analysis.runner.warm import serve

def main(argv):
    if argv[0] == "exit": return int(argv[1])
    if argv[0] == "raise": raise ValueError("planted")
    if argv[0] == "crash": os.kill(os.getpid(), signal.SIGSEGV)
    if argv[0] == "say": print(argv[1]); print("to err", file=sys.stderr); return 0
    if argv[0] == "sleep": Path(argv[1]).write_text(str(os.getpid())); time.sleep(60); return 0
    if argv[0] == "pid": print(os.getpid(), os.getcwd(), os.environ.get("MARK")); return 0

def start():
    print("ready", flush=True)
    return sys.stdin.buffer

serve(Path(sys.argv[1]), main, ("json",), start, lambda said: print(said.decode(), flush=True))
"""


def started(path) -> subprocess.Popen:
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(path)], cwd=paths.ROOT, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    return process


@pytest.fixture
def server(tmp_path):
    path = tmp_path / "s"
    process = started(path)
    yield path
    process.kill()
    process.wait()


def call(server, *argv, **options):
    return subprocess.run([*CLIENT, *argv], env={**os.environ, SOCKET_VARIABLE: str(server)}, capture_output=True,
                          text=True, timeout=30, **options)


def test_the_exit_code_travels_back(server):
    assert [call(server, "exit", str(code)).returncode for code in (0, 1, 7)] == [0, 1, 7]


def test_output_streams_travel_back(server):
    result = call(server, "say", "hello")
    assert (result.stdout, result.stderr) == ("hello\n", "to err\n")


def test_an_exception_is_shown_and_fails_the_step_only(server):
    result = call(server, "raise")
    assert result.returncode == 1 and "planted" in result.stderr
    assert call(server, "exit", "0").returncode == 0


def test_a_crash_is_contained(server):
    crashed = call(server, "crash")
    assert crashed.returncode == 1 and "crashed" in crashed.stderr
    assert call(server, "exit", "0").returncode == 0


def test_each_step_has_a_process_of_its_own_with_the_callers_folder_and_environment(server, tmp_path):
    first = call(server, "pid", cwd=tmp_path).stdout.split()
    second = call(server, "pid").stdout.split()
    assert first[0] != second[0] and first[1] == str(tmp_path)


def test_a_killed_caller_takes_its_step_along(server, tmp_path):
    mark = tmp_path / "pid"
    caller = subprocess.Popen([*CLIENT, "sleep", str(mark)], env={**os.environ, SOCKET_VARIABLE: str(server)})
    _wait_until(lambda: mark.exists() and mark.read_text())
    child = int(mark.read_text())
    caller.kill()
    caller.wait()
    _wait_until(lambda: not _running(child))


def test_two_steps_run_side_by_side(server, tmp_path):
    callers = [threading.Thread(target=call, args=(server, "exit", "0")) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(timeout=30)
    assert not any(caller.is_alive() for caller in callers)


def test_without_a_server_the_client_runs_the_command_itself(tmp_path):
    result = subprocess.run([*CLIENT, "--help"], capture_output=True, text=True, cwd=paths.ROOT, timeout=60,
                            env={**os.environ, SOCKET_VARIABLE: str(tmp_path / "none")})
    assert result.returncode == 0 and "python -m analysis" in result.stdout


@pytest.mark.parametrize("folder", ["", "long" * 30], ids=["", "behind a name that is too long for a socket's address"])
def test_a_server_ends_with_who_asks_and_takes_its_steps_along(tmp_path, folder):
    """A socket that a killed server left does not keep it from starting."""
    path, mark = tmp_path / folder / "s", tmp_path / "pid"
    path.parent.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(address(str(path)))
    process = started(path)
    caller = subprocess.Popen([*CLIENT, "sleep", str(mark)], env={**os.environ, SOCKET_VARIABLE: str(path)}, stderr=subprocess.PIPE)
    _wait_until(lambda: mark.exists() and mark.read_text())
    process.stdin.write(b"a last word")
    process.stdin.close()
    assert process.stdout.read() == b"a last word\n" and process.wait() == 0
    assert caller.wait() == 1 and not path.exists()
    _wait_until(lambda: not _running(int(mark.read_text())))


def _running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _wait_until(condition, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
