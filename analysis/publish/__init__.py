"""From results to a published edition: numbers, figures, chapters, site.

`Page` is loaded on first use: a build that has nothing to do needs neither it nor pandas.
"""

__all__ = ["Page"]


def __getattr__(name: str):
    if name != "Page":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from analysis.publish.page import Page  # a plain import, which the scan of a chapter's dependencies follows

    return Page
