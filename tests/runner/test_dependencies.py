"""What a chapter depends on is read from its code, through the modules it uses."""

from __future__ import annotations

from analysis import paths
from analysis.runner.dependencies import chapters_of, modules_of, tables_of


def names(files):
    return {str(f.relative_to(paths.ROOT)) for f in files}


def test_modules_are_followed_through_imports_also_inside_functions():
    found = names(modules_of("def f():\n    from analysis.publish import Page"))
    expected = {"analysis/__init__.py", "analysis/publish/page.py", "analysis/registry/numbers.py", "analysis/charts/figure.py"}
    assert expected <= found


def test_code_without_the_project_depends_on_none_of_its_modules():
    assert modules_of("import pandas as pd") == [] and tables_of("import pandas as pd") == []


def test_a_table_is_found_by_its_literal_name():
    assert tables_of('from analysis.data import load_table\nload_table("policy_events", data_dir)') == ["policy_events"]


def test_tables_loaded_in_a_loop_are_found_by_the_names_in_the_text():
    code = 'from analysis.data import load_table\n{name: load_table(name) for name in ("oem_demand", "us_exports")}'
    assert tables_of(code) == ["oem_demand", "us_exports"]


def test_tables_named_by_a_module_are_found_when_the_chapter_loops_over_them():
    code = "from analysis.data import load_table\nfrom analysis.sales import lenses\n[load_table(n) for n in lenses.TABLES]"
    assert {"us_exports", "company_filings", "oem_demand"} <= set(tables_of(code))


def test_a_chapter_whose_numbers_are_read_is_found_by_its_literal_name():
    assert chapters_of('from analysis.registry.numbers import numbers_of\nnumbers_of("rules")["a.b"]') == ["rules"]
    assert chapters_of("import pandas as pd") == []
