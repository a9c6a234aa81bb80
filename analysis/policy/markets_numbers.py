"""The numbers of the chapter on share prices and uncertainty indices, each recorded once."""

from __future__ import annotations

import pandas as pd
from scipy import stats

from analysis.policy import market_response as mr
from analysis.policy import uncertainty
from analysis.policy.event_study.significance import implied_correlation
from analysis.policy.event_study.simulation import rejection_rates

LEVEL = 90


def _car(page, id: str, row: pd.Series, label: str, unit: str = "%") -> None:
    """One abnormal return with its interval, and its t."""
    half = 100 * row["se"] * stats.t.ppf(0.5 + LEVEL / 200, row["n_est"] - 2)
    value, day = 100 * row["car"], f"{row['event_date']:%Y-%m-%d}"
    common = {"as_of": day, "sources": (row["source_id"],)}
    page.number(
        id,
        value,
        low=value - half,
        high=value + half,
        level=LEVEL,
        digits=1,
        label=label,
        unit=unit,
        cls="estimated",
        method=f"Market model, window {row['window']}, benchmark {row['benchmark']}, {row['n_est']:.0f} estimation days; "
        "interval from Student's t",
        **common,
    )
    page.number(
        f"{id}_t",
        row["t"],
        digits=1,
        label=f"{label}: t",
        unit="ratio",
        cls="derived",
        method="Abnormal return ÷ its standard error",
        **common,
    )


def record_listing_day(page, car: pd.DataFrame) -> None:
    """16 May 2019: suppliers, the difference to the rest, the sector, and relief at Osaka."""
    _car(page, "markets.listing.suppliers", mr.cell(car, mr.EXPOSED, mr.LISTING_DAY), "Five Huawei suppliers around 16 May 2019")
    _car(
        page,
        "markets.listing.difference",
        mr.cell(car, mr.LONG_SHORT, mr.LISTING_DAY),
        "Five Huawei suppliers minus other US chip firms around 16 May 2019",
        "pp",
    )
    sector = mr.cell(car, mr.ALL_FIRMS, mr.LISTING_DAY)
    _car(page, "markets.listing.sector", sector, "22 US chip firms around 16 May 2019")
    _car(
        page,
        "markets.osaka.difference",
        mr.cell(car, mr.LONG_SHORT, mr.OSAKA_DAY),
        "Five Huawei suppliers minus other US chip firms around the Osaka meeting",
        "pp",
    )
    common = {"as_of": "2019-05-16", "sources": (sector["source_id"],), "unit": "ratio", "digits": 1}
    for key, column, text in (
        ("bmp", "t_bmp", "Boehmer–Musumeci–Poulsen t"),
        ("adjusted", "t_bmp_kp", "cross-correlation-adjusted t"),
    ):
        page.number(
            f"markets.listing.sector_t_{key}",
            sector[column],
            cls="derived",
            method=f"{text} over 22 firms",
            label=f"22 US chip firms around 16 May 2019: {text}",
            **common,
        )
    correlation = implied_correlation(sector["t_bmp"], sector["t_bmp_kp"], sector["n_firms"])
    page.number(
        "markets.listing.residual_correlation",
        correlation,
        cls="derived",
        label="Average correlation of the firms' abnormal returns before 16 May 2019",
        method="Solved from the two test statistics of the shipped table",
        **common | {"digits": 2},
    )
    shock, relief = mr.cell(car, mr.LONG_SHORT, mr.LISTING_DAY)["car"], mr.cell(car, mr.LONG_SHORT, mr.OSAKA_DAY)["car"]
    page.number(
        "markets.osaka.share_of_shock",
        -100 * relief / shock,
        cls="derived",
        label="Relief at Osaka as a share of the shock of 16 May 2019",
        method="Ratio of two abnormal returns, suppliers minus others, three days; neither interval is carried over",
        **common | {"unit": "%", "digits": 0, "as_of": "2019-07-01"},
    )


def record_dose_response(page, fit: dict[str, float], shares: pd.DataFrame, car: pd.DataFrame) -> None:
    """Slope and rank correlation of the loss on the Huawei share."""
    sources = tuple(dict.fromkeys([*shares["source_id"], car["source_id"].iloc[0]]))
    common = {"as_of": "2019-05-16", "sources": sources}
    page.number(
        "markets.dose.slope",
        -fit["slope"],
        low=-fit["slope_high"],
        high=-fit["slope_low"],
        level=fit["level_pct"],
        digits=2,
        label="Loss for each point of Huawei share, 16 May 2019",
        unit="pp",
        cls="estimated",
        method="Least squares over suppliers with a stated share, HC3 standard errors",
        **common,
    )
    page.number(
        "markets.dose.slope_without_largest",
        -fit["slope_without_largest"],
        unit="pp",
        label="The same slope without the firm with the largest share",
        cls="derived",
        digits=2,
        method="Least squares over the other suppliers",
        **common,
    )
    page.number(
        "markets.dose.spearman",
        fit["spearman"],
        unit="ratio",
        digits=2,
        cls="derived",
        label="Rank correlation of loss and Huawei share, 16 May 2019",
        method=f"Spearman over {fit['n']} suppliers",
        **common,
    )
    page.number(
        "markets.dose.suppliers",
        fit["n"],
        label="Suppliers with a stated Huawei share and a share price",
        unit="count",
        cls="derived",
        method="Count",
        **common,
    )
    exposed = shares[shares["ticker"].isin(mr.EXPOSED.split("(")[1].strip(")").split(","))]["share_pct"]
    for end, value in (("lowest", exposed.min()), ("highest", exposed.max())):
        page.number(
            f"markets.dose.{end}_share",
            value,
            unit="%",
            cls="derived",
            label=f"{end.capitalize()} Huawei share among the five exposed suppliers",
            method="Smallest and largest of the stated shares",
            **common,
        )


