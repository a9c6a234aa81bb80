// The model of the explorer: analysis/model in JavaScript, draw for draw. A step of the build runs both on the same draws and
// stops the build where they differ by more than rounding (analysis/publish/explorer/agreement.py).
//
// Money is in US$ bn a month. Groups: 0 listed customer, 1 other Chinese customers, 2 elsewhere.
(function () {
  "use strict";
  const LISTED = 0, UNLISTED = 1, ELSEWHERE = 2, GROUPS = 3;
  const LOSSES = ["timing", "waiting", "sockets", "forbidden_listed", "forbidden_unlisted", "contagion_unlisted",
                  "contagion_elsewhere", "second_round", "retaliation", "diversion"];

  // --- the policy path (policy_path.py) ----------------------------------------------------------------------------------

  // Layers that every coverage (groups × segments) covers wholly or not at all.
  function splitProducts(coverages) {
    const segments = coverages[0][0].length, segment = [], top = [[], [], []], width = [[], [], []];
    for (let s = 0; s < segments; s++) {
      const ends = [LISTED, UNLISTED, ELSEWHERE].map((g) =>
        [...new Set([...coverages.map((c) => c[g][s]), 1])].filter((end) => end > 0).sort((a, b) => a - b));
      const layers = Math.max(...ends.map((e) => e.length));
      for (let k = 0; k < layers; k++) {
        segment.push(s);
        for (let g = 0; g < GROUPS; g++) {
          const upper = k < ends[g].length ? ends[g][k] : 1, below = k ? top[g][top[g].length - 1] : 0;
          top[g].push(upper);
          width[g].push(upper - below);
        }
      }
    }
    return { segment, top, width };
  }

  // Limbo for `limboMonths`, then one of `rules` (groups × segments of shares) with the given odds.
  function stalematePath({ months, limboMonths, limboCoverage, rules, odds }) {
    const products = splitProducts([limboCoverage, ...rules]), count = products.segment.length;
    const covered = (coverage) => products.top.map((tops, g) => tops.map((top, k) =>
      top <= coverage[g][products.segment[k]] + 1e-12 && products.width[g][k] > 0 ? 1 : 0));
    const any = (coverage) => coverage.some((row) => row.some((share) => share !== 0));
    const inLimbo = covered(limboCoverage), hasLimbo = any(limboCoverage);
    const limboBefore = Array.from({ length: months }, (_, t) => hasLimbo ? Math.min(t, limboMonths) : 0);
    const branches = rules.map((rule) => {
      const denies = covered(rule), limbo = new Float64Array(months * GROUPS * count), denied = new Float64Array(limbo.length);
      const ruleAge = new Float64Array(months);
      for (let t = 0; t < months; t++) {
        const share = Math.min(Math.max(limboMonths - t, 0), 1);
        const age = t - limboMonths;
        ruleAge[t] = age > -1 && any(rule) ? Math.max(age, 0) : -1;
        for (let g = 0; g < GROUPS; g++) {
          for (let k = 0; k < count; k++) {
            limbo[(t * GROUPS + g) * count + k] = share * inLimbo[g][k];
            denied[(t * GROUPS + g) * count + k] = (1 - share) * denies[g][k];
          }
        }
      }
      return { limbo, denied, ruleAge };
    });
    let sum = 0;
    const inner = odds.slice(0, -1).map((share) => sum += share);
    return { months, products, branches, limboBefore, branchOf: (u) => inner.filter((end) => end <= u).length };
  }

  // --- the equations (contagion.py, design_out.py, stock.py, research.py) ---------------------------------------------------

  const DAYS_PER_MONTH = 365.25 / 12, REFERENCE_TGL_DAYS = 90, ELASTICITY_FLOOR = 0.1;

  function lapseHazard(probability, tglDays) { return 1 - Math.pow(1 - probability, DAYS_PER_MONTH / tglDays); }

  function ripple(limboShare, ruleAge, limboBefore, clearRuleMonths, persistence, credibilityMonths) {
    if (ruleAge < 0) return limboShare;
    const fresh = Math.min(Math.max(clearRuleMonths - ruleAge, 0), 1);
    return Math.max(limboShare, fresh, persistence * -Math.expm1(-limboBefore / credibilityMonths));
  }

  function orders(use, stock, cover, adjustmentMonths) { return Math.max(use + (cover * use - stock) / adjustmentMonths, 0); }

  function researchStep(logResearch, ratio, uncertainty, elasticity, effect, months) {
    return logResearch + (elasticity * Math.log(ratio) + effect * uncertainty - logResearch) / months;
  }

  function shareSensitivity(elasticity, multiplier, elsewhereWeight, shareElsewhere, usShare) {
    return (1 - 1 / multiplier) /
      (elsewhereWeight * (1 - shareElsewhere) * Math.max(elasticity, ELASTICITY_FLOOR) * (1 + usShare / (1 - usShare)));
  }

  function roundHalfToEven(x) {
    const rounded = Math.round(x);
    return rounded - x === 0.5 && rounded % 2 ? rounded - 1 : rounded;
  }

  // --- one customer group's purchases of one product in one month (design_out.py, stock.py, access.py) -----------------------

  function newCustomers(size) {
    return { designedOut: new Float64Array(size), queue: new Float64Array(size), stockFree: new Float64Array(size),
             stockLicensed: new Float64Array(size), use: 0, shipped: 0, served: 0, ordered: 0, refused: 0 };
  }

  // Advances product `i` of the customers and leaves use, shipments, service and orders of the month in the record. A function
  // of its own, because engines compile it after the first few of the half a million calls a scenario takes.
  function supply(c, p, i, limbo, denied, threat, hazard, reentry, normal, substitutable, kept, hazardRatio, licensedShare) {
    const h = c.designedOut[i] + hazard * threat * (1 - c.designedOut[i]) - reentry * c.designedOut[i];
    const wanted = normal * (1 - substitutable * h), use = wanted * kept;
    const useFree = use * p.licence_free_share, useLicensed = use * (1 - p.licence_free_share);
    const cover = p.stock_cover_months + p.stockpile_months * hazardRatio * threat;
    const ordersFree = orders(useFree, c.stockFree[i], cover, p.stock_adjustment_months);
    const ordersLicensed = orders(useLicensed, c.stockLicensed[i], cover, p.stock_adjustment_months);
    const queue = limbo > 0 ? c.queue[i] + (limbo * useLicensed - c.queue[i]) / p.licence_lag_months : 0;
    const shippedFree = ordersFree * (1 - denied);
    const shippedLicensed = ordersLicensed * (1 - limbo - denied) + Math.min(licensedShare * queue, limbo * ordersLicensed);
    const availableFree = c.stockFree[i] + shippedFree, availableLicensed = c.stockLicensed[i] + shippedLicensed;
    const servedFree = Math.min(useFree, availableFree), servedLicensed = Math.min(useLicensed, availableLicensed);
    c.designedOut[i] = h;
    c.queue[i] = queue;
    c.stockFree[i] = availableFree - servedFree;
    c.stockLicensed[i] = availableLicensed - servedLicensed;
    c.use = use;
    c.refused = wanted - use;   // China's own measures (Micron, 2023)
    c.shipped = shippedFree + shippedLicensed;
    c.served = servedFree + servedLicensed;
    c.ordered = ordersFree + ordersLicensed;
  }

  // --- the month loop (kernel.py) -------------------------------------------------------------------------------------------

  // Runs draws 0..n of `draws` (arrays by parameter name) and returns headline results by name and lost sales by year, arrays
  // of n each. policy: {path, tglDays, plurilateral, retaliation}; segments: [{name, weight, substitutability}].
  function simulate(draws, n, policy, segments) {
    const { path } = policy, { months, products } = path, count = products.segment.length, years = Math.ceil(months / 12);
    const weights = Float64Array.from(products.width.flatMap((row) =>
      row.map((width, k) => segments[products.segment[k]].weight * width)));
    const isMemory = products.segment.map((s) => segments[s].name === "memory");
    const out = { headline: {}, lostSalesByYear: Array.from({ length: years }, () => new Float64Array(n)), contradiction: false };
    const names = Object.keys(draws);
    const p = JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, draws[name][0]]))));   // a compact record
    const room = newRoom(count, months, years);
    for (let i = 0; i < n; i++) {
      for (const name of names) p[name] = draws[name][i];
      const { headline, contradiction } = oneDraw(p, policy, { weights, isMemory, segments, count, years }, room);
      for (const name in headline) (out.headline[name] || (out.headline[name] = new Float64Array(n)))[i] = headline[name];
      for (let year = 0; year < years; year++) out.lostSalesByYear[year][i] = room.lostSales[year];
      out.contradiction = out.contradiction || contradiction;
    }
    return out;
  }

  // The arrays that one draw after another works in.
  function newRoom(count, months, years) {
    const size = { base: GROUPS * count, substitutable: count, history: months, threatenedMonths: GROUPS, bought: GROUPS,
                   lostFinal: GROUPS, loss: LOSSES.length, presentValue: LOSSES.length, lostSales: years, usShare: years,
                   rd: years, jobs: years, selfByYear: years, abroadByYear: years };
    const room = { customer: newCustomers(GROUPS * count) };
    for (const name in size) room[name] = new Float64Array(size[name]);
    return room;
  }

  function oneDraw(p, policy, { weights, isMemory, segments, count, years }, room) {
    const { customer, base, substitutable, history, threatenedMonths, bought, lostFinal, loss, presentValue } = room;
    const { lostSales, usShare, rd, jobs, selfByYear, abroadByYear } = room;
    for (const sums of [threatenedMonths, presentValue, lostSales, usShare, rd, jobs, selfByYear, abroadByYear]) sums.fill(0);
    customer.designedOut.fill(0);
    customer.queue.fill(0);
    const { path } = policy, { months, products } = path, { limbo: limboPath, denied: deniedPath, ruleAge } =
      path.branches[path.branchOf(p.resolution_quantile)];

    // exposure.py: who buys before any rule
    const usSales = p.world_sales_usd_bn * p.us_share_pct / 100;
    const chinese = p.world_sales_usd_bn * p.chinese_demand_share_pct / 100 * p.us_share_of_chinese_demand_pct / 100;
    const listedSales = p.listed_customer_sales_usd_bn, unlistedSales = Math.max(chinese - listedSales, 0);
    const groupSales = [listedSales, unlistedSales, usSales - listedSales - unlistedSales];
    const byGroup = [0, 0, 0];
    for (let i = 0; i < GROUPS * count; i++) {
      const g = Math.floor(i / count);
      base[i] = groupSales[g] * weights[i] / 12;
      byGroup[g] += base[i];
    }
    for (let k = 0; k < count; k++) {
      substitutable[k] = Math.min(p.substitutable_share * segments[products.segment[k]].substitutability, 1);
    }
    const worldBase = p.world_sales_usd_bn / 12;
    const shareElsewhere = byGroup[ELSEWHERE] / (worldBase * (1 - p.chinese_demand_share_pct / 100));
    const sigma = shareSensitivity(p.rd_revenue_elasticity, p.second_round_multiplier,
      byGroup[ELSEWHERE] / (byGroup[0] + byGroup[1] + byGroup[2]), shareElsewhere, p.us_share_pct / 100);
    const depreciation = 1 - Math.pow(1 - p.knowledge_depreciation_pct_per_year / 100, 1 / 12);
    const lag = roundHalfToEven(p.rd_lag_years * 12);
    const coverage = policy.plurilateral ? p.allied_coverage : 0;
    const hazard = lapseHazard(p.lapse_probability, policy.tglDays);
    const hazardRatio = hazard / lapseHazard(p.lapse_reference, REFERENCE_TGL_DAYS);
    const licensedShare = p.licence_approval_share * p.licence_use_share;
    const growth = Math.pow(1 + p.market_growth_pct_per_year / 100, 1 / 12);
    const discount = Math.pow(1 + p.discount_rate_pct_per_year / 100, -1 / 12);

    let totalBase = 0, chineseBase = 0;
    for (let i = 0; i < GROUPS * count; i++) {
      totalBase += base[i];
      if (i < ELSEWHERE * count) chineseBase += base[i];
      customer.stockFree[i] = p.stock_cover_months * base[i] * p.licence_free_share;
      customer.stockLicensed[i] = p.stock_cover_months * base[i] * (1 - p.licence_free_share);
    }
    const rivalBase = worldBase - totalBase;
    let logRd = 0, logRivals = 0, knowledge = 0, demand = 1, factor = 1;
    let selfSufficiency = p.china_self_sufficiency_pct, abroad = p.rd_abroad_share_pct / 100;
    let rdLost = 0, capexLost = 0, deniedListed = 0, deniedUnlisted = 0, legalListed = 0, jobYearsLost = 0;

    for (let t = 0; t < months; t++) {
      const at = t * GROUPS * count, age = ruleAge[t];
      let limboShare = 0;
      for (let i = at; i < at + GROUPS * count; i++) limboShare = Math.max(limboShare, limboPath[i]);
      const fear = ripple(limboShare, age, path.limboBefore[t], p.clear_rule_months,
        p.contagion_persistence, p.credibility_months);
      loss.fill(0);
      let revenue = 0, rivalGain = 0, threatened = 0, unlistedOpen = 1, retaliated = 0;

      for (let g = 0; g < GROUPS; g++) {
        const spread = g === UNLISTED ? p.contagion_unlisted : g === ELSEWHERE ? p.contagion_elsewhere : 0;
        let named = false;
        for (let i = at + g * count; i < at + (g + 1) * count; i++) named = named || limboPath[i] + deniedPath[i] > 0;
        const reentry = named ? 0 : p.reentry_hazard_per_month * (1 - spread * fear);
        threatenedMonths[g] = named || spread * fear > 0 ? threatenedMonths[g] + 1 : 0;
        const started = Math.min(Math.max(threatenedMonths[g] - p.redesign_delay_months, 0), 1);
        bought[g] = 0;
        lostFinal[g] = 0;
        let deniedNow = 0, legalNow = 0;
        for (let k = 0; k < count; k++) {
          const i = g * count + k, weight = weights[i];
          if (weight === 0) continue;
          const limbo = limboPath[at + i], denied = deniedPath[at + i], direct = limbo + denied;
          const threat = direct + spread * fear * (1 - direct);
          const eta = p.design_out_hazard_per_month * started * (1 - coverage * denied);
          const kept = policy.retaliation && g === UNLISTED && age >= 0 && isMemory[k] ? 1 - p.retaliation_loss_share : 1;
          const normal = base[i] * demand;
          supply(customer, p, i, limbo, denied, threat, eta, reentry,
            normal, substitutable[k], kept, hazardRatio, licensedShare);
          const { use, shipped, served, ordered } = customer;
          retaliated += (1 - denied) * customer.refused;

          const gap = 1 - substitutable[k] * (1 - coverage), missed = normal * (1 - (use > 0 ? served / use : 1)) * gap;
          lostFinal[g] += missed;
          bought[g] += shipped;
          rivalGain += normal - served - missed;
          const forbidden = denied * normal;
          if (g === LISTED) {
            loss[0] += (1 - denied) * served - shipped;
            loss[1] += (1 - denied) * (use - served);
            loss[2] += (1 - denied) * (normal - use);
            loss[3] += forbidden;
          } else if (g === UNLISTED) {
            loss[4] += forbidden;
            loss[5] += normal - forbidden - shipped;
            unlistedOpen -= denied * weight;
          } else {
            loss[6] += normal - shipped;
          }
          if (g !== ELSEWHERE) {
            threatened += threat * base[i];
            deniedNow += weight * (1 - (use > 0 ? served / use : 1)) * gap;
            legalNow += weight * (1 - (ordered > 0 ? shipped / ordered : 1)) * gap;
          }
        }
        revenue += bought[g];
        if (g === LISTED) { deniedListed += deniedNow; legalListed += legalNow; }
        if (g === UNLISTED) deniedUnlisted += deniedNow;
      }

      const diverted = p.diversion_us_content_ratio * (p.diversion_to_unlisted * lostFinal[LISTED] * unlistedOpen +
        p.diversion_elsewhere * (lostFinal[LISTED] + lostFinal[UNLISTED]));
      const secondRound = bought[ELSEWHERE] *
        (1 - 1 / (shareElsewhere + (1 - shareElsewhere) * Math.exp(-sigma * knowledge)));
      loss[5] -= retaliated;
      loss[7] = secondRound;
      loss[8] = retaliated;
      loss[9] = -diverted;
      revenue += diverted - secondRound;
      rivalGain += secondRound - diverted;
      const ratio = Math.max(revenue / (totalBase * demand), 1e-6), uncertainty = p.uncertainty_doublings * limboShare;
      logRd = researchStep(logRd, ratio, uncertainty, p.rd_revenue_elasticity, p.rd_uncertainty_effect, p.rd_adjustment_months);
      logRivals = researchStep(logRivals, Math.max(1 + rivalGain / (rivalBase * demand), 1e-6), 0, p.rd_revenue_elasticity, 0,
        p.rd_adjustment_months);
      history[t] = logRd - logRivals;
      knowledge = (1 - depreciation) * knowledge + depreciation * (t >= lag ? history[t - lag] : 0);
      selfSufficiency = Math.min(selfSufficiency +
        (p.china_trend_pp_per_year + p.china_threat_response_pp_per_year * (threatened / chineseBase)) / 12, 100);
      abroad = Math.min(Math.max(abroad + p.rd_location_response * hazard * limboShare, 0), 1);

      const rdRatio = Math.exp(logRd), capexRatio = ratio * Math.exp(p.capex_uncertainty_effect * uncertainty);
      const year = Math.floor(t / 12);
      for (let kind = 0; kind < loss.length; kind++) {
        presentValue[kind] += loss[kind] * factor;
        lostSales[year] += loss[kind];
      }
      usShare[year] += 100 * revenue / (worldBase * demand);
      rd[year] += rdRatio;
      jobs[year] += p.direct_jobs * Math.pow(ratio, p.jobs_revenue_elasticity);
      selfByYear[year] += selfSufficiency;
      abroadByYear[year] += 100 * abroad;
      rdLost += (1 - rdRatio) * factor;
      capexLost += (1 - capexRatio) * factor;
      demand *= growth;
      factor *= discount;
    }

    // outcome.py: levels and headline results
    for (let year = 0; year < years; year++) {
      const length = Math.min(12, months - 12 * year);
      for (const series of [usShare, rd, jobs, selfByYear, abroadByYear]) series[year] /= length;
      lostSales[year] *= 12 / length;
      jobYearsLost += (p.direct_jobs - jobs[year]) * length / 12;
    }
    const last = years - 1, fifth = Math.min(4, last), tenth = Math.min(9, last), headline = {};
    LOSSES.forEach((name, kind) => { headline[`pv_${name}_usd_bn`] = presentValue[kind]; });
    headline.pv_listed_usd_bn = presentValue[0] + presentValue[1] + presentValue[2] + presentValue[3];
    headline.pv_unlisted_usd_bn = presentValue[4] + presentValue[5];
    headline.pv_contagion_usd_bn = presentValue[5] + presentValue[6];
    headline.pv_lost_sales_usd_bn = presentValue.reduce((sum, value) => sum + value, 0);
    headline.pv_rd_lost_usd_bn = rdLost * p.rd_usd_bn / 12;
    headline.pv_capex_lost_usd_bn = capexLost * p.capex_usd_bn / 12;
    headline.job_years_lost = jobYearsLost;
    for (const [label, year] of [["year_5", fifth], ["year_10", tenth]]) {
      headline[`us_share_change_${label}_pp`] = usShare[year] - p.us_share_pct;
      headline[`jobs_lost_${label}`] = p.direct_jobs - jobs[year];
      headline[`rd_lost_${label}_usd_bn`] = (1 - rd[year]) * p.rd_usd_bn;
      headline[`lost_sales_${label}_usd_bn`] = lostSales[year];
    }
    headline.rd_abroad_year_10_usd_bn = (rd[last] * abroadByYear[last] / 100 - p.rd_abroad_share_pct / 100) * p.rd_usd_bn;
    headline.china_self_sufficiency_year_10_pct = selfByYear[last];
    headline.denied_months_listed = deniedListed;
    headline.denied_months_chinese = (deniedListed * listedSales + deniedUnlisted * unlistedSales) / (listedSales + unlistedSales);
    headline.legally_denied_months_listed = legalListed;
    // Shares of the world market that leave nothing, or less than nothing, for customers outside China or for rivals.
    const contradiction = !(groupSales[ELSEWHERE] > 0 && shareElsewhere < 1 && rivalBase > 0);
    return { headline, contradiction };
  }

  // --- summary (summary.py) ---------------------------------------------------------------------------------------------------

  // Quantiles at probabilities `at` by linear interpolation, as numpy's percentile. `values` is an array of numbers.
  function quantiles(values, at) {
    const sorted = Float64Array.from(values).sort();
    return at.map((probability) => {
      const place = probability * (sorted.length - 1), below = Math.floor(place), above = Math.min(below + 1, sorted.length - 1);
      return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
    });
  }

  window.csModel = { stalematePath, simulate, quantiles };
})();
