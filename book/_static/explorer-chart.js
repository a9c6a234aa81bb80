// The explorer's two drawings, in the forms and colours of the book's charts (analysis/charts): a band by year, and dots with
// intervals. Drawn at the size they are shown at, so that text keeps its size on a small screen.
(function () {
  "use strict";
  const SPACE = "http://www.w3.org/2000/svg";
  const FONT = 13, LABEL = { "font-size": 12, "text-anchor": "middle", fill: "var(--chart-muted)" };

  function mark(parent, name, attributes, text) {
    const element = document.createElementNS(SPACE, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  }

  function drawing(id, width, height, title, description) {
    const svg = document.createElementNS(SPACE, "svg");
    const attributes = { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", class: "cs-x-svg",
                         "aria-labelledby": `${id}-title`, "aria-describedby": `${id}-description` };
    for (const key in attributes) svg.setAttribute(key, attributes[key]);
    mark(svg, "title", { id: `${id}-title` }, title);
    mark(svg, "desc", { id: `${id}-description` }, description);
    return svg;
  }

  // Round values from the first above `low` to `high` or a little beyond, at most about `count` steps.
  function ticks(low, high, count) {
    const rough = (high - low || 1) / count, power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) * power;
    const first = Math.ceil(low / step - 1e-9), last = Math.ceil(high / step - 1e-9);
    return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  }

  function scale(from, to, start, end) { return (value) => start + (value - from) / (to - from) * (end - start); }

  function gridColour(value) { return value ? "var(--chart-grid)" : "var(--chart-axis)"; }

  function tickText(value, step) {
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return value.toFixed(digits).replace("-", "−").replace(/\B(?=(\d{3})+(?!\d))/g, digits ? "" : ",");
  }

  // Median and interval by year. rows: [median, low, high] a year; before: the same of the unchanged scenario, or null.
  function band(id, width, height, rows, before, words) {
    const svg = drawing(id, width, height, words.title, words.description);
    const all = [0, ...rows.flat(), ...(before ? before.map((row) => row[0]) : [])];
    const marks = ticks(Math.min(...all), Math.max(...all), 5), step = marks[1] - marks[0];
    const left = 8 + 7.5 * Math.max(...marks.map((value) => tickText(value, step).length));
    const top = 10, bottom = height - 38, right = width - 10;
    const x = scale(1, rows.length, left + 6, right - 6), y = scale(Math.min(...all), marks[marks.length - 1], bottom, top);
    for (const value of marks) {
      mark(svg, "line", { x1: left, x2: right, y1: y(value), y2: y(value), stroke: gridColour(value) });
      mark(svg, "text", { ...LABEL, x: left - 6, y: y(value) + 4, "text-anchor": "end" }, tickText(value, step));
    }
    const every = rows.length > 6 && width < 380 ? 3 : 1;
    rows.forEach((_, i) => {
      if (i % every && i !== rows.length - 1) return;
      mark(svg, "text", { ...LABEL, x: x(i + 1), y: bottom + 17 }, i + 1);
    });
    mark(svg, "text", { ...LABEL, x: (left + right) / 2, y: height - 4 }, "year");
    const line = (index, source) => source.map((row, i) => `${x(i + 1).toFixed(1)},${y(row[index]).toFixed(1)}`);
    mark(svg, "polygon", { points: [...line(2, rows), ...line(1, rows).reverse()].join(" "), fill: "var(--chart-accent-soft)" });
    if (before) {
      mark(svg, "polyline", { points: line(0, before).join(" "), fill: "none", stroke: "var(--chart-muted)", "stroke-width": 1.8,
                              "stroke-dasharray": "5 4" });
    }
    mark(svg, "polyline", { points: line(0, rows).join(" "), fill: "none", stroke: "var(--chart-accent)", "stroke-width": 2.6,
                            "stroke-linejoin": "round" });
    return svg;
  }

  // One row each: a dot with its interval. rows: {label, value: [median, low, high], own}. The own row stands out.
  function rows(id, width, rowHeight, given, words) {
    const wide = width >= 540, axis = 44, height = given.length * rowHeight + axis;
    const svg = drawing(id, width, height, words.title, words.description);
    const all = [0, ...given.flatMap((row) => row.value)];
    const left = wide ? 262 : 4, right = width - 12;
    const marks = ticks(Math.min(...all), Math.max(...all), width >= 420 ? 6 : 4), step = marks[1] - marks[0];
    const x = scale(Math.min(...all), marks[marks.length - 1], left + 8, right);
    for (const value of marks) {
      mark(svg, "line", { x1: x(value), x2: x(value), y1: 0, y2: height - axis + 4, stroke: gridColour(value) });
      mark(svg, "text", { ...LABEL, x: x(value), y: height - axis + 19 }, tickText(value, step));
    }
    mark(svg, "text", { ...LABEL, x: (left + right) / 2, y: height - 6 }, words.axis);
    given.forEach((row, i) => {
      const middle = i * rowHeight + (wide ? rowHeight / 2 : rowHeight - 10), [median, low, high] = row.value.map(x);
      const colour = row.own ? "var(--chart-accent)" : "var(--chart-neutral)";
      const ink = row.own ? "var(--chart-ink)" : "var(--chart-muted)";
      const text = { "font-size": FONT, fill: ink, "font-weight": row.own ? 650 : 400 };
      if (wide) mark(svg, "text", { ...text, x: left - 4, y: middle + 4.5, "text-anchor": "end" }, row.label);
      else {
        const halo = { stroke: "var(--chart-bg)", "stroke-width": 4, "paint-order": "stroke" };
        mark(svg, "text", { ...text, ...halo, x: left, y: middle - 12 }, row.label);
      }
      mark(svg, "line", { x1: low, x2: high, y1: middle, y2: middle, stroke: colour, "stroke-width": row.own ? 4 : 2 });
      // A hollow diamond, the mark of modelled values throughout the book.
      const size = row.own ? 6.5 : 5;
      mark(svg, "path", { d: `M${median},${middle - size}l${size},${size}l${-size},${size}l${-size},${-size}z`,
                          fill: "var(--chart-bg)", stroke: colour, "stroke-width": row.own ? 2.6 : 2 });
    });
    return svg;
  }

  window.csChart = { band, rows };
})();
