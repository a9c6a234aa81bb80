"""Read a YAML file of settings without trusting it: limited size, no aliases, no repeated keys, plain types only.

An alias is refused because nine lines of nested aliases expand to gigabytes, and no settings of this project need one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 1_000_000
MAX_DEPTH = 50


class YamlError(ValueError):
    """The file cannot be read as settings; the message is `file:line: what is wrong, what was expected`."""


class _Loader(yaml.SafeLoader):
    """Plain types only, no alias, no key twice, no more than MAX_DEPTH levels."""

    _depth = 0

    def compose_node(self, parent, index):
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()
            raise yaml.MarkedYAMLError(problem=f"alias *{event.anchor}, expected the value written out",
                                       problem_mark=event.start_mark)
        # Counted here: how deep Python itself may go is a setting that other libraries change.
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem="nested too deeply, expected plain settings",
                                       problem_mark=self.peek_event().start_mark)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None or key in seen:
                what = f"{key!r} is given twice" if key is not None else "a key that is not plain text"
                raise yaml.MarkedYAMLError(problem=f"{what}, expected each name once", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def load_yaml(path: str | os.PathLike, max_bytes: int = MAX_BYTES) -> Any:
    """The content of the YAML file `path` (None when it is empty).

    Raises YamlError when it is not a file, larger than `max_bytes`, not UTF-8, not YAML, nested too deeply, or uses an alias, a
    tag of another language or a key twice.
    """
    path = Path(path)
    if path.is_dir():
        raise YamlError(f"{path}: is a folder, expected a YAML file")
    if not path.exists():
        raise YamlError(f"{path}: no such file")
    if not path.is_file():
        raise YamlError(f"{path}: is not a regular file, expected a YAML file")
    size = path.stat().st_size
    if size > max_bytes:
        raise YamlError(f"{path}: {size:,} bytes, expected at most {max_bytes:,}")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlError(f"{path}: not UTF-8 (byte {error.start + 1}), expected UTF-8 text") from None
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise YamlError(f"{path}{line}: {error.problem}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise YamlError(f"{path}: {' '.join(str(error).split())}") from None


def load_mapping(path: str | os.PathLike, max_bytes: int = MAX_BYTES) -> dict:
    """The same for a file that must hold names with values at its top. Raises YamlError also when it does not."""
    content = load_yaml(path, max_bytes)
    if not isinstance(content, dict):
        raise YamlError(f"{path}: {'empty' if content is None else f'a {type(content).__name__}'}, expected names with values")
    return content
