"""An embedded figure stands alone: drawing, table, sources and citation inside, no request to anywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import altair as alt
import pandas as pd
import pytest

from analysis.charts import Figure, figure_files, render
from analysis.publish.embeds import (
    EmbedError,
    PublishedFigure,
    check_embeds,
    citation_of,
    embed_code,
    python_snippet,
    render_embed,
    write_embeds,
)

ADDRESS = "https://book.example/"
EDITION, DATE = "2026.11", "2026-11-22"


def bar_figure(id: str = "days-waited", title: str = "Files waited longest in 2020") -> Figure:
    data = pd.DataFrame({"Year": [2019, 2020], "Days undecided": [1122.0, 1944.0]})

    def build(width: int) -> alt.Chart:
        return alt.Chart(data).mark_bar().encode(x="Year:O", y="Days undecided:Q").properties(width=width - 90, height=160)
    return Figure(id=id, title=title, description="Bar chart of days undecided by year; 2020 is the highest.",
                  unit="days a year", source_ids=("bis-1",), evidence=("derived",), data=data, chart=build, note="Core rules only")


@pytest.fixture(scope="module")
def shown() -> tuple:
    """The figure drawn, and as a page shows it."""
    figure = bar_figure(title="Files waited <longest> in 2020")
    rendered = render(figure, {"bis-1": "Federal Register"})
    return figure, rendered, PublishedFigure(figure.id, figure.title, "rules", rendered.html)


@pytest.fixture
def site(tmp_path, shown) -> Path:
    figure, rendered, published = shown
    (tmp_path / "figures").mkdir()
    figure_files(figure, tmp_path / "figures", rendered)
    write_embeds([published], tmp_path, EDITION, DATE, ADDRESS)
    return tmp_path


def test_an_embed_holds_drawings_table_note_source_and_citation(site) -> None:
    page = (site / "embed/days-waited.html").read_text()
    assert len(re.findall(r"<svg\b[^>]*cs-figure-svg", page)) == 2 and "1,944" in page and "Core rules only" in page
    assert "Federal Register" in page and "edition 2026.11, figure days-waited" in page
    assert "https://book.example/editions/2026.11/rules.html#fig-days-waited" in page
    assert "Files waited &lt;longest&gt; in 2020" in page and "<longest>" not in page


def test_links_of_an_embed_leave_the_frame_for_the_permanent_edition(site) -> None:
    links = re.findall(r"<a [^>]*>", (site / "embed/days-waited.html").read_text())
    assert links and all('target="_blank"' in link and 'href="https://book.example/editions/2026.11/' in link for link in links)


def test_an_embed_follows_light_and_dark(site) -> None:
    page = (site / "embed/days-waited.html").read_text()
    assert "color-scheme: light dark" in page and "--chart-ink: light-dark(" in page and 'fill="var(--chart-' in page


@pytest.mark.parametrize("damage, message", [
    (lambda t: t.replace("</main>", '<img src="https://elsewhere.example/x.png"></main>'), "<img> would ask for another file"),
    (lambda t: t.replace("</main>", "<script>1</script></main>"), "<script> would ask for another file"),
    (lambda t: t.replace("<main>", '<main onclick="x()">'), "onclick on <main> would run a script"),
    (lambda t: t.replace("</style>", "@import 'x.css';</style>"), "a style asks for another file"),
    (lambda t: re.sub(r"<svg\b[^>]*cs-narrow.*?</svg>", "", t, flags=re.DOTALL), "a drawing is missing"),
    (lambda t: re.sub(r"<table>.*?</table>", "", t, flags=re.DOTALL), "the table of values is missing"),
    (lambda t: t.replace("edition 2026.11,", ""), "the citation does not name edition 2026.11"),
])
def test_a_broken_embed_stops_the_build_with_a_clear_message(site, damage, message) -> None:
    file = site / "embed/days-waited.html"
    file.write_text(damage(file.read_text()))
    with pytest.raises(EmbedError, match=re.escape(message)) as caught:
        check_embeds(site, EDITION)
    assert str(caught.value).startswith("embed/days-waited.html: ")


def test_a_figure_without_its_embed_and_an_embed_without_its_figure_stop_the_build(site) -> None:
    (site / "embed/days-waited.html").rename(site / "embed/other.html")
    with pytest.raises(EmbedError) as caught:
        check_embeds(site, EDITION)
    message = str(caught.value)
    assert "there is no embed/days-waited.html" in message and "embed/other.html belongs to no figure" in message


def test_the_snippet_is_three_lines_and_loads_the_figure_s_data(site) -> None:
    snippet = python_snippet("days-waited", EDITION, ADDRESS)
    assert len(snippet.splitlines()) == 3
    here = snippet.replace(f"{ADDRESS}editions/{EDITION}/", f"{site.as_posix()}/")
    names: dict = {}
    exec(here, names)
    assert names["figure"]["Days undecided"].tolist() == [1122.0, 1944.0]


def test_the_embed_code_names_the_latest_or_a_fixed_edition(shown) -> None:
    figure = shown[2]
    assert 'src="https://book.example/embed/days-waited.html"' in embed_code(figure, ADDRESS)
    assert 'src="https://book.example/editions/2026.11/embed/days-waited.html"' in embed_code(figure, ADDRESS, EDITION)
    assert 'title="Files waited &lt;longest&gt; in 2020"' in embed_code(figure, ADDRESS)


def test_an_embed_makes_no_request_in_a_real_browser(site, browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 700})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "embed/days-waited.html").as_uri())
    assert asked == [(site / "embed/days-waited.html").as_uri()]
    assert page.locator("svg.cs-narrow").is_visible() and not page.locator("svg.cs-wide").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= 360")
    page.close()


@pytest.mark.parametrize("part", ["title", "note", "table"])
def test_an_embed_does_not_scroll_sideways_on_a_phone_whatever_its_words(part, shown, browser, tmp_path) -> None:
    """An address or a name in a script without spaces is one long word; a table wider than the screen scrolls in its own frame."""
    figure, long = shown[2], "x" * 300
    source = '<p class="cs-figure-source">'
    places = {"title": (">Files waited", f">{long}"), "note": (source, f"<p>{long}</p>{source}"),
              "table": ("</th>", f"{long}</th>")}
    markup = figure.markup.replace(*places[part])
    assert long in markup
    citation = citation_of(figure, EDITION, "2026-11-22", ADDRESS)
    (tmp_path / "embed.html").write_text(render_embed(replace(figure, markup=markup), citation, ADDRESS), encoding="utf-8")
    for mobile in (False, True):
        page = browser.new_page(viewport={"width": 390, "height": 844}, is_mobile=mobile)
        page.goto((tmp_path / "embed.html").as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.close()
