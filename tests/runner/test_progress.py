"""What a person at the terminal sees while the graph runs."""

from __future__ import annotations

import pytest

from analysis.runner import progress

REPORT = """total       3
Job 1: computation estimate
… checks of the estimate: simulated data set 1 of 50
… checks of the estimate: simulated data set 2 of 50
Finished jobid: 1 (Rule: step)
Job 2: chapter sales
Finished jobid: 2 (Rule: chapter)
"""


@pytest.fixture
def clock(monkeypatch):
    """Seconds on the clock, to be set by the test."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def lines_of(capsys) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_finished_steps_are_counted_and_timed(clock, capsys):
    progress.Progress().feed(REPORT.encode())
    assert lines_of(capsys)[-2:] == ["[  1/2]    0.0 s  computation estimate", "[  2/2]    0.0 s  chapter sales"]


def test_a_long_computation_says_how_far_it_is_but_not_at_every_step(clock, capsys):
    shown = progress.Progress()
    for line in REPORT.splitlines(keepends=True):
        clock[0] += 10
        shown.feed(line.encode())
    told = [line for line in lines_of(capsys) if "simulated" in line]
    assert told == ["[ … /2]   30.0 s  checks of the estimate: simulated data set 1 of 50"]


def test_a_character_split_between_two_reads_is_read_whole(clock, capsys):
    shown, data = progress.Progress(), "total 2\n… half".encode()
    clock[0] = 20
    for at in range(len(data)):
        shown.feed(data[at : at + 1])
    shown.feed(b"\n")
    assert lines_of(capsys) == ["[ … /1]   20.0 s  half"]


def test_a_failure_is_told_without_the_lines_of_progress(clock, capsys):
    shown = progress.Progress()
    shown.feed("Execute 1 jobs...\n… simulated data set 1\nthe table company_filings is empty\n".encode())
    shown.explain_failure()
    assert capsys.readouterr().err == "the table company_filings is empty\nSnakemake's whole report is in _build/build.log.\n"
