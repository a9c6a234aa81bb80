"""What killed runs leave is removed, or named where it cannot be; nothing is put into the machine's temporary folder."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

from analysis import cli, leftovers
from analysis.leftovers import LeftoverError, remove, temporary_folder


def refuses(path, **_unused):
    raise PermissionError(13, "Permission denied", str(path))


def test_files_folders_and_links_go_and_what_is_not_there_is_no_fault(tmp_path):
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "file").write_text("x")
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for name in ("folder", "file", "link", "nothing"):
        remove(tmp_path / name)
    assert [entry.name for entry in tmp_path.iterdir()] == ["target"], "a link goes, what it leads to stays"


def test_what_cannot_be_removed_is_named_with_the_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "rmtree", refuses)
    (tmp_path / "left").mkdir()
    with pytest.raises(LeftoverError, match=r"/left was left by an earlier run and cannot be removed \(Permission denied\)"):
        remove(tmp_path / "left")


def test_a_command_says_so_in_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "rmtree", refuses)
    (tmp_path / "left").mkdir()
    arguments = cli.parser().parse_args(["check-data"])
    arguments.run = lambda _arguments: remove(tmp_path / "left")
    monkeypatch.setattr(cli, "parser", lambda: type("Parser", (), {"parse_args": staticmethod(lambda argv: arguments)}))
    assert cli.main(["check-data"]) == 1
    assert "check-data: " in (said := capsys.readouterr().err) and f"{tmp_path}/left" in said and "Traceback" not in said


def test_the_temporary_folder_is_in_the_build_folder_and_what_a_killed_build_left_there_goes(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", "/nowhere")
    (tmp_path / "tmp" / "old").mkdir(parents=True)
    with temporary_folder(tmp_path / "tmp") as folder:
        assert [entry.name for entry in (tmp_path / "tmp").iterdir()] == [folder.name]
        assert tempfile.gettempdir() == str(folder) == os.environ["TMPDIR"]
    assert list((tmp_path / "tmp").iterdir()) == [] and os.environ["TMPDIR"] == "/nowhere"


def test_a_leftover_that_cannot_be_removed_is_named_and_the_build_goes_on(tmp_path, monkeypatch, capsys):
    (tmp_path / "old").mkdir()
    monkeypatch.setattr(leftovers.shutil, "rmtree", lambda path, **options: options or refuses(path))
    with temporary_folder(tmp_path) as folder:
        assert folder.is_dir()
    assert f"{tmp_path}/old was left by an earlier run and cannot be removed" in capsys.readouterr().err
