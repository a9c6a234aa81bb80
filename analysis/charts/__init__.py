"""Charts: one theme, one figure contract, one function a chart form."""

from analysis.charts import theme
from analysis.charts.figure import Figure, FigureError, Rendered, figure_files, render

__all__ = ["Figure", "FigureError", "Rendered", "figure_files", "render", "theme"]
