"""One prior, one filing row, one policy event changed as a reader changes it: sentences, charts, the explorer's data and the
briefing follow, and no code does.

Each edition is made by the build's own commands in a folder of its own, with few draws. Chapters that a change cannot reach are
those of the built book.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import nbformat
import pytest

from analysis import paths
from analysis.data import load_table
from analysis.model.written import load_model_results
from analysis.publish.briefing import write_briefing
from analysis.publish.collect import collect
from analysis.runner.plan import notebooks
from tests.publish.briefing.made_up import ADDRESS, EDITION, READERS

pytestmark = pytest.mark.slow

PRIOR = {"contagion_unlisted": {"value": 0.02, "prior": {"uniform": [0.0, 0.05]}}}
FILING = {"firm": "Intel", "fiscal_year": "FY2018", "china_hq_revenue_usd_m": "17000", "hq_kind": "direct_customer",
          "huawei_share_pct_of_revenue": "5"}   # invented; twice what the estimate takes Huawei's part to be without it
EVENT = {"date": "2025-01-10", "title": "An invented rule", "short_title": "An invented rule", "direction": "tighten",
         "instrument": "final rule", "channel": "export", "limbo_id": "L99", "limbo_type": "licence_queue",
         "in_limbo_from": "2025-01-10", "in_limbo_from_precision": "day", "in_limbo_to": "2026-02-16",
         "in_limbo_to_precision": "day", "limbo_scheduled_to": "", "limbo_last_evidence": ""}
WRITE_INPUTS = (
    "import json, sys; from pathlib import Path; from analysis.runner.inputs import write_inputs; "
    "from analysis.runner.plan import write_plan; rows, changes = json.loads(sys.argv[1]); "
    "list(write_inputs(Path(rows) if rows else None, changes)); write_plan({})"
)
STEPS = {
    "estimate": ("fit-estimate", "--draws", "150", "--tune", "250", "--chains", "2"),
    "assessment": ("assess-model", "--draws", "256", "--seed", "1"),
    "model": ("model-results", "--draws", "256", "--seed", "1"),
    "explorer": ("explorer-results", "--draws", "256"),
}


class Edition:
    """A build folder of its own: what is not made in it is that of the edition `before`."""

    def __init__(self, build: Path, before: Path, steps: tuple[str, ...], chapters: tuple[str, ...], rows: Path | None = None,
                 priors: Mapping = {}) -> None:
        self.build = build
        for made, kind in ((steps, "artifacts"), (chapters, "runs")):
            (build / kind).mkdir(parents=True)
            for folder in (before / kind).iterdir():
                if folder.is_dir() and folder.name not in made:
                    (build / kind / folder.name).symlink_to(folder)
        self.run("-c", WRITE_INPUTS, json.dumps([str(rows) if rows else None, priors]))
        for step in steps:
            self.run("-m", "analysis", *STEPS[step], "--data", str(build / "data"))
        for slug in chapters:
            self.run("-m", "analysis", "run-chapter", slug)

    def run(self, *command: str) -> None:
        environment = {**os.environ, "CHIP_BUILD_DIR": str(self.build)}
        subprocess.run([sys.executable, *command], check=True, cwd=paths.ROOT, env=environment, stdout=subprocess.DEVNULL)

    @cached_property
    def numbers(self) -> dict:
        return collect(notebooks(), set(load_table("sources")["source_id"]), self.build / "runs")

    def chart(self, slug: str, id: str) -> str:
        return (self.build / "runs" / slug / "figures" / f"{id}.csv").read_text(encoding="utf-8")

    @cached_property
    def explorer(self) -> dict:
        """What the explorer's page holds: the data element of the chapter as it ran."""
        cells = nbformat.read(self.build / "runs" / "explorer" / "chapter.ipynb", 4).cells
        html = "".join(output.get("data", {}).get("text/html", "") for cell in cells for output in cell.get("outputs", []))
        return json.loads(re.search(r'id="cs-explorer-data">(.*?)</script>', html, re.DOTALL)[1])

    def costs(self) -> dict[str, float]:
        """Median cost of each scenario that the explorer opens with."""
        return {p["name"]: p["results"]["prior"]["outputs"]["pv_lost_sales_usd_bn"][0] for p in self.explorer["presets"]}

    def explored(self, name: str) -> dict:
        return next(parameter for parameter in self.explorer["parameters"] if parameter["name"] == name)

    @cached_property
    def briefing(self) -> str:
        """The text of the briefing's Word document."""
        figures = self.build / "figures"
        figures.mkdir()
        pages = {}
        for file in self.build.glob("runs/*/figures/*"):
            (figures / file.name).symlink_to(file.resolve())
            pages[file.stem] = file.parent.parent.name
        write_briefing(self.build / "briefing", self.numbers, figures, pages, EDITION, ADDRESS, {})
        return READERS["docx"](self.build / "briefing" / "briefing.docx")


