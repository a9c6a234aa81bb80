"""The figure: refuses what is incomplete, gives the same bytes again, and publishes nothing that could run."""

from __future__ import annotations

import io
import json
import re

import altair as alt
import chart_examples
import pandas as pd
import pytest
from lxml import etree, html

from analysis.charts import FigureError, figure_files, render, svg, theme
from analysis.charts.table import data_csv, data_table, shown


@pytest.mark.parametrize(("part", "value", "said"), [
    ("id", "Not Kebab", "kebab-case"), ("title", "", "title is missing"),
    ("title", "Ends with a stop.", "full stop"),
    ("description", " ", "description is missing"),
    ("description", "One firm sells more than the others together", "repeats the title"),
    ("unit", "", "unit is missing"), ("source_ids", (), "source_ids are missing"), ("evidence", (), "evidence is missing"),
    ("evidence", ("guessed",), "'guessed' is not one of"), ("data", pd.DataFrame(), "data is missing"),
    ("data", pd.DataFrame([[1, 2]], columns=["a", "a"]), "names, each once"), ("chart", None, "chart is missing"),
])
def test_a_figure_cannot_be_built_without_each_of_its_parts(part, value, said):
    with pytest.raises(FigureError, match=said):
        chart_examples.figure(**{part: value})


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(FigureError, match=r"title is missing.*unit is missing.*source_ids are missing"):
        chart_examples.figure(title="", unit="", source_ids=())


def test_a_single_source_may_be_given_as_a_string():
    assert chart_examples.figure(source_ids="filings").source_ids == ("filings",)


@pytest.mark.parametrize("form", ["bars", "lines"])
def test_an_equal_figure_gives_equal_bytes(form, drawn):
    again = render(chart_examples.figure(form))
    assert (again.svg, again.svg_wide, again.svg_narrow, again.html) == (
        drawn[form].svg, drawn[form].svg_wide, drawn[form].svg_narrow, drawn[form].html)


def test_an_equal_picture_gives_equal_png_bytes(drawn):
    assert drawn["bars"].png == render(chart_examples.figure("bars")).png
    assert drawn["bars"].png.startswith(b"\x89PNG")


def test_names_that_altair_counts_up_do_not_change_the_drawing():
    def build(width: int) -> alt.Chart:
        point = alt.selection_point()   # Altair names it param_1, param_2, … through the life of the process
        return alt.Chart(chart_examples.ROWS).mark_bar().encode(x="Sales, US$ bn:Q", y="Name:N").add_params(point).properties(
            width=100)

    first, second = (render(chart_examples.figure(chart=build)) for _ in range(2))
    assert first.html == second.html


def test_ids_are_unique_on_a_page_with_every_figure(drawn):
    page = html.fromstring("<main>" + "".join(rendered.html for rendered in drawn.values()) + "</main>")
    ids = [element.get("id") for element in page.iter() if isinstance(element.tag, str) and element.get("id")]
    assert len(ids) == len(set(ids))
    assert len(ids) > 6 * len(drawn)


def test_every_id_a_drawing_refers_to_exists_in_it(drawn):
    for rendered in drawn.values():
        for text in (rendered.svg_wide, rendered.svg_narrow, rendered.svg):
            ids = set(re.findall(r' id="([^"]+)"', text))
            referred = re.findall(r'url\(#([^)]+)\)', text) + re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', text)
            assert set(referred) <= ids and referred


