"""What a chapter shows of itself: its parameters and what they may be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analysis.publish import Page, page


@pytest.fixture
def parameters_table(monkeypatch: pytest.MonkeyPatch) -> Callable[[Page], str]:
    """The HTML that a page displays as its table of parameters."""

    def table(of: Page) -> str:
        shown = []
        monkeypatch.setattr(page, "display", shown.append)
        of.parameters()
        return shown[0].data

    return table


def test_the_table_of_parameters_says_what_each_may_be(parameters_table) -> None:
    shown = parameters_table(Page("sales", first_year=2015, basis="all", data_dir=""))
    assert "<th scope='row'><code>first_year</code></th><td>2015</td><td>2010–<wbr>2020</td>" in shown
    assert "<td>all</td><td>all, billing, ship_to or hq</td>" in shown
    assert "<td>(default)</td><td>any</td>" in shown


@pytest.mark.parametrize(("given", "day"), [("2030-01-31", "2030-01-31"), ("", "2027-03-05")])
def test_a_page_that_is_given_no_day_covers_what_its_own_tables_cover(given, day, parameters_table, tmp_path) -> None:
    (tmp_path / "sources.csv").write_text("source_id,accessed\na,2027-03-05\nb,2026-11-01\n")
    made = Page("sales", as_of=given, data_dir=str(tmp_path))
    assert made.as_of == day
    assert f"<td>{day}</td>" in parameters_table(made)


def test_a_notebook_of_ones_own_shows_its_parameters_all_the_same(parameters_table) -> None:
    shown = parameters_table(Page("my-own", note="<script>"))
    assert "<td>&lt;script&gt;</td><td>any</td>" in shown and "<td><script>" not in shown
