"""An editable chart on a slide: values, intervals and colours of a figure as a chart of the presentation program.

Intervals are always drawn: on columns and bars as error bars, beside a line as two thin broken lines in its colour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_AXIS_CROSSES, XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import nsdecls, qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.slide import Slide
from pptx.util import Mm, Pt

from analysis.charts import theme
from analysis.data.inert import as_csv_safe
from analysis.publish.briefing.content import Exhibit, NativeChart

FONT = "Calibri"
_TYPES = {"column": XL_CHART_TYPE.COLUMN_CLUSTERED, "bar": XL_CHART_TYPE.BAR_CLUSTERED, "line": XL_CHART_TYPE.LINE_MARKERS,
          "stacked column": XL_CHART_TYPE.COLUMN_STACKED, "stacked bar": XL_CHART_TYPE.BAR_STACKED}
_MANY = 12   # more categories than this get labels at intervals, and lines without markers
_ENDS = (", lower end of the interval", ", upper end of the interval")


def add_native_chart(slide: Slide, box_mm: tuple[float, float, float, float], one: Exhibit) -> None:
    """Put the exhibit's chart into the box (left, top, width, height) with its title and description as alternative text."""
    native = one.native
    data = CategoryChartData()
    data.categories = [as_csv_safe(name) for name in native.categories]   # the chart's workbook is a spreadsheet
    for name, values in native.series.items():
        data.add_series(as_csv_safe(name), values)
        if native.form == "line" and name in native.bounds:
            for end, bound in zip(_ENDS, native.bounds[name], strict=True):
                data.add_series(as_csv_safe(name + end), bound)
    shape = slide.shapes.add_chart(_TYPES[native.form], *map(Mm, box_mm), data)
    describe(shape, f"{one.title}. {one.description}")
    _axes(shape.chart, one)
    (_lines if native.form == "line" else _bars)(shape.chart, native)


def _axes(chart, one: Exhibit) -> None:
    native = one.native
    chart.font.size, chart.font.name = Pt(12), FONT
    chart.font.color.rgb = rgb(theme.MUTED)
    chart.has_title = False
    chart.has_legend = len(native.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    chart.value_axis.major_gridlines.format.line.color.rgb = rgb(theme.GRID)
    chart.value_axis.tick_labels.number_format, chart.value_axis.tick_labels.number_format_is_linked = "#,##0.##", False
    chart.value_axis.format.line.fill.background()
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.category_axis.format.line.color.rgb = rgb(theme.AXIS)
    if "bar" in native.form:
        chart.category_axis.reverse_order = True
        chart.category_axis.crosses = XL_AXIS_CROSSES.MAXIMUM   # the values stand below
    value_title = chart.value_axis.axis_title.text_frame
    value_title.text = one.unit
    value_title.paragraphs[0].runs[0].font.bold = False
    value_title.paragraphs[0].runs[0].font.size = Pt(12)
    if native.category not in ("Year", "Policy"):   # those name themselves
        chart.category_axis.axis_title.text_frame.text = native.category
        chart.category_axis.axis_title.text_frame.paragraphs[0].runs[0].font.bold = False
    if len(native.categories) > _MANY:
        axis = chart.category_axis._element
        for tag in ("c:tickLblSkip", "c:tickMarkSkip"):
            skip = OxmlElement(tag)
            skip.set("val", "5")
            axis.insert_element_before(skip, "c:noMultiLvlLbl", "c:extLst")


def _lines(chart, native: NativeChart) -> None:
    plotted = iter(chart.plots[0].series)
    without_entry = []
    for name, colour in zip(native.series, native.colours, strict=True):
        _line(next(plotted), colour, 2.5, marked=len(native.categories) <= _MANY)
        for _ in native.bounds.get(name, ()):
            end = next(plotted)
            _line(end, colour, 1.25)
            end.format.line.dash_style = MSO_LINE.DASH
            without_entry.append(end._element.find(qn("c:idx")).get("val"))
    if chart.has_legend:   # an interval is read with its line
        position = chart.legend._element.find(qn("c:legendPos"))
        for index in reversed(without_entry):
            position.addnext(etree.fromstring(f'<c:legendEntry {nsdecls("c")}><c:idx val="{index}"/><c:delete val="1"/>'
                                              "</c:legendEntry>"))


def _line(series, colour: str, width_pt: float, marked: bool = False) -> None:
    colour_rgb = rgb(theme.BY_NAME[colour].light)
    series.smooth = False
    series.format.line.color.rgb, series.format.line.width = colour_rgb, Pt(width_pt)
    if not marked:
        series.marker.style = XL_MARKER_STYLE.NONE
        return
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = colour_rgb
    series.marker.format.line.color.rgb = colour_rgb


def _bars(chart, native: NativeChart) -> None:
    plot = chart.plots[0]
    plot.gap_width = 45
    if len(native.series) == 1 and len(native.categories) <= _MANY and not native.bounds:   # direct labels instead of an axis
        plot.has_data_labels = True
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "#,##0.0", False
        plot.data_labels.font.size = Pt(12)
        chart.value_axis.visible, chart.value_axis.has_major_gridlines = False, False
    for series, colour in zip(plot.series, native.colours, strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = rgb(theme.BY_NAME[colour].light)
        for name in native.muted:
            point = series.points[native.categories.index(name)]
            point.format.fill.solid()
            point.format.fill.fore_color.rgb = rgb(theme.NEUTRAL)
    for low, high in native.bounds.values():   # of the whole column, so they stand on its last part
        totals = [sum(value or 0 for value in values) for values in zip(*native.series.values(), strict=True)]
        if min(value for value in (*totals, *low) if value is not None) >= 0:
            chart.value_axis.minimum_scale = 0
        chart.value_axis.maximum_scale = _round_above(max(value for value in (*totals, *high) if value is not None))
        _error_bars(plot.series[len(native.series) - 1], [None if end is None else end - total
                                                          for end, total in zip(high, totals, strict=True)],
                    [None if end is None else total - end for end, total in zip(low, totals, strict=True)])


def _round_above(value: float) -> float:
    """The end of an axis that holds `value`: the programs make room for columns, not for what stands on them."""
    step = 10 ** math.floor(math.log10(value)) / 2
    return math.ceil(value / step) * step


def _error_bars(series, above: Sequence[float | None], below: Sequence[float | None]) -> None:
    """Error bars of given lengths; python-pptx has no call for them."""
    def lengths(values: Sequence[float | None]) -> str:
        points = "".join(f'<c:pt idx="{place}"><c:v>{value:.10g}</c:v></c:pt>' for place, value in enumerate(values)
                         if value is not None)
        return f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{points}</c:numLit>'

    bars = etree.fromstring(
        f'<c:errBars {nsdecls("c", "a")}><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"<c:plus>{lengths(above)}</c:plus><c:minus>{lengths(below)}</c:minus>"
        f'<c:spPr><a:ln w="15875"><a:solidFill><a:srgbClr val="{rgb(theme.INK)}"/></a:solidFill></a:ln></c:spPr></c:errBars>')
    series._element.find(qn("c:cat")).addprevious(bars)


def rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#").upper())


def describe(shape, text: str) -> None:
    """Alternative text."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", text)
