"""The graph: chapters and long computations → numbers → pages → site.

Snakemake decides what runs again, from the content of inputs, parameters and code. Every step is a command of the
project (`python -m analysis …`), run on a warm process when the build driver serves one. The tables in `_build/data/`
and the plan in `_build/plan/` are checked and written by the driver before the graph starts.
"""

import sys

sys.path.insert(0, workflow.basedir)

from analysis import paths
from analysis.runner.plan import chapter_inputs, notebooks, site_inputs, step_inputs, sweep_run_inputs, sweep_runs
from analysis.runner.steps import STEPS

RUN = f"{sys.executable} -I -S {workflow.basedir}/analysis/runner/client.py"
BUILD = str(paths.BUILD)
CHAPTERS = notebooks()


wildcard_constraints:
    slug="[a-z0-9-]+",
    artifact="[a-z0-9_-]+",
    sweep="[a-z0-9-]+",
    run="r[0-9a-f]+",


localrules:
    all,


rule all:
    input:
        f"{BUILD}/site.json",
    message:
        "everything"


rule step:
    input:
        lambda w: step_inputs(w.artifact),
    output:
        f"{BUILD}/artifacts/{{artifact}}.done",
    message:
        "computation {wildcards.artifact}"
    shell:
        "{RUN} run-step {wildcards.artifact} && touch {output}"


rule chapter:
    input:
        lambda w: chapter_inputs(w.slug),
    output:
        f"{BUILD}/runs/{{slug}}/chapter.ipynb",
        f"{BUILD}/runs/{{slug}}/numbers.json",
    message:
        "chapter {wildcards.slug}"
    shell:
        "{RUN} run-chapter {wildcards.slug}"


rule site:
    input:
        expand(f"{BUILD}/runs/{{slug}}/{{file}}", slug=CHAPTERS, file=["chapter.ipynb", "numbers.json"]),
        site_inputs(),
    output:
        f"{BUILD}/site.json",
    message:
        "site"
    shell:
        "{RUN} publish-site --receipt {output}"


rule sweep_run:
    input:
        lambda w: sweep_run_inputs(w.sweep, w.run),
    output:
        f"{BUILD}/sweeps/{{sweep}}/runs/{{run}}/chapter.ipynb",
        f"{BUILD}/sweeps/{{sweep}}/runs/{{run}}/numbers.json",
    message:
        "run {wildcards.run} of sweep {wildcards.sweep}"
    shell:
        "{RUN} run-sweep {wildcards.sweep} {wildcards.run}"


rule sweep:
    input:
        lambda w: expand(f"{BUILD}/sweeps/{w.sweep}/runs/{{run}}/numbers.json", run=sweep_runs(w.sweep)),
        plan=f"{BUILD}/sweeps/{{sweep}}/plan.json",
    output:
        f"{BUILD}/sweeps/{{sweep}}/sweep.json",
    message:
        "sweep {wildcards.sweep}"
    shell:
        "cp {input.plan} {output}"
