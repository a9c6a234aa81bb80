"""What the pages tell machines about themselves is said in words that schema.org has, used as schema.org says.

The vocabulary is schema.org's own definition file, as the package `rocrate` carries it, so that nothing is fetched.
"""

from __future__ import annotations

import datetime as dt
import importlib.resources
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from analysis.publish.rocrate import write_crate
from analysis.publish.site.facts import Site
from analysis.publish.site.structured import structured_data
from tests.publish.conftest import REGISTRY

SITE = Site("https://book.example/", "2026.11", "2026-11-22T10:00:00Z", "abc", {n.id: n for n in REGISTRY})
TEXTS = {"Text", "URL", "CssSelectorType", "XPathType", "PronounceableText"}
DATES = {"Date", "DateTime"}
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def _listed(value: Any) -> list:
    return value if isinstance(value, list) else [] if value is None else [value]


@pytest.fixture(scope="module")
def vocabulary() -> dict[str, dict]:
    """schema.org's classes and properties by name."""
    text = importlib.resources.files("rocrate").joinpath("data/schema.jsonld").read_text("utf-8")
    return {entry["@id"].removeprefix("schema:"): entry for entry in json.loads(text)["@graph"]}


def names(vocabulary: dict, name: str, relation: str) -> list[str]:
    return [one["@id"].removeprefix("schema:") for one in _listed(vocabulary[name].get(relation))]


def ancestors(vocabulary: dict, kind: str) -> set[str]:
    """The class and all classes above it."""
    above = {kind}
    for parent in names(vocabulary, kind, "rdfs:subClassOf") if kind in vocabulary else []:
        above |= ancestors(vocabulary, parent)
    return above


def misuses(vocabulary: dict, node: dict, aliases: dict[str, str], where: str = "") -> Iterator[str]:
    """Each word of `node` that schema.org does not have, or does not use there. `aliases`: names of a context, by meaning."""
    kinds = [aliases.get(kind, kind) for kind in _listed(node.get("@type"))]
    path = f"{where}/{'+'.join(kinds)}"
    for kind in kinds:
        if "rdfs:Class" not in _listed(vocabulary.get(kind, {}).get("@type")):
            yield f"{path}: there is no class {kind}"
    above = {name for kind in kinds for name in ancestors(vocabulary, kind)}
    for name, value in node.items():
        if name.startswith("@") or name in aliases:
            continue
        if "rdf:Property" not in _listed(vocabulary.get(name, {}).get("@type")):
            yield f"{path}: there is no property {name}"
            continue
        if not above & set(names(vocabulary, name, "schema:domainIncludes")):
            yield f"{path}: {name} is not a property of it"
        allowed = set(names(vocabulary, name, "schema:rangeIncludes"))
        for one in _listed(value):
            yield from _misused_value(vocabulary, one, allowed, aliases, f"{path}/{name}")


def _misused_value(vocabulary: dict, value: Any, allowed: set[str], aliases: dict[str, str], path: str) -> Iterator[str]:
    if isinstance(value, dict):
        if "@type" in value:
            kinds = [aliases.get(kind, kind) for kind in _listed(value["@type"])]
            if not allowed & {name for kind in kinds for name in ancestors(vocabulary, kind)}:
                yield f"{path}: {kinds} is not one of {sorted(allowed)}"
            yield from misuses(vocabulary, value, aliases, path)
        elif "@id" not in value:
            yield f"{path}: neither a type nor an address"
    elif isinstance(value, bool):
        if "Boolean" not in allowed:
            yield f"{path}: a truth value, not one of {sorted(allowed)}"
    elif isinstance(value, str):
        if not allowed & (TEXTS | DATES) or (not allowed & {"Text"} and not _fits(value, allowed)):
            yield f"{path}: {value!r} is not one of {sorted(allowed)}"
    else:
        yield f"{path}: {value!r} is not one of {sorted(allowed)}"


def _fits(value: str, allowed: set[str]) -> bool:
    if "URL" in allowed and re.match(r"https?://\S+$", value):
        return True
    try:
        return bool(allowed & DATES) and bool(dt.datetime.fromisoformat(value))
    except ValueError:
        return False


@pytest.mark.parametrize("slug", ["index", "rules", "numbers", "data"])
def test_a_page_says_what_it_is_in_the_words_of_schema_org(vocabulary, slug) -> None:
    things = structured_data(SITE, slug, "Rules & reversals", "A summary.")
    assert [problem for thing in things for problem in misuses(vocabulary, thing, {})] == []


@pytest.mark.parametrize("damage, message", [
    ({"@type": "Raport"}, "there is no class Raport"),
    ({"autor": "A"}, "there is no property autor"),
    ({"birthDate": "2026-11-22"}, "birthDate is not a property of it"),
    ({"datePublished": "November"}, "'November' is not one of ['Date', 'DateTime']"),
    ({"license": "freely"}, "'freely' is not one of ['CreativeWork', 'URL']"),
    ({"author": {"@type": "Place", "name": "Here"}}, "['Place'] is not one of ['Organization', 'Person']"),
    ({"isAccessibleForFree": "yes"}, "'yes' is not one of ['Boolean']"),
    ({"datePublished": True}, "a truth value"),
])
def test_the_check_sees_words_that_schema_org_does_not_have(vocabulary, damage, message) -> None:
    report = structured_data(SITE, "index", "T", "S")[0] | damage
    assert any(message in problem for problem in misuses(vocabulary, report, {}))


def test_every_page_of_the_edition_says_what_it_is_in_the_words_of_schema_org(vocabulary, site) -> None:
    problems, pages = [], 0
    for page in sorted(site.glob("*.html")):
        for block in BLOCK.findall(page.read_text(encoding="utf-8")):
            pages += 1
            given = json.loads(block)
            assert given["@context"] == "https://schema.org"
            problems += [f"{page.name}{problem}" for thing in given["@graph"] for problem in misuses(vocabulary, thing, {})]
    assert problems == [] and pages > 10


def test_the_ro_crate_uses_schema_org_as_its_context_does(vocabulary, tmp_path) -> None:
    (tmp_path / "index.html").write_text("x")
    (tmp_path / "numbers.json").write_text("{}")
    edition = {"edition": "2026.11", "built": SITE.built, "commit": "abc"}
    given = json.loads(write_crate(tmp_path, edition, SITE.address).read_text())
    # RO-Crate 1.1 calls schema.org's MediaObject a File, and takes conformsTo from Dublin Core.
    aliases = {"File": "MediaObject", "conformsTo": "dct:conformsTo"}
    assert [problem for entity in given["@graph"] for problem in misuses(vocabulary, entity, aliases)] == []
