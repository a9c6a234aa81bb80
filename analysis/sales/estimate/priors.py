"""The judged parts of the model in one place: every prior, every fixed error, with its reason.

All are on the log scale unless said. The sensitivity checks scale or shift them; nothing else in the estimate is tuned.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

# Quantities with a normal prior (mean, sd), on the log or logit scale.
QUANTITIES = {
    # log, headquarters over location, average of all: 0.74, 90% 0.33 to 1.7, so that both directions of the dual
    # disclosures (0.3 to 1.5) are possible for a firm that has none.
    "ratio_average": (-0.3, 0.5),
    # log, AMD's line with Taiwan over the one without
    "taiwan": (0.6, 0.3),
    # log, US chip firms without a usable China line, over the panel: 12%, 90% 7 to 22%
    "rest": (-2.1, 0.35),
    # log, their headquarters ratio over the ship-to average
    "rest_ratio": (0.0, 0.35),
    # log, trade statistics over filings: licences, boards, whole systems, billing addresses
    "definition": (0.0, 0.15),
    # logit, US share of the China market in 2019: 48%, 90% 38 to 58%
    "us_share_china": (-0.08, 0.25),
    # logit, US share of Chinese device makers' chips, which nobody publishes: 50%, 90% 36 to 64%
    "us_share_demand": (0.0, 0.35),
    # logit, the four makers' part of all Chinese demand: 55%, 90% 39 to 70%
    "four_makers": (0.2, 0.4),
    # logit, part of Huawei's purchases that comes from suppliers who disclosed them: 69%, 90% 49 to 84%
    "covered": (0.8, 0.5),
    # logit, US share of Huawei's chips in 2018: 35%, 90% 19 to 56%
    "us_share_huawei": (-0.6, 0.5),
}

# Standard deviations with a gamma prior of shape 4 and this mean (sd half the mean): zero is ruled out, since firms and classes
# are seen to differ, and no value is favoured much.
SPREADS = {
    "growth_sd": 0.20,  # yearly change of a China line beyond the firm's or the market's growth
    "ratio_class_sd": 0.3,  # product classes around the average ratio
    "ratio_firm_sd": 0.25,  # firms around their class
    "ratio_drift_sd": 0.15,  # a firm's ratio from one year to the next
}


@dataclass(frozen=True)
class Priors:
    """All priors; `quantities` and `spreads` as above, the rest fixed standard deviations."""

    quantities: dict[str, tuple[float, float]] = field(default_factory=lambda: dict(QUANTITIES))
    spreads: dict[str, float] = field(default_factory=lambda: dict(SPREADS))
    ratio_basis_sd: float = 0.3  # billing and ship-to may differ by about a third
    level_sd: float = 1.0  # a firm's level in its middle year, around its own observations
    industry_sd: float = 0.08  # yearly misfit of the industry lens beyond its own rounding
    us_share_drift_sd: float = 0.10  # logit, yearly change of the US share of the China market
    buyers_sd: float = 0.10  # design value against purchases, calendar, rounding
    supplier_sd: float = 1.2  # a supplier's 2018 sales to Huawei, around USD 300 m
    supplier_mix_sd: float = 0.25  # a supplier's path differs from the common one
    huawei_step_sd: float = 0.4  # yearly change of Huawei's purchases from US firms
    us_share_huawei_drift_sd: float = 0.35  # logit, yearly change of the US share of Huawei's chips: bans act fast
    chips_in_claim: tuple[float, float] = (0.8, 0.6)  # logit, chips in "purchases from US firms": 69%, 90% 45 to 86%
    gartner_sd: float = 0.08  # Gartner's own revisions are of this size

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
