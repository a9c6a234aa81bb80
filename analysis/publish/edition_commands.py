"""Commands on editions: `diff`, `verify`, `briefing`, `freeze`, `check-links`; and `run-alone` for `diff`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from analysis import paths

_RAW = argparse.RawDescriptionHelpFormatter


def add_commands(subparsers: argparse._SubParsersAction) -> None:
    diff = subparsers.add_parser(
        "diff", help="compare the numbers of two editions, with causes",
        description="Compare two numbers.json (or the folders that hold them): every number that moved, was added or removed, and\n"
                    "why: method, parameter, source revision or new data. Causes need receipt.json and tables/ beside the numbers.",
        epilog="examples:\n  python -m analysis diff editions/2026.11 _build/html\n"
               "  python -m analysis diff old/numbers.json new/numbers.json --json\n"
               "  python -m analysis diff _build/previous _build/html --rerun", formatter_class=_RAW)
    diff.add_argument("old", type=paths.given, metavar="OLD", help="the earlier edition")
    diff.add_argument("new", type=paths.given, metavar="NEW", help="the later edition")
    diff.add_argument("--json", action="store_true", help="print every change as JSON")
    diff.add_argument("--rerun", action="store_true",
                      help="where several inputs of a chapter changed, run it again with one changed at a time; NEW must be what "
                           "the present code makes")
    diff.set_defaults(run=_diff)

    verify = subparsers.add_parser(
        "verify", help="hold the last build against a receipt",
        description="Compare the last build with a receipt: identical, within tolerance, or different and where.\n"
                    "Without RECEIPT, the site's own receipt is compared with the files in _build/.",
        epilog="exit codes: 0 identical or within tolerance, 1 different, 2 nothing to compare\n\n"
               "examples:\n  make book && python -m analysis verify editions/2026.11/receipt.json\n"
               "  python -m analysis verify receipt.json --json", formatter_class=_RAW)
    verify.add_argument("receipt", type=paths.given, nargs="?", metavar="RECEIPT",
                        help="a receipt.json, or the folder that holds it")
    verify.add_argument("--json", action="store_true", help="print verdict and differences as JSON")
    verify.set_defaults(run=_verify)

    briefing = subparsers.add_parser(
        "briefing", help="write the briefing of the built site: PDF, Word, slides",
        epilog="example: python -m analysis briefing --out briefing/", formatter_class=_RAW)
    briefing.add_argument("--out", type=paths.given, default=paths.HTML / "briefing", metavar="DIR",
                          help="folder to write to (default: the site's briefing/)")
    briefing.set_defaults(run=_briefing)

    freeze = subparsers.add_parser(
        "freeze", help="freeze the built site as an edition and lay out the tree to publish",
        description="Keep the built site under editions/YYYY.MM for good, lay out the site with every edition in\n"
                    "_build/public, check its links, and pack the edition with its checksum.",
        epilog="example: make book EDITION=2027.01 && python -m analysis freeze", formatter_class=_RAW)
    freeze.set_defaults(run=_freeze)

    links = subparsers.add_parser("check-links", help="check every link of a published folder or zip, without a network",
                                  epilog="example: python -m analysis check-links _build/public")
    links.add_argument("tree", type=paths.given, metavar="DIR_OR_ZIP", help="what is to be published")
    links.set_defaults(run=_check_links)

    alone = subparsers.add_parser(
        "run-alone", help="run one chapter from the tables in the build folder (called by the build)",
        description="Run one chapter, and the computations it reads, from the tables in the build folder; called by the build and "
                    "by diff --rerun, which look for the cause of a change.",
        epilog="example: python -m analysis run-alone rules --parameters '{\"first_year\": 2018}'")
    alone.add_argument("slug", help="name of the chapter")
    alone.add_argument("--parameters", type=json.loads, default={}, metavar="JSON", help="parameters by name")
    alone.set_defaults(run=_run_alone)


def _diff(arguments: argparse.Namespace) -> int:
    from analysis.publish.changes import terminal_table
    from analysis.publish.diff import DiffError, load_edition, what_moved
    from analysis.publish.rebuild import rebuild

    try:
        changes = what_moved(load_edition(arguments.old), load_edition(arguments.new), rebuild if arguments.rerun else None)
    except DiffError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps([change.as_dict() for change in changes], indent=1, ensure_ascii=False))
    else:
        print(terminal_table(changes, limit=None))
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from analysis.publish.receipt import ReceiptError, load_receipt, receipt_of_build, verify

    try:
        result = verify(load_receipt(arguments.receipt or paths.HTML), receipt_of_build())
    except ReceiptError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps({"verdict": result.verdict, "inputs": result.inputs, "outputs": result.outputs}, indent=1,
                         ensure_ascii=False))
    else:
        print(result)
    return int(result.verdict == "different")


def _briefing(arguments: argparse.Namespace) -> int:
    from analysis.data import load_table
    from analysis.publish.briefing import FILES, write_briefing
    from analysis.publish.briefing.content import BriefingError
    from analysis.publish.site.publish import site_address
    from analysis.registry.claims import ClaimError
    from analysis.registry.numbers import load_numbers

    if not (paths.HTML / "numbers.json").exists():
        print("There is no site yet; run 'make book' first.", file=sys.stderr)
        return 1
    edition = json.loads((paths.HTML / "numbers.json").read_text(encoding="utf-8"))
    sources = load_table("sources", paths.TABLES)
    pages = {file.stem: file.parent.parent.name for file in paths.RUNS.glob("[!.]*/figures/*.json")}
    try:
        write_briefing(arguments.out, load_numbers(paths.NUMBERS_FILE), paths.HTML / "figures", pages, edition, site_address(),
                       dict(zip(sources["source_id"], sources["title"], strict=True)))
    except (BriefingError, ClaimError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Wrote {', '.join(FILES)} to {arguments.out}")
    return 0


def _freeze(_arguments: argparse.Namespace) -> int:
    import shutil

    from analysis.publish.editions import FreezeError, assemble, freeze, frozen_editions
    from analysis.publish.links import broken_links
    from analysis.publish.site.offline import write_offline_edition
    from analysis.publish.site.publish import site_address

    before = frozen_editions()
    try:
        frozen = freeze()
        public = assemble()
    except FreezeError as error:
        print(error, file=sys.stderr)
        return 1
    if dead := broken_links(public, site_address()):
        if frozen.name not in before:
            shutil.rmtree(frozen)
        print("\n".join([*dead, f"Edition {frozen.name} was not frozen: mend these links first."]), file=sys.stderr)
        return 1
    archive = write_offline_edition(frozen, frozen.name)
    print(f"Edition {frozen.name} is frozen in {frozen}. Publish the folder {public}; the edition as one file is {archive}.")
    return 0


def _check_links(arguments: argparse.Namespace) -> int:
    import tempfile
    import zipfile

    from analysis.publish.editions import FreezeError, edition_of
    from analysis.publish.embeds import edition_address
    from analysis.publish.links import broken_links
    from analysis.publish.site.publish import site_address

    with tempfile.TemporaryDirectory() as folder:
        tree, address = arguments.tree, site_address()
        if tree.is_file():   # one edition: of the published tree it holds what lies at its permanent address
            with zipfile.ZipFile(tree) as archive:
                archive.extractall(folder)
            tree = next(Path(folder).iterdir())
            try:
                address = edition_address(address, edition_of(tree))
            except FreezeError:
                print(f"{arguments.tree} holds no edition: there is no numbers.json in it.", file=sys.stderr)
                return 1
        dead = broken_links(tree, address)
    if dead:
        print("\n".join(dead), file=sys.stderr)
        return 1
    print("Every link leads to a file and a place that exist.")
    return 0


def _run_alone(arguments: argparse.Namespace) -> int:
    from analysis.publish.diff import RebuildError
    from analysis.publish.rebuild import run_alone
    from analysis.runner.chapter import ChapterError
    from analysis.runner.parameters import ParameterError

    try:
        run_alone(arguments.slug, arguments.parameters, arguments.main)
    except (RebuildError, ChapterError, ParameterError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0
