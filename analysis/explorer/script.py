"""The explorer's own scripts, run outside a browser in V8, the engine of Chromium."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from py_mini_racer import MiniRacer

from analysis import paths

SCRIPTS = ("explorer-model.js", "explorer-run.js", "explorer-state.js")
"""The scripts that compute, in the order the page loads them; those that draw need a browser."""

HARNESS = """
globalThis.window = globalThis;
globalThis.atob = (text) => {   // V8 alone has no web interfaces
  const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", out = [];
  let bits = 0, held = 0;
  for (const sign of text.replace(/=/g, "")) {
    held = held << 6 | signs.indexOf(sign);
    bits += 6;
    if (bits >= 8) { bits -= 8; out.push(String.fromCharCode(held >> bits & 255)); }
  }
  return out.join("");
};
globalThis.URLSearchParams = class {   // addresses under test are not percent-encoded
  constructor(search) { this.pairs = search.replace(/^\\?/, "").split("&").filter(Boolean).map((pair) => pair.split("=")); }
  forEach(visit) { this.pairs.forEach(([name, value]) => visit(value, name)); }
};
"""
_RUN = """
const takes = {};   // as on the page: the draws of a version are read from their text once
globalThis.runAddress = function (search, count) {
  const { state, problems } = csState.parse(search, data), all = csState.settings(state, data);
  const take = takes[state.version] = takes[state.version] || csModel.source(data, state.version);
  const draws = take(all.fixed, 0, count);
  const out = csModel.simulate(draws, count, csState.policy(all, state, data));
  const rows = [...data.outputs.map((output) => out.headline[output.name]), ...out.lostSalesByYear];
  const values = new Float64Array(rows.length * count);
  rows.forEach((row, i) => values.set(row, i * count));
  globalThis.lastRun = { address: csState.address(state, data), command: csState.command(state, data), problems,
                         contradiction: out.contradiction };
  return values.buffer;
};
"""


@dataclass(frozen=True)
class ScriptRun:
    """What the script makes of an address.

    headline: by output, (draws,). lost_sales_by_year: (years, draws), US$ bn. address: the canonical form. command: the same
    run on the command line. problems: what the reader is told. contradiction: whether the values cannot all hold.
    """

    headline: Mapping[str, np.ndarray]
    lost_sales_by_year: np.ndarray
    address: str
    command: str
    problems: Sequence[str]
    contradiction: bool


class Script:
    """The scripts with the page's settings loaded."""

    def __init__(self, settings: Mapping) -> None:
        self._settings = settings
        self._engine = MiniRacer()
        self._engine.eval(HARNESS)
        for name in SCRIPTS:
            self._engine.eval((paths.SCRIPTS / name).read_text(encoding="utf-8"))
        self._engine.eval(f"globalThis.data = {json.dumps(settings)};")
        self._engine.eval(_RUN)

    def run(self, address: str, draws: int) -> ScriptRun:
        """Read `address` ('?scenario=…') as the page does and run the first `draws` draws."""
        buffer = self._engine.eval(f"runAddress({json.dumps(address)}, {draws})")
        values = np.frombuffer(bytes(buffer), dtype=float).reshape(-1, draws)
        names = [output["name"] for output in self._settings["outputs"]]
        said = json.loads(self._engine.eval("JSON.stringify(lastRun)"))
        return ScriptRun(dict(zip(names, values, strict=False)), values[len(names):], **said)
