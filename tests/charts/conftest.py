"""Example figures, drawn once for all tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import chart_examples

from analysis.charts import Rendered, render


@pytest.fixture(scope="session")
def drawn() -> dict[str, Rendered]:
    """Every form's example figure, rendered."""
    return {form: render(chart_examples.figure(form)) for form in chart_examples.FORMS}
