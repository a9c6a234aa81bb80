// Before the first paint: the reader's choice of theme, or the system's; and the book's own fonts, which the style sheet
// carries but the browser would unpack after painting once without them, so that lines would break anew before the reader's eyes.
(function (root) {
  var chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch (e) { /* storage may be closed, as on some file:// pages */ }
  if (chosen !== "light" && chosen !== "dark") {
    chosen = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.dataset.theme = chosen;
  root.classList.add("cs-js", "cs-waiting");
  function show() { root.classList.remove("cs-waiting"); }
  Promise.all(["1em 'Stalemate Serif'", "italic 1em 'Stalemate Serif'", "1em 'Stalemate Sans'"].map(function (font) {
    return document.fonts.load(font);
  })).then(show, show);
  setTimeout(show, 1000);   // whatever happens to the fonts, the text shows
})(document.documentElement);

// A copy of the book that was given no address of its own prints a placeholder, which leads nowhere. Citations, embeds and snippets
// then name the address at which the page is being read; opened from disk, they say that there is none.
window.csHere = function (text) {
  var given = document.querySelector('meta[name="cs-placeholder"]');
  if (!given) return text;
  var here = location.protocol === "file:" ? "[address of the published book]/" : new URL(".", location.href).href;
  return text.split(given.dataset.edition).join(here).split(given.content).join(here);
};
