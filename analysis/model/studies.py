"""The published studies as data: `data/studies/replication.yml`, every part of it checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from analysis.data.safe_yaml import load_mapping
from analysis.data.settings import checked, settings_file

Key = tuple[str, str, str]   # study, scenario and quantity of published_results


class StudiesError(ValueError):
    """A file of studies that cannot be used; every problem, one a line."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Given(_Strict):
    """An assumption or target: a figure of a study, the change between two, a figure of the estimate, or a value given here."""

    published: Key | None = Field(default=None, alias="from")
    field: Literal["value", "low", "high"] = "value"
    year: int | None = None
    times: float = 1
    change_from: Key | None = None
    change_to: Key | None = None
    estimate: tuple[str, int] | None = None
    value: float | list[tuple[float, Literal["open", "limbo", "denied"]]] | None = None
    cls: Literal["reported", "derived", "judged"] | None = Field(default=None, alias="class")
    study: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum(one is not None for one in (self.published, self.change_from, self.estimate, self.value)) != 1:
            raise ValueError("give one of from, change_from with change_to, estimate, or value")
        if (self.change_from is None) != (self.change_to is None) or (self.value is None) != (self.cls is None):
            raise ValueError("change_from goes with change_to, and value with class")
        return self


class Row(_Strict):
    """A quantity that a mechanism reproduces from a study's assumptions."""

    id: str
    study: str
    quantity: str
    unit: str
    reported: Given
    mechanism: str
    assumptions: Mapping[str, Given]
    tolerance: float = Field(gt=0)
    kind: Literal["test", "consistency", "solved", "fails"] = "test"
    not_reproduced: str = ""


class NotReproduced(_Strict):
    """A figure for which no mechanism could be written."""

    study: str
    quantity: str
    unit: str
    reason: str
    reported: Given | None = None


class Moment(_Strict):
    """A target of the calibration."""

    id: str
    version: Literal["blind", "informed"]
    quantity: str
    unit: str
    observed: Given
    sd: float = Field(gt=0)
    function: str
    note: str


class Unused(_Strict):
    """A study that is no target, and why."""

    study: str
    reason: str


class Studies(_Strict):
    """The whole file. `assumptions` are the words for each name that a row's assumptions may have."""

    assumptions: Mapping[str, str]
    rows: list[Row]
    not_reproduced: list[NotReproduced]
    moments: list[Moment]
    unused_moments: list[Unused]
    backtest: Mapping[str, object]

    @model_validator(mode="after")
    def _every_assumption_has_words(self) -> Self:
        wordless = sorted({name for row in self.rows for name in row.assumptions} - set(self.assumptions))
        if wordless:
            raise ValueError(f"assumptions: no words for {', '.join(wordless)}")
        return self


def load_studies(data_dir: Path | str | None) -> dict:
    """The content of `replication.yml` in a folder of tables. Raises StudiesError with every problem of the file."""
    file = settings_file("replication.yml", data_dir)
    content = load_mapping(file)
    _, problems = checked(Studies, content, file.name)
    if problems:
        raise StudiesError("\n".join(problems))
    return content
