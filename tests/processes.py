"""Which tests stay together when several processes share them (`pytest -n 2`): those that share something costly.

A file is run by one process, because its tests share fixtures; so are all files that build the small project.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/build/",)


class ByFile(LoadScopeScheduling):
    """Files in the order in which they were collected, one after the other to the process that is free."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)

