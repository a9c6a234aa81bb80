"""The model's equations, one text for the sampler (JAX) and for the draws (NumPy).

For firm f in calendar quarter q, with R the firm's own revenue, L its China revenue by location and H its revenue from customers
headquartered in mainland China or Hong Kong as the firm itself counts customers:

    L[f, q] = R[f, q] × within(exp(share[f, q]))           share: a random walk through knots, without drift
    H[f, q] = R[f, q] × within(exp(share + ratio + kind))  ratio: stationary around the firm's mean, the means partially pooled
    Huawei[f, q] = H[f, q] × part[f, q]               part between 0 and 1: no supplier sells Huawei more than all Chinese firms
    rest of the US industry = (rest share) × sum L, with its own ratio and its own part for Huawei

Filings observe sums of L and H over their own fiscal periods. Trade statistics observe the chips in sum L, the buyers lens observes
the chips in sum H over the US share of Chinese demand, suppliers observe Huawei, a researcher's releases observe Huawei's spending
over the US share of it. `within` leaves a part as it is, but for keeping it between what a named Chinese customer bought and what
named customers from elsewhere leave: no firm sells Chinese firms less than the one, or more than the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from analysis.sales.estimate import design
from analysis.sales.estimate.gaussians import Affine, Gaussians
from analysis.sales.estimate.observations import LOOK_THROUGH

PIVOT = 2019  # the US share of the China market has its prior in this year
HUAWEI_PIVOT = 2018  # Huawei's part and the US share of its spending have theirs in this one
BAN_YEARS = (2020, 2021)
SHARPNESS = 6.0  # a part of half the cap stays within 0.3% of itself, one at the cap becomes 0.89 of it
BOUND_SD = 0.2  # judged: "up to 4%", "less than 1%"
WORDS = ("licences", "systems", "software")


class Equations:
    """All constant matrices of the model, and what follows from its unknowns.

    The unknowns are one vector: standard normals `z` (:attr:`names`), the knots of the shares, the knots of the ratios, effects of
    product classes in units of their spread, firms' mean ratios, Huawei's spending by year, and the logs of the spreads. `xp` is
    NumPy or JAX's NumPy: the functions used have the same names in both.
    """

    def __init__(self, inputs) -> None:
        self.inputs, self.panel, self.priors = inputs, inputs.panel, inputs.priors
        self.matrix = design.build(inputs.panel, inputs.priors)
        self.n_firms, self.years, self.to_year = len(self.panel.firms), self.panel.years, self.panel.to_year
        self.names = self._unknowns()
        self.log_revenue = np.log(self.panel.revenue.by_quarter())
        self.predictors = self._predictors()
        sizes = {
            "z": self.names.size,
            "share": self.matrix.share.size,
            "ratio": self.matrix.ratio.size,
            "class": len(self.panel.classes),
            "level": self.n_firms,
            "spending": len(self.years),
            "spread": len(self.priors.spreads),
        }
        stops = np.cumsum(list(sizes.values()))
        self.places = {name: slice(int(stop - size), int(stop)) for (name, size), stop in zip(sizes.items(), stops, strict=True)}
        self.size = int(stops[-1])

    def of(self, x, xp=np, structure=(1.0, 1.0)) -> dict:
        """Everything that follows from the unknowns: revenue by quarter, what each observation should show, prior innovations.

        `structure` switches the effects of product class and of basis (0 or 1).
        """
        z = x[self.places["z"]]
        linear = self.predictors(z)
        spread = dict(
            zip(self.priors.spreads, (xp.exp(x[self.places["spread"]])[i] for i in range(len(self.priors.spreads))), strict=True)
        )
        found = self._panel(x, z, linear, spread, structure, xp)
        found |= self._industry(linear, found, xp)
        found |= self._huawei(x[self.places["spending"]], linear, found, xp)
        found["innovations"] = xp.concatenate([*found["innovations"], found["us_share_huawei"]])
        found["mean"] = xp.concatenate([found["filings"], found["context"], found["suppliers"], found["spending"]])
        return found | {"spread": spread, "log_spread": x[self.places["spread"]], "z": z}

    def _panel(self, x, z, linear, spread: Mapping, structure, xp) -> dict:
        """Firms' location and headquarters revenue by quarter, the innovations of their paths, and what the filings should show."""
        m, priors = self.matrix, self.priors
        level, of_class = x[self.places["level"]], x[self.places["class"]]
        by_class = spread["ratio_class_sd"] * of_class
        around = linear("average") + structure[1] * linear("basis") + structure[0] * xp.dot(m.product_class, by_class)
        partial = (of_class, (level - around) / spread["ratio_firm_sd"])
        share_knots, ratio_knots = (
            x[self.places[name]][path.place.ravel()].reshape(path.place.shape)
            for name, path in (("share", m.share), ("ratio", m.ratio))
        )
        # A knot of the ratio that no pair of figures covers stands for what the paired ones leave open, in units of the spread;
        # where only a headquarters figure is seen, the knot of the share stands for the sum of both.
        own, change = xp.dot(np.eye(self.n_firms)[m.informed], level), spread["ratio_change_sd"]
        unit = 1.0 - m.unpaired + m.unpaired * change
        innovations = m.ratio.used * _apply(m.ratio.steps, ratio_knots) / (m.unpaired + (1.0 - m.unpaired) * change)
        ratio_knots = own[:, None] + _apply(m.from_paired, unit * ratio_knots)
        share_knots = share_knots - m.by_headquarters * xp.dot(np.eye(self.n_firms)[:, m.informed], ratio_knots)
        share = _apply(m.share.to_quarter, share_knots)
        first = np.zeros(m.share.used.shape)
        first[:, 0] = 1.0
        step_sd = xp.sqrt(spread["growth_sd"] ** 2 + (m.revenue_unknown * priors.unknown_revenue_sd) ** 2)
        step_sd = (1 - first) * step_sd + first * priors.share_level[1]
        steps = m.share.used * (_apply(m.share.steps, share_knots) - first * priors.share_level[0]) / step_sd
        paired = m.ratio.size - m.unpaired.sum()
        log_scale = (m.share.used * xp.log(step_sd)).sum() + paired * xp.log(change)
        log_scale = log_scale + self.n_firms * xp.log(spread["ratio_firm_sd"])
        walk = linear("walk").reshape((int((~m.informed).sum()), m.free_ratio.shape[1]))
        free = xp.dot(np.eye(self.n_firms)[~m.informed], level)[:, None] + change * xp.dot(walk, m.free_ratio.T)
        ratio = xp.dot(np.eye(self.n_firms)[:, m.informed], _apply(m.ratio.to_quarter, ratio_knots))
        ratio = ratio + xp.dot(np.eye(self.n_firms)[:, ~m.informed], free)
        look_through = linear("look_through")
        floor, cap = np.log(self.inputs.bounds.floor), np.log(self.inputs.bounds.cap)
        location = xp.exp(self.log_revenue + _below(share, 0.0, xp))
        direct, headquarters = (
            xp.exp(self.log_revenue + _above(_below(log_part, cap, xp), floor, xp))
            for log_part in (share + ratio, share + ratio + (self._looks * look_through)[:, None])
        )
        both = xp.concatenate([location.reshape((-1,)), direct.reshape((-1,))])
        return {
            "location": location,
            "direct": direct,
            "headquarters": headquarters,
            "look_through": look_through,
            "filings": xp.log(_picked(both, *self._filings)) + linear("offset"),
            "innovations": (steps.reshape((-1,)), innovations.reshape((-1,)), *partial),
            "log_scale": log_scale,
        }

    def _industry(self, linear, found: dict, xp) -> dict:
        """Industry totals by quarter, and what trade statistics and the buyers' side should show of them by year."""
        seen = self._seen
        located = found["location"].sum(axis=0)
        rest = located * xp.exp(xp.dot(self.to_year.T, linear("rest")))
        rest_headquarters = rest * xp.exp(linear("rest_ratio"))[0]
        chips, definition = xp.exp(linear("scope")), xp.exp(linear("definition"))[0]
        total = found["headquarters"].sum(axis=0) + rest_headquarters
        location_chips = definition * (xp.dot(chips, found["location"]) + rest)
        total_chips = definition * (xp.dot(chips, found["headquarters"]) + rest_headquarters)
        look = (
            xp.dot(xp.exp(found["look_through"]), found["direct"]) + rest_headquarters * xp.exp(linear("look_through_average"))[0]
        )
        log_share = _log_sigmoid(linear("us_share_china"), xp)
        known, demand = seen["market"], seen["demand"]
        gap = log_share[known] + seen["log_market"] - xp.log(xp.dot(self.to_year, location_chips))[known]
        four = seen["four_only"] * _log_sigmoid(linear("four_makers"), xp)[demand]
        buyers = xp.log(xp.dot(self.to_year, total_chips))[demand] - _log_sigmoid(linear("us_share_demand"), xp) + four
        shares = log_share[seen["share"]]
        return {
            "total_location": located + rest,
            "total_headquarters": total,
            "location_chips": location_chips,
            "total_chips": total_chips,
            "total_look_through": look,
            "rest_headquarters": rest_headquarters,
            "context": xp.concatenate([shares, gap, buyers]),
        }

    def _huawei(self, log_spending, linear, found: dict, xp) -> dict:
        """Huawei's part of each supplier's sales, and what suppliers and a researcher's releases should show.

        The US share of Huawei's spending is what the suppliers' sales are of it: a walk on the log scale, fast in the ban's years.
        """
        seen, states, rows = self._seen, self.inputs.huawei.states, self.n_firms + 1
        common = xp.dot(linear("huawei_common"), self.to_year)
        own = xp.dot(linear("huawei_own").reshape((rows, len(self.years))), self.to_year)
        change = linear("huawei_licensed") * states[:, :, 0] + linear("huawei_halted") * states[:, :, 1]
        change = change + linear("huawei_unknown")[:, None] * states[:, :, 2]
        part = xp.exp(_log_sigmoid(common[None, :] + linear("huawei_firm")[:, None] + own + change, xp))
        sold = xp.concatenate([found["headquarters"], found["rest_headquarters"][None, :]], axis=0) * part
        log_share = xp.log(xp.dot(self.to_year, sold.sum(axis=0))) - log_spending
        pivot, (mean, sd) = int(np.searchsorted(self.years, HUAWEI_PIVOT)), self.priors.us_share_huawei
        drift = np.where(
            np.isin(self.years[1:], BAN_YEARS), self.priors.us_share_huawei_ban_sd, self.priors.us_share_huawei_drift_sd
        )
        changes = (log_share[1:] - log_share[:-1]) / drift
        sums = xp.log(_picked(sold.reshape((-1,)), *self._suppliers))
        spending, at = log_spending[seen["spending"]] + linear("release"), seen["growth"]
        return {
            "huawei_by_supplier": sold,
            "suppliers": sums[seen["exact"]],
            "beyond": ((sums - seen["log_suppliers"]) / seen["sd_suppliers"])[seen["bound"]],
            "spending": xp.concatenate([spending, log_spending[at] - log_spending[at - 1]]),
            "us_share_huawei": xp.concatenate([changes, (log_share[pivot : pivot + 1] - mean) / sd]),
        }

    @cached_property
    def _seen(self) -> dict[str, np.ndarray]:
        """The tables as arrays: places of the observed years, and values where an equation needs them."""
        context, seen = self.inputs.context, self.inputs.huawei
        known, bound = np.flatnonzero(np.isfinite(context.market_usd_m)), seen.suppliers["bound"].to_numpy(bool)
        years = {"demand": context.demand_table, "share": context.share_table, "spending": seen.spending, "growth": seen.growth}
        return {name: np.searchsorted(self.years, table["year"].to_numpy()) for name, table in years.items()} | {
            "market": known,
            "log_market": np.log(context.market_usd_m[known]),
            "four_only": context.demand_table["four_only"].to_numpy(float),
            "exact": np.flatnonzero(~bound),
            "bound": np.flatnonzero(bound),
            "log_suppliers": np.log(seen.suppliers["usd_m"].to_numpy(float)),
            "sd_suppliers": np.hypot(seen.suppliers["sd"].to_numpy(float), BOUND_SD),
        }

    @cached_property
    def _looks(self) -> np.ndarray:
        return np.array([float(self.panel.hq_kind_of[f] in LOOK_THROUGH) for f in self.panel.firms])

    @cached_property
    def _filings(self) -> tuple[np.ndarray, np.ndarray]:
        panel = self.panel
        weights = panel.weights / panel.revenue.by_quarter()[panel.firm_index]
        hq = (panel.table["kind"] == "hq").to_numpy()
        return _sparse(weights, (hq * self.n_firms + panel.firm_index) * len(panel.quarters))

    @cached_property
    def _suppliers(self) -> tuple[np.ndarray, np.ndarray]:
        firm = np.array([self.panel.firms.index(f) for f in self.inputs.huawei.suppliers["firm"]], dtype=int)
        return _sparse(self.inputs.huawei.at_quarter, firm * len(self.panel.quarters))

    def _unknowns(self) -> Gaussians:
        """The normal unknowns of the model, with their priors."""
        priors, n_years = self.priors, len(self.years)
        releases = self.inputs.huawei.spending["vintage"].nunique()
        self.touched = _touched(self.inputs)
        one = {name: (*prior, 1) for name, prior in priors.quantities.items()}
        return Gaussians(
            one
            | {
                "ratio_basis": (0.0, priors.ratio_basis_sd, len(design.BASES)),
                "ratio_walk": (0.0, 1.0, int((~self.matrix.informed).sum()) * self.matrix.free_ratio.shape[1]),
                "look_through_firm": (0.0, priors.look_through_sd, self.n_firms),
                "rest_drift": (0.0, priors.rest_drift_sd, n_years),
                "us_share_drift": (0.0, priors.us_share_drift_sd, n_years),
                "four_makers_drift": (0.0, priors.four_makers_drift_sd, n_years),
                "huawei_firm": (0.0, priors.huawei_firm_sd, self.n_firms),
                "huawei_step": (0.0, priors.huawei_step_sd, n_years),
                "huawei_own": (0.0, priors.huawei_own_sd, len(self.touched)),
                "huawei_unknown": (*priors.huawei_unknown, self.n_firms + 1),
                "release": (0.0, priors.gartner_release_sd, max(releases, 1)),
            }
        )

    def _predictors(self) -> Predictors:
        """Everything linear in the normals, by name."""
        panel, m, n, years = self.panel, self.matrix, self.n_firms, self.years
        rows = n + 1
        g, kinds = self.names.affine, panel.table["hq_kind"].to_numpy()
        looked = np.zeros((len(panel.table), n))
        looked[np.arange(len(looked)), panel.firm_index] = np.isin(kinds, LOOK_THROUGH)
        walk = design.walk_matrix(years, HUAWEI_PIVOT)
        scope = {f"scope_{w}": np.array([float(self.inputs.scope_of.get(f) == w) for f in panel.firms]) for w in WORDS}
        own = np.zeros((rows * len(years), len(self.touched)))
        own[self.touched, np.arange(len(self.touched))] = 1.0
        releases = sorted(self.inputs.huawei.spending["vintage"].unique())
        of_release = np.eye(max(len(releases), 1))[[releases.index(v) for v in self.inputs.huawei.spending["vintage"]]]
        last = np.eye(rows)[:, -1]
        return Predictors(
            {
                "average": g(n, ratio_average=1.0),
                "basis": g(n, ratio_basis=m.basis),
                "walk": g(self.names.unknowns["ratio_walk"][2], ratio_walk=np.eye(self.names.unknowns["ratio_walk"][2])),
                "look_through": g(n, look_through=1.0, look_through_firm=np.eye(n)),
                "look_through_average": g(1, look_through=1.0),
                "offset": g(
                    len(panel.table),
                    taiwan=(panel.table["kind"] == "location with Taiwan").to_numpy(float),
                    design_location=(kinds == "design_location").astype(float),
                    look_through=looked.sum(axis=1),
                    look_through_firm=looked,
                ),
                "rest": g(len(years), rest=1.0, rest_drift=design.walk_matrix(years, PIVOT)),
                "rest_ratio": g(1, rest_ratio=1.0, ratio_average=1.0),
                "definition": g(1, definition=1.0),
                "scope": g(n, **scope),
                "us_share_china": g(len(years), us_share_china=1.0, us_share_drift=design.walk_matrix(years, PIVOT)),
                "us_share_demand": g(1, us_share_demand=1.0),
                "four_makers": g(len(years), four_makers=1.0, four_makers_drift=walk),
                "huawei_common": g(len(years), huawei_step=walk),
                "huawei_firm": g(rows, huawei_part=1 - last, huawei_rest=last, huawei_firm=np.eye(rows)[:, :-1]),
                "huawei_own": g(len(own), huawei_own=own),
                "huawei_licensed": g(1, huawei_licensed=1.0),
                "huawei_halted": g(1, huawei_halted=1.0),
                "huawei_unknown": g(rows, huawei_unknown=np.eye(rows)),
                "release": g(len(of_release), release=of_release),
            }
        )


