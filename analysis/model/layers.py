"""The policy path in plain loops, one text for Python and the browser: product layers, and a limbo that ends in a rule.

A rule that covers part of a segment splits it into layers, which the rule covers wholly or not at all. Arrays are indexed
[group, layer] or [month, group, layer]; a coverage is indexed [group, segment].
"""

from __future__ import annotations

import numpy as np

GROUP_COUNT = 3
ROUNDING = 1e-12


def layer_ends(coverages, group, segment, ends):
    """Fill `ends` with the distinct positive coverages of a segment and 1, ascending, and return how many there are."""
    count = 0
    for c in range(len(coverages) + 1):
        value = coverages[c][group][segment] if c < len(coverages) else 1.0
        place = 0
        while place < count and ends[place] < value:
            place += 1
        if value > 0 and (place == count or ends[place] != value):
            for j in range(count, place, -1):
                ends[j] = ends[j - 1]
            ends[place] = value
            count += 1
    return count


def layer_count(coverages, segment):
    """Layers of a segment: as many as the group needs that has most."""
    ends, most = np.zeros(len(coverages) + 1), 0
    for group in range(GROUP_COUNT):
        most = max(most, layer_ends(coverages, group, segment, ends))
    return most


def split_products(coverages):
    """(segment, width, top) of the coarsest layers that every coverage in the list covers wholly or not at all.

    segment: (layers,) index of the segment. width, top: (groups, layers) share of the segment's sales to the group, and upper
    end in the segment's unit interval. A group that needs fewer layers has some of no width.
    """
    segments = len(coverages[0][0])
    layers = 0
    for s in range(segments):
        layers += layer_count(coverages, s)
    segment = np.zeros(layers)
    width, top = np.zeros((GROUP_COUNT, layers)), np.zeros((GROUP_COUNT, layers))
    ends = np.zeros(len(coverages) + 1)
    first = 0
    for s in range(segments):
        here = layer_count(coverages, s)
        for g in range(GROUP_COUNT):
            count = layer_ends(coverages, g, s, ends)
            below = 0.0
            for k in range(here):
                upper = ends[k] if k < count else 1.0
                segment[first + k] = s
                top[g, first + k] = upper
                width[g, first + k] = upper - below
                below = upper
        first += here
    return segment, width, top


def covers(coverage, segment, width, top, group, layer):
    """1 where a coverage takes in a layer, else 0."""
    return 1.0 if top[group, layer] <= coverage[group][segment[layer]] + ROUNDING and width[group, layer] > 0 else 0.0


def forbids_anything(coverage):
    """Whether a coverage touches anything at all."""
    for g in range(len(coverage)):
        for s in range(len(coverage[g])):
            if coverage[g][s] > 0:
                return True
    return False


def waiting_then_rule(
    limbo_months, limbo_coverage, interim, pending_share, rule, segment, width, top, limbo, denied, rule_age, limbo_before, pending,
    restored, dropped,
):
    """Fill the monthly arrays, so far of zeros, of a wait of some length and of the rule that ends it; a part of a month counts as
    a share of it.

    While it lasts, sales in `limbo_coverage` go by provisional permission, those in `interim` are forbidden (limbo lies on top of
    a rule, never instead of it), and `pending_share` says whether a rule of unknown scope hangs over Chinese customers. Afterwards
    `restored` says which of these sales are permitted again, and `dropped` whether a rule that hung has come to nothing.
    """
    hurts, hurts_before = forbids_anything(rule), forbids_anything(interim)
    uncertain = forbids_anything(limbo_coverage) or pending_share > 0
    shares = np.zeros(len(rule_age))
    for t in range(len(rule_age)):
        share = min(max(limbo_months - t, 0.0), 1.0)
        shares[t] = share
        rule_age[t] = -1.0
        if hurts and share < 1:
            rule_age[t] = t if hurts_before else max(t - limbo_months, 0.0)
        elif hurts_before and share > 0:
            rule_age[t] = t
        limbo_before[t] = min(t, limbo_months) if uncertain else 0.0
        pending[t] = share * pending_share
        dropped[t] = 0.0 if hurts or limbo_months <= 0 else (1 - share) * pending_share
    for g in range(GROUP_COUNT):
        for k in range(len(segment)):
            held = covers(interim, segment, width, top, g, k)
            waited = covers(limbo_coverage, segment, width, top, g, k)
            ruled = covers(rule, segment, width, top, g, k)
            if held + waited + ruled > 0:
                for t in range(len(rule_age)):
                    share = shares[t]
                    limbo[t, g, k] = share * waited * (1 - held)
                    denied[t, g, k] = share * held + (1 - share) * ruled
                    restored[t, g, k] = (1 - share) * max(held, waited) * (1 - ruled) if limbo_months > 0 else 0.0


def alike(j, k, substitutability, memory, segment, limbo, denied, restored):
    """Whether nothing tells two layers apart: as easy to replace, both memory or neither, and under the same rules."""
    if substitutability[segment[j]] != substitutability[segment[k]] or memory[segment[j]] != memory[segment[k]]:
        return False
    for t in range(limbo.shape[0]):
        for g in range(GROUP_COUNT):
            if limbo[t, g, j] != limbo[t, g, k] or denied[t, g, j] != denied[t, g, k] or restored[t, g, j] != restored[t, g, k]:
                return False
    return True


def merge(substitutability, memory, segment, limbo, denied, restored, first):
    """Fill `first` with the layers that begin a product, in order, and return how many there are and the product of each layer.

    Layers that nothing tells apart are one product: what a customer does is in proportion to what it buys, so this changes no
    result and saves their time.
    """
    product, count = np.zeros(len(segment)), 0
    for k in range(len(segment)):
        product[k] = count
        for j in range(count - 1, -1, -1):
            if alike(first[j], k, substitutability, memory, segment, limbo, denied, restored):
                product[k] = j
        if product[k] == count:
            first[count] = k
            count += 1
    return count, product


def follow_from_path(limbo, denied, restored, width, limbo_share, named, doubted, present):
    """Fill what follows from the path: month by month the largest limbo, whether a group is named by a rule or limbo and whether
    one is doubted that has its permission back; and which layers a group buys at all."""
    for g in range(GROUP_COUNT):
        for k in range(width.shape[1]):
            present[g, k] = 0.0
            for s in range(width.shape[2]):
                present[g, k] += width[g, k, s]
    for t in range(len(limbo_share)):
        limbo_share[t] = 0.0
        for g in range(GROUP_COUNT):
            named[t, g], doubted[t, g] = 0.0, 0.0
            for k in range(width.shape[1]):
                limbo_share[t] = max(limbo_share[t], limbo[t, g, k])
                if limbo[t, g, k] + denied[t, g, k] > 0:
                    named[t, g] = 1.0
                if restored[t, g, k] > 0:
                    doubted[t, g] = 1.0
