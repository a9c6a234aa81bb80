"""Every page of every site, in the browser: access, width, requests, policy; with JavaScript and without."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
import serving

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const result = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  return result.violations.flatMap(v => v.nodes.slice(0, 3).map(
    n => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary.slice(0, 200)}`));
}"""
# What repeats is judged by its first instances, or the checker would take minutes a page: the first rows of each table, the
# first code tokens of each colour, the first entries of long lists of figures. What is inside a picture is one thing to
# assistive technology, and its contrast is computed elsewhere.
SAMPLE = """() => {
  document.querySelectorAll('svg[role=img] > *').forEach(e => { if (!/^(title|desc)$/i.test(e.tagName)) e.remove(); });
  document.querySelectorAll('main tbody').forEach(body => [...body.rows].slice(6).forEach(row => row.remove()));
  document.querySelectorAll('.cs-figure-citation').forEach((e, i) => { if (i > 3) e.remove(); });
  const seen = {};
  document.querySelectorAll('pre span').forEach(e => {
    seen[e.className] = (seen[e.className] || 0) + 1;
    if (seen[e.className] > 2) e.replaceWith(...e.childNodes);
  });
}"""
# What is far down is laid out a little later; the checker judges places and colours of everything at once.
LAY_OUT = "document.querySelectorAll('.cs-far, .cs-figure-drawing, .cs-x-far').forEach(e => { e.classList.add('cs-near'); })"
OPEN_FOLDS = "document.querySelectorAll('details').forEach(d => { d.open = true; })"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


# The fixtures book has one of everything; of the edition, two ways show both devices and both themes.
WAYS = [("fixtures book", "desktop", "light"), ("fixtures book", "desktop", "dark"), ("fixtures book", "phone", "light"),
        ("fixtures book", "phone", "dark"), ("edition", "desktop", "light"), ("edition", "phone", "dark")]


@pytest.mark.parametrize("any_site, device, theme", WAYS, indirect=["any_site"])
def test_no_page_violates_wcag_2_2_aa_calls_out_or_breaks_the_policy(any_site, visit, device, theme):
    folder, address = any_site
    visitor = visit(address, device, theme, bypass_csp=True)  # the checker itself is injected as a script
    problems = []
    for name in serving.few_of_a_kind(folder, serving.page_names(folder)):   # the checker takes seconds a page
        page = visitor.open(name)
        assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (theme == "dark")
        assert "embed/" in name or page.evaluate("document.documentElement.dataset.theme") == theme
        page.evaluate(LAY_OUT)
        page.evaluate(OPEN_FOLDS)
        page.evaluate(SAMPLE)
        page.evaluate(AXE)
        problems += [f"{name}: {problem}" for problem in page.evaluate(RUN_AXE)]
    assert not problems, "\n".join(problems[:40])
    assert visitor.strangers == []


@pytest.mark.parametrize("device", ["smallest", "desktop"])
def test_no_page_scrolls_sideways_and_the_console_stays_silent(any_site, visit, device):
    folder, address = any_site
    visitor = visit(address, device)
    problems = []
    names = serving.page_names(folder)
    for name in names if device == "smallest" else serving.few_of_a_kind(folder, names):
        page = visitor.open(name)
        page.evaluate(OPEN_FOLDS)
        width, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        if width > room:
            culprits = page.evaluate("""[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right >
                innerWidth + 1 && !e.closest('[role=region], .cs-scroll, pre, svg')).slice(0, 4)
                .map(e => e.tagName + '.' + e.className)""")
            problems.append(f"{name}: {width} px wide on a screen of {room} px: {culprits}")
    assert not problems, "\n".join(problems)
    assert visitor.errors == []
    assert visitor.strangers == []


def test_without_javascript_every_heading_drawing_table_and_number_is_there(any_site, visit):
    folder, address = any_site
    count = """() => ({
      headings: document.querySelectorAll('main h1, main h2, main h3').length,
      drawings: [...document.querySelectorAll('.cs-figure-drawing')].filter(d => [...d.querySelectorAll('svg')]
        .some(s => s.getBoundingClientRect().height > 40)).length,
      figures: document.querySelectorAll('.cs-figure').length,
      cells: document.querySelectorAll('main td').length,
      numbers: [...document.querySelectorAll('a.cs-num')].filter(a => a.textContent.trim() && a.getAttribute('href')
        .startsWith('numbers.html#n-') && a.title).length,
      links: document.querySelectorAll('a.cs-num').length,
    })"""
    plain = visit(address, java_script_enabled=False)
    for name in serving.few_of_a_kind(folder, serving.page_names(folder)):
        html = (folder / name).read_text(encoding="utf-8")
        page = plain.open(name)
        seen = page.evaluate(count)
        assert seen["headings"] >= 1 or "embed/" in name, name
        assert seen["drawings"] == seen["figures"] == html.count('<figure class="cs-figure"'), name
        assert seen["numbers"] == seen["links"], name
        assert seen["cells"] == html.count("<td"), name
        assert "embed/" in name or page.locator("nav a[href$='index.html']").count() >= 1
    assert plain.strangers == []


def test_every_page_opens_from_disk_with_its_style_and_without_a_single_error(any_site, visit):
    folder, _ = any_site
    visitor = visit(folder.as_uri() + "/")
    for name in serving.few_of_a_kind(folder, serving.page_names(folder)):
        if name == "404.html":  # served for wrong addresses only: its links start at the host's root
            continue
        page = visitor.open(name)
        assert "embed/" in name or page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Stalemate'), name
    assert visitor.errors == []
    assert visitor.strangers == []
