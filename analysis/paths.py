"""Every path of the project in one place, so that nothing depends on the working directory."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Inputs.
DATA = ROOT / "data"
BOOK = ROOT / "book"
CLAIMS = BOOK / "claims.yml"
WORDS = BOOK / "numbers"           # one file a chapter: what its numbers are called
FIGURE_WORDS = BOOK / "figures"    # one file a chapter: titles, descriptions and notes of its figures
EDITIONS = ROOT / "editions"        # earlier editions: their numbers, receipt and tables, or their whole site
FAULTS = BOOK / "faults.csv"       # faults tried and survived, written by the tests
SCRIPTS = BOOK / "_static"         # scripts and styles of the site
THEME = BOOK / "_theme"            # templates of the site's pages
JUPYTER_BOOK_CONFIG = ROOT / "_config.yml"

# Outputs. A test may point the whole build elsewhere through the environment.
BUILD = Path(os.environ.get("CHIP_BUILD_DIR", ROOT / "_build")).resolve()
TABLES = BUILD / "data"            # complete tables: data/ with the overlay and the corrections applied
ARTIFACTS = BUILD / "artifacts"    # results of long computations: the estimate, the model
RUNS = BUILD / "runs"              # one folder a chapter: executed notebook, its numbers, its figures
PAGES = BUILD / "book"             # what Sphinx reads: chapters and generated pages
SPHINX = BUILD / "sphinx"          # Sphinx's own output and its cache
HTML = BUILD / "html"              # the published site
MOVED_FILE = BUILD / "moved.txt"   # what moved since the build before, for the terminal
NUMBERS_FILE = BUILD / "numbers.json"



def given(text: str) -> Path:
    """A path as a person gave it: `~` is their home folder, also where no shell has put it in (`make book DATA=~/rows`)."""
    try:
        return Path(text).expanduser()
    except RuntimeError:   # nobody's home folder is known here: the name is taken as it stands
        return Path(text)


NUMBERS_ONLY_VARIABLE = "CHIP_NUMBERS_ONLY"  # set where a chapter is run for its numbers and nothing needs to be drawn
RUN_DIR_VARIABLE = "CHIP_RUN_DIR"  # set by the runner: where a running chapter leaves its numbers and figures
