"""The edition is an RO-Crate as it is: a library that knows nothing of the project reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rocrate.rocrate import ROCrate

from analysis.publish.rocrate import write_crate

EDITION = {"edition": "2026.11", "built": "2026-11-22T10:00:00Z", "commit": "abc123"}
ADDRESS = "https://book.example/"


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in ("index.html", "numbers.json", "tables/us_exports.csv", "tables/parameters.yml", "figures/a.csv", "figures/a.svg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    (tmp_path / "figures/a.json").write_text(json.dumps({"title": "Sales fell"}))
    write_crate(tmp_path, EDITION, ADDRESS)
    return tmp_path


def test_the_library_reads_the_crate_and_finds_its_root(folder) -> None:
    root = ROCrate(folder).root_dataset
    assert root["version"] == "2026.11" and root["datePublished"].startswith("2026-11-22")
    assert root["license"].id == "https://creativecommons.org/licenses/by/4.0/"
    assert root["url"] == "https://book.example/editions/2026.11/"
    assert root["mainEntity"].id == "index.html"


def test_every_data_file_is_described_and_exists(folder) -> None:
    crate = ROCrate(folder)
    names = {entity.id for entity in crate.data_entities}
    assert names == {"index.html", "numbers.json", "tables/us_exports.csv", "tables/parameters.yml", "figures/a.csv",
                     "figures/a.svg", "figures/a.json"}
    for entity in crate.data_entities:
        assert (folder / entity.id).stat().st_size == int(entity["contentSize"])
        assert entity["encodingFormat"] and entity["name"]
    assert crate.dereference("figures/a.csv")["name"] == "Sales fell (data)"


def test_the_build_is_an_action_from_tables_to_results_by_the_code(folder) -> None:
    action = ROCrate(folder).dereference("#build")
    assert action.type == "CreateAction" and action["instrument"]["version"] == "abc123"
    assert {e.id for e in action["object"]} == {"tables/us_exports.csv", "tables/parameters.yml"}
    assert "numbers.json" in {e.id for e in action["result"]}


def test_every_reference_inside_the_crate_leads_to_an_entity(folder) -> None:
    graph = json.loads((folder / "ro-crate-metadata.json").read_text())["@graph"]
    known = {entity["@id"] for entity in graph}
    assert len(known) == len(graph), "each entity once"

    def references(value):
        if isinstance(value, dict):
            yield value["@id"]
        elif isinstance(value, list):
            for one in value:
                yield from references(one)
    found = {ref for entity in graph for key, value in entity.items() if key != "conformsTo" for ref in references(value)}
    assert found <= known


def test_the_built_site_is_a_crate(site) -> None:
    for entity in ROCrate(site).data_entities:
        assert (site / entity.id).exists()
