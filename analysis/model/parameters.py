"""Load, check, change and draw the model's parameters (`data/parameters.yml`).

A parameter has a value (used where a single run is wanted), perhaps a prior (used where uncertainty is wanted), a unit,
an evidence class, sources, a valid range and a sentence on what it stands for. All problems of a file are reported at once.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from analysis.data import vocabulary as v
from analysis.data.problems import suggest
from analysis.data.safe_yaml import load_mapping
from analysis.model.priors import Prior, PriorError

CLASSES = tuple(name for name in v.CLASSES if name != "modelled")
FIELDS = {"label", "symbol", "value", "unit", "prior", "class", "sources", "range", "block", "note",
          "evidence_after_2019"}
REQUIRED = FIELDS - {"prior", "symbol", "evidence_after_2019"}
DRAW_BLOCK = 4096
"""Draws come in blocks of this size, each from its own random stream: results depend on the seed alone, never on how
many processes work on the blocks or in which order. Part of the meaning of a seed; also sized for the processor's cache."""

RESOLUTION = "resolution_quantile"
"""Not a parameter: the uniform that decides, draw by draw, how a stalemate with several possible resolutions ends."""

JOINT = "joint_draw"
"""Name of the stream that picks a row of the parameters drawn together."""

UNIT = Prior("uniform", (0.0, 1.0))

Draws = dict[str, np.ndarray]


class ParameterError(ValueError):
    """One or more parameters are not valid; `problems` holds one line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Parameter:
    """One row of `data/parameters.yml`."""

    name: str
    label: str
    value: float
    unit: str
    evidence_class: str
    sources: tuple[str, ...]
    low: float
    high: float
    block: str
    note: str
    symbol: str = ""
    prior: Prior | None = None
    evidence_after_2019: bool = False

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """Draw at probability `u`; a parameter without a prior is its value everywhere."""
        u = np.asarray(u, dtype=float)
        return np.full(u.shape, self.value) if self.prior is None else self.prior.quantile(u)


@dataclass(frozen=True)
class Segment:
    """A product segment: its share of US sales, how easily it is replaced relative to others, and the product classes of the
    estimate that it is made of, whose draws take the share's place."""

    name: str
    label: str
    weight: float
    substitutability: float
    classes: tuple[str, ...] = ()


def share_name(segment: Segment) -> str:
    """Name of the draws of a segment's share of US sales."""
    return f"share_{segment.name}"


