"""A small book with one of everything, built end to end: the test-bed for style, access and behaviour of the site."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import altair as alt
import nbformat
import pandas as pd

from analysis import paths
from analysis.charts import Figure, figure_files, render, theme
from analysis.publish.collect import write_registry
from analysis.publish.numbers_page import render_numbers
from analysis.publish.site.finish import finish
from analysis.registry.numbers import Number

BOOK = Path(__file__).parent / "fixtures" / "book"
ADDRESS = "https://chip-stalemate.example/"
EDITION = {"edition": "2026.11", "built": "2026-11-22T12:00:00Z", "commit": "0123456789abcdef", "inputs_sha256": "0" * 64}
SOURCE_TITLES = {"census": "Exports by commodity & country", "register": "Register of rules {2019_2020}"}
CHANGELOG = (
    "# Changelog\n\n## 2026.11\n\n### Method\n\n- First edition, with `numbers.json`.\n\n## 2026.10\n\n### Added\n\n- Nothing.\n"
)


def numbers() -> dict[str, Number]:
    """One number of each evidence class, with signs that citations must escape."""
    common = {"sources": ("census",), "page": "chapter", "as_of": "2022-12-31"}
    rows = [
        Number(
            id="sales.exports.2022",
            label="US exports of HS 8542 to China & Hong Kong, 2022",
            value=9418,
            unit="USD m",
            cls="reported",
            method="As printed by the office, table 8_542",
            **common,
        ),
        Number(
            id="rules.limbo.2019",
            label="Core limbo days, 2019",
            value=1122,
            unit="days",
            cls="derived",
            method="Sum over spells of days in limbo within the year",
            figure="limbo-days",
            **{**common, "sources": ("register", "census"), "as_of": "2019-12-31"},
        ),
        Number(
            id="sales.share.2022",
            label="Share of sales to China, 2022",
            value=35.0,
            unit="%",
            cls="derived",
            digits=1,
            method="Sales to China divided by the total, in %",
            **common,
        ),
        Number(
            id="sales.chinese_firms.2022",
            label="Sales to Chinese firms, 2022",
            value=61.2,
            low=52.1,
            high=70.9,
            level=90,
            unit="USD bn",
            cls="estimated",
            digits=1,
            method="Hierarchical estimate over four lenses",
            **common,
        ),
        Number(
            id="model.lost_sales.month",
            label="Sales lost for each month of stalemate",
            value=0.8,
            low=-0.1,
            high=1.9,
            level=90,
            unit="USD bn",
            cls="modelled",
            digits=1,
            method="Median of 4,000 draws of the model",
            **common,
        ),
        Number(
            id="model.odds",
            label="Odds of settlement within a year",
            value=20,
            unit="%",
            cls="judged",
            method="Judged by the authors from three precedents",
            **common,
        ),
    ]
    return {n.id: n for n in rows}


def figures() -> list[Figure]:
    """Three figures: bars, dots with intervals, and the one of the summary page."""
    days = pd.DataFrame({"Year": [2018, 2019, 2020, 2021, 2022], "Days in limbo": [410, 1122, 1229, 980, 760]})

    def bars(width: int) -> alt.Chart:
        return (
            alt.Chart(days)
            .mark_bar(color=theme.ACCENT)
            .encode(x=alt.X("Days in limbo:Q", title=None), y=alt.Y("Year:O", title=None))
            .properties(width=width - 80, height=200)
        )

    firms = pd.DataFrame(
        {
            "Firm": ["First", "Second", "Third"],
            "Low, US$ bn": [1.0, 2.0, 0.5],
            "Sales, US$ bn": [1.4, 2.6, 1.1],
            "High, US$ bn": [1.9, 3.3, 2.2],
        }
    )

    def dots(width: int) -> alt.LayerChart:
        base = alt.Chart(firms).encode(y=alt.Y("Firm:N", title=None))
        return (
            base.mark_rule().encode(x=alt.X("Low, US$ bn:Q", title=None), x2="High, US$ bn:Q")
            + base.mark_point(color=theme.CONTRAST).encode(x="Sales, US$ bn:Q")
        ).properties(width=width - 90, height=120)

    return [
        Figure(
            id="limbo-days",
            title="Files waited longest in 2020",
            unit="days a year",
            source_ids=("register",),
            description="Bar chart of days in limbo by year, from 410 in 2018 up to 1,229 in 2020 and down to 760 in 2022.",
            evidence=("derived",),
            data=days,
            chart=bars,
            note="A day counts once for each open file.",
        ),
        Figure(
            id="firm-sales",
            title="Intervals of the three firms overlap",
            unit="US$ billion",
            source_ids=("census", "register"),
            description="Dots with 90% intervals for three firms; the second is highest at 2.6, all intervals overlap.",
            evidence=("estimated",),
            data=firms,
            chart=dots,
            how_to_read="The dot is the median, the line the 90% interval.",
        ),
        Figure(
            id="lenses",
            title="Four lenses on one year differ by what they count",
            unit="US$ billion, 2022",
            source_ids=("census",),
            description="Dots with intervals for three firms, standing for the lenses of the real book.",
            evidence=("reported",),
            data=firms,
            chart=dots,
        ),
    ]


def build(folder: Path) -> Path:
    """Build the fixtures book under `folder` and return the folder of the finished site."""
    pages, runs = folder / "pages", folder / "runs"
    shutil.copytree(BOOK, pages)
    shutil.copytree(paths.BOOK / "_static", pages / "_static")
    registry = numbers()
    figure_folder = runs / "chapter" / "figures"
    figure_folder.mkdir(parents=True)
    shown = []
    for figure in figures():
        rendered = render(figure, SOURCE_TITLES)
        figure_files(figure, figure_folder, rendered)
        shown.append(rendered.html)
    (pages / "chapter.ipynb").write_text(nbformat.writes(_chapter(shown[:2])), encoding="utf-8")
    (pages / "index.ipynb").write_text(nbformat.writes(_index((pages / "index.md").read_text(), shown[2])), encoding="utf-8")
    (pages / "index.md").unlink()
    (pages / "numbers.md").write_text(render_numbers(registry.values()), encoding="utf-8")
    write_registry(registry, folder / "numbers.json")
    # In a process of its own, as in a build: an extension of Sphinx goes through all objects of the process and trips over
    # the remains of other tests.
    code = ("import sys; from pathlib import Path; from analysis import paths; from analysis.publish.site.render import render; "
            "paths.NUMBERS_FILE, pages, out = map(Path, sys.argv[1:]); render(pages, out)")
    subprocess.run([sys.executable, "-c", code, folder / "numbers.json", pages, folder / "sphinx"], cwd=paths.ROOT, check=True)
    articles = folder / "sphinx" / "_build" / "articles"
    (folder / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    out = folder / "html"
    finish(
        articles,
        registry,
        EDITION,
        ADDRESS,
        out,
        source_titles=SOURCE_TITLES,
        runs=runs,
        tables=folder / "tables",
        book=pages,
        changelog=folder / "CHANGELOG.md",
    )
    return out


def _chapter(figures_html: list[str]) -> nbformat.NotebookNode:
    """A notebook with results in place, as the chapters have after they were run."""
    table = pd.DataFrame({"firm": ["First", "Second"], **{f"value_{n}": [n * 1.5, -n] for n in range(9)}}).to_html(index=False)
    parameters = (
        "<details class='cs-parameters'><summary>Parameters of this run</summary><table><thead><tr><th scope='col'>Parameter"
        "</th><th scope='col'>Value</th></tr></thead><tbody><tr><th scope='row'><code>first_year</code></th><td>2016</td></tr>"
        "</tbody></table></details>"
    )
    text = nbformat.v4.new_markdown_cell
    cells = [
        text(
            "# How much do US chipmakers sell to Chinese firms?\n\nAbout {num}`sales.chinese_firms.2022|interval` in 2022, "
            "an estimate whose "
            "weakest assumption is that filings and customs count the same goods. The customs figure alone is "
            "{num}`sales.exports.2022`."
        ),
        _code("page = Page('chapter')\npage.parameters()", parameters, "parameters"),
        text("## By year\n\nFiles were open for {num}`rules.limbo.2019` in 2019."),
        _code("page.show(figure)", figures_html[0], "first"),
        text("## By firm\n\nThe share was {num}`sales.share.2022`; a month costs {num}`model.lost_sales.month|interval`."),
        _code("page.show(other)", figures_html[1], "second"),
        text("### The values\n\nA wide table follows."),
        _code("frame.head()", table, "table"),
        _code("x = 1", None, "silent"),
    ]
    return _notebook(cells)


def _index(text: str, figure_html: str) -> nbformat.NotebookNode:
    """The summary page: text, one figure, text."""
    before, after = text.split("<!-- figure -->")
    return _notebook(
        [
            nbformat.v4.new_markdown_cell(before),
            _code("page = Page('index')", None, "silent"),
            _code("page.show(lenses)", figure_html, "lenses"),
            nbformat.v4.new_markdown_cell(after),
        ]
    )


def _notebook(cells: list) -> nbformat.NotebookNode:
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return notebook


def _code(source: str, html: str | None, id: str) -> nbformat.NotebookNode:
    outputs = [] if html is None else [nbformat.v4.new_output("display_data", {"text/html": html, "text/plain": id})]
    return nbformat.v4.new_code_cell(source, outputs=outputs, metadata={"tags": ["hide-input"]})