class Predictors:
    """Several linear predictors, few unknowns in each: `predictors(z)("name")`."""

    def __init__(self, parts: Mapping[str, Affine]) -> None:
        stops = np.cumsum([len(p.constant) for p in parts.values()])
        self.at = {
            name: slice(int(stop - len(p.constant)), int(stop)) for (name, p), stop in zip(parts.items(), stops, strict=True)
        }
        self.constant = np.concatenate([p.constant for p in parts.values()])
        self.sparse = _sparse(np.concatenate([p.matrix for p in parts.values()]), np.zeros(len(self.constant), dtype=int))

    def __call__(self, z):
        values = _picked(z, *self.sparse) + self.constant
        return lambda name: values[self.at[name]]


def _touched(inputs) -> np.ndarray:
    """Supplier-years (places in suppliers × years) of which some disclosure speaks: only they have a year of their own."""
    seen, panel = inputs.huawei, inputs.panel
    yearly = seen.at_quarter @ panel.to_year.T > 0
    firm = np.array([panel.firms.index(f) for f in seen.suppliers["firm"]], dtype=int)
    marks = np.zeros((len(panel.firms) + 1, len(panel.years)), dtype=bool)
    for f, row in zip(firm, yearly, strict=True):
        marks[f] |= row
    return np.flatnonzero(marks.ravel())


