"""The explorer as HTML: native controls with their labels, the first results, the scenarios as a table, and the page's data.

Without JavaScript the controls stay out of sight and the table of scenarios remains. The script `book/_static/explorer.js`
finds elements by the ids given here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import escape

from analysis.model.parameter_page import BLOCKS
from analysis.registry import citations
from analysis.registry.numbers import UNITS, format_bare

DRAWS = "cs-explorer-draws"   # and the version, for what holds its draws
EVIDENCE = "backtest.html#how-blind-is-it-and-what-did-the-evidence-teach"
UNIT_NAMES = {"USD bn": "US$ billion", "pp": "percentage points", "jobs": "jobs", "%": "%", "months": "months"}


def explorer_html(settings: Mapping) -> str:
    """The controls with the results of the scenario that the page opens with."""
    preset = next(p for p in settings["presets"] if p["name"] == settings["default"])
    return (
        '<div class="cs-explorer" id="explorer">'
        '<p class="cs-x-off">The controls need JavaScript. The table below has the scenarios of the book with their intervals; '
        "the command line runs any other.</p>"
        f'<form class="cs-x-live" id="x-form" autocomplete="off" aria-label="Scenario explorer">{_start(settings, preset)}'
        f'<div class="cs-x-columns"><div class="cs-x-controls">{_policy(settings)}{_levers(settings)}{_others(settings)}</div>'
        f'<div class="cs-x-results cs-x-far">{_results(settings, preset)}</div></div>{_compare(settings)}'
        f"{_more(settings, preset)}</form>"
        f"{_data(settings)}</div>"
    )


def presets_table(settings: Mapping) -> str:
    """Every scenario of the explorer with medians and intervals of the main outputs; needs no JavaScript."""
    outputs = [output for output in settings["outputs"] if output["main"]]
    heads = "".join(f"<th scope='col'>{escape(o['label'])}, {UNIT_NAMES[o['unit']]}</th>" for o in outputs)
    rows = "".join(
        f"<tr><th scope='row'>{escape(preset['label'])}</th>"
        + "".join(f"<td class='cs-nowrap'>{_with_interval(_of(preset)['outputs'][o['name']], o)}</td>" for o in outputs)
        + "</tr>"
        for preset in settings["presets"]
    )
    return (
        "<div class='cs-scroll' role='region' tabindex='0' aria-label='All scenarios, medians with intervals'>"
        f"<table class='cs-table cs-x-presets'><thead><tr><th scope='col'>Scenario</th>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _start(settings: Mapping, preset: Mapping) -> str:
    options = "".join(
        f'<option value="{one["name"]}"{" selected" if one is preset else ""}>{escape(one["label"])}</option>'
        for one in settings["presets"]
    )
    now = "".join(
        f'<span class="cs-x-now-item"><span>{words}</span> <strong id="x-now-{key}"></strong> '
        f'<span id="x-now-{key}-interval"></span></span>'
        for key, words in (("cost", "Lost sales"), ("denied", "Denied"))
    )
    return (
        '<div class="cs-x-start"><label for="x-scenario">Start from</label>'
        f'<select id="x-scenario">{options}</select>'
        '<button type="button" class="cs-x-button" id="x-reset" disabled>Reset</button></div>'
        f'<p class="cs-x-about" id="x-about">{escape(preset["description"])}</p>'
        f"{_versions(settings, 'x-version', 'Version of the model')}"
        '<p class="cs-x-note" id="x-versions">As stated, what is uncertain varies over its prior. Calibrated, its draws are '
        f'weighted by how well they fit what happened up to 2022 (<a href="{EVIDENCE}">what the evidence taught</a>); what you fix '
        "is then fixed in those draws, and nothing is calibrated anew.</p>"
        '<div class="cs-x-problems" id="x-problems" role="status" hidden></div>'
        '<p class="cs-x-problems" id="x-contradiction" role="status" hidden>These values cannot all hold: they leave nothing, or '
        "less than nothing, for customers outside China or for other countries' firms.</p>"
        f'<p class="cs-x-now" aria-hidden="true">{now}</p>'
        '<p class="cs-offscreen" id="x-say" aria-live="polite"></p>'
    )


def _versions(settings: Mapping, id: str, label: str) -> str:
    """The choice of the model's version."""
    options = "".join(f'<option value="{one["name"]}">{escape(one["label"])}</option>' for one in settings["versions"])
    return (f'<div class="cs-x-start"><label for="{id}">{label}</label>'
            f'<select id="{id}" aria-describedby="x-versions">{options}</select></div>')


