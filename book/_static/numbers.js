// Cards: what stands behind a number, and what a term means, on hover, focus and tap; and the filter of the list of all numbers.
// The facts are in the page's data block; without JavaScript each number is a link to its row in that list.
(function () {
  "use strict";
  var data = null, card = null, owner = null, pinned = false, timer = 0;

  function load() {
    if (data === null) {
      var block = document.getElementById("cs-numbers");
      data = block && block.tagName === "SCRIPT" ? JSON.parse(block.textContent) : false;
    }
    return data;
  }

  var CARDED = "a.cs-num, a.cs-term";
  function facts(link) { return load() && (data.numbers[link.hash.slice(1)] || data.terms[link.hash.slice(1)]); }

  // --- citations: the same templates and the same escaping as analysis/registry/citations.py ---------------------------

  var BIBTEX = { "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "&": "\\&", "%": "\\%", "$": "\\$", "#": "\\#",
                 "_": "\\_", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };

  function escaped(value, form, name) {
    if (form === "bibtex" && name !== "url" && name !== "key") return value.replace(/[\\{}&%$#_~^]/g, function (c) { return BIBTEX[c]; });
    if (form === "ris") return value.replace(/\s*\n\s*/g, " ");
    if (form === "csl") return JSON.stringify(value).slice(1, -1);
    return value;
  }

  // cite: key, title and note of the thing cited; path: its address within the edition
  function citation(cite, path, form) {
    var date = data.edition.date.split("-"), note = cite.note;
    var fields = {
      key: cite.key, title: cite.title, note: form === "plain" && note ? note + " " : note,
      edition: data.edition.edition, date: data.edition.date, author: data.edition.author, work: data.edition.work,
      url: csHere(data.edition.address) + path, year: date[0], risdate: date.join("/"), parts: date.map(Number).join(", ")
    };
    return data.templates[form].replace(/\$(\w+)/g, function (all, name) { return escaped(fields[name], form, name); });
  }

  // For what is no number but is cited the same way; false where the page has no data block.
  window.csCite = function (cite, path, form) { return load() && citation(cite, path, form); };
  window.csEdition = function () { return load() && Object.assign({}, data.edition, { address: csHere(data.edition.address) }); };

  // --- the card ------------------------------------------------------------------------------------------------------

  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  function anchorTo(href, text) {
    var link = make("a", "", text);
    link.href = href;
    return link;
  }

  function row(list, name, content) {
    var value = make("dd");
    list.append(make("dt", "", name), value);
    value.append(...[].concat(content));
  }

  function sources(number, anchor) {
    var nodes = [];
    number.sources.forEach(function (id, i) {
      if (i) nodes.push("; ");
      nodes.push(anchorTo("sources.html#source-" + id, data.sources[id] || id));
    });
    if (number.more_sources) nodes.push("; ", anchorTo("numbers.html#" + anchor, "and " + number.more_sources + " more"));
    return nodes;
  }

  function head(label) {
    card.textContent = "";
    var close = make("button", "cs-card-close", "Close"), title = make("p", "cs-card-label", label);
    close.type = "button";
    close.addEventListener("click", function () { hide(true); });
    title.id = "cs-card-label";
    card.append(close, title);
  }

  function define(term, anchor) {
    head(term[0]);
    var text = make("p", "cs-card-definition", term[1]), more = make("p", "cs-card-more");
    text.id = "cs-card-value";
    more.append(anchorTo("glossary.html#" + anchor, "In the glossary"));
    card.append(text, more);
  }

  function fill(number, anchor) {
    if (Array.isArray(number)) { define(number, anchor); return; }
    head(number.label);
    var value = make("p", "cs-card-value", number.text);
    value.id = "cs-card-value";
    if (number.interval) value.append(make("span", "cs-card-interval", number.interval));
    var list = make("dl");
    var kind = make("span", "cs-class cs-class-" + number.cls, number.cls);
    row(list, "Class", [kind, ": " + data.classes[number.cls]]);
    row(list, "Unit", number.unit);
    row(list, "As of", number.as_of);
    row(list, "Method", [number.method + ". ", anchorTo(number.page + ".html", "The page that computes it")]);
    row(list, number.sources.length > 1 ? "Sources" : "Source", sources(number, anchor));
    row(list, "Edition", data.edition.edition);
    var more = make("p", "cs-card-more");
    more.append(anchorTo("numbers.html#" + anchor, "Row in the list of all numbers"));
    if (number.figure) more.append(anchorTo(number.page + ".html#fig-" + number.figure, "Figure"));
    var cite = make("div", "cs-card-cite"), name = make("span", "", "Copy citation");
    name.id = "cs-card-cite";
    cite.setAttribute("role", "group");
    cite.setAttribute("aria-labelledby", "cs-card-cite");
    cite.append(name);
    Object.keys(data.formats).forEach(function (form) {
      var button = make("button", "cs-copy", data.formats[form]);
      button.type = "button";
      button.dataset.form = form;
      button.addEventListener("click", function () { window.csCopy(citation(number.cite, "numbers.html#" + anchor, form), button); });
      cite.append(button);
    });
    card.append(value, list, more, cite);
  }

  function place(link) {
    card.style.left = card.style.top = "";
    if (matchMedia("(max-width: 40rem)").matches) return;   // a sheet at the foot of the screen, placed by the style sheet
    var at = link.getClientRects()[0], width = card.offsetWidth, height = card.offsetHeight;
    var left = Math.max(12, Math.min(at.left, document.documentElement.clientWidth - width - 12));
    var below = at.bottom + 8, above = at.top - height - 8;
    var top = below + height > innerHeight && above > 0 ? above : below;
    card.style.left = left + scrollX + "px";
    card.style.top = top + scrollY + "px";
  }

  function show(link, pin) {
    clearTimeout(timer);
    var number = facts(link);
    if (!number) return false;
    if (!card) {
      card = make("div", "cs-card");
      card.id = "cs-card";
      card.tabIndex = -1;
      card.setAttribute("role", "dialog");
      card.setAttribute("aria-labelledby", "cs-card-label cs-card-value");
      card.addEventListener("keydown", leave);
      card.addEventListener("pointerenter", function () { clearTimeout(timer); });
      card.addEventListener("pointerleave", function () { if (!pinned) later(hide, 250); });
      card.addEventListener("focusout", function (event) {
        if (pinned && event.relatedTarget && !card.contains(event.relatedTarget)) hide(false);
      });
      document.body.append(card);
    }
    if (owner !== link) {
      if (owner) owner.removeAttribute("aria-expanded");
      owner = link;
      fill(number, link.hash.slice(1));
    }
    pinned = pin;
    card.hidden = false;
    card.classList.toggle("cs-card-pinned", pin);
    link.setAttribute("aria-expanded", "true");
    place(link);
    if (pin) card.focus({ preventScroll: true });
    return true;
  }

  // The card stands at the end of the document but belongs to its number: Tab at its end goes on after the number, and Shift+Tab
  // at its beginning goes back to it.
  function leave(event) {
    if (event.key !== "Tab") return;
    var stops = card.querySelectorAll("a[href], button");
    if (event.shiftKey && (event.target === card || event.target === stops[0])) { event.preventDefault(); hide(true); }
    else if (!event.shiftKey && event.target === stops[stops.length - 1]) hide(true);   // the browser goes on from the number
  }

  function hide(back) {
    clearTimeout(timer);
    if (!owner) return;
    var link = owner;
    owner = null;
    pinned = false;
    card.hidden = true;
    link.setAttribute("aria-expanded", "false");
    if (back) { quiet = true; link.focus(); quiet = false; }
  }

  var quiet = false;   // focus that returns from a card must not open it again

  function later(what, ms) { clearTimeout(timer); timer = setTimeout(what, ms); }

  function cards() {
    document.querySelectorAll(CARDED).forEach(function (link) {
      if (!facts(link)) return;
      link.setAttribute("aria-haspopup", "dialog");
      if (link.title) { link.setAttribute("aria-description", link.title); link.removeAttribute("title"); }
      link.addEventListener("pointerenter", function (event) {
        if (event.pointerType === "mouse" && !pinned) later(function () { show(link, false); }, 180);
      });
      link.addEventListener("pointerleave", function () { if (!pinned) later(hide, 250); });
      link.addEventListener("focus", function () {
        if (!quiet && !pinned && link.matches(":focus-visible")) show(link, false);
      });
      link.addEventListener("blur", function () { if (!pinned) later(hide, 100); });
      link.addEventListener("click", function (event) {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        if (pinned && owner === link) { event.preventDefault(); hide(true); }
        else if (show(link, true)) event.preventDefault();
      });
    });
    document.addEventListener("keydown", function (event) { if (event.key === "Escape" && owner) hide(pinned); });
    document.addEventListener("pointerdown", function (event) {
      if (pinned && !card.contains(event.target) && event.target.closest(CARDED) !== owner) hide(false);
    });
  }

  // --- the filter on the page of all numbers ---------------------------------------------------------------------------

  function filter(box) {
    var field = box.querySelector("input"), count = box.querySelector("output");
    var tables = Array.prototype.slice.call(document.querySelectorAll("." + field.dataset.filters));
    var rows = [].concat.apply([], tables.map(function (table) { return Array.prototype.slice.call(table.tBodies[0].rows); }));
    var texts = rows.map(function (r) { return r.textContent.toLowerCase(); });
    function apply() {
      var words = field.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
      rows.forEach(function (r, i) {
        r.hidden = !words.every(function (word) { return texts[i].indexOf(word) >= 0; });
        if (!r.hidden) shown += 1;
      });
      tables.forEach(function (table) {   // a chapter in which nothing is found
        table.closest("section").hidden = !Array.prototype.some.call(table.tBodies[0].rows, function (r) { return !r.hidden; });
      });
      count.textContent = words.length ? shown + " of " + rows.length : "";
    }
    field.addEventListener("input", apply);
    box.hidden = false;
  }

  cards();
  document.querySelectorAll(".cs-filter").forEach(filter);
})();
