"""The explorer's model as a script, generated from the equations of analysis/model."""

from __future__ import annotations

import json

from analysis import paths
from analysis.explorer.translate import script_name, translate
from analysis.model import kernel, kernel_types, layers
from analysis.model.outcome import LOSSES, YEARLY
from analysis.model.priors import GRID

SCRIPT = "explorer-model.js"
ROOTS = (kernel.run, layers.split_products, layers.waiting_then_rule, layers.merge, layers.follow_from_path)
HEADER = """\
// The model of the explorer, written from the Python of analysis/model by `python -m analysis explorer-script`: change it there.
// A step of the build runs both on the same draws and stops the build where they differ by more than rounding.
(function () {
"use strict";
"""


def model_script() -> str:
    """The text of the script. Raises UntranslatableError where the model uses what cannot be written as JavaScript."""
    tables = {
        "inputs": kernel.Inputs._fields,
        "headlines": kernel.Head._fields,
        "prepared": kernel_types.PREPARED_SHAPES,
        "results": kernel_types.RESULT_SHAPES,
        "sizes": {"losses": len(LOSSES), "yearly": len(YEARLY), "groups": layers.GROUP_COUNT, "course_months": 0},
        "grid": GRID,
    }
    names = ", ".join(f"{function.__name__}: {script_name(function)}" for function in ROOTS)
    return f"{HEADER}{translate(ROOTS)}window.csEquations = {{ filled, {names}, tables: {json.dumps(tables)} }};\n}})();\n"


def write_model_script() -> None:
    """Write it where the site takes its scripts from."""
    (paths.SCRIPTS / SCRIPT).write_text(model_script(), encoding="utf-8")
