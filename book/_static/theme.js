// Before the first paint: the reader's choice of theme, or the system's, and an early start for the fonts. A font that
// comes too late is not shown on that page, so that nothing jumps. (From disk, browsers refuse such early loading.)
(function (root) {
  var chosen = null, here = document.currentScript.src;
  try { chosen = localStorage.getItem("theme"); } catch (e) { /* storage may be closed, as on some file:// pages */ }
  if (chosen !== "light" && chosen !== "dark") {
    chosen = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.dataset.theme = chosen;
  root.classList.add("cs-js");
  if (location.protocol === "file:") return;
  ["serif", "sans"].forEach(function (name) {
    var link = document.createElement("link");
    link.rel = "preload";
    link.as = "font";
    link.type = "font/woff2";
    link.crossOrigin = "";
    link.href = here.replace(/theme\.js.*$/, "fonts/stalemate-" + name + ".woff2");
    document.head.append(link);
  });
})(document.documentElement);