def quoted(slug: str) -> set[str]:
    """Numbers that the text of the chapter quotes."""
    cells = nbformat.read(paths.BOOK / f"{slug}.ipynb", 4).cells
    return {id for cell in cells if cell.cell_type == "markdown" for id in re.findall(r"\{num\}`([\w.]+)", cell.source)}


def overlay(folder: Path, table: str, row: Mapping[str, str]) -> Path:
    folder.mkdir()
    with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, row.keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerow(row)
    return folder


def rows_of(file: str) -> list[dict[str, str]]:
    with (paths.DATA / file).open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def before(site, written, tmp_path_factory) -> Edition:
    """The book as it is, its model and explorer with few draws."""
    base = tmp_path_factory.mktemp("base")
    (base / "artifacts").mkdir()
    for name in ("estimate", "estimate_checks", "explorer_agreement"):
        (base / "artifacts" / name).symlink_to(paths.ARTIFACTS / name)
    for name in ("assessment", "model"):
        (base / "artifacts" / name).symlink_to(written / name)
    (base / "runs").symlink_to(paths.RUNS)
    chapters = ("mechanism", "scenarios", "price-of-a-month", "explorer")
    return Edition(tmp_path_factory.mktemp("editions") / "before", base, ("explorer",), chapters)


def test_one_changed_prior_changes_sentences_charts_explorer_and_briefing(before, written, tmp_path):
    chapters = ("mechanism", "scenarios", "explorer")
    after = Edition(tmp_path / "after", before.build, ("assessment", "model", "explorer"), chapters, priors=PRIOR)

    old, new = load_model_results(written), load_model_results(after.build / "artifacts")
    assert not old["scenarios"].equals(new["scenarios"]) and not old["sobol"].equals(new["sobol"])
    assert old["replication"].equals(new["replication"])  # no study assumes anything about contagion

    assert before.numbers.keys() == after.numbers.keys()
    contagion = "model.mechanism.cost.contagion"
    assert contagion in quoted("mechanism")
    assert after.numbers[contagion].value < 0.5 * before.numbers[contagion].value  # the rest is felt outside China
    assert after.numbers[contagion].high < before.numbers[contagion].high
    # What a customer does that feels the rule itself has not changed, and neither has its number.
    sockets = "model.mechanism.sockets.listed_12"
    assert after.numbers[sockets].value == before.numbers[sockets].value
    for slug, chart in (("mechanism", "mechanism-sockets"), ("scenarios", "scenario-options")):
        assert after.chart(slug, chart) != before.chart(slug, chart)

    assert after.explored("contagion_unlisted")["prior"]["support"] == [0.0, 0.05]
    assert after.costs()["stalemate_24_open"] < before.costs()["stalemate_24_open"]
    assert after.explorer["waits"] == before.explorer["waits"]
    assert_the_briefing_follows(before, after, "model.scenario.stalemate_24_open.cost", "rules.undone_within_a_year.since_2025")


