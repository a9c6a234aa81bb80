// The list of events: shows the events of the chosen year, channel, instrument and target, with the words typed.
// The choice is kept in the address (?year=2025&target=Huawei), so a view can be linked. Without it the whole list stands.
(function () {
  "use strict";

  function has(list, value) { return list.split(";").some(function (part) { return part.trim() === value; }); }

  function start(box) {
    var form = box.querySelector(".cs-events-form"), said = form.querySelector("output");
    var items = Array.prototype.slice.call(box.querySelectorAll(".cs-events-list > li"));
    var texts = items.map(function (item) { return item.textContent.toLowerCase(); });
    var names = ["year", "channel", "instrument", "target", "words"];

    var years = Array.prototype.slice.call(box.querySelectorAll(".cs-events-year"));

    // The newest year stands open; a filter opens every year in which it finds something and hides the others.
    function fold() {
      var filtered = names.some(function (name) { return form.elements[name].value; });
      years.forEach(function (year, place) {
        var found = year.querySelector(".cs-events-list > li:not([hidden])");
        year.hidden = !found;
        year.open = filtered ? Boolean(found) : place === 0;
      });
      var target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
      var holder = target && target.closest(".cs-events-year");
      if (holder) { holder.open = true; target.scrollIntoView(); }
    }

    function apply(remember) {
      var words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
      items.forEach(function (item, place) {
        var fits = names.slice(0, 4).every(function (name) {
          var value = form.elements[name].value;
          return !value || has(item.dataset[name], value);
        }) && words.every(function (word) { return texts[place].indexOf(word) >= 0; });
        item.hidden = !fits;
        if (fits) shown += 1;
      });
      fold();
      said.textContent = shown + " of " + items.length + " events";
      if (!remember) return;
      var query = new URLSearchParams();
      names.forEach(function (name) { if (form.elements[name].value) query.set(name, form.elements[name].value); });
      try { history.replaceState(null, "", (query.size || query.toString() ? "?" + query : location.pathname) + "#events"); } catch (ignored) { /* opened from disk */ }
    }

    new URLSearchParams(location.search).forEach(function (value, name) {
      if (names.indexOf(name) >= 0) form.elements[name].value = value;
    });
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("input", function () { apply(true); });
    form.hidden = false;
    addEventListener("hashchange", fold);
    apply(false);
  }

  function ready() { document.querySelectorAll(".cs-events").forEach(start); }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready); else ready();
})();
