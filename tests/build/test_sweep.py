"""A grid of parameters runs through the same graph: here side by side, on a cluster through Slurm."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

GRID = "chapter: demand\ngrid:\n  factor: [1, 2, 3, 4]\n"


def sweep(project, folder: Path, *options: str, grid: str = GRID, **environment: str) -> subprocess.CompletedProcess:
    (folder / "factors.yml").write_text(grid)
    return subprocess.run(
        [sys.executable, "-m", "analysis", "sweep", str(folder / "factors.yml"), "--out", str(folder / "out"), *options],
        cwd=project.root, env={**project.environment, **environment}, capture_output=True, text=True, timeout=1200)


def table(folder: Path) -> list[dict]:
    with (folder / "out" / "table.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_grid_gives_a_row_a_run_and_a_page_that_compares_them(project, tmp_path):
    result = sweep(project, tmp_path)
    assert result.returncode == 0, result.stderr
    rows = table(tmp_path)
    base = float(rows[0]["value"])
    assert [(row["factor"], float(row["value"])) for row in rows] == [(str(k), base * k) for k in (1, 2, 3, 4)]
    page = (tmp_path / "out" / "comparison.html").read_text()
    assert "1 of 1 numbers differ between the 4 runs" in page and "factor = 3" in page


def test_finished_runs_are_not_repeated_when_the_grid_grows(project, tmp_path):
    sweep(project, tmp_path)
    result = sweep(project, tmp_path, grid=GRID.replace("4]", "4, 5]"))
    assert result.returncode == 0 and len(re.findall(r"run r\w+ of sweep", result.stdout)) == 1


def test_a_dry_run_runs_nothing(project, tmp_path):
    result = sweep(project, tmp_path, "--dry-run")
    assert "4 runs of chapter 'demand'; nothing was run" in result.stdout and not (tmp_path / "out").exists()


@pytest.mark.parametrize("executor", ["slurm", "local"])
def test_a_dry_run_with_an_executor_lists_its_jobs_and_starts_none(project, tmp_path, executor):
    """The same check that a person makes before handing a sweep to a cluster; it needs no cluster."""
    result = sweep(project, tmp_path, "--dry-run", "--snakemake", f"--executor {executor} --jobs 4",
                   grid=GRID.replace("1, 2, 3, 4", "11, 12, 13"))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "3 runs of chapter 'demand'; nothing was run" in result.stdout and "3 sweep_run" in result.stdout
    assert not (tmp_path / "out").exists() and "of sweep factors" not in result.stdout


@pytest.mark.parametrize("options", [("--dry-run",), ("--dry-run", "--snakemake", "--jobs 4"), ("--snakemake=-n --jobs 2",)])
def test_a_dry_run_changes_nothing_at_all(project, tmp_path, options):
    """Not the tables either, which a build with rows of its own left: a check that is planted there must still be found."""
    marked = project.root / "_build" / "data" / "oem_demand.csv"
    kept = marked.read_bytes()
    marked.write_bytes(kept + b"planted\n")

    def everything():
        return {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in sorted(project.root.rglob("*"))
                if file.is_file() and "__pycache__" not in file.parts}

    before = everything()
    result = sweep(project, tmp_path, *options)
    after = everything()
    marked.write_bytes(kept)
    assert result.returncode == 0 and "nothing was run" in result.stdout, result.stdout + result.stderr
    assert [str(file) for file in {*before, *after} if before.get(file) != after.get(file)] == []
    assert not (tmp_path / "out").exists()


def test_the_parts_of_a_grid_are_together_the_grid_and_their_tables_too(project, tmp_path):
    """What an array of machines without common storage does: each its part, then the tables one below the other."""
    rows = []
    for part in (1, 2):
        (folder := tmp_path / str(part)).mkdir()
        result = sweep(project, folder, "--part", f"{part}/2")
        assert result.returncode == 0 and "2 runs of 'demand'" in result.stdout, result.stderr
        rows += table(folder)
    (whole := tmp_path / "whole").mkdir()
    assert sweep(project, whole).returncode == 0
    assert sorted(rows, key=lambda row: row["factor"]) == table(whole)


def test_options_that_snakemake_does_not_know_are_refused_by_the_dry_run(project, tmp_path):
    result = sweep(project, tmp_path, "--dry-run", "--snakemake", "--executor abacus --jobs 4")
    assert result.returncode == 1 and "abacus" in result.stderr and not (tmp_path / "out").exists()


ONE_BY_ONE = """
import contextlib, io, json, sys
from analysis.cli import main
for arguments in json.load(sys.stdin):
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        code = main(arguments)
    print(json.dumps([code, said.getvalue()]))