def test_one_changed_filing_changes_sentences_charts_explorer_and_briefing(before, tmp_path):
    known = next(row for row in rows_of("filings/company_filings.csv") if all(row[n] == FILING[n] for n in ("firm", "fiscal_year")))
    rows = overlay(tmp_path / "rows", "company_filings", {**known, **FILING})
    chapters = ("estimate", "index", "scenarios", "price-of-a-month", "explorer")
    after = Edition(tmp_path / "after", before.build, ("estimate", "assessment", "model", "explorer"), chapters, rows=rows)

    # Of a few draws, so only what is far larger than their error: the estimate itself is known to within about a tenth.
    bought, total, month = "huawei.estimate.bought.2018", "sales.chinese_firms.2018.total", "model.month.open.12"
    old, new = before.numbers, after.numbers
    assert {bought, total} <= quoted("estimate") and month in quoted("price-of-a-month")
    assert new[bought].value > 1.15 * old[bought].value and new[month].value > 1.05 * old[month].value
    assert new[total].high - new[total].low < 0.8 * (old[total].high - old[total].low)
    assert new["rules.actions.since_2025"] == old["rules.actions.since_2025"]
    for slug, chart in (("index", "summary-sales"), ("price-of-a-month", "month-cost"), ("scenarios", "scenario-options")):
        assert after.chart(slug, chart) != before.chart(slug, chart)

    customer = "listed_customer_sales_usd_bn"
    assert after.explored(customer)["value"] > 1.15 * before.explored(customer)["value"]
    fear, fear_before = (edition.explored("contagion_unlisted") for edition in (after, before))
    assert (fear["value"], fear["prior"]["support"]) == (fear_before["value"], fear_before["prior"]["support"])
    assert after.costs()["narrow_ban"] > 1.15 * before.costs()["narrow_ban"]
    assert_the_briefing_follows(before, after, month, "rules.undone_within_a_year.since_2025")


def test_one_new_policy_event_changes_sentences_charts_explorer_and_briefing(before, tmp_path):
    rule = next(row for row in rows_of("policy/policy_events.csv") if row["event_id"] == "P089")
    rows = overlay(tmp_path / "rows", "policy_events", {**rule, **EVENT, "event_id": "P999"})
    after = Edition(tmp_path / "after", before.build, ("assessment",), ("rules", "scenarios", "explorer"), rows=rows)
    for drawn in ("assessment/calibrated_draws.parquet", "estimate/joint.parquet"):   # all that its other steps read of it
        assert (after.build / "artifacts" / drawn).read_bytes() == (before.build / "artifacts" / drawn).read_bytes()

    actions, undone, cost = "rules.actions.since_2025", "rules.undone_within_a_year.since_2025", "model.counted.now"
    assert {actions, undone} <= quoted("rules") and cost in quoted("scenarios")
    assert after.numbers[actions].value == before.numbers[actions].value + 1
    days = {year: after.numbers[id].value - before.numbers[id].value for year in (2024, 2025, 2026)
            for id in (f"rules.limbo_days.core.{year}",)}
    assert days == {2024: 0, 2025: 356, 2026: 46}   # 10 January to the end of the year; to 15 February
    assert after.numbers[undone].value < before.numbers[undone].value
    # Nothing else on China was undecided before 5 February 2025; from then on a file more is no day more.
    counted = f"{cost}.days"
    assert after.numbers[counted].value == before.numbers[counted].value + 26
    assert after.numbers[cost].value > before.numbers[cost].value
    assert after.numbers["model.mechanism.sockets.listed_12"] == before.numbers["model.mechanism.sockets.listed_12"]
    assert after.chart("rules", "rules-limbo-days") != before.chart("rules", "rules-limbo-days")

    assert after.explorer["waits"]["files"] == before.explorer["waits"]["files"] + 1
    assert after.explorer["waits"]["median"] >= before.explorer["waits"]["median"]   # it waited longer than half of the others
    assert after.costs() == before.costs()   # its policies are set by the reader, not by dates
    assert_the_briefing_follows(before, after, undone, "model.scenario.narrow_ban.cost")


def assert_the_briefing_follows(before: Edition, after: Edition, changed: str, unchanged: str) -> None:
    """The briefing prints the interval of the changed number as it is now, and that of the other one as it was."""
    old, new = before.numbers[changed].interval, after.numbers[changed].interval
    assert old in before.briefing and new in after.briefing and new not in before.briefing
    assert before.numbers[unchanged].interval in before.briefing and before.numbers[unchanged].interval in after.briefing
