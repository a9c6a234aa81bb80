"""The figure of the front page says what its table holds; a figure in its title is rounded once."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.sales.summary import sales_figure


def rows(quantity: str, values: dict[int, float]) -> pd.DataFrame:
    return pd.DataFrame([{"year": year, "quantity": quantity, "value": value, "low": value - 10.04, "high": value + 20.06}
                         for year, value in values.items()])


@pytest.fixture
def figure():
    totals = pd.concat([rows("headquarters", {2018: 56.09, 2025: 90.53}), rows("location", {2018: 90.0, 2025: 120.0})])
    estimate = {"totals": totals, "huawei": rows("bought", {2018: 8.2, 2022: 6.4}),
                "observations": pd.DataFrame({"source_id": ["a-filing", "a-filing", "another"]})}
    return sales_figure(estimate, pd.DataFrame([{"name": "newspaper", "value": 14.0, "source_id": "a-newspaper"}]))


def test_the_title_rounds_the_estimate_and_not_the_rounded_estimate(figure):
    assert figure.title == "US chip firms sold Chinese firms about US$91 billion in 2025, 61% more than in 2018"


def test_the_table_holds_each_line_s_own_values_and_ends(figure):
    total = figure.data[figure.data["Sold"].str.contains("all")].set_index("Year")
    assert total.loc[2025, ["US$ billion", "Low", "High"]].tolist() == [90.5, 80.5, 110.6]
    assert set(figure.data["US$ billion"]) == {56.1, 90.5, 8.2, 6.4, 14.0}


def test_the_printed_figure_stands_alone_without_an_interval_and_names_its_source(figure):
    printed = figure.data[figure.data["Evidence"] == "reported"].iloc[0]
    assert (printed["Year"], printed["US$ billion"]) == (2019, 14.0) and pd.isna(printed[["Low", "High"]]).all()
    assert figure.source_ids == ("a-filing", "another", "a-newspaper")
