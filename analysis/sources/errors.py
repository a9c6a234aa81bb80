"""Why a refresh did not succeed, and what to do next."""

from __future__ import annotations


class SourceError(Exception):
    """The refresh cannot go on. `what` says what happened, `remedy` what the person at the keyboard can do. Neither holds a key."""

    def __init__(self, what: str, remedy: str = ""):
        self.what, self.remedy = what, remedy
        super().__init__(f"{what} {remedy}".strip())


class FormChanged(SourceError):
    """An answer came in another form than documented; answers to other requests may still be usable."""


class Incomplete(Exception):
    """An answer that is cut off or unreadable; asking again may help."""


class SchemaChanged(Exception):
    """An answer that is whole but not of the documented form; asking again does not help."""


class KeyRefused(Exception):
    """The answer says that the key is missing, unknown or not active."""
