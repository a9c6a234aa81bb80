"""`jupyter-book build book --config _config.yml`, without the project's own build: the chapters with what was last computed.

Sphinx is given, in place of `book/`, a copy of it in `_build/plain/` with the outputs and the generated pages of the last build
filled in; the text is that of now. Where nothing was built yet each page says so at its top, and numbers stand by their names.
"""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

from analysis import paths

LAID_OUT = paths.BUILD / "plain"
NOT_BUILT = ("The numbers and charts of this book have not been computed here yet: run `make book` first. "
             "Until then, numbers stand by their names.")

logger = logging.getLogger(__name__)


def fill_in(app: Sphinx, _config: object) -> None:
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

    edition = (paths.BUILD / "plan" / "edition.txt").read_text(encoding="utf-8").strip()
    try:
        lay_out(load_numbers(paths.NUMBERS_FILE), {"edition": edition, "address": site_address()}, target=LAID_OUT)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ConfigError(f"what was last built here does not fit the project as it now is: run 'make book' ({error})") from None
    app.srcdir = type(app.srcdir)(LAID_OUT)


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
