"""The tables of `data/`: schemas, loading, checks, overlays and corrections.

    from analysis.data import load_table
    events = load_table("policy_events")

Each is loaded on first use: a chapter that reads a table needs no checks, and a build that has nothing to do needs no pandas.
"""

from __future__ import annotations

import importlib

from analysis.data.problems import DataError, Problem

_ON_FIRST_USE = {"check": "checking", "resolve": "overlay"}

__all__ = ["DataError", "Problem", "check", "load_table", "resolve"]


def __getattr__(name: str):
    if name == "load_table":
        from analysis.data.loading import load_table  # a plain import, which the scan of a chapter's dependencies follows

        return load_table
    if name in _ON_FIRST_USE:
        return getattr(importlib.import_module(f"{__name__}.{_ON_FIRST_USE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
