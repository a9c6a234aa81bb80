"""Which edition this is: a name of one form, a day, a time that can be given, a hash that any change moves."""

from __future__ import annotations

import hashlib

import pytest

from analysis import paths
from analysis.registry import edition


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a version and nothing else, in place of the project's."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "2031.04"\n')
    return tmp_path


def test_the_edition_is_the_one_asked_for_or_the_projects_version(project):
    assert edition.edition_name() == "2031.04" and edition.edition_name("2027.12") == "2027.12"


@pytest.mark.parametrize("name", ["2027.13", "2027.00", "2027-12", "2027.1", "1999.12", "2027.12.1", "v2027.12"])
def test_a_name_that_is_no_month_is_refused_by_its_name(name):
    with pytest.raises(edition.EditionError, match=rf"edition '{name}' must read YYYY\.MM"):
        edition.edition_name(name)


def test_the_edition_goes_to_the_newest_day_on_which_a_source_was_read(tmp_path):
    (tmp_path / "sources.csv").write_text("source_id,accessed\na,2026-03-01\nb,2026-11-05\nc,2025-12-31\n", encoding="utf-8-sig")
    assert edition.edition_day(tmp_path) == "2026-11-05"


def test_the_time_of_a_build_can_be_given_and_is_in_utc(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86399")
    assert edition.built_at() == "1970-01-01T23:59:59Z"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert edition.built_at() > "2026"


def test_outside_a_checkout_and_without_git_the_commit_is_unknown(project, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    assert edition.commit() == "unknown"
    monkeypatch.setenv("PATH", str(project))
    assert edition.commit() == "unknown"


def test_in_a_checkout_the_commit_is_the_one_that_is_checked_out(project, monkeypatch):
    (project / "git").write_text("#!/bin/sh\n[ \"$*\" = 'rev-parse HEAD' ] && pwd\n")
    (project / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{project}:/usr/bin:/bin")
    assert edition.commit() == str(project)


def test_one_hash_stands_for_names_and_contents_in_the_order_of_names(tmp_path):
    for name, text in (("b", "two"), ("a", "one")):
        (tmp_path / name).write_text(text)
    contents = ((b"a", b"one"), (b"b", b"two"))
    expected = hashlib.sha256(b"".join(name + b"\0" + hashlib.sha256(text).digest() for name, text in contents))
    assert edition.sha256_of([tmp_path / "b", tmp_path / "a"], tmp_path) == expected.hexdigest()
