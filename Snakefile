"""The graph: chapters and long computations → numbers → pages → site.

Snakemake decides what runs again. Each rule carries a hash of everything its result depends on (tables, parameters, code,
text), so content decides and dates do not. Every step is a command of the project (`python -m analysis …`), run on a warm
process when the build driver serves one. The tables in `_build/data/` and the plan in `_build/plan/` are checked and
written by the driver before the graph starts.
"""

import sys

sys.path.insert(0, workflow.basedir)

from analysis import paths
from analysis.runner import plan

RUN = f"{sys.executable} -I -S {workflow.basedir}/analysis/runner/client.py"
BUILD = str(paths.BUILD)
CHAPTERS = plan.notebooks()


wildcard_constraints:
    slug="[a-z0-9-]+",
    artifact="[a-z0-9_]+",
    digest="[0-9a-f]+",
    sweep="[a-z0-9-]+",
    run="r[0-9a-f]+",


localrules:
    all,
    sweep,


RESULTS = expand(f"{BUILD}/runs/{{slug}}/{{file}}", slug=CHAPTERS, file=["chapter.ipynb", "numbers.json"])


rule all:
    input:
        RESULTS,
        f"{BUILD}/site.json",
    message:
        "everything"


rule step:
    output:
        f"{BUILD}/artifacts/{{artifact}}-{{digest}}.done",
    message:
        "computation {wildcards.artifact}"
    shell:
        "{RUN} run-step {wildcards.artifact} && touch {output}"


rule chapter:
    input:
        lambda w: plan.chapter_artifacts(w.slug),
    output:
        f"{BUILD}/runs/{{slug}}/chapter.ipynb",
        f"{BUILD}/runs/{{slug}}/numbers.json",
    params:
        content=lambda w: plan.chapter_digest(w.slug),
    message:
        "chapter {wildcards.slug}"
    shell:
        "{RUN} run-chapter {wildcards.slug}"


rule site:
    input:
        RESULTS,
    output:
        f"{BUILD}/site.json",
    params:
        content=plan.site_digest(),
    message:
        "site"
    shell:
        "{RUN} publish-site --receipt {output}"


rule sweep_run:
    input:
        lambda w: plan.sweep_run_artifacts(w.sweep),
    output:
        f"{BUILD}/sweeps/{{sweep}}/runs/{{run}}/chapter.ipynb",
        f"{BUILD}/sweeps/{{sweep}}/runs/{{run}}/numbers.json",
    params:
        content=lambda w: plan.sweep_run_digest(w.sweep, w.run),
    message:
        "run {wildcards.run} of sweep {wildcards.sweep}"
    shell:
        "{RUN} run-sweep {wildcards.sweep} {wildcards.run}"


rule sweep:
    input:
        lambda w: expand(f"{BUILD}/sweeps/{w.sweep}/runs/{{run}}/numbers.json", run=plan.sweep_runs(w.sweep)),
        plan=f"{BUILD}/sweeps/{{sweep}}/plan.json",
    output:
        f"{BUILD}/sweeps/{{sweep}}/sweep.json",
    message:
        "sweep {wildcards.sweep}"
    shell:
        "cp {input.plan} {output}"
