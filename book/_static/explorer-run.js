// Runs the explorer's model: draws as the build sent them, the policy path of the settings, one branch of it after another.
// What is computed stands in explorer-model.js, which is written from the Python model; here is only what calls it.
(function () {
  "use strict";
  const UNLISTED = 1, ELSEWHERE = 2, RESOLUTION = "resolution_quantile";
  const model = window.csEquations, { tables } = model;

  // Arrays of zeros by name; a size is a number or the name of one.
  function room(shapes, sizes) {
    return Object.fromEntries(Object.entries(shapes).map(([name, shape]) =>
      [name, model.filled(shape.map((size) => typeof size === "string" ? sizes[size] : size), 0)]));
  }

  // Draws of the parameters in a version of the model: `take(fixed, from, to)` gives arrays by name, of the draws from..to, where `fixed` holds the values
  // of parameters that are not uncertain in this run. The build sends each draw as steps on a grid over the prior's support.
  function source({ parameters, segments, drawn: versions, draws }, version) {
    const drawn = versions[version], bytes = Uint8Array.from(atob(drawn.steps), (sign) => sign.charCodeAt(0)), steps = new Uint16Array(bytes.buffer);
    const row = new Map(drawn.names.map((name, at) => [name, steps.subarray(at * draws, (at + 1) * draws)]));
    return function take(fixed, from, to) {
      const values = (name, [low, high]) =>
        Float64Array.from(row.get(name).subarray(from, to), (step) => low + (high - low) * step / tables.grid);
      const taken = { [RESOLUTION]: values(RESOLUTION, [0, 1]) };
      for (const { share, weight } of segments) {
        taken[share] = row.has(share) ? values(share, [0, 1]) : new Float64Array(to - from).fill(weight);
      }
      for (const one of parameters) {
        taken[one.name] = one.name in fixed || !one.prior
          ? new Float64Array(to - from).fill(one.name in fixed ? fixed[one.name] : one.value)
          : values(one.name, one.prior.support);
      }
      return taken;
    };
  }

  // The draws are most of the page's weight and no use to who only reads, so those of a version come when something is to be computed
  // with it: from the script that the site keeps them in, or from the page where they still stand in it. Gives a promise.
  const loading = {};
  function load(data, version) {
    const drawn = data.drawn[version];
    if (!loading[version]) loading[version] = drawn.steps ? Promise.resolve(drawn.steps) : new Promise((done, failed) => {
      const place = document.getElementById(`cs-explorer-draws-${version}`);
      if (!place.dataset.src) { done(JSON.parse(place.textContent)); return; }
      document.head.appendChild(Object.assign(document.createElement("script"), {
        src: place.dataset.src, onload: () => done(window.csExplorerDraws[version]),
        onerror: () => { delete loading[version]; failed(); } }));
    });
    return loading[version].then((steps) => { drawn.steps = steps; });
  }

  // Limbo for `limboMonths`, then one of `rules` (groups × segments of shares) with the given odds: what the model takes.
  function policyOf({ months, limboMonths, limboCoverage, interim, pending, rules, odds, tglDays, plurilateral, retaliation }, segments) {
    const [segment, width, top] = model.split_products([limboCoverage, interim, ...rules]), layers = segment.length;
    const substitutability = segments.map((one) => one.substitutability), memory = segments.map((one) => one.name === "memory");
    const branches = rules.map((rule) => {
      const path = room({ limbo: ["months", 3, "layers"], denied: ["months", 3, "layers"], restored: ["months", 3, "layers"],
                          rule_age: ["months"], limbo_before: ["months"], pending: ["months"], dropped: ["months"],
                          first: ["layers"] }, { months, layers });
      model.waiting_then_rule(limboMonths, limboCoverage, interim, pending ? 1 : 0, rule, segment, width, top, path.limbo,
        path.denied, path.rule_age, path.limbo_before, path.pending, path.restored, path.dropped);
      const [products, product] = model.merge(substitutability, memory, segment, path.limbo, path.denied, path.restored, path.first);
      const first = path.first.subarray(0, products), of = (rows) => rows.map((groups) => groups.map((row) => first.map((k) => row[k])));
      const policy = { ...path, limbo: of(path.limbo), denied: of(path.denied), restored: of(path.restored),
                       ...room({ width: [3, "products", "segments"], limbo_share: ["months"], named: ["months", 3],
                                 doubted: ["months", 3], present: [3, "products"], demand: [0] },
                               { months, products, segments: segments.length }),
                       products, segment: first.map((k) => segment[k]), relative_substitutability: substitutability, retaliation,
                       allies: plurilateral ? 1 : 0, memory: Array.from(first, (k) => memory[segment[k]]), tgl_days: tglDays };
      width.forEach((row, g) => row.forEach((share, k) => { policy.width[g][product[k]][segment[k]] += share; }));
      model.follow_from_path(policy.limbo, policy.denied, policy.restored, policy.width, policy.limbo_share, policy.named,
        policy.doubted, policy.present);
      return policy;
    });
    let sum = 0;
    const inner = odds.slice(0, -1).map((share) => sum += share);
    return { months, segments, branches, branchOf: (u) => inner.filter((end) => end <= u).length };
  }

  // Headline results by name and lost sales by year, arrays of n each, for draws 0..n of `draws` (arrays by parameter name).
  function simulate(draws, n, policy) {
    const years = Math.ceil(policy.months / 12), out = {
      headline: Object.fromEntries(tables.headlines.map((name) => [name, new Float64Array(n)])),
      lostSalesByYear: Array.from({ length: years }, () => new Float64Array(n)), contradiction: false };
    policy.branches.forEach((branch, b) => {
      const chosen = [...draws[RESOLUTION].keys()].filter((i) => policy.branchOf(draws[RESOLUTION][i]) === b);
      if (!chosen.length) return;
      const sizes = { ...tables.sizes, years, products: branch.products, segments: policy.segments.length, n: chosen.length };
      const p = Object.fromEntries(tables.inputs.map((name) => [name, Float64Array.from(chosen, (i) => draws[name][i])]));
      const prepared = room(tables.prepared, sizes), results = room(tables.results, sizes);
      policy.segments.forEach(({ share }, s) => chosen.forEach((i, at) => { prepared.share[s][at] = draws[share][i]; }));
      const head = room(Object.fromEntries(tables.headlines.map((name) => [name, ["n"]])), sizes);
      results.months_of_year.forEach((_, year, all) => { all[year] = Math.min(12, policy.months - 12 * year); });
      model.run(p, branch, prepared, results, head);
      chosen.forEach((i, at) => {
        for (const name of tables.headlines) out.headline[name][i] = head[name][at];
        for (let year = 0; year < years; year++) {
          out.lostSalesByYear[year][i] = results.losses.reduce((sum, kind) => sum + kind[year][at], 0);
        }
        // Shares of the world market that leave nothing, or less than nothing, for customers outside China or for rivals.
        const rivals = prepared.world_base[at] * 12 - p.world_sales_usd_bn[at] * p.us_share_pct[at] / 100;
        const whole = prepared.sales[ELSEWHERE][at] > 0 && prepared.share_elsewhere[at] < 1 && rivals > 0;
        out.contradiction = out.contradiction || !whole || prepared.sales[UNLISTED][at] < 0;
      });
    });
    return out;
  }

  // Quantiles at probabilities `at` by linear interpolation, as numpy's percentile. `values` is an array of numbers.
  function quantiles(values, at) {
    const sorted = Float64Array.from(values).sort();
    return at.map((probability) => {
      const place = probability * (sorted.length - 1), below = Math.floor(place), above = Math.min(below + 1, sorted.length - 1);
      return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
    });
  }

  window.csModel = { load, source, policyOf, simulate, quantiles };
})();
