"""What a briefing says comes from the registry, the claims and the figures' own tables; what does not exist is refused."""

from __future__ import annotations

import pytest

from analysis.publish.briefing.content import BriefingError
from tests.publish.briefing.made_up import GIVEN, PICTURE, exhibits


def test_every_number_of_the_briefing_comes_from_the_registry(make) -> None:
    briefing = make()
    assert briefing.answer == "One month more costs US$0.85 billion (90% interval −0.20 to 2.40); its sign is open."
    assert briefing.findings[0] == "Files waited 1,944 days in 2020, longer than the 1,122 days before."
    assert [row.value for row in briefing.rows] == ["1,944 days", "US$36.2 billion", "US$24.5 billion", "US$0.85 billion", "0.50"]
    assert briefing.rows[2].interval == "20.1 to 29.9 (90%)" and briefing.rows[1].interval == "–"


def test_exhibits_carry_the_permanent_address_of_their_edition(make) -> None:
    assert make().exhibits[0].address == "book.example/editions/2026.11/rules.html#fig-days"


def test_an_editable_chart_takes_its_values_from_the_figure_s_own_table(make) -> None:
    days, lenses = (one.native for one in make().exhibits)
    cost = make(exhibits=[GIVEN["exhibits"][0], PICTURE]).exhibits[1].native
    assert days.categories[:2] == ("2016", "2017") and days.series["Days undecided"][4] == 1944.0
    assert list(lenses.series) == ["Shipped to China", "'=Sold to Chinese firms"] and lenses.series["Shipped to China"][0] == 18.6
    assert cost is None


@pytest.mark.parametrize("change, message", [
    ({"low": "Days undecided"}, "give low and high, or neither"),
    ({"low": "Year", "high": "Year", "series": ["Days undecided", "Year"]}, "an interval belongs to one series"),
    ({"low": "Days undecided", "high": "Upper"}, "has no column 'Upper'"),
])
def test_half_an_interval_is_refused(make, change, message) -> None:
    with pytest.raises(BriefingError, match=message):
        make(exhibits=exhibits(**change))


def test_a_slide_may_call_a_column_by_another_name(make) -> None:
    first = make(exhibits=exhibits(form="line", series={"Days undecided": "Days that files waited"})).exhibits[0].native
    assert list(first.series) == ["Days that files waited"] and first.series["Days that files waited"][4] == 1944.0


@pytest.mark.parametrize("changes, message", [
    ({"answer": "It costs {no.such.number}."}, "no number is registered as 'no.such.number'"),
    ({"claims": ["peak", "other"]}, "no claim 'other' in claims.yml"),
    ({"numbers": ["no.such"]}, "no number is registered as 'no.such'"),
    ({"numbers": ["cost.month|interval"]}, "cost.month|interval: in the table use bn or nothing after the bar"),
    ({"exhibits": GIVEN["exhibits"][:1]}, "1 exhibits; a page holds 2"),
    ({"rules": ["{no.such} holds."]}, "no number is registered as 'no.such'"),
    ({"rules": ["As known on {no.such|day}."]}, "no number is registered as 'no.such'"),
    ({"options": {"columns": ["Choice", "Cost"], "rows": [["Wait"]], "note": ""}}, "as many cells as there are columns"),
    ({"options": {"columns": ["Choice"]}}, "options has the fields columns, note, rows"),
    ({"numbers": [{"no.such": "A name"}]}, "no number is registered as 'no.such'"),
    ({"exhibits": [{"figure": "none", "takeaway": "t"}, *GIVEN["exhibits"][1:]]}, "there is no figure 'none'"),
    ({"exhibits": exhibits(form="pie")}, "form 'pie' is not one of"),
    ({"exhibits": exhibits(colours=["pink"])}, "no colour 'pink'"),
    ({"exhibits": exhibits(muted=["1999"])}, "no category '1999'"),
    ({"colour": "red"}, "unknown field colour"),
])
def test_a_briefing_that_names_what_does_not_exist_is_refused(make, changes, message) -> None:
    with pytest.raises(BriefingError) as caught:
        make(**changes)
    assert message in str(caught.value) and str(caught.value).startswith("briefing.yml: ")


def test_all_problems_of_a_briefing_are_reported_at_once(make) -> None:
    with pytest.raises(BriefingError) as caught:
        make(numbers=["no.one", "no.two"], claims=["other"])
    assert len(str(caught.value).splitlines()) == 3
