"""The zip of all data: it holds what it describes, describes what it holds, and is the same from the same data."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from analysis import paths
from analysis.data.inert import publish_tables
from analysis.publish import data_zip


@pytest.fixture
def site(tmp_path):
    tables = tmp_path / "flat"
    tables.mkdir()
    for name in ("firms", "sources"):
        source = next(paths.DATA.rglob(f"{name}.csv"))
        (tables / source.name).write_bytes(source.read_bytes())
    site = tmp_path / "site"
    publish_tables(tables, site / "tables")
    (site / "figures").mkdir()
    (site / "figures" / "a-figure.csv").write_text("Year,US$ billion,US$ billion (low)\n2020,1,0.5\n")
    (site / "figures" / "a-figure.json").write_text(json.dumps(
        {"title": "It fell", "description": "A line.", "unit": "US$ billion", "source_ids": ["fr-84-22961"]}))
    (site / "numbers.csv").write_text("id,value\na.b,1\n")
    return site


def opened(site):
    archive = zipfile.ZipFile(data_zip.write_data_zip(site, "2026.11"))
    return archive, json.loads(archive.read("datapackage.json"))


def test_every_file_is_described_with_the_columns_it_has(site):
    archive, package = opened(site)
    described = {resource["path"]: resource for resource in package["resources"]}
    assert set(described) == {name for name in archive.namelist() if name.endswith(".csv")}
    assert len({resource["name"] for resource in package["resources"]}) == len(described)
    for path, resource in described.items():
        header = next(csv.reader(io.StringIO(archive.read(path).decode())))
        assert [field["name"] for field in resource["schema"]["fields"]] == header


def test_a_table_keeps_its_schema_and_a_figure_its_unit(site):
    resources = {r["path"]: r for r in opened(site)[1]["resources"]}
    assert resources["tables/firms.csv"]["schema"]["primaryKey"] == ["firm"]
    assert resources["figures/a-figure.csv"]["unit"] == "US$ billion"


def test_the_same_data_give_the_same_bytes(site):
    first = data_zip.write_data_zip(site, "2026.11").read_bytes()
    assert data_zip.write_data_zip(site, "2026.11").read_bytes() == first


def test_beside_each_csv_stands_its_unit_sources_edition_and_licence(site):
    data_zip.write_descriptions(site, "2026.11", {"fr-84-22961": "84 FR 22961"})
    found = json.loads((site / "figures" / "a-figure.csvm").read_text())
    assert found["schema:unitText"] == "US$ billion" and found["schema:version"] == "2026.11"
    assert found["dc:source"] == [{"dc:identifier": "fr-84-22961", "dc:title": "84 FR 22961"}]
    assert found["dc:license"].startswith("https://creativecommons.org/")
    assert [c["name"] for c in found["tableSchema"]["columns"]] == ["year", "us_billion", "us_billion_3"]
    assert (site / "tables" / "firms.csvm").exists()
