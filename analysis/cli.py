"""The command line: `python -m analysis <command>`; each part of the package brings its own commands."""

from __future__ import annotations

import argparse
import contextlib
import errno
import importlib
import importlib.util
import os
import sys

from analysis.leftovers import LeftoverError

STORAGE_PROBLEMS = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT)
CLOSED_PIPE = 128 + 13   # as the shell tells the signal SIGPIPE
PARTS = ("runner", "publish", "data", "sources", "sales", "policy", "model", "explorer")


def parser() -> argparse.ArgumentParser:
    """The parser with the commands of every part; parts import what is heavy only when their command runs."""
    top = argparse.ArgumentParser(
        prog="python -m analysis", description="The Chip Stalemate: check, run, rerun and compare.",
        epilog="'python -m analysis <command> --help' shows a command's options and examples. Commands called by the build are not "
               "meant to be called by hand.")
    subparsers = top.add_subparsers(dest="command", metavar="<command>", required=True)
    for part in PARTS:
        name = f"analysis.{part}.commands"
        if importlib.util.find_spec(f"analysis.{part}") and importlib.util.find_spec(name):
            importlib.import_module(name).add_commands(subparsers)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command; return its exit code. A full or read-only disk is reported in a sentence, not as a traceback; a reader of
    the output that has seen enough, such as `head`, ends the command in silence."""
    arguments = parser().parse_args(argv)
    arguments.main = main   # a command that runs others gets the command line from it: no part of the package imports this module
    _have_a_home()
    try:
        code = arguments.run(arguments) or 0
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())   # or the interpreter would complain at its end
        return CLOSED_PIPE
    except LeftoverError as error:
        print(f"{arguments.command}: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in STORAGE_PROBLEMS:
            raise
        print(f"{arguments.command}: {error.filename or 'the output'}: {error.strerror}. Make room or choose a folder that can "
              "be written to, then run again; the published site is unchanged.", file=sys.stderr)
        return 1


def _have_a_home() -> None:
    """Where the home folder is missing or closed, the caches and settings that packages keep in it go into the build folder."""
    from analysis import paths

    if not os.access(os.environ.get("HOME", ""), os.W_OK | os.X_OK):
        home = paths.BUILD / "cache" / "home"
        with contextlib.suppress(OSError):
            home.mkdir(parents=True, exist_ok=True)
        os.environ["HOME"] = str(home)


if __name__ == "__main__":
    sys.exit(main())
