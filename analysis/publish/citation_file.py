"""`CITATION.cff` of an edition, with its name, day and permanent address, for reference managers and code hosts.

The file of the same name at the top of the project cites the edition in preparation and cannot know where it will stay.
Source: Citation File Format 1.2.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from analysis.publish.embeds import edition_address
from analysis.registry import citations

FILE_NAME = "CITATION.cff"


def write_citation_file(folder: Path, edition: Mapping[str, str], address: str) -> Path:
    """Write the file into the site folder; return it. `edition` has edition and built, `address` ends with a slash."""
    facts = {
        "cff-version": "1.2.0", "message": "Cite the edition you used.", "type": "dataset", "title": citations.WORK,
        "authors": [{"name": citations.AUTHOR}], "version": edition["edition"], "date-released": edition["built"][:10],
        "url": edition_address(address, edition["edition"]), "license": citations.LICENCE.replace(" ", "-"),
    }
    file = folder / FILE_NAME
    file.write_text(yaml.safe_dump(facts, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8")
    return file
