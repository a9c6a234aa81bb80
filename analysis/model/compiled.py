"""Compile the model's Python for speed, and keep the machine code between runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

import numba

from analysis import paths


def inner(function: Callable) -> Callable:
    """An equation as compiled code that a loop takes in; division by zero is excluded by its callers.

    It has no entry from Python: nothing there calls it, and making one is a fifth of the compiler's work.
    """
    return numba.njit(function, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)


def outer(function: Callable, modules: Iterable[ModuleType]) -> Callable:
    """A loop as compiled code, kept in a folder named by the text of the modules that it is made of.

    Numba looks only at the file of the compiled function to tell whether its cache is stale; the equations live in other
    files, hence the hash.
    """
    sources = sorted({function.__code__.co_filename, *(str(module.__file__) for module in modules)})
    digest = hashlib.sha256(b"".join(Path(source).read_bytes() for source in sources)).hexdigest()
    before = numba.config.CACHE_DIR
    try:
        folder = paths.BUILD / "cache" / f"model-{digest[:16]}"
        folder.mkdir(parents=True, exist_ok=True)
        numba.config.CACHE_DIR = str(folder)
        return numba.njit(function, cache=True, nogil=True, error_model="numpy")
    except (OSError, RuntimeError):  # a folder that cannot be written to: compile anew in each process
        return numba.njit(function, nogil=True, error_model="numpy")
    finally:
        numba.config.CACHE_DIR = before
