"""In Jupyter: under each cell, the numbers it recorded, as the text will show them.

The text of a chapter names numbers, as in ``{num}`sales.customs.us_8542_cn.2022` ``, and only the built book shows their values.
In a notebook opened by hand, or run by plain papermill, this list is where to look a name up.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

from analysis.registry.numbers import Number


def list_under_cells(numbers: Mapping[str, Number]) -> None:
    """From now on show, after each cell of the running notebook, the numbers that came into `numbers` with it.

    Outside a notebook (in a script, in tests) nothing happens.
    """
    from IPython import get_ipython
    from IPython.display import HTML, display

    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return
    listed: set[str] = set(numbers)

    def show(_result: object) -> None:
        new = [number for id, number in numbers.items() if id not in listed]
        listed.update(numbers)
        if new:
            display(HTML(table_of(new)))

    for before in [f for f in shell.events.callbacks["post_run_cell"] if getattr(f, "lists_numbers", False)]:
        shell.events.unregister("post_run_cell", before)   # the cell that makes the page was run again
    show.lists_numbers = True
    shell.events.register("post_run_cell", show)


def table_of(numbers: Iterable[Number]) -> str:
    """A folded table: name as the text uses it, value with its interval, class, and what it is."""
    rows = [f"<tr><td><code>{html.escape(n.id)}</code></td><td>{html.escape(n.text_with_interval)}</td>"
            f"<td>{html.escape(n.cls)}</td><td style='text-align:left'>{html.escape(n.label)}</td></tr>" for n in numbers]
    return (f"<details><summary>{len(rows)} number{'s' * (len(rows) > 1)} recorded here</summary><table><thead><tr><th>Name</th>"
            f"<th>Value</th><th>Class</th><th>What it is</th></tr></thead><tbody>{''.join(rows)}</tbody></table></details>")
