"""The table of faults says only what tests have shown, and its page shows it as text."""

from __future__ import annotations

import re
import subprocess
import sys

from analysis import paths
from analysis.publish.faults_page import GROUPS, load_faults, render_faults

ROW = {"group": "A row", "fault": "a formula", "answer": "shown as text", "says": "=1 <script>", "trials": "2", "test": "t"}


def test_every_line_of_the_table_has_a_test_that_holds_it_and_every_such_test_a_line():
    rows = load_faults()
    files = sorted({row["test"].partition("::")[0] for row in rows})
    listed = subprocess.run([sys.executable, "-m", "pytest", "--collect-only", "-q", "--faults=list", *files], cwd=paths.ROOT,
                            capture_output=True, text=True, timeout=120)
    tests = re.findall(r"^fault (.*)$", listed.stdout, flags=re.MULTILINE)
    assert sorted(row["test"] for row in rows) == sorted(tests)


def test_the_table_covers_every_kind_of_fault():
    assert {row["group"] for row in load_faults()} == set(GROUPS)


def test_equal_lines_of_several_tests_become_one_and_their_trials_add_up():
    page = render_faults([ROW, {**ROW, "test": "u", "trials": "3"}])
    assert page.count("<tr><th scope='row'>") == 1 and "<td>5</td>" in page


def test_what_a_message_says_is_shown_as_text():
    assert "<script>" not in render_faults([ROW]) and "&lt;script&gt;" in render_faults([ROW])
