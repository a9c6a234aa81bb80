"""Titles and alternative texts of the model's charts are computed: other numbers give other words."""

import pandas as pd

from analysis.model import figures
from analysis.model.figures import PART_NAMES


def results(open_sockets, open_contagion, access=-0.5):
    """Two months of an invented price, by part."""
    rows = []
    ban = (0.0, 0.1, 0.1), (3.0, 2.0, 1.0)
    for resolution, (sockets, contagion) in (("open", (open_sockets, open_contagion)), ("narrow_ban", ban)):
        for month in range(3):
            parts = {**dict.fromkeys(PART_NAMES, 0.0), "sockets": sockets[month], "contagion": contagion[month],
                     "access": access if resolution == "narrow_ban" else 0.0}
            parts["total"] = sum(parts.values())
            rows += [{"resolution": resolution, "version": "prior", "month": month, "part": part, "mean": value, "median": value}
                     for part, value in parts.items()]
    return {"month_cost": pd.DataFrame(rows)}


def test_the_title_of_the_parts_names_the_largest_at_first_and_at_the_end():
    turned = results((0.5, 2.0, 0.2), (0.1, 1.0, 1.0))
    one = results((0, 0, 0), (1, 1, 1))
    assert figures.parts_title(turned, "open", "prior").endswith(", sockets lost costs most at first and contagion later")
    assert figures.parts_title(one, "open", "prior") == "Before a permission, contagion costs most in every month"


def test_a_later_ban_is_said_to_save_sales_only_where_it_does():
    assert "saves sales to the target" in figures.parts_title(results((0, 0, 0), (1, 1, 1)), "narrow_ban", "prior")
    assert "saves" not in figures.parts_title(results((0, 0, 0), (1, 1, 1), access=0.2), "narrow_ban", "prior")


def test_the_alternative_text_says_where_the_price_begins_peaks_and_ends():
    words = figures.month_words(results((0.5, 2.0, 0.2), (0.1, 1.0, 1.0)), "prior")
    assert "Ending in permission: 0.6 in month 0, most in month 1 at 3.0, 1.2 in month 2." in words
    assert "Ending in a ban: 2.5 in month 0, most in month 0 at 2.5, 0.6 in month 2." in words
    parts = figures.parts_words(results((0.5, 2.0, 0.2), (0.1, 1.0, 1.0)), "open", "prior")
    assert "Sockets lost: 0.5 in month 0, 0.2 in month 2, furthest from zero in month 1" in parts


def test_the_words_of_a_course_give_each_customer_its_own_medians_in_the_months_asked_for():
    course = pd.DataFrame([("limbo", group, "Stock", month, value) for group, month, value in
                           (("a", 1, 10.4), ("a", 12, 41.6), ("b", 1, 2.0), ("b", 12, 3.0))],
                          columns=["scenario", "group", "quantity", "month", "median"])
    course = pd.concat([course, course.assign(scenario="ban", median=99.0), course.assign(quantity="Orders", median=88.0)])
    medians = figures.course_medians({"course": course}, "Stock", "limbo")
    words = figures.course_words(medians, {"a": "Listed", "b": "Others"}, (12, 1))
    assert words == "Listed 42 in month 12, 10 in month 1; Others 3 in month 12, 2 in month 1"


def test_the_words_of_the_years_give_the_least_and_the_highest_of_each_policy():
    yearly = pd.DataFrame([("limbo", 1, 1.0), ("limbo", 3, 7.0), ("limbo", 5, 2.0), ("ban", 1, 4.0), ("ban", 3, 3.0)],
                          columns=["scenario", "year", "median"]).assign(quantity="loss")
    yearly = pd.concat([yearly, yearly.assign(quantity="jobs", median=-yearly["median"])])
    assert figures.yearly_words({"yearly": yearly}, "loss", {"limbo": "Limbo", "ban": "a ban"}) == (
        "Limbo costs US$1.0 to 7.0 billion a year, a ban US$3.0 to 4.0 billion")
