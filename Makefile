# Everything a newcomer types.  Needs Python 3.11 or newer with its venv module, and nothing else.
# Each target does only what is not done yet: a second `make up` installs and builds nothing.

PYTHON ?= python3
ARGS ?=

VENV := $(CURDIR)/.venv
BIN := $(VENV)/bin
DASHBOARD := dashboard_api/static/index.html
WEB_SOURCES := $(shell find web -name node_modules -prune -o -type f -print)
JOURNEY_NODE := tests/journeys/node
# What pip and npm would otherwise say at every call.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export npm_config_update_notifier := false
WITH_NODE := PATH="$(BIN):$$PATH"

.PHONY: install up test test-slow check check-python check-web bench fmt web clean help

help:
	@echo 'make up      install, build the dashboard, start everything; options: make up ARGS="--port 9000"'
	@echo 'make test    everything the tests need, and all tests; options for pytest: make test ARGS="-k scrub"'
	@echo 'make check   what must be clean before a commit, under a minute'
	@echo 'make bench   the benchmarks; make fmt: format; make web: build the dashboard; make clean: remove what was built'

# --- the environment -------------------------------------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Errata needs Python 3.11 or newer. Name one: make up PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo 'This Python has no venv module. On Debian or Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv "$(VENV)"

# The packages lie in this directory, so a path file is all their installation: no build, no download that is not locked by hash.
$(VENV)/runtime.stamp: requirements.lock | $(BIN)/python
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	@echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/errata.pth"
	@printf '#!/bin/sh\nexec "%s" -m cli.main "$$@"\n' "$(BIN)/python" > "$(BIN)/errata" && chmod +x "$(BIN)/errata"
	@deploy/scripts/provide-node.sh "$(BIN)"
	@touch $@

$(VENV)/development.stamp: requirements-dev.lock $(VENV)/runtime.stamp
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/runtime.stamp

# --- the dashboard ---------------------------------------------------------------------------------------------------

web/node_modules/.package-lock.json: web/package-lock.json | $(VENV)/runtime.stamp
	cd web && $(WITH_NODE) npm ci --ignore-scripts --no-fund --no-audit --loglevel error
	@touch $@

$(DASHBOARD): $(WEB_SOURCES) web/node_modules/.package-lock.json
	cd web && $(WITH_NODE) npm run --silent build -- --logLevel error
	@touch $@

web: $(DASHBOARD)

# --- running and testing ---------------------------------------------------------------------------------------------

up: install web
	@exec $(BIN)/python -m cli.main up $(ARGS)

test: $(VENV)/development.stamp $(DASHBOARD)
	$(WITH_NODE) $(BIN)/python -m pytest -m "not slow" $(ARGS)
	cd web && $(WITH_NODE) npm run --silent test

test-slow: $(VENV)/development.stamp $(DASHBOARD)
	$(WITH_NODE) $(BIN)/python -m pytest -m slow $(ARGS)

# Both halves at once: each is bound by one core.
check: $(VENV)/development.stamp web/node_modules/.package-lock.json
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-python check-web

check-python:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture

check-web:
	cd web && $(WITH_NODE) npm run --silent check

fmt: $(VENV)/development.stamp
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

bench: $(VENV)/development.stamp
	$(BIN)/python -m benchmarks $(ARGS)

# The environment (.venv) and the data (.errata) stay.
clean:
	rm -rf dashboard_api/static web/node_modules $(JOURNEY_NODE)/node_modules build dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -path ./.venv -prune -o -path ./.errata -prune -o -name __pycache__ -type d -exec rm -rf {} +
