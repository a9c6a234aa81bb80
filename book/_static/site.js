// What every page can do with JavaScript: switch the theme, copy texts, follow the reader in the contents list, take
// scroll regions that need no scrolling out of the tab order, and lay out at leisure what is far down. Everything is there without it.
(function () {
  "use strict";
  var root = document.documentElement, HOLD_MS = 600;

  function themeButton() {
    var button = document.getElementById("cs-theme");
    if (!button) return;
    var name = button.querySelector(".cs-tool-name");
    function show() {
      name.textContent = root.dataset.theme === "dark" ? "Light theme" : "Dark theme";
    }
    button.addEventListener("click", function () {
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      try { localStorage.setItem("theme", root.dataset.theme); } catch (e) { /* the choice then lasts for this page */ }
      show();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function (change) {
      var chosen = null;
      try { chosen = localStorage.getItem("theme"); } catch (e) { /* no choice was kept */ }
      if (!chosen) { root.dataset.theme = change.matches ? "dark" : "light"; show(); }
    });
    show();
    button.hidden = false;
  }

  // "/" goes to the search, unless the reader is typing.
  function searchKey() {
    document.addEventListener("keydown", function (event) {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable) return;
      event.preventDefault();
      var field = document.getElementById("cs-search-field");
      if (field) field.focus(); else document.getElementById("cs-search-link").click();
    });
  }

  // Says aloud what a button did; a screen reader hears only what changes in a region that was there before.
  var status = document.createElement("div");
  status.className = "cs-offscreen";
  status.setAttribute("role", "status");
  document.body.append(status);

  window.csCopy = function (text, button) {
    function done(worked) {
      status.textContent = worked ? "Copied" : "Not copied. Press Ctrl+C to copy the selected text.";
      var before = button.dataset.label || (button.dataset.label = button.textContent);
      button.textContent = worked ? "Copied" : "Press Ctrl+C";
      setTimeout(function () { button.textContent = before; status.textContent = ""; }, 1600);
    }
    function byHand() {   // pages opened from disk may have no clipboard interface
      var area = document.createElement("textarea");
      area.value = text;
      area.className = "cs-offscreen";
      area.setAttribute("aria-label", "Text to copy");
      button.parentNode.insertBefore(area, button);
      area.select();
      var worked = false;
      try { worked = document.execCommand("copy"); } catch (e) { /* told to the reader */ }
      if (worked) { area.remove(); button.focus(); }
      else area.addEventListener("blur", function () { area.remove(); });   // stays selected, for the reader's own Ctrl+C
      done(worked);
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(function () { done(true); }, byHand);
    } else byHand();
  };

  // The placeholder of the address in what readers copy: see csHere in theme.js.
  function ownAddresses() {
    if (!document.querySelector('meta[name="cs-placeholder"]')) return;
    var walker = document.createTreeWalker(document.querySelector("main") || document.body, NodeFilter.SHOW_TEXT);
    for (var node = walker.nextNode(); node; node = walker.nextNode()) {
      var text = csHere(node.data);
      if (text !== node.data) node.data = text;
    }
  }

  function copyButtons() {
    document.querySelectorAll(".cs-cite-format pre, .highlight > pre").forEach(function (block) {
      if (block.closest(".cs-code-fold")) return;
      var button = document.createElement("button");
      button.type = "button";
      button.className = "cs-copy";
      button.textContent = "Copy";
      var name = block.getAttribute("aria-label");
      button.setAttribute("aria-label", "Copy: " + name);
      button.addEventListener("click", function () { window.csCopy(block.textContent.trimEnd(), button); });
      block.parentNode.classList.add("cs-copyable");
      block.parentNode.insertBefore(button, block.nextSibling);
    });
  }

  // Looked at when a region comes to be shown or changes its size; what is folded away is neither and costs nothing.
  function scrollRegions() {
    var observer = new ResizeObserver(function (changes) {
      changes.forEach(function (change) {
        var region = change.target.closest('[role="region"]');
        var wide = region.scrollWidth > region.clientWidth || region.scrollHeight > region.clientHeight;
        if (wide) region.setAttribute("tabindex", "0"); else region.removeAttribute("tabindex");
      });
    });
    document.querySelectorAll('[role="region"][tabindex]').forEach(function (region) {
      observer.observe(region);
      if (region.firstElementChild) observer.observe(region.firstElementChild);   // a table widens when its font arrives
    });
  }

  // The contents list marks the section being read.
  function contentsMark() {
    var links = {};
    document.querySelectorAll("#cs-contents a").forEach(function (link) { links[link.hash.slice(1)] = link; });
    var sections = Object.keys(links).map(function (id) { return document.getElementById(id); }).filter(Boolean);
    if (!sections.length || !window.IntersectionObserver) return;
    var seen = new Set();
    var observer = new IntersectionObserver(function (changes) {
      changes.forEach(function (change) { seen[change.isIntersecting ? "add" : "delete"](change.target); });
      var current = sections.filter(function (section) { return seen.has(section); }).pop();
      sections.forEach(function (section) {
        if (section === current) links[section.id].setAttribute("aria-current", "true");
        else links[section.id].removeAttribute("aria-current");
      });
    }, { rootMargin: "-10% 0px -70% 0px" });
    sections.forEach(function (section) { observer.observe(section); });
  }

  // An address that points at something folded away opens the fold.
  function openTarget() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var fold = target && (target.closest("details") || target.querySelector(":scope > details"));
    if (fold) fold.open = true;
    if (target) hold(target);
  }

  // Sections above the target take their true height while it comes into view; until the reader acts, it stays where it belongs.
  var acted = ["wheel", "touchstart", "pointerdown", "keydown"];
  function hold(target) {
    var ends = performance.now() + HOLD_MS;
    function stop() { ends = 0; }
    acted.forEach(function (name) { addEventListener(name, stop, { once: true, passive: true }); });
    (function align() {
      if (ends && document.readyState !== "complete") ends = performance.now() + HOLD_MS;
      if (performance.now() > ends) return;
      target.scrollIntoView();
      requestAnimationFrame(align);
    })();
  }

  // A menu opened over the page closes when the reader has chosen where to go.
  function menus() {
    document.querySelectorAll("[popover] a").forEach(function (link) {
      link.addEventListener("click", function () {
        var menu = link.closest("[popover]");
        if (menu.matches(":popover-open")) menu.hidePopover();
      });
    });
  }

  // What is far from the screen is laid out once the page is still, piece by piece and the smallest first, so that the scroll bar
  // and a picture of the whole page show everything. It waits until the reader comes near on a device that has been held up
  // noticeably already, and once the reader has gone down the page, for what is above must not move.
  function layOutTheRest() {
    var heldUp = false;
    new PerformanceObserver(function () { heldUp = true; }).observe({ type: "longtask", buffered: true });
    var far = Array.from(document.querySelectorAll(".cs-far, .cs-figure-drawing, .cs-x-far"), function (piece) {
      return { piece: piece, size: piece.getElementsByTagName("*").length };
    }).sort(function (a, b) { return a.size - b.size; });
    var whenIdle = window.requestIdleCallback || function (act) { setTimeout(act, 100); };
    function next() {
      if (!far.length || heldUp || scrollY > 0) { root.dataset.laidOut = ""; return; }
      far.shift().piece.classList.add("cs-near");
      requestAnimationFrame(function () { setTimeout(function () { whenIdle(next); }, 0); });   // after the frame is drawn
    }
    if (document.readyState === "complete") whenIdle(next);
    else addEventListener("load", function () { whenIdle(next); });
  }

  themeButton(); searchKey(); ownAddresses(); copyButtons(); scrollRegions(); contentsMark(); menus(); openTarget(); layOutTheRest();
  addEventListener("hashchange", openTarget);
})();
