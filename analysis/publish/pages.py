"""Lay out what Sphinx reads: chapters with their results filled in, generated pages, assets.

Everything goes to `_build/book/` and is rewritten only when it changes, so that Sphinx rereads only what changed.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import nbformat
import yaml

from analysis import paths
from analysis.files import write_if_changed
from analysis.publish.changes import Comparison, render_changes
from analysis.publish.editions import editions_with
from analysis.publish.kept import FOLDER, Kept, code_of
from analysis.registry.edition import sha256_of
from analysis.registry.numbers import Number
from analysis.runner.contents import expanded_toc, source_of, toc_files, words_of

BIBLIOGRAPHY = """
## Studies cited in the text

```{bibliography}
```
"""
ASSETS = ("_static", "references.bib")


class PageError(RuntimeError):
    """A page of the contents that cannot be laid out."""


def generated_pages(
    numbers: dict[str, Number], moved: Sequence[Comparison], placeholders: dict[str, str],
) -> dict[str, Callable[[], str]]:
    """Pages that are written from the edition's numbers, by slug; `moved` compares this build with earlier ones."""
    from analysis.publish.faults_page import load_faults, render_faults
    from analysis.publish.numbers_page import render_numbers
    from analysis.registry.claims import check_claims, load_claims, render_claims

    edition = placeholders["edition"]
    return {
        "changes": lambda: render_changes(moved, editions_with(edition), edition, placeholders["address"]),
        "claims": lambda: render_claims(check_claims(numbers, load_claims()), numbers),
        "faults": lambda: render_faults(load_faults()),
        "numbers": lambda: render_numbers(numbers.values(), chapter_titles()),
    }


PAGES_OF_TABLES = ("data", "due", "parameters", "sources")


def page_of_tables(slug: str, tables: Path) -> str:
    """MyST text of a page that is written from the folder of complete tables and from nothing else."""
    from analysis.data.dictionary import render_dictionary, render_sources
    from analysis.data.due_page import render_due
    from analysis.data.filing_checks_page import render_filing_checks
    from analysis.model.parameter_page import render_parameters

    folder = str(tables)
    pages = {
        "data": lambda: render_dictionary(folder) + render_filing_checks(folder),
        "due": lambda: render_due(folder),
        "parameters": lambda: render_parameters(tables),
        "sources": lambda: render_sources(folder) + BIBLIOGRAPHY,
    }
    return pages[slug]()


def kept_pages_of_tables(tables: Path = paths.TABLES) -> dict[str, str]:
    """Each of :func:`page_of_tables` by slug, written anew when a table or its code has changed."""
    digest = sha256_of(tables.glob("*.*"), tables)
    with Kept(FOLDER / "pages", code_of("analysis.publish.pages")) as kept:
        return {slug: kept.text(f"{slug} {digest}".encode(), partial(page_of_tables, slug, tables)) for slug in PAGES_OF_TABLES}


def chapter_titles() -> dict[str, str]:
    """Title of each chapter, by slug: the first heading of its notebook."""
    notebooks = {slug: source_of(slug) for slug in toc_files()}
    texts = {slug: _filled("\n".join(cell.source for cell in nbformat.read(file, 4).cells if cell.cell_type == "markdown"),
                           words_of(slug)) for slug, file in notebooks.items() if file.exists()}
    return {slug: found[1].strip() for slug, text in texts.items() if (found := re.search(r"^# (.+)$", text, re.MULTILINE))}


SHOW_CODE = "show-input"   # tag of a cell whose code readers are to see; elsewhere code folds away behind its result


def lay_out(
    numbers: dict[str, Number], placeholders: dict[str, str], moved: Sequence[Comparison] = (), target: Path = paths.PAGES,
) -> None:
    """Write every page of the contents to `target` and remove what is no longer in it.

    `placeholders` fills `{{ name }}` in text pages, also inside code examples (the edition, the site's address).
    """
    target.mkdir(parents=True, exist_ok=True)
    generated = generated_pages(numbers, moved, placeholders)
    of_tables = kept_pages_of_tables()
    expected = set()
    for slug in toc_files():
        notebook, text = source_of(slug), paths.BOOK / f"{slug}.md"
        if notebook.exists():
            page = target / f"{slug}.ipynb"
            content = filled_in(notebook, paths.RUNS / slug / "chapter.ipynb", words_of(slug))
        elif text.exists():
            page, content = target / text.name, _filled(text.read_text(encoding="utf-8"), placeholders)
        elif slug in generated:
            page, content = target / text.name, generated[slug]()
        elif slug in of_tables:
            page, content = target / text.name, of_tables[slug]
        else:
            raise PageError(f"book/_toc.yml lists {slug!r}, but there is no book/{slug}.ipynb or book/{slug}.md")
        write_if_changed(page, content)
        expected.add(page)
    write_if_changed(target / "_toc.yml", yaml.safe_dump(expanded_toc(), sort_keys=False, allow_unicode=True))
    for page in [*target.glob("*.md"), *target.glob("*.ipynb")]:
        if page not in expected:
            page.unlink()
    for asset in ASSETS:
        _copy_changed(paths.BOOK / asset, target / asset)


def _filled(text: str, placeholders: Mapping[str, str]) -> str:
    for name, value in placeholders.items():
        text = text.replace("{{ " + name + " }}", value)
    return text


def filled_in(source: Path, executed: Path, words: Mapping[str, str] | None = None) -> str:
    """The chapter as it stands in `book/`, with the outputs of its executed copy, matched by cell id, and with `words` filled
    into its text."""
    notebook = nbformat.read(source, 4)
    outputs = {c.id: c.outputs for c in nbformat.read(executed, 4).cells if c.cell_type == "code"}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _filled(cell.source, words or {})
        if cell.cell_type == "code":
            cell.outputs = outputs.get(cell.id, [])
            cell.execution_count = None
            tags = cell.metadata.setdefault("tags", [])
            shown = set() if SHOW_CODE in tags else {"hide-input"}
            extra = {"remove-cell"} if _only_for_the_tests(cell) else shown
            cell.metadata["tags"] = [*tags, *(extra - set(tags))]
    notebook.metadata.pop("papermill", None)
    return nbformat.writes(notebook)


def _only_for_the_tests(cell: nbformat.NotebookNode) -> bool:
    """A cell that prints plain text for nbval to compare; readers see the same values in a figure or a table."""
    return cell.source.startswith("# NBVAL_CHECK_OUTPUT") and all(o.output_type == "stream" for o in cell.outputs)


def _copy_changed(source: Path, target: Path) -> None:
    if source.is_dir():
        target.mkdir(exist_ok=True)
        names = {p.name for p in source.iterdir()}
        for stale in [p for p in target.iterdir() if p.name not in names]:
            shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
        for child in source.iterdir():
            _copy_changed(child, target / child.name)
    elif source.exists() and not (target.exists() and source.read_bytes() == target.read_bytes()):
        shutil.copyfile(source, target)
