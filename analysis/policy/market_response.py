"""What the shipped event-study table says, and what it does not.

The table `event_study_car` holds computed abnormal returns; the prices behind it may not be redistributed. Here the table is
read: the shock of 16 May 2019, its relation to the share of revenue a supplier had with Huawei, the many dates on which
nothing can be seen, and what remains of it all when the number of tests is counted.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from analysis.policy.event_study.significance import adjust, two_sided_p

ALL_FIRMS = "EW:US_CHIP_ALL"
EXPOSED = "EW:HUAWEI_EXPOSED (NPTN,LITE,QRVO,SWKS,MU)"
LONG_SHORT = "LS:EXPOSED5 minus OTHER_US_CHIP"
SP500 = "SP500(SPY)"
NON_US = "NONUS_SEMI_EW"
LISTING_DAY = pd.Timestamp(2019, 5, 16)
OSAKA_DAY = pd.Timestamp(2019, 6, 29)
FIRST_QUIET_DAY = pd.Timestamp(2019, 5, 21)
TGL_EXTENSIONS = (pd.Timestamp(2019, 8, 19), pd.Timestamp(2019, 11, 18))
THREE_DAYS = "[-1,+1]"

VENDOR = "Bloomberg supply-chain data"
"""Qualifier of a share in `huawei_facts` that no supplier stated: a data vendor's estimate."""


def main_dates(car: pd.DataFrame) -> pd.DataFrame:
    """The table without the rows that try an alternative day 0 for an event that is already in it."""
    return car[car["day_choice"] == "main"]


def cell(car: pd.DataFrame, firm: str, day: pd.Timestamp, window: str = THREE_DAYS, benchmark: str = SP500) -> pd.Series:
    """The one row of a firm or portfolio, event day, window and benchmark. Raises KeyError when there is not exactly one."""
    car = main_dates(car)
    rows = car[(car["firm"] == firm) & (car["event_date"] == day) & (car["window"] == window) & (car["benchmark"] == benchmark)]
    if len(rows) != 1:
        raise KeyError(f"{len(rows)} rows for {firm}, {day:%Y-%m-%d}, {window}, {benchmark}")
    return rows.iloc[0]


def with_interval(rows: pd.DataFrame, level: float = 0.90) -> pd.DataFrame:
    """Adds `car_pct`, `low_pct`, `high_pct`: the abnormal return and its interval in per cent (Student's t, n_est − 2)."""
    half = stats.t.ppf(0.5 + level / 2, rows["n_est"] - 2) * rows["se"]
    return rows.assign(car_pct=100 * rows["car"], low_pct=100 * (rows["car"] - half), high_pct=100 * (rows["car"] + half))


