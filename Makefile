# Everything that a fresh clone needs, with Python (>= 3.11) and Go only. `make help` lists the targets.

VENV ?= .venv
WORKERS ?= 4
PYTEST_ARGUMENTS ?=

# The first Python that is new enough and can make virtual environments; a name on PATH may be a shim that does not run.
ifndef PYTHON
PYTHON := $(shell for python in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; \
	done)
endif

RUN := $(VENV)/bin/python
STAMP := $(VENV)/.installed
NOTE := @printf '==> %s\n'

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help python venv engine up preview down test lint types imports check-generated generate bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' Makefile
	@echo "Variables: PYTHON=$(PYTHON) VENV=$(VENV) WORKERS=$(WORKERS) PYTEST_ARGUMENTS=$(PYTEST_ARGUMENTS)"

python: ## print the name of the Python that makes the virtual environment
	@echo $(PYTHON)

venv: $(STAMP) ## the virtual environment, with the pinned development dependencies

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { \
		echo "No Python >= 3.11 that can make virtual environments was found." >&2; \
		echo "Install one (Debian: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3" >&2; \
		exit 1; }
	$(NOTE) "virtual environment $(VENV) with $(PYTHON), development dependencies from constraints.txt"
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install --disable-pip-version-check --progress-bar off --constraint constraints.txt --editable '.[dev]'
	@touch $@

engine: venv ## the Pulumi engine: found, installed or built (once per machine)
	$(NOTE) "Pulumi engine"
	@$(RUN) -m tools.engine.bootstrap

up: engine ## deploy the quickstart with the real engine onto the embedded emulator
	$(NOTE) "deploying the quickstart"
	@$(RUN) -m tools.quickstart up

preview: engine ## show what `make up` would do
	$(NOTE) "previewing the quickstart"
	@$(RUN) -m tools.quickstart preview

down: engine ## delete what `make up` deployed
	$(NOTE) "deleting the quickstart"
	@$(RUN) -m tools.quickstart down

lint: venv ## ruff: rules and format
	$(NOTE) "lint: ruff"
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

types: venv ## mypy --strict; tests/typing checks the public API with basedpyright too
	$(NOTE) "types: mypy --strict pulumi_inference"
	@$(RUN) -m mypy --strict pulumi_inference

imports: venv ## the direction of imports
	$(NOTE) "imports: import-linter"
	@$(VENV)/bin/lint-imports

generate: venv ## write the generated files anew
	$(NOTE) "writing generated files"
	@$(RUN) tools/generate.py

check-generated: venv ## fail when a generated file is stale
	$(NOTE) "generated files are up to date"
	@$(RUN) tools/generate.py --check

# One after the other and pytest last, so that its closing line is the last output.
test: ## everything needed, then lint, types, imports, generated files and all tests
	@$(MAKE) --no-print-directory engine
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory imports
	@$(MAKE) --no-print-directory check-generated
	$(NOTE) "tests: pytest with $(WORKERS) workers"
	@$(RUN) -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGUMENTS)

bench: engine ## measure the speed figures
	$(NOTE) "benchmarks"
	@$(RUN) tools/bench/run.py

clean: ## remove caches, local state and the virtual environment; the built engine stays
	$(NOTE) "removing caches, .state and $(VENV)"
	@rm -rf $(VENV) .state dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@rm -f Pulumi.quickstart.yaml
	@find pulumi_inference tools tests examples -name __pycache__ -type d -prune -exec rm -rf {} +
