"""The build: check the data, plan, let Snakemake run what changed, publish. `make book` calls this."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
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
    behind,
    chapter_files,
    chapter_results,
    notebooks,
    result_of,
    site_content,
    site_inputs,
    write_plan,
)
from analysis.runner.steps import STEPS

SITE_MARK = paths.BUILD / "site.json"                     # of a published site: what it was made from, among others
REMEMBERED = paths.BUILD / ".snakemake" / "metadata"      # where Snakemake notes what each result was made from
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
        with Graph("all", cores, scratch) as graph:
            prepare(overlay, parameters, edition, main)
            content, before = site_content(), made_from()
            keep_scans()
            missing = [file for slug in notebooks() for file in (*chapter_results(slug), *chapter_files(slug)) if not file.exists()]
            # Snakemake takes two seconds to find that nothing is to be done; the hash of everything a site depends on tells it too.
            if has_site and content == before and not missing:
                steps = 0
            else:
                from analysis.registry.claims import check_sentences

                check_sentences(paths.BOOK)  # a sentence is mended in a second, the chapters take a minute
                if not has_site:
                    SITE_MARK.unlink(missing_ok=True)
                bring_dates_back()
                same_chapters = content.partition("-")[0] == before.partition("-")[0] and not missing
                steps = graph.run(main, "publish-site" if same_chapters else "run-chapter")
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


def made_from() -> str:
    """What the published site was made from; empty when there is none, or when the last build of it did not end well."""
    try:
        return json.loads(SITE_MARK.read_text(encoding="utf-8"))["made_from"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""


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
        forget_unremembered_results()
        with temporary_folder(paths.BUILD / "tmp") as scratch:
            yield scratch


def forget_unfinished_runs() -> None:
    """Remove the drafts that killed builds left beside finished runs; what cannot be removed is named and stays."""
    for left in sorted(paths.RUNS.glob(".*")):
        try:
            remove(left)
        except LeftoverError as error:
            print(error, file=sys.stderr)


def forget_unremembered_results() -> None:
    """Remove results of which Snakemake has no note, such as those copied from elsewhere: it would take them as they are."""
    for result in (*paths.RUNS.glob("*/numbers.json"), *map(result_of, STEPS), *paths.BUILD.glob("sweeps/*/runs/*/numbers.json")):
        note = base64.urlsafe_b64encode(str(result.relative_to(paths.BUILD)).encode()).decode()
        if not (REMEMBERED / note).exists():
            result.unlink(missing_ok=True)


def bring_dates_back() -> None:
    """Give files dated in the future (a clock was wrong, an archive came from another time zone) the date of now: Snakemake refuses
    a result that is older than what it was made from."""
    now = time.time()
    made = (file for slug in notebooks() for file in (*behind(slug), *chapter_results(slug), *chapter_files(slug)))
    for file in {*site_inputs(), *made}:
        with contextlib.suppress(OSError):   # not there yet, or not ours
            if file.stat().st_mtime > now:
                os.utime(file)
