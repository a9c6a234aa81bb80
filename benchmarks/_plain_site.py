"""The same chapters as a plain Jupyter Book: the theme's own pages, charts by Altair's own renderer.

The renderer's scripts come from the folder instead of from another host, and so does nothing else: what the theme asks of
other hosts (MathJax) is refused and not counted. Both are in favour of the plain site.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import vl_convert
import yaml
from altair.utils.html import spec_to_html

from analysis import paths

_FIGURE = re.compile(r'<figure class="cs-figure" id="fig-([a-z0-9-]+)"')
LIBRARIES = "npm"
JUPYTER_BOOK = str(Path(sys.executable).with_name("jupyter-book"))


def build_plain_site(folder: Path, pages: Path = paths.BUILD / "book", figures: Path = paths.HTML / "figures") -> Path:
    """Build the plain site under `folder` from the executed `pages`; returns the folder of its HTML.

    `figures` holds the figures' Vega-Lite specifications. Ends the program with Jupyter Book's words when it fails.
    """
    source = folder / "pages"
    shutil.copytree(pages, source, ignore=shutil.ignore_patterns("_static"))
    for file in source.glob("*.ipynb"):
        notebook = nbformat.read(file, 4)
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                if found := _FIGURE.search(output.get("data", {}).get("text/html", "")):
                    output.data = {"text/html": altair_html(found[1], figures), "text/plain": found[1]}
        nbformat.write(notebook, file)
    settings = yaml.safe_load(paths.JUPYTER_BOOK_CONFIG.read_text(encoding="utf-8"))
    settings["sphinx"]["config"].pop("html_static_path")
    (folder / "_config.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    command = [JUPYTER_BOOK, "build", str(source), "--config", str(folder / "_config.yml"), "--path-output", str(folder), "--quiet"]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"the plain Jupyter Book failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    html = folder / "_build" / "html"
    write_libraries(html / LIBRARIES)
    return html


def altair_html(id: str, figures: Path) -> str:
    """What Altair's default renderer would have put into the notebook, with its libraries in the site's own folder."""
    spec = json.loads((figures / f"{id}.json").read_text(encoding="utf-8"))["spec"]
    html = spec_to_html(spec, mode="vega-lite", vega_version="6", vegalite_version="6", vegaembed_version="7",
                        base_url=LIBRARIES, output_div=f"altair-viz-{id}", fullhtml=False, template="universal")
    return html.replace("?noext", ".js")


def write_libraries(folder: Path) -> None:
    """Vega, Vega-Lite and Vega-Embed: one file holds all three, the other two names stay empty, so the bytes are theirs."""
    folder.mkdir()
    (folder / "vega@6.js").write_text(f"(function () {{\n{vl_convert.javascript_bundle()}\n}})();\n", encoding="utf-8")
    for name in ("vega-lite@6", "vega-embed@7"):
        (folder / f"{name}.js").write_text("", encoding="utf-8")
