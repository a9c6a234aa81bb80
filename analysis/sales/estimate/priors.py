"""The judged parts of the model in one place: every prior, every fixed error, with its reason.

All are on the log scale unless said. None is taken from the data it meets. The checks scale, shift or remove them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

# Quantities with a normal prior (mean, sd), on the log or logit scale.
QUANTITIES = {
    # log, headquarters over location, average of all firms: 0.74, 90% 0.33 to 1.7; both directions are possible
    "ratio_average": (-0.3, 0.5),
    # log, a location line with Taiwan over the one without: Taiwan is about as large a market for some, far smaller for others
    "taiwan": (0.4, 0.4),
    # log, figures that look through distributors over figures by direct customer: distributors are at most half of sales
    "look_through": (0.2, 0.25),
    # log, design location over direct customer: a proxy
    "design_location": (0.0, 0.2),
    # log, US chip firms without a usable China line, over the panel: 12%, 90% 7 to 22%
    "rest": (-2.1, 0.35),
    # log, their headquarters ratio over the average
    "rest_ratio": (0.0, 0.35),
    # log, trade statistics over the chips in filings, beyond the scope factors below
    "definition": (0.0, 0.08),
    # log, the part of a China line that is chips, by what else the line counts
    "scope_licences": (-0.16, 0.08),  # patent licences: 10 to 25% of the line
    "scope_systems": (-0.16, 0.12),  # boards, networks, whole systems around the chip
    "scope_software": (-0.10, 0.08),  # software sold in China
    # logit, US share of the China market in 2019: half, 90% 40 to 60%
    "us_share_china": (0.0, 0.25),
    # logit, US share of Chinese device makers' chips, which nobody publishes: 50%, 90% 36 to 64%
    "us_share_demand": (0.0, 0.35),
    # logit, the four makers' part of all Chinese demand in 2018: half, 90% 34 to 66%
    "four_makers": (0.0, 0.4),
    # logit, Huawei's part of a supplier's sales to Chinese firms in 2018: 10%, over all suppliers
    "huawei_part": (-2.2, 0.7),
    # the same for firms outside the panel
    "huawei_rest": (-2.2, 1.0),
    # logit, change of Huawei's part under licences for older products, and after an exit
    "huawei_licensed": (-1.2, 0.8),
    "huawei_halted": (-5.0, 0.7),
}

# Standard deviations with a gamma prior of shape 4 and this mean (sd half the mean): zero is ruled out, since firms and classes
# are seen to differ, and no value is favoured much.
SPREADS = {
    "growth_sd": 0.15,  # yearly change of the China line as a part of the firm's own revenue
    "ratio_class_sd": 0.25,  # product classes around the average ratio
    "ratio_firm_sd": 0.45,  # firms around their class: contract makers' and cloud firms' shares of a product differ by factors
    "ratio_change_sd": 0.2,  # a firm's ratio around its own mean, stationary
    "figure_sd": 0.02,  # error of a printed figure beyond its rounding, grade A; B and C are multiples
}
SPREAD_SHAPE = 4.0  # of the gamma prior
GRADE_FACTOR = {"A": 1.0, "B": 2.0, "C": 4.0}  # judged: press and compiled notes err more than filings


@dataclass(frozen=True)
class Priors:
    """All priors; `quantities` and `spreads` as above, the rest fixed."""

    quantities: dict[str, tuple[float, float]] = field(default_factory=lambda: dict(QUANTITIES))
    spreads: dict[str, float] = field(default_factory=lambda: dict(SPREADS))
    share_level: tuple[float, float] = (-1.0, 1.0)  # log of a China line as a part of revenue: 37%, 90% 7% to all
    ratio_basis_sd: float = 0.15  # billing and ship-to
    ratio_memory: float = 0.8  # correlation of a firm's ratio from one year to the next
    look_through_sd: float = 0.12  # firms around the average of figures that look through
    unknown_revenue_sd: float = 0.15  # yearly change of revenue that nobody has printed yet
    within_quarter_sd: float = 0.06  # a quarter's part of its year beyond the firm's revenue, quarters printed
    within_quarter_sd_unknown: float = 0.12  # the same where only the year's revenue is known
    industry_sd: float = 0.06  # yearly misfit of the industry lens beyond its own rounding
    rest_drift_sd: float = 0.08  # yearly change of the rest over the panel
    us_share_drift_sd: float = 0.10  # logit, yearly change of the US share of the China market
    buyers_sd: float = 0.10  # design value against purchases, calendar, rounding
    four_makers_drift_sd: float = 0.15  # logit, yearly: makers leave and join the four
    huawei_firm_sd: float = 1.0  # logit, suppliers around the average
    huawei_step_sd: float = 0.35  # logit, yearly change of Huawei's part, all suppliers together
    huawei_own_sd: float = 0.3  # logit, a supplier's year around the common path
    # logit, change after September 2020 where nobody has said what was licensed: every sale needs a licence that is
    # denied unless shown
    # to be harmless, so a twentieth of the odds, 90% a hundredth to a quarter
    huawei_unknown: tuple[float, float] = (-3.0, 1.0)
    us_share_huawei: tuple[float, float] = (-1.05, 0.35)  # log, US share of Huawei's spending on chips in 2018: 35%, 90% 20 to 62%
    us_share_huawei_drift_sd: float = 0.13  # log, its yearly change
    us_share_huawei_ban_sd: float = 0.5  # the same in the years of the rules of 2020: fast, in either direction
    gartner_release_sd: float = 0.08  # one release against another
    gartner_sd: float = 0.03  # within a release

    def wider(self, factor: float) -> Priors:
        """The same priors with every spread of the headquarters ratio multiplied by `factor`."""
        mean, sd = self.quantities["ratio_average"]
        ratios = {name: scale * factor for name, scale in self.spreads.items() if name.startswith("ratio")}
        return replace(
            self,
            quantities={**self.quantities, "ratio_average": (mean, sd * factor)},
            spreads={**self.spreads, **ratios},
            ratio_basis_sd=self.ratio_basis_sd * factor,
        )

    def moved(self, **by: float) -> Priors:
        """The same priors with the means named moved by the amounts given, e.g. `moved(ratio_average=0.3)`."""
        means = {name: (self.quantities[name][0] + shift, self.quantities[name][1]) for name, shift in by.items()}
        return replace(self, quantities={**self.quantities, **means})
