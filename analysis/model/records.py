"""Records that are named by the code that reads them: one field for each attribute a function takes from an argument.

The month loop reads `p.design_out_hazard_per_month[i]`; the record of parameters then has that field. A new parameter is a row of
`parameters.yml` and the equation that reads it, and nothing else.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable


def fields_read(argument: str, *functions: Callable) -> tuple[str, ...]:
    """Names of the attributes that the functions take from the argument called `argument`, in alphabetical order."""
    found = set()
    for function in functions:
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == argument:
                found.add(node.attr)
    return tuple(sorted(found))
