"""Results that are kept: checks of the method that take minutes to an hour and ask about the model, not about one row.

They stand in `reference/` beside this file: a table a check, the rows they were computed from (`rows/`), the observations that the
model saw in them, and `about.json`: the day, the packages, the digests of rows and results, and the digest of the code. A build
uses them as long as the code of the estimate is that one, whatever rows it is given, and says from which rows they are. With other
code it computes them again from its own rows. A test computes them again from the kept rows.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import importlib.metadata
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.sales import errors

KEPT = Path(__file__).parent / "reference"
ABOUT, OBSERVATIONS, ROWS = "about.json", "observations", "rows"
PACKAGES = ("nutpie", "jax", "jaxlib")   # what draws; another version may draw otherwise
# Modules whose code decides the results, beside the version of the packages. A test holds the list to the imports.
CODE = ("bounds", "calibration", "checks", "context", "coordinates", "density", "design", "draws", "equations", "fit", "gaussians",
        "holdouts", "huawei_observations", "model", "observations", "periods", "priors", "reference_checks", "revenue")


def kept(folder: Path = KEPT, modules: Iterable[str] = CODE) -> tuple[dict[str, pd.DataFrame], dict] | None:
    """The kept tables by name and what `about.json` says of them; None when `modules` are other code than theirs.

    Raises MissingFigureError when a file is missing or is not the one that was computed.
    """
    if not (folder / ABOUT).exists():
        return None
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    if about["code"] != code_digest(modules):
        return None
    for name, digest in about["files"].items():
        if not (folder / name).exists() or sha256(folder / name) != digest:
            raise errors.MissingFigureError(
                f"{folder / name} is not the file that was computed: fetch it anew, or run 'python -m analysis reference'")
    return {Path(name).stem: _read(folder / name) for name in about["files"] if name.endswith(".csv")}, about


def kept_rows(folder: Path = KEPT) -> dict[str, pd.DataFrame]:
    """The tables that the kept results were computed from."""
    return {file.stem: pd.read_parquet(file) for file in sorted((folder / ROWS).glob("*.parquet"))}


def write(folder: Path, results: Mapping[str, pd.DataFrame], rows: Mapping[str, pd.DataFrame], about: Mapping) -> None:
    """Keep results, the rows they come from and what is to be said of them; `about` is written last and names every file, drawn
    arrays (`.npz`) that the folder already has among them."""
    (folder / ROWS).mkdir(parents=True, exist_ok=True)
    for file in (folder / ABOUT, *folder.glob("*.csv"), *(folder / ROWS).glob("*.parquet")):
        file.unlink(missing_ok=True)
    for name, table in results.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    for name, table in rows.items():
        table.to_parquet(folder / ROWS / f"{name}.parquet", index=False, compression="zstd")
    files = sorted([*folder.glob("*.csv"), *folder.glob("*.npz"), *(folder / ROWS).glob("*.parquet")])
    said = {**about, "files": {file.relative_to(folder).as_posix(): sha256(file) for file in files}}
    (folder / ABOUT).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def difference(then: pd.DataFrame, now: pd.DataFrame) -> dict[str, int]:
    """How the observations of today (columns label, value, sd; log scale) differ from those of the kept results.

    `new`: not there then, or with another value or error; `gone`: there then, not today.
    """
    def names(table: pd.DataFrame) -> pd.Series:
        return table["label"] + table["value"].map(" {:.9g}".format) + table["sd"].map(" {:.9g}".format)

    before, after = names(then).value_counts(), names(now).value_counts()
    return {"new": int(after.sub(before, fill_value=0).clip(lower=0).sum()),
            "gone": int(before.sub(after, fill_value=0).clip(lower=0).sum())}


def code_digest(modules: Iterable[str] = CODE) -> str:
    """A hash of what the modules do: their code without comments, docstrings and layout, and the versions of what draws."""
    total = hashlib.sha256()
    for name in sorted(modules):
        tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8"))
        total.update(f"{name} {_meaning(tree)}\n".encode())
    for package in PACKAGES:
        total.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    return total.hexdigest()


def inputs_digest(inputs: object) -> str:
    """A hash of what the model is given: every table, array and setting in `inputs`, numbers to nine digits."""
    return hashlib.sha256(_content(inputs).encode()).hexdigest()


def sha256(file: Path) -> str:
    """The hash of a file's bytes."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _read(file: Path) -> pd.DataFrame:
    return pd.read_csv(file, float_precision="round_trip")


def _meaning(node: object) -> str:
    """A syntax tree as text, the same in every version of Python: empty fields, which versions add, are left out."""
    if isinstance(node, list):
        return "[" + ",".join(map(_meaning, node)) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {name: value for name, value in ast.iter_fields(node) if value not in (None, []) and name != "type_comment"}
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False) is not None:
        fields["body"] = node.body[1:]
    return f"{type(node).__name__}(" + ",".join(f"{name}={_meaning(value)}" for name, value in fields.items()) + ")"


def _content(value: object) -> str:
    if dataclasses.is_dataclass(value):
        return _content({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    if isinstance(value, pd.DataFrame | pd.Series | pd.Index):
        return f"{type(value).__name__}({_content(value.reset_index().to_dict('list') if value.ndim > 1 else list(value))})"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{_content(value[key])}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, np.ndarray):
        return f"{value.shape}{_content(value.ravel().tolist())}"
    if isinstance(value, list | tuple | range):
        return "[" + ",".join(map(_content, value)) + "]"
    return f"{value:.9g}" if isinstance(value, float | np.floating) else str(value)
