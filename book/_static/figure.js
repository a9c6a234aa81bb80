// Figures: replaces a still drawing by the interactive one when the reader asks for it.
// One local bundle serves the whole site; it is fetched at the first wish, never before, and evaluates no strings.
(function () {
  "use strict";

  var BUNDLE = new URL("../assets/vega-bundle.js", document.currentScript.src).href;
  var SPECIFICATION = ".cs-figure-spec";
  var loading = {};

  // Scripts and not data files, because pages opened from disk may load nothing else.
  function load(address, what) {
    loading[address] = loading[address] || new Promise(function (resolve, reject) {
      var script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = function () { delete loading[address]; reject(new Error(what + " did not load")); };
      document.head.appendChild(script);
    });
    return loading[address];
  }
  function bundle() {
    return load(BUNDLE, "the drawing library").then(function () { return window.vegaEmbed; });
  }

  // Both specifications of a figure: from a file of their own, or from the page where it carries them.
  var specifications = window.csSpecifications = window.csSpecifications || {};
  function both(figure) {
    var place = figure.querySelector(SPECIFICATION);
    if (place.tagName === "SCRIPT") { return Promise.resolve(JSON.parse(place.textContent)); }
    return load(place.dataset.src, "the chart's description").then(function () {
      return JSON.parse(JSON.stringify(specifications[place.dataset.figure]));   // the library changes what it is given
    });
  }

  // The pointer's text: the chart's own line, or the datum's fields; names that begin with "__" are the drawing's own.
  function tooltipText(value, escape) {
    if (value === null || typeof value !== "object") { return escape(value); }
    return Object.keys(value).filter(function (name) { return name.slice(0, 2) !== "__"; })
      .map(function (name) { return escape(name + ": " + value[name]); }).join("<br>");
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

  function draw(figure, drawing, vegaEmbed, described) {
    var still = Array.prototype.find.call(drawing.querySelectorAll(".cs-figure-svg"), function (svg) {
      return getComputedStyle(svg).display !== "none";
    });
    var place = document.createElement("div");
    place.className = "cs-figure-live";
    drawing.appendChild(place);
    var spec = described[still.classList.contains("cs-wide") ? "wide" : "narrow"];
    spec.datasets = described.datasets;
    return vegaEmbed(place, spec, {
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
    var button = figure.querySelector(".cs-figure-button:not(.cs-embed-button)");
    var drawing = figure.querySelector(".cs-figure-drawing");
    if (!button || !drawing || !figure.querySelector(SPECIFICATION)) { return; }
    var back = null;
    // The other drawing may be due at another width; the still one follows by itself.
    var width = 0, watcher = new ResizeObserver(function () {
      if (figure.clientWidth !== width) { still(); }
    });

    function still() {
      if (back) { back(); back = null; }
      watcher.disconnect();
      button.setAttribute("aria-pressed", "false");
    }
    button.addEventListener("pointerenter", function () { bundle().catch(function () {}); both(figure).catch(function () {}); }, { once: true });
    button.addEventListener("click", function () {
      if (back) { still(); return; }
      if (button.getAttribute("aria-busy") === "true") { return; }
      button.setAttribute("aria-busy", "true");
      Promise.all([bundle(), both(figure)]).then(function (got) { return draw(figure, drawing, got[0], got[1]); }).then(function (undo) {
        back = undo;
        width = figure.clientWidth;
        watcher.observe(figure);
        button.setAttribute("aria-pressed", "true");
      }).catch(function (problem) {
        button.title = "Not available: " + problem.message;
      }).then(function () { button.removeAttribute("aria-busy"); });
    });
    button.setAttribute("data-ready", "");
  }

  // The line of HTML that shows the figure elsewhere, with the address at which this page is being read.
  function offer(figure) {
    var button = figure.querySelector(".cs-embed-button"), id = figure.id.replace(/^fig-/, ""), shown = null;
    if (!button) { return; }
    button.addEventListener("click", function () {
      if (!shown) {
        var title = figure.querySelector(".cs-figure-title").textContent.replace(/&/g, "&amp;").replace(/"/g, "&quot;");
        shown = document.createElement("pre");
        shown.className = "cs-embed-code";
        shown.tabIndex = 0;
        shown.setAttribute("role", "region");
        shown.setAttribute("aria-label", "Embed code");
        shown.hidden = true;
        shown.textContent = '<iframe src="' + new URL("embed/" + id + ".html", location.href).href + '" title="' + title +
          '" loading="lazy" style="width:100%;height:40rem;border:0"></iframe>';
        button.closest(".cs-figure-links").after(shown);
      }
      shown.hidden = !shown.hidden;
      button.setAttribute("aria-expanded", String(!shown.hidden));
    });
    button.setAttribute("data-ready", "");
  }

  document.querySelectorAll(".cs-figure").forEach(prepare);
  document.querySelectorAll(".cs-figure").forEach(offer);
})();
