"""In Jupyter: under each cell, the numbers it recorded, as the text will show them.

The text of a chapter names numbers, as in ``{num}`sales.customs.us_8542_cn.2022` ``, and only the built book shows their values.
In a notebook opened by hand, or run by plain papermill, this list is where to look a name up. Numbers that the text takes from
other pages stand under the first cell, as the last build left them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from analysis import paths
from analysis.registry.numbers import Number, load_numbers

NAMED = re.compile(r"\{num\}`([a-z0-9_.]+)")
NOT_BUILT = "<p>Numbers that this text takes from other pages are listed here once <code>make book</code> has computed them.</p>"


def taken_from_other_pages(slug: str, notebook: Path, built: Path = paths.NUMBERS_FILE) -> str:
    """A folded table (HTML) of the numbers that the text of `notebook` names and a page other than `slug` records, in the order of
    the text, as last built. Empty where there are none; a sentence where the text names numbers and nothing was built yet."""
    import nbformat

    cells = nbformat.read(notebook, 4).cells if notebook.exists() else ()
    named = dict.fromkeys(id for cell in cells if cell.cell_type == "markdown" for id in NAMED.findall(cell.source))
    if named and not built.exists():
        return NOT_BUILT
    numbers = load_numbers(built) if named else {}
    taken = [numbers[id] for id in named if id in numbers and numbers[id].page != slug]
    return table_of(taken, "of other pages named here, as last built") if taken else ""


def list_under_cells(numbers: Mapping[str, Number], under_the_first: Callable[[], str] = str) -> None:
    """From now on show, after each cell of the running notebook, the numbers that came into `numbers` with it, and once, after the
    first cell, the HTML that `under_the_first` makes.

    Outside a notebook (in a script, in tests) nothing happens.
    """
    from IPython import get_ipython
    from IPython.display import HTML, display

    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return
    once = [text for text in [under_the_first()] if text]
    listed: set[str] = set(numbers)

    def show(_result: object) -> None:
        new = [number for id, number in numbers.items() if id not in listed]
        listed.update(numbers)
        if once:
            display(HTML(once.pop()))
        if new:
            display(HTML(table_of(new)))

    for before in [f for f in shell.events.callbacks["post_run_cell"] if getattr(f, "lists_numbers", False)]:
        shell.events.unregister("post_run_cell", before)   # the cell that makes the page was run again
    show.lists_numbers = True
    shell.events.register("post_run_cell", show)


def table_of(numbers: Iterable[Number], where: str = "recorded here") -> str:
    """A folded table: name as the text uses it, value with its interval, class, and what it is."""
    rows = [f"<tr><td><code>{html.escape(n.id)}</code></td><td>{html.escape(n.text_with_interval)}</td>"
            f"<td>{html.escape(n.cls)}</td><td style='text-align:left'>{html.escape(n.label)}</td></tr>" for n in numbers]
    return (f"<details><summary>{len(rows)} number{'s' * (len(rows) > 1)} {where}</summary><table><thead><tr><th>Name</th>"
            f"<th>Value</th><th>Class</th><th>What it is</th></tr></thead><tbody>{''.join(rows)}</tbody></table></details>")
