"""Charts: one theme, one figure contract, one function a chart form.

The contract is loaded on first use: what needs the theme's colours alone, such as the site, does without Altair.
"""

from __future__ import annotations

from analysis.charts import theme

__all__ = ["Figure", "FigureError", "Rendered", "figure_files", "render", "theme"]


def __getattr__(name: str):
    if name in __all__:
        from analysis.charts import figure

        return getattr(figure, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