def _of(preset: Mapping) -> Mapping:
    """A scenario's results in the version that the page opens with."""
    return preset["results"]["prior"]


def _policy(settings: Mapping) -> str:
    low, high = settings["limits"]["limbo_months"]
    labels = settings["labels"]
    odds = "".join(
        _slider(f"odds_{rule['name']}", rule["label"], 0, 100, 1, describedby="x-odds-note") for rule in settings["rules"]
    )
    shortest, longest = settings["limits"]["tgl_days"]
    switches = "".join(
        f'<p class="cs-x-switch"><input type="checkbox" id="x-{name}"><label for="x-{name}">{escape(labels[name])}</label></p>'
        for name in ("plurilateral", "retaliation")
    )
    return (
        f"<fieldset><legend>Policy</legend>{_slider('limbo_months', labels['limbo_months'], low, high, 1, describedby='x-waits')}"
        f"{_waits(settings['waits'])}"
        '<fieldset class="cs-x-odds"><legend>The limbo ends in</legend>'
        '<p class="cs-x-note" id="x-odds-note">The odds add up to 100%; moving one moves the others.</p>'
        f"{odds}</fieldset>{switches}"
        f'<p class="cs-x-field"><label for="x-tgl_days">{escape(labels["tgl_days"])}</label>'
        f'<input type="number" id="x-tgl_days" min="{shortest}" max="{longest}" step="any" inputmode="decimal"></p></fieldset>'
    )


def _waits(waits: Mapping) -> str:
    """How long the waits on record were; each number leads to its entry, which the chapter on the rules makes."""
    said = {name: f'<a class="cs-num cs-num-derived" href="numbers.html#n-rules-waits-{name.replace("_", "-")}">{text}</a>'
            for name, value in waits.items() if (text := format_bare(value, 1 if name in ("median", "longest") else 0))}
    unknown = f"; {said['without_end']} without a known end count up to the last day known" if waits["without_end"] else ""
    return (
        f'<p class="cs-x-note" id="x-waits">On record: half of {said["files"]} undecided files on exports waited {said["median"]} '
        f'months or longer, the longest {said["longest"]}{unknown} (<a href="rules.html">what counts as undecided</a>).</p>'
    )


def _levers(settings: Mapping) -> str:
    sliders = "".join(
        _slider(
            p["name"], p["label"], p["slider"]["min"], p["slider"]["max"], p["slider"]["step"],
            free=f'<button type="button" class="cs-x-free" id="x-free-{p["name"]}" hidden>Uncertain again'
            f'<span class="cs-offscreen">: {escape(p["label"])}</span></button>',
            support=p["prior"] and p["prior"]["support"],
        )
        for p in settings["parameters"] if p["slider"]
    )
    return (
        '<fieldset class="cs-x-levers cs-x-far"><legend>What is not known well</legend>'
        '<p class="cs-x-note">Left alone, a parameter varies: over its prior or, calibrated, mostly within the interval given. '
        f"The thick part of its line shows which. Move it to fix it at a value.</p>{sliders}</fieldset>"
    )


def _others(settings: Mapping) -> str:
    rest = [p for p in settings["parameters"] if not p["slider"]]
    blocks = dict.fromkeys([*BLOCKS, *(p["block"] for p in rest)])
    groups = "".join(
        f"<fieldset><legend>{escape(BLOCKS.get(block, block))}</legend>{''.join(_field(p) for p in rest if p['block'] == block)}"
        "</fieldset>"
        for block in blocks if any(p["block"] == block for p in rest)
    )
    return (
        f'<details class="cs-x-others"><summary>All other parameters ({len(rest)})</summary>'
        '<p class="cs-x-note">An empty field leaves the parameter as it is: the range shown in it, or the value. '
        f'Sources and notes are on the page of <a href="parameters.html">parameters</a>.</p>{groups}</details>'
    )


