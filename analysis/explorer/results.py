"""Compute what the explorer's page holds, and check its script against the model (two steps of the build graph).

The script and the model are two texts of the same equations. Whether they agree at any setting depends on the equations and on the
priors, not on a filing or an event: the random settings are compared in a step of their own, which such a row does not run again.
The page's own draws are then compared at every scenario.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from analysis import paths
from analysis.explorer.agreement import DRAWS, POINTS, TOLERANCE, Runs, largest_disagreement, random_cases, scenario_cases
from analysis.explorer.settings import VERSIONS, page_settings, prior_steps
from analysis.model.calibrated import Steps, load_calibrated
from analysis.model.from_estimate import load_estimate
from analysis.model.outcome import Outcome
from analysis.model.run import DEFAULT_DRAWS, DEFAULT_SEED, load_model
from analysis.model.summary import OUTPUTS, interval

SPARE_DIGITS = 3   # kept beyond those printed


def write_explorer_results(
    out_dir: Path | str,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    data_dir: Path | str | None = None,
    progress: Callable[[str], None] = lambda line: None,
    calibrated: Steps | None = None,
) -> Path:
    """Write `settings.json` (what the page holds) and `agreement.json` (how far its script is from the model at every scenario)
    into `out_dir`.

    calibrated: the draws of the calibrated version; None means those of the model's assessment.
    Raises DisagreementError where the script and the model differ by more than rounding; nothing is written then.
    """
    model = load_model(data_dir, estimate=load_estimate())
    calibrated = calibrated or load_calibrated(model.parameters)
    runs = Runs(model, seed, calibrated)
    settings = page_settings(model, draws, seed, calibrated)
    for preset in settings["presets"]:
        preset["results"] = {version: preset_results(runs.run(preset["name"], {}, draws, version)) for version in VERSIONS}
    progress(f"{len(settings['presets'])} scenarios of {draws} draws, both versions")
    worst = largest_disagreement(runs, settings, scenario_cases(settings))
    progress(f"script and model differ by at most {worst.relative:.1g} at the scenarios")
    quantities = len(settings["outputs"]) + max(preset["months"] for preset in settings["presets"]) // 12
    return _write(Path(out_dir), settings=settings, agreement={**asdict(worst), "tolerance": TOLERANCE, "quantities": quantities})


def write_agreement(
    out_dir: Path | str,
    data_dir: Path | str | None = None,
    points: int = POINTS,
    seed: int = DEFAULT_SEED,
    progress: Callable[[str], None] = lambda line: None,
) -> Path:
    """Write `agreement.json` into `out_dir`: how far script and model are apart at random settings, with draws of the priors as the
    file states them, and further draws of them in the place of the calibrated ones.

    Raises DisagreementError where they differ by more than rounding; nothing is written then.
    """
    model = load_model(data_dir)
    further = prior_steps(model, DRAWS, seed + 1)
    settings = page_settings(model, DRAWS, seed, further)
    worst = largest_disagreement(Runs(model, seed, further), settings, random_cases(settings, points))
    progress(f"script and model differ by at most {worst.relative:.1g} at {points} random settings")
    return _write(Path(out_dir), agreement={**asdict(worst), "points": points, "draws_a_point": DRAWS})


def load_explorer_results(artifacts: Path | None = None) -> tuple[dict, dict]:
    """(settings, agreement): the largest difference of both steps, with what was compared.

    artifacts: the folder that holds the results of both; None means the build's. Raises FileNotFoundError naming the command that
    makes them.
    """
    compared, own = (folder if artifacts is None else artifacts / folder.name
                     for folder in (paths.ARTIFACTS / "explorer_agreement", paths.ARTIFACTS / "explorer"))
    for folder, command in ((compared, "explorer-agreement"), (own, "explorer-results")):
        if not (folder / "agreement.json").is_file():   # written last
            raise FileNotFoundError(f"{folder} holds no results of the explorer; make them with: python -m analysis {command}")
    parts = [json.loads((folder / "agreement.json").read_text(encoding="utf-8")) for folder in (compared, own)]
    largest = max(parts, key=lambda part: part["relative"])
    return json.loads((own / "settings.json").read_text(encoding="utf-8")), {**parts[0], **parts[1], **largest}


def _write(out: Path, **contents: Mapping) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return out


def preset_results(outcome: Outcome) -> Mapping[str, object]:
    """Median and interval of each output, and of lost sales by year, US$ bn."""
    return {
        "outputs": {name: _summary(outcome.headline[name], output.digits) for name, output in OUTPUTS.items()},
        "years": [_summary(values, 1) for values in outcome.losses_by_year.sum(axis=0)],
    }


def _summary(values, digits: int) -> list[float]:
    return [round(value, digits + SPARE_DIGITS) for value in interval(values)]
