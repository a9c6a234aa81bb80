"""What is generated from the schemas agrees with the data: data package, dictionary, sources page, bibliography."""

from __future__ import annotations

import re
import shutil

import frictionless
from pybtex.database import parse_file

from analysis import paths
from analysis.data import load_table
from analysis.data.datapackage import render_datapackage
from analysis.data.dictionary import render_dictionary, render_sources, rows_of_sources, spans
from analysis.data.schemas import TABLES


def test_the_committed_data_package_is_the_generated_one():
    assert (paths.DATA / "datapackage.json").read_text(encoding="utf-8") == render_datapackage(), (
        "run: python -m analysis write-datapackage"
    )


def test_the_frictionless_validator_accepts_the_whole_package():
    report = frictionless.validate(str(paths.DATA / "datapackage.json"))
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])
    assert len(report.tasks) == len(TABLES)
    assert sum(task.stats.get("rows", 0) for task in report.tasks) == sum(len(load_table(name)) for name in TABLES)


def test_the_frictionless_validator_really_looks(tmp_path):
    folder = shutil.copytree(paths.DATA, tmp_path / "data")
    for table, old, new in [
        ("filings/company_filings.csv", "NVIDIA,NVDA,chips,FY2018", "Nobody,NVDA,chips,FY2018"),
        ("policy/policy_events.csv", "P001,2016-03-08", "P001,8 March 2016"),
        ("policy/export_licences.csv", ",applications,", ",sales,"),
        ("policy/arguments.csv", "\nC02,", "\nC01,"),
        ("huawei/huawei_facts.csv", "fact_id,name", "fact,name"),
    ]:
        text = (folder / table).read_text(encoding="utf-8")
        assert old in text
        (folder / table).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = {(name, kind) for name, kind in _by_table(frictionless.validate(str(folder / "datapackage.json")))}
    assert found >= {
        ("company_filings", "foreign-key"),
        ("policy_events", "type-error"),
        ("export_licences", "constraint-error"),
        ("arguments", "primary-key"),
        ("huawei_facts", "incorrect-label"),
    }


def _by_table(report):
    return [(task.name, error.type) for task in report.tasks for error in task.errors]


def test_the_dictionary_describes_every_table_and_column():
    page = render_dictionary()
    for name, table in TABLES.items():
        section = page.split(f"(table-{name})=")[1].split("\n(table-")[0]
        assert section.count("<tr><th scope='row'>") == len(table.columns)
        assert f'href="tables/{name}.csv"' in section
        assert f"{len(load_table(name)):,} row" in section
        assert not table.read_first or table.read_first.replace("USD", "US$") in section


def test_the_dictionary_describes_the_data_it_is_given(small_data):
    assert "40 rows, key `series_id`, `period`" in render_dictionary(str(small_data))


def test_every_source_has_a_row_with_a_permanent_anchor():
    page = render_sources()
    anchors = re.findall(r"<tr id='source-([^']+)'>", page)
    assert sorted(anchors) == sorted(load_table("sources")["source_id"])


def test_a_source_page_links_only_to_web_addresses_and_published_tables():
    for address in re.findall(r"href='([^']+)'", render_sources()):
        assert address.startswith(("http://", "https://")) or address.removeprefix("tables/").removesuffix(".csv") in TABLES


def test_a_source_leads_to_exactly_the_rows_that_name_it():
    used = rows_of_sources()
    for name, table in TABLES.items():
        if name != "sources" and "source_id" in table.names:
            frame = load_table(name)
            for source, rows in frame.groupby("source_id").groups.items():
                assert used[source][name] == [row + 2 for row in rows]


def test_rows_are_shown_in_runs_and_long_lists_end_with_a_count():
    assert spans([2]) == "2" and spans([2, 3, 4, 9]) == "2–4, 9"
    assert spans([2, 4, 6, 8, 10, 11]) == "2, 4, 6, 8 and 2 more"


def test_every_source_is_used_and_every_title_publisher_and_address_is_one_source():
    sources = load_table("sources")
    used = set().union(
        *(load_table(name)["source_id"] for name, table in TABLES.items() if name != "sources" and "source_id" in table.names)
    )
    used |= set(load_table("standing")["other_source_ids"].str.split("; ").explode())
    assert set(sources["source_id"]) <= used
    assert not sources[sources["url"] != ""].duplicated(["title", "publisher", "url"]).any()


def test_every_study_is_in_the_bibliography_under_its_own_name():
    studies = load_table("published_results").drop_duplicates("study_id").set_index("study_id")
    entries = parse_file(str(paths.BOOK / "references.bib")).entries
    assert len(studies) == 69
    assert set(studies.index) <= set(entries)
    for study, row in studies.iterrows():
        assert entries[study].fields["title"].strip("{}").replace("\\", "") == row["title"]
        assert "doi" not in entries[study].fields  # none was seen in the table
