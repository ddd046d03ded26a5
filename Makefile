# Every target makes its own environment in .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OLDEST := $(VENV)/oldest
AUDITING := $(VENV)/.auditing
BENCH := $(VENV)/bench
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help build site release test check lint types lock mutants audit walk faults bench bench-large clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: $(READY) ## check the transcribed rows and publish data/processed
	$(BIN)/timeline build

site: $(READY) ## write the published data as web pages to dist/site, which need no server
	rm -rf dist/site
	$(BIN)/timeline site --out dist/site

release: $(READY) ## write dist: tables, exports, site, packages, notes, checksums (PREVIOUS=the last release)
	packages=$$(mktemp -d) && trap 'rm -rf "$$packages"' EXIT && $(BIN)/python -m hatchling build -d "$$packages" >/dev/null \
		&& $(BIN)/timeline release --out dist $(if $(PREVIOUS),--previous '$(PREVIOUS)') --add "$$packages"/*

test: $(READY) $(OLDEST)/.ready ## run the tests
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

check: $(READY) lint types ## lint, types, and: the committed data equal a fresh build
	$(BIN)/timeline check

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

mutants: $(AUDITING) ## change the rules' code in each way that tests should notice (an hour)
	$(BIN)/mutmut run
	$(BIN)/python tests/mutants.py

audit: $(AUDITING) ## look for known holes in the dependencies, and for risky code
	$(BIN)/bandit --quiet --recursive src --exclude src/timeline/starting/template
	$(BIN)/pip-audit --strict --disable-pip --requirement requirements.txt

walk: site ## visit every page of the site in Chromium (a quarter of an hour; needs chromium)
	$(BIN)/python tests/walk.py dist/site

faults: $(READY) ## kill a thousand builds, and look what is left (half an hour; needs strace)
	$(BIN)/python tests/faults.py --kills 1000 --changes --calls

bench: $(READY) $(BENCH)/.ready ## measure import, load and build against their peers (half an hour)
	$(BIN)/python benchmarks/bench.py

bench-large: $(READY) $(BENCH)/.ready ## measure the build of ten million made-up events, also by Dask (half an hour, 15 GB)
	$(BIN)/python benchmarks/bench.py --large

lock: $(READY) ## resolve the requirements files anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev pyproject.toml --output-file requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra audit --constraint requirements.txt pyproject.toml --output-file requirements-audit.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header requirements-oldest.in --output-file requirements-oldest.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra build --extra site --extra tools --constraint requirements.txt pyproject.toml requirements-starting.in --output-file src/timeline/starting/template/requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header benchmarks/requirements.in --output-file requirements-bench.txt

clean: ## delete the environment
	rm -rf $(VENV)

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "needs Python 3.11 to 3.13: make PYTHON=python3.13 ...")'
	$(PYTHON) -m venv $(VENV)
	$(PIP_INSTALL) --require-hashes --requirement requirements.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

$(AUDITING): requirements-audit.txt $(READY)
	$(PIP_INSTALL) --require-hashes --requirement requirements-audit.txt
	touch $@

$(OLDEST)/.ready: requirements-oldest.txt $(READY)
	$(PIP_INSTALL) --require-hashes --upgrade --target $(OLDEST) --requirement requirements-oldest.txt
	touch $@

$(BENCH)/.ready: requirements-bench.txt $(READY)
	$(BIN)/python -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements-bench.txt
	touch $@