"""
REFUSED = {
    "chapter: nope\ngrid: {factor: [1]}\n": "no chapter 'nope'",
    "chapter: demnd\ngrid: {factor: [1]}\n": "did you mean 'demand'",
    "chapter: demand\ngrid: {factor: [1, 10000]}\n": "run 2: parameter 'factor' is 10000, expected 1–9999",
    "chapter: demand\ngrid: {as_of: [2026-11-22, someday]}\n": "run 2: parameter 'as_of' is 'someday', expected a day",
    "chapter: demand\nruns: {factor: 1}\n": "needs a list",
    "chapter: demand\ngrid: {factor: [1}\n": ".yml:2:",
    "chapter: demand\ngrid: {faktor: [1]}\n": "did you mean 'factor'",
    "chapter: demand\ngrid: {data_dir: [/other]}\n": "run 1: parameter 'data_dir' cannot be set: where tables come from",
    "chapter: demand\ngrid: {factor: [1.5]}\n": "expected int",
    "chapter: demand\ngrid: {factor: 1}\n": "needs a list",
    "chapter: demand\n": "either 'grid:' or 'runs:'",
}


def test_grids_and_parts_that_cannot_run_are_refused_before_anything_runs(project, tmp_path):
    """All by one process, which is started once."""
    tried = []
    for number, (grid, message) in enumerate(REFUSED.items()):
        (tmp_path / f"{number}.yml").write_text(grid)
        tried.append(([str(tmp_path / f"{number}.yml")], message))
    (tmp_path / "good.yml").write_text(GRID)
    tried += [([str(tmp_path / "good.yml"), "--part", part], f"part {part}") for part in ("0/2", "3/2", "1", "a/b", "1/0", "7/9")]
    commands = [["sweep", *arguments, "--out", str(tmp_path / "out")] for arguments, _ in tried]
    done = subprocess.run([sys.executable, "-c", ONE_BY_ONE], input=json.dumps(commands), cwd=project.root, env=project.environment,
                          capture_output=True, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(tried), done.stderr
    for (arguments, message), (code, said) in zip(tried, answers, strict=True):
        assert code == 1 and message in said.replace("'" + arguments[-1] + "'", arguments[-1]), (arguments, said)
    assert not (tmp_path / "out").exists()


@pytest.fixture
def slurm(tmp_path):
    """A real Slurm on this machine: munge, a controller and two workers, all on loopback, ended with the test."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    programs = {name: shutil.which(name, path=path) for name in ("munged", "slurmctld", "slurmd", "sbatch")}
    if missing := [name for name, path in programs.items() if not path]:
        message = f"no {', '.join(missing)}; install Slurm (Debian: slurmctld slurmd slurm-client munge)"
        pytest.fail(message) if os.environ.get("REQUIRE_SLURM") == "1" else pytest.skip(message)
    folder = Path(f"/tmp/chip-slurm-{os.getpid()}")  # short: munge's socket path is limited
    folder.mkdir(mode=0o755)
    key = folder / "munge.key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    controller, *ports = _free_ports(3)
    nodes = "\n".join(f"NodeName=worker{n} NodeHostname=localhost NodeAddr=127.0.0.1 Port={port} CPUs=2 RealMemory=4000"
                      for n, port in enumerate(ports, 1))
    (folder / "slurm.conf").write_text(f"""ClusterName=book
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller}
AuthInfo=socket={folder}/munge.socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/controller.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/controller.log
SlurmdLogFile={folder}/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MailProg=/bin/true
{nodes}
PartitionName=main Nodes=worker1,worker2 Default=YES State=UP
""")
    environment = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf")}
    services = []

    def start(*command: str) -> None:
        services.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    start(programs["munged"], "--foreground", "--force", f"--socket={folder}/munge.socket", f"--key-file={key}",
          f"--pid-file={folder}/munge.pid", f"--log-file={folder}/munge.log", f"--seed-file={folder}/munge.seed")
    start(programs["slurmctld"], "-D", "-f", str(folder / "slurm.conf"))
    for n in (1, 2):
        start(programs["slurmd"], "-D", "-N", f"worker{n}", "-f", str(folder / "slurm.conf"))
    try:
        end = time.monotonic() + 60
        while subprocess.run(["sinfo", "-h", "-t", "idle", "-o", "%D"], env=environment, capture_output=True,
                             text=True).stdout.strip() != "2":
            assert time.monotonic() < end, (folder / "controller.log").read_text()[-2000:]
            time.sleep(0.5)
        yield {**environment, "PATH": f"{_srun_that_finds_its_cluster(folder)}:{os.environ['PATH']}"}
    finally:
        for service in reversed(services):
            service.terminate()
        for service in services:
            service.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        return [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


def _srun_that_finds_its_cluster(folder: Path) -> Path:
    """A folder with an `srun` that knows this cluster: within a job the plugin hands on no SLURM_CONF, because a cluster has its
    settings under /etc, where a test has no business to write."""
    script = folder / "bin" / "srun"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {shutil.which("srun")} "$@"\n')
    script.chmod(0o755)
    return script.parent


@pytest.mark.slurm
def test_a_sweep_runs_on_slurm_with_two_workers_and_gives_the_same_table(project, tmp_path, slurm):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    assert sweep(project, here).returncode == 0
    shutil.rmtree(project.root / "_build" / "sweeps")
    options = ("--executor slurm --jobs 4 --slurm-status-command squeue --slurm-no-account "
               "--slurm-init-seconds-before-status-checks 2 --default-resources slurm_partition=main mem_mb=500")
    result = sweep(project, there, "--snakemake", options, **slurm)
    assert result.returncode == 0, result.stdout + result.stderr
    assert table(there) == table(here)
    jobs = subprocess.run(["scontrol", "show", "job", "-o"], env=slurm, capture_output=True, text=True)
    assert jobs.stdout.count("JobState=COMPLETED") == 4
    assert {"worker1", "worker2"} <= set(re.findall(r" NodeList=(worker\d)", jobs.stdout))
