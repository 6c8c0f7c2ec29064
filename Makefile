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
# What the environment has: enough to run the package, or the development tools too.
RUNTIME := $(VENV)/.installed
DEVELOPMENT := $(VENV)/.installed-dev
NOTE := @printf '==> %s\n'

# The environment's Python, where there is one: it goes when another version of it is installed, and then nothing counts
# as installed, whatever is noted.
THERE := $(shell $(RUN) -c '' >/dev/null 2>&1 && echo $(RUN) || rm -f $(RUNTIME) $(DEVELOPMENT))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Whatever make is told in MAKEFLAGS: two installations into one environment would disturb each other.
.NOTPARALLEL:
.PHONY: help python venv forecast engine up preview down test pytest lint types imports check-generated generate docs docs-serve dist bench bench-peers clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' Makefile
	@echo "Variables: PYTHON=$(PYTHON) VENV=$(VENV) WORKERS=$(WORKERS) PYTEST_ARGUMENTS=$(PYTEST_ARGUMENTS)"

python: ## print the name of the Python that makes the virtual environment
	@echo $(PYTHON)

venv: $(DEVELOPMENT) ## the virtual environment, with the pinned development tools

$(RUNTIME): EXTRA := emulator
$(RUNTIME): KIND := what it takes to run
$(DEVELOPMENT): EXTRA := dev
$(DEVELOPMENT): KIND := the development tools too
$(DEVELOPMENT): INSTALLED := $(RUNTIME)

# Without its stamps while it lasts: an interrupted installation is done again, whichever of the two it was.
$(RUNTIME) $(DEVELOPMENT): pyproject.toml constraints.txt
	$(call need_python,$(RUN) -m pip --version)
	$(NOTE) "virtual environment $(VENV) with $(PYTHON): $(KIND), pinned by constraints.txt"
	@$(RUN) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@rm -f $(RUNTIME) $(DEVELOPMENT)
	@$(RUN) -m pip install --disable-pip-version-check --progress-bar off --constraint constraints.txt --editable '.[$(EXTRA)]' || { \
		echo "The installation did not end well; what is above says why. Python packages come over the network:" >&2; \
		echo "PIP_INDEX_URL names another package index, HTTPS_PROXY a way out. Then run the command again." >&2; \
		exit 1; }
	@touch $(INSTALLED) $@

define need_python
	@$(1) >/dev/null 2>&1 || { test -n "$(PYTHON)" && $(PYTHON) -c $(USABLE); } || { \
		echo "No Python >= 3.11 that can make virtual environments was found$(PYTHON:%=: %)." >&2; \
		echo "Install one (Debian: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3" >&2; \
		exit 1; }
endef

forecast: # said before anything is installed: what is missing, and how long that takes
	$(call need_python,test -x $(RUN))
	@$(or $(THERE),$(PYTHON)) -m tools.engine.forecast

engine: forecast $(RUNTIME) ## the Pulumi engine: found, installed or built (once per machine)
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

# Anew each time: what links to a page that has changed is not looked at again otherwise.
docs: venv ## the documentation as a site in site/; a warning is an error
	$(NOTE) "documentation: sphinx"
	@rm -rf site
	@$(RUN) -m sphinx --builder html --conf-dir docs --doctree-dir build/doctrees --jobs auto --fresh-env \
		--fail-on-warning --quiet . site
	@echo "site/index.html is the first page; make docs-serve shows it, with the search."

docs-serve: ## show site/ on this machine
	@$(RUN) -m http.server --bind 127.0.0.1 --directory site 8000

dist: venv ## sdist and wheel in dist/, as a release has them
	$(NOTE) "building sdist and wheel"
	@rm -rf dist
	@$(RUN) -m build --no-isolation

# One after the other and pytest last, so that its closing line is the last output.
test: ## everything needed, then lint, types, imports, generated files and all tests
	@$(MAKE) --no-print-directory forecast venv engine
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory imports
	@$(MAKE) --no-print-directory check-generated
	@$(MAKE) --no-print-directory pytest

pytest: venv ## the tests alone
	$(NOTE) "tests: pytest with $(WORKERS) workers"
	@$(RUN) -m pytest -n $(WORKERS) --dist worksteal --durations 30 --durations-min 10 $(PYTEST_ARGUMENTS)

# In an environment as users have it: httpx loads more where some of the development tools are installed.
bench: ## measure the speed figures
	@$(MAKE) --no-print-directory VENV=.venv-bench engine
	$(NOTE) "benchmarks"
	@.venv-bench/bin/python tools/bench/run.py

bench-peers: $(RUNTIME) ## get OpenTofu and its provider, which `make bench` compares with (once per machine, takes long)
	$(NOTE) "OpenTofu and its provider"
	@$(RUN) -m tools.bench.peers.bootstrap

clean: ## remove caches, local state and the virtual environments; the built engine stays
	$(NOTE) "removing caches, .state and $(VENV) .venv-3.* .venv-bench"
	@rm -rf $(VENV) .venv-3.* .venv-bench site .state dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@rm -f Pulumi.quickstart.yaml
	@find pulumi_inference tools tests examples -name __pycache__ -type d -prune -exec rm -rf {} +