@dataclass(frozen=True)
class Parameters:
    """All parameters by name, and the product segments.

    joint: draws (N,) of parameters and of segments' shares that are drawn together, row by row (the estimate's posterior); their
    priors are the margins, for everything that moves one parameter at a time, and the shares are then held at their weights.
    """

    by_name: Mapping[str, Parameter]
    segments: tuple[Segment, ...]
    joint: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.by_name)

    @property
    def uncertain(self) -> tuple[str, ...]:
        """Names of the parameters that have a prior, in file order."""
        return tuple(name for name, parameter in self.by_name.items() if parameter.prior is not None)

    def __getitem__(self, name: str) -> Parameter:
        return self.by_name[name]

    def with_values(self, changes: Mapping[str, object]) -> Parameters:
        """Return a copy where the named parameters are fixed at the given values.

        Raises ParameterError for an unknown name (with the nearest valid one), a value that is not a number, or one out
        of range.
        """
        problems, by_name = [], dict(self.by_name)
        for name, given in changes.items():
            if name not in by_name:
                problems.append(f"unknown parameter {name!r}{nearest(name, by_name)}")
                continue
            parameter = by_name[name]
            try:
                value = float(given)  # type: ignore[arg-type]
            except (TypeError, ValueError):
                problems.append(f"{name}: {given!r} is not a number")
                continue
            if not parameter.low <= value <= parameter.high:
                problems.append(f"{name}: {value:g} is outside its valid range {parameter.low:g} to {parameter.high:g}")
                continue
            by_name[name] = replace(parameter, value=value, prior=None)
        if problems:
            raise ParameterError(problems)
        return replace(self, by_name=by_name)

    def single(self) -> Draws:
        """The point values as arrays of one draw."""
        return {**{name: np.array([parameter.value]) for name, parameter in self.by_name.items()}, **self.weights(1),
                RESOLUTION: np.array([0.5])}

    def weights(self, size: int) -> Draws:
        """The segments' shares of US sales as they stand, arrays of `size`."""
        return {share_name(segment): np.full(size, segment.weight) for segment in self.segments}

    def from_quantiles(self, unit_cube: Mapping[str, np.ndarray], size: int) -> Draws:
        """Draws (arrays of `size`) from points of the unit cube; a name not given stays at its prior's median or value."""
        centre = np.full(size, 0.5)
        draws = {name: parameter.quantile(np.asarray(unit_cube.get(name, centre))) for name, parameter in self.by_name.items()}
        return {**draws, **self.weights(size), RESOLUTION: np.asarray(unit_cube.get(RESOLUTION, centre))}

    def draw_block(self, seed: int, block: int, size: int = DRAW_BLOCK) -> Draws:
        """One block of independent draws, arrays of `size`.

        Each parameter has a random stream of its own, found from its name, so that adding or fixing a parameter leaves
        the draws of all others as they were (common random numbers between scenarios and editions).
        """
        return self.from_steps(self.draw_steps(seed, block, size))

    def from_steps(self, steps: Mapping[str, np.ndarray]) -> Draws:
        """Draws from grid steps (n,) of what is uncertain and of the resolution.

        Steps of a parameter that is fixed here are passed over; a segment's share without steps stays at its weight.
        """
        priors, size = self._drawn(), len(steps[RESOLUTION])
        drawn = {name: priors[name].on_grid(row) for name, row in steps.items() if name in priors}
        fixed = {name: np.full(size, parameter.value) for name, parameter in self.by_name.items() if parameter.prior is None}
        return {**fixed, **self.weights(size), **drawn}

    def steps_of(self, draws: Draws) -> dict[str, np.ndarray]:
        """The nearest grid steps (n,) of draws: of the uncertain parameters and of the resolution."""
        priors = self._drawn()
        return {name: priors[name].steps_of(draws[name]) for name in (*self.uncertain, RESOLUTION)}

    def _drawn(self) -> dict[str, Prior]:
        """What is drawn: the uncertain parameters, the segments' shares where they are joint draws, and the resolution."""
        shares = [share_name(segment) for segment in self.segments if share_name(segment) in self.joint]
        priors = {name: prior for name in self.uncertain if (prior := self[name].prior) is not None}
        return {**priors, **dict.fromkeys(shares, UNIT), RESOLUTION: UNIT}

    def draw_steps(self, seed: int, block: int, size: int = DRAW_BLOCK) -> dict[str, np.ndarray]:
        """The draws of all that is uncertain as grid steps (Prior.grid_steps), (size,) each."""
        row = stream_uniform(seed, JOINT, block)[:size]
        return {name: prior.steps_of(self.joint[name][(row * len(self.joint[name])).astype(int)]) if name in self.joint
                else prior.grid_steps(stream_uniform(seed, name, block)[:size]) for name, prior in self._drawn().items()}


def stream_uniform(seed: int, name: str, block: int) -> np.ndarray:
    """DRAW_BLOCK uniforms of the stream that belongs to (seed, name, block)."""
    sequence = np.random.SeedSequence([seed, zlib.crc32(name.encode()), block])
    return np.random.default_rng(sequence).random(DRAW_BLOCK)


def nearest(name: str, valid: Iterable[str]) -> str:
    """'; did you mean ...?' for the closest valid name, or the empty string."""
    return suggest(name, valid, cutoff=0.5)


def load_parameters(path: Path, known_sources: Iterable[str] | None = None) -> Parameters:
    """Read and check the parameter file.

    `known_sources`: valid source ids; when given, others are refused. Raises ParameterError with every problem found.
    """
    try:
        return parse_parameters(load_mapping(path), known_sources)
    except ParameterError as error:
        raise ParameterError(f"{path.name}: {problem}" for problem in error.problems) from None


