"""Hide figures, predict them, score the prediction beside two baselines.

Four tests. *New in an edition*: the model is fitted to the figures of a frozen edition and predicts those that the next one added.
*Out of time*: the model is fitted to what was printed by the end of a year and predicts every later figure by
headquarters. *Firm out*: all that a firm has said about headquarters is hidden and predicted. *Location figure out*: one figure by
address of each firm is hidden with everything else the firm says of that period. Scores are on the log scale: the log score of a
normal with the prediction's mean and spread (higher is better) and the continuous ranked probability score (lower is better).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import paths
from analysis.sales.estimate import draws, model, periods
from analysis.sales.estimate.draws import Draws, flat
from analysis.sales.estimate.fit import Sampler, Sampling
from analysis.sales.estimate.model import Inputs

FILINGS = "tables/company_filings.csv"
CUTOFFS = (2021, 2023)
FILED_AFTER_DAYS = 75  # a year that ends in October is printed by the end of the year
NEW = "new in an edition"
DRIFT_SD = 0.25  # judged: yearly change of a carried-forward share of revenue, for the baseline
INTERPOLATION_SD = 0.15  # judged: a share between its neighbours, for the baseline


@dataclass(frozen=True)
class Case:
    """One refit: what is off and what is predicted (places among the filings' observations)."""

    test: str
    name: str
    off: np.ndarray
    predict: np.ndarray


def cases(inputs: Inputs) -> list[Case]:
    """All refits of the three tests."""
    table, found = inputs.panel.table, []
    hq = (table["kind"] == "hq").to_numpy()
    same_kind = table["hq_kind"].to_numpy() == table["firm"].map(inputs.panel.hq_kind_of).to_numpy()
    for name, seen, added in _editions(table):
        new = np.flatnonzero(added & ~seen & (same_kind | ~hq))
        found.append(Case(NEW, name, np.flatnonzero(~seen), new))
    for year in CUTOFFS:
        late = (table["end"] + pd.Timedelta(days=FILED_AFTER_DAYS) > pd.Timestamp(year, 12, 31)).to_numpy()
        found.append(
            Case("out of time", f"printed by the end of {year}", np.flatnonzero(late), np.flatnonzero(late & hq & same_kind))
        )
    paired = [
        f
        for f in inputs.panel.firms
        if hq[(table["firm"] == f).to_numpy()].sum() > 1 and ((table["firm"] == f) & table["kind"].str.startswith("location")).any()
    ]
    for firm in paired:
        own = (table["firm"] == firm).to_numpy()
        found.append(Case("firm out", firm, np.flatnonzero(own & hq), np.flatnonzero(own & hq & same_kind)))
    for turn in (0, 1):
        hidden = [rows[len(rows) // 3 * (1 + turn)] for rows in _inner_years(inputs) if len(rows) > 3]
        off = np.unique(np.concatenate([_overlapping(inputs, i) for i in hidden]))
        found.append(Case("location figure out", f"set {turn + 1}", off, np.array(hidden)))
    return [c for c in found if len(c.predict)]


def refit(sampler: Sampler, sampling: Sampling, case: Case) -> list[dict]:
    """The rows of one refit: test, case, label, observed, prediction with interval (USD bn), inside, scores beside baselines."""
    on = np.ones(len(model.joined(model.observed(sampler.inputs))))
    on[case.off] = 0
    return predicted(sampler.inputs, case, sampler.sample(sampling, on=on), sampling.seed)


def disagreement(kept: pd.DataFrame, again: pd.DataFrame) -> list[str]:
    """What speaks against two tables of predictions being draws of the same posteriors; nothing when only chance sets them apart.

    The median of a prediction with standard deviation s on the log scale, from draws worth n independent ones, scatters with
    1.25·s/√n. With n of 100, less than any refit has, the difference of two medians stays below 0.7 s, four times its scatter.
    """
    place = ["test", "case", "label"]  # two figures of one firm and year follow each other in the same order
    kept, again = (table.assign(turn=table.groupby(place).cumcount()) for table in (kept, again))
    both = kept.merge(again, on=[*place, "turn"], suffixes=("_kept", "_again"))
    if len(both) != len(again):
        return [f"{len(again)} predictions computed again, {len(both)} of them among the kept"]
    spread = np.log(both["high_kept"] / both["low_kept"]) / (2 * 1.645)
    moved = np.log(both["predicted_usd_bn_again"] / both["predicted_usd_bn_kept"]).abs() / spread
    other = ~np.isclose(both["observed_usd_bn_kept"], both["observed_usd_bn_again"], rtol=1e-9)
    return [
        f"{row['label']} ({row['test']}, {row['case']}): predicted {row['predicted_usd_bn_again']:.2f}, kept "
        f"{row['predicted_usd_bn_kept']:.2f}"
        for row in both[(moved > 0.7) | other].to_dict("records")
    ]


def predicted(inputs: Inputs, case: Case, found: Draws, seed: int) -> list[dict]:
    """The rows of one refit."""
    table, rng = inputs.panel.table, np.random.default_rng(seed)
    mean, spread = flat(found.mean), flat(found.spread)
    figure_sd = spread[:, list(inputs.priors.spreads).index("figure_sd")]
    factors, rows = model.grade_factors(inputs), []
    for i in case.predict:
        row = table.loc[i]
        sd = np.hypot(row["sd"], factors[i] * figure_sd)
        logs = mean[:, i] + sd * rng.normal(size=len(mean))
        seen = float(np.log(row["value"]))
        guess = draws.summary(np.exp(logs) / draws.USD_M_PER_BN)
        score = {
            "test": case.test,
            "case": case.name,
            "label": f"{row['firm']} {row['fiscal_year']}",
            "firm": row["firm"],
            "observed_usd_bn": row["value"] / draws.USD_M_PER_BN,
            "predicted_usd_bn": guess["value"],
            "low": guess["low"],
            "high": guess["high"],
            "inside": bool(guess["low"] * 1000 <= row["value"] <= guess["high"] * 1000),
        }
        score |= {"log_score": _log_score(seen, logs.mean(), logs.std()), "crps": crps(logs, seen)}
        for name, (centre, width) in baselines(inputs, case, int(i)).items():
            score |= {f"{name}_log_score": _log_score(seen, centre, width), f"{name}_crps": normal_crps(seen, centre, width)}
        rows.append(score)
    return rows


def baselines(inputs: Inputs, case: Case, i: int) -> dict[str, tuple[float, float]]:
    """Two rivals (mean and sd of the log figure) that see the same figures as the refit.

    *carried*: the firm's own last share of revenue, or for a location figure the straight line between its neighbours; where the
    firm has no figure left, the other firms' pooled ratio times its own location figure. *pooled*: the share of revenue of all
    visible
    figures of the kind, whoever prints them.
    """
    panel, table = inputs.panel, inputs.panel.table
    row, hq = table.loc[i], table.loc[i, "kind"] == "hq"
    share = np.log(table["value"].to_numpy() / panel.weights.sum(axis=1))
    visible = ~np.isin(np.arange(len(table)), case.off)
    kind = (table["kind"] == "hq").to_numpy() == hq
    revenue = float(np.log(panel.weights[i].sum()))
    pool = share[visible & kind]
    rivals = {"pooled": (revenue + float(pool.mean()), float(pool.std() * np.sqrt(1 + 1 / len(pool))))}
    own = np.flatnonzero(visible & kind & (table["firm"] == row["firm"]).to_numpy())
    when = table["end"].map(lambda d: d.year + d.dayofyear / 365.25).to_numpy()
    if len(own) and not hq and when[own].min() <= when[i] <= when[own].max():
        order = own[np.argsort(when[own])]
        rivals["carried"] = (revenue + float(np.interp(when[i], when[order], share[order])), INTERPOLATION_SD)
    elif len(own):
        last = own[np.argmin(np.abs(when[own] - when[i]))]
        rivals["carried"] = (revenue + float(share[last]), DRIFT_SD * np.sqrt(max(abs(when[i] - when[last]), 0.25)))
    else:
        rivals["carried"] = _pooled_ratio(inputs, visible, i, share, when, revenue) or rivals["pooled"]
    return rivals


def _pooled_ratio(inputs: Inputs, visible, i: int, share, when, revenue: float) -> tuple[float, float] | None:
    table = inputs.panel.table
    ratios = []
    for firm in inputs.panel.firms:
        own = visible & (table["firm"] == firm).to_numpy()
        h, l = own & (table["kind"] == "hq").to_numpy(), own & (table["kind"] == "location").to_numpy()
        gaps = [share[a] - share[b] for a in np.flatnonzero(h) for b in np.flatnonzero(l) if abs(when[a] - when[b]) < 0.1]
        if gaps:
            ratios.append(float(np.mean(gaps)))
    near = visible & (table["kind"] == "location").to_numpy() & (table["firm"] == table.loc[i, "firm"]).to_numpy()
    if len(ratios) < 2 or not near.any():
        return None
    place = np.flatnonzero(near)[np.argmin(np.abs(when[near] - when[i]))]
    width = float(np.hypot(np.std(ratios, ddof=1) * np.sqrt(1 + 1 / len(ratios)), DRIFT_SD * np.sqrt(abs(when[place] - when[i]))))
    return revenue + float(share[place]) + float(np.mean(ratios)), width


def scores(table: pd.DataFrame) -> pd.DataFrame:
    """By test: figures, coverage, and mean log score and CRPS of the model and of both baselines."""
    columns = [c for c in table if c.endswith(("log_score", "crps"))]
    found = table.groupby("test", sort=False).agg(
        figures=("inside", "size"), inside=("inside", "sum"), **{c: (c, "mean") for c in columns}
    )
    return found.reset_index()


def crps(logs: np.ndarray, seen: float) -> float:
    """Continuous ranked probability score of a sample."""
    ordered = np.sort(logs)
    n = len(ordered)
    spread = float((ordered * (2 * np.arange(1, n + 1) - n - 1)).sum() / n**2)
    return float(np.abs(ordered - seen).mean() - spread)


def normal_crps(seen: float, mean: float, sd: float) -> float:
    """Continuous ranked probability score of a normal (Gneiting and Raftery, 2007)."""
    from scipy.stats import norm

    z = (seen - mean) / sd
    return float(sd * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi)))


def _log_score(seen: float, mean: float, sd: float) -> float:
    return float(-0.5 * ((seen - mean) / sd) ** 2 - np.log(sd) - 0.5 * np.log(2 * np.pi))


def _editions(table: pd.DataFrame) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """For each frozen edition its name, which of the figures it held, and which the next edition holds (all, after the last).

    A figure is known again by firm, end of its period and kind; frozen tables keep the columns of their day, so only those that all
    editions have are read. The list grows with the editions.
    """
    frozen = sorted(path for path in paths.EDITIONS.iterdir() if (path / FILINGS).exists())
    held = [_held(table, pd.read_csv(path / FILINGS, dtype=str)) for path in frozen]
    later = [*held[1:], np.ones(len(table), dtype=bool)]
    return [(path.name, seen, after) for path, seen, after in zip(frozen, held, later, strict=True)]


def _held(table: pd.DataFrame, frozen: pd.DataFrame) -> np.ndarray:
    """Which observations stand in the frozen table of filings."""
    by_headquarters = frozen[["china_hq_revenue_usd_m", "china_hq_mainland_usd_m"]].notna().any(axis=1)
    by_location = frozen[["china_revenue_usd_m", "china_share_pct"]].notna().any(axis=1)
    known = {
        (firm, end, kind)
        for kind, rows in (("hq", frozen[by_headquarters]), ("location", frozen[by_location]))
        for firm, end in zip(rows["firm"], rows["fiscal_year_end"], strict=True)
    }
    ends = pd.to_datetime(table["end"]).dt.strftime("%Y-%m-%d")
    kinds = table["kind"].str.split().str[0]
    return np.array([key in known for key in zip(table["firm"], ends, kinds, strict=True)])


def _inner_years(inputs: Inputs) -> list[np.ndarray]:
    """Each firm's yearly location figures in order of time, for firms with several."""
    table = inputs.panel.table
    yearly = (table["kind"] == "location") & (table["months"] == 12)
    return [np.flatnonzero(yearly & (table["firm"] == firm)) for firm in inputs.panel.firms]


def _overlapping(inputs: Inputs, i: int) -> np.ndarray:
    """All figures of the firm whose period shares a month with that of figure `i`."""
    table = inputs.panel.table
    span = set(periods.months_of(table.loc[i, "end"], int(table.loc[i, "months"])))
    own = np.flatnonzero((table["firm"] == table.loc[i, "firm"]).to_numpy())
    return np.array([k for k in own if span & set(periods.months_of(table.loc[k, "end"], int(table.loc[k, "months"])))])
