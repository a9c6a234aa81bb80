"""Tables of the chapters on choosing: the ensemble, the acceptability of policies, the value of information, the rules of today."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.model.decision import acceptability, closest_call, information_values
from analysis.model.discovery import discovery_table
from analysis.model.ensemble import ensemble_table, verdicts
from analysis.model.parameters import Draws
from analysis.model.run import Model
from analysis.model.sensitivity import COST
from analysis.model.summary import summarise

CHOICE = ("full_engagement", "stalemate_6_open", "stalemate_12_open", "stalemate_24_open", "stalemate_24_ban", "ban_6_open",
          "ban_12_open", "ban_24_open", "narrow_ban")
"""Policies towards the listed customer that the United States can choose alone."""

WORTHS = tuple(np.round(np.arange(0, 8.01, 0.25), 2))
"""What a denied month might be worth, US$ bn: from nothing to where the choice has settled."""

TODAY = ("pv_lost_sales_usd_bn", "pv_unlisted_usd_bn", "pv_contagion_usd_bn", "denied_months_chinese", "pv_rd_lost_usd_bn",
         "jobs_lost_year_5")
"""Outputs that do not rest on a quantity of the base year: the scenarios set the market, the research and the jobs of today."""

ENSEMBLE_DRAWS = 1024
DENSITY = 0.8
"""How pure the box of the scenario discovery must be; a purer one covers less and needs more limits."""


def today_table(model: Model, draws: int, seed: int) -> pd.DataFrame:
    """The scenarios of late 2026 at the exposures of 2025, in the form of the table of scenarios."""
    parts = []
    for name in (n for n in model.scenarios.names if n.startswith("today_")):
        table = summarise(model.run(name, draws, seed).headline)
        parts.append(table[table["output"].isin(TODAY)].assign(scenario=name, scenario_label=model.scenarios[name].label))
    return pd.concat(parts, ignore_index=True)


def choice_tables(
    model: Model, stated: Model, samples: Mapping[str, Draws], headlines: Mapping[str, Mapping[str, np.ndarray]], seed: int
) -> dict[str, pd.DataFrame]:
    """ensemble, verdicts, acceptability, information, and discovery: where two years of limbo cost more than a narrow ban.

    stated: the model with the priors of the file, the company's claim among them, in place of the estimate's draws.
    samples: draws by version (prior, informed). headlines: policy -> results of the prior draws.
    """
    few = {version: {name: values[:ENSEMBLE_DRAWS] for name, values in sample.items()} for version, sample in samples.items()}
    claim = stated.parameters.draw_block(seed, 0, len(next(iter(few["prior"].values()))))
    ensemble = ensemble_table(model, {
        "base": ("As in the chapters", few["prior"]),
        "informed": ("Informed by what followed", few["informed"]),
        "claim": ("Sales by the company's claim and BCG's shares", claim),
    })
    accepted = acceptability({policy: headlines[policy] for policy in CHOICE}, WORTHS)
    names = model.parameters.uncertain
    labels = {name: model.parameters[name].label for name in names} | {"everything": "Everything at once"}
    costs = {policy: headlines[policy][COST] for policy in ("stalemate_24_open", "narrow_ban")}
    box = discovery_table(samples["prior"], costs["stalemate_24_open"] > costs["narrow_ban"], names, DENSITY)
    known = information_values({policy: headlines[policy] for policy in CHOICE}, samples["prior"], names, closest_call(accepted))
    return {
        "ensemble": ensemble,
        "verdicts": verdicts(ensemble),
        "acceptability": accepted.assign(label=accepted["policy"].map(lambda policy: model.scenarios[policy].label)),
        "discovery": box.assign(label=box["parameter"].map(labels), unit=box["parameter"].map(lambda n: model.parameters[n].unit)),
        "information": known.assign(label=known["parameter"].map(labels)),
    }
