"""Both sides' arguments, each with the numbers of this book that bear on it.

The table `argument_tests` says which registered number bears on which argument, how (*for*, *against*, *size*: gives the size
of what is argued, *neither*: nothing in the book decides it), and why. Bearing is a judgement; the numbers are not. An argument
may have numbers on both sides, and most have none.
"""

from __future__ import annotations

import html

import pandas as pd

from analysis.registry.numbers import Number

BEARINGS = {"for": "Speaks for it", "against": "Speaks against it", "size": "Gives the size", "neither": "Decides nothing"}
SIDES = {
    "restrict": "Control more",
    "caution": "Control less, or with care",
    "diagnosis": "What is wrong with the process",
    "offshoring": "Controls push business and research abroad",
    "evidence": "Evidence offered in the debate",
}

PARTS_READ = {"full": "", "abstract": ", read in an abstract or a report of it", "title": ", title alone read"}


class ArgumentError(ValueError):
    """The table of tests does not fit the arguments or the registry; the message has one problem a line."""


def check_argument_tests(tests: pd.DataFrame, arguments: pd.DataFrame, known_ids: set[str] | dict) -> list[str]:
    """What does not fit: unknown arguments, arguments without a row, unknown numbers, bearings without a number."""
    problems = [f"{c}: no such argument" for c in sorted(set(tests["claim_id"]) - set(arguments["claim_id"]))]
    problems += [f"{c}: has no row in argument_tests" for c in arguments["claim_id"] if c not in set(tests["claim_id"])]
    for row in tests.itertuples():
        if row.number_id and row.number_id not in known_ids:
            problems.append(f"{row.claim_id}: number {row.number_id!r} is not in the registry")
        if not row.number_id and row.bearing != "neither":
            problems.append(f"{row.claim_id}: bearing {row.bearing!r} without a number")
        if row.bearing not in BEARINGS:
            problems.append(f"{row.claim_id}: bearing {row.bearing!r} is not one of {', '.join(BEARINGS)}")
    return problems


def side_of(side: str) -> str:
    """The chapter's section of an argument's `side`: 'restrict (middle)' → 'restrict', 'evidence_cost' → 'evidence'."""
    word = side.split(" ")[0].split("_")
    return {"counter": "offshoring"}.get(word[0], word[0])


def tested_share(tests: pd.DataFrame) -> tuple[int, int]:
    """Arguments with at least one number for or against, and all arguments."""
    decided = tests[tests["bearing"].isin(["for", "against"])]["claim_id"].nunique()
    return decided, tests["claim_id"].nunique()


def arguments_html(arguments: pd.DataFrame, tests: pd.DataFrame, numbers: dict[str, Number], side: str) -> str:
    """The arguments of one section as a description list: who, when, what; then what bears on it, each number a link.

    Raises ArgumentError when `check_argument_tests` finds a problem.
    """
    problems = check_argument_tests(tests, arguments, numbers)
    if problems:
        raise ArgumentError("\n".join(problems))
    chosen = arguments[arguments["side"].map(side_of) == side]
    parts = [_argument(row, tests[tests["claim_id"] == row.claim_id], numbers) for row in chosen.itertuples()]
    return f'<dl class="cs-arguments">{"".join(parts)}</dl>'


def _argument(row, tests: pd.DataFrame, numbers: dict[str, Number]) -> str:
    quantity = f" <em>In figures: {html.escape(row.quantity)}.</em>" if row.quantity else ""
    caveat = f'<p class="cs-caveat">Caveat: {html.escape(row.caveat)}.</p>' if row.caveat else ""
    bears = "".join(f"<li>{_bearing(t, numbers)}</li>" for t in tests.itertuples())
    return (
        f'<dt id="{row.claim_id.lower()}">{html.escape(row.claim_summary)}</dt>'
        f'<dd><p>{html.escape(row.speaker_org)}, <a href="{html.escape(row.url, quote=True)}">{_said_on(row)}</a> '
        f"(grade {row.grade}{PARTS_READ[row.read]}).{quantity}</p>"
        f"<ul>{bears}</ul>{caveat}</dd>"
    )


def _said_on(row) -> str:
    """The day, month or year of a statement, and that it is not exact."""
    return ("about " if row.date_precision in ("about", "inferred") else "") + html.escape(row.stated_on)


def _bearing(test, numbers: dict[str, Number]) -> str:
    explanation = html.escape(test.explanation)
    if not test.number_id:
        return f"<strong>Not tested here.</strong> {explanation}"
    n = numbers[test.number_id]
    link = (
        f'<a class="cs-num cs-num-{n.cls}" href="numbers.html#{n.anchor}" title="{html.escape(n.label, quote=True)}">'
        f"{html.escape(n.text_with_interval)}</a>"
    )
    return f"{html.escape(n.label)}: {link}. <strong>{BEARINGS[test.bearing]}.</strong> {explanation}"
