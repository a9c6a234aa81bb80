"""What may not be published stops the build, and the message says what to mend. The site published before stays as it was."""

from __future__ import annotations

import nbformat
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def edit(project):
    """A function that replaces text in a file of the project; the file is put back after the test."""
    kept: dict = {}

    def replace(name: str, old: str, new: str) -> None:
        file = project.root / name
        kept.setdefault(file, file.read_text())
        text = kept[file]
        if file.suffix == ".ipynb":
            notebook = nbformat.reads(text, 4)
            assert sum(old in cell.source for cell in notebook.cells) == 1
            for cell in notebook.cells:
                cell.source = cell.source.replace(old, new)
            nbformat.write(notebook, file)
        else:
            assert text.count(old) == 1
            file.write_text(text.replace(old, new))

    yield replace
    for file, text in kept.items():
        file.write_text(text)


def refused(project) -> str:
    """What a build says that must fail and must leave the site untouched."""
    before = project.site()
    result = project.build()
    assert result.returncode == 1, result.stdout
    assert project.site() == before
    assert "analysis/cli.py" not in result.stderr, "a message, not a program's stack"
    return result.stdout + result.stderr


def test_parameters_that_may_not_be_stop_the_build_before_anything_runs(project, tmp_path) -> None:
    file = tmp_path / "mine.yml"
    file.write_text("demand: {factor: 0}\nindx: {factor: 2}\nall: {as_of: 2026-13-01x, faktor: 3}\n", encoding="utf-8")
    before = project.site()
    result = project.build("--params", str(file))
    assert result.returncode == 1 and "chapter" not in result.stdout and project.site() == before
    for said in ("chapter demand: parameter 'factor' is 0, expected 1–9999", "unknown section 'indx'; did you mean 'index'?",
                 "chapter index: parameter 'as_of' is '2026-13-01x', expected a day as YYYY-MM-DD",
                 "all: no chapter has a parameter 'faktor'; did you mean 'factor'?"):
        assert f"{file}: {said}" in result.stderr
    assert result.stderr.splitlines()[-1] == "Mend the parameters named above and run again; nothing was changed."


def test_a_sentence_that_its_page_does_not_say_stops_the_build_before_anything_is_computed(project, edit) -> None:
    edit("book/text.md", "A sentence, and", "Another sentence, with")
    said = refused(project)
    assert "claim 'there-are-rows': its sentence does not stand on page 'text'" in said
    assert "computation" not in said and "chapter" not in said


def test_a_claims_file_that_is_no_yaml_stops_the_build_with_its_line(project, edit) -> None:
    edit("book/claims.yml", "- id: there-are-rows", "- id: [there-are-rows")
    assert "claims.yml:" in refused(project)


def test_a_number_without_a_source_and_a_figure_that_cannot_stand_alone_stop_the_build_in_both_chapters(project, edit) -> None:
    edit("book/demand.ipynb", '(rows["source_id"].iloc[0],)', "()")
    edit("book/index.ipynb", "mark_bar()", 'mark_image(url="data:image/png;base64,iVBORw0KGgo=")')
    said = refused(project)
    assert "number 'demand.rows': at least one source id is needed" in said
    assert "figure 'rows': a chart may not contain" in said


def test_a_number_of_an_unknown_source_stops_the_build(project, edit) -> None:
    edit("book/demand.ipynb", '(rows["source_id"].iloc[0],)', '("hearsay",)')
    assert "demand: number 'demand.rows' names source 'hearsay', which is not in sources.csv" in refused(project)


def test_an_embedded_page_that_asks_for_another_file_stops_the_build(project, edit) -> None:
    edit("analysis/publish/embeds.py", "body { margin: 0;", '@import "fonts.css";\nbody { margin: 0;')
    assert "embed/rows.html: a style asks for another file" in refused(project)


def test_a_briefing_that_names_an_unregistered_number_stops_the_build(project, edit) -> None:
    edit("book/briefing.yml", "numbers: [index.rows]", "numbers: [index.row]")
    assert "briefing.yml: no number is registered as 'index.row'" in refused(project)


def test_the_build_recovers_when_the_mistake_is_mended(project) -> None:
    assert project.build().returncode == 0
    assert project.torn() == []
