// The explorer: controls, results, drawings, address, citation. The settings are in explorer-state.js, the model in
// explorer-model.js. A scenario as it stands in the book shows the values worked out in the build; anything else is computed
// here, in slices, so that the page stays responsive: first from a part of the draws, then from all of them.
(function () {
  "use strict";
  const PROVISIONAL = 512, SLICE = 32, SLICE_MS = 12;
  const root = document.getElementById("explorer");
  const data = JSON.parse(document.getElementById("cs-explorer-data").textContent);
  const byId = (id) => document.getElementById(id);
  const main = data.outputs.filter((output) => output.main);
  const takes = {};   // of each version of the model, once its draws are there
  let state, shown = null, wanted = null, running = false, sayTimer = 0;

  // --- words and numbers, as the book prints them (analysis/registry/numbers.py) ---------------------------------------------

  function bare(value, digits) {
    const text = value.toFixed(digits), [whole, part] = text.replace("-", "").split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
    return (text.startsWith("-") && Number(text) !== 0 ? "−" : "") + grouped;
  }

  function withUnit(value, output) {
    const [before, one, many] = data.units[output.unit], text = bare(value, output.digits);
    const after = text.replace("−", "") === "1" ? one : many;
    return text.startsWith("−") ? `−${before}${text.slice(1)}${after}` : `${before}${text}${after}`;
  }

  function interval([, low, high], output) { return `${bare(low, output.digits)} to ${bare(high, output.digits)}`; }

  function sentence(output, values) {
    return `${withUnit(values[0], output)} (${data.level}% interval ${interval(values, output)})`;
  }

  // The value of a setting as a reader says it.
  function said(value, unit) {
    const percent = `${csState.tidy(100 * value)}%`;
    if (unit === "share" || unit === "probability") return percent;
    if (unit === "per month") return `${percent} a month`;
    if (unit === "USD bn") return `US$${value} billion`;
    if (unit.startsWith("%")) return `${value}${unit}`;
    return unit === "ratio" || unit === "elasticity" ? String(value) : `${bare(value, value % 1 ? 2 : 0)} ${unit}`;
  }

  // Inside a sentence; names and abbreviations keep their capitals.
  function lower(label) { return /^(US|China)/.test(label) ? label : label[0].toLowerCase() + label.slice(1); }

  function versionInWords(name) { return lower(data.versions.find((one) => one.name === name).label); }

  function changesInWords(of) {
    const { changes } = csState.canonical(of || state, data), words = [];
    for (const name of Object.keys(data.labels)) {
      const value = changes[name];
      if (name in changes) words.push(`${lower(data.labels[name])}: ${value === true ? "yes" : value === false ? "no" : value}`);
    }
    const odds = data.rules.filter((rule) => `odds_${rule.name}` in changes);
    const shares = odds.map((rule) => `${lower(rule.label)} ${said(changes[`odds_${rule.name}`], "share")}`);
    if (shares.length) words.push(`odds: ${shares.join(", ")}`);
    for (const one of data.parameters) {
      if (one.name in changes) words.push(`${lower(one.label)}: ${said(changes[one.name], one.unit)}`);
    }
    return words.join("; ");
  }

  // --- computing ------------------------------------------------------------------------------------------------------------

  function ofBuild(preset) { return preset.results[state.version]; }

  function unchanged() { return Object.keys(csState.canonical(state, data).changes).length === 0; }

  function request() {
    const preset = csState.preset(data, state.scenario);
    if (unchanged()) {
      wanted = null;
      show({ ...ofBuild(preset), draws: data.draws, contradiction: false });
      return;
    }
    wanted = state;
    root.dataset.state = "computing";
    if (!running) { running = true; begin(); }
  }

  // Computes what is wanted, once the draws of its version are there.
  function begin() {
    const { version } = wanted;
    csModel.load(data, version).then(() => setTimeout(() => compute(version), 0), () => {
      running = false;
      tell(["The draws could not be loaded, so nothing can be computed. Is the page still online? Change something to try again."]);
    });
  }

  function compute(version) {
    const job = wanted;
    if (!job) { running = false; return; }
    if (job.version !== version) { begin(); return; }   // another version is wanted by now
    const all = csState.settings(job, data), policy = csState.policy(all, job, data);
    const take = takes[version] = takes[version] || csModel.source(data, version);
    const found = { headline: {}, years: [], contradiction: false };
    let done = 0;
    function slice() {
      const stale = !wanted || wanted.version !== version;   // nothing, or something in another version, is wanted by now
      if (stale || (wanted !== job && done >= PROVISIONAL)) { compute(version); return; }   // or this has been shown in part
      const start = performance.now();
      do {
        const to = Math.min(done + SLICE, data.draws);
        collect(found, csModel.simulate(take(all.fixed, done, to), to - done, policy), done);
        done = to;
      } while (done < data.draws && done !== PROVISIONAL && performance.now() - start < SLICE_MS);
      if (done === PROVISIONAL || done === data.draws) show(summary(found, done));
      if (done < data.draws) setTimeout(slice, 0);
      else if (wanted !== job) compute(version);
      else { running = false; wanted = null; }
    }
    slice();
  }

  function collect(found, out, from) {
    for (const name in out.headline) {
      (found.headline[name] = found.headline[name] || new Float64Array(data.draws)).set(out.headline[name], from);
    }
    out.lostSalesByYear.forEach((values, year) => {
      (found.years[year] = found.years[year] || new Float64Array(data.draws)).set(values, from);
    });
    found.contradiction = found.contradiction || out.contradiction;
  }

  function summary(found, count) {
    const tail = (100 - data.level) / 200;
    const of = (values) => {
      const [low, median, high] = csModel.quantiles(values.subarray(0, count), [tail, 0.5, 1 - tail]);
      return [median, low, high];
    };
    return { outputs: Object.fromEntries(data.outputs.map((output) => [output.name, of(found.headline[output.name])])),
             years: found.years.map(of), draws: count, contradiction: found.contradiction };
  }

  // --- showing --------------------------------------------------------------------------------------------------------------

  // Text that stands already, as the results of the build do when the page opens, is not laid out once more.
  function put(node, text) { if (node.textContent !== text) node.textContent = text; }

  function show(results) {
    shown = results;
    for (const output of data.outputs) {
      const row = byId(`x-out-${output.name}`), values = results.outputs[output.name];
      put(row.cells[1], bare(values[0], output.digits));
      put(row.cells[2], interval(values, output));
    }
    const cost = main[0], denied = main.find((output) => output.unit === "months") || main[1];
    put(byId("x-now-cost"), withUnit(results.outputs[cost.name][0], cost));
    put(byId("x-now-cost-interval"), interval(results.outputs[cost.name], cost));
    put(byId("x-now-denied"), withUnit(results.outputs[denied.name][0], denied));
    put(byId("x-now-denied-interval"), interval(results.outputs[denied.name], denied));
    const complete = results.draws === data.draws;
    byId("x-status").textContent = complete ? `From all ${bare(data.draws, 0)} draws, the same as in the chapters: ${versionInWords(state.version)}.`
      : `From the first ${bare(results.draws, 0)} of ${bare(data.draws, 0)} draws; the rest is being computed.`;
    byId("x-contradiction").hidden = !results.contradiction;
    years(results);
    if (sizes.band) drawBand();
    setTimeout(() => {   // a task of its own, so that a slow phone answers in between
      if (shown !== results) return;
      if (sizes.rows) drawRows();
      if (!complete) return;
      cite();
      csCompare.request(state);
      root.dataset.state = "done";
      clearTimeout(sayTimer);
      sayTimer = setTimeout(() => { byId("x-say").textContent = `${cost.label}: ${sentence(cost, results.outputs[cost.name])}. ` +
        `${denied.label}: ${sentence(denied, results.outputs[denied.name])}.`; }, 700);
    }, 0);
  }

  function years(results) {
    const body = byId("x-years");
    while (body.rows.length > results.years.length) body.deleteRow(-1);
    results.years.forEach((row, i) => {
      const line = body.rows[i] || body.appendChild(body.rows[0].cloneNode(true));
      [String(i + 1), bare(row[0], 1), `${bare(row[1], 1)} to ${bare(row[2], 1)}`].forEach((text, k) => put(line.cells[k], text));
    });
  }

  // The sizes of the two drawings, told by an observer once they are laid out: on a phone, when the reader comes near. Asking a
  // box for its size would lay out the page at once.
  const sizes = { band: null, rows: null };

  function drawBand() {
    const results = shown, before = unchanged() ? null : ofBuild(csState.preset(data, state.scenario)).years, band = byId("x-band");
    const peak = results.years.reduce((best, row, i) => row[0] > results.years[best][0] ? i : best, 0);
    band.replaceChildren(csChart.band("x-band", sizes.band.width, sizes.band.height, results.years, before, {
      title: "Lost US sales by year",
      description: `Line with a ${data.level}% band over ${results.years.length} years, in US$ billion a year. The median is ` +
        `${bare(results.years[0][0], 1)} in the first year, highest in year ${peak + 1} at ${bare(results.years[peak][0], 1)}, ` +
        `and ${bare(results.years[results.years.length - 1][0], 1)} in the last.`
    }));
    byId("x-band-before").hidden = !before;
  }

  function drawRows() {
    const results = shown, preset = csState.preset(data, state.scenario), before = !unchanged();
    const rows = byId("x-rows"), cost = main[0];
    const given = [{ label: before ? "Your scenario" : preset.label, value: results.outputs[cost.name], own: true },
                   ...data.presets.filter((one) => before || one !== preset)
                     .map((one) => ({ label: one.label, value: ofBuild(one).outputs[cost.name], own: false }))];
    const { width } = sizes.rows, wide = width >= 540;
    rows.replaceChildren(csChart.rows("x-rows", width, wide ? 24 : 38, given, {
      title: "Lost US sales of this scenario beside the book's", axis: "US$ billion, present value over ten years",
      description: `Dots with ${data.level}% intervals. ` + given.map((row) => `${row.label}: ${bare(row.value[0], 0)} ` +
        `(${bare(row.value[1], 0)} to ${bare(row.value[2], 0)})`).join("; ") + "."
    }));
  }

  function cite() {
    const address = csState.address(state, data), edition = window.csEdition && csEdition();
    const changes = [csState.stated(state.version, data) ? "" : `version of the model: ${versionInWords(state.version)}`, changesInWords()]
      .filter(Boolean).join("; ");
    byId("x-command").textContent = csState.command(state, data);
    if (!edition) return;
    const path = `explorer.html${address}`, cost = main[0];
    const fill = (text, values) => text.replace(/\$\{?(\w+)\}?/g, (_, name) => values[name]);
    const words = {
      label: csState.preset(data, state.scenario).label, changes: changes ? fill(data.cite.changes, { changes }) : "",
      value: `${cost.label}: ${sentence(cost, shown.outputs[cost.name])}`,
      others: main.slice(1).map((output) => `${output.label}: ${sentence(output, shown.outputs[output.name])}`).join("; "),
      draws: bare(data.draws, 0), edition: edition.edition.replace(/\./g, "_"),
      settings: (address || `scenario=${state.scenario}`).toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "")
    };
    const cited = { key: fill(data.cite.key, words), title: fill(data.cite.title, words), note: fill(data.cite.note, words) };
    byId("x-address").textContent = edition.address + path;
    for (const block of document.querySelectorAll(".cs-x-cite pre")) block.textContent = csCite(cited, path, block.dataset.form);
  }

  // --- controls -------------------------------------------------------------------------------------------------------------

  function percents() {
    const odds = Object.fromEntries(csState.settings(state, data).resolution);
    return data.rules.map((rule) => Math.round(100 * (odds[rule.name] || 0)));
  }

  function fillControls() {
    const all = csState.settings(state, data), base = csState.preset(data, state.scenario);
    byId("x-scenario").value = state.scenario;
    byId("x-about").textContent = base.description;
    byId("x-version").value = state.version;
    byId("x-limbo_months").max = Math.min(data.limits.limbo_months[1], base.months);
    slide("limbo_months", all.limbo_months, `${all.limbo_months} ${all.limbo_months === 1 ? "month" : "months"}`);
    byId("x-tgl_days").value = "tgl_days" in state.changes ? state.changes.tgl_days : "";
    byId("x-tgl_days").placeholder = base.tgl_days;
    percents().forEach((percent, i) => slide(`odds_${data.rules[i].name}`, percent, `${percent}%`));
    for (const name of ["plurilateral", "retaliation"]) byId(`x-${name}`).checked = all[name];
    for (const one of data.parameters) {
      const fixed = one.name in all.fixed, value = all.fixed[one.name], { centre, range, mostly } = usual(one);
      const [low, high] = (range || []).map((end) => said(Number(end.toPrecision(3)), one.unit));   // ends of draws have many digits
      const open = range ? `uncertain${mostly}: ${low} to ${high}` : said(one.value, one.unit);
      if (one.slider) {
        slide(one.name, fixed ? value : centre, fixed ? `fixed at ${said(value, one.unit)}` : open);
        byId(`x-${one.name}`).closest(".cs-x-lever").classList.toggle("cs-x-open", !fixed && Boolean(range));
        byId(`x-free-${one.name}`).hidden = !(one.name in state.changes);
        if (range) thicken(one, range);
      } else {
        byId(`x-${one.name}`).value = fixed ? value : "";
        if (range) byId(`x-${one.name}`).placeholder = range.map((end) => Number(end.toPrecision(6))).join(" to ");
      }
    }
    byId("x-reset").disabled = unchanged();
  }

  // Where a parameter lies that is left alone: its value and prior or, calibrated, the median and interval of its draws.
  function usual({ value, prior }) {
    if (!prior || csState.stated(state.version, data)) return { centre: value, range: prior && prior.support, mostly: "" };
    const [centre, ...range] = prior.calibrated;
    return { centre, range, mostly: `, ${data.level}% interval` };
  }

  // The part of a slider's line over which its parameter varies.
  function thicken(one, range) {
    const control = byId(`x-${one.name}`), { style } = control.closest(".cs-x-lever"), length = control.max - control.min;
    ["--from", "--to"].forEach((end, i) => style.setProperty(end, Math.min(Math.max((range[i] - control.min) / length, 0), 1)));
  }

  function slide(name, value, words) {
    const control = byId(`x-${name}`);
    control.value = value;
    control.setAttribute("aria-valuetext", words);
    control.style.setProperty("--at", (control.value - control.min) / (control.max - control.min));
    byId(`x-said-${name}`).textContent = words;
  }

  function update(next, problems) {
    state = csState.canonical({ other: state.other, version: state.version, ...next }, data);
    fillControls();
    tell(problems || []);
    remember();
    if (state.other) byId("x-compare").dataset.state = "computing";   // until both have been run again
    request();
  }

  function set(name, value) { update({ scenario: state.scenario, changes: { ...state.changes, [name]: value } }); }

  function unset(names, problems) {
    const changes = { ...state.changes };
    for (const name of names) delete changes[name];
    update({ scenario: state.scenario, changes }, problems);
  }

  function tell(problems) {
    const box = byId("x-problems");
    box.replaceChildren(...problems.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
    box.hidden = problems.length === 0;
  }

  function remember() {
    try {
      history.replaceState(null, "", csState.address(state, data) || location.pathname);
    } catch (ignored) { /* some browsers refuse on pages opened from disk; the address below the results is right */ }
  }

  // A number field: empty means as before; what is out of range is set to the nearest valid value, and said.
  function number(name) {
    const field = byId(`x-${name}`);
    if (field.value === "" && !field.validity.badInput) { unset([name]); return; }
    const { state: read, problems } = csState.parse(`?scenario=${state.scenario}&${name}=${field.value || "?"}`, data);
    if (name in read.changes) {
      update({ scenario: state.scenario, changes: { ...state.changes, [name]: read.changes[name] } }, problems);
    } else {
      unset([name], problems);
    }
  }

  // A scenario by its name, with what was changed in it.
  function named(one) {
    const changes = changesInWords(one), { label } = csState.preset(data, one.scenario);
    return changes ? `${label}; changed: ${changes}` : label;
  }

  function wire() {
    csCompare.wire({ update, words: { bare, interval, named, version: versionInWords } });
    byId("x-form").addEventListener("submit", (event) => event.preventDefault());
    byId("x-form").addEventListener("focusin", () => csModel.load(data, state.version).catch(() => {}), { once: true });   // ahead of a change
    byId("x-version").addEventListener("change", (event) => update({ ...state, version: event.target.value }));
    byId("x-scenario").addEventListener("change", (event) => {
      const kept = {};   // what a reader believes of parameters holds under every policy
      for (const one of data.parameters) if (one.name in state.changes) kept[one.name] = state.changes[one.name];
      update({ scenario: event.target.value, changes: kept });
    });
    byId("x-reset").addEventListener("click", () => {
      update({ scenario: state.scenario, changes: {} });
      byId("x-scenario").focus();   // the button is then of no more use
    });
    byId("x-limbo_months").addEventListener("input", (event) => set("limbo_months", Number(event.target.value)));
    byId("x-tgl_days").addEventListener("change", () => number("tgl_days"));
    data.rules.forEach((rule, i) => byId(`x-odds_${rule.name}`).addEventListener("input", (event) => {
      const changes = { ...state.changes };
      csState.rebalanced(percents(), i, Number(event.target.value)).forEach((percent, k) => {
        changes[`odds_${data.rules[k].name}`] = percent / 100;
      });
      update({ scenario: state.scenario, changes });
    }));
    for (const name of ["plurilateral", "retaliation"]) {
      byId(`x-${name}`).addEventListener("change", (event) => set(name, event.target.checked));
    }
    for (const one of data.parameters) {
      if (one.slider) {
        byId(`x-${one.name}`).addEventListener("input", (event) => set(one.name, csState.tidy(Number(event.target.value))));
        byId(`x-free-${one.name}`).addEventListener("click", () => { unset([one.name]); byId(`x-${one.name}`).focus(); });
      } else {
        byId(`x-${one.name}`).addEventListener("change", () => number(one.name));
      }
    }
    const draw = { band: drawBand, rows: drawRows };
    const resized = (name, { width, height }) => {
      if (!width || (sizes[name] && sizes[name].width === width && sizes[name].height === height)) return;
      sizes[name] = { width, height };
      if (shown) draw[name]();
    };
    for (const name in draw) {
      new ResizeObserver(([entry]) => resized(name, entry.contentRect)).observe(byId(`x-${name}`));
      addEventListener("beforeprint", () => resized(name, byId(`x-${name}`).getBoundingClientRect()));   // also if never seen
    }
    addEventListener("popstate", () => {
      const read = csState.parse(location.search, data);
      update({ other: null, ...read.state }, read.problems);
    });
  }

  function start() {
    const { state: read, problems } = csState.parse(location.search, data);
    state = read;
    wire();
    setTimeout(() => {
      update(read, problems);
      if (problems.length) byId("x-problems").scrollIntoView({ block: "nearest" });
    }, 0);
  }

  // Before the script that adds the copy buttons, which are named after their texts.
  document.querySelectorAll(".cs-x-copy pre").forEach((block) => block.setAttribute("aria-label", block.dataset.name));
  // The other deferred scripts (citations) have run by then.
  if (document.readyState === "complete") start(); else addEventListener("DOMContentLoaded", start);
})();
