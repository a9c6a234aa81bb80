"""All data of an edition in one zip that describes itself, and a description beside every CSV file of the site.

The zip is a Frictionless data package: tables with their schemas, the data of every figure, all numbers. The files beside the CSV
files follow CSV on the Web (W3C): title, unit, sources, licence, edition, and a short name for each column.
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.data.datapackage import data_package
from analysis.registry import citations

FILE_NAME = "book-data.zip"
FIXED_TIME = (1980, 1, 1, 0, 0, 0)   # the oldest a zip knows: equal data give equal bytes


def write_descriptions(folder: Path, edition: str, source_titles: Mapping[str, str]) -> None:
    """Write `<name>.csvm` (media type application/csvm+json) beside every CSV file in the site's folder."""
    for resource in _resources(folder):
        facts = resource["facts"]
        sources = [{"dc:identifier": s, "dc:title": source_titles.get(s, s)} for s in facts.get("source_ids", ())]
        described = {
            "@context": "http://www.w3.org/ns/csvw", "url": Path(resource["path"]).name, "dc:title": facts["title"],
            "dc:description": facts.get("description", ""), "dc:license": citations.LICENCE_ADDRESS, "schema:version": edition,
            "dc:isPartOf": citations.WORK, **({"schema:unitText": facts["unit"]} if facts.get("unit") else {}),
            **({"dc:source": sources} if sources else {}),
            "tableSchema": {"columns": [{"name": f["name"], "titles": f["title"]} for f in resource["fields"]]},
        }
        text = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
        (folder / f"{resource['path'].removesuffix('.csv')}.csvm").write_text(text, encoding="utf-8")


def write_data_zip(folder: Path, edition: str) -> Path:
    """Write the zip into the site's folder and return it."""
    tables = {resource["name"]: resource for resource in data_package()["resources"]}
    described = []
    for found in _resources(folder):
        name = Path(found["path"]).stem
        facts = found["facts"]
        schema = tables.get(name, {}).get("schema") if found["path"].startswith("tables/") else None
        fields = [{"name": field["title"]} for field in found["fields"]]
        described.append({
            "name": name.replace("_", "-").lower() if schema is None else name, "title": facts["title"],
            "description": facts.get("description", ""), "path": found["path"], "format": "csv", "mediatype": "text/csv",
            "encoding": "utf-8", "profile": "tabular-data-resource", "schema": schema or {"fields": fields, "missingValues": [""]},
            **({"unit": facts["unit"]} if facts.get("unit") else {}),
        })
    package = data_package() | {
        "name": "chip-stalemate", "title": citations.WORK, "version": edition, "profile": "tabular-data-package",
        "description": "Every table, every figure's data and every number of one edition.", "resources": described}
    target = folder / FILE_NAME
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "datapackage.json", json.dumps(package, ensure_ascii=False, indent=1) + "\n")
        _add(archive, "README.txt", f"{citations.WORK}. Edition {edition}. {citations.LICENCE}; each source's own terms are in "
                                    "tables/sources.csv. datapackage.json says what each file and column is.\n")
        for resource in described:
            _add(archive, resource["path"], (folder / resource["path"]).read_text(encoding="utf-8"))
    return target


def _resources(folder: Path) -> list[dict[str, Any]]:
    """Every CSV file of the site with what is known of it and its columns: path, facts (title, unit, …), fields (name, title)."""
    tables = {resource["name"]: resource for resource in data_package()["resources"]}
    found = []
    for file in sorted([*folder.glob("figures/*.csv"), *folder.glob("tables/*.csv"), folder / "numbers.csv"]):
        described = file.with_suffix(".json")
        if file.parent.name == "figures" and described.exists():
            facts = json.loads(described.read_text(encoding="utf-8"))
        else:
            facts = tables.get(file.stem, {"title": "All numbers of the edition" if file.stem == "numbers" else file.stem})
        with file.open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream))
        names = [short_name(title) for title in header]
        unique = [name if names.index(name) == place else f"{name}_{place + 1}" for place, name in enumerate(names)]
        fields = [{"name": name, "title": title} for name, title in zip(unique, header, strict=True)]
        found.append({"path": file.relative_to(folder).as_posix(), "facts": facts, "fields": fields})
    return found


def short_name(title: str) -> str:
    """A column's title as a name for a program, without what stands in brackets.

    >>> short_name("To (first day no longer counted)"), short_name("US$ billion")
    ('to', 'us_billion')
    """
    bare = re.sub(r"\s*\([^)]*\)", "", title) or title
    return re.sub(r"[^a-z0-9]+", "_", bare.lower()).strip("_") or "column"


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, FIXED_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, text)
