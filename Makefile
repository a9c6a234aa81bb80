# The Chip Stalemate: every target sets up what it needs.
#
#   make book    build the site into _build/html   (options: DATA=DIR PARAMS=FILE EDITION=YYYY.MM CORES=N)
#   make test    run all tests                     (REQUIRE_BROWSER=1 makes the browser tests obligatory; FAST=1 leaves slow ones out)
#   make serve   show the built site on this machine
#   make brief   write the briefing (PDF, Word, slides) into _build/briefing   (option: OUT=DIR)
#   make edition freeze the built site under its edition and lay out the folder to publish
#   make offline pack the built site as one zip that opens from disk
#   make bench   time the build and the computations, beside a baseline
#   make lock    write requirements.txt anew from pyproject.toml
#   make clean   remove everything that was built

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.DEFAULT_GOAL := book
.PHONY: book test serve brief edition offline bench lock clean

# What a user gives reaches the commands through the environment, as it is: no quote, dollar or semicolon in it is read by a shell.
export GIVEN_DATA    := $(value DATA)
export GIVEN_PARAMS  := $(value PARAMS)
export GIVEN_EDITION := $(value EDITION)
export GIVEN_CORES   := $(value CORES)
export GIVEN_OUT     := $(value OUT)

book: $(READY)
	@$(BIN)/python -m analysis build $${GIVEN_DATA:+"--data=$$GIVEN_DATA"} $${GIVEN_PARAMS:+"--params=$$GIVEN_PARAMS"} \
	  $${GIVEN_EDITION:+"--edition=$$GIVEN_EDITION"} $${GIVEN_CORES:+"--cores=$$GIVEN_CORES"}

test: book
	@$(BIN)/python -m pytest $(if $(FAST),-m "not slow") $(PYTEST_ARGS)

serve: $(READY)
	@$(BIN)/python -m analysis serve

brief: book
	@$(BIN)/python -m analysis briefing "--out=$${GIVEN_OUT:-_build/briefing}"

edition: book
	@$(BIN)/python -m analysis freeze

offline: book
	@$(BIN)/python -m analysis offline

bench: $(READY)
	@$(BIN)/python -m benchmarks

# A virtual environment with exactly the locked packages; byte-compiled, because that halves the start of each process.
# uv is used where it is present (faster), otherwise pip.
$(READY): requirements.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up $(VENV) from requirements.txt (once; a minute or two)"
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python "$$(command -v '$(PYTHON)')" $(VENV) && \
	  uv pip sync --quiet --compile-bytecode --require-hashes --python $(BIN)/python requirements.txt; \
	else \
	  "$(PYTHON)" -m venv $(VENV) && $(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt; \
	fi
	@touch $@

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet --output-file requirements.txt

clean:
	rm -rf _build .pytest_cache .hypothesis .ruff_cache
