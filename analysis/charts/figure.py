"""The figure: a chart that cannot be built without what makes it readable, checkable and citable.

A :class:`Figure` holds the finding, the description for those who cannot see it, unit, sources, evidence classes, the
data table and a builder that draws the chart for a given width. :func:`render` turns it into everything that is
published; :func:`figure_files` writes the files of one figure.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import altair as alt
import pandas as pd

from analysis.charts import svg, theme
from analysis.charts.drawn import kept
from analysis.charts.evidence import CLASSES
from analysis.charts.fallback import png_of
from analysis.charts.figure_html import figure_html
from analysis.charts.plot import unchecked
from analysis.charts.table import data_csv
from analysis.files import write_whole


class FigureError(ValueError):
    """A figure lacks something a reader needs, or its chart cannot be published. Names the figure and the part."""


@dataclass(frozen=True)
class Figure:
    """A chart with all that belongs to it.

    Parameters
    ----------
    id: kebab-case name, unique in the book and permanent: the figure's address and file names.
    title: the finding as a sentence, sentence case, no full stop.
    description: form, axes, pattern and extremes, for a reader who does not see the chart.
    unit: unit of the values shown, in words ("US$ billion, current prices").
    source_ids: ids from ``sources.csv``.
    evidence: the evidence classes that occur in it, from reported, derived, estimated, modelled, judged.
    data: exactly the values drawn, with human column names that include units; becomes the table and the CSV.
    chart: ``build(width)`` returning an Altair chart of at most that width in px; called with 680 and 340.
    note: a caveat shown under the chart. how_to_read: a sentence or two for an unusual form.

    Raises FigureError naming everything that is missing.
    """

    id: str
    title: str
    description: str
    unit: str
    source_ids: tuple[str, ...]
    evidence: tuple[str, ...]
    data: pd.DataFrame
    chart: Callable[[int], alt.TopLevelMixin]
    note: str = ""
    how_to_read: str = ""

    def __post_init__(self) -> None:
        for name in ("source_ids", "evidence"):
            given = getattr(self, name)
            object.__setattr__(self, name, (given,) if isinstance(given, str) else tuple(given or ()))
        # One order of the classes in every legend; a class that does not exist is kept, to be named below.
        ordered = sorted(dict.fromkeys(self.evidence), key=lambda name: (*CLASSES, name).index(name))
        object.__setattr__(self, "evidence", tuple(ordered))
        problems = list(_problems(self))
        if problems:
            raise FigureError(f"figure {self.id!r}: " + "; ".join(problems))


@dataclass(frozen=True)
class Rendered:
    """Everything that is published of a figure. `png` is drawn when first asked for (about 50 ms)."""

    figure: Figure
    svg_wide: str
    svg_narrow: str
    svg: str
    spec: dict = field(repr=False)          # Vega-Lite, wide; complete, so that it opens in any Vega-Lite editor
    spec_narrow: dict = field(repr=False)
    csv: str = field(repr=False)
    html: str = field(repr=False)

    @cached_property
    def png(self) -> bytes:
        """The standalone picture at twice its size."""
        return kept(f"png {self.svg}", lambda: png_of(self.svg, scale=2))

    @property
    def metadata(self) -> dict:
        """What ``figures/<id>.json`` holds: the figure's description and its Vega-Lite specification."""
        figure = self.figure
        return {
            "id": figure.id, "title": figure.title, "description": figure.description, "unit": figure.unit,
            "source_ids": list(figure.source_ids), "evidence": list(figure.evidence), "note": figure.note,
            "how_to_read": figure.how_to_read, "spec": self.spec,
        }


