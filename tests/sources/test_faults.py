"""Every fault of a provider: a message that says what to do, no half-written overlay, and the next run goes on."""

from __future__ import annotations

import logging
from urllib.parse import quote

import pytest

from analysis.sources.answers import retry_after_s

from .conftest import KEY, KEYED, SET_UP, Refresh, Replay, Reply, fixture

ALL = tuple(SET_UP)
STUBBORN = {
    "403": (Reply(b"Forbidden", 403), ["refused the request (HTTP 403: Forbidden)"]),
    "429": (Reply(b"slow down", 429, {"Retry-After": "0"}), ["3 attempts", "HTTP 429: slow down", "run the same command again"]),
    "429, hours": (Reply(b"", 429, {"Retry-After": "7200"}), ["asks to wait 7,200 seconds", "run the same command again"]),
    "500": (Reply(b"<html>oops</html>", 500), ["3 attempts", "HTTP 500", "run the same command again"]),
    "time-out": (Reply(b"[]", delay_s=0.5), ["no answer within 0.25 seconds", "run the same command again"]),
    "broken off": (Reply(b'{"data": [1, 2', cut=5), ["the answer broke off", "run the same command again"]),
    "truncated": (Reply(b'{"data": [1, 2'), ["the answer is incomplete", "run the same command again"]),
    "web page": (Reply(b"<html><body>Maintenance</body></html>"), ["the answer is incomplete"]),
    "redirect": (Reply(b"", 301, {"Location": "https://example.org/elsewhere"}), ["has moved", "--base-url"]),
    "404": (Reply(b"no such thing", 404), ["HTTP 404: no such thing", "Check --from and --to"]),
    "other shape": (Reply(b'{"surprise": true}'), ["in another form than documented", "Nothing was written".lower()]),
}


@pytest.mark.parametrize("fault", STUBBORN)
@pytest.mark.parametrize("provider", ALL)
def test_a_stubborn_fault_ends_with_a_message_and_without_an_overlay(
    provider: str, fault: str, refresh: Refresh, replay: Replay, impatient, survived
) -> None:
    reply, expected = STUBBORN[fault]
    if fault == "time-out":
        impatient(read_s=0.25)
    replay.on(".*", reply)
    run = refresh(provider)
    assert run.code == 1
    assert [text for text in expected if text not in run.stderr] == []
    assert run.stderr.strip().splitlines()[-1].startswith(f"refresh {provider}: ") or fault == "other shape"
    assert refresh.leftovers() == []
    survived("An official interface", f"answers with a fault that stays: {fault}", "said with what to do; no overlay is written",
             expected[0])


@pytest.mark.parametrize(
    ("provider", "fault"),
    [("census", "429"), ("census", "time-out"), ("comtrade", "500"), ("fred", "truncated"), ("edgar", "broken off")],
)
def test_a_passing_fault_is_overcome(provider: str, fault: str, refresh: Refresh, replay: Replay, impatient, survived) -> None:
    SET_UP[provider](replay)
    replay.faults = [STUBBORN[fault][0]]
    if fault == "time-out":   # long enough for the answers that follow
        impatient(read_s=1.5)
        replay.faults = [Reply(b"[]", delay_s=2.5)]
    run = refresh(provider)
    assert run.code == 0, run.stderr
    assert "asking again in" in run.stderr
    assert (refresh.out / "sources.csv").is_file()
    assert refresh.leftovers() == ["rows"] and not (refresh.folder / "pages").exists()
    survived("An official interface", f"answers with a fault that passes: {fault}", "asked again later; the refresh ends well")


