"""Set up `.venv`: the locked packages of the groups asked for, and the project itself, installed in place.

Run by `make` with any Python as `python3 analysis/runner/environment.py [test] [lab]`, before there is an environment: it uses the
standard library alone, and no syntax that an old Python 3 cannot read, so that it gets a sentence and no traceback.
uv is used where it is present (faster), otherwise pip.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
LOCKS = {"book": "requirements.txt", "test": "requirements-test.txt", "lab": "requirements-lab.txt"}
OLDEST, NEWEST = (3, 11), (3, 13)   # for 3.14 Snakemake's immutables is not ready-made
QUIET_SECONDS = 15


class SetUpError(Exception):
    """What keeps the environment from being set up, as one sentence."""


def refusal(version, system):
    """Why this Python (its version as numbers) on this system (`os.name`) cannot be used; empty when it can."""
    if system == "nt":
        return "Windows is supported through WSL, its Linux (https://aka.ms/wsl): open the project there and run make again"
    if not OLDEST <= tuple(version[:2]) <= NEWEST:
        return ("Python {}.{} is not one the packages are locked for; name one of {}.{} to {}.{}, as in: "
                "make book PYTHON=python3.13").format(version[0], version[1], *(OLDEST + NEWEST))
    return ""


def mark_of(group, venv=VENV):
    """The file that says a group is installed: the project's folder, and the hash of the lock it was installed from."""
    return os.path.join(venv, ".ready" if group == "book" else ".ready-" + group)


def stamp(group, root=ROOT):
    """What the mark of an installed group holds."""
    with open(os.path.join(root, LOCKS[group]), "rb") as lock:
        return root + "\n" + hashlib.sha256(lock.read()).hexdigest() + "\n"


def marked(group, venv=VENV):
    """What the mark of a group holds now; empty when the group is not installed."""
    try:
        with open(mark_of(group, venv), encoding="utf-8") as mark:
            return mark.read()
    except OSError:
        return ""


def set_up(groups):
    """Install what is missing of `groups` (and of groups installed before) and the project. Raises SetUpError."""
    start = time.time()
    wanted = [group for group in LOCKS if group == "book" or group in groups or marked(group)]
    stale = [group for group in wanted if marked(group).split("\n")[1:] != stamp(group).split("\n")[1:]]
    uv = shutil.which("uv")
    if not os.path.exists(PYTHON):
        say("Setting up .venv (once; a minute or two)")
        run([uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, VENV] if uv
            else [sys.executable, "-m", "venv", VENV], "making the environment")
        stale = wanted
    if stale:
        locks = [word for group in wanted for word in ("-r", os.path.join(ROOT, LOCKS[group]))]
        say("Installing the packages of {}".format(", ".join(LOCKS[group] for group in wanted)))
        if uv:
            files = [os.path.join(ROOT, LOCKS[group]) for group in wanted]
            command = [uv, "pip", "sync", "--compile-bytecode", "--require-hashes", "--python", PYTHON, *files]
        else:
            command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", *locks]
        run(command, "installing packages")
    # The project itself needs no network: what builds it is one of the locked packages.
    in_place = ["--no-deps", "--no-build-isolation", "--editable", ROOT]
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    installer = [uv, "pip", "install", "--python", PYTHON] if uv else pip
    run([*installer, "--quiet", *in_place], "installing the project in place")
    for group in wanted:
        with open(mark_of(group), "w", encoding="utf-8") as mark:
            mark.write(stamp(group))
    if stale:
        say(f"The environment is ready after {time.time() - start:.0f} s")


def say(line):
    print(line, flush=True)


def run(command, what):
    """Run a command and say every QUIET_SECONDS that it is at work, and with what. Raises SetUpError with its last words."""
    start, done, lines = time.time(), threading.Event(), []

    def heartbeat():
        while not done.wait(QUIET_SECONDS):
            say(f"  {time.time() - start:4.0f} s  {what}{stage(lines)}")

    threading.Thread(target=heartbeat, daemon=True).start()
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        lines.extend(iter(process.stdout.readline, ""))
        code = process.wait()
    except OSError as error:
        code, lines = 1, [str(error)]
    finally:
        done.set()
    if code:
        raise SetUpError("{} failed:\n{}".format(what, "".join(lines[-15:]).rstrip()))


def stage(lines):
    """How far the installer is, from what it has printed so far."""
    if any(line.startswith("Installing collected packages") for line in lines):
        return ": unpacking"
    found = sum(line.startswith(("Collecting ", "Requirement already")) for line in lines)
    return f": {found} found" if found else ""


def main(groups):
    """Set up, or say in one sentence why not; the exit code."""
    problem = refusal(sys.version_info, os.name)
    if problem:
        print(problem, file=sys.stderr)
        return 1
    try:
        set_up(groups)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
