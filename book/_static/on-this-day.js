// "In force or in limbo on this day": filters the intervals in the page's JSON block by the reader's day.
// The rules are those of analysis/policy/spells.py (status_on) and analysis/policy/in_force.py (in_force_on).
// The day is kept in the address (?on=YYYY-MM-DD), so a view can be linked and cited.
(function () {
  "use strict";

  function fileStatus(file, day) {
    if (file.since > day) return "";
    var open = !file.settled && !file.scheduled;
    if (file.end > day || (file.end === day && open)) return "in limbo";
    return file.settled ? "settled" : "not known";
  }

  function report(data, day) {
    var limbo = [], unknown = [];
    data.files.forEach(function (file) {
      var status = fileStatus(file, day);
      if (status === "in limbo") limbo.push(file);
      if (status === "not known") unknown.push(file);
    });
    var force = data.measures.filter(function (m) { return m.since <= day && (!m.end || m.end > day); });
    return [["In limbo", limbo], ["Not known whether still in limbo", unknown], ["In force", force]];
  }

  function cell(row, tag, text) {
    var element = document.createElement(tag);
    element.textContent = text;
    row.appendChild(element);
    return element;
  }

  function table(sections, day) {
    var element = document.createElement("table");
    element.className = "cs-cards";
    var caption = element.createCaption();
    caption.textContent = "State of the policy file on " + day;
    var head = element.createTHead().insertRow();
    ["On this day", "Matter", "Kind", "Channel", "Since"].forEach(function (name) { cell(head, "th", name).scope = "col"; });
    var body = element.createTBody();
    sections.forEach(function (section) {
      section[1].forEach(function (item, i) {
        var row = body.insertRow();
        if (i === 0) {
          var th = cell(row, "th", section[0] + ": " + section[1].length);
          th.scope = "rowgroup";
          th.rowSpan = section[1].length;
        }
        cell(row, "td", item.title).className = "cs-day-matter";
        [["Kind", item.instrument || item.type + (item.core ? "" : ", shown apart")], ["Channel", item.channel],
         ["Since", item.since]].forEach(function (pair) { cell(row, "td", pair[1]).dataset.label = pair[0]; });
        row.lastChild.className = "cs-nowrap";
      });
    });
    return element;
  }

  function start(box) {
    var data = JSON.parse(box.querySelector(".cs-day-data").textContent);
    var form = box.querySelector(".cs-day-form"), result = box.querySelector(".cs-day-result");
    var field = form.elements.day, chosen = form.elements.chosen;

    function say(text) {
      var line = document.createElement("p");
      line.textContent = text;
      result.appendChild(line);
    }

    function show(asked, remember) {
      if (!asked) return;
      var day = asked < data.first ? data.first : asked > data.newest ? data.newest : asked;
      field.value = day;
      result.textContent = "";
      if (day !== asked) {
        say("The file runs from " + data.first + " to " + data.newest + "; you asked for " + asked + " and see " + day + ".");
      }
      if (day > data.events_known_to) {
        say("Events are known to " + data.events_known_to + "; what follows holds if nothing happened since.");
      }
      var scroll = document.createElement("div");
      scroll.className = "cs-scroll";
      scroll.tabIndex = 0;
      scroll.setAttribute("role", "region");
      scroll.setAttribute("aria-label", "State of the file on " + day);
      scroll.appendChild(table(report(data, day), day));
      result.appendChild(scroll);
      if (remember) {
        try { history.replaceState(null, "", "?on=" + day + "#on-this-day"); } catch (ignored) { /* opened from disk */ }
      }
    }

    form.addEventListener("submit", function (event) { event.preventDefault(); });
    field.addEventListener("change", function () { chosen.value = ""; show(field.value, true); });
    chosen.addEventListener("change", function () { show(chosen.value, true); });
    form.hidden = false;
    result.hidden = false;
    box.querySelector(".cs-day-static").hidden = true;
    show(field.value, false);
    show(new URLSearchParams(location.search).get("on"), false);
  }

  function ready() { document.querySelectorAll(".cs-day").forEach(start); }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready); else ready();
})();
