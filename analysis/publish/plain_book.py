"""`jupyter-book build book --config _config.yml`, without the project's own build: the chapters with what was last computed.

The pages are drawn by the book's own theme, without what only the whole site knows: search, preview pictures, citations of figures.
Sphinx is given, in place of `book/`, a copy of it in `_build/plain/` with the outputs and the generated pages of the last build
filled in; the text is that of now. Where nothing was built yet each page says so at its top, and numbers stand by their names.
"""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

from analysis import paths
from analysis.publish.site.article import article_of
from analysis.publish.site.assets import Assets
from analysis.publish.site.builder import contents, known_to, terms
from analysis.publish.site.dress import page_values
from analysis.publish.site.facts import Link, Part, Site
from analysis.publish.site.files import copy_bundle, write_draws, write_specifications
from analysis.publish.site.templates import dressed
from analysis.registry.edition import built_at, commit

EDITION = paths.BUILD / "plan" / "edition.txt"
LAID_OUT = paths.BUILD / "plain"
NOT_BUILT = ("The numbers and charts of this book have not been computed here yet: run `make book` first. "
             "Until then, numbers stand by their names.")

logger = logging.getLogger(__name__)


def fill_in(app: Sphinx, config: Config) -> None:
    """Let Sphinx read the filled-in copy when it was started on `book/` itself; on any other folder nothing happens."""
    if Path(app.srcdir).resolve() != paths.BOOK.resolve():
        return
    if not paths.NUMBERS_FILE.exists():
        logger.warning(NOT_BUILT)
        app.connect("source-read", _say_not_built)
        return
    from sphinx.errors import ConfigError

    from analysis.publish.pages import lay_out
    from analysis.publish.site.publish import site_address
    from analysis.registry.numbers import load_numbers

    edition = EDITION.read_text(encoding="utf-8").strip()
    try:
        lay_out(load_numbers(paths.NUMBERS_FILE), {"edition": edition, "address": site_address()}, target=LAID_OUT)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ConfigError(f"what was last built here does not fit the project as it now is: run 'make book' ({error})") from None
    app.srcdir = type(app.srcdir)(LAID_OUT)
    config.external_toc_path = str(LAID_OUT / "_toc.yml")   # with the pages that one notebook makes


def escape_by_themselves(app: Sphinx) -> None:
    """Let Sphinx fill in the theme's templates as the site step does, and make no search page, which would need the whole site."""
    if app.builder.name == "html":
        dressed(app.builder.templates.environment)
        app.builder.search = False


def dress(app: Sphinx, pagename: str, _template: str, context: dict, doctree: object) -> None:
    """Tell the theme's `page.html` what it asks for, as far as it is known without the rest of the site."""
    if app.builder.name == "html" and doctree is not None:
        article = article_of(pagename, context["body"], context["toc"], known_to(app))
        write_specifications(article.specifications, Path(app.outdir))
        write_draws(article.draws, Path(app.outdir))
        files = frozenset(f"{doc}.html" for doc in app.env.found_docs)
        context.update(page_values(_site(app), article, Assets(paths.SCRIPTS), files))


def _site(app: Sphinx) -> Site:
    parts = tuple(Part(part["caption"], tuple(Link(f"{doc}.html", app.env.titles[doc].astext()) for doc in part["pages"]))
                  for part in contents(app))
    edition = EDITION.read_text(encoding="utf-8").strip() if EDITION.exists() else "not computed yet"
    return Site(app.config.html_baseurl.rstrip("/") + "/", edition, built_at(), commit(), app.cs_registry, terms=terms(app.env),
                parts=parts)


def write_assets(app: Sphinx, failure: Exception | None) -> None:
    """The one style sheet of every page, beside the scripts that Sphinx has copied, and the library that draws charts."""
    if app.builder.name == "html" and failure is None:
        copy_bundle(Path(app.outdir))
        Assets(paths.SCRIPTS).write(Path(app.outdir) / "_static")


def _say_not_built(_app: Sphinx, docname: str, source: list[str]) -> None:
    notice = f":::{{warning}}\n{NOT_BUILT}\n:::\n\n"
    if not (paths.BOOK / f"{docname}.ipynb").exists():
        source[0] = notice + source[0]
        return
    import nbformat
    from nbformat.v4 import new_markdown_cell

    notebook = nbformat.reads(source[0], 4)
    notebook.cells.insert(2, new_markdown_cell(notice))   # after the parameters and the title
    source[0] = nbformat.writes(notebook)
