"""numbers.json keeps its shape: a reader written for one edition reads the next."""

from __future__ import annotations

import copy
import json
import re

import pytest
from jsonschema import Draft202012Validator

from analysis import paths
from analysis.publish.site.files import write_numbers
from analysis.registry.schema import VERSION, breaking_changes, numbers_schema, write_schema

ADDRESS = "https://book.example/"
EDITION = {"edition": "2026.11", "built": "2026-11-22T10:00:00Z", "commit": "abc", "inputs_sha256": "0" * 64}
FIRST = json.loads((paths.ROOT / "tests/fixtures/publish/numbers-1.0.0.schema.json").read_text())


@pytest.fixture
def document(numbers, tmp_path) -> dict:
    write_numbers(numbers, EDITION, ADDRESS, tmp_path)
    return json.loads((tmp_path / "numbers.json").read_text())


def problems(document: dict) -> list[str]:
    return [error.message for error in Draft202012Validator(numbers_schema(ADDRESS)).iter_errors(document)]


def test_the_schema_is_valid_and_names_its_version() -> None:
    Draft202012Validator.check_schema(numbers_schema(ADDRESS))
    assert numbers_schema(ADDRESS)["version"] == VERSION


def test_every_field_is_described_in_a_sentence_and_days_and_addresses_name_their_form() -> None:
    schema = numbers_schema(ADDRESS)
    known = {"type", "description", "pattern", "format", "enum", "items", "minLength", "maximum", "exclusiveMinimum", "minItems",
             "uniqueItems"}
    row = schema["properties"]["numbers"]["items"]
    for name, field in {**schema["properties"], **row["properties"]}.items():
        assert set(field) <= known, name
        assert name == "numbers" or re.fullmatch(r"(?:USD|[A-Z][a-z]+),? .+[^X]", field["description"]), name
    forms = {name: field["format"] for part in (schema, row) for name, field in part["properties"].items() if "format" in field}
    assert forms == {"built": "date-time", "as_of": "date", "url": "uri"}
    assert schema["title"] == "Numbers of The Chip Stalemate" and set(row["required"]) == set(row["properties"])


def test_what_is_published_conforms(document) -> None:
    assert problems(document) == []


@pytest.mark.parametrize("damage", [
    lambda d: d.pop("edition"), lambda d: d.update(edition="november"), lambda d: d["numbers"][0].pop("unit"),
    lambda d: d["numbers"][0].update(unit="furlongs"), lambda d: d["numbers"][0].update(value="1122"),
    lambda d: d["numbers"][0].update(sources=[]), lambda d: d["numbers"][2].update(low=1.0),
    lambda d: d["numbers"][3].update(low=None), lambda d: d["numbers"][0].update(id="No Id"),
    lambda d: d["numbers"][0].update({"class": "guessed"}),
])
def test_a_document_that_breaks_the_contract_is_refused(document, damage) -> None:
    damage(document)
    assert problems(document)


def test_this_schema_reads_like_the_first_of_its_major_version() -> None:
    assert breaking_changes(FIRST, numbers_schema(ADDRESS)) == []
    assert FIRST["version"].split(".")[0] == VERSION.split(".")[0]


def test_a_reader_of_the_first_version_accepts_what_is_published_now(document, site) -> None:
    """The check a program written for the first edition would make."""
    first = Draft202012Validator(FIRST)
    for published in (document, json.loads((site / "numbers.json").read_text())):
        assert published["schema_version"] == VERSION
        assert [error.message for error in first.iter_errors(published)] == []


def test_a_field_may_be_added() -> None:
    new = copy.deepcopy(FIRST)
    new["properties"]["numbers"]["items"]["properties"]["digits"] = {"type": "integer"}
    assert breaking_changes(FIRST, new) == []


@pytest.mark.parametrize("change, message", [
    (lambda item: item["properties"].pop("level"), "numbers[].level is gone"),
    (lambda item: item["required"].remove("unit"), "numbers[].unit has become optional"),
    (lambda item: item["properties"]["value"].update(type=["number", "string"]), "numbers[].value may now be string"),
    (lambda item: item["properties"]["unit"]["enum"].remove("pp"), "numbers[].unit no longer knows pp"),
    (lambda item: item["properties"]["unit"]["enum"].append("furlongs"), "numbers[].unit may now be furlongs"),
    (lambda item: item["properties"]["id"].update(pattern=".*"), "numbers[].id has another pattern"),
    (lambda item: item["properties"]["sources"]["items"].update(type="object"), "numbers[].sources[] may now be object"),
])
def test_a_change_that_would_break_a_reader_is_named(change, message) -> None:
    new = copy.deepcopy(FIRST)
    change(new["properties"]["numbers"]["items"])
    assert breaking_changes(FIRST, new) == [message]


def test_the_schema_is_published_under_its_major_version(tmp_path) -> None:
    assert write_schema(tmp_path, ADDRESS).name == "numbers-1.schema.json"


def test_the_built_numbers_json_conforms(site) -> None:
    assert problems(json.loads((site / "numbers.json").read_text())) == []
