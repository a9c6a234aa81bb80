"""What a refresh writes: values, units, sources, and rows that pass the project's own checks."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

from analysis import paths
from analysis.data import check, load_table, resolve
from analysis.sources import comtrade
from analysis.sources.errors import SourceError
from analysis.sources.span import Span
from analysis.sources.trade_rows import export_row, missing_months, usd_m, whole_years

from .conftest import CONTACT, SET_UP, Refresh, Replay, Reply, fixture


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_census_months_are_the_answers_dollars_in_millions(refresh: Refresh, replay: Replay) -> None:
    SET_UP["census"](replay)
    assert refresh("census").code == 0
    answer = [
        dict(zip(("code", "partner", "usd", "_", "_c", "_p", "month"), row, strict=True))
        for name in ("census_exports_hs_2023.json", "census_exports_hs_2024.json")
        for row in json.loads(fixture(name))[1:]
    ]
    partner = {"5700": "CN", "5820": "HK"}
    expected = {(f"US_X_{a['code']}_{partner[a['partner']]}", a["month"]): round(int(a["usd"]) / 1e6, 3) for a in answer}
    written = rows(refresh.out / "us_exports.csv")
    monthly = {(r["series_id"], r["period"]): float(r["value"]) for r in written if r["freq"] == "M"}
    assert monthly == expected and len(expected) == 108
    annual = {(r["series_id"], r["period"]): float(r["value"]) for r in written if r["freq"] == "A"}
    assert set(annual) == {(series, "2023") for series, _ in expected}, "2024 has six months only, so it has no annual row"
    for (series, _), value in annual.items():
        assert value == pytest.approx(sum(v for (s, month), v in expected.items() if s == series and month[:4] == "2023"), abs=0.01)
    assert {(r["grade"], r["evidence"]) for r in written if r["freq"] == "M"} == {("A", "seen")}
    assert {r["evidence"] for r in written if r["freq"] == "A"} == {"derived"}
    assert all(r["retrieved_url"].startswith(replay.url) and "key=" not in r["retrieved_url"] for r in written)


def test_census_asks_one_page_a_year_and_says_who_asks(refresh: Refresh, replay: Replay) -> None:
    SET_UP["census"](replay)
    refresh("census")
    assert [asked.query["time"] for asked in replay.asked] == [["from 2023-01 to 2023-12"], ["from 2024-01 to 2024-12"]]
    assert {asked.headers["User-Agent"] for asked in replay.asked} == {f"The Chip Stalemate {CONTACT}"}


def test_months_without_a_value_are_named_and_not_taken_as_zero(refresh: Refresh, replay: Replay) -> None:
    SET_UP["census"](replay)
    table = [
        row for row in json.loads(fixture("census_exports_hs_2023.json")) if (row[0], row[1], row[6]) != ("8486", "5820", "2023-05")
    ]
    replay.on(r"2023-01", json.dumps(table).encode())
    run = refresh("census")
    assert "HS 8486 to Hong Kong has no value for 2023-05" in run.stderr
    written = rows(refresh.out / "us_exports.csv")
    assert not [r for r in written if r["series_id"] == "US_X_8486_HK" and r["period"] in ("2023-05", "2023")]


def test_comtrade_records_become_annual_rows_of_two_tables(refresh: Refresh, replay: Replay) -> None:
    SET_UP["comtrade"](replay)
    assert refresh("comtrade").code == 0
    exports, imports = rows(refresh.out / "us_exports.csv"), rows(refresh.out / "china_imports.csv")
    assert {r["series_id"] for r in exports} == {"US_X_8542_W", "US_X_8542_CN", "US_X_8542_HK"}
    assert {r["series_id"] for r in imports} == {
        "CN_M_8542_W",
        "MIRROR_X_8542_CN_DEU",
        "MIRROR_X_8542_CN_HKG",
        "MIRROR_X_8542_CN_KOR",
        "MIRROR_X_8542_CN_JPN",
    }
    first = json.loads(fixture("comtrade_us_exports.json"))["data"][0]
    assert next(r for r in exports if r["series_id"] == "US_X_8542_W" and r["period"] == "2023")["value"] == usd_m(
        Decimal(str(first["primaryValue"]))
    )
    assert all("Ocp-Apim-Subscription-Key" in asked.headers for asked in replay.asked)


def test_comtrade_asks_for_at_most_twelve_years_at_once() -> None:
    blocks = [dict(request.params)["period"].split(",") for request in comtrade.plan(Span("2000-01", "2025-12"))]
    assert [len(block) for block in blocks] == [12, 12, 2] * 3 and blocks[0][0] == "2000" and blocks[2][-1] == "2025"


def test_comtrade_needs_a_whole_year(refresh: Refresh) -> None:
    run = refresh("comtrade", "--from", "2024-02", "--to", "2024-12")
    assert run.code == 1 and "holds no whole year" in run.stderr


def test_fred_leaves_out_missing_values_and_keeps_the_unit(refresh: Refresh, replay: Replay) -> None:
    SET_UP["fred"](replay)
    assert refresh("fred").code == 0
    written = rows(refresh.out / "uncertainty_monthly.csv")
    given = {
        o["date"][:7]: o["value"]
        for o in json.loads(fixture("fred_observations_IPG3344S.json"))["observations"]
        if o["value"] != "."
    }
    assert {r["month"]: r["value"] for r in written if r["series_id"] == "IND_IPG3344S"} == given and "2026-10" not in given
    assert {r["unit"] for r in written if r["series_id"] == "IND_IPG3344S"} == {"index 2017=100"}


@pytest.mark.parametrize("provider", SET_UP)
def test_an_overlay_passes_the_checks_and_enters_the_tables(
    provider: str, refresh: Refresh, replay: Replay, tmp_path: Path
) -> None:
    SET_UP[provider](replay)
    run = refresh(provider)
    assert run.code == 0 and "make book DATA=" in run.stdout
    assert check(None, refresh.out) == []
    resolve(None, refresh.out, tmp_path / "complete")
    for file in refresh.out.glob("*.csv"):
        if file.stem == "corrections":
            continue
        loaded = load_table(file.stem, tmp_path / "complete")
        assert {r["source_id"] for r in rows(file)} <= set(loaded["source_id"])


def test_two_providers_share_a_folder_and_rows_already_there_stay(refresh: Refresh, replay: Replay) -> None:
    SET_UP["census"](replay)
    SET_UP["comtrade"](replay)
    refresh("census")
    before = rows(refresh.out / "us_exports.csv")
    assert refresh("comtrade").code == 0
    after = {(r["series_id"], r["period"]): r for r in rows(refresh.out / "us_exports.csv")}
    kept = [r for r in before if r["series_id"] == "US_X_8542_HK" and r["freq"] == "M"]
    assert kept and all(after[r["series_id"], r["period"]] == r for r in kept)
    assert after["US_X_8542_HK", "2023"]["source_id"].startswith("un-comtrade"), "the row with the same key is replaced"
    assert len(rows(refresh.out / "sources.csv")) == 4


def test_rows_that_fail_the_checks_leave_the_folder_as_it_was(checked_refresh: Refresh, replay: Replay) -> None:
    refresh = checked_refresh
    SET_UP["fred"](replay)
    refresh("fred")
    before = refresh.everything_written()
    slipped = json.loads(fixture("fred_observations_IPG3344S.json"))
    for observation in slipped["observations"][:2]:
        observation["value"] = str(float(observation["value"]) * 100_000)
    replay.on("observations.*IPG", json.dumps(slipped).encode())
    run = refresh("fred")
    assert run.code == 1 and "do not pass the checks" in run.stderr and "expected the same unit" in run.stderr
    assert f"{refresh.out}/uncertainty_monthly.csv:2:value" in run.stderr
    pages = refresh.folder / "pages"
    assert pages.is_dir()
    for page in pages.iterdir():
        page.unlink()
    pages.rmdir()
    assert refresh.everything_written() == before


def test_an_overlay_that_cannot_be_read_is_named(refresh: Refresh, replay: Replay) -> None:
    SET_UP["fred"](replay)
    refresh.out.mkdir()
    (refresh.out / "sources.csv").write_text("nonsense\n1\n")
    run = refresh("fred")
    assert (
        run.code == 1 and f"{refresh.out} holds tables that cannot be read" in run.stderr and "this column is missing" in run.stderr
    )
    assert (refresh.out / "sources.csv").read_text() == "nonsense\n1\n"


@pytest.mark.parametrize("provider", SET_UP)
def test_every_row_says_where_it_is_from_and_how_it_was_got(provider: str, refresh: Refresh, replay: Replay) -> None:
    SET_UP[provider](replay)
    assert refresh(provider).code == 0
    tables = {file.stem: rows(file) for file in refresh.out.glob("*.csv")}
    sources = {row["source_id"]: row for row in tables.pop("sources")}
    written = [row for name, own in tables.items() if name != "corrections" for row in own]
    assert written and {row["source_id"] for row in written} <= set(sources)
    for row in written:
        assert row["retrieved_url"].startswith(replay.url) and "key" not in row["retrieved_url"].casefold()
        assert row["grade"] == "A" and row["evidence"] in ("seen", "derived")


def test_a_refresh_leaves_the_tables_of_the_book_as_they_are(refresh: Refresh, replay: Replay) -> None:
    before = {file: file.read_bytes() for file in paths.DATA.rglob("*") if file.is_file()}
    for provider in SET_UP:
        SET_UP[provider](replay)
        assert refresh(provider).code == 0
    assert {file: file.read_bytes() for file in paths.DATA.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("place", ["data", "data/trade", "data/new", "book", ".", "..", "~", "/", "link to data"])
def test_a_folder_of_the_project_or_one_that_holds_more_is_no_place_for_rows(
    place: str, refresh: Refresh, replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survived
) -> None:
    """`--out data` put a copy of the tables with the new rows in the place of `data/`."""
    monkeypatch.chdir(paths.ROOT)
    (tmp_path / "link").symlink_to(paths.DATA)
    run = refresh("census", "--out", str(tmp_path / "link") if place == "link to data" else place)
    assert run.code == 1 and replay.asked == [] and "Name a folder of its own with --out." in run.stderr
    survived("A refresh", f"is told to write into {place}", "refused before anything is asked",
             "Name a folder of its own with --out.")


@pytest.mark.parametrize("provider", SET_UP)
def test_a_dry_run_shows_the_requests_and_makes_none(
    provider: str, refresh: Refresh, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CENSUS_API_KEY", "COMTRADE_API_KEY", "FRED_API_KEY", "CHIP_CONTACT"):
        monkeypatch.delenv(name)
    run = refresh(provider, "--dry-run")
    assert run.code == 0 and replay.asked == [] and refresh.leftovers() == []
    lines = run.stdout.splitlines()
    assert all(line.startswith(f"GET {replay.url}/") for line in lines[:-1]) and "Dry run: none was made" in lines[-1]
    monkeypatch.undo()


def test_a_dry_run_shows_the_addresses_that_are_then_asked(refresh: Refresh, replay: Replay) -> None:
    SET_UP["census"](replay)
    planned = refresh("census", "--dry-run").stdout.splitlines()[:-1]
    refresh("census")
    assert len(planned) == len(replay.asked)
    assert all(asked.path in line and "key" not in line for line, asked in zip(planned, replay.asked, strict=True))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (("--from", "2024-13"), "'2024-13' is not a month"),
        (("--from", "2024"), "'2024' is not a month"),
        (("--from", "2024-05", "--to", "2024-04"), "is before --from"),
        (("--firm", "NVIDIA"), "--firm is for edgar"),
    ],
)
def test_wrong_options_are_explained(more: tuple[str, ...], expected: str, refresh: Refresh, replay: Replay) -> None:
    run = refresh("census", *more)
    assert run.code == 1 and expected in run.stderr and replay.asked == []


def test_requests_keep_their_distance(refresh: Refresh, replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    from analysis.sources import session

    SET_UP["census"](replay)
    monkeypatch.setattr(session, "MANNERS", session.Manners(pause_s=0.3))
    refresh("census")
    assert replay.asked[1].at - replay.asked[0].at >= 0.3


def test_retry_after_is_honoured(refresh: Refresh, replay: Replay) -> None:
    SET_UP["census"](replay)
    replay.faults = [Reply(b"", 429, {"Retry-After": "1"})]
    assert refresh("census").code == 0
    assert replay.asked[1].at - replay.asked[0].at >= 1.0


def test_dollars_become_millions_to_the_thousand() -> None:
    assert [usd_m(v) for v in (9_418_092_345, 1_000_000, 499, 0)] == ["9418.092", "1", "0", "0"]
    assert export_row("8542", "HK", "2024-03", 250_000_000)["series_id"] == "US_X_8542_HK"


def test_a_year_is_summed_only_when_it_is_whole() -> None:
    months = {("8542", "CN", f"2023-{m:02d}"): Decimal(m) for m in range(1, 13)} | {("8542", "HK", "2023-01"): Decimal(5)}
    assert whole_years(months) == {("8542", "CN", "2023"): Decimal(78)}
    assert missing_months({("8542", "CN", "2023-11"): Decimal(1), ("8542", "CN", "2024-02"): Decimal(1)}) == {
        ("8542", "CN"): ["2023-12", "2024-01"]
    }


def test_a_span_knows_its_months() -> None:
    span = Span("2023-11", "2025-02")
    assert len(span.months) == 16 and span.years == [2023, 2024, 2025] and span.whole_year(2024) and not span.whole_year(2023)
    assert span.in_year(2025) == Span("2025-01", "2025-02") and "2024-06" in span and "2025-03" not in span
    with pytest.raises(SourceError):
        Span("2025-01", "2024-12")
