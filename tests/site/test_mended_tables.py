"""Tables of a page, each mend on its own: regions, heads, numbers, dates, repeated heads."""

from __future__ import annotations

import lxml.html

from analysis.publish.site import tables


def _mended(html: str):
    body = lxml.html.fragment_fromstring(f"<div>{html}</div>")
    tables.mend_tables(body)
    return body


def _html(tree) -> str:
    return lxml.html.tostring(tree, encoding="unicode")


def test_a_table_scrolls_inside_a_region_named_after_the_heading_before_it():
    body = _mended(
        "<h2>Sales by firm</h2><table border='1'><thead><tr><th></th><th>a</th></tr></thead>"
        "<tbody><tr><th>x</th><td>1</td></tr></tbody></table><p>after</p>"
    )
    html = _html(body)
    assert '<div class="cs-scroll" role="region" tabindex="0" aria-label="Table: Sales by firm"><table>' in html
    assert "border" not in html
    assert '<td></td><th class="cs-number" scope="col">a</th>' in html.replace(
        'scope="col" class="cs-number"', 'class="cs-number" scope="col"'
    )
    assert '<th scope="row">x</th>' in html
    assert html.endswith("</table></div><p>after</p></div>")


def test_a_table_that_already_scrolls_is_not_wrapped_again():
    body = _mended("<div class='cs-scroll'><table><tbody><tr><td>1</td></tr></tbody></table></div>")
    assert _html(body).count("cs-scroll") == 1


def test_only_columns_of_numbers_are_set_right():
    body = _mended("<table><tbody><tr><td>−1.5</td><td>2019 to 2020</td></tr><tr><td>–</td><td>3</td></tr></tbody></table>")
    assert [cell.get("class") for cell in body.xpath(".//td")] == ["cs-number", None, "cs-number", None]


def test_the_name_of_an_index_stands_in_the_row_of_heads():
    """pandas writes it into a second row of its own."""
    body = _mended("<table><thead><tr><th></th><th>2019</th></tr><tr><th>Policy</th><th></th></tr></thead>"
                 "<tbody><tr><th>ban</th><td>1</td></tr></tbody></table>")
    heads = body.xpath(".//thead/tr")
    assert [[cell.text for cell in row] for row in heads] == [["Policy", "2019"]]
    assert heads[0][0].get("scope") == "col"


def test_names_of_rows_and_of_columns_share_the_corner():
    body = _mended("<table><thead><tr><th>re-entry</th><th>0.005</th></tr><tr><th>design-out</th><th></th></tr></thead>"
                 "<tbody><tr><th>0.03</th><td>1</td></tr></tbody></table>")
    assert [[cell.text for cell in row] for row in body.xpath(".//thead/tr")] == [["design-out ↓, re-entry →", "0.005"]]


def test_nothing_true_and_false_are_said_in_words():
    body = _mended("<table><tbody><tr><td>NaN</td><td>True</td><td>False</td><td>Nanya</td></tr></tbody></table>")
    assert [cell.text for cell in body.xpath(".//td")] == ["–", "yes", "no", "Nanya"]


def test_less_than_nothing_has_a_minus_sign_and_a_hyphen_between_words_or_numbers_stays():
    body = _mended("<table><tbody><tr><td>-0.9</td><td>-4% to -9%</td><td>2018-20</td><td>set-up</td></tr></tbody></table>")
    assert [cell.text for cell in body.xpath(".//td")] == ["−0.9", "−4% to −9%", "2018-20", "set-up"]


def test_a_head_beside_several_rows_is_repeated_in_each_so_that_every_row_says_what_it_belongs_to():
    heads = "".join(f"<th>{name}</th>" for name in ("Study", "Year", "Said", "Seen"))
    body = _mended(f"<table><thead><tr>{heads}</tr></thead><tbody>"
                 "<tr><th rowspan='2' id='x'>A</th><td>1</td><td>2</td><td>3</td></tr>"
                 "<tr><td>4</td><td>5</td><td>6</td></tr></tbody></table>")
    rows = body.xpath(".//tbody/tr")
    assert [[cell.text for cell in row] for row in rows] == [["A", "1", "2", "3"], ["A", "4", "5", "6"]]
    assert [row[0].get("id") for row in rows] == ["x", None] and rows[1][0].get("class").split()[0] == "cs-again"
    assert [cell.get("data-label") for cell in rows[1]] == ["Study", "Year", "Said", "Seen"], "and is a card on a phone"


def test_two_rows_of_heads_that_both_say_something_stay_two():
    body = _mended("<table><thead><tr><th>Firm</th><th>Sales</th></tr><tr><th></th><th>US$ bn</th></tr></thead>"
                 "<tbody><tr><td>A</td><td>1</td></tr></tbody></table>")
    assert len(body.xpath(".//thead/tr")) == 2


def test_a_date_does_not_break_and_an_interval_stands_below_its_value():
    body = _mended("<table><tbody><tr><td>2019-05-16</td><td>−0.9 [−3.4, −0.2]</td><td>a [b, c]</td></tr></tbody></table>")
    date, value, text = body.xpath(".//td")
    assert date.get("class") == "cs-nowrap" and text.get("class") is None and text.text == "a [b, c]"
    assert value.text_content() == "−0.9 [−3.4, −0.2]", "the words stay as they were"
    assert value.xpath("./small[@class='cs-range']/text()") == ["[−3.4, −0.2]"]


_ROWS = "<tr><th>{}</th><td>2018</td><td>11.000000</td></tr><tr><th>{}</th><td>2019</td><td>0.142857</td></tr>"
_HEAD = "<table class='dataframe'><thead><tr><th></th><th>Year</th><th>Value</th></tr></thead><tbody>"


def test_the_numbers_that_pandas_gives_to_rows_are_left_out():
    table = _mended(f"{_HEAD}{_ROWS.format(2, 17)}</tbody></table>")
    rows = [[cell.text for cell in row] for row in table.xpath(".//tr")]
    assert rows == [["Year", "Value"], ["2018", "11"], ["2019", "0.142857"]]


def test_rows_that_are_named_by_years_or_words_keep_their_names():
    for first, second in ((2018, 2019), ("Micron", "Qorvo")):
        assert len(_mended(f"{_HEAD}{_ROWS.format(first, second)}</tbody></table>").xpath(".//tbody//th")) == 2
