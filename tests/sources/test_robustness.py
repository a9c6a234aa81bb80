"""Damaged answers of every kind end in one of the three known faults; a killed refresh leaves nothing and goes on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import paths
from analysis.sources import census, comtrade, edgar, fred, xbrl
from analysis.sources.errors import Incomplete, KeyRefused, SchemaChanged
from analysis.sources.overlays import write_overlay
from analysis.sources.pages import Pages

from .conftest import KEY, SET_UP, Replay, Reply, fixture

PARSERS = {
    "census": (census.parse, "census_exports_hs_2024.json"),
    "comtrade": (comtrade.parse, "comtrade_china_imports.json"),
    "fred description": (fred.parse_description, "fred_series_IPG3344S.json"),
    "fred observations": (fred.parse_observations, "fred_observations_IPG3344S.json"),
    "edgar list": (edgar.parse_list, "edgar_submissions.json"),
    "edgar folder": (edgar.parse_folder, "edgar_index.json"),
    "edgar instance": (xbrl.read_instance, "edgar_instance.xml"),
}
KNOWN = (Incomplete, SchemaChanged, KeyRefused)
ODD = st.sampled_from([None, True, -1, 1e400, "", "NaN", "../../etc/passwd", "=1+1", [], {}, [[]], {"a": 1}, "9" * 5000])


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_bytes_that_are_cut_swapped_or_added_end_in_a_known_fault(name: str, data: st.DataObject) -> None:
    parse, file = PARSERS[name]
    body = fixture(file)
    first, second = sorted(data.draw(st.tuples(st.integers(0, len(body)), st.integers(0, len(body)))))
    damaged = data.draw(
        st.sampled_from(
            [
                body[:first],
                body[first:],
                body[:first] + body[second:],
                body[:first] + data.draw(st.binary(max_size=20)) + body[first:],
            ]
        )
    )
    with contextlib.suppress(KNOWN):
        parse(damaged)


@pytest.mark.parametrize("name", [name for name, (_, file) in PARSERS.items() if file.endswith(".json")])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_values_of_other_types_end_in_a_known_fault(name: str, data: st.DataObject) -> None:
    """One value anywhere in the document is replaced by something odd, or taken away."""
    parse, file = PARSERS[name]
    document = json.loads(fixture(file))
    node, path = document, []
    while isinstance(node, dict | list) and node and (not path or data.draw(st.booleans())):
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else list(range(len(node)))))
        path.append((node, key))
        node = node[key]
    parent, key = path[-1]
    if data.draw(st.booleans()):
        parent[key] = data.draw(ODD)
    else:
        del parent[key]
    with contextlib.suppress(KNOWN):
        parse(json.dumps(document).encode())


@pytest.mark.slow
def test_a_killed_refresh_leaves_no_overlay_and_the_next_run_goes_on(replay: Replay, tmp_path: Path) -> None:
    SET_UP["census"](replay)
    second_page = json.dumps([["E_COMMODITY", "CTY_CODE", "ALL_VAL_MO", "time"]]).encode()
    replay.on(r"2024-01", Reply(second_page, delay_s=60))
    command = [
        sys.executable,
        "-m",
        "analysis",
        "refresh",
        "census",
        "--base-url",
        replay.url,
        "--out",
        str(tmp_path / "rows"),
        "--pages",
        str(tmp_path / "pages"),
        "--from",
        "2023-01",
        "--to",
        "2024-06",
    ]
    environment = {**os.environ, "CENSUS_API_KEY": KEY, "NO_PROXY": "127.0.0.1"}
    running = subprocess.Popen(command, cwd=paths.ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 30
    while len(replay.asked) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert running.stderr is not None
    running.stderr.close()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["pages"]
    replay.asked.clear()
    replay.on(r"2024-01", "census_exports_hs_2024.json")
    finished = subprocess.run(command, cwd=paths.ROOT, env=environment, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    assert len(replay.asked) == 1 and "1 of 2: US exports, 2023-01 to 2023-12 (kept from an earlier run)" in finished.stderr
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["rows"]


@pytest.mark.parametrize("out_is_there", [True, False])
def test_what_a_kill_while_writing_left_is_cleared_up(out_is_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while preparing, or between the two renames: the former folder comes back, the draft goes."""
    monkeypatch.setattr("analysis.sources.overlays.check", lambda *_unused: [])
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / f".rows.new-{gone.pid}").mkdir()
    former = tmp_path / (f".rows.former-{gone.pid}" if not out_is_there else "rows")
    former.mkdir()
    (former / "README.txt").write_text("kept")
    write_overlay({"sources": [{"source_id": "a-source"}]}, tmp_path / "rows")
    assert [entry.name for entry in tmp_path.iterdir()] == ["rows"]
    assert (tmp_path / "rows" / "README.txt").read_text() == "kept" and (tmp_path / "rows" / "sources.csv").exists()


def test_a_full_disk_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"sources": [{"source_id": "a-source"}]}
    monkeypatch.setattr("analysis.sources.overlays.check", lambda *_unused: [])
    write_overlay(rows, tmp_path / "rows")
    before = (tmp_path / "rows" / "sources.csv").read_bytes()

    def full(*_unused: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analysis.sources.overlays._merge", full)
    with pytest.raises(OSError, match="No space left"):
        write_overlay(rows, tmp_path / "rows")
    assert [entry.name for entry in tmp_path.iterdir()] == ["rows"] and (tmp_path / "rows" / "sources.csv").read_bytes() == before


def test_an_old_page_is_asked_for_again(tmp_path: Path) -> None:
    pages = Pages(tmp_path)
    pages.keep("https://example.org/a", b"body")
    assert pages.load("https://example.org/a") == b"body" and pages.load("https://example.org/b") is None and pages.count() == 1
    for file in tmp_path.iterdir():
        os.utime(file, (time.time() - 25 * 3600,) * 2)
    assert pages.load("https://example.org/a") is None
