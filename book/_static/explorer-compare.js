// Two policies side by side under the same beliefs: both run on the same draws, so that they can be set against each other draw by
// draw. The policy above is the first; the second is a scenario of the book, or one that the reader has held. Both stand in the
// address. explorer.js calls `csCompare` when its own results are complete; all words of numbers come from there.
(function () {
  "use strict";
  const SLICE = 32, SLICE_MS = 12;
  const data = JSON.parse(document.getElementById("cs-explorer-data").textContent);
  const byId = (id) => document.getElementById(id);
  const main = data.outputs.filter((output) => output.main), cost = main[0];
  let words, update, state, wanted = null, running = false;

  function tail(values) {
    const end = (100 - data.level) / 200, [low, median, high] = csModel.quantiles(values, [end, 0.5, 1 - end]);
    return [median, low, high];
  }

  // Both policies in slices, so that the page stays responsive; a newer wish ends the older one.
  function compute(version) {
    const job = wanted;
    if (!job) { running = false; return; }
    if (job.version !== version) { begin(); return; }   // another version is wanted by now
    const sides = [job, csState.second(job, data)].map((one) => {
      const all = csState.settings(one, data);
      return { all, policy: csState.policy(all, one, data),
               found: Object.fromEntries(main.map((output) => [output.name, new Float64Array(data.draws)])) };
    });
    const take = csModel.source(data, job.version);
    let done = 0;
    function slice() {
      if (wanted !== job) { compute(version); return; }
      const start = performance.now();
      do {
        const to = Math.min(done + SLICE, data.draws);
        for (const { all, policy, found } of sides) {
          const out = csModel.simulate(take(all.fixed, done, to), to - done, policy);
          for (const output of main) found[output.name].set(out.headline[output.name], done);
        }
        done = to;
      } while (done < data.draws && performance.now() - start < SLICE_MS);
      if (done < data.draws) { setTimeout(slice, 0); return; }
      running = false;
      wanted = null;
      show(sides.map((side) => side.found), version);
    }
    slice();
  }

  // Computes what is wanted, once its draws are there.
  function begin() {
    const { version } = wanted;
    csModel.load(data, version).then(() => setTimeout(() => compute(version), 0), () => {
      running = false;
      byId("x-vs-chance").textContent = "The draws could not be loaded, so nothing can be compared. Change something to try again.";
    });
  }

  function show([first, second], version) {
    for (const output of main) {
      const cells = byId(`x-vs-${output.name}`).cells, a = first[output.name], b = second[output.name];
      [a, b, a.map((value, i) => value - b[i])].forEach((values, column) => {
        const found = tail(values);
        cells[column + 1].firstChild.textContent = words.bare(found[0], output.digits);
        cells[column + 1].lastChild.textContent = words.interval(found, output);
      });
    }
    const dearer = first[cost.name].reduce((count, value, i) => count + (value > second[cost.name][i]), 0);
    byId("x-vs-chance").textContent = `The first policy costs more than the second in ` +
      `${words.bare(100 * dearer / data.draws, 0)}% of the ${words.bare(data.draws, 0)} draws, ${words.version(version)}.`;
    byId("x-compare").dataset.state = "done";
  }

  // Called after every change of the first policy, and when the page opens.
  function request(next) {
    state = next;
    const other = state.other, own = byId("x-with").querySelector("option[value='held']");
    const book = other && Object.keys(other.changes).length === 0;
    own.hidden = own.disabled = !other || book;
    byId("x-with").value = !other ? "" : book ? other.scenario : "held";
    byId("x-version-both").value = state.version;
    byId("x-swap").disabled = !other;
    byId("x-versus").hidden = !other;
    wanted = null;
    if (!other) { delete byId("x-compare").dataset.state; return; }
    const second = csState.second(state, data);
    byId("x-vs-first").textContent = words.named(state);
    byId("x-vs-second").textContent = words.named(second);
    byId("x-compare").dataset.state = "computing";
    wanted = state;
    if (!running) {
      running = true;
      begin();
    }
  }

  function wire(given) {
    ({ words, update } = given);
    byId("x-with").addEventListener("change", (event) => {
      if (event.target.value === "held") return;
      update({ ...state, other: event.target.value ? { scenario: event.target.value, changes: {} } : null });
    });
    byId("x-version-both").addEventListener("change", (event) => update({ ...state, version: event.target.value }));
    byId("x-hold").addEventListener("click", () => update({ ...state, other: csState.policyOnly(state, data) }));
    byId("x-swap").addEventListener("click", () => update({ ...csState.second(state, data), other: csState.policyOnly(state, data) }));
  }

  window.csCompare = { wire, request };
})();
