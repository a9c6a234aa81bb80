// Search in the book's own index: every word must occur; hits in headings count most. Works from disk and offline.
(function () {
  "use strict";
  var form = document.getElementById("cs-search"), field = document.getElementById("cs-search-field");
  var list = document.getElementById("cs-search-results"), status = document.getElementById("cs-search-status");
  if (!form) return;
  var KINDS = { page: "Chapter", section: "Section", figure: "Figure", number: "Number", term: "Term" };
  var MOST = 40, entries = null;

  function plain(text) { return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase(); }

  function prepare(rows) {
    return rows.map(function (row) {
      return { kind: row[0], page: row[1], title: row[2], href: row[3], text: row[4],
               inTitle: plain(row[2]), inText: plain(row[4]) };
    });
  }

  // How well one word fits one entry; 0 when it does not occur. Whole words and beginnings of words count more.
  function fit(word, entry) {
    var score = 0, at = entry.inTitle.indexOf(word);
    if (at >= 0) score += 8 + (at === 0 || /\W/.test(entry.inTitle[at - 1]) ? 6 : 0);
    at = entry.inText.indexOf(word);
    if (at >= 0) score += 1 + (at === 0 || /\W/.test(entry.inText[at - 1]) ? 2 : 0);
    return score;
  }

  function find(query) {
    var words = plain(query).split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    var weight = { page: 1.5, term: 1.3, section: 1.1, figure: 1, number: 0.9 };
    return entries.map(function (entry) {
      var score = 0;
      for (var i = 0; i < words.length; i++) {
        var one = fit(words[i], entry);
        if (!one) return null;
        score += one;
      }
      if (entry.inTitle.indexOf(words.join(" ")) >= 0) score += 10;
      return { entry: entry, score: score * weight[entry.kind], words: words };
    }).filter(Boolean).sort(function (a, b) { return b.score - a.score; });
  }

  // A stretch of the text around the first word found, with every found word marked. Built as nodes, never as HTML.
  function excerpt(hit) {
    var line = document.createElement("p"), text = hit.entry.text, low = hit.entry.inText;
    var first = Math.min.apply(null, hit.words.map(function (w) { var at = low.indexOf(w); return at < 0 ? Infinity : at; }));
    if (first === Infinity || low.length !== text.length) first = 0;
    var start = first > 60 ? text.indexOf(" ", first - 60) + 1 : 0;
    var piece = text.slice(start, start + 200), end = piece.lastIndexOf(" ");
    if (start + 200 < text.length && end > 120) piece = piece.slice(0, end) + " …";
    if (start > 0) piece = "… " + piece;
    mark(line, piece, hit.words);
    return line;
  }

  function mark(parent, text, words) {
    var safe = words.map(function (w) { return w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"); });
    text.split(new RegExp("(" + safe.join("|") + ")", "i")).forEach(function (part, i) {
      if (i % 2) { var found = document.createElement("mark"); found.textContent = part; parent.append(found); }
      else parent.append(part);
    });
  }

  function show(query) {
    list.textContent = "";
    if (!query.trim()) { status.textContent = ""; return; }
    var hits = find(query);
    hits.slice(0, MOST).forEach(function (hit) {
      var item = document.createElement("li"), link = document.createElement("a"), where = document.createElement("p");
      item.className = "cs-result";
      where.className = "cs-result-where";
      where.textContent = KINDS[hit.entry.kind] + (hit.entry.kind === "page" ? "" : " · " + hit.entry.page);
      link.href = hit.entry.href;
      mark(link, hit.entry.title, hit.words);
      item.append(where, link, excerpt(hit));
      list.append(item);
    });
    status.textContent = hits.length === 0 ? "Nothing has all of these words. Try fewer or shorter ones."
      : hits.length + (hits.length === 1 ? " result" : " results") + (hits.length > MOST ? ", the best " + MOST + " shown" : "");
  }

  function start() {
    entries = prepare(window.csSearchIndex);
    var timer;
    field.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(function () {
        show(field.value);
        try { history.replaceState(null, "", field.value ? "?q=" + encodeURIComponent(field.value) : location.pathname); }
        catch (e) { /* pages opened from disk keep their address */ }
      }, 120);
    });
    form.addEventListener("submit", function (event) { event.preventDefault(); show(field.value); });
    field.value = new URLSearchParams(location.search).get("q") || "";
    show(field.value);
    field.focus();
  }

  var script = document.createElement("script");
  script.src = field.dataset.index;
  script.onload = start;
  script.onerror = function () { status.textContent = "The search index could not be loaded."; };
  document.head.append(script);
})();
