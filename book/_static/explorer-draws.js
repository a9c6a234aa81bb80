// The random draws of the explorer: number for number those of the Python model (analysis/model/parameters.py), so that a
// scenario costs the same here, in the chapters and on the command line.
//
// numpy's seeding (SeedSequence) and generator (PCG64, O'Neill 2014) are rebuilt, because a parameter's stream is found from
// its name and a quarter of a million stored numbers would have to be sent instead. Streams are fixed by numpy's NEP 19.
(function () {
  "use strict";

  // --- seeding: numpy's SeedSequence for a few 32-bit words ------------------------------------------------------------

  function seedWords(entropy, count) {
    let hash = 0x43b0d7e5;
    function scrambled(value) {
      value = value ^ hash;
      hash = Math.imul(hash, 0x931e8875);
      value = Math.imul(value, hash);
      return value ^ (value >>> 16);
    }
    function mixed(x, y) {
      const value = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y) | 0;
      return value ^ (value >>> 16);
    }
    const pool = [0, 1, 2, 3].map((i) => scrambled(entropy[i] || 0));
    for (let from = 0; from < 4; from++) {
      for (let to = 0; to < 4; to++) if (from !== to) pool[to] = mixed(pool[to], scrambled(pool[from]));
    }
    for (let from = 4; from < entropy.length; from++) {
      for (let to = 0; to < 4; to++) pool[to] = mixed(pool[to], scrambled(entropy[from]));
    }
    let key = 0x8b51f9dd;
    return Array.from({ length: count }, (_, i) => {
      let value = pool[i % 4] ^ key;
      key = Math.imul(key, 0x58f38ded);
      value = Math.imul(value, key);
      return (value ^ (value >>> 16)) >>> 0;
    });
  }

  function crc32(text) {
    let crc = -1;
    for (const sign of text) {   // names of parameters are plain ASCII
      crc ^= sign.charCodeAt(0);
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
    }
    return (crc ^ -1) >>> 0;
  }

  // --- the generator: 128-bit state as eight limbs of 16 bits ----------------------------------------------------------

  const MULTIPLIER = [0xf645, 0x9fcc, 0xdf64, 0x4385, 0x5da4, 0x1fc6, 0xed05, 0x2360];

  function limbs(words) { return words.flatMap((word) => [word & 0xffff, word >>> 16]); }

  function advance(state, increment, sums) {
    let carry = 0;
    for (let i = 0; i < 8; i++) {
      let sum = increment[i] + carry;
      for (let j = 0; j <= i; j++) sum += state[j] * MULTIPLIER[i - j];
      sums[i] = sum % 65536;
      carry = (sum - sums[i]) / 65536;
    }
    state.set(sums);
  }

  function add(state, other) {
    let carry = 0;
    for (let i = 0; i < 8; i++) {
      const sum = state[i] + other[i] + carry;
      state[i] = sum & 0xffff;
      carry = sum >>> 16;
    }
  }

  // A function that fills an array with the next uniforms in [0, 1) of the stream that belongs to (seed, name, block).
  function stream(seed, name, block) {
    const words = seedWords([seed >>> 0, crc32(name), block >>> 0], 8);
    const start = limbs([words[2], words[3], words[0], words[1]]);      // numpy hands over the high half first
    const sequence = limbs([words[6], words[7], words[4], words[5]]);
    const increment = sequence.map((limb, i) => (limb << 1 | (i ? sequence[i - 1] >>> 15 : 1)) & 0xffff);
    const state = new Float64Array(8), sums = new Float64Array(8);
    advance(state, increment, sums);
    add(state, start);
    advance(state, increment, sums);
    return function fill(target, from, to) {
      for (let n = from; n < to; n++) {
        advance(state, increment, sums);
        const low = (state[0] ^ state[4] | (state[1] ^ state[5]) << 16) >>> 0;
        const high = (state[2] ^ state[6] | (state[3] ^ state[7]) << 16) >>> 0;
        const turn = state[7] >>> 10, [a, b] = turn & 32 ? [high, low] : [low, high], r = turn & 31;
        const lower = r ? (a >>> r | b << (32 - r)) >>> 0 : a, upper = r ? (b >>> r | a << (32 - r)) >>> 0 : b;
        target[n] = (upper * 2097152 + (lower >>> 11)) / 9007199254740992;
      }
    };
  }

  // --- priors as quantile functions (analysis/model/priors.py) ---------------------------------------------------------

  function polynomial(x, coefficients) { return coefficients.reduce((sum, c) => sum * x + c, 0); }

  // Quantile of the standard normal distribution (Cephes, S. Moshier: ndtri).
  function normalQuantile(probability) {
    if (probability <= 0) return -Infinity;
    if (probability >= 1) return Infinity;
    const upper = probability > 1 - 0.13533528323661269189;
    const y = upper ? 1 - probability : probability;
    if (y > 0.13533528323661269189) {
      const c = y - 0.5, s = c * c;
      return (c + c * (s * polynomial(s, [-59.9633501014107895267, 98.0010754185999661536, -56.6762857469070293439,
        13.9312609387279679503, -1.23916583867381258016]) / polynomial(s, [1, 1.95448858338141759834, 4.67627912898881538453,
        86.3602421390890590575, -225.462687854119370527, 200.260212380060660359, -82.0372256168333339912,
        15.9056225126211695515, -1.18331621121330003142]))) * 2.50662827463100050242;
    }
    const x = Math.sqrt(-2 * Math.log(y)), z = 1 / x, far = x >= 8;
    const ratio = far
      ? z * polynomial(z, [3.23774891776946035970, 6.91522889068984211695, 3.93881025292474443415, 1.33303460815807542389,
        0.201485389549179081538, 0.0123716634817820021358, 3.01581553508235416007e-4, 2.65806974686737550832e-6,
        6.23974539184983293730e-9]) / polynomial(z, [1, 6.02427039364742014255, 3.67983563856160859403,
        1.37702099489081330271, 0.216236993594496635890, 0.0134204006088543189037, 3.28014464682127739104e-4,
        2.89247864745380683936e-6, 6.79019408009981274425e-9])
      : z * polynomial(z, [4.05544892305962419923, 31.5251094599893866154, 57.1628192246421288162, 44.0805073893200834700,
        14.6849561928858024014, 2.18663306850790267539, -0.140256079171354495875, -0.0350424626827848203418,
        -8.57456785154685413611e-4]) / polynomial(z, [1, 15.7799883256466749731, 45.3907635128879210584,
        41.3172038254672030440, 15.0425385692907503408, 2.50464946208309415979, -0.142182922854787788574,
        -0.0380806407691578277194, -9.33259480895457427372e-4]);
    const value = x - Math.log(x) / x - ratio;
    return upper ? value : -value;
  }

  const FAMILIES = {
    uniform: ([low, high]) => (u) => low + u * (high - low),
    loguniform: ([low, high]) => (u) => low * Math.pow(high / low, u),
    triangular: ([low, mode, high]) => (u) => u < (mode - low) / (high - low)
      ? low + Math.sqrt(u * (high - low) * (mode - low))
      : high - Math.sqrt((1 - u) * (high - low) * (high - mode)),
    // tails: probabilities below the two truncation points, worked out in the build
    normal: ([mean, sd, low, high], [below, above]) => (u) =>
      Math.min(Math.max(mean + sd * normalQuantile(below + u * (above - below)), low), high)
  };

  // Draws of one model: `take(fixed, from, to)` gives arrays by parameter name, of the draws from..to, where `fixed` holds
  // the values of parameters that are not uncertain in this run. Uniforms are made once and kept.
  function source(parameters, seed, count) {
    const kept = {};
    const resolution = "resolution_quantile";   // decides how a stalemate with several possible resolutions ends
    function uniforms(name, to) {
      const known = kept[name] || (kept[name] = { values: new Float64Array(count), filled: 0, fill: stream(seed, name, 0) });
      if (known.filled < to) { known.fill(known.values, known.filled, to); known.filled = to; }
      return known.values;
    }
    return function take(fixed, from, to) {
      const draws = { [resolution]: uniforms(resolution, to).slice(from, to) };
      for (const p of parameters) {
        if (p.name in fixed || !p.prior) {
          draws[p.name] = new Float64Array(to - from).fill(p.name in fixed ? fixed[p.name] : p.value);
        } else {
          draws[p.name] = uniforms(p.name, to).slice(from, to).map(FAMILIES[p.prior.family](p.prior.arguments, p.prior.tails));
        }
      }
      return draws;
    };
  }

  window.csDraws = { stream, source, families: FAMILIES };
})();
