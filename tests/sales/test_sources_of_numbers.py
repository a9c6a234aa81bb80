"""A number names every source that it rests on: it stays as it is when all other sources say something else."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.registry.numbers import Number
from analysis.sales import huawei_numbers, sales_numbers

from ..provenance import recorded, unnamed

LENSES = ("us_exports", "china_imports", "us_industry", "market_sales")
RECORDERS = {   # the tables of each part of the two chapters, and how it is called
    "customs": (lambda page, t: sales_numbers.record_customs(page, t["us_exports"], t["china_imports"]), LENSES[:2]),
    "industry": (lambda page, t: sales_numbers.record_industry(page, t["us_industry"], t["market_sales"]), LENSES[2:]),
    "buyers": (sales_numbers.record_buyers, ("oem_demand", "us_industry", "market_sales", "us_exports")),
    "beside": (lambda page, t: sales_numbers.record_beside(page, t["company_filings"], t["us_exports"]),
               ("company_filings", "us_exports")),
    "facts": (lambda page, t: huawei_numbers.record_stated(page, t["huawei_facts"]), ("huawei_facts",)),
    "gartner": (lambda page, t: huawei_numbers.record_gartner(page, t["oem_demand"], t["huawei_facts"]),
                ("oem_demand", "huawei_facts")),
    "suppliers": (lambda page, t: huawei_numbers.record_suppliers(page, t["company_filings"]), ("company_filings",)),
    "arithmetic": (huawei_numbers.record_arithmetic, ("company_filings", "huawei_facts", "oem_demand")),
    "licences": (lambda page, t: huawei_numbers.record_licences(page, t["export_licences"], t["huawei_facts"]),
                 ("export_licences", "huawei_facts")),
}


@pytest.mark.parametrize("part", RECORDERS)
def test_a_number_names_every_source_that_moves_it(part, tables):
    record, names = RECORDERS[part]
    own = {name: tables[name] for name in names}
    wrong, tried = unnamed(record, own)
    assert wrong == {} and tried >= 0.9 * len(recorded(record, own))


def test_a_source_that_is_not_named_is_found():
    table = pd.DataFrame({"source_id": ["a", "b"], "value": [3.0, 4.0], "year": [2021.0, 2022.0]})

    def record(page, tables, named=("a",)):
        words = {"label": "l", "unit": "count", "cls": "derived", "as_of": "2022-12-31", "method": "m", "page": "p"}
        page.take(Number("of.both", value=float(tables["t"]["value"].sum()), sources=named, **words))
        page.take(Number("of.first", value=float(tables["t"]["value"].iloc[0]), sources=("a",), **words))

    assert unnamed(record, {"t": table}) == ({"of.both": frozenset("a")}, 2)
    assert unnamed(lambda page, tables: record(page, tables, ("a", "b")), {"t": table}) == ({}, 2)