def _slider(
    name: str, label: str, low: float, high: float, step: float, *, free: str = "", support=None, describedby: str = ""
) -> str:
    """A labelled range with the words for its value; `support` marks the prior on its line."""
    style = ""
    if support:
        start, end = ((min(max(value, low), high) - low) / (high - low) for value in support)
        style = f' style="--from:{start:.4f};--to:{end:.4f}"'
    described = f' aria-describedby="{describedby}"' if describedby else ""
    return (
        f'<div class="cs-x-lever{" cs-x-prior" if support else ""}"{style}><label for="x-{name}">{escape(label)}</label>'
        f'<span class="cs-x-said" id="x-said-{name}" aria-hidden="true"></span>{free}'
        f'<input type="range" id="x-{name}" min="{low:g}" max="{high:g}" step="{step:g}"{described}></div>'
    )


def _field(parameter: Mapping) -> str:
    low, high = parameter["prior"]["support"] if parameter["prior"] else (parameter["value"],) * 2
    placeholder = f"{low:g} to {high:g}" if low != high else f"{low:.10g}"
    return (
        f'<p class="cs-x-field"><label for="x-{parameter["name"]}">{escape(parameter["label"])}, '
        f"{escape(UNIT_NAMES.get(parameter['unit'], parameter['unit']))}</label>"
        f'<input type="number" id="x-{parameter["name"]}" min="{parameter["low"]:.10g}" max="{parameter["high"]:.10g}" step="any" '
        f'inputmode="decimal" placeholder="{placeholder}"></p>'
    )


def _results(settings: Mapping, preset: Mapping) -> str:
    outputs = [output for output in settings["outputs"] if output["main"]]
    years = "".join(
        f"<tr><th scope='row'>{i}</th><td>{format_bare(row[0], 1)}</td><td>{_interval(row, 1)}</td></tr>"
        for i, row in enumerate(_of(preset)["years"], start=1)
    )
    return (
        f"{_table('Results', outputs, preset, settings['level'])}"
        '<p class="cs-x-note"><span class="cs-class cs-class-modelled">modelled</span>. <span id="x-status"></span></p>'
        '<div class="cs-x-figure"><p class="cs-x-title">Lost US sales by year</p>'
        f'<p class="cs-x-note">US$ billion a year: median and {settings["level"]:g}% interval<span id="x-band-before" hidden>; '
        'dashed: the scenario without your changes</span></p><div class="cs-x-band" id="x-band"></div>'
        "<details><summary>Table with the same values</summary><table class='cs-table cs-x-table'><thead><tr><th scope='col'>Year"
        f"</th><th scope='col'>Median</th><th scope='col'>{settings['level']:g}% interval</th></tr></thead>"
        f"<tbody id='x-years'>{years}</tbody></table></details></div>"
    )


def _compare(settings: Mapping) -> str:
    """A second policy beside the one above, both under the same beliefs; filled by `explorer-compare.js`."""
    options = "".join(f'<option value="{one["name"]}">{escape(one["label"])}</option>' for one in settings["presets"])
    cell = "<td><strong></strong> <span></span></td>"
    rows = "".join(
        f"<tr id='x-vs-{o['name']}'><th scope='row'>{escape(o['label'])}, "
        f"<span class='cs-x-unit'>{UNIT_NAMES[o['unit']]}</span></th>{cell * 3}</tr>"
        for o in settings["outputs"] if o["main"]
    )
    return (
        '<fieldset class="cs-x-compare" id="x-compare"><legend>Compare two policies</legend>'
        '<p class="cs-x-note">The policy above is the first. Choose a scenario as the second, or hold the policy above and '
        "set another one. What you have set of the parameters holds for both, and so does the version of the model. The address "
        "keeps all of it.</p>"
        f"{_versions(settings, 'x-version-both', 'Version of the model, for both')}"
        f'<div class="cs-x-start"><label for="x-with">Second policy</label><select id="x-with"><option value="">none</option>'
        f'<option value="held" hidden disabled>as held</option>{options}</select>'
        '<button type="button" class="cs-x-button" id="x-hold">Hold the policy above</button>'
        '<button type="button" class="cs-x-button" id="x-swap" disabled>Swap</button></div>'
        '<div id="x-versus" hidden><dl class="cs-x-sides"><dt>First</dt><dd id="x-vs-first"></dd><dt>Second</dt>'
        '<dd id="x-vs-second"></dd></dl>'
        '<div class="cs-scroll" role="region" tabindex="0" aria-label="Two policies side by side">'
        f"<table class='cs-table cs-x-versus'><thead><tr><th scope='col'>Median with {settings['level']:g}% interval</th>"
        "<th scope='col'>First</th><th scope='col'>Second</th><th scope='col'>First less second</th></tr></thead>"
        f'<tbody>{rows}</tbody></table></div><p id="x-vs-chance" role="status"></p></div></fieldset>'
    )


