"""The steps from a chapter's text to a finished page, each on its own, and what the finished site contains."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from html import unescape
from pathlib import Path

import lxml.html
import pytest

from analysis.charts import theme
from analysis.paths import BOOK
from analysis.publish.site import addresses, content, maths, social
from analysis.publish.site.article import Known, Pieces, article_of, read_article
from analysis.publish.site.assets import Assets, minified
from analysis.publish.site.dress import POLICY, page_of, shortened
from analysis.publish.site.facts import Site
from analysis.publish.site.finish import read_articles
from analysis.publish.site.news import news_of
from analysis.publish.site.offline import write_offline_edition
from analysis.publish.site.templates import data, render


def _tree(html: str):
    return lxml.html.fragment_fromstring(f"<div>{html}</div>")


def _html(tree) -> str:
    return lxml.html.tostring(tree, encoding="unicode")


# --- content ---------------------------------------------------------------------------------------------------------------


def test_heading_links_carry_the_headings_name():
    body = _tree("<h2>Sales<a class='headerlink' href='#s' title='Link to this heading'>#</a></h2>")
    content.name_heading_links(body)
    assert body.xpath(".//a/@aria-label") == ["Link to: Sales"]


def test_code_and_parameters_stand_once_at_the_foot_of_the_page():
    cell = "<div class='cell'><details class='hide above-input'><summary>s</summary><pre>{}</pre></details>{}</div>"
    body = _tree(
        cell.format("load", "<div class='cell_output'><details class='cs-parameters'><summary>Parameters</summary></details></div>")
        + "<p>text</p>" + cell.format("more", "") + cell.format("show", "<div class='cell_output'>x</div>")
    )
    content.mend_code_cells(body)
    assert [child.tag for child in body] == ["p", "div", "details"]
    assert body[-1].xpath("string(./summary)") == "Method, code, data"
    assert [block.text for block in body[-1].xpath("./pre")] == ["load", "more", "show"]
    assert body[-1].xpath("string(.//details[@class='cs-parameters']/summary)") == "Parameters"
    assert body[1].text_content() == "x"


def test_a_long_first_paragraph_is_cut_at_a_word():
    short = shortened(content.lead_of(_tree("<p>" + "word, " * 100 + "</p>")))
    assert re.fullmatch(r"(word, )*word…", short) and len(short) <= 201


@pytest.mark.parametrize("tex", [r"a &= b \\ c &= d", r"\begin{split}a &= b\\ c &= d\end{split}"])
def test_aligned_formulas_become_rows(tex):
    tex = tex if "split" in tex else rf"\begin{{aligned}}{tex}\end{{aligned}}"
    assert maths.mathml(tex, True).count("<mtr>") == 2


def test_a_formula_that_cannot_be_converted_stops_the_build():
    with pytest.raises(ValueError, match="unheardof"):
        maths.mathml(r"\unheardof{x}", False)


def test_figures_and_data_blocks_come_through_byte_for_byte():
    figure = (
        '<figure class="cs-figure" id="fig-a"><svg viewBox="0 0 1 1"><clipPath id="x"/></svg>'
        '<script type="application/json">{"a":"<b>"}</script></figure>'
    )
    written = article_of("page", f"<section><h1>Title</h1><p>x &lt; y &amp; z</p>{figure}<p>after</p></section>")
    assert figure in written.after
    assert "x &lt; y &amp; z" in written.after
    assert list(written.figures) == ["a"] and written.title == "Title" and written.lead == "x < y & z"


def test_what_charts_and_the_explorer_are_made_from_leaves_the_page_which_keeps_its_address():
    figure = ('<figure class="cs-figure" id="fig-a"><script type="application/json" class="cs-figure-spec">{"x": "<b>"}</script>'
              "</figure>")
    draws = '<script type="application/json" id="cs-explorer-draws-central">[1, 2]</script>'
    written = article_of("page", f"<h1>Title</h1>{figure}{draws}")
    assert (written.specifications, written.draws) == ({"a": '{"x": "<b>"}'}, {"central": "[1, 2]"})
    addresses_left = re.findall(r'data-src="([^"?]+)\?v=[0-9a-f]{8}"', written.after)
    assert addresses_left == ["assets/figures/a.js", "assets/explorer-draws-central.js"]
    assert "<b>" not in written.after


def test_a_page_without_a_heading_is_refused_by_name():
    with pytest.raises(ValueError, match="'empty'"):
        article_of("empty", "<p>x</p>")


def test_pieces_set_aside_keep_apart():
    kept, html = Pieces(), "<p><svg>1</svg><svg>2</svg></p>"
    assert "svg" not in kept.set_aside(html) and kept.put_back(Pieces().set_aside(html)) == html


def test_an_article_is_the_same_after_it_was_written_and_read(tmp_path):
    html = '<section id="s"><h1>Title</h1><p><a href="glossary.html#term-a">A</a></p></section>'
    written = article_of("page", html, known=Known(terms={"term-a": ("A", "first letter")}))
    written.write(tmp_path / "page.json")
    again = read_article(tmp_path / "page.json")
    assert (again.title, again.after, again.terms) == (written.title, written.after, ["term-a"])
    assert 'title="first letter"' in again.after


# --- templates -------------------------------------------------------------------------------------------------------------


HOSTILE = '"><script>alert(1)</script>'


def test_what_a_template_is_told_is_text_and_never_markup():
    site = Site("https://e.org/", "2026.11", "2026-11-22T00:00:00Z", "abc", {})
    assert "<script>" not in render("moved.html", site=site, target=HOSTILE)
    assert "<script>" not in render("news.html", site=site, news=[(HOSTILE, [HOSTILE])])
    assert "<script>" not in render("receipt.html", receipt={"rows": [(HOSTILE,) * 3], "counts": [HOSTILE], "code": HOSTILE})


def test_a_data_block_cannot_be_ended_from_inside():
    assert "<" not in data({"a": "</script>\u2028"}) and json.loads(data({"a": "</script>\u2028"})) == {"a": "</script>\u2028"}


# --- style -----------------------------------------------------------------------------------------------------------------


def test_shrinking_keeps_what_a_rule_means():
    assert minified(
        "a > b {\n  width: calc(1px + 2px); /* note */\n}\n@media (min-width: 1px) and (max-width: 2px) { a { b: c; } }\n"
    ) == ("a>b{width: calc(1px + 2px)}@media (min-width: 1px) and (max-width: 2px){a{b: c}}\n")


def _colours() -> dict[str, tuple[str, str]]:
    css = (BOOK / "_static" / "site.css").read_text()
    return {name: (light, dark) for name, light, dark in re.findall(r"--cs-([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", css)}


@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("ink", "paper", 7),
        ("muted", "paper", 4.5),
        ("us", "paper", 4.5),
        ("cn", "paper", 4.5),
        ("ink", "wash", 7),
        ("muted", "wash", 4.5),
        ("us", "wash", 4.5),
        ("ink", "mark", 7),
        ("us", "mark", 4.5),
        ("ink", "line", 4.5),
        ("rule", "paper", 3),
        ("rule", "wash", 2.9),
        ("muted", "mark", 4.5),
    ],
)
@pytest.mark.parametrize("side", ["light", "dark"])
def test_text_and_controls_have_enough_contrast_in_both_themes(front, back, least, side):
    index = ("light", "dark").index(side)
    colours = _colours()
    assert theme.contrast_ratio(colours[front][index], colours[back][index]) >= least


def test_paper_and_ink_of_the_page_are_those_of_the_charts():
    colours = _colours()
    for ours, theirs in (("paper", "bg"), ("ink", "ink"), ("muted", "muted"), ("us", "accent"), ("cn", "contrast")):
        assert colours[ours] == (theme.BY_NAME[theirs].light, theme.BY_NAME[theirs].dark)


# --- addresses, pictures, offline edition --------------------------------------------------------------------------------------


def test_a_redirect_must_leave_an_old_name_and_lead_to_a_page():
    files = ["index.html", "new.html"]
    assert addresses.checked_redirects({"old.html": "new.html#part"}, files) == {"old.html": "new.html#part"}
    with pytest.raises(ValueError, match=r"index.html.*exists\n.*gone.html.*does not exist"):
        addresses.checked_redirects({"index.html": "new.html", "old.html": "gone.html"}, files)


def test_the_page_for_wrong_addresses_works_at_any_depth():
    html = '<a href="index.html">x</a><script src="_static/a.js"></script><a href="https://e.org/">y</a><a href="#z">z</a>'
    assert addresses.rooted(html, "https://host.example/book/") == (
        '<a href="/book/index.html">x</a><script src="/book/_static/a.js"></script><a href="https://e.org/">y</a><a href="#z">z</a>'
    )


def test_the_newest_section_of_the_changelog_is_the_news():
    newest, older = "## 2026.12\n\n### Added\n\n- Later.\n\n", "## 2026.10\n\n### Added\n\n- Old.\n"
    changelog = newest + "## 2026.11\n\n### Method\n\n- A `thing` & more,\n  on two lines.\n\n" + older
    site = Site("https://e.org/", "2026.11", "2026-11-22T00:00:00Z", "abc", {})
    html = render("news.html", site=site, news=news_of(changelog, "2026.11"))
    assert "<li>A <code>thing</code> &amp; more, on two lines.</li>" in html and "Later" not in html and "Old" not in html
    assert news_of(changelog, "2027.01") == []


def test_a_preview_picture_is_drawn_once_and_again_only_when_it_changes(tmp_path):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>'
    social.write_picture(svg, tmp_path / "a.png", tmp_path / "drawn")
    social.write_picture(svg, tmp_path / "b.png", tmp_path / "drawn")
    assert len(list((tmp_path / "drawn").iterdir())) == 1
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_the_offline_edition_holds_every_file_and_is_the_same_bytes_each_time(small_site, tmp_path):
    first = write_offline_edition(small_site, folder=tmp_path)
    assert first.name == "chip-stalemate-2026.11.zip"
    content_once = first.read_bytes()
    assert write_offline_edition(small_site, folder=tmp_path).read_bytes() == content_once
    names = set(zipfile.ZipFile(first).namelist())
    for file in small_site.rglob("*"):
        if file.is_file() and file.name not in ("404.html", "robots.txt", "sitemap.xml"):
            assert f"chip-stalemate-2026.11/{file.relative_to(small_site).as_posix()}" in names


def test_the_checksum_beside_the_offline_edition_is_that_of_the_newest(small_site, tmp_path):
    write_offline_edition(small_site, folder=tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "index.html").write_text("another site")
    archive = write_offline_edition(tmp_path / "other", "2026.11", tmp_path)
    done = subprocess.run(["sha256sum", "--check", "--quiet", f"{archive.name}.sha256"], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0


def test_there_is_no_offline_edition_without_a_site(tmp_path):
    with pytest.raises(FileNotFoundError, match="build it first"):
        write_offline_edition(tmp_path, "2026.11", tmp_path)


# --- the finished site -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_nothing_of_the_themes_scripts_icon_fonts_and_foreign_hosts_is_left(small_site):
    for file in [*small_site.glob("*.html"), *small_site.rglob("*.css"), *small_site.rglob("*.js")]:
        text = file.read_text(encoding="utf-8")
        for name in ("fontawesome", "thebe", "mathjax", "jsdelivr", "unpkg", "googleapis", "bootstrap.js", "ethical-ad"):
            assert name not in text.lower(), f"{name} in {file.name}"
    sizes = {f.name: f.stat().st_size for f in (small_site / "_static").rglob("*") if f.is_file()}
    assert sum(sizes.values()) < 400_000, sizes


@pytest.mark.slow
def test_each_page_states_policy_address_preview_and_what_it_is(small_site, book):
    for file in small_site.glob("*.html"):
        html = file.read_text(encoding="utf-8")
        if 'http-equiv="refresh"' in html:
            continue
        assert html.index(POLICY) < html.index("<script"), file.name
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")", html), file.name
        assert not re.search(r"\son\w+=", re.sub(r"<script.*?</script>|<svg.*?</svg>", "", html, flags=re.DOTALL)), file.name
        if "noindex" in html:
            continue
        data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1])
        url = f"{book.ADDRESS}{'' if file.name == 'index.html' else file.name}"
        assert f'<link rel="canonical" href="{url}">' in html
        assert data["@graph"][0]["@id"] == url and data["@graph"][0]["@type"] == (
            "Report" if file.name == "index.html" else "Chapter"
        )
        picture = re.search(r'property="og:image" content="([^"]*)"', html)[1]
        assert (small_site / picture.removeprefix(book.ADDRESS)).read_bytes()[:4] == b"\x89PNG"
        assert unescape(re.search(r'<meta name="description" content="([^"]+)"', html)[1])


@pytest.mark.slow
def test_the_sitemap_lists_exactly_the_pages_of_the_book(small_site, book):
    listed = set(re.findall(r"<loc>(.*?)</loc>", (small_site / "sitemap.xml").read_text()))
    assert listed == {
        book.ADDRESS,
        *(f"{book.ADDRESS}{name}.html" for name in ("chapter", "forms", "sources", "numbers", "glossary", "cite")),
    }
    assert f"Sitemap: {book.ADDRESS}sitemap.xml" in (small_site / "robots.txt").read_text()


@pytest.mark.slow
def test_every_local_link_of_every_page_leads_to_something(any_folder):
    places: dict[Path, set[str]] = {}
    missing = set()
    for file in any_folder.glob("*.html"):
        if file.name == "404.html":
            continue
        for href in lxml.html.fromstring(file.read_text(encoding="utf-8")).xpath("//@href | //@src"):
            if re.match(r"https?:|mailto:|data:", href):
                continue
            path, _, fragment = href.partition("#")
            target = any_folder / (path.partition("?")[0] or file.name)
            if not target.exists():
                missing.add(f"{file.name}: {href}")
            elif fragment:
                if target not in places:
                    places[target] = set(lxml.html.fromstring(target.read_text(encoding="utf-8")).xpath("//@id"))
                if fragment not in places[target]:
                    missing.add(f"{file.name}: {href} (no such place)")
    assert sorted(missing) == []


@pytest.mark.slow
def test_a_page_that_an_earlier_build_left_behind_is_not_published(small_site, tmp_path):
    written = small_site.parent / "sphinx" / "_build" / "articles"
    for file in written.glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "a-gone-chapter.json").write_bytes((written / "forms.json").read_bytes())
    assert list(read_articles(tmp_path)[0]) == ["index", "chapter", "forms", "sources", "numbers", "glossary", "cite"]


@pytest.mark.slow
def test_elements_without_content_are_never_closed(any_folder):
    """A closing tag of one is an error in HTML, and readers of other programs may take it for a second element."""
    empty = re.compile(r"</(area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)>")
    wrong = {page.name: match[0] for page in any_folder.glob("*.html") if (match := empty.search(page.read_text()))}
    assert wrong == {}


def test_ids_are_unique_on_every_page(small_site):
    for file in small_site.glob("*.html"):
        ids = re.findall(r'\sid="([^"]+)"', re.sub(r"<script.*?</script>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL))
        assert len(ids) == len(set(ids)), (file.name, sorted({i for i in ids if ids.count(i) > 1}))


@pytest.mark.slow
def test_putting_an_article_into_its_page_takes_less_than_20_ms(small_site, book):
    import time

    folder = small_site.parent
    articles, parts = read_articles(folder / "sphinx" / "_build" / "articles")
    terms = {anchor: said for article in articles.values() for anchor, said in article.glossary.items()}
    site = Site(book.ADDRESS, "2026.11", book.EDITION["built"], "unknown", book.numbers(), book.SOURCE_TITLES, terms=terms,
                parts=parts)
    assets = Assets(folder / "pages" / "_static")
    for article in articles.values():
        took_s = []
        for _ in range(3):   # the best of three: a busy machine slows down the processor's own clock too
            started = time.process_time()
            page_of(site, article, assets, frozenset())
            took_s.append(time.process_time() - started)
        assert min(took_s) < 0.020, article.slug