def families(car: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The sets of tests among which a large t may be found by searching, from narrow to wide. Flagged merger targets are out."""
    car = main_dates(car)
    car = car[car["flag"] == ""]
    three, portfolio, firm = car["window"] == THREE_DAYS, car["group"] == "PORTFOLIO", car["group"] == "US"
    return {
        "All US chip firms together, three days": car[(car["firm"] == ALL_FIRMS) & three],
        "Every portfolio, three days": car[portfolio & three],
        "Every portfolio, every window": car[portfolio],
        "Every US firm, three days": car[firm & three],
        "Every US firm, every window": car[firm],
    }


def multiple_testing(car: pd.DataFrame, level: float = 0.05) -> pd.DataFrame:
    """How many tests of each family survive Holm and Benjamini–Hochberg, and on which event dates.

    Returns columns `family`, `tests`, `abs_t_above_2`, `expected_above_2` (by chance), `holm`, `benjamini_hochberg` (counts),
    `holm_16_may_2019`, `holm_other` (counts), `holm_other_dates` (text).
    """
    rows = []
    for name, family in families(car).items():
        df = family["n_est"] - 2
        p = two_sided_p(family["t"].to_numpy(), df.to_numpy())
        holm, bh = adjust(p, "holm") < level, adjust(p, "fdr_bh") < level
        on_listing = (family["event_date"] == LISTING_DAY).to_numpy()
        others = family.loc[holm & ~on_listing, "event_date"].drop_duplicates().sort_values()
        rows.append({
            "family": name, "tests": len(family), "abs_t_above_2": int((family["t"].abs() > 2).sum()),
            "expected_above_2": float(two_sided_p(np.full(len(family), 2.0), df.to_numpy()).sum()),
            "holm": int(holm.sum()), "benjamini_hochberg": int(bh.sum()),
            "holm_16_may_2019": int((holm & on_listing).sum()), "holm_other": int((holm & ~on_listing).sum()),
            "holm_other_dates": ", ".join(f"{d:%Y-%m-%d}" for d in others),
        })
    return pd.DataFrame(rows)


def firm_names(firms: pd.DataFrame, studied: pd.DataFrame) -> dict[str, str]:
    """Names of the studied firms and portfolios by the code under which the returns have them."""
    return {**firms.drop_duplicates("ticker").set_index("ticker")["firm"], **studied.set_index("code")["name"]}


def members_of(studied: pd.DataFrame, code: str) -> list[str]:
    """Tickers of the firms in a portfolio. Raises KeyError for a portfolio without a list of them."""
    members = studied.set_index("code").loc[code, "members"]
    if not members:
        raise KeyError(f"studied_firms lists no members of {code!r}")
    return members.split("; ")


def survivors(family: pd.DataFrame, level: float = 0.05) -> pd.DataFrame:
    """The rows of a family that pass Holm at `level` within it."""
    p = two_sided_p(family["t"].to_numpy(), (family["n_est"] - 2).to_numpy())
    return family[adjust(p, "holm") < level]


def quiet_dates(car: pd.DataFrame, after: pd.Timestamp = FIRST_QUIET_DAY) -> pd.DataFrame:
    """The all-firm portfolio over three days on the dates from `after`, both benchmarks, largest |t| first."""
    rows = main_dates(car)
    rows = rows[(rows["firm"] == ALL_FIRMS) & (rows["window"] == THREE_DAYS) & (rows["event_date"] >= after)]
    return rows.assign(abs_t=rows["t"].abs()).sort_values("abs_t", ascending=False).reset_index(drop=True)


def huawei_shares(huawei_facts: pd.DataFrame, filings: pd.DataFrame, firms: pd.DataFrame, wide: bool = False) -> pd.DataFrame:
    """Share of revenue that US suppliers had with Huawei around the listing; columns `ticker`, `share_pct`, `period`, `by_vendor`,
    `grade`, `source_id`.

    First the shares in `huawei_facts`, which were known to the market in May 2019; then, for other firms, dated disclosures in
    `company_filings` for periods ending from May 2018 to December 2019 that are not stated as a bound or an estimate.
    `wide` also takes the undated, bounded and estimated ones. One row per firm.
    """
    tickers = firms.drop_duplicates("firm").set_index("firm")["ticker"]
    stated = huawei_facts[(huawei_facts["topic"] == "supplier_exposure") & (huawei_facts["unit"] == "% of revenue")]
    stated = stated.assign(
        ticker=stated["entity"].map(tickers), share_pct=stated["value"], by_vendor=stated["qualifier"].eq(VENDOR))
    disclosed = filings[(filings["period_type"] == "huawei_disclosure") & filings["huawei_share_pct_of_revenue"].notna()]
    dated = disclosed["fiscal_year_end"].between("2018-05-16", "2019-12-31")
    hedged = disclosed["stated_as"].isin(("bound", "estimate"))
    late = disclosed["fiscal_year_end"] > "2019-12-31"
    disclosed = disclosed[~late if wide else dated & ~hedged].assign(
        share_pct=lambda d: d["huawei_share_pct_of_revenue"], period=lambda d: d["fiscal_year"], by_vendor=False)
    columns = ["ticker", "share_pct", "period", "by_vendor", "grade", "source_id"]
    table = pd.concat([stated[columns], disclosed[columns]], ignore_index=True).dropna(subset=["ticker", "share_pct"])
    return table.drop_duplicates("ticker").sort_values("share_pct", ascending=False).reset_index(drop=True)


def dose_response(shares: pd.DataFrame, car: pd.DataFrame, window: str = THREE_DAYS, benchmark: str = SP500,
                  level: float = 0.90) -> tuple[pd.DataFrame, dict[str, float]]:
    """Abnormal return on 16 May 2019 against Huawei share: the points, and slope and rank correlation.

    The slope is least squares with HC3 standard errors on n − 2 degrees of freedom; Theil–Sen's slope and its rank-based interval
    stand beside it because one firm (NeoPhotonics) carries much of the range. Both ignore that the returns fell on one day.
    Returns (points with `ticker`, `share_pct`, `car_pct`, `low_pct`, `high_pct`), and a dict with `n`, `slope`, `slope_low`,
    `slope_high`, `intercept`, `level_pct`, `theil_slope`, `theil_low`, `theil_high`, `spearman`, `spearman_p` (exact up to n = 9,
    by permutation), `slope_without_largest`, `slope_stated` (without the shares that a data vendor estimates).
    """
    rows = main_dates(car)
    rows = rows[(rows["event_date"] == LISTING_DAY) & (rows["window"] == window) & (rows["benchmark"] == benchmark)]
    points = shares.merge(with_interval(rows, level)[["firm", "car_pct", "low_pct", "high_pct"]], left_on="ticker", right_on="firm")
    x, y = points["share_pct"].to_numpy(), points["car_pct"].to_numpy()
    fit = sm.OLS(y, sm.add_constant(x)).fit(cov_type="HC3", use_t=True)
    low, high = fit.conf_int(1 - level)[1]
    theil = stats.theilslopes(y, x, level)
    rest, own = x < x.max(), ~points["by_vendor"].to_numpy(bool)
    rank = stats.spearmanr(x, y)
    return points.drop(columns="firm"), {
        "n": len(points), "slope": fit.params[1], "slope_low": low, "slope_high": high, "intercept": fit.params[0],
        "level_pct": 100 * level, "theil_slope": theil.slope, "theil_low": theil.low_slope, "theil_high": theil.high_slope,
        "spearman": rank.statistic, "spearman_p": _permutation_p(x, y, rank.statistic),
        "slope_without_largest": np.polyfit(x[rest], y[rest], 1)[0],
        "slope_stated": np.polyfit(x[own], y[own], 1)[0],
    }


def _permutation_p(x: np.ndarray, y: np.ndarray, observed: float, draws: int = 50_000, seed: int = 20190516) -> float:
    """Two-sided permutation p of Spearman's coefficient, with the added one of Phipson and Smyth (2010)."""
    ranks_x, ranks_y = stats.rankdata(x), stats.rankdata(y)
    rng = np.random.default_rng(seed)
    shuffled = rng.permuted(np.tile(ranks_y, (draws, 1)), axis=1)
    centred = ranks_x - ranks_x.mean()
    scale = np.sqrt((centred**2).sum() * ((ranks_y - ranks_y.mean()) ** 2).sum())
    statistic = shuffled @ centred / scale
    return float((1 + (np.abs(statistic) >= abs(observed) - 1e-12).sum()) / (1 + draws))
