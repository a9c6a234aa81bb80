// Before the first paint: the reader's choice of theme, or the system's.
(function (root) {
  var chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch (e) { /* storage may be closed, as on some file:// pages */ }
  if (chosen !== "light" && chosen !== "dark") {
    chosen = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.dataset.theme = chosen;
  root.classList.add("cs-js");
})(document.documentElement);
