"""The graph: chapters and long computations → numbers → site.

Every rule names the files it reads; the modules of a chapter stand in its plan. Files that no step makes are `ancient`, so that their
dates say nothing: `content` is a hash of what they hold (of a notebook, its code), and Snakemake runs a step again when it is not the
one it remembers. Every step is a command of the project (`python -m analysis …`), run on a warm process when the build driver serves
one. The tables in `_build/data/` and what stands in `_build/plan/` are checked and written by the driver before the graph starts.
"""

import shlex
import sys

from analysis import paths
from analysis.runner import plan
from analysis.runner.steps import STEPS


# Files are named from the build folder, so that no name in the graph holds a character of the place where the project lies.
workdir: str(paths.BUILD)


RUN = shlex.join([sys.executable, "-I", "-S", f"{workflow.basedir}/analysis/runner/warm/client.py"])
RESULTS = [name for slug in plan.notebooks() for name in plan.named(plan.chapter_files(slug))]


def kept(files):
    """Files that no step makes."""
    return [ancient(name) for name in plan.named(files)]


def result_of(artifact):
    """Where nothing that a computation reads has changed, it leaves its result as it is, and needs it for that."""
    if not STEPS[artifact].result:
        return touch(f"artifacts/{artifact}.done")
    (result,) = plan.named([plan.result_of(artifact)])
    return update(result) if STEPS[artifact].reads else result


wildcard_constraints:
    slug="[a-z0-9-]+",
    sweep="[a-z0-9-]+",
    run="r[0-9a-f]+",


localrules:
    all,
    chapters,
    sweep,


rule all:
    input:
        RESULTS,
        "site.json",
    message:
        "everything"


rule chapters:
    input:
        RESULTS,
    message:
        "everything"


for artifact, step in STEPS.items():

    rule:
        name:
            artifact
        input:
            kept(plan.step_inputs(artifact)),
            results=plan.named(plan.step_results(artifact)),
        output:
            result_of(artifact),
        params:
            content=plan.step_content(artifact),
        message:
            f"computation {artifact}"
        priority: 1   # before chapters, of which some wait for it
        shell:
            "{RUN} run-step {rule}"


rule chapter:
    input:
        lambda w: kept(plan.chapter_sources(w.slug)),
        results=lambda w: plan.named(plan.chapter_results(w.slug)),
    output:
        "runs/{slug}/chapter.ipynb",
        "runs/{slug}/numbers.json",
    params:
        content=lambda w: plan.chapter_content(w.slug),
    message:
        "chapter {wildcards.slug}"
    shell:
        "{RUN} run-chapter {wildcards.slug}"


rule site:
    input:
        RESULTS,
        lambda w: kept(plan.site_inputs()),
    output:
        "site.json",
    params:
        content=plan.site_content(),
    message:
        "site"
    shell:
        "{RUN} publish-site --receipt {output} --made-from {params.content}"


rule sweep_run:
    input:
        ancient("sweeps/{sweep}/plan/{run}.json"),
        lambda w: kept(plan.chapter_sources(plan.sweep_plan(w.sweep)["chapter"])),
        results=lambda w: plan.named(plan.chapter_results(plan.sweep_plan(w.sweep)["chapter"])),
    output:
        "sweeps/{sweep}/runs/{run}/chapter.ipynb",
        "sweeps/{sweep}/runs/{run}/numbers.json",
    params:
        content=lambda w: plan.sweep_run_content(w.sweep, w.run),
    message:
        "run {wildcards.run} of sweep {wildcards.sweep}"
    shell:
        "{RUN} run-sweep {wildcards.sweep} {wildcards.run}"


rule sweep:
    input:
        lambda w: expand(f"sweeps/{w.sweep}/runs/{{run}}/numbers.json", run=plan.sweep_plan(w.sweep)["runs"]),
        plan="sweeps/{sweep}/plan.json",
    output:
        "sweeps/{sweep}/sweep.json",
    message:
        "sweep {wildcards.sweep}"
    shell:
        "cp {input.plan} {output}"
