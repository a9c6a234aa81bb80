"""The page *Change it*: each list is short, its files exist, and a change of those files alone is enough."""

from __future__ import annotations

import csv
import importlib
import re
import shutil
from copy import deepcopy as copy_of
from pathlib import Path

import pytest
import yaml

from analysis import paths
from analysis.data import check
from analysis.registry import claims

PAGE = (paths.BOOK / "change.md").read_text(encoding="utf-8")
LISTS = {heading: re.findall(r"^- `([^`]+)`", body, re.MULTILINE)
         for heading, body in re.findall(r"^## (.+)\n([^#]+)", PAGE, re.MULTILINE)}


@pytest.fixture
def copy(tmp_path):
    """Copies the files of one list of the page, and what else is named, with their folders; returns where they are."""
    def make(heading: str, *more: str) -> list[Path]:
        for name in (*more, *LISTS[heading]):
            source, target = paths.ROOT / name, tmp_path / name
            if source.is_dir():
                shutil.copytree(source, target)
            elif not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
        return [tmp_path / name for name in LISTS[heading]]
    return make


def add_row(file: Path, like: dict[str, str], **cells: str) -> dict[str, str]:
    """Append a row like the first that has the values `like`, with other `cells`; returns the one it is like."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    row = next(row for row in rows if like.items() <= row.items())
    with file.open("a", encoding="utf-8", newline="") as stream:
        csv.DictWriter(stream, row, lineterminator="\n").writerow(row | cells)
    return row


def test_the_page_has_ten_changes_of_at_most_three_files_that_exist() -> None:
    assert len(LISTS) == 10
    for heading, files in LISTS.items():
        assert 1 <= len(files) <= 3, heading
        assert [name for name in files if not (paths.ROOT / name).is_file()] == [], heading


def test_a_row_of_a_firms_year_and_an_event_pass_the_check_with_the_files_of_their_lists_alone(copy, tmp_path) -> None:
    filings, sources, _ = copy("A row of a firm's year", "data")
    events = tmp_path / LISTS["An event of policy"][0]
    like = add_row(filings, {"firm": "NVIDIA", "fiscal_year": "FY2018"}, fiscal_year="FY2017", year="2017",
                   fiscal_year_end="2017-01-29", source_id="a-new-document")
    add_row(sources, {"source_id": like["source_id"]}, source_id="a-new-document")
    with events.open(encoding="utf-8", newline="") as stream:
        newest = max(row["date"] for row in csv.DictReader(stream))
    add_row(events, {"limbo_id": "", "channel": "export", "date_precision": "day"}, event_id="P999", date=newest,
            source_id="a-new-document")
    assert [str(problem) for problem in check(tmp_path / "data")] == []


def test_a_scenario_and_a_changed_parameter_reach_page_and_explorer_from_their_file_alone(copy, tmp_path) -> None:
    from analysis.explorer.settings import explorable
    from analysis.model.parameter_page import render_parameters
    from analysis.model.run import load_model

    (scenarios, *_), (parameters, *_) = copy("A scenario", "data"), copy("A parameter of the model")
    content = yaml.safe_load(scenarios.read_text(encoding="utf-8"))
    content["scenarios"]["made_up"] = {**copy_of(content["scenarios"]["narrow_ban"]), "label": "A made-up ban"}
    scenarios.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    changed = yaml.safe_load(parameters.read_text(encoding="utf-8"))
    changed["parameters"]["contagion_unlisted"]["value"] = 0.123
    parameters.write_text(yaml.safe_dump(changed, sort_keys=False, allow_unicode=True), encoding="utf-8")
    flat = tmp_path / "flat"
    flat.mkdir()
    for file in (tmp_path / "data").rglob("*.*"):
        if file.is_file():
            shutil.copy(file, flat)
    model = load_model(flat)
    assert "made_up" in {scenario.name for scenario in explorable(model)}
    assert model.parameters["contagion_unlisted"].value == 0.123
    page = render_parameters(flat)
    assert "A made-up ban" in page and "| `contagion_unlisted` | 0.123 |" in page


def test_a_claim_needs_its_sentence_in_the_chapter_and_nothing_else(copy) -> None:
    file, chapter = copy("A claim")
    text = "A sentence of a test, with {sales.customs.us_8542_cn.2022} in it."
    file.write_text(file.read_text(encoding="utf-8") + "\n- id: made-up\n  title: Made up\n  page: sales\n"
                    f"  text: \"{text}\"\n  holds: \"{{sales.customs.us_8542_cn.2022}} > 0\"\n  matters: The test needs a claim.\n",
                    encoding="utf-8")
    made_up = [claim for claim in claims.load_claims(file) if claim.id == "made-up"]
    written = claims._page_text(chapter)
    assert len(claims.missing_sentences(made_up, {"sales": written})) == 1
    assert claims.missing_sentences(made_up, {"sales": written + " " + text.replace("{", "{num}`").replace("2022}", "2022`")}) == []


def test_the_accent_stands_in_the_files_of_its_list_and_nowhere_else() -> None:
    from analysis.charts import theme

    accent = theme.BY_NAME["accent"]
    holding = {str(file.relative_to(paths.ROOT)) for folder in (paths.ROOT / "analysis", paths.SCRIPTS)
               for file in folder.rglob("*") if file.suffix in {".py", ".css", ".js", ".typ"}
               and accent.light in file.read_text(encoding="utf-8").lower()}
    assert holding == set(LISTS["The accent colour"])
    for name in LISTS["The accent colour"][1:]:
        assert f"light-dark({accent.light}, {accent.dark})" in (paths.ROOT / name).read_text(encoding="utf-8")


def test_every_client_is_listed_and_explained_in_the_files_of_its_list() -> None:
    from analysis.sources.commands import PROVIDERS, REFRESH_EPILOG

    explained = (paths.ROOT / LISTS["A client of a source"][2]).read_text(encoding="utf-8")
    for name in PROVIDERS:
        module = importlib.import_module(f"analysis.sources.{name}")
        assert module.PROVIDER.name == name and callable(module.plan) and callable(module.fetch)
        assert f"  {name}" in REFRESH_EPILOG and f"refresh {name}" in explained


def test_the_formats_of_the_briefing_are_named_in_the_files_of_their_list_and_nowhere_else() -> None:
    from analysis.publish.briefing import FILES

    links = (paths.ROOT / LISTS["A format of the briefing"][2]).read_text(encoding="utf-8")
    assert all(f'href="briefing/{name}"' in links for name in FILES)
    naming = [str(file.relative_to(paths.ROOT)) for file in (paths.ROOT / "analysis").rglob("*.py")
              if "briefing.docx" in file.read_text(encoding="utf-8")]
    assert naming == [LISTS["A format of the briefing"][1]]


def test_every_form_of_chart_that_a_list_begins_from_has_an_example() -> None:
    form, examples, _ = LISTS["A form of chart"]
    assert f"from analysis.charts.{Path(form).stem} import" in (paths.ROOT / examples).read_text(encoding="utf-8")
