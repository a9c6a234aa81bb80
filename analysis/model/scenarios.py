"""Load and check the named scenarios (`data/scenarios.yml`) and turn one into a policy path.

A scenario is written as its differences from another one (`extends`). Names of rules, groups, segments and parameters
are checked; all problems are reported at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data.safe_yaml import load_mapping
from analysis.model.parameters import ParameterError, Parameters, nearest
from analysis.model.policy_path import GROUPS, PolicyPath, coverage_array, realised_path, stalemate_path

MAX_MONTHS = 600


@dataclass(frozen=True)
class Scenario:
    """One named policy.

    limbo_months of provisional permission on `limbo_coverage`, of the rule `interim`, and, where `pending`, of an announced rule
    of unknown scope over Chinese customers; then one of the rules in `resolution` (name -> odds).
    `realised` replaces both by the path read from the policy file. `parameters` are values this scenario fixes.
    """

    name: str = ""
    label: str = ""
    description: str = ""
    start: str = ""
    months: int = 120
    limbo_months: float = 0.0
    tgl_days: float = 90.0
    limbo_coverage: Mapping[str, object] = field(default_factory=lambda: {"listed": 1.0})
    interim: str = "open"
    pending: bool = False
    resolution: Mapping[str, float] = field(default_factory=lambda: {"open": 1.0})
    plurilateral: bool = False
    retaliation: bool = False
    exposure_year: int = 2018
    parameters: Mapping[str, float] = field(default_factory=dict)
    realised: Mapping[str, list] | None = None

    def resolved_by(self, limbo_months: float, rule: str) -> Scenario:
        """The same scenario with another length of limbo and a certain resolution."""
        return replace(self, limbo_months=float(limbo_months), resolution={rule: 1.0})


SETTINGS = {f.name for f in fields(Scenario)} - {"name"} | {"extends"}
CHANGEABLE = ("limbo_months", "tgl_days", "months", "plurilateral", "retaliation")
"""Scenario settings that `--set` and the explorer may change, beside `odds_<rule>`."""


@dataclass(frozen=True)
class Scenarios:
    """All scenarios by name, and the coverage of each clear rule by group and segment."""

    by_name: Mapping[str, Scenario]
    rules: Mapping[str, Mapping[str, object]]

    def __getitem__(self, name: str) -> Scenario:
        if name not in self.by_name:
            raise ParameterError([f"unknown scenario {name!r}{nearest(name, self.by_name)}"])
        return self.by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.by_name)

    def path(self, scenario: Scenario, parameters: Parameters, policy_events: pd.DataFrame | None = None) -> PolicyPath:
        """The policy path of `scenario`. `policy_events` is needed by a scenario that follows the realised path."""
        segments = [segment.name for segment in parameters.segments]
        if scenario.realised is not None:
            if policy_events is None:
                raise ValueError(f"scenario {scenario.name!r} needs the policy events")
            return realised_path(policy_events, first_month=scenario.start, months=scenario.months, segments=segments,
                                 rules=scenario.realised["rules"], limbo=scenario.realised["limbo"],
                                 tgl_days=scenario.tgl_days, retaliation=scenario.retaliation)
        return stalemate_path(
            months=scenario.months, limbo_months=scenario.limbo_months,
            limbo_coverage=coverage_array(scenario.limbo_coverage, segments),
            rules=[coverage_array(self.rules[rule], segments) for rule in scenario.resolution],
            interim=coverage_array(self.rules.get(scenario.interim, {}), segments), pending=float(scenario.pending),
            odds=list(scenario.resolution.values()), tgl_days=scenario.tgl_days, plurilateral=scenario.plurilateral,
            retaliation=scenario.retaliation, first_month=scenario.start)


def load_scenarios(path: Path, parameters: Parameters | None = None) -> Scenarios:
    """Read and check the scenario file. Raises ParameterError with every problem found."""
    content = load_mapping(path)
    problems = [f"unknown section {key!r}{nearest(key, ('rules', 'scenarios'))}"
                for key in content if key not in ("rules", "scenarios")]
    rules = content.get("rules") or {}
    rows = content.get("scenarios") or {}
    segments = None if parameters is None else [segment.name for segment in parameters.segments]
    for rule, coverage in rules.items():
        problems += _coverage_problems(f"rules.{rule}", coverage, segments)
    by_name: dict[str, Scenario] = {}
    for name, row in rows.items():
        if not isinstance(row, dict):
            problems.append(f"{name}: a mapping is expected")
            continue
        here = [f"{name}: unknown setting {key!r}{nearest(key, SETTINGS)}" for key in row if key not in SETTINGS]
        base = row.get("extends")
        if base is not None and base not in by_name:
            here.append(f"{name}: extends {base!r}, which is not defined above it{nearest(base, by_name)}")
        if here:
            problems += here
            continue
        start = by_name[base] if base else Scenario()
        settings = {key: value for key, value in row.items() if key != "extends"}
        scenario = replace(start, **{"name": str(name), **settings})
        here = list(_problems(scenario, rules, segments, parameters))
        problems += here
        if not here:
            by_name[str(name)] = scenario
    if problems:
        raise ParameterError(f"{path.name}: {problem}" for problem in problems)
    return Scenarios(by_name, rules)


def change(
    scenario: Scenario, parameters: Parameters, changes: Mapping[str, object], rules: Mapping[str, object],
) -> tuple[Scenario, Parameters]:
    """Apply `name=value` changes to a scenario and the parameters.

    A name is a parameter, one of CHANGEABLE, or `odds_<rule>`. The scenario's own parameter values come first, so that
    a change given here overrides them. Raises ParameterError.
    """
    settings: dict[str, object] = {}
    odds: dict[str, float] = {}
    values: dict[str, object] = dict(scenario.parameters)
    problems = []
    for name, given in changes.items():
        try:
            if name.startswith("odds_") and name[5:] in rules:
                odds[name[5:]] = float(given)  # type: ignore[arg-type]
            elif name in ("plurilateral", "retaliation"):
                settings[name] = _switch(given)
            elif name in CHANGEABLE:
                settings[name] = int(given) if name == "months" else float(given)  # type: ignore[call-overload]
            elif name in parameters.by_name:
                values[name] = given
            else:
                valid = [*parameters.names, *CHANGEABLE, *(f"odds_{rule}" for rule in rules)]
                problems.append(f"unknown parameter {name!r}{nearest(name, valid)}")
        except (TypeError, ValueError):
            problems.append(f"{name}: {given!r} is not a valid value")
    if odds:
        settings["resolution"] = odds
    changed = replace(scenario, **settings)
    problems += list(_problems(changed, rules, None, None))
    try:
        parameters = parameters.with_values(values)
    except ParameterError as error:
        problems += error.problems
    if problems:
        raise ParameterError(problems)
    return changed, parameters


def _switch(given: object) -> bool:
    text = str(given).lower()
    if text in ("true", "yes", "on", "1"):
        return True
    if text in ("false", "no", "off", "0"):
        return False
    raise ValueError(given)


def _problems(scenario: Scenario, rules: Mapping, segments: list[str] | None, parameters: Parameters | None) -> Iterable[str]:
    name = scenario.name
    numbers = (scenario.months, scenario.limbo_months, scenario.tgl_days)
    if not all(isinstance(n, (int, float)) and not isinstance(n, bool) and np.isfinite(n) for n in numbers):
        yield f"{name}: months, limbo_months and tgl_days must be numbers"
        return
    if not (1 <= scenario.months <= MAX_MONTHS and int(scenario.months) == scenario.months):
        yield f"{name}: months {scenario.months} is not a whole number from 1 to {MAX_MONTHS}"
    if not 0 <= scenario.limbo_months <= scenario.months:
        yield f"{name}: limbo_months {scenario.limbo_months:g} is not between 0 and months ({scenario.months})"
    if not 1 <= scenario.tgl_days <= 3650:
        yield f"{name}: tgl_days {scenario.tgl_days:g} is not between 1 and 3650"
    yield from _coverage_problems(f"{name}.limbo_coverage", scenario.limbo_coverage, segments)
    for rule in (scenario.interim, *scenario.resolution):
        if rule not in rules:
            yield f"{name}: unknown rule {rule!r}{nearest(rule, rules)}"
    odds = list(scenario.resolution.values())
    if not all(isinstance(o, (int, float)) and 0 <= o <= 1 for o in odds) or abs(sum(odds) - 1) > 1e-9:
        yield f"{name}: the odds of the resolutions must lie in 0 to 1 and add up to 1, got {dict(scenario.resolution)}"
    if parameters is not None:
        try:
            parameters.with_values(scenario.parameters)
        except ParameterError as error:
            yield from (f"{name}: {problem}" for problem in error.problems)
    if scenario.realised is not None and set(scenario.realised) != {"rules", "limbo"}:
        yield f"{name}: realised needs the lists 'rules' and 'limbo'"


def _coverage_problems(where: str, coverage: object, segments: list[str] | None) -> Iterable[str]:
    if not isinstance(coverage, Mapping):
        yield f"{where}: a mapping of customer group to share is expected"
        return
    for group, given in coverage.items():
        if group not in GROUPS:
            yield f"{where}: unknown customer group {group!r}{nearest(group, GROUPS)}"
        shares = given if isinstance(given, Mapping) else {"all": given}
        for segment, share in shares.items():
            if segments is not None and isinstance(given, Mapping) and segment not in segments:
                yield f"{where}: unknown segment {segment!r}{nearest(segment, segments)}"
            if not isinstance(share, (int, float)) or not 0 <= share <= 1:
                yield f"{where}: {group} share {share!r} is not between 0 and 1"