def _sparse(weights: np.ndarray, offset: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Non-zero weights of each row and their places (row's offset + column), padded with weight zero."""
    size = int((weights != 0).sum(axis=1).max()) if len(weights) else 1
    order = np.argsort(weights == 0, axis=1, kind="stable")[:, :size]
    return offset[:, None] + order, np.take_along_axis(weights, order, axis=1)


def _picked(values, places: np.ndarray, weights: np.ndarray):
    """Weighted sums of a vector's entries at `places`, one a row."""
    return (values[places.ravel()].reshape(places.shape) * weights).sum(axis=1)


def _apply(matrix: np.ndarray, vector):
    """Rows of a matrix for each firm times that firm's vector: (F, n, K) and (F, K) → (F, n)."""
    return (matrix * vector[:, None, :]).sum(axis=-1)


def _below(log_part, cap, xp):
    """The smaller of both, with the corner rounded: never above the cap (all logs)."""
    return log_part + _log_sigmoid(SHARPNESS * (cap - log_part), xp) / SHARPNESS


def _above(log_part, floor, xp):
    """The larger of both, with the corner rounded: never below the floor (all logs)."""
    return log_part - _log_sigmoid(SHARPNESS * (log_part - floor), xp) / SHARPNESS


def _log_sigmoid(x, xp):
    """Without overflow at either end; faster to differentiate than `logaddexp`."""
    return xp.minimum(x, 0.0) - xp.log1p(xp.exp(-xp.abs(x)))
