"""A headline sentence is published only while the numbers bear it out."""

from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.registry.claims import (
    Claim,
    ClaimError,
    check_claims,
    check_sentences,
    condition_in_words,
    evaluate,
    load_claims,
    margin_text,
    missing_sentences,
    render_claims,
    sentence,
)
from tests.publish.conftest import number

PEAK = Claim("waiting-peaked", "Waiting peaked in 2020", "rules",
             "Files waited {rules.limbo_days.2020} in 2020, against {rules.limbo_days.2019} before.",
             "{rules.limbo_days.2020} > {rules.limbo_days.2019}", "It dates the stalemate.")


def claim(holds: str, text: str = "A sentence.", **more) -> Claim:
    return Claim("c", "A title", "rules", text, holds, "Because.", **more)


def test_a_true_claim_reports_its_margin_in_the_unit_compared(numbers) -> None:
    result, = check_claims(numbers, [PEAK])
    assert result.margin == 822
    assert result.share == pytest.approx(822 / 1944)
    assert margin_text(result) == "822 days (42% of the larger side)"


def test_a_false_claim_names_sentence_page_and_values(numbers) -> None:
    numbers["rules.limbo_days.2020"] = number("rules.limbo_days.2020", 700.0)
    with pytest.raises(ClaimError) as caught:
        check_claims(numbers, [PEAK])
    message = str(caught.value)
    assert "'waiting-peaked'" in message and "Page: 'rules'" in message
    assert "Files waited 700 days in 2020, against 1,122 days before." in message
    assert "rules.limbo_days.2020 = 700" in message and "rules.limbo_days.2019 = 1,122" in message
    assert "misses by 422 days" in message


def test_every_false_claim_is_reported_at_once(numbers) -> None:
    with pytest.raises(ClaimError) as caught:
        check_claims(numbers, [claim("{cost.month} > 1"), PEAK, claim("{sales.china.2022} < 1")])
    assert str(caught.value).count("is false with these data") == 2


def test_the_margin_is_that_of_the_tightest_comparison(numbers) -> None:
    result = evaluate(claim("{cost.month|low} < 0 and {sales.china.2022} > {sales.chinese_firms.2022|high}"), numbers)
    assert result.holds and result.margin == pytest.approx(6.3)
    assert result.values == {"cost.month|low": -0.2, "sales.china.2022": 36.2, "sales.chinese_firms.2022|high": 29.9}


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_comparison_holds_exactly_when_python_says_so(left: float, right: float) -> None:
    registry = {"a.x": number("a.x", left), "a.y": number("a.y", right)}
    assert evaluate(claim("{a.x} > {a.y}"), registry).holds == (left > right)
    assert evaluate(claim("{a.x} <= {a.y}"), registry).holds == (left <= right)
    assert evaluate(claim("{a.x} > {a.y}"), registry).margin == left - right


def test_a_condition_is_plain_arithmetic_of_its_numbers(numbers) -> None:
    for condition, margin in (("-{cost.month} < 0", 0.85), ("2 * {cost.month} - 0.5 > 1", 0.2),
                              ("({cost.month} + 0.15) / 4 > 0", 0.25)):
        assert evaluate(claim(condition), numbers).margin == pytest.approx(margin)


@pytest.mark.parametrize(("margin", "in_days", "without_unit"), [
    (1500.0, "1,500 days", "1,500"), (100.4, "100 days", "100"), (99.44, "99 days", "99.4"), (1.264, "1.3 days", "1.26"),
    (0.0, "0 days", "0"),
])
def test_a_margin_is_printed_in_two_digits_with_a_unit_and_three_without_or_whole(margin, in_days, without_unit) -> None:
    result = evaluate(claim("{a.x} > 0"), {"a.x": number("a.x", margin)})
    assert margin_text(result).startswith(in_days + " (")
    assert margin_text(dataclasses.replace(result, unit="")).startswith(without_unit + " (")


def test_the_tolerance_allows_a_shortfall_and_no_more(numbers) -> None:
    assert evaluate(claim("{cost.month} > 0.9", tolerance=0.06), numbers).holds
    assert not evaluate(claim("{cost.month} > 0.9", tolerance=0.04), numbers).holds


def test_a_chain_of_comparisons_needs_each_of_its_links(numbers) -> None:
    assert evaluate(claim("0 < {cost.month} < 1"), numbers).holds
    assert not evaluate(claim("0.9 < {cost.month} < 1"), numbers).holds


@pytest.mark.parametrize("condition", [
    "__import__('os').system('true') or {cost.month} > 0", "{cost.month}.__class__ > 0", "{cost.month} ** 9 > 0", "{cost.month}",
    "[{cost.month}] > 0", "open({cost.month}) > 0", "{cost.month} == 0.85", "{cost.month} > 0 or 1 > 0",
    "1 > 0", "not {cost.month} > 0",
    "(lambda: {cost.month})() > 0", "{cost.month} > True", "{cost.month} > 'a'", "{cost.month} > 0)", "{cost.month} / 0 > 1",
    "{cost.month} * 1e308 * 1e308 > 0", "{cost.weight|mean} > 0", "{sales.china.2022|low} > 0", "{no.such.number} > 0",
])
def test_nothing_but_comparisons_of_registered_numbers_is_evaluated(numbers, condition: str) -> None:
    with pytest.raises(ClaimError):
        check_claims(numbers, [claim(condition)])