def test_script_in_any_text_is_shown_and_not_run():
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    data = chart_examples.ROWS.assign(Name=[f"{evil} {n}" for n in range(5)]).rename(columns={"Low": evil})

    def build(width: int) -> alt.Chart:
        return alt.Chart(data).mark_bar().encode(
            x=alt.X("Sales, US$ bn:Q", title=evil, axis=alt.Axis(titleLimit=120)),
            y=alt.Y("Name:N", title=None, axis=alt.Axis(labelLimit=80))).properties(width=120)

    rendered = render(chart_examples.figure(title=evil, description=evil + "!", unit=evil, note=evil, how_to_read=evil,
                                            data=data, chart=build, source_ids=(evil,)), {evil: evil})
    page = html.fromstring(rendered.html)
    scripts = page.findall(".//script")
    assert [script.get("type") for script in scripts] == ["application/json"]
    assert not page.findall(".//img")
    attributes = {name for element in page.iter() if isinstance(element.tag, str) for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on")]
    assert json.loads(scripts[0].text)["wide"]["description"] == evil + "!"
    for text in (rendered.svg, rendered.svg_wide, rendered.svg_narrow):
        assert {etree.QName(element).localname for element in etree.fromstring(text).iter()} <= svg.ALLOWED_ELEMENTS


@pytest.mark.parametrize("form", chart_examples.FORMS)
def test_published_drawings_are_inert(form, drawn):
    for text in (drawn[form].svg, drawn[form].svg_wide, drawn[form].svg_narrow):
        root = etree.fromstring(text)
        for element in root.iter():
            assert etree.QName(element).localname in svg.ALLOWED_ELEMENTS
            assert not [name for name in element.attrib if name.startswith("on") or etree.QName(name).localname == "href"]
        assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", text)


def test_a_chart_that_loads_a_picture_is_refused():
    def build(width: int) -> alt.Chart:
        picture = pd.DataFrame({"u": ["data:image/png;base64,iVBORw0KGgo="], "x": [1]})
        return alt.Chart(picture).mark_image().encode(url="u:N", x="x:Q")

    with pytest.raises(FigureError, match="only shapes and text"):
        render(chart_examples.figure(chart=build))


def test_a_chart_wider_than_asked_is_refused():
    def build(width: int) -> alt.Chart:
        return alt.Chart(chart_examples.ROWS).mark_bar().encode(x="Sales, US$ bn:Q", y="Name:N").properties(width=width)

    with pytest.raises(FigureError, match="px wide where 680 px were asked for"):
        render(chart_examples.figure(chart=build))


def test_page_drawings_take_every_colour_from_the_page_and_pictures_none(drawn):
    for rendered in drawn.values():
        for text in (rendered.svg_wide, rendered.svg_narrow):
            painted = set(re.findall(r'(?:fill|stroke)="([^"]+)"', text))
            fixed = {value for value in painted if not value.startswith(("var(--chart-", "url(#"))}
            assert fixed <= {"none", "transparent"}
        assert "var(" not in rendered.svg


def test_a_hatch_becomes_a_pattern_in_the_colour_of_its_name(drawn):
    assert theme.HATCH_CONTRAST not in drawn["bars"].svg_wide + drawn["bars"].svg
    patterns = etree.fromstring(drawn["bars"].svg_wide).findall(".//{*}pattern")
    assert [pattern.find("{*}path").get("stroke") for pattern in patterns] == [theme.BY_NAME["contrast"].css]


def test_the_page_shows_finding_unit_legend_source_links_and_table(drawn):
    page = html.fromstring(drawn["waterfall"].html)
    figure = chart_examples.figure("waterfall")
    assert page.get("id") == "fig-example-waterfall"
    assert page.find_class("cs-figure-title")[0].text_content() == figure.title
    assert page.find_class("cs-figure-unit")[0].text_content() == figure.unit
    assert [li.text_content().strip() for li in page.find_class("cs-evidence")[0]] == list(figure.evidence)
    assert [a.get("href") for a in page.find_class("cs-figure-source")[0].iter("a")] == [
        "sources.html#source-filings", "sources.html#source-customs"]
    assert {a.text for a in page.find_class("cs-figure-links")[0].iter("a")} == {
        "Data (CSV)", "SVG", "PNG", "Slide", "Cite", "Page to embed"}
    table = page.find_class("cs-figure-table")[0]
    assert (table.get("tabindex"), table.get("role")) == ("0", "region") and figure.title in table.get("aria-label")


def test_sources_are_named_by_their_titles_where_they_are_known():
    rendered = render(chart_examples.figure(), {"filings": "Annual reports & accounts"})
    assert "Annual reports &amp; accounts</a>; <a" in rendered.html and ">customs</a>" in rendered.html
    assert "Source: Annual reports &amp; accounts; customs. The Chip Stalemate" in re.sub(r"</text><text[^>]*>", " ", rendered.svg)


@pytest.mark.parametrize("form", chart_examples.FORMS)
def test_the_table_shows_the_values_of_the_data(form, drawn):
    data = chart_examples.figure(form).data
    read = pd.read_html(io.StringIO(data_table(data)), thousands=",", keep_default_na=False)[0]
    assert list(read.columns) == list(data.columns)
    for name in data.columns:
        for given, cell in zip(data[name], read[name], strict=True):
            text = str(cell).replace("−", "-")
            if pd.isna(given):
                assert text == "–"
            elif isinstance(given, bool):
                assert text == ("yes" if given else "no")
            elif isinstance(given, float | int):
                assert float(text) == pytest.approx(given, rel=5e-4)
            else:
                assert text == str(given)


@pytest.mark.parametrize("form", chart_examples.FORMS)
def test_the_csv_holds_the_data_to_seven_digits(form, drawn):
    data = chart_examples.figure(form).data.reset_index(drop=True)
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(drawn[form].csv)), data, check_dtype=False, rtol=5e-7)


