"""What each page of the built site costs a reader on a slow line and a slow phone, beside a plain Jupyter Book.

    python -m benchmarks.site [--folder DIR] [--pages index,sales] [--no-plain] [--json FILE]

Served compressed (gzip) over a connection of 1.6 Mbit/s with 150 ms round trips and a processor slowed four times, each
page is opened with an empty cache. Reported are the bytes and requests before any interaction, first and largest
contentful paint, layout shift, and total blocking time: of each task after the first paint, what goes beyond 50 ms (as
Lighthouse counts). A page over its budget makes the command fail. The plain site has the same chapters, charts by Altair's
own renderer, and no budget.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from analysis import paths
from analysis.publish.serve import served
from benchmarks._plain_site import build_plain_site

BYTES_A_SECOND, ROUND_TRIP_MS, SLOWDOWN = 1.6e6 / 8, 150, 4
BUDGET = {"kB": 250, "FCP s": 1.5, "LCP s": 2.0, "CLS": 0.005, "TBT ms": 100}
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
WATCH = """
window.watched = {cls: 0, lcp: 0, tasks: []};
const watch = (type, act) => new PerformanceObserver(list => list.getEntries().forEach(act)).observe({type, buffered: true});
watch('layout-shift', e => { if (!e.hadRecentInput) watched.cls += e.value; });
watch('largest-contentful-paint', e => { watched.lcp = e.startTime; });
watch('longtask', e => { watched.tasks.push([e.startTime, e.duration]); });
"""


def measure(browser: Browser, address: str, settle_ms: int = 2500) -> dict[str, float]:
    """Open one page with an empty cache on the slow line; see the module for the figures returned."""
    context = browser.new_context(viewport={"width": 412, "height": 823}, device_scale_factor=1.75, is_mobile=True, has_touch=True)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": ROUND_TRIP_MS, "downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    arrived: list[float] = []
    inside: set[str] = set()   # data addresses: part of a file that is counted already

    def sent(event: dict) -> None:
        if event["request"]["url"].startswith("data:"):
            inside.add(event["requestId"])

    def finished(event: dict) -> None:
        if event["requestId"] not in inside:
            arrived.append(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", sent)
    session.on("Network.loadingFinished", finished)
    page.add_init_script(WATCH)
    page.goto(address, wait_until="load")
    page.wait_for_timeout(settle_ms)
    watched = page.evaluate("watched")
    first = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN")
    context.close()
    blocking = sum(max(0.0, min(length, start + length - first) - 50) for start, length in watched["tasks"])
    return {"kB": sum(arrived) / 1000, "requests": len(arrived), "FCP s": first / 1000, "LCP s": watched["lcp"] / 1000,
            "CLS": watched["cls"], "TBT ms": blocking}


def measure_site(folder: Path, pages: list[str] | None = None, repeat: int = 3) -> dict[str, dict[str, float]]:
    """Figures of every page (or of those named) of the site in `folder`, by file name; redirects are left out.

    Each page is opened `repeat` times and the least of each figure counts, because what else the machine does only adds.
    """
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if executable is None:
        raise FileNotFoundError("no Chromium found; install it (Debian: apt-get install chromium)")
    names = [f"{page}.html" for page in pages] if pages else sorted(
        file.name for file in folder.glob("*.html") if 'http-equiv="refresh"' not in file.read_text(encoding="utf-8")[:600])
    with served(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        figures = {name: _least([measure(browser, address + name) for _ in range(repeat)]) for name in names}
        browser.close()
    return figures


def _least(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: min(run[name] for run in runs) for name in runs[0]}


def table(figures: dict[str, dict[str, float]]) -> str:
    """The figures as lines of text; what is over budget is marked with an exclamation mark."""
    columns = list(next(iter(figures.values())))
    widths = max(map(len, figures))
    lines = [" " * widths + "".join(f"{name:>10}" for name in columns)]
    for page, row in figures.items():
        cells = "".join(f"{_cell(name, row[name]):>10}" for name in columns)
        lines.append(f"{page:<{widths}}{cells}")
    return "\n".join(lines)


def over_budget(figures: dict[str, dict[str, float]]) -> list[str]:
    """'page: figure value > budget' for every figure over its budget."""
    return [f"{page}: {name} {row[name]:.2f} > {limit}" for page, row in figures.items() for name, limit in BUDGET.items()
            if not row[name] <= limit]


def _cell(name: str, value: float) -> str:
    text = {"FCP s": f"{value:.2f}", "LCP s": f"{value:.2f}", "CLS": f"{value:.3f}"}.get(name, f"{value:.0f}")
    return text + ("!" if name in BUDGET and not value <= BUDGET[name] else "")


def main(given: Sequence[str] = ()) -> int:
    parser = argparse.ArgumentParser(description="Measure the built site on a slow line.",
                                     epilog="example: python -m benchmarks.site --pages index,sales")
    parser.add_argument("--folder", type=Path, default=paths.HTML, help="folder of the site (default: the built one)")
    parser.add_argument("--pages", help="pages to measure, by name without ending, separated by commas (default: all)")
    parser.add_argument("--repeat", type=int, default=3, help="times each page is opened; the quickest counts (default: 3)")
    parser.add_argument("--no-plain", action="store_true", help="leave the plain Jupyter Book out")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    arguments = parser.parse_args(list(given))
    if not (arguments.folder / "index.html").exists():
        print("There is no site yet; run 'make book' first.", file=sys.stderr)
        return 1
    pages = arguments.pages.split(",") if arguments.pages else None
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    figures = measure_site(arguments.folder, pages, arguments.repeat)
    print(f"\nThis site (! is over budget)\n{table(figures)}")
    plain = {}
    if not arguments.no_plain:
        with tempfile.TemporaryDirectory() as scratch:
            folder = build_plain_site(Path(scratch), figures=arguments.folder / "figures")
            common = [name.removesuffix(".html") for name in figures if (folder / name).exists()]
            plain = measure_site(folder, common, arguments.repeat)
        print(f"\nThe same chapters as a plain Jupyter Book with Altair's own renderer\n{table(plain)}")
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"this site": figures, "plain": plain}, indent=1) + "\n", encoding="utf-8")
    problems = over_budget(figures)
    print("\n".join(problems) or "All pages are within budget.")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
