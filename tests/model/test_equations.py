"""The chapter on the mechanism shows every equation that runs, and no other."""

from analysis.explorer.translate import _Writer
from analysis.model import equations, kernel


def called_by(function, found):
    """Every project function that is called from here on, read from the code."""
    function = getattr(function, "py_func", function)
    if function not in found:
        found.add(function)
        writer = _Writer(function)
        writer.text()
        for called in writer.called:
            called_by(called, found)
    return found


def test_the_chapter_shows_every_equation_that_the_loop_calls():
    loops = {"analysis.model.kernel", "analysis.model.preparation", "analysis.model.headlines"}
    run = {function for function in called_by(kernel.run, set()) if function.__module__ not in loops}
    assert run == {function for block in equations.BLOCKS.values() for function in block}


def test_an_equation_is_shown_as_it_stands_without_its_explanation():
    text = equations.as_markdown()
    assert "def step(designed_out, threat, hazard, reach, reentry_hazard, free):" in text and '"""' not in text
    assert "**Sockets**" in text and text.count("```python") == len(equations.BLOCKS)
