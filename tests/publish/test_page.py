"""What a chapter shows of itself: its parameters and what they may be."""

from __future__ import annotations

from IPython.utils.capture import capture_output

from analysis.publish import Page


def parameters_table(page: Page) -> str:
    with capture_output() as shown:
        page.parameters()
    return shown.outputs[0].data["text/html"]


def test_the_table_of_parameters_says_what_each_may_be() -> None:
    shown = parameters_table(Page("sales", first_year=2015, basis="all", data_dir=""))
    assert "<th scope='row'><code>first_year</code></th><td>2015</td><td>2010–2020</td>" in shown
    assert "<td>all</td><td>all, billing, ship_to or hq</td>" in shown
    assert "<td>(default)</td><td>any</td>" in shown


def test_a_notebook_of_ones_own_shows_its_parameters_all_the_same() -> None:
    assert "<td><script>" not in (shown := parameters_table(Page("my-own", note="<script>")))
    assert "<td>&lt;script&gt;</td><td>any</td>" in shown
