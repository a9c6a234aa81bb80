"""The tables as a Frictionless data package: the same schemas, readable by any tool that knows the standard (https://datapackage.org)."""

from __future__ import annotations

import json
from typing import Any

from analysis.data.schema import Column, Table
from analysis.data.schemas import TABLES

_TYPES = {"text": "string", "number": "number", "integer": "integer", "date": "date"}


def data_package() -> dict[str, Any]:
    """The descriptor of `data/`, made from the schemas."""
    return {
        "name": "chip-stalemate-data",
        "title": "The Chip Stalemate: data",
        "description": "Facts on US chip sales to Chinese firms, export policy and its effects, with a source for each row.",
        "licenses": [{
            "name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/",
            "title": "Compilation: CC BY 4.0. Each source's own terms are in sources.csv",
        }],
        "resources": [_resource(table) for table in TABLES.values()],
    }


def render_datapackage() -> str:
    """The text of `data/datapackage.json`."""
    return json.dumps(data_package(), indent=1, ensure_ascii=False) + "\n"


def _resource(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    if table.references:
        schema["foreignKeys"] = [
            {"fields": [r.column], "reference": {"resource": r.target, "fields": [r.target_column]}} for r in table.references
            # The standard has no key that is one word of a list, nor one that may be another word.
            if not (table.column(r.column).several or r.also)
        ]
    return {
        "name": table.name, "title": table.title, "description": " ".join(filter(None, [table.row, table.read_first])),
        "path": table.path, "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.kind], "description": column.description}
    if column.unit:
        field["unit"] = column.unit
    limits = {
        "required": column.required or None, "minimum": column.minimum,
        "enum": list(column.allowed) if column.allowed and not column.several else None,
        "maximum": column.maximum,
        "pattern": f"^(?:{column.pattern})$" if column.pattern else None,
    }
    constraints = {name: value for name, value in limits.items() if value is not None}
    return {**field, "constraints": constraints} if constraints else field
