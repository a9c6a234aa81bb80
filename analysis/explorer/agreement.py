"""How far the explorer's script is from the model: both run on the same draws at random settings.

Every draw of every quantity is compared, which bounds the difference of anything the page shows of them: medians and
interval ends cannot be further apart than the furthest draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from analysis.explorer.script import Script, ScriptRun
from analysis.model.calibrated import Steps, run_calibrated
from analysis.model.outcome import Outcome
from analysis.model.run import Model, run
from analysis.model.scenarios import change

TOLERANCE = 1e-12
"""Largest relative difference that is published. The two are the same arithmetic in double precision, with exponentials and
powers from different libraries; anything above means that the model has changed and the script has not."""

POINTS = 240
DRAWS = 128            # a random point
SCENARIO_DRAWS = 256   # a scenario of the book

Case = tuple[str, Mapping[str, object], int, str]
"""A scenario, changes to it, a number of draws, and a version."""


class DisagreementError(RuntimeError):
    """The script and the model differ; the message names the quantity, the settings and the size."""


@dataclass(frozen=True)
class Disagreement:
    """The largest difference found, and where."""

    relative: float
    quantity: str
    address: str


@dataclass(frozen=True)
class Runs:
    """The model in both versions: its own draws of the priors from `seed`, and the calibrated ones."""

    model: Model
    seed: int
    calibrated: Steps

    def run(self, scenario: str, changes: Mapping[str, object], draws: int, version: str = "prior") -> Outcome:
        """A scenario with changes to it, as `python -m analysis scenario` runs it."""
        model = self.model
        changed, parameters = change(model.scenarios[scenario], model.parameters, changes, model.scenarios.rules)
        path = model.scenarios.path(changed, parameters)
        if version == "prior":
            return run(parameters, path, draws, self.seed)
        return run_calibrated(parameters, path, self.calibrated, draws)


def random_changes(settings: Mapping, rng: np.random.Generator) -> tuple[str, dict[str, object]]:
    """A scenario and changes to it, as a reader could make them: every lever and, one time in four, every parameter."""
    preset = settings["presets"][rng.integers(len(settings["presets"]))]
    rules = [rule["name"] for rule in settings["rules"]]
    low, high = settings["limits"]["limbo_months"]
    longest = min(high, preset["months"])
    changes: dict[str, object] = {"limbo_months": float(min(rng.integers(low, longest + 1) + rng.choice([0, 0, 0, 0.5]), longest))}
    percent = rng.multinomial(100, rng.dirichlet(np.full(len(rules), 0.5)))
    changes |= {f"odds_{rule}": share / 100 for rule, share in zip(rules, percent.tolist(), strict=True) if share}
    changes |= {"tgl_days": float(rng.integers(30, 366)), "plurilateral": bool(rng.random() < 0.5),
                "retaliation": bool(rng.random() < 0.5)}
    for parameter in settings["parameters"]:
        if rng.random() < 0.25:
            ends = parameter["slider"] or _near(parameter)
            changes[parameter["name"]] = float(f"{rng.uniform(ends['min'], ends['max']):.6g}")
    return preset["name"], changes


def _near(parameter: Mapping) -> dict[str, float]:
    """Where a reader is likely to try: the prior's support, or within half the value, inside the valid range."""
    spread = abs(parameter["value"]) / 2
    low, high = parameter["prior"]["support"] if parameter["prior"] else (parameter["value"] - spread, parameter["value"] + spread)
    return {"min": max(low, parameter["low"]), "max": min(high, parameter["high"])}


def written_address(scenario: str, changes: Mapping[str, object], version: str = "prior") -> str:
    """The address of the settings, as a reader might type it."""
    pairs = [] if version == "prior" else [f"version={version}"]
    pairs += [f"{name}={int(value) if isinstance(value, bool) else f'{value!r}'}" for name, value in changes.items()]
    return "?" + "&".join([f"scenario={scenario}", *pairs])


def difference(found: ScriptRun, outcome: Outcome, settings: Mapping) -> tuple[float, str]:
    """Largest difference of any draw of any quantity, and the quantity.

    Relative to the largest value of the quantity in the run, or to one unit of its last printed digit where that is more.
    A value that is no number in one and a number in the other counts as infinitely far.
    """
    pairs = [
        (name, found.headline[name], outcome.headline[name], 10.0 ** -output["digits"])
        for output in settings["outputs"]
        if (name := output["name"])
    ]
    by_year = zip(found.lost_sales_by_year, outcome.losses_by_year.sum(axis=0), strict=True)
    pairs += [(f"lost sales in year {year}", *rows, 0.1) for year, rows in enumerate(by_year, start=1)]
    worst, where = 0.0, ""
    for name, script, python, unit in pairs:
        finite = np.isfinite(python)
        if not np.array_equal(finite, np.isfinite(script)):
            return np.inf, name
        if finite.any():
            largest = np.abs(script - python)[finite].max() / max(np.abs(python[finite]).max(), unit)
            worst, where = max((worst, where), (float(largest), name))
    return worst, where


def scenario_cases(settings: Mapping) -> list[Case]:
    """Every scenario as it stands, in either version."""
    count = min(SCENARIO_DRAWS, settings["draws"])
    return [(preset["name"], {}, count, version["name"]) for preset in settings["presets"] for version in settings["versions"]]


def random_cases(settings: Mapping, points: int = POINTS, draws: int = DRAWS, seed: int = 1) -> list[Case]:
    """`points` random settings, by turns in either version."""
    rng, versions = np.random.default_rng(seed), [version["name"] for version in settings["versions"]]
    count = min(draws, settings["draws"])
    return [(*random_changes(settings, rng), count, versions[point % len(versions)]) for point in range(points)]


def largest_disagreement(runs: Runs, settings: Mapping, cases: Iterable[Case]) -> Disagreement:
    """Compare script and model in these cases.

    Raises DisagreementError where they differ by more than :data:`TOLERANCE`.
    """
    script, worst = Script(settings), Disagreement(0.0, "", "")
    for scenario, changes, count, version in cases:
        address = written_address(scenario, changes, version)
        found = script.run(address, count)
        relative, quantity = difference(found, runs.run(scenario, changes, count, version), settings)
        if found.problems:
            raise DisagreementError(f"the explorer's script refuses settings that the model accepts: {found.problems} ({address})")
        if relative > TOLERANCE:
            raise DisagreementError(
                f"the explorer's script (book/_static/explorer-model.js) and analysis/model differ: {quantity} by {relative:.2g} "
                f"of its size, at {address}"
            )
        if relative > worst.relative:
            worst = Disagreement(relative, quantity, address)
    return worst