def parse_parameters(content: Mapping, known_sources: Iterable[str] | None = None) -> Parameters:
    """Check the content of a parameter file. Raises ParameterError with every problem found."""
    valid_sources = None if known_sources is None else set(known_sources)
    problems: list[str] = [f"unknown section {key!r}{nearest(key, ('segments', 'parameters'))}"
                           for key in content if key not in ("segments", "parameters")]
    segments = _segments(content.get("segments"), problems)
    rows = content.get("parameters")
    by_name: dict[str, Parameter] = {}
    if not isinstance(rows, dict) or not rows:
        problems.append("parameters: a mapping of name to fields is expected")
        rows = {}
    for name, row in rows.items():
        parameter = _parameter(str(name), row, valid_sources, problems)
        if parameter is not None:
            by_name[parameter.name] = parameter
    if problems:
        raise ParameterError(problems)
    return Parameters(by_name, segments)


def _segments(rows: object, problems: list[str]) -> tuple[Segment, ...]:
    if not isinstance(rows, dict) or not rows:
        problems.append("segments: a mapping of name to label, weight, substitutability is expected")
        return ()
    segments = []
    for name, row in rows.items():
        try:
            segments.append(Segment(str(name), str(row["label"]), float(row["weight"]), float(row["substitutability"]),
                                    tuple(str(one) for one in row.get("classes", ()))))
        except (TypeError, KeyError, ValueError):
            problems.append(f"segments.{name}: label, weight and substitutability are needed, the last two as numbers")
            return ()
    total = sum(segment.weight for segment in segments)
    if abs(total - 1) > 1e-9:
        problems.append(f"segments: the weights add up to {total:g}, not 1")
    if any(segment.weight < 0 or segment.substitutability <= 0 for segment in segments):
        problems.append("segments: weights must not be negative, and substitutability must be above 0")
    return tuple(segments)


def _parameter(name: str, row: object, valid_sources: set[str] | None, problems: list[str]) -> Parameter | None:
    """Check one row; adds to `problems` and returns None when it cannot be used."""
    if not isinstance(row, dict):
        problems.append(f"{name}: a mapping of fields is expected")
        return None
    here = [f"{name}: unknown field {field!r}{nearest(field, FIELDS)}" for field in row if field not in FIELDS]
    here += [f"{name}: field {field!r} is missing" for field in sorted(REQUIRED - set(row))]
    if here:
        problems.extend(here)
        return None
    if row["class"] not in CLASSES:
        here.append(f"{name}: class {row['class']!r} is not one of {', '.join(CLASSES)}")
    if not row["sources"] and row["class"] != "judged":
        here.append(f"{name}: a {row['class']} parameter needs a source")
    if valid_sources is not None:
        here += [f"{name}: unknown source id {source!r}{nearest(source, valid_sources)}"
                 for source in row["sources"] if source not in valid_sources]
    if not isinstance(row.get("evidence_after_2019", False), bool):
        here.append(f"{name}: evidence_after_2019 must be true or false")
    try:
        value = float(row["value"])
        low, high = (float(bound) for bound in row["range"])
    except (TypeError, ValueError):
        problems.extend([*here, f"{name}: value and the two ends of range must be numbers"])
        return None
    prior = None
    if row.get("prior") is not None:
        try:
            (family, arguments), = row["prior"].items()
            prior = Prior.parse(family, arguments)
        except (AttributeError, ValueError, TypeError) as error:
            reason = error if isinstance(error, PriorError) else "write prior as {family: [arguments]}"
            here.append(f"{name}: {reason}")
    if not low <= value <= high:
        here.append(f"{name}: value {value:g} is outside its range {low:g} to {high:g}")
    if prior and not (low <= prior.support[0] and prior.support[1] <= high):
        here.append(f"{name}: prior {prior.describe()} leaves the range {low:g} to {high:g}")
    if here:
        problems.extend(here)
        return None
    return Parameter(name, str(row["label"]), value, str(row["unit"]), row["class"], tuple(row["sources"]), low, high,
                     str(row["block"]), " ".join(str(row["note"]).split()), str(row.get("symbol", "")), prior,
                     row.get("evidence_after_2019", False))
