"""Settings in YAML files: where they lie, and what an entry may hold, as a pydantic model whose faults are said for a person."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from analysis.data.loading import folder_of
from analysis.data.problems import suggest

Entry = TypeVar("Entry")


def settings_file(name: str, data_dir: str | os.PathLike | None) -> Path:
    """The file `name` of a folder of tables, flat or laid out as `data/` (None: `data/` itself); of no other folder."""
    folder = folder_of(data_dir)
    return next((file for file in (folder / name, *sorted(folder.glob(f"*/{name}"))) if file.is_file()), folder / name)


def checked(kind: type[Entry], given: object, where: str) -> tuple[Entry | None, list[str]]:
    """An entry as a `kind` (a pydantic model or dataclass), or None with every fault of it, each after `where`."""
    try:
        return TypeAdapter(kind).validate_python(given), []
    except ValidationError as error:
        return None, [f"{where}: {_said(one, kind)}" for one in error.errors()]


def _said(error: Mapping[str, Any], kind: Any) -> str:
    *place, leaf = error["loc"] or ("",)
    within = "".join(f"entry {part + 1}: " if isinstance(part, int) else f"{part}: " for part in place)
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        known = [] if place else [field.alias or name for name, field in kind.__pydantic_fields__.items()]
        return f"{within}unknown field {leaf!r}{suggest(leaf, known)}"
    if error["type"] == "missing":
        return f"{within}missing field {leaf!r}"
    if not error["loc"] and error["type"].endswith("_type"):
        return f"expected the fields {', '.join(field.alias or name for name, field in kind.__pydantic_fields__.items())}"
    if error["type"] == "literal_error":
        allowed = error["ctx"]["expected"].replace("' or '", "', '").replace("'", "")
        return f"{within}{leaf} {error['input']!r} is not one of {allowed}"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return f"{within}{leaf}: {error['msg'][0].lower()}{error['msg'][1:]}, not {error['input']!r}"
