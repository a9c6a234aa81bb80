"""Ask the warm server to run one command of this project; run it here when there is no server.

Imports next to nothing, because Snakemake starts it once a step: `python -S client.py run-chapter sales`.
"""

import os
import socket
import sys

LONGEST_ADDRESS = 100   # bytes; the kernel takes 107 (elsewhere 103)


def address(path: str) -> str:
    """`path` as the address of a Unix socket: where it is too long for one, by way of its folder's descriptor (Linux)."""
    if len(os.fsencode(path)) <= LONGEST_ADDRESS:
        return path
    return f"/proc/self/fd/{os.open(os.path.dirname(path), os.O_RDONLY)}/{os.path.basename(path)}"


def main() -> int:
    path = os.environ.get("CHIP_WARM_SOCKET", "")
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(address(path))
    except OSError:
        # The project that this file belongs to, whichever one the environment has installed and wherever the step is started.
        root = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        os.execv(sys.executable, [sys.executable, "-m", "analysis", *sys.argv[1:]])
    import json

    request = json.dumps({"argv": sys.argv[1:], "cwd": os.getcwd(), "env": dict(os.environ)})
    socket.send_fds(connection, [request.encode()], [1, 2])
    answer = connection.recv(16)
    if not answer:
        print("the process of this step was killed, or crashed; run the build again", file=sys.stderr)
        return 1
    return int(answer)


if __name__ == "__main__":
    sys.exit(main())