@pytest.mark.parametrize("provider", ALL)
def test_an_interrupted_refresh_goes_on_where_it_stopped(provider: str, refresh: Refresh, replay: Replay, survived) -> None:
    SET_UP[provider](replay)
    whole = refresh(provider)
    requests, first_overlay = len(replay.asked), refresh.everything_written()
    assert whole.code == 0 and requests >= 2
    for file in refresh.out.iterdir():
        file.unlink()
    refresh.out.rmdir()
    replay.asked.clear()
    replay.faults = [*[None] * (requests - 1), *[Reply(b"", 503)] * 3]
    stopped = refresh(provider)
    assert stopped.code == 1 and f"{requests - 1} finished pages are kept" in stopped.stderr
    assert refresh.leftovers() == []
    replay.asked.clear()
    resumed = refresh(provider)
    assert resumed.code == 0 and len(replay.asked) == 1
    assert resumed.stderr.count("kept from an earlier run") == requests - 1
    assert refresh.everything_written() == first_overlay
    survived("An official interface", "fails near the end of a refresh", "pages that arrived are kept; the same command goes on")


@pytest.mark.parametrize(
    ("reply", "read_s", "said"),
    [
        (Reply(b" " * 60_000, trickle_s=0.1), 10, "gave no whole answer within 0.5 seconds"),
        (Reply(b" " * 60_000, silence_s=1.0), 0.25, "the answer broke off: nothing more came for 0.25 seconds"),
        (Reply(b"", delay_s=1.0), 0.25, "no answer within 0.25 seconds"),
    ],
    ids=["trickles", "falls silent", "does not come"],
)
def test_what_a_slow_answer_did_is_said(
    reply: Reply, read_s: float, said: str, refresh: Refresh, replay: Replay, impatient
) -> None:
    impatient(attempts=1, read_s=read_s, whole_s=0.5)
    replay.on(".*", reply)
    run = refresh("census")
    assert run.code == 1 and said in run.stderr and refresh.leftovers() == []


@pytest.mark.parametrize(("value", "seconds"), [("7", 7), (" 7 ", 7), ("²", 0), ("٣", 0), ("soon", 0), ("", 0), ("-1", 0)])
def test_a_wait_that_is_no_number_is_no_wait(value: str, seconds: float) -> None:
    assert retry_after_s(value) == seconds


