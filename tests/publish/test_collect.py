"""Collecting the chapters' numbers: what may not be published is named, and a number names only a figure that draws it."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest

from analysis.publish.collect import CollectError, collect
from analysis.publish.site.templates import render
from analysis.registry.numbers import Number, write_run_numbers
from tests.publish.conftest import number


@pytest.fixture
def runs(tmp_path) -> Path:
    """A chapter that shows one figure, of which the table holds 9.418 and 31."""
    figures = tmp_path / "sales" / "figures"
    figures.mkdir(parents=True)
    (figures / "exports.json").write_text("{}")
    (figures / "exports.csv").write_text('Firm,"Sales, US$ bn"\n"A, of 2022",9.418\nB,31\n')
    return tmp_path


def collected(runs: Path, *numbers: Number) -> dict[str, Number]:
    write_run_numbers(runs / "sales" / "numbers.json", numbers)
    return collect(["sales"], {"bis-1"}, runs)


@pytest.mark.parametrize("value, unit, digits, figure", [
    (9.418, "USD bn", 1, "exports"), (9418.0, "USD m", 0, "exports"), (31.2, "%", 0, "exports"), (31.2, "%", 1, None),
    (12.0, "days", 0, None),
])
def test_a_number_keeps_its_figure_only_where_the_figure_draws_it(runs, value, unit, digits, figure) -> None:
    found = collected(runs, number("sales.x", value, unit, digits=digits, figure="exports", page="sales"))
    assert found["sales.x"].figure == figure


def test_unknown_sources_and_figures_are_named_together(runs) -> None:
    with pytest.raises(CollectError) as refused:
        collected(runs, number("sales.x", 1.0, page="sales", sources=("bis-l",)),
                  number("sales.y", 1.0, page="sales", figure="gone"))
    assert str(refused.value).splitlines() == [
        "sales: number 'sales.x' names source 'bis-l', which is not in sources.csv; did you mean 'bis-1'?",
        "sales: number 'sales.y' points to figure 'gone', which no chapter shows"]


def test_further_numbers_lead_to_their_rows_with_value_and_interval() -> None:
    fold = lxml.html.fromstring(render("further.html", further=[
        number("sales.x", 24.5, "USD bn", "estimated", low=20.1, high=29.9, level=90.0, digits=1, label="Sales & more"),
        number("sales.y", 3.0)]))
    assert fold.findtext("summary") == "Further numbers of this chapter (2)"
    assert fold.xpath(".//a/@href") == ["numbers.html#n-sales-x", "numbers.html#n-sales-y"]
    assert [[cell.text_content() for cell in row] for row in fold.xpath(".//tbody/tr")] == [
        ["Sales & more", "US$24.5 billion", "20.1 to 29.9"], ["Label of sales.y", "3 days", "–"]]
    assert render("further.html", further=[]).strip() == ""
