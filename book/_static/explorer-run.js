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

  // Draws of the parameters: `take(fixed, from, to)` gives arrays by name, of the draws from..to, where `fixed` holds the values
  // of parameters that are not uncertain in this run. The build sends each draw as steps on a grid over the prior's support.
  function source({ parameters, drawn, draws }) {
    const bytes = Uint8Array.from(atob(drawn.steps), (sign) => sign.charCodeAt(0)), steps = new Uint16Array(bytes.buffer);
    const row = new Map(drawn.names.map((name, at) => [name, steps.subarray(at * draws, (at + 1) * draws)]));
    return function take(fixed, from, to) {
      const values = (name, [low, high]) =>
        Float64Array.from(row.get(name).subarray(from, to), (step) => low + (high - low) * step / tables.grid);
      const taken = { [RESOLUTION]: values(RESOLUTION, [0, 1]) };
      for (const one of parameters) {
        taken[one.name] = one.name in fixed || !one.prior
          ? new Float64Array(to - from).fill(one.name in fixed ? fixed[one.name] : one.value)
          : values(one.name, one.prior.support);
      }
      return taken;
    };
  }

  // Limbo for `limboMonths`, then one of `rules` (groups × segments of shares) with the given odds: what the model takes.
  function policyOf({ months, limboMonths, limboCoverage, interim, pending, rules, odds, tglDays, plurilateral, retaliation }, segments) {
    const [segment, width, top] = model.split_products([limboCoverage, interim, ...rules]), products = segment.length;
    const of = (field) => Float64Array.from(segment, (s) => segments[s][field]);
    const weight = of("weight"), weights = width.map((row) => row.map((share, k) => share * weight[k]));
    const branches = rules.map((rule) => {
      const policy = { ...room({ limbo: ["months", 3, "products"], denied: ["months", 3, "products"], rule_age: ["months"],
                                 limbo_before: ["months"], pending: ["months"], restored: ["months"],
                                 limbo_share: ["months"], named: ["months", 3],
                                 unlisted_open: ["months"], demand: [0] }, { months, products }),
                       weights, relative_substitutability: of("substitutability"), retaliation, allies: plurilateral ? 1 : 0,
                       memory: Array.from(segment, (s) => segments[s].name === "memory"), tgl_days: tglDays };
      model.waiting_then_rule(limboMonths, limboCoverage, interim, pending ? 1 : 0, rule, segment, width, top, policy.limbo,
        policy.denied, policy.rule_age, policy.limbo_before, policy.pending, policy.restored);
      model.follow_from_path(policy.limbo, policy.denied, weights, policy.limbo_share, policy.named, policy.unlisted_open);
      return policy;
    });
    let sum = 0;
    const inner = odds.slice(0, -1).map((share) => sum += share);
    return { months, products, branches, branchOf: (u) => inner.filter((end) => end <= u).length };
  }

  // Headline results by name and lost sales by year, arrays of n each, for draws 0..n of `draws` (arrays by parameter name).
  function simulate(draws, n, policy) {
    const years = Math.ceil(policy.months / 12), out = {
      headline: Object.fromEntries(tables.headlines.map((name) => [name, new Float64Array(n)])),
      lostSalesByYear: Array.from({ length: years }, () => new Float64Array(n)), contradiction: false };
    policy.branches.forEach((branch, b) => {
      const chosen = [...draws[RESOLUTION].keys()].filter((i) => policy.branchOf(draws[RESOLUTION][i]) === b);
      if (!chosen.length) return;
      const sizes = { ...tables.sizes, years, products: policy.products, n: chosen.length };
      const p = Object.fromEntries(tables.inputs.map((name) => [name, Float64Array.from(chosen, (i) => draws[name][i])]));
      const prepared = room(tables.prepared, sizes), results = room(tables.results, sizes);
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

  window.csModel = { source, policyOf, simulate, quantiles };
})();
