"""Whatever goes wrong, the last good site stays whole, the message names the step, and the next run recovers by itself."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.slow
KILLS = 30


@pytest.fixture(scope="module", autouse=True)
def as_it_was(project):
    """After these tests the project is as others expect it: built, with nothing left to do."""
    yield
    project.multiply(1)
    project.steps()


def _line(result: subprocess.CompletedProcess, part: str) -> str:
    """The line of the output that holds `part`, as the person reads it."""
    return next(line.strip() for line in (result.stderr + result.stdout).splitlines() if part in line)


def waited_until(true) -> None:
    """Return once `true()` holds; fail when it does not within a minute."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "waited for a minute"
        time.sleep(0.05)


def is_locked(file: Path) -> bool:
    """Whether another process holds the lock on the file."""
    with file.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_build_killed_at_any_moment_leaves_the_last_good_site_and_the_next_build_recovers(project, tmp_path, survived):
    """SIGKILL to the whole build at random moments. Each trial would publish other numbers on every page: after each kill
    the site must be all of the build before or all of this one, and after all a build must finish."""
    chance = random.Random(20190516)
    started = time.monotonic()
    project.multiply(2)
    project.steps()
    whole_build_s = time.monotonic() - started
    base = project.rows() // 2
    environment = {**project.environment, "TMPDIR": str(tmp_path)}
    killed, trials, published = 0, 2, 2
    while killed < KILLS:
        trials += 1
        assert trials <= 4 * KILLS, "the build was faster than the kills; shorten the waits"
        project.multiply(trials)
        process = subprocess.Popen(project.command, cwd=project.root, env=environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(chance.uniform(0.1, whole_build_s))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
        assert project.torn() == [], f"after kill {killed}"
        assert list(tmp_path.iterdir()) == [], "nothing is left in the machine's temporary folder"
        assert project.rows() in (published * base, trials * base)
        published = project.rows() // base
    result = project.build()
    assert result.returncode == 0, result.stderr
    assert project.torn() == [] and project.rows() == trials * base
    assert project.steps() == []
    assert [left.name for left in (project.root / "_build/runs").glob(".*")] == [] == [*(project.root / "_build/tmp").iterdir()]
    survived("A build", "killed (SIGKILL) at a random moment",
             "every page, number and download is of one build, the last good one or the new one; the next build ends well",
             trials=KILLS)


def test_steps_of_a_killed_driver_do_not_go_on_by_themselves(project, survived):
    project.multiply(500)
    process = subprocess.Popen(project.command, cwd=project.root, env=project.environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(3.0)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    waited_until(lambda: subprocess.run(["pgrep", "-f", str(project.root / "Snakefile")], capture_output=True).stdout == b"")
    survived("A build", "its driver alone is killed", "the steps it started end with it")


def test_a_raising_notebook_is_named_and_leaves_the_site(project, survived):
    source = project.root / "book/demand.ipynb"
    before_text, before_site = source.read_bytes(), project.site()
    notebook = nbformat.read(source, 4)
    notebook.cells[3].source = "raise ValueError('planted')"
    nbformat.write(notebook, source)
    result = project.build()
    source.write_bytes(before_text)
    assert result.returncode == 1
    assert "chapter 'demand' failed" in result.stderr and "planted" in result.stderr
    assert "unchanged" in result.stderr
    assert project.site() == before_site
    survived("A build", "a notebook raises an error", "the site is unchanged; chapter, cell and error are named",
             _line(result, "failed in"))


def test_a_chapter_that_reads_tables_from_elsewhere_is_refused(project, tmp_path, survived):
    """Whatever way it takes: the receipt names the tables of the build, so nothing else may be read."""
    shutil.copy(project.root / "data/industry/oem_demand.csv", tmp_path)
    source, before = project.root / "book/demand.ipynb", project.site()
    text = source.read_bytes()
    notebook = nbformat.read(source, 4)
    notebook.cells[3].source = notebook.cells[3].source.replace("data_dir)", f'"{tmp_path}")', 1)
    nbformat.write(notebook, source)
    result = project.build()
    source.write_bytes(text)
    assert result.returncode == 1 and project.site() == before
    assert f"chapter 'demand' read oem_demand in {tmp_path}, but the tables of this build" in result.stderr
    survived("A build", "a chapter reads a table from another folder than the build's",
             "the site is unchanged; chapter, table and folder are named",
             _line(result, "read oem_demand").replace(str(tmp_path), "FOLDER").partition(", which")[0])


def test_an_unknown_number_in_the_text_stops_the_site_and_names_page_and_nearest_id(project, survived):
    """A text page names one, a chapter's text another: one build says both."""
    chapter = project.root / "book/demand.ipynb"
    kept = chapter.read_text()
    chapter.write_text(kept.replace("{num}`demand.rows`", "{num}`demand.row`"))
    page, before = project.root / "book/text.md", project.site()
    text = page.read_text()
    page.write_text(text + "\nAnd {num}`index.rowz`.\n")
    result = project.build()
    page.write_text(text)
    chapter.write_text(kept)
    assert result.returncode == 1
    assert "unknown number 'demand.row'; nearest: demand.rows" in result.stdout + result.stderr
    assert "text.md" in result.stderr and "index.rowz" in result.stderr and "index.rows" in result.stderr
    assert project.site() == before
    survived("A build", "a text prints a number that no chapter records",
             "the site is unchanged; page and nearest number are named",
             _line(result, "unknown number 'index.rowz'").partition("text.md:")[2].partition(": ")[2])


def test_a_claim_that_no_longer_holds_stops_the_site_and_names_the_sentence(project, survived):
    project.multiply(1)
    claims, before = project.root / "book/claims.yml", project.site()
    text = claims.read_text()
    claims.write_text(text.replace("> 10", "> 100000"))
    result = project.build()
    claims.write_text(text)
    said = result.stdout + result.stderr
    assert result.returncode == 1 and "claim 'there-are-rows' is false with these data. Page: 'text'." in said
    assert "A sentence, and " in said and "values: index.rows = " in said and "it misses by" in said
    assert project.site() == before
    survived("A build", "new data make a sentence untrue", "the site is unchanged; the sentence is named",
             _line(result, "there-are-rows"))


def test_bad_data_stop_the_build_before_anything_is_written(project, tmp_path, survived):
    project.steps()
    before = project.site()
    header = (project.root / "data/industry/oem_demand.csv").read_text().splitlines()[0]
    (tmp_path / "oem_demand.csv").write_text(header + "\n" + "x," * header.count(",") + "\n")
    result = project.build("--data", str(tmp_path))
    assert result.returncode == 1 and "oem_demand.csv:2:" in result.stderr
    assert project.site() == before
    assert project.steps() == []
    survived("A build", "an overlay with bad rows", "stopped before any step; the site is unchanged",
             _line(result, "oem_demand.csv:2:").removeprefix(f"{tmp_path}/"))


def test_two_builds_at_once_wait_for_each_other(project, survived):
    project.multiply(600)
    first = subprocess.Popen(project.command, cwd=project.root, env=project.environment, stdout=subprocess.PIPE, text=True)
    waited_until(lambda: is_locked(project.root / "_build" / ".lock"))
    second = project.build()
    first.communicate(timeout=1200)
    assert first.returncode == 0 and second.returncode == 0
    assert "waiting for it to finish" in second.stdout and "Nothing changed" in second.stdout
    assert project.torn() == []
    survived("A build", "a second build at the same time", "waits, then finds nothing left to do", _line(second, "waiting"))


@pytest.mark.mount
def test_a_full_disk_is_survived(project, mounted, survived):
    """The build folder on a small file system that fills up: the message says so, the last good site stays."""
    mount = mounted("size=200m")
    environment = {**project.environment, "CHIP_BUILD_DIR": str(mount / "_build")}

    def build():
        return subprocess.run(project.command, cwd=project.root, env=environment, capture_output=True, text=True, timeout=1200)

    good = build()
    assert good.returncode == 0, good.stderr
    page = (mount / "_build/html/index.html").read_bytes()
    filler = mount / "filler"
    with filler.open("wb") as file, contextlib.suppress(OSError):
        while True:
            file.write(b"0" * 65536)
    project.multiply(700)
    failed = build()
    assert failed.returncode == 1
    assert "No space left" in failed.stderr or "disk" in failed.stderr.lower()
    assert (mount / "_build/html/index.html").read_bytes() == page
    filler.unlink()
    assert build().returncode == 0
    survived("A build", "the disk is full (a small file system, which only root can mount)",
             "the last good site stays; with room again the next build ends well")


@pytest.mark.mount
def test_a_read_only_output_folder_is_reported(project, mounted, survived):
    """Also as root, for whom file modes mean nothing: a read-only mount."""
    mount = mounted("ro,size=1m")
    environment = {**project.environment, "CHIP_BUILD_DIR": str(mount / "_build")}
    result = subprocess.run(project.command, cwd=project.root, env=environment, capture_output=True, text=True, timeout=600)
    assert result.returncode == 1
    assert "Read-only file system" in result.stderr and str(mount) in result.stderr
    assert "Traceback" not in result.stderr
    survived("A build", "the output folder is read-only (a file system, which only root can mount)",
             "said in a sentence with the folder's name", _line(result, "Read-only").replace(f"{mount}/", ""))
