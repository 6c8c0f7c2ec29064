# Everything that a fresh clone needs, with Python (>= 3.11) and Go only. `make help` lists the targets.

WORKERS ?= 4
PYTEST_ARGUMENTS ?=
USABLE := 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))'

# A Python that is asked for has a virtual environment beside the usual one. That one is made by the oldest Python that
# will do, so that nothing newer slips into the code; a name on PATH may be a shim that does not run.
ifdef PYTHON
ifndef VENV
VENV := .venv-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
endif
else
VENV ?= .venv
PYTHON := $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$python -c $(USABLE) 2>/dev/null && echo $$python && break; \
	done)
endif

RUN := $(VENV)/bin/python
STAMP := $(VENV)/.installed
NOTE := @printf '==> %s\n'

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help python venv engine up preview down test pytest lint types imports check-generated generate bench bench-peers clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' Makefile
	@echo "Variables: PYTHON=$(PYTHON) VENV=$(VENV) WORKERS=$(WORKERS) PYTEST_ARGUMENTS=$(PYTEST_ARGUMENTS)"

python: ## print the name of the Python that makes the virtual environment
	@echo $(PYTHON)

venv: $(STAMP) ## the virtual environment, with the pinned development dependencies

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" && $(PYTHON) -c $(USABLE) || { \
		echo "No Python >= 3.11 that can make virtual environments was found$(PYTHON:%=: %)." >&2; \
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

preview: engine ## show what `make up` would do, property by property
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
	@$(MAKE) --no-print-directory pytest

pytest: venv ## the tests alone
	$(NOTE) "tests: pytest with $(WORKERS) workers"
	@$(RUN) -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGUMENTS)

bench: engine ## measure the speed figures
	$(NOTE) "benchmarks"
	@$(RUN) tools/bench/run.py

bench-peers: venv ## get OpenTofu and its provider, which `make bench` compares with (once per machine, takes long)
	$(NOTE) "OpenTofu and its provider"
	@$(RUN) -m tools.bench.peers.bootstrap

clean: ## remove caches, local state and the virtual environments; the built engine stays
	$(NOTE) "removing caches, .state and $(VENV) .venv-3.*"
	@rm -rf $(VENV) .venv-3.* .state dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@rm -f Pulumi.quickstart.yaml
	@find pulumi_inference tools tests examples -name __pycache__ -type d -prune -exec rm -rf {} +
