// Search in the book's own index: every word must occur, a phrase in quotation marks as it stands; hits in headings count most.
// American and British spelling, singular and plural, straight and curly marks, every kind of hyphen and blank find the same.
// Works from disk and offline.
(function () {
  "use strict";
  var form = document.getElementById("cs-search"), field = document.getElementById("cs-search-field");
  var list = document.getElementById("cs-search-results"), status = document.getElementById("cs-search-status");
  if (!form) return;
  var KINDS = { page: "Chapter", section: "Section", figure: "Figure", number: "Number", term: "Term", event: "Event" };
  var MOST = 40, entries = null;

  // Endings and words that are written in two ways, each brought to the one on the right. A word need not exist in that form: what
  // counts is that the text and the question come to the same.
  var SPELLINGS = [
    [/is(e|ed|er|ing|ation)$/, "iz$1"], [/ys(e|ed|er|ing)$/, "yz$1"],
    [/^(.*(?:arm|behavi|col|endeav|fav|flav|harb|hon|hum|lab|neighb|rum|vap|vig))our/, "$1or"],
    [/^(calib|cent|fib|lit|met|spect|theat|.*(?:met|lit))re(d?)$/, "$1er$2"], [/erd$/, "ered"],
    [/^(.*(?:defen|licen|offen|preten))c(e|ed|ing)$/, "$1s$2"], [/^practis/, "practic"],
    [/^(.*(?:cancel|channel|counsel|equal|fuel|label|level|marshal|model|signal|total|travel))l(ed|er|ing|ation)$/, "$1$2"],
    [/^(enrol|fulfil|instal)l?(ment)?$/, "$1$2"], [/^skilful/, "skillful"], [/^(program|kilogram)me(d|r)?$/, "$1$2"],
    [/^(analog|catalog|dialog)ue$/, "$1"], [/^grey/, "gray"], [/^cheque$/, "check"], [/^alumini?um/, "aluminum"], [/^sulph/, "sulf"],
    [/^artefact/, "artifact"], [/^(acknowledg|judg)ement/, "$1ment"], [/^ageing$/, "aging"], [/^sceptic/, "skeptic"],
    [/^tyre$/, "tire"], [/^mould/, "mold"], [/^manoeuvr(e|ed|ing)$/, "maneuver$1"], [/^storey$/, "story"], [/^draught/, "draft"]
  ];

  function word(w) {
    if (w.length < 4) return w;
    if (/[^aeiou]ies$/.test(w)) w = w.slice(0, -3) + "y";
    else if (/(ss|x|ch|sh)es$/.test(w)) w = w.slice(0, -2);
    else if (/[^isu]s$/.test(w)) w = w.slice(0, -1);
    SPELLINGS.forEach(function (rule) { w = w.replace(rule[0], rule[1]); });
    return w;
  }

  // A text as it is compared: small letters without accents, one kind of each mark, words in one spelling and number.
  function plain(text) {
    return text.replace(/[\u00ad\u200b-\u200d\u2060\ufeff]/g, "").normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
      .replace(/[\u2018\u2019\u201a\u201b\u2032\u02bc\u0060\u00b4]/g, "'").replace(/[\u201c-\u201f\u00ab\u00bb\u2033]/g, '"')
      .replace(/[\u2010-\u2015\u2212\ufe63\uff0d]/g, "-").replace(/([a-z0-9])-+(?=[a-z0-9])/g, "$1 ")
      .replace(/([a-z0-9])'s?(?![a-z0-9])/g, "$1").replace(/[a-z]+/g, word).replace(/\s+/g, " ");
  }

  // The words and phrases of a question, each as it is compared. A mark that is not closed is none.
  function terms(query) {
    var found = [];
    plain(query).replace(/"([^"]+)"|([^\s"]+)/g, function (_, phrase, single) {
      var term = (phrase || single).trim();
      if (term) found.push(term);
    });
    return found;
  }

  function prepare(rows) {
    return rows.map(function (row) {
      return { kind: row[0], page: row[1], title: row[2], href: row[3], text: row[4],
               inTitle: plain(row[2]), inText: plain(row[4]) };
    });
  }

  // How well one word fits one entry; 0 when it does not occur. Whole words and beginnings of words count more.
  function fit(term, entry) {
    var score = 0, at = entry.inTitle.indexOf(term);
    if (at >= 0) score += 8 + (at === 0 || /\W/.test(entry.inTitle[at - 1]) ? 6 : 0);
    at = entry.inText.indexOf(term);
    if (at >= 0) score += 1 + (at === 0 || /\W/.test(entry.inText[at - 1]) ? 2 : 0);
    return score;
  }

  function find(query) {
    var words = terms(query);
    if (!words.length) return [];
    var weight = { page: 1.5, term: 1.3, section: 1.1, figure: 1, event: 1, number: 0.9 };
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

  // Whether a word of the text, as it is printed, is one of those found.
  function wanted(printed, words) {
    var own = plain(printed).trim();
    return own !== "" && words.some(function (term) {
      return own.indexOf(term) >= 0 || (term.indexOf(" ") > 0 && (" " + term + " ").indexOf(" " + own + " ") >= 0);
    });
  }

  // A stretch of the text around the first word found, with every found word marked. Built as nodes, never as HTML.
  function excerpt(hit) {
    var line = document.createElement("p"), text = hit.entry.text, first = -1;
    text.replace(/\S+/g, function (printed, at) { if (first < 0 && wanted(printed, hit.words)) first = at; });
    var start = first > 60 ? text.indexOf(" ", first - 60) + 1 : 0;
    var piece = text.slice(start, start + 200), end = piece.lastIndexOf(" ");
    if (start + 200 < text.length && end > 120) piece = piece.slice(0, end) + " …";
    if (start > 0) piece = "… " + piece;
    mark(line, piece, hit.words);
    return line;
  }

  function mark(parent, text, words) {
    text.split(/(\s+)/).forEach(function (part) {
      if (!wanted(part, words)) { parent.append(part); return; }
      var found = document.createElement("mark");
      found.textContent = part;
      parent.append(found);
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