def record_nulls(page, car: pd.DataFrame, table: pd.DataFrame) -> None:
    """What was not found: quiet dates, extensions, multiple testing."""
    quiet = mr.quiet_dates(car)
    common = {"as_of": f"{quiet['event_date'].max():%Y-%m-%d}", "sources": (car["source_id"].iloc[0],)}
    page.number(
        "markets.quiet.dates",
        quiet["event_date"].nunique(),
        label="Event dates after 20 May 2019",
        unit="count",
        cls="derived",
        method="Count of dates in the study",
        **common,
    )
    page.number(
        "markets.quiet.largest_t",
        quiet["abs_t"].max(),
        label="Largest |t| of the 22-firm portfolio on those dates, either benchmark",
        unit="ratio",
        cls="derived",
        digits=2,
        method="Maximum over dates and two benchmarks, three-day window",
        **common,
    )
    for day, key in zip(mr.TGL_EXTENSIONS, ("august", "november"), strict=True):
        _car(
            page,
            f"markets.extension.{key}_2019",
            mr.cell(car, mr.LONG_SHORT, day),
            f"Suppliers minus others around the licence extension of {day:%d %B %Y}",
            "pp",
        )
    for row, key in zip(table.itertuples(), ("sector_3d", "portfolios_3d", "portfolios", "firms_3d", "firms"), strict=True):
        for column, text in (
            ("tests", "tests"),
            ("holm_16_may_2019", "tests surviving Holm on 16 May 2019"),
            ("holm_other", "tests surviving Holm on other dates"),
            ("abs_t_above_2", "tests with |t| above 2"),
        ):
            page.number(
                f"markets.family.{key}.{column}",
                getattr(row, column),
                label=f"{row.family}: {text}",
                unit="count",
                cls="derived",
                method="Count; Holm at 5% within the family",
                **common,
            )


def record_simulation(page, source: str, correlation: float = 0.3, sets: int = 2) -> pd.DataFrame:
    """Rejection rates of the tests on synthetic returns without any effect; returns them by test and correlation."""
    rows = []
    for r in (0.0, correlation):
        runs = pd.DataFrame([rejection_rates(r, seed=seed) for seed in range(sets)])
        rows.append((100 * runs.mean()).rename(r))
    table = pd.DataFrame(rows)
    n = 1000 * sets
    for test in ("bmp", "kp"):
        share = table.loc[correlation, test] / 100
        half = 164.5 * (share * (1 - share) / n) ** 0.5
        page.number(
            f"markets.simulation.{test}",
            100 * share,
            low=100 * share - half,
            high=100 * share + half,
            level=LEVEL,
            unit="%",
            digits=0,
            cls="modelled",
            as_of=page.as_of,
            sources=(source,),
            label=f"False alarms at the 5% level on synthetic returns, {'adjusted' if test == 'kp' else 'unadjusted'} test",
            method=f"{n:,} synthetic events of 22 firms with residual correlation {correlation}; no effect planted",
        )
    return table


def record_uncertainty(
    page, series: pd.DataFrame, regressions: pd.DataFrame, curve: pd.DataFrame, sources: tuple[str, ...]
) -> None:
    """The null on uncertainty indices."""
    newest = str(series.index[-1].to_timestamp(how="end").date())
    common = {"as_of": newest, "sources": sources}
    page.number(
        "markets.uncertainty.regressions",
        len(regressions),
        label="Regressions of chip output or capacity on an uncertainty index",
        unit="count",
        cls="derived",
        method="2 outcomes × 5 indices × 4 horizons",
        **common,
    )
    page.number(
        "markets.uncertainty.above_2",
        int((regressions["t"].abs() > 2).sum()),
        label="Of these with |t| above 2",
        unit="count",
        cls="derived",
        method="Newey–West t of the change of one log index, one lag of growth",
        **common,
    )
    page.number(
        "markets.uncertainty.by_chance",
        len(regressions) * 0.05,
        label="Expected by chance at the 5% level",
        unit="count",
        cls="derived",
        method="5% of the tests",
        **common,
    )
    for end in ("min", "median", "max"):
        page.number(
            f"markets.uncertainty.curve_{end}",
            getattr(curve["abs_t_above_2"], end)(),
            unit="count",
            cls="derived",
            digits=0,
            label=f"Regressions with |t| above 2 under {len(curve)} definitions, {end}",
            method="Levels or differences, 0 to 12 lags of growth, two samples",
            **common,
        )
    page.number(
        "markets.uncertainty.definitions",
        len(curve),
        label="Definitions of the forty regressions tried",
        unit="count",
        cls="derived",
        method="Levels or differences × four lag lengths × two samples",
        **common,
    )
    trace = uncertainty.trace_of_month(series)
    row = trace[(trace["index"] == "EPU_US_CAT_TRADE") & (trace["month"] == uncertainty.CHIP_RULE_MONTH)].iloc[0]
    page.number(
        "markets.uncertainty.trade_october_2022_z",
        row["z"],
        unit="ratio",
        digits=1,
        cls="derived",
        label="US trade-policy uncertainty in October 2022",
        method="Standard deviations from the mean of the 24 months before",
        **common | {"as_of": "2022-10-31"},
    )