@pytest.mark.parametrize("provider", KEYED)
def test_a_key_that_cannot_be_sent_is_said_without_showing_it(
    provider: str, refresh: Refresh, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{provider.upper()}_API_KEY", "sEcReT–0123456789")  # a dash that a word processor made of two
    run = refresh(provider)
    assert run.code == 1 and f"{provider.upper()}_API_KEY holds characters that no key has" in run.stderr
    assert "sEcReT" not in run.stderr + run.stdout and replay.asked == []


@pytest.mark.parametrize("form", [KEY, KEY.replace("/", r"\/"), quote(KEY, safe="")])
def test_a_good_answer_that_repeats_the_key_is_kept_without_it(form: str, refresh: Refresh, replay: Replay) -> None:
    SET_UP["fred"](replay)
    body = fixture("fred_series_IPG3344S.json")
    replay.on(r"/fred/series\?series_id=IPG3344S", body.replace(b"{", f'{{"asked": "{form}", '.encode(), 1))
    replay.on(r"observations", Reply(b"", 503))   # stops the refresh, so that its pages stay
    assert refresh("fred").code == 1
    written = refresh.everything_written()
    assert "[key]" in written and "sEcReT" not in written


@pytest.mark.parametrize("answer", [Reply(status=204), Reply(b'[["E_COMMODITY","CTY_CODE","ALL_VAL_MO","COMM_LVL","time"]]')])
def test_census_without_rows_is_said(answer: Reply, refresh: Refresh, replay: Replay) -> None:
    replay.on(".*", answer)
    run = refresh("census")
    assert run.code == 1 and "has no rows for 2023-01 to 2024-12" in run.stderr and "choose earlier months" in run.stderr
    assert refresh.leftovers() == []


def test_comtrade_without_records_is_said(refresh: Refresh, replay: Replay) -> None:
    replay.on(".*", b'{"elapsedTime":"0.01 secs","count":0,"data":[],"error":""}')
    run = refresh("comtrade")
    assert run.code == 1 and "has no records for 2023-01 to 2024-12" in run.stderr
    assert refresh.leftovers() == []


def test_fred_with_missing_values_only_is_said(refresh: Refresh, replay: Replay) -> None:
    SET_UP["fred"](replay)
    replay.on("observations", b'{"count":1,"observations":[{"date":"2026-10-01","value":"."}]}')
    run = refresh("fred")
    assert run.code == 1 and "FRED has no values of IPG3344S" in run.stderr
    assert refresh.leftovers() == []


def test_edgar_without_annual_reports_is_said(refresh: Refresh, replay: Replay) -> None:
    SET_UP["edgar"](replay)
    run = refresh("edgar", "--from", "2030-01", "--to", "2030-12")
    assert run.code == 1 and "No annual report with a usable split for 2030-01 to 2030-12" in run.stderr
    assert refresh.leftovers() == []


SCHEMA_CHANGES = {
    "census, column renamed": (
        "census",
        fixture("census_exports_hs_2023.json").replace(b"ALL_VAL_MO", b"VALUE"),
        "column ALL_VAL_MO is missing",
    ),
    "census, words for values": (
        "census",
        b'[["E_COMMODITY","CTY_CODE","ALL_VAL_MO","time"],["8542","5700","(D)","2023-01"]]',
        "'2023-01' has '(D)', expected a month and US dollars",
    ),
    "census, another country": (
        "census",
        fixture("census_exports_hs_2023.json").replace(b'"5700"', b'"5830"'),
        "which was not asked for",
    ),
    "comtrade, field renamed": (
        "comtrade",
        fixture("comtrade_us_exports.json").replace(b'"primaryValue"', b'"tradeValue"'),
        "field primaryValue is missing",
    ),
    "comtrade, broken down": (
        "comtrade",
        fixture("comtrade_us_exports.json").replace(b'"motCode": 0', b'"motCode": 1000'),
        "expected their totals",
    ),
    "comtrade, by procedure": (
        "comtrade",
        fixture("comtrade_us_exports.json").replace(b'"customsCode": "C00"', b'"customsCode": "C05"'),
        "expected their totals",
    ),
    "comtrade, by second partner": (
        "comtrade",
        fixture("comtrade_us_exports.json").replace(b'"partner2Code": 0', b'"partner2Code": 344'),
        "expected their totals",
    ),
    "comtrade, its own error": ("comtrade", b'{"count":0,"data":[],"error":"invalid period"}', "invalid period"),
    "comtrade, records missing": (
        "comtrade",
        fixture("comtrade_us_exports.json").replace(b'"count": 6', b'"count": 7'),
        "6 of 7 records",
    ),
    "fred, another base year": (
        "fred",
        fixture("fred_series_IPG3344S.json").replace(b"2017=100", b"2022=100"),
        "tables hold base 2017",
    ),
    "fred, another frequency": ("fred", fixture("fred_series_IPG3344S.json").replace(b'"M"', b'"Q"'), "expected monthly"),
    "edgar, no list": ("edgar", fixture("edgar_submissions.json").replace(b'"reportDate"', b'"periodOfReport"'), "lacks one of"),
}


@pytest.mark.parametrize("change", SCHEMA_CHANGES)
def test_a_changed_form_is_named_and_nothing_is_written(change: str, refresh: Refresh, replay: Replay, survived) -> None:
    provider, body, expected = SCHEMA_CHANGES[change]
    replay.on(".*", body)
    run = refresh(provider)
    assert run.code == 1 and expected in run.stderr
    assert refresh.leftovers() == []
    assert not list((refresh.folder / "pages").glob("*.page")), "an answer that was not understood must be asked for again"
    survived("An official interface", f"changes its form: {change}", "refused with what is missing or new", expected)


KEY_REFUSALS = {
    "401": Reply(b'{ "statusCode": 401, "message": "Access denied due to invalid subscription key." }', 401),
    "redirect to a page about keys": Reply(b"", 302, {"Location": "https://api.census.gov/data/invalid_key.html"}),
    "400 about the key": Reply(
        b'{"error_code":400,"error_message":"Bad Request.  The value for variable api_key is not registered."}', 400
    ),
    "web page about keys": Reply(
        b"<html><head><title>Invalid Key</title></head><body>A valid <em>key</em> is needed</body></html>"
    ),
}


@pytest.mark.parametrize("refusal", KEY_REFUSALS)
@pytest.mark.parametrize("provider", KEYED)
def test_a_refused_key_is_named_by_its_variable(provider: str, refusal: str, refresh: Refresh, replay: Replay) -> None:
    replay.on(".*", KEY_REFUSALS[refusal])
    run = refresh(provider)
    assert run.code == 1 and f"refuses the key in {provider.upper()}_API_KEY" in run.stderr and "a new key: https://" in run.stderr
    assert len(replay.asked) == 1, "a refused key is not sent again"


@pytest.mark.parametrize("provider", KEYED)
def test_a_missing_key_is_said_before_any_request(
    provider: str, refresh: Refresh, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(f"{provider.upper()}_API_KEY")
    run = refresh(provider)
    assert run.code == 1 and f"{provider.upper()}_API_KEY is not set" in run.stderr and "Get a key at https://" in run.stderr
    assert replay.asked == []


@pytest.mark.parametrize("contact", ["", "just a name"])
def test_the_sec_is_not_asked_without_a_contact(
    contact: str, refresh: Refresh, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIP_CONTACT", contact)
    run = refresh("edgar")
    assert run.code == 1 and "CHIP_CONTACT holds no e-mail address" in run.stderr and "export CHIP_CONTACT=" in run.stderr
    assert replay.asked == []


def test_a_403_of_the_sec_points_to_the_contact(refresh: Refresh, replay: Replay) -> None:
    replay.on(".*", Reply(b"<html>Undeclared Automated Tool</html>", 403))
    assert "check that CHIP_CONTACT holds your name and a real address" in refresh("edgar").stderr


@pytest.mark.parametrize(
    ("provider", "fault"), [(p, f) for p in KEYED for f in (*STUBBORN, "none", "echo") if p == "census" or f in ("none", "echo")]
)
def test_the_key_appears_nowhere(
    provider: str, fault: str, refresh: Refresh, replay: Replay, caplog: pytest.LogCaptureFixture, impatient
) -> None:
    """Not in what is printed, logged (even at the transport's debug level), kept or written; it does reach the provider."""
    caplog.set_level(logging.DEBUG)
    SET_UP[provider](replay)
    if fault == "echo":  # a provider that repeats the whole request in its error
        replay.on(".*", lambda asked: Reply(f"bad request {asked.url} {asked.headers} {KEY}".encode(), 418))
    elif fault != "none":
        replay.on(".*", STUBBORN[fault][0])
    if fault == "time-out":
        impatient(read_s=0.25)
    run = refresh(provider)
    assert run.code == (0 if fault == "none" else 1)
    sent = replay.asked[0]
    assert KEY in [*sent.query.get("key", []), *sent.query.get("api_key", []), sent.headers.get("Ocp-Apim-Subscription-Key", "")]
    seen = "\n".join([run.stdout, run.stderr, caplog.text, refresh.everything_written()])
    assert "sEcReT" not in seen and "0123456789" not in seen
    if (
        provider != "comtrade" and fault != "time-out"
    ):  # the transport logs addresses once it has an answer: the filter must have worked
        assert "[key]" in caplog.text


def test_a_key_is_not_sent_over_a_readable_connection(refresh: Refresh, replay: Replay) -> None:
    run = refresh("census", "--base-url", "http://example.org")
    assert run.code == 1 and "is not an https address" in run.stderr
