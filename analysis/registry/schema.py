"""The JSON Schema of `numbers.json`, the stable interface to the book's numbers, and the rule that keeps it stable.

The schema is published as `numbers-1.schema.json`; the 1 is the major version. Within it a field may be added, and no
field may be dropped, renamed, become optional, or take a type, unit or class that it could not have before
(:func:`breaking_changes`), so that a reader written against any 1.x edition reads them all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.registry.numbers import CLASSES, ID, UNITS

VERSION = "1.0.0"
FILE_NAME = f"numbers-{VERSION.split('.')[0]}.schema.json"


def numbers_schema(address: str) -> dict[str, Any]:
    """The schema (JSON Schema 2020-12); `address` is that of the site, with a slash at the end."""
    text = {"type": "string", "minLength": 1}
    bound = {"type": ["number", "null"]}
    number = {
        "id": {"type": "string", "pattern": f"^{ID.pattern}$", "description": "Permanent id, a dotted path"},
        "label": {**text, "description": "What the number is, in words"},
        "value": {"type": "number", "description": "In the unit of the field unit; unrounded"},
        "low": {**bound, "description": "Lower end of the interval; null when there is none"},
        "high": {**bound, "description": "Upper end of the interval; null when there is none"},
        "level": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 100,
                  "description": "Probability of the interval in per cent; null when there is none"},
        "unit": {"enum": list(UNITS), "description": "USD bn and USD m are current US dollars; pp is percentage points"},
        "class": {"enum": list(CLASSES), "description": "Evidence class; quote it with the number"},
        "as_of": {"type": "string", "format": "date", "description": "Last day the number describes"},
        "page": {**text, "description": "Name of the page that computes it, without ending"},
        "url": {"type": "string", "format": "uri", "description": "Permanent address of its row in this edition"},
        "method": {**text, "description": "How it was obtained, in a sentence"},
        "sources": {"type": "array", "items": text, "minItems": 1, "uniqueItems": True, "description": "Ids in sources.csv"},
        "figure": {"type": ["string", "null"], "description": "Id of the figure that shows it, or null"},
    }
    top = {
        "schema_version": {"type": "string", "pattern": r"^1\.\d+\.\d+$", "description": "The version of this schema it follows"},
        "edition": {"type": "string", "pattern": r"^20\d\d\.(0[1-9]|1[0-2])$", "description": "Edition, YYYY.MM"},
        "built": {"type": "string", "format": "date-time", "description": "When the edition was built (UTC)"},
        "commit": {**text, "description": "Commit of the project, or 'unknown' outside a checkout"},
        "inputs_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "One hash over all input tables"},
        "numbers": {"type": "array", "items": {
            "type": "object", "properties": number, "required": list(number),
            # An estimate without its interval, or a printed figure with one, is not a valid document.
            "allOf": [
                {"if": {"properties": {"class": {"enum": ["estimated", "modelled"]}}},
                 "then": {"properties": {end: {"type": "number"} for end in ("low", "high", "level")}}},
                {"if": {"properties": {"class": {"const": "reported"}}},
                 "then": {"properties": {end: {"type": "null"} for end in ("low", "high", "level")}}},
            ]}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": address + FILE_NAME, "version": VERSION,
        "title": "Numbers of The Chip Stalemate",
        "description": "Every number of one edition with its unit, interval, evidence class, date, method and sources.",
        "type": "object", "properties": top, "required": list(top),
    }


def write_schema(folder: Path, address: str) -> Path:
    """Write the schema into the site folder; return the file."""
    file = folder / FILE_NAME
    file.write_text(json.dumps(numbers_schema(address), indent=1) + "\n", encoding="utf-8")
    return file


def breaking_changes(old: Mapping[str, Any], new: Mapping[str, Any], where: str = "") -> list[str]:
    """Why a document of schema `new` might not be read by a reader of schema `old`; empty when it always can."""
    problems = []
    for name, was in old.get("properties", {}).items():
        path = f"{where}.{name}".strip(".")
        now = new.get("properties", {}).get(name)
        if now is None:
            problems.append(f"{path} is gone")
            continue
        if name in old.get("required", []) and name not in new.get("required", []):
            problems.append(f"{path} has become optional")
        problems += _breaks(was, now, path)
    return problems


def _breaks(was: Mapping[str, Any], now: Mapping[str, Any], path: str) -> list[str]:
    problems = []
    if extra := _types(now) - _types(was):
        problems.append(f"{path} may now be {', '.join(sorted(extra))}")
    if "enum" in was and (lost := [value for value in was["enum"] if value not in now.get("enum", [])]):
        problems.append(f"{path} no longer knows {', '.join(lost)}")
    if "enum" in was and (more := [value for value in now.get("enum", []) if value not in was["enum"]]):
        problems.append(f"{path} may now be {', '.join(more)}")
    if "pattern" in was and was["pattern"] != now.get("pattern"):
        problems.append(f"{path} has another pattern")
    if "items" in was:
        problems += breaking_changes(was["items"], now.get("items", {}), f"{path}[]")
        problems += _breaks(was["items"], now.get("items", {}), f"{path}[]") if "properties" not in was["items"] else []
    return problems


def _types(schema: Mapping[str, Any]) -> set[str]:
    kinds = schema.get("type", "string" if "enum" in schema else "any")
    return {kinds} if isinstance(kinds, str) else set(kinds)
