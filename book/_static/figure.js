// Figures: replaces a still drawing by the interactive one when the reader asks for it.
// One local bundle serves the whole site; it is fetched at the first wish, never before, and evaluates no strings.
(function () {
  "use strict";

  var BUNDLE = new URL("../assets/vega-bundle.js", document.currentScript.src).href;
  var loading = null;

  function bundle() {
    loading = loading || new Promise(function (resolve, reject) {
      var script = document.createElement("script");
      script.src = BUNDLE;
      script.onload = function () { resolve(window.vegaEmbed); };
      script.onerror = function () { loading = null; reject(new Error("the drawing library did not load")); };
      document.head.appendChild(script);
    });
    return loading;
  }

  // The pointer's text: the chart's own line, or the datum's fields; names that begin with "__" are the drawing's own.
  function tooltipText(value, escape) {
    if (value === null || typeof value !== "object") { return escape(value); }
    return Object.keys(value).filter(function (name) { return name.slice(0, 2) !== "__"; })
      .map(function (name) { return escape(name + ": " + value[name]); }).join("<br>");
  }

  function specification(figure, width) {
    var both = JSON.parse(figure.querySelector(".cs-figure-spec").textContent);
    var spec = both[width];
    spec.datasets = both.datasets;
    return spec;
  }

  // A specification says "hatch:accent" where the drawing has diagonal lines in that colour.
  function hatch(svg, prefix) {
    var names = {};
    svg.querySelectorAll('[fill^="hatch:"]').forEach(function (mark) {
      var name = mark.getAttribute("fill").slice(6);
      names[name] = true;
      mark.setAttribute("fill", "url(#" + prefix + "-" + name + ")");
    });
    Object.keys(names).forEach(function (name) {
      var defs = document.createElementNS(svg.namespaceURI, "defs");
      defs.innerHTML = '<pattern id="' + prefix + "-" + name + '" width="6" height="6" patternUnits="userSpaceOnUse">' +
        '<rect width="6" height="6" fill="var(--chart-' + name + '-soft)"/>' +
        '<path d="M-1.5,1.5l3,-3M0,6l6,-6M4.5,7.5l3,-3" stroke="var(--chart-' + name + ')" stroke-width="1.7"/></pattern>';
      svg.insertBefore(defs, svg.firstChild);
    });
  }

  function draw(figure, drawing, vegaEmbed) {
    var still = Array.prototype.find.call(drawing.querySelectorAll(".cs-figure-svg"), function (svg) {
      return getComputedStyle(svg).display !== "none";
    });
    var place = document.createElement("div");
    place.className = "cs-figure-live";
    drawing.appendChild(place);
    return vegaEmbed(place, specification(figure, still.classList.contains("cs-wide") ? "wide" : "narrow"), {
      mode: "vega-lite", renderer: "svg", actions: false, ast: true, hover: false, defaultStyle: false,
      config: { aria: false },
      tooltip: { disableDefaultStyle: true, formatTooltip: tooltipText }
    }).then(function (result) {
      var svg = place.querySelector("svg");
      // At the scale of the still drawing; the reader's font may make it a few pixels wider or narrower.
      svg.style.width = svg.viewBox.baseVal.width * still.getBoundingClientRect().width / still.viewBox.baseVal.width + "px";
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-labelledby", still.getAttribute("aria-labelledby"));
      svg.setAttribute("aria-describedby", still.getAttribute("aria-describedby"));
      hatch(svg, figure.id + "-live");
      drawing.setAttribute("data-live", "");
      still.setAttribute("aria-hidden", "true");
      return function back() {
        result.finalize();
        place.remove();
        drawing.removeAttribute("data-live");
        still.removeAttribute("aria-hidden");
      };
    }, function (problem) { place.remove(); throw problem; });
  }

  function prepare(figure) {
    var button = figure.querySelector(".cs-figure-button");
    var drawing = figure.querySelector(".cs-figure-drawing");
    if (!button || !drawing || !figure.querySelector(".cs-figure-spec")) { return; }
    var back = null;

    function still() {
      if (back) { back(); back = null; }
      button.setAttribute("aria-pressed", "false");
    }
    button.addEventListener("pointerenter", function () { bundle().catch(function () {}); }, { once: true });
    button.addEventListener("click", function () {
      if (back) { still(); return; }
      if (button.getAttribute("aria-busy") === "true") { return; }
      button.setAttribute("aria-busy", "true");
      bundle().then(function (vegaEmbed) { return draw(figure, drawing, vegaEmbed); }).then(function (undo) {
        back = undo;
        button.setAttribute("aria-pressed", "true");
      }).catch(function (problem) {
        button.title = "Not available: " + problem.message;
      }).then(function () { button.removeAttribute("aria-busy"); });
    });
    // The other drawing may be due at another width; the still one follows by itself.
    var width = figure.clientWidth;
    window.addEventListener("resize", function () { if (figure.clientWidth !== width) { width = figure.clientWidth; still(); } });
    button.setAttribute("data-ready", "");
  }

  document.querySelectorAll(".cs-figure").forEach(prepare);
})();
