# The Chip Stalemate: every target sets up what it needs.
#
#   make book    build the site into _build/html   (options: DATA=DIR PARAMS=FILE EDITION=YYYY.MM CORES=N)
#   make test    run all tests                     (REQUIRE_BROWSER=1 makes the browser tests obligatory; FAST=1 leaves slow ones out, two at a time)
#   make mutants see which planted faults the tests of a package notice   (PACKAGE=registry [ARGS="--sample 200"]; docs/mutants.md)
#   make lab     open the chapters in JupyterLab
#   make serve   show the built site on this machine (option: PORT=N)
#   make brief   write the briefing (PDF, Word, slides) into _build/briefing   (option: OUT=DIR)
#   make edition freeze the built site under its edition and lay out the folder to publish
#   make offline pack the built site as one zip that opens from disk
#   make bench   time the build and the computations, beside a baseline
#   make lock    write the locks anew from pyproject.toml
#   make clean   remove everything that was built

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.DEFAULT_GOAL := book
.PHONY: book test mutants lab serve brief edition offline bench lock clean moved

# What a user gives reaches the commands through the environment, as it is: no quote, dollar or semicolon in it is read by a shell.
export GIVEN_DATA    := $(value DATA)
export GIVEN_PARAMS  := $(value PARAMS)
export GIVEN_EDITION := $(value EDITION)
export GIVEN_CORES   := $(value CORES)
export GIVEN_OUT     := $(value OUT)
export GIVEN_PORT    := $(value PORT)
export GIVEN_PACKAGE := $(value PACKAGE)
export GIVEN_PYTHON  := $(value PYTHON)

book: $(READY)
	@$(BIN)/python -m analysis build $${GIVEN_DATA:+"--data=$$GIVEN_DATA"} $${GIVEN_PARAMS:+"--params=$$GIVEN_PARAMS"} \
	  $${GIVEN_EDITION:+"--edition=$$GIVEN_EDITION"} $${GIVEN_CORES:+"--cores=$$GIVEN_CORES"}

test: $(READY)-test book
	@$(BIN)/python -m pytest $(if $(FAST),-m "not slow" -n 2) $(PYTEST_ARGS)

mutants: $(READY)-test
	@$(BIN)/python tests/mutants.py "$$GIVEN_PACKAGE" $(ARGS)

lab: $(READY)-lab $(READY)
	@$(BIN)/python -m jupyterlab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/book $(LAB_ARGS)

serve: $(READY)
	@$(BIN)/python -m analysis serve $${GIVEN_PORT:+"--port=$$GIVEN_PORT"}

brief: book
	@$(BIN)/python -m analysis briefing "--out=$${GIVEN_OUT:-_build/briefing}"

edition: book
	@$(BIN)/python -m analysis freeze

offline: book
	@$(BIN)/python -m analysis offline

bench: $(READY)
	@$(BIN)/python -m benchmarks

# The environment is set up when there is none, when its lock is newer, and when the project's folder was moved.
ifneq ($(shell head -n 1 $(READY) 2>/dev/null),$(CURDIR))
$(READY) $(READY)-test $(READY)-lab: moved
endif
$(READY): requirements.txt
$(READY)-test: requirements-test.txt
$(READY)-lab: requirements-lab.txt
$(READY) $(READY)-test $(READY)-lab:
	@"$$GIVEN_PYTHON" analysis/runner/environment.py $(patsubst $(READY)-%,%,$(filter $(READY)-%,$@))

# One resolution for all groups, then a lock for each: no package has two versions. One version for every Python, too.
UV_COMPILE := uv pip compile --universal --python-version 3.11 --fork-strategy fewest --no-strip-extras --quiet --custom-compile-command "make lock"
lock:
	@mkdir -p _build
	@grep -h '^[a-z0-9]' requirements*.txt | sed 's/ \\$$//' | sort -u > _build/all.txt   # versions stay unless they must move
	$(UV_COMPILE) pyproject.toml --group test --group lab --no-annotate --output-file _build/all.txt
	$(UV_COMPILE) pyproject.toml --constraint _build/all.txt --generate-hashes --output-file requirements.txt
	$(UV_COMPILE) --group test --constraint _build/all.txt --generate-hashes --output-file requirements-test.txt
	$(UV_COMPILE) --group lab --constraint _build/all.txt --generate-hashes --output-file requirements-lab.txt

clean:
	rm -rf _build .pytest_cache .hypothesis .ruff_cache
