"""Render the laid-out pages with Jupyter Book; any warning is an error."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

from analysis import paths
from analysis.publish.site.builder import ArticleBuilder


class RenderError(RuntimeError):
    """Jupyter Book refused a page; the message holds its warnings."""


def render(pages: Path = paths.PAGES, out: Path = paths.SPHINX) -> Path:
    """Build `pages` with Jupyter Book (`-n -W --keep-going`) and return the folder of articles.

    The cache in `out` is kept, so only changed pages are read again. Raises RenderError with the warnings.
    """
    log = io.StringIO()
    failure: BaseException | None = None
    with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        try:
            _jupyter_book(["build", str(pages), "--config", str(paths.JUPYTER_BOOK_CONFIG), "--path-output", str(out),
                           "--builder", "custom", "--custom-builder", ArticleBuilder.name, "-n", "-W", "--keep-going", "--quiet"])
        except SystemExit as leaving:
            failure = leaving if leaving.code else None
        except Exception as error:
            failure = error
    articles = out / "_build" / ArticleBuilder.name
    out.mkdir(parents=True, exist_ok=True)  # a failure before the first page leaves no folder, and must still be told
    (out / "build.log").write_text(log.getvalue(), encoding="utf-8")
    if failure is not None or not (articles / "index.json").exists():
        raise RenderError(_warnings(log.getvalue()) or f"{failure}\n{log.getvalue()[-4000:]}")
    return articles


def _jupyter_book(arguments: list[str]) -> None:
    from jupyter_book.cli.main import main

    main(arguments, standalone_mode=False)


def _warnings(log: str) -> str:
    text = re.sub(r"\x1b\[[0-9;]*m", "", log)
    if "Exception occurred:" in text:   # what went wrong stands in the lines after it
        return text[text.index("Exception occurred:"):][:4000]
    return "\n".join(line for line in text.splitlines() if re.search(r"WARNING|ERROR|CRITICAL|Exception", line))
