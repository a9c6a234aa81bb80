"""The one JavaScript bundle that draws every interactive chart of the site, from vl-convert's own copy of Vega.

It is the same Vega that drew the still pictures, needs no network, and as a classic script defines `vegaEmbed`,
`vegaLite` and `vega` on `window`. Figures use it with Vega's expression interpreter (`ast: true`), so a content policy
without `unsafe-eval` holds.
"""

from __future__ import annotations

from pathlib import Path

import vl_convert

from analysis.files import write_whole

BUNDLE = "assets/vega-bundle.js"   # where `figure.js` expects it, from the root of the site


def write_vega_bundle(path: Path) -> Path:
    """Write the bundle (0.9 MB; making it takes about two seconds) to `path`, whole or not at all; returns `path`."""
    path = Path(path)
    # In a function of its own, so that only the three names reach the page.
    script = "(function () {\n" + vl_convert.javascript_bundle() + "\n})();\n"
    write_whole(path, script)
    return path
