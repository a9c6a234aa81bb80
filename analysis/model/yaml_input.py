"""Read a YAML file of settings safely: limited in size, without aliases, without repeated keys.

An alias is refused because a few lines of nested aliases can expand to gigabytes; nothing in this project needs one.
"""

from __future__ import annotations

from pathlib import Path

import yaml

MAX_BYTES = 1_000_000


class YamlInputError(ValueError):
    """The file cannot be read as plain settings; the message names file and line."""


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader that refuses aliases and repeated keys."""

    def compose_node(self, parent, index):
        if self.check_event(yaml.events.AliasEvent):
            mark = self.peek_event().start_mark
            raise YamlInputError(f"line {mark.line + 1}: aliases (*name) are not allowed")
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise YamlInputError(f"line {key_node.start_mark.line + 1}: {key!r} is given twice")
            seen.add(key)
        return super().construct_mapping(node, deep)


def load_yaml(path: Path) -> dict:
    """Return the mapping in `path`.

    Raises YamlInputError when the file is missing, too large, not UTF-8, not YAML, or not a mapping.
    """
    path = Path(path)
    if not path.is_file():
        raise YamlInputError(f"{path.name}: no such file")
    if path.stat().st_size > MAX_BYTES:
        raise YamlInputError(f"{path.name}: larger than {MAX_BYTES:,} bytes")
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except YamlInputError as error:
        raise YamlInputError(f"{path.name}: {error}") from None
    except UnicodeDecodeError as error:
        raise YamlInputError(f"{path.name}: not UTF-8 ({error.reason})") from None
    except yaml.YAMLError as error:
        raise YamlInputError(f"{path.name}: not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise YamlInputError(f"{path.name}: a mapping is expected at the top")
    return content
