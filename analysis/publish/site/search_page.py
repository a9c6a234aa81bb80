"""The search page's content: a form that a script answers, and what to do where there is none."""

from __future__ import annotations

CONTENT = """\
<section id="search">
<p class="cs-kicker">In the whole book</p>
<h1>Search</h1>
<form class="cs-search" id="cs-search" action="search.html" method="get" role="search">
<label for="cs-search-field">Words in the text, a figure, a number, a term</label>
<input id="cs-search-field" type="search" name="q" autocomplete="off" spellcheck="false" data-index="{index}">
</form>
<p id="cs-search-status" role="status"></p>
<ol id="cs-search-results" class="cs-results"></ol>
<noscript><p>Searching needs JavaScript. Without it, the <a href="numbers.html">list of all numbers</a>, the
<a href="glossary.html">glossary</a> and the chapters listed on this page help to find a way; your browser's own search
works on each.</p></noscript>
</section>
"""


def search_content(index_address: str) -> str:
    """HTML of the search page; the index is loaded from `index_address` when the page opens."""
    return CONTENT.format(index=index_address)
