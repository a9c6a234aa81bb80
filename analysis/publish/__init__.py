"""From results to a published edition: numbers, figures, chapters, site."""

from analysis.publish.page import Page

__all__ = ["Page"]
