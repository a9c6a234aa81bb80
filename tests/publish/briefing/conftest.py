"""The made-up briefing, loaded with changes, and written once into all three documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from analysis.charts import figure_files
from tests.publish.briefing.made_up import FIGURES, GIVEN, PLANTED, WRITERS, draw, loaded
from tests.publish.conftest import REGISTRY


@pytest.fixture(scope="session")
def figures(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    for id, data in FIGURES.items():
        figure_files(draw(id, data), folder)
    return folder


@pytest.fixture
def make(numbers, figures, tmp_path):
    """Load a briefing from GIVEN with changes."""
    return lambda **changes: loaded(numbers, figures, tmp_path / "briefing.yml", **changes)


@pytest.fixture(scope="session")
def written(tmp_path_factory, figures) -> Path:
    """The three documents, with formula, markup and a control character planted in texts."""
    folder = tmp_path_factory.mktemp("briefing")
    registry = {n.id: n for n in REGISTRY}
    registry["cost.weight"] = replace(registry["cost.weight"], label=PLANTED)
    briefing = loaded(registry, figures, folder / "briefing.yml", caveats=[*GIVEN["caveats"], PLANTED[:-1]])
    for write, ending in WRITERS:
        write(briefing, folder / f"briefing.{ending}")
    return folder


@pytest.fixture(scope="module")
def pdf(written):
    with pikepdf.open(written / "briefing.pdf") as opened:
        yield opened
