"""The graph: chapters and long computations → numbers → pages → site.

Snakemake decides what runs again. Each rule carries a hash of everything its result depends on (tables, parameters, code,
text), so content decides and dates do not. Every step is a command of the project (`python -m analysis …`), run on a warm
process when the build driver serves one. The tables in `_build/data/` and the plan in `_build/plan/` are checked and
written by the driver before the graph starts.
"""

import shlex
import sys

from analysis import paths
from analysis.runner import plan


# Files are named from the build folder, so that no name in the graph holds a character of the place where the project lies.
workdir: str(paths.BUILD)


RUN = shlex.join([sys.executable, "-I", "-S", f"{workflow.basedir}/analysis/runner/client.py"])
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


RESULTS = expand("runs/{slug}/{file}", slug=CHAPTERS, file=["chapter.ipynb", "numbers.json"])


rule all:
    input:
        RESULTS,
        "site.json",
    message:
        "everything"


rule step:
    input:
        lambda w: plan.step_artifacts(w.artifact),
    output:
        "artifacts/{artifact}-{digest}.done",
    message:
        "computation {wildcards.artifact}"
    priority: 1   # before chapters, of which some wait for it
    shell:
        "{RUN} run-step {wildcards.artifact} && touch {output}"


rule chapter:
    input:
        lambda w: plan.chapter_artifacts(w.slug),
    output:
        "runs/{slug}/chapter.ipynb",
        "runs/{slug}/numbers.json",
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
        "site.json",
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
        "sweeps/{sweep}/runs/{run}/chapter.ipynb",
        "sweeps/{sweep}/runs/{run}/numbers.json",
    params:
        content=lambda w: plan.sweep_run_digest(w.sweep, w.run),
    message:
        "run {wildcards.run} of sweep {wildcards.sweep}"
    shell:
        "{RUN} run-sweep {wildcards.sweep} {wildcards.run}"


rule sweep:
    input:
        lambda w: expand(f"sweeps/{w.sweep}/runs/{{run}}/numbers.json", run=plan.sweep_runs(w.sweep)),
        plan="sweeps/{sweep}/plan.json",
    output:
        "sweeps/{sweep}/sweep.json",
    message:
        "sweep {wildcards.sweep}"
    shell:
        "cp {input.plan} {output}"
