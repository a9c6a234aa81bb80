"""The build: check the data, plan, let Snakemake run what changed, publish. `make book` calls this."""

from __future__ import annotations

import contextlib
import fcntl
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from analysis import paths
from analysis.files import write_if_changed
from analysis.leftovers import LeftoverError, remove, temporary_folder
from analysis.runner.dependencies import keep_scans
from analysis.runner.graph import Graph
from analysis.runner.plan import (
    MODEL,
    chapter_digest,
    forget_if_changed,
    notebooks,
    results_of,
    site_digest,
    write_plan,
)

PUBLISHED = paths.BUILD / "cache" / "published.txt"   # what the last successful build was made from
SITE_MARK = paths.BUILD / "site.json"                 # the graph's mark of a published site
CommandLine = Callable[[Sequence[str]], int]


def build(overlay: Path | None, parameters: Path | None, edition: str | None, cores: int, main: CommandLine) -> int:
    """Run the whole graph and return the exit code (0, or 1 when a step failed).

    overlay: folder with new or changed rows (`DATA=`), parameters: file with overrides (`PARAMS=`),
    edition: `YYYY.MM`, cores: steps run side by side, main: the command line, by which steps are run.
    The published site changes only when everything succeeded.
    Raises the errors of :func:`prepare`, and ClaimError when a claim's sentence does not stand on its page.
    """
    started = time.monotonic()
    with one_at_a_time() as scratch:
        has_site = (paths.HTML / "index.html").exists()
        moved_before = moved_text()
        with Graph("all", cores, scratch, forced=[] if has_site else ["site"]) as graph:
            prepare(overlay, parameters, edition, main)
            content = site_digest()
            keep_scans()
            changed = not (has_site and PUBLISHED.exists() and PUBLISHED.read_text() == content)
            if changed:
                from analysis.registry.claims import check_sentences

                check_sentences(paths.BOOK)  # a sentence is mended in a second, the chapters take a minute
                forget_what_changed()
            # Snakemake takes two seconds to find that nothing is to be done; the hash of everything a site depends on tells it too.
            missing = [file for file in results() if not file.exists()]
            expected = "run-chapter" if missing[1:] else "publish-site"   # the mark of the site comes first, and is gone
            steps = graph.run(main, expected if changed else "") if changed or missing else 0
        if steps is not None:
            write_if_changed(PUBLISHED, content)
    elapsed = time.monotonic() - started
    if steps is None:
        state = "The site of the last good build is unchanged." if has_site else "No site has been published yet."
        print(f"The build stopped after {elapsed:.1f} s. {state}", file=sys.stderr)
        return 1
    if moved_text() != moved_before:
        print(moved_text(), end="")
    what = "Nothing changed" if steps == 0 else f"{steps} step{'s' if steps > 1 else ''} run"
    print(f"{what}; {elapsed:.1f} s. Open {(paths.HTML / 'index.html').as_uri()} or run 'make serve'.")
    return 0


def results() -> list[Path]:
    """Every file that the graph is there to make."""
    return [SITE_MARK, *(file for slug in notebooks() for file in results_of(slug))]


def forget_what_changed() -> None:
    """Drop results that were made from something else than what is in place now, whatever Snakemake remembers of them: it keeps
    its memory by absolute path, and in a copied or moved folder it has none."""
    for slug in notebooks():
        forget_if_changed(paths.RUNS / slug, chapter_digest(slug))
    SITE_MARK.unlink(missing_ok=True)


def moved_text() -> str:
    """What the last build said had moved; empty when nothing did."""
    return paths.MOVED_FILE.read_text(encoding="utf-8") if paths.MOVED_FILE.exists() else ""


def prepare(overlay: Path | None, parameters: Path | None, edition: str | None, main: CommandLine) -> None:
    """Check and complete the inputs before anything runs: tables, parameters, plan, edition.

    Raises InputError with every problem found, of rows, parameters and edition alike; nothing has been written then.
    """
    from analysis.registry.edition import EditionError, edition_name
    from analysis.runner.inputs import write_inputs
    from analysis.runner.overrides import checked_overrides

    overrides, problems = checked_overrides(parameters)
    try:
        name = edition_name(edition)
    except EditionError as error:
        problems.append(str(error))
    for line in write_inputs(overlay, overrides.get(MODEL, {}), problems):
        print(line, flush=True)
    write_plan(overrides)
    write_if_changed(paths.BUILD / "plan" / "edition.txt", name + "\n")
    main(["note-comparison"])


@contextlib.contextmanager
def one_at_a_time():
    """Hold the build folder's lock and give a temporary folder; a second build waits for the first and says so.

    A killed build releases the lock; what it left behind is removed first.
    """
    paths.BUILD.mkdir(parents=True, exist_ok=True)
    with (paths.BUILD / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another build of this project is running; waiting for it to finish.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        forget_unfinished_runs()
        with temporary_folder(paths.BUILD / "tmp") as scratch:
            yield scratch


def forget_unfinished_runs() -> None:
    """Remove the drafts that killed builds left beside finished runs; what cannot be removed is named and stays."""
    for left in sorted(paths.RUNS.glob(".*")):
        try:
            remove(left)
        except LeftoverError as error:
            print(error, file=sys.stderr)
