"""Scenario discovery against the library that the field uses."""

import numpy as np
import pytest

from analysis.model.discovery import discover

# What ema-workbench 2.5.3 gives for the same draws and cases, the first box of its peeling trajectory with a density of 0.8:
# Prim(x, y, threshold=0.5, peel_alpha=0.05, mass_min=0.05).find_box(). The library itself is not installed here: it brings
# scikit-learn, seaborn, SALib, Platypus and what they need (some 300 MB) for these sixty lines.
LIBRARY = {"density": 0.8141732283464567, "coverage": 0.8792517006802721, "a_from": 0.5637183868845697, "b_to": 0.4835024848910624}


def test_the_box_found_is_that_of_the_library():
    rng = np.random.default_rng(20260501)
    values, noise = rng.random((3000, 4)), rng.random(3000)
    draws = {name: values[:, i] for i, name in enumerate("abcd")}
    cases = ((draws["a"] > 0.6) & (draws["b"] < 0.45) & (noise < 0.93)) | (noise > 0.97)
    box = discover(draws, cases, list("abcd"), density=0.8)
    assert set(box.limits) == {"a", "b"} and box.limits["a"][1] == np.inf and box.limits["b"][0] == -np.inf
    assert box.density(draws, cases) == pytest.approx(LIBRARY["density"], abs=1e-12)
    assert box.coverage(draws, cases) == pytest.approx(LIBRARY["coverage"], abs=1e-12)
    # The library puts a limit midway between two draws, this module at the quantile.
    assert box.limits["a"][0] == pytest.approx(LIBRARY["a_from"], abs=5e-4)
    assert box.limits["b"][1] == pytest.approx(LIBRARY["b_to"], abs=5e-4)
