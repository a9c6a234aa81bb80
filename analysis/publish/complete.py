"""What makes a finished site an edition: schema, citation file, receipt, briefing, RO-Crate; and the checks that may stop it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.data import load_table
from analysis.publish import data_zip
from analysis.publish.ancillary import attempt
from analysis.publish.changes import Comparison, comparisons
from analysis.publish.citation_file import write_citation_file
from analysis.publish.data_zip import write_data_zip, write_descriptions
from analysis.publish.diff import edition_being_built
from analysis.publish.editions import PREVIOUS, STORE, keep_previous
from analysis.publish.embeds import check_embeds
from analysis.publish.feeds import write_feeds
from analysis.publish.kept import FOLDER, Kept, code_of
from analysis.publish.rebuild import QuickRebuild
from analysis.publish.receipt import make_receipt, outcome, write_receipt
from analysis.publish.rocrate import FILE_NAME, write_crate
from analysis.registry.citations import own_address
from analysis.registry.claims import load_claims
from analysis.registry.numbers import Number
from analysis.registry.schema import write_schema


def complete_edition(folder: Path, numbers: Mapping[str, Number], edition: Mapping[str, str], address: str,
                     source_titles: Mapping[str, str], pages_of_figures: Mapping[str, str],
                     inputs: Mapping[str, Any], moved: Sequence[Comparison] = ()) -> None:
    """Add to the finished site in `folder`, before it is published, what the edition needs to be cited and rebuilt.
    `inputs`: what it is made from, as a receipt has it.

    What only accompanies the site keeps the form in which it is published now when it cannot be made. Raises EmbedError, and
    BriefingError when the briefing names what is not there; the site in `folder` is then not to be published.
    """
    from analysis.publish.briefing import FILES, write_documents
    from analysis.publish.briefing.content import load_briefing

    events = load_table("policy_events", paths.TABLES)
    labels = {n.id: n.label for n in numbers.values()}
    attempt("the feeds", lambda: write_feeds(folder, events, moved, labels, own_address(address), edition["built"]), folder,
            ["feed.xml", "feed.json"], paths.HTML)
    write_descriptions(folder, edition["edition"], source_titles)
    attempt("the zip of the data", lambda: write_data_zip(folder, edition["edition"]), folder, [data_zip.FILE_NAME], paths.HTML)
    check_embeds(folder, edition["edition"])
    write_schema(folder, address)
    write_citation_file(folder, edition, address)
    write_receipt(folder, edition, numbers, inputs)

    # Words and numbers of the briefing are the book's own: a mistake in them stops the build. Drawing it is not.
    briefing = load_briefing(numbers, load_claims(), folder / "figures", pages_of_figures, edition, address, source_titles)
    documents = [folder / "briefing" / name for name in FILES]
    (folder / "briefing").mkdir(parents=True, exist_ok=True)
    with Kept(FOLDER / "briefing", code_of("analysis.publish.briefing")) as kept:
        attempt("the briefing", lambda: kept.put(documents, repr(briefing).encode(),
                                                 lambda: write_documents(folder / "briefing", briefing)),
                folder, [f"briefing/{name}" for name in FILES], paths.HTML)
    attempt("the RO-Crate metadata", lambda: write_crate(folder, edition, address), folder, [FILE_NAME], paths.HTML)


def compare_with_before(
    edition: Mapping[str, str], numbers: Mapping[str, Number], inputs: Mapping[str, Any]
) -> list[Comparison]:
    """What moved since the build before and between the frozen editions, for the page *What moved* and the terminal.

    To be called before the published site is replaced: it keeps that site's numbers, receipt and tables to compare with when
    inputs have changed. Chapters that take seconds are run again where several of their inputs changed.
    """
    receipt = make_receipt(edition, {n.id: outcome(n) for n in numbers.values()}, paths.RUNS.glob("[!.]*/figures/*.csv"), inputs)
    keep_previous(receipt)
    current = edition_being_built(edition["edition"], numbers, receipt, paths.TABLES)
    with QuickRebuild(paths.BUILD / "cache" / "rebuilt") as rebuild:
        return comparisons(current, STORE, PREVIOUS, rebuild)

