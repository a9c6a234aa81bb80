"""The page of parameters and assumptions, generated from `data/parameters.yml`, `scenarios.yml` and `replication.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from analysis.data.units import unit_label
from analysis.model.parameters import Parameter, Parameters, load_parameters
from analysis.model.scenarios import Scenarios, load_scenarios
from analysis.model.studies import load_studies

BLOCKS = {
    "exposure": "Size of what is at stake",
    "limbo": "Permission in limbo",
    "customers": "What customers do",
    "diversion": "Diversion to rivals",
    "research": "Research, capital spending, second round",
    "china": "China's path",
    "jobs": "Jobs",
    "denial": "Denial and retaliation",
}
"""Headings of the parameter blocks, in reading order; each block is used by the equations of that name."""


def render_parameters(folder: Path) -> str:
    """The page as MyST Markdown, of the files in `folder`: what the build resolved, not what it started from.

    Raises ParameterError when the files are not valid.
    """
    parameters = load_parameters(folder / "parameters.yml")
    scenarios = load_scenarios(folder / "scenarios.yml", parameters)
    studies = load_studies(folder)
    return "\n".join(
        [
            "# Parameters and assumptions",
            "",
            "Generated from `data/parameters.yml`, `data/scenarios.yml` and `data/studies/replication.yml`. Changing a line there "
            "changes every number, chart and sentence that depends on it. A prior's width is a judgement unless the note says "
            "otherwise; a parameter without a prior is held fixed. Parameters that rest on episodes or observations of after June "
            "2019 say so: where they matter the back-test is not blind.",
            "",
            *_parameter_sections(parameters),
            *_segments(parameters),
            *_scenario_section(parameters, scenarios),
            *_moments(studies),
            *_backtest_assumptions(studies),
            "",
        ]
    )


def _parameter_sections(parameters: Parameters) -> list[str]:
    unknown = {parameter.block for parameter in parameters.by_name.values()} - set(BLOCKS)
    headings = {**BLOCKS, **{block: block for block in sorted(unknown)}}
    lines = []
    for block, heading in headings.items():
        rows = [parameter for parameter in parameters.by_name.values() if parameter.block == block]
        if rows:
            lines += [f"## {heading}", ""]
            for parameter in rows:
                lines += [*_parameter(parameter), ""]
    return lines


def _parameter(parameter: Parameter) -> list[str]:
    prior = parameter.prior.describe() if parameter.prior else "none, held fixed"
    symbol = f" (${_tex(parameter.symbol)}$)" if parameter.symbol else ""
    return [
        f"(parameter-{parameter.name.replace('_', '-')})=",
        f"### {parameter.label}{symbol}",
        "",
        _cell(parameter.note) + (" *Uses evidence of after June 2019.*" if parameter.evidence_after_2019 else ""),
        "",
        "| name | value | unit | prior | class | valid range | sources |",
        "|---|---|---|---|---|---|---|",
        f"| `{parameter.name}` | {parameter.value:,g} | {_cell(unit_label(parameter.unit))} | {prior} | {parameter.evidence_class} "
        f"| {parameter.low:,g} to {parameter.high:,g} | {', '.join(f'`{source}`' for source in parameter.sources) or 'none'} |",
    ]


def _tex(symbol: str) -> str:
    greek = {"eta", "rho", "theta", "phi", "chi", "tau", "delta", "zeta"}
    names = {"eps": r"\varepsilon"}

    def one(part: str) -> str:
        head, _, tail = part.strip().partition("_")
        head = names.get(head, f"\\{head}" if head in greek else head)
        return f"{head}_{{{tail}}}" if tail else head

    return " / ".join(one(part) for part in symbol.split("/"))


def _segments(parameters: Parameters) -> list[str]:
    rows = [f"| {segment.label} | {segment.weight:.0%} | {segment.substitutability:g} |" for segment in parameters.segments]
    return [
        "## Product segments",
        "",
        "Shares of sales to firms headquartered in China, the same for every customer. Where the estimate has been run, its "
        "draws by product class take the place of those of the file. How easily a segment is replaced is judged.",
        "",
        "| segment | share of US sales | substitutability, in proportion to the others |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _scenario_section(parameters: Parameters, scenarios: Scenarios) -> list[str]:
    lines = ["## Scenarios", "", "| name | scenario | months of limbo | ends in | switches |", "|---|---|---|---|---|"]
    for name, scenario in scenarios.by_name.items():
        ends = (
            "policy file"
            if scenario.realised is not None
            else ", ".join(f"{rule.replace('_', ' ')} ({odds:.0%})" for rule, odds in scenario.resolution.items())
        )
        switches = ", ".join(
            word for word, on in (("allies join", scenario.plurilateral), ("China retaliates", scenario.retaliation)) if on
        )
        lines.append(
            f"| `{name}` | {_cell(scenario.label)}. {_cell(scenario.description)} | {scenario.limbo_months:g} | {ends} "
            f"| {switches or 'none'} |"
        )
    lines += [
        "",
        "What each clear rule forbids (share of US sales):",
        "",
        "| rule | listed customer | other Chinese customers |",
        "|---|---|---|",
    ]
    for rule, coverage in scenarios.rules.items():
        lines.append(f"| {rule.replace('_', ' ')} | {_coverage(coverage.get('listed'))} | {_coverage(coverage.get('unlisted'))} |")
    return [*lines, ""]


def _coverage(given: object) -> str:
    if isinstance(given, Mapping):
        return ", ".join(f"{segment.replace('_', ' ')} {share:.0%}" for segment, share in given.items())
    return f"{given:.0%}" if isinstance(given, (int, float)) else "nothing"


def _moments(studies: Mapping) -> list[str]:
    lines = [
        "## Targets of the calibration",
        "",
        "| target | version | error (one standard deviation) | note |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {_cell(m['quantity'])} | {m['version']} | {m['sd']:g} {_cell(m['unit'])} | {_cell(m['note'])} |"
        for m in studies["moments"]
    ]
    lines += ["", "Looked at and not used:", "", "| study | why |", "|---|---|"]
    lines += [f"| `{m['study']}` | {_cell(m['reason'])} |" for m in studies["unused_moments"]]
    return [*lines, ""]


def _backtest_assumptions(studies: Mapping) -> list[str]:
    lines = [
        "## Drift in the back-test",
        "",
        "Standard deviation of the yearly change for reasons other than the policy, added to every forecast.",
        "",
        "| quantity | a year | class | note |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{name}` | {given['sd']:g} | {given['class']} | {_cell(given['note'])} |"
        for name, given in studies["backtest"]["noise_per_year"].items()
    ]
    return [*lines, ""]


def _cell(text: object) -> str:
    """Text that cannot break a table or be read as markup."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;").replace("{", "\\{").replace("$", "\\$")