def _more(settings: Mapping, preset: Mapping) -> str:
    others = [output for output in settings["outputs"] if not output["main"]]
    formats = "".join(_copyable(name, f'data-form="{form}"') for form, name in citations.FORMATS.items())
    links = _copyable("Address", 'id="x-address"') + _copyable("The same run on the command line", 'id="x-command"')
    return (
        '<div class="cs-x-figure cs-x-far"><p class="cs-x-title">Beside the scenarios of the book</p>'
        f'<p class="cs-x-note">Lost US sales: median and {settings["level"]:g}% interval; the scenarios of the book keep their own '
        f'parameters</p><div class="cs-x-rows" id="x-rows" style="--rows:{len(settings["presets"]) + 1}"></div></div>'
        f"<details><summary>All other results ({len(others)})</summary>"
        f"{_table('Other results', others, preset, settings['level'])}</details>"
        f'<details class="cs-x-copy"><summary>Link to this scenario</summary>{links}</details>'
        f'<details class="cs-x-copy cs-x-cite"><summary>Cite this scenario</summary>{formats}</details>'
    )


def _copyable(name: str, attributes: str) -> str:
    return (f'<div class="cs-cite-format"><h3>{name}</h3><pre {attributes} data-name="{name}" tabindex="0" role="region" '
            f'aria-label="{name}"></pre></div>')


def _table(caption: str, outputs: Iterable[Mapping], preset: Mapping, level: float) -> str:
    rows = "".join(
        f"<tr id='x-out-{o['name']}'><th scope='row'>{escape(o['label'])}, "
        f"<span class='cs-x-unit'>{UNIT_NAMES[o['unit']]}</span></th>"
        f"<td>{format_bare(values[0], o['digits'])}</td><td>{_interval(values, o['digits'])}</td></tr>"
        for o in outputs if (values := _of(preset)["outputs"][o["name"]])
    )
    return (
        f"<table class='cs-table cs-x-table'><caption>{caption}</caption><thead><tr><th scope='col'>Quantity</th>"
        f"<th scope='col'>Median</th><th scope='col'>{level:g}% interval</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _interval(values, digits: int) -> str:
    return f"{format_bare(values[1], digits)} to {format_bare(values[2], digits)}"


def _with_interval(values, output: Mapping) -> str:
    return f"{format_bare(values[0], output['digits'])} ({_interval(values, output['digits'])})"


def _data(settings: Mapping) -> str:
    """The settings for the script, with the words of units and citations; apart from them the draws of each version, which the
    published page loads when something is to be computed with it (site.files.write_draws)."""
    units = {name: UNITS[name] for name in dict.fromkeys(output["unit"] for output in settings["outputs"])}
    drawn = {version: {"names": rows["names"]} for version, rows in settings["drawn"].items()}
    content = {**settings, "drawn": drawn, "units": units, "cite": citations.SCENARIO}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    text = re.sub("[<\u2028\u2029]", lambda sign: f"\\u{ord(sign[0]):04x}", text)   # nothing ends the element from inside
    steps = "".join(f'<script type="application/json" id="{DRAWS}-{version}">{json.dumps(rows["steps"])}</script>'
                    for version, rows in settings["drawn"].items())
    return f'<script type="application/json" id="cs-explorer-data">{text}</script>{steps}'