def test_the_sentence_prints_its_numbers_as_the_text_does(numbers) -> None:
    assert sentence(claim("{cost.month} > 0", "A month costs {cost.month|interval}."), numbers) \
        == "A month costs US$0.85 billion (90% interval −0.20 to 2.40)."


def test_terms_links_and_emphasis_of_a_sentence_lose_their_marks(numbers) -> None:
    text = ("{cost.weight} of {term}`actions <reversal>` were *undone*, see [the rules](rules.ipynb) and `data/`; "
            "{term}`limbo` is **long**.")
    assert sentence(claim("{cost.month} > 0", text), numbers) \
        == "0.50 of actions were undone, see the rules and data/; limbo is long."


def test_a_claim_must_stand_on_its_page_word_for_word() -> None:
    text = "Files waited {num}`rules.limbo_days.2020` in\n2020, against {num}`rules.limbo_days.2019` before."
    assert missing_sentences([PEAK], {"rules": f"# Rules\n\n{text}\n"}) == []
    assert "does not stand on page 'rules'" in missing_sentences([PEAK], {"rules": text.replace("waited", "lay")})[0]
    assert missing_sentences([PEAK], {})


def test_the_page_lists_each_claim_with_role_condition_and_margin(numbers) -> None:
    page = render_claims(check_claims(numbers, [PEAK]), numbers)
    assert "(claim-waiting-peaked)=\n## Waiting peaked in 2020\n" in page
    assert "{num}`rules.limbo_days.2020`" in page
    assert PEAK.holds not in page and "822 days" in page
    first, second = (f"*{numbers[f'rules.limbo_days.{year}'].label}* ({{num}}`rules.limbo_days.{year}`)" for year in (2020, 2019))
    assert f"- **It holds while** {first} is more than {second}.\n" in page


def test_a_condition_is_told_in_words_with_labels_for_ids(numbers) -> None:
    days = numbers["rules.limbo_days.2020"]
    told = condition_in_words(
        "2 * {rules.limbo_days.2020} - min({rules.limbo_days.2020}, 5) <= 7 and {rules.limbo_days.2020} < 1", numbers)
    name = f"*{days.label}* ({{num}}`rules.limbo_days.2020`)"
    assert told == [f"2 times {name} less the least of ({name}, 5) is at most 7", f"{name} is less than 1"]


def test_every_claim_of_the_book_has_a_title_in_words() -> None:
    """Made from its id, a heading said 'sales to chinese firms' and 'Nvidia s change'."""
    titles = [claim.title for claim in load_claims()]
    assert len(set(titles)) == len(titles)
    slips = re.compile(r"\b(chinese|nvidia|Nvidia|huawei|us|bcg|october) | s |[_{}]|-$")
    assert [title for title in titles if slips.search(f"{title} ") or not title[0].isupper()] == []


def test_an_incomplete_claims_file_is_refused_with_every_problem(tmp_path) -> None:
    file = tmp_path / "claims.yml"
    file.write_text("- id: a\n  page: rules\n- id: b\n  title: b\n  page: p\n  text: t\n  holds: h\n  matters: m\n"
                    "  colour: red\n- three\n")
    with pytest.raises(ClaimError) as caught:
        load_claims(file)
    assert "a: missing field 'title'" in str(caught.value) and "b: unknown field 'colour'" in str(caught.value)
    assert "entry 3: expected the fields id, title" in str(caught.value)


def test_a_good_claims_file_loads(tmp_path) -> None:
    file = tmp_path / "claims.yml"
    file.write_text("- {id: a, title: A, page: rules, text: t, holds: '{a.b} > 1', matters: m, tolerance: 0.5}\n")
    assert load_claims(file) == [Claim("a", "A", "rules", "t", "{a.b} > 1", "m", 0.5)]


def test_two_dollar_signs_in_a_condition_make_no_formula(numbers) -> None:
    """Between two of them Markdown sees mathematics, and the words came out letter by letter."""
    dollars = dataclasses.replace(numbers["rules.limbo_days.2020"], unit="USD bn", cls="estimated", low=1.0, high=2000.0, level=90)
    told, = condition_in_words("{rules.limbo_days.2020|low} < {rules.limbo_days.2020|high}", {dollars.id: dollars})
    assert told.count("$") == told.count("\\$") == 2


def test_the_conditions_of_a_claim_are_joined_in_words(numbers) -> None:
    both = claim("{sales.china.2022} > 1 and {cost.month} < 9")
    first, second = condition_in_words(both.holds, numbers)
    assert f"- **It holds while** {first}; and {second}.\n" in render_claims(check_claims(numbers, [both]), numbers)


def test_a_form_that_a_sentence_cannot_take_is_quoted_whole(numbers) -> None:
    with pytest.raises(ClaimError, match=re.escape("{cost.month|middle} in the sentence: use ")):
        evaluate(claim("{cost.month} > 0", "It costs {cost.month|middle}."), numbers)


def test_the_sentences_of_a_book_are_those_of_its_own_claims(tmp_path) -> None:
    (tmp_path / "claims.yml").write_text("- {id: a, title: A, page: rules, text: All wait., holds: '{a.b} > 1', matters: m}\n")
    (tmp_path / "rules.md").write_text("# Rules\n\nAll\nwait. And more.\n")
    check_sentences(tmp_path)
    (tmp_path / "rules.md").write_text("# Rules\n\nNobody waits.\n")
    with pytest.raises(ClaimError, match=r"^claim 'a': its sentence does not stand on page 'rules': 'All wait.'$"):
        check_sentences(tmp_path)