def render(figure: Figure, source_names: Mapping[str, str] | None = None) -> Rendered:
    """Draw a figure at both widths and compose its picture, table and markup; equal figures give equal bytes.

    `source_names` maps source ids to short names for the source line; ids without one are shown as they are.

    Raises FigureError when the chart is wider than asked or holds anything but shapes and text.
    """
    names = {source: (source_names or {}).get(source, source) for source in figure.source_ids}
    specs = {width: _spec(figure, width) for width in (theme.WIDE_PX, theme.NARROW_PX)}
    drawings = {width: _draw(figure, spec, width) for width, spec in specs.items()}
    digest = hashlib.sha256(json.dumps([figure.id, specs[theme.WIDE_PX]], sort_keys=True).encode()).hexdigest()[:8]
    svg_wide, svg_narrow = (
        svg.page_svg(drawings[width], prefix=f"c{digest}{letter}", title=figure.title,
                     description=figure.description, alternative=f"cs-{name}")
        for width, letter, name in ((theme.WIDE_PX, "w", "wide"), (theme.NARROW_PX, "n", "narrow")))
    standalone = svg.standalone_svg(
        drawings[theme.WIDE_PX], prefix=f"c{digest}s", title=figure.title, description=figure.description,
        unit=figure.unit, evidence=figure.evidence, note=figure.note, source_line=_source_line(figure, names))
    spec, spec_narrow = specs[theme.WIDE_PX], specs[theme.NARROW_PX]
    return Rendered(
        figure=figure, svg_wide=svg_wide, svg_narrow=svg_narrow, svg=standalone, spec=spec, spec_narrow=spec_narrow,
        csv=data_csv(figure.data),
        html=figure_html(figure, names, svg_wide, svg_narrow, spec, spec_narrow),
    )


def figure_files(figure: Figure, out_dir: Path, rendered: Rendered | None = None) -> list[Path]:
    """Write ``<id>.svg``, ``.png``, ``.csv`` and ``.json`` into `out_dir`, each whole or not at all; returns the paths."""
    rendered = rendered or render(figure)
    contents = {
        "svg": rendered.svg.encode(), "png": rendered.png, "csv": rendered.csv.encode(),
        "json": (json.dumps(rendered.metadata, indent=1, ensure_ascii=False, sort_keys=False) + "\n").encode(),
    }
    written = []
    for ending, content in contents.items():
        path = Path(out_dir) / f"{figure.id}.{ending}"
        write_whole(path, content)
        written.append(path)
    return written


def _problems(figure: Figure):
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", figure.id or ""):
        yield "id must be kebab-case (lower-case words joined by hyphens)"
    if not (figure.title or "").strip():
        yield "title is missing; it states the finding"
    elif figure.title.rstrip().endswith("."):
        yield "title ends with a full stop"
    if not (figure.description or "").strip():
        yield "description is missing; say form, axes, pattern and extremes"
    elif figure.description.strip() == figure.title.strip():
        yield "description repeats the title; say form, axes, pattern and extremes"
    if not (figure.unit or "").strip():
        yield "unit is missing"
    if not figure.source_ids:
        yield "source_ids are missing; give ids from sources.csv"
    if not figure.evidence:
        yield f"evidence is missing; give one or more of {', '.join(CLASSES)}"
    for name in figure.evidence:
        if name not in CLASSES:
            yield f"evidence class {name!r} is not one of {', '.join(CLASSES)}"
    if not isinstance(figure.data, pd.DataFrame) or figure.data.empty:
        yield "data is missing; give the table of the values drawn"
    elif not figure.data.columns.is_unique or any(not str(name).strip() for name in figure.data.columns):
        yield "data columns need names, each once"
    if not callable(figure.chart):
        yield "chart is missing; give a function of the width that returns an Altair chart"


def _spec(figure: Figure, width: int) -> dict:
    """The complete Vega-Lite specification at a width, with the names Altair counts up made stable."""
    with alt.theme.enable("chip_stalemate"), unchecked():
        spec = figure.chart(width).to_dict(validate=False)
    text = json.dumps(spec)
    counted = list(dict.fromkeys(re.findall(r'"((?:param|view|concat)_\d+)(?=[_"])', text)))
    for number, name in enumerate(counted, start=1):
        text = re.sub(rf'"{name}(?=[_"])', f'"{name.split("_")[0]}_n{number}', text)
    spec = json.loads(text)
    spec["description"] = figure.description
    return spec


def _draw(figure: Figure, spec: dict, width: int) -> svg.Svg:
    try:
        drawing = svg.draw(spec)
    except ValueError as problem:
        raise FigureError(f"figure {figure.id!r}: {problem}") from problem
    drawn_width, _ = svg.size(drawing)
    if drawn_width > width * 1.02:
        raise FigureError(f"figure {figure.id!r}: the chart is {drawn_width:.0f} px wide where {width} px were asked for; "
                          "its builder must leave room for axes and labels within the width")
    return drawing


def _source_line(figure: Figure, names: Mapping[str, str]) -> str:
    shown = list(names.values())
    more = f" and {len(shown) - 6} more" if len(shown) > 6 else ""
    return f"Source: {'; '.join(shown[:6])}{more}. The Chip Stalemate, figure {figure.id}."
