"""Compute what the explorer's page holds, and check its script against the model (a step of the build graph)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from analysis import paths
from analysis.data import load_table
from analysis.explorer.agreement import DRAWS, POINTS, TOLERANCE, Runs, largest_disagreement
from analysis.explorer.settings import VERSIONS, page_settings
from analysis.model.assessment import assess, load_tables
from analysis.model.calibrated import Steps
from analysis.model.from_estimate import load_estimate
from analysis.model.outcome import Outcome
from analysis.model.run import DEFAULT_DRAWS, DEFAULT_SEED, Model, load_model
from analysis.model.studies import load_studies
from analysis.model.summary import OUTPUTS, interval

SPARE_DIGITS = 3   # kept beyond those printed


def write_explorer_results(
    out_dir: Path | str,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    data_dir: Path | str | None = None,
    points: int = POINTS,
    progress: Callable[[str], None] = lambda line: None,
    calibrated: Steps | None = None,
) -> Path:
    """Write `settings.json` (what the page holds) and `agreement.json` (how far its script is from the model) into `out_dir`.

    calibrated: the draws of the calibrated version; None means those of the model's results.
    Raises DisagreementError where the script and the model differ by more than rounding; nothing is written then.
    """
    out = Path(out_dir)
    model = load_model(data_dir, load_table("policy_events", data_dir), load_estimate())
    calibrated = calibrated or calibrated_steps(model, data_dir, draws, seed)
    runs = Runs(model, seed, calibrated)
    settings = page_settings(model, draws, seed, calibrated)
    for preset in settings["presets"]:
        preset["results"] = {version: preset_results(runs.run(preset["name"], {}, draws, version)) for version in VERSIONS}
    progress(f"{len(settings['presets'])} scenarios of {draws} draws, both versions")
    worst = largest_disagreement(runs, settings, points)
    agreement = {**asdict(worst), "tolerance": TOLERANCE, "points": points, "draws_a_point": DRAWS,
                 "quantities": len(settings["outputs"]) + max(preset["months"] for preset in settings["presets"]) // 12}
    progress(f"script and model differ by at most {worst.relative:.1g} at {points} random settings")
    out.mkdir(parents=True, exist_ok=True)
    for name, content in (("settings", settings), ("agreement", agreement)):
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return out


def calibrated_steps(model: Model, data_dir: Path | str | None, draws: int, seed: int) -> Steps:
    """The calibrated draws of the model's results with these draws and seed, on the grids of the priors.

    Calibrated anew, which takes seconds and gives the same draws: to wait for the kept ones would be to wait for all of the model's
    results, and the two steps run side by side.
    """
    found = assess(model, load_tables(data_dir), load_studies(data_dir), draws, seed)
    return model.parameters.steps_of(found.calibrations["informed"].draws)


def load_explorer_results(out_dir: Path | str | None = None) -> tuple[dict, dict]:
    """(settings, agreement). Raises FileNotFoundError naming the command that makes them."""
    out = Path(out_dir) if out_dir else paths.ARTIFACTS / "explorer"
    if not (out / "agreement.json").is_file():
        raise FileNotFoundError(f"{out} holds no results of the explorer; make them with: python -m analysis explorer-results")
    settings, agreement = (json.loads((out / f"{name}.json").read_text(encoding="utf-8")) for name in ("settings", "agreement"))
    return settings, agreement


def preset_results(outcome: Outcome) -> Mapping[str, object]:
    """Median and interval of each output, and of lost sales by year, US$ bn."""
    return {
        "outputs": {name: _summary(outcome.headline[name], output.digits) for name, output in OUTPUTS.items()},
        "years": [_summary(values, 1) for values in outcome.losses_by_year.sum(axis=0)],
    }


def _summary(values, digits: int) -> list[float]:
    return [round(value, digits + SPARE_DIGITS) for value in interval(values)]
