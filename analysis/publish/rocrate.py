"""RO-Crate metadata of an edition: what each data file of the site is, who may use it how, and what it was made from.

`ro-crate-metadata.json` lies at the top of the site, so that a frozen edition, or its zip, is an RO-Crate as it is:
repositories and workflow tools read it without knowing this project. Source: RO-Crate Metadata Specification 1.1.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analysis.publish.briefing import FILES
from analysis.registry import citations

FILE_NAME = "ro-crate-metadata.json"
_AUTHOR, _RUN, _CODE = "#contributors", "#build", "#code"
_MEDIA_TYPES = {".csvm": "application/csvm+json",
                ".json": "application/json", ".csv": "text/csv", ".svg": "image/svg+xml", ".png": "image/png",
                ".yml": "application/yaml", ".cff": "application/yaml", ".html": "text/html",
                **{Path(name).suffix: media for name, (_, media) in FILES.items()}}
_NAMED = {
    "index.html": "The book: summary page",
    "numbers.json": "Every number with unit, interval, evidence class, date, method and sources",
    "numbers.csv": "The same numbers as a table",
    "CITATION.cff": "How to cite the edition, in the Citation File Format",
    "receipt.json": "Receipt: hashes of inputs, parameters, code and outputs",
    **{f"briefing/{name}": what for name, (what, _) in FILES.items()},
}


def write_crate(folder: Path, edition: Mapping[str, str], address: str) -> Path:
    """Write the metadata of the complete site in `folder`; return the file. `address` ends with a slash."""
    file = folder / FILE_NAME
    file.write_text(json.dumps(crate(folder, edition, address), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def crate(folder: Path, edition: Mapping[str, str], address: str) -> dict[str, Any]:
    """The RO-Crate metadata document of the site in `folder`; `edition` has edition, built and commit."""
    files = list(_files(folder, edition))
    inputs = [{"@id": one["@id"]} for one in files if one["@id"].startswith("tables/")]
    outputs = [{"@id": one["@id"]} for one in files if not one["@id"].startswith("tables/")]
    date = edition["built"][:10]
    root = {
        "@id": "./", "@type": "Dataset", "name": f"{citations.WORK}. Edition {edition['edition']}",
        "description": "A re-runnable report book: every number with its source, interval and evidence class, the tables they "
                       "were computed from, and the charts.",
        "datePublished": date, "version": edition["edition"], "license": {"@id": citations.LICENCE_ADDRESS},
        "author": {"@id": _AUTHOR}, "publisher": {"@id": _AUTHOR}, "url": f"{address}editions/{edition['edition']}/",
        "inLanguage": "en-GB", "hasPart": [{"@id": one["@id"]} for one in files], "mainEntity": {"@id": "index.html"},
        "mentions": {"@id": _RUN},
    }
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [
        {"@id": FILE_NAME, "@type": "CreativeWork", "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
         "about": {"@id": "./"}},
        root,
        {"@id": _AUTHOR, "@type": "Organization", "name": citations.AUTHOR, "url": address},
        {"@id": citations.LICENCE_ADDRESS, "@type": "CreativeWork", "name": "Creative Commons Attribution 4.0 International",
         "identifier": citations.LICENCE_ADDRESS,
         "description": "Text, charts and compiled tables. Figures of third parties are cited facts under their own terms."},
        {"@id": _CODE, "@type": "SoftwareSourceCode", "name": f"{citations.SHORT_WORK}: code", "version": edition["commit"],
         "programmingLanguage": "Python", "license": "https://spdx.org/licenses/MIT"},
        {"@id": _RUN, "@type": "CreateAction", "name": "Build of the edition", "endTime": edition["built"],
         "agent": {"@id": _AUTHOR}, "instrument": {"@id": _CODE}, "object": inputs, "result": outputs},
        *files,
    ]}


def _files(folder: Path, edition: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    """The data entities: named files, the tables, the figures' data and drawings."""
    for name, description in _NAMED.items():
        if (folder / name).exists():
            yield _file(folder, name, description, edition)
    for file in sorted((folder / "tables").glob("*.*")):
        kind = {".csv": "Table", ".csvm": "Description of table"}.get(file.suffix, "Parameters")
        yield _file(folder, f"tables/{file.name}", f"{kind} {file.stem}, as used", edition)
    for file in sorted((folder / "figures").glob("*.json")):
        title = json.loads(file.read_text(encoding="utf-8"))["title"]
        for ending, what in ((".csv", "data"), (".svg", "drawing"), (".json", "specification")):
            if file.with_suffix(ending).exists():
                yield _file(folder, f"figures/{file.stem}{ending}", f"{title} ({what})", edition)


def _file(folder: Path, name: str, description: str, edition: Mapping[str, str]) -> dict[str, Any]:
    path = folder / name
    return {"@id": name, "@type": "File", "name": description, "encodingFormat": _MEDIA_TYPES[path.suffix],
            "contentSize": str(path.stat().st_size), "dateModified": edition["built"][:10]}
