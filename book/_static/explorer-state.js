// What the explorer is set to: a scenario of data/scenarios.yml and the changes to it, under the names that the command line
// takes (`python -m analysis scenario NAME --set …`). The address carries the same names; only changes stand in it.
(function () {
  "use strict";
  const SECOND = "with_";   // before the names of the second policy's settings in the address
  const SWITCHES = ["plurilateral", "retaliation"], NUMBERS = ["limbo_months", "tgl_days"];

  function tidy(value) { return parseFloat(value.toPrecision(10)); }

  function preset(data, name) { return data.presets.find((one) => one.name === name); }

  function parameter(data, name) { return data.parameters.find((one) => one.name === name); }

  function presetOdds(data, name) { return Object.fromEntries(preset(data, name).resolution); }

  // All settings of a state: the preset's own with the changes.
  function settings(state, data) {
    const base = preset(data, state.scenario), given = state.changes, all = { months: base.months };
    for (const name of [...NUMBERS, ...SWITCHES]) all[name] = name in given ? given[name] : base[name];
    const changed = data.rules.filter((rule) => `odds_${rule.name}` in given);
    all.resolution = changed.length ? changed.map((rule) => [rule.name, given[`odds_${rule.name}`]]) : base.resolution;
    all.fixed = { ...base.parameters };
    for (const one of data.parameters) if (one.name in given) all.fixed[one.name] = given[one.name];
    return all;
  }

  // What the model takes.
  function policy(all, state, data) {
    const rules = all.resolution.filter(([, share]) => share > 0);
    return window.csModel.policyOf({
      months: all.months, limboMonths: all.limbo_months, limboCoverage: preset(data, state.scenario).limbo_coverage,
      interim: preset(data, state.scenario).interim, pending: preset(data, state.scenario).pending,
      rules: rules.map(([name]) => data.rules.find((rule) => rule.name === name).coverage), odds: rules.map(([, share]) => share),
      tglDays: all.tgl_days, plurilateral: all.plurilateral, retaliation: all.retaliation
    }, data.segments);
  }

  // The same state without changes that change nothing, in the order of the page.
  function canonical(state, data) {
    const base = preset(data, state.scenario), odds = presetOdds(data, state.scenario), changes = {};
    for (const name of [...NUMBERS, ...SWITCHES]) {
      if (name in state.changes && state.changes[name] !== base[name]) changes[name] = state.changes[name];
    }
    const given = data.rules.map((rule) => [rule.name, state.changes[`odds_${rule.name}`] || 0]).filter(([, share]) => share > 0);
    const same = given.length === Object.keys(odds).filter((rule) => odds[rule] > 0).length &&
      given.every(([rule, share]) => odds[rule] === share);
    if (given.length && !same) for (const [rule, share] of given) changes[`odds_${rule}`] = share;
    for (const one of data.parameters) {
      if (!(one.name in state.changes)) continue;
      const usual = one.name in base.parameters ? base.parameters[one.name] : one.prior ? undefined : one.value;
      if (state.changes[one.name] !== usual) changes[one.name] = state.changes[one.name];
    }
    const plain = { scenario: state.scenario, changes, version: state.version || data.versions[0].name };
    return state.other ? { ...plain, other: policyOnly(state.other, data) } : plain;
  }

  // A policy to compare with, without what is believed of parameters: that holds for both.
  function policyOnly(state, data) {
    const beliefs = new Set(data.parameters.map((one) => one.name)), { scenario, changes } = canonical({ ...state, other: null }, data);
    return { scenario, changes: Object.fromEntries(Object.entries(changes).filter(([name]) => !beliefs.has(name))) };
  }

  // The second policy as a state of its own, under the beliefs of the first and in the same version of the model.
  function second(state, data) {
    const beliefs = Object.fromEntries(Object.entries(state.changes).filter(([name]) => parameter(data, name)));
    const changes = { ...state.other.changes, ...beliefs };
    return canonical({ scenario: state.other.scenario, changes, version: state.version }, data);
  }

  // Whether a version of the model is the one that the page opens with.
  function stated(version, data) { return version === data.versions[0].name; }

  function written(value) { return value === true ? "1" : value === false ? "0" : String(value); }

  // '?scenario=…&name=value…', or '' for the scenario the page opens with.
  function address(state, data) {
    const { scenario, changes, version, other } = canonical(state, data);
    const listed = (given) => Object.entries(given).map(([name, value]) => `${name}=${written(value)}`);
    const pairs = [...listed(changes), ...(stated(version, data) ? [] : [`version=${version}`])];
    if (scenario !== data.default || pairs.length) pairs.unshift(`scenario=${scenario}`);
    if (other) pairs.push(...[`scenario=${other.scenario}`, ...listed(other.changes)].map((pair) => SECOND + pair));
    return pairs.length ? `?${pairs.join("&")}` : "";
  }

  // The same run on the command line.
  function command(state, data) {
    const { scenario, changes, version } = canonical(state, data);
    return [`python -m analysis scenario ${scenario}`, ...(stated(version, data) ? [] : [`--version ${version}`]),
            ...Object.entries(changes).map(([name, value]) => `--set ${name}=${written(value)}`)].join(" ");
  }

  // --- reading an address: what is wrong is said, and the nearest valid state is shown --------------------------------------

  function clamped(name, text, [low, high], label, problems) {
    const value = text.trim() === "" ? NaN : Number(text);
    if (!Number.isFinite(value)) {
      problems.push(`${label}: “${text}” is not a number, so it is left out.`);
      return undefined;
    }
    if (value < low || value > high) {
      const used = value < low ? low : high;
      problems.push(`${label}: ${value} is outside ${low} to ${high}, so ${used} is used.`);
      return used;
    }
    return tidy(value);
  }

  function switched(text, label, problems) {
    if (/^(1|true|yes|on)$/i.test(text)) return true;
    if (/^(0|false|no|off)$/i.test(text)) return false;
    problems.push(`${label}: “${text}” is neither 1 nor 0, so it is left out.`);
    return undefined;
  }

  function readOdds(pairs, data, problems) {
    const odds = {};
    for (const rule of data.rules) {
      const name = `odds_${rule.name}`;
      if (!(name in pairs)) continue;
      const share = clamped(name, pairs[name], [0, 1], `Odds of “${rule.label}”`, problems);
      if (share) odds[name] = share;
    }
    const total = Object.values(odds).reduce((sum, share) => sum + share, 0);
    if (total > 0 && Math.abs(total - 1) > 1e-9) {
      problems.push(`The odds add up to ${tidy(total)}, not 1, so they are scaled.`);
      const percent = wholePercent(Object.values(odds).map((share) => 100 * share / total));
      Object.keys(odds).forEach((name, i) => { odds[name] = percent[i] / 100; });
    }
    return odds;
  }

  function parse(search, data) {
    const problems = [], pairs = {}, second = [], state = { scenario: data.default, changes: {} };
    new URLSearchParams(search).forEach((value, name) => {
      if (name === `${SECOND}version`) problems.push("The version of the model holds for both policies, so “with_version” is left out.");
      else if (name.startsWith(SECOND)) second.push(`${name.slice(SECOND.length)}=${encodeURIComponent(value)}`);
      else pairs[name] = value;
    });
    if (second.length) {
      const read = parse(`?${second.join("&")}`, data);
      state.other = read.state;
      problems.push(...read.problems.map((text) => `Second policy: ${text}`));
    }
    for (const [name, text] of Object.entries(pairs)) {
      const one = parameter(data, name);
      let value;
      if (name === "scenario") {
        if (preset(data, text)) state.scenario = text;
        else problems.push(`There is no scenario “${text}”; shown is “${preset(data, data.default).label}”.`);
        continue;
      } else if (name === "version") {
        if (data.versions.some((known) => known.name === text)) state.version = text;
        else problems.push(`There is no version “${text}” of the model; shown is “${data.versions[0].label}”.`);
        continue;
      } else if (NUMBERS.includes(name)) value = clamped(name, text, data.limits[name], data.labels[name], problems);
      else if (SWITCHES.includes(name)) value = switched(text, data.labels[name], problems);
      else if (one) value = clamped(name, text, [one.low, one.high], one.label, problems);
      else if (!data.rules.some((rule) => name === `odds_${rule.name}`)) {
        problems.push(`“${name}” is not a setting of this page, so it is left out.`);
      }
      if (value !== undefined) state.changes[name] = value;
    }
    Object.assign(state.changes, readOdds(pairs, data, problems));
    const months = preset(data, state.scenario).months;
    if (state.changes.limbo_months > months) {
      problems.push(`${data.labels.limbo_months}: this scenario lasts ${months} months, so ${months} is used.`);
      state.changes.limbo_months = months;
    }
    return { state: canonical(state, data), problems };
  }

  // --- odds: whole per cents that add up to 100 -----------------------------------------------------------------------------

  function wholePercent(shares) {
    const whole = shares.map(Math.floor), order = shares.map((_, i) => i).sort((a, b) => shares[b] % 1 - shares[a] % 1);
    for (let left = 100 - whole.reduce((sum, one) => sum + one, 0), i = 0; left > 0; left--, i++) whole[order[i % order.length]]++;
    return whole;
  }

  // The odds (per cent by rule, in order) after one of them was set: the others share the rest in their old proportions, or,
  // where they had nothing, the first of them takes it.
  function rebalanced(percents, changed, value) {
    const rest = 100 - value, others = percents.map((percent, i) => i === changed ? 0 : percent);
    const total = others.reduce((sum, one) => sum + one, 0);
    const shares = others.map((percent, i) => i === changed ? value
      : total > 0 ? rest * percent / total : i === (changed === 0 ? 1 : 0) ? rest : 0);
    return wholePercent(shares);
  }

  window.csState = { parse, address, command, settings, policy, policyOnly, second, canonical, preset, parameter, stated, rebalanced, tidy };
})();