def test_a_cell_that_a_spreadsheet_would_run_is_text_and_numbers_stay_numbers():
    data = pd.DataFrame({"=cmd": ["=1+1", "@SUM(A1)", "+49 30", "-0.5", "plain", "|calc", "%0a"],
                         "Value": [-1.5, 2, 3, 4, 5, 6, 7]})
    lines = data_csv(data).splitlines()
    assert lines == ["'=cmd,Value", "'=1+1,-1.5", "'@SUM(A1),2.0", "'+49 30,3.0", "-0.5,4.0", "plain,5.0", "'|calc,6.0", "'%0a,7.0"]


def test_dates_years_and_missing_values_are_shown_for_readers():
    assert shown(pd.Timestamp("2019-05-16")) == "2019-05-16"
    assert shown(2019, is_year=True) == "2019" and shown(2019) == "2,019"
    assert shown(0.0001234567) == "0.0001235" and shown(pd.NaT) == "–" and shown(True) == "yes"


def test_files_are_written_whole_and_leave_nothing_behind(tmp_path, drawn):
    figure = chart_examples.figure("bars")
    written = figure_files(figure, tmp_path, drawn["bars"])
    assert sorted(tmp_path.iterdir()) == sorted(written) and len(written) == 4
    kept = json.loads((tmp_path / "example-bars.json").read_text(encoding="utf-8"))
    assert (kept["id"], kept["unit"], kept["source_ids"]) == (figure.id, figure.unit, list(figure.source_ids))
    assert kept["spec"]["$schema"].startswith("https://vega.github.io/schema/vega-lite/") and kept["spec"]["datasets"]
    assert etree.fromstring((tmp_path / "example-bars.svg").read_bytes()).tag.endswith("svg")


def test_the_picture_carries_title_unit_symbols_note_and_source(drawn):
    rendered = render(chart_examples.figure("bars", note="A caveat that travels with the picture"))
    words = " ".join(etree.fromstring(rendered.svg).itertext())
    for part in ("One firm sells more", "US$ billion", "reported", "judged", "A caveat that travels", "Source: filings; customs"):
        assert part in words


def test_a_csv_holds_no_more_digits_than_anybody_knows():
    table = pd.DataFrame({"Year": [2022.125], "US$ billion": [58.54560192016976], "Jobs": [1234567.0], "Share": [-0.000123456789]})
    assert data_csv(table).splitlines()[1] == "2022.125,58.5456,1234567.0,-0.0001234568"
