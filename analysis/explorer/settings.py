"""What the explorer's page needs to know of the model: parameters with their priors, rules, scenarios, outputs.

Everything is read from `parameters.yml` and `scenarios.yml`; a parameter or scenario added there appears on the page. How long
files on record waited is added by the chapter, from the policy events.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping

import numpy as np

from analysis.model.calibrated import Steps
from analysis.model.from_estimate import BASE_YEAR
from analysis.model.parameters import Parameter, share_name
from analysis.model.policy_path import coverage_array
from analysis.model.run import Model, blocks
from analysis.model.scenarios import Scenario
from analysis.model.summary import HEADLINES, LEVEL, OUTPUTS, interval

LEVERS = (
    "contagion_unlisted",
    "contagion_persistence",
    "substitutable_share",
    "design_out_hazard_per_month",
    "reentry_hazard_per_month",
    "licence_free_share",
    "second_round_multiplier",
    "rd_revenue_elasticity",
    "listed_customer_sales_usd_bn",
    "allied_coverage",
    "retaliation_loss_share",
)
"""Parameters that have a slider, in this order; all others have a number field."""

VERSIONS = {"prior": "Assumptions as stated", "informed": "Calibrated on what happened up to 2022"}
"""The two versions of the model, by the names that the results give them; the page opens with the first."""

OPENS_WITH = "stalemate"
LONGEST_LIMBO = 60
TGL_DAYS = (1, 3650)
STEPS = 100   # a slider has about this many

LABELS = {
    "limbo_months": "Months of limbo",
    "tgl_days": "Length of a temporary licence, days",
    "plurilateral": "Allied suppliers join the rule",
    "retaliation": "China retaliates against US memory",
}


def explorable(model: Model) -> list[Scenario]:
    """Scenarios a reader can start from: all but those that follow dates instead of levers or have sales of another year."""
    return [s for s in model.scenarios.by_name.values() if s.realised is None and s.exposure_year == BASE_YEAR]


def page_settings(model: Model, draws: int, seed: int, calibrated: Steps) -> dict:
    """The settings as plain values for JSON; results of the scenarios are added by the build's step.

    calibrated: the draws of the calibrated version (calibrated.load_calibrated), `draws` of them or more.
    """
    scenarios, few = explorable(model), {name: row[:draws] for name, row in calibrated.items()}
    middle = {name: _middle(row) for name, row in model.parameters.from_steps(few).items()}
    names = [scenario.name for scenario in scenarios]
    longest = max([LONGEST_LIMBO, *(math.ceil(scenario.limbo_months) for scenario in scenarios)])
    return {
        "seed": seed,
        "draws": draws,
        "versions": [{"name": name, "label": label} for name, label in VERSIONS.items()],
        "drawn": {"prior": encoded(prior_steps(model, draws, seed)), "informed": encoded(few)},
        "level": LEVEL,
        "default": OPENS_WITH if OPENS_WITH in names else names[0],
        "limits": {"limbo_months": [0, longest], "tgl_days": list(TGL_DAYS)},
        "labels": LABELS,
        "segments": [
            {"name": s.name, "share": share_name(s), "weight": s.weight, "substitutability": s.substitutability}
            for s in model.parameters.segments
        ],
        "parameters": [_parameter(p, scenarios, middle[p.name]) for p in ordered(model.parameters.by_name)],
        "rules": [
            {"name": name, "label": words(name), "coverage": _coverage(coverage, model)}
            for name, coverage in model.scenarios.rules.items()
        ],
        "presets": [_preset(scenario, model) for scenario in scenarios],
        "outputs": [
            {"name": name, "label": output.label, "unit": output.unit, "digits": output.digits, "main": name in HEADLINES}
            for name, output in sorted(OUTPUTS.items(), key=lambda item: _place(item[0], HEADLINES))
        ],
    }


def prior_steps(model: Model, draws: int, seed: int) -> Steps:
    """The draws of the priors as steps on their grids, (draws,) each."""
    parts = [model.parameters.draw_steps(seed, block, size) for block, size in blocks(draws)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def encoded(rows: Steps) -> dict:
    """Steps as the page is sent them, two bytes each: names, and all rows one behind the other in base64."""
    little_endian = np.stack(list(rows.values())).astype("<u2")
    return {"names": list(rows), "steps": base64.b64encode(little_endian.tobytes()).decode()}


def ordered(parameters: Mapping[str, Parameter]) -> list[Parameter]:
    """The parameters with a slider first, then the others in the order of the file."""
    return sorted(parameters.values(), key=lambda p: _place(p.name, LEVERS))


def words(name: str) -> str:
    """'narrow_ban' as a reader sees it: 'Narrow ban'; full permission is called that."""
    return "Permission" if name == "open" else name.replace("_", " ").capitalize()


def slider(parameter: Parameter, values: Iterable[float] = ()) -> dict[str, float]:
    """Ends and step of a slider: the prior's support and half its width beyond, inside the valid range, on a round grid.

    `values` are further values it must reach.
    """
    low, high = parameter.prior.support if parameter.prior else (parameter.low, parameter.high)
    margin = (high - low) / 2
    low = min([max(parameter.low, low - margin), parameter.value, *values])
    high = max([min(parameter.high, high + margin), parameter.value, *values])
    step = _round_step((high - low) / STEPS)
    first, last = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return {
        "min": _plain(max(first, parameter.low)),
        "max": _plain(min(last, parameter.high)),
        "step": _plain(step),
    }


def _round_step(step: float) -> float:
    """The nearest of 1, 2, 5 times a power of ten that is not smaller."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * (1 - 1e-9))


def _middle(values: np.ndarray) -> list[float]:
    """Median and interval of the calibrated draws, to the digits that are shown."""
    return [float(f"{value:.3g}") for value in interval(values)]


def _parameter(parameter: Parameter, scenarios: Iterable[Scenario], calibrated: list[float]) -> dict:
    prior = parameter.prior
    fields = {
        "name": parameter.name,
        "label": parameter.label,
        "unit": parameter.unit,
        "block": parameter.block,
        "value": parameter.value,
        "low": parameter.low,
        "high": parameter.high,
        "prior": None,
        "slider": None,
    }
    if prior:
        fields["prior"] = {"support": list(prior.support), "calibrated": calibrated}
    if parameter.name in LEVERS:
        fields["slider"] = slider(parameter, [s.parameters[parameter.name] for s in scenarios if parameter.name in s.parameters])
    return fields


def _preset(scenario: Scenario, model: Model) -> dict:
    return {
        "name": scenario.name,
        "label": scenario.label,
        "description": scenario.description,
        "months": scenario.months,
        "limbo_months": scenario.limbo_months,
        "tgl_days": scenario.tgl_days,
        "limbo_coverage": _coverage(scenario.limbo_coverage, model),
        "interim": _coverage(model.scenarios.rules.get(scenario.interim, {}), model),
        "pending": scenario.pending,
        "resolution": [[rule, odds] for rule, odds in scenario.resolution.items()],
        "plurilateral": scenario.plurilateral,
        "retaliation": scenario.retaliation,
        "parameters": dict(scenario.parameters),
    }


def _coverage(coverage: Mapping[str, object], model: Model) -> list[list[float]]:
    return coverage_array(coverage, [segment.name for segment in model.parameters.segments]).tolist()


def _place(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)


def _plain(value: float) -> float:
    """Without the dust of binary fractions: 0.15 for 0.15000000000000002."""
    return float(f"{value:.10g}")
