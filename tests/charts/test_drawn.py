"""Drawings kept from build to build: drawn once, drawn anew when what they are made from changes, gone when no run uses them."""

from __future__ import annotations

import pytest

from analysis import paths
from analysis.charts import drawn, svg


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The folder of a run, in a build that has kept nothing yet."""
    monkeypatch.setattr(drawn, "FOLDER", tmp_path / "drawings")
    monkeypatch.setenv(paths.RUN_DIR_VARIABLE, str(tmp_path / "run"))
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def test_a_drawing_is_made_once_and_again_when_its_specification_changes(run):
    made = []

    def draw(text: str) -> bytes:
        made.append(text)
        return text.upper().encode()

    assert [drawn.kept(text, lambda text=text: draw(text)) for text in ("a", "a", "b", "a")] == [b"A", b"A", b"B", b"A"]
    assert made == ["a", "b"]


def test_other_packages_draw_anew(run, monkeypatch):
    assert drawn.kept("a", lambda: b"with the packages of today") == b"with the packages of today"
    monkeypatch.setattr(drawn, "_library", lambda: "another lock")
    assert drawn.kept("a", lambda: b"with others") == b"with others"


def test_outside_a_build_everything_is_drawn_and_nothing_is_kept(run, monkeypatch):
    monkeypatch.delenv(paths.RUN_DIR_VARIABLE)
    assert [drawn.kept("a", lambda value=value: value) for value in (b"1", b"2")] == [b"1", b"2"]
    assert not drawn.FOLDER.exists()


def test_what_no_run_used_is_removed(run):
    drawn.kept("used", lambda: b"used")
    (drawn.FOLDER / "of-an-older-run").write_bytes(b"unused")
    drawn.forget_unused([run])
    assert [file.read_bytes() for file in drawn.FOLDER.iterdir()] == [b"used"]
    drawn.forget_unused([])
    assert not list(drawn.FOLDER.iterdir())


def test_a_kept_drawing_is_the_same_picture(run):
    spec = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "data": {"values": [{"x": 1, "y": 2}]},
            "mark": "bar", "encoding": {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}}}
    first, second = (svg.etree.tostring(svg.draw(spec)) for _ in range(2))
    assert first == second and b"<path" in first
    assert len(list(drawn.FOLDER.iterdir())) == 1
