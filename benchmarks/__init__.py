"""Benchmarks: each module times one thing beside a baseline run in the same session and prints a table."""
