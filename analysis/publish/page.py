"""What a chapter uses to publish: its parameters as a table, its numbers, its figures.

Under the runner the results are left in the run's folder (environment variable `CHIP_RUN_DIR`). Opened by hand in
Jupyter, or run by plain papermill or nbval, the same calls only display, and each cell lists the numbers it recorded.
"""

from __future__ import annotations

import functools
import html
import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from IPython.display import HTML, display

from analysis import paths
from analysis.data import load_table
from analysis.publish.recorded import list_under_cells, taken_from_other_pages
from analysis.registry.edition import edition_day
from analysis.registry.numbers import Number, NumberError, append_run_number
from analysis.registry.recorder import Recorder


class Page(Recorder):
    """One chapter in the making.

    Parameters
    ----------
    slug: the chapter's file name without ending; it is also the page's address.
    chapters: whose words its numbers have (`book/numbers/<chapter>.yml`), where not its own: pages made of a template have its.
    parameters: the run's parameters by name, shown to the reader by :meth:`parameters`.
    """

    def __init__(self, slug: str, *chapters: str, **parameters: object) -> None:
        super().__init__(slug, *chapters)
        self._parameters = parameters
        self.figures: list[str] = []
        self._run_dir = _run_dir()
        pd.set_option("display.max_colwidth", None)   # a table of words is shown whole
        if not self._run_dir:
            list_under_cells(self.numbers, functools.partial(_taken_from_other_pages, slug))

    @functools.cached_property
    def as_of(self) -> str:
        """The newest day the page covers: the parameter of that name or, where it is empty, the edition's day."""
        return str(self._parameters.get("as_of") or edition_day(self._parameters.get("data_dir")))

    def parameters(self) -> None:
        """Display the run's parameters as a table, each with the values it may take."""
        allowed = _allowed(self.slug)
        shown = {**self._parameters, "as_of": self.as_of} if "as_of" in self._parameters else self._parameters
        rows = "".join(
            f"<tr><th scope='row'><code>{html.escape(name)}</code></th><td>{html.escape(_shown(value))}</td>"
            f"<td>{html.escape(allowed.get(name, 'any')).replace('–', '–<wbr>')}</td></tr>"   # a range of days breaks on a phone
            for name, value in shown.items()
        )
        display(HTML(
            "<details class='cs-parameters'><summary>Parameters of this run</summary>"
            "<table><thead><tr><th scope='col'>Parameter</th><th scope='col'>Value</th>"
            "<th scope='col'>Allowed</th></tr></thead>"
            f"<tbody>{rows}</tbody></table></details>"
        ))

    def take(self, made: Number) -> float:
        """Keep a number and, under the runner, leave it in the run's folder; raises NumberError for an id recorded before."""
        value = super().take(made)
        if self._run_dir:
            append_run_number(self._run_dir / "numbers.json", made)
        return value

    def show(self, figure) -> None:
        """Display an :class:`analysis.charts.Figure` and publish its files (SVG, PNG, CSV, JSON); where a run is for its numbers
        alone, nothing is drawn."""
        if os.environ.get(paths.NUMBERS_ONLY_VARIABLE):
            return
        from analysis.charts import figure_files, render

        rendered = render(figure, self._source_names(figure.source_ids))
        if figure.id in self.figures:
            raise NumberError(f"figure {figure.id!r} is shown twice on page {self.slug!r}")
        self.figures.append(figure.id)
        if self._run_dir:
            folder = self._run_dir / "figures"
            folder.mkdir(exist_ok=True)
            figure_files(figure, folder, rendered)
            display(HTML(rendered.html))
        else:   # no style sheet hides one of the two drawings where a notebook is worked on
            display(HTML(rendered.html.replace(rendered.svg_narrow, "")))

    def _source_names(self, source_ids: Sequence[str]) -> dict[str, str]:
        """Titles of the named sources; raises NumberError for an id that is not in sources.csv."""
        titles = load_table("sources", self._parameters.get("data_dir") or None).set_index("source_id")["title"]
        missing = sorted(set(source_ids) - set(titles.index))
        if missing:
            raise NumberError(f"page {self.slug!r} names sources that are not in sources.csv: {', '.join(missing)}")
        return {source: titles[source] for source in source_ids}


def _allowed(slug: str) -> dict[str, str]:
    """What the parameters of the chapter `slug` may be, in the words of its cell of parameters; nothing for other notebooks."""
    from analysis.runner.contents import source_of
    from analysis.runner.parameters import declared_parameters

    chapter = source_of(slug)
    declared = declared_parameters(chapter).values() if chapter.exists() else ()
    return {parameter.name: parameter.allowed.text for parameter in declared if parameter.allowed}


def _taken_from_other_pages(slug: str) -> str:
    from analysis.runner.contents import source_of

    return taken_from_other_pages(slug, source_of(slug))


def _run_dir() -> Path | None:
    given = os.environ.get(paths.RUN_DIR_VARIABLE)
    return Path(given) if given else None


def _shown(value: object) -> str:
    return "(default)" if value == "" else str(value)
