"""Commands that publish: `publish-site` and `note-comparison` for the build, `serve` and `offline` for people."""

from __future__ import annotations

import argparse
import json
import sys

from analysis import paths
from analysis.publish import edition_commands


def add_commands(subparsers: argparse._SubParsersAction) -> None:
    edition_commands.add_commands(subparsers)
    site = subparsers.add_parser(
        "publish-site", help="collect the numbers and publish the site (called by the build)",
        description="Collect the numbers of the chapters that were run and publish the site; called by the build.",
        epilog="example: python -m analysis publish-site --receipt _build/site.json")
    site.add_argument("--receipt", type=paths.given, required=True, help="file to write when the site is published")
    site.add_argument("--made-from", default="", metavar="HASH", help="what the site is made from, to be noted in that file")
    site.set_defaults(run=_publish_site)

    comparison = subparsers.add_parser(
        "note-comparison", help="note what this build will be compared with (called by the build)",
        description="Note in the plan of the build what the page What moved compares with; called by the build before its steps.",
        epilog="example: python -m analysis note-comparison")
    comparison.set_defaults(run=_note_comparison)

    serve = subparsers.add_parser("serve", help="serve the built site on this machine",
                                  epilog="example: python -m analysis serve --port 8000")
    serve.add_argument("--port", type=int, default=8000, help="port on this machine, or the next free one (default: 8000)")
    serve.set_defaults(run=_serve)

    offline = subparsers.add_parser("offline", help="pack the built site as one zip that opens from disk",
                                    epilog="example: python -m analysis offline --out ~/Downloads")
    offline.add_argument("--out", type=paths.given, default=paths.BUILD, metavar="DIR", help="folder to write to (default: _build)")
    offline.set_defaults(run=_offline)


def _note_comparison(_arguments: argparse.Namespace) -> int:
    from analysis.files import write_if_changed
    from analysis.publish.editions import compared_with
    from analysis.publish.receipt import receipt_of_inputs

    write_if_changed(paths.BUILD / "plan" / "compared_with.txt", compared_with(receipt_of_inputs()) + "\n")
    return 0


def _publish_site(arguments: argparse.Namespace) -> int:
    from analysis.data.safe_yaml import YamlError
    from analysis.files import write_whole
    from analysis.publish.briefing.content import BriefingError
    from analysis.publish.collect import CollectError
    from analysis.publish.embeds import EmbedError
    from analysis.publish.pages import PageError
    from analysis.publish.site.publish import publish
    from analysis.publish.site.render import RenderError
    from analysis.registry.claims import ClaimError

    try:
        receipt = publish()
    except (CollectError, PageError, RenderError, ClaimError, EmbedError, BriefingError, YamlError) as error:
        print(error, file=sys.stderr)
        return 1
    write_whole(arguments.receipt, json.dumps({**receipt, "made_from": arguments.made_from}, indent=1) + "\n")
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    from analysis.publish.serve import server_near

    if not (paths.HTML / "index.html").exists():
        print("There is no site yet; run 'make book' first.", file=sys.stderr)
        return 1
    try:
        running = server_near(paths.HTML, arguments.port)
    except OSError as problem:
        print(f"{problem}. Name a free port, as in: make serve PORT=8123", file=sys.stderr)
        return 1
    port = running.server_address[1]
    with running:
        if port != arguments.port:
            print(f"Port {arguments.port} is taken by another program; the next free one is {port}.")
        print(f"Serving the site at http://127.0.0.1:{port}/ (Ctrl+C to stop)", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            return 0


def _offline(arguments: argparse.Namespace) -> int:
    from analysis.publish.site.offline import write_offline_edition

    try:
        archive = write_offline_edition(folder=arguments.out)
    except FileNotFoundError as problem:
        print(f"{problem} (make book)", file=sys.stderr)
        return 1
    print(f"The whole edition is in {archive} ({archive.stat().st_size / 1e6:.1f} MB): unpack it and open index.html.")
    return 0
