# Two commands: `make demo` and `make test`. Both start from nothing but Python 3.11+ and make.
PYTHON ?= $(firstword $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
    "$$p" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p; done))
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo test lint types contracts unit fix benchmarks wheel clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: $(VENV)/.base  ## install what is needed and take the tour of the three assistants
	$(BIN)/plumb demo

test: $(VENV)/.dev system lint types contracts unit  ## linters, types, import contracts, tests

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/basedpyright --pythonpath $(BIN)/python

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

unit: $(VENV)/.dev
	$(BIN)/pytest --numprocesses 2

fix: $(VENV)/.dev  ## let the linter and the formatter mend what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmarks: $(VENV)/.dev  ## every benchmark, a quick run of each
	for module in benchmarks/[a-z]*.py; do $(BIN)/python $$module --quick || exit 1; done

wheel: $(VENV)/.dev  ## build the wheel into dist/
	$(PIP) wheel --no-deps --wheel-dir dist .

clean:  ## remove the environment and what was built
	rm -rf $(VENV) dist build .pytest_cache .ruff_cache .hypothesis

# PostgreSQL's programs and VS Code's protocol library serve tests that skip visibly without them.
NODE_CLIENT := tests/e2e/lsp/node
.PHONY: system
system:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends postgresql >/dev/null; } || \
	  echo "note: no PostgreSQL programs here; its tests will be skipped"
	@[ -d $(NODE_CLIENT)/node_modules ] || { command -v npm >/dev/null && \
	  npm install --prefix $(NODE_CLIENT) --silent --no-audit --no-fund --no-package-lock --fetch-retries 1; } || \
	  echo "note: no node packages here; the test of VS Code's protocol library will be skipped"

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "plumb needs Python 3.11 or newer on the PATH"; exit 2; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
	    apt-get install -y -qq python3-venv >/dev/null && $(PYTHON) -m venv --clear $(VENV); } || \
	  { echo "could not create $(VENV): install your system's python3-venv package"; exit 2; }

$(VENV)/.base: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --editable '.[dev,torch]'
	@touch $@ $(VENV)/.base
