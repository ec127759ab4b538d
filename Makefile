# Everything sets up $(VENV) by itself. Other settings: make test PYTHON=python3.12, make test VENV=/somewhere/else.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# durable-rules is built from source; since Python 3.13 it imports only if built so.
export CPPFLAGS := $(CPPFLAGS) -DPyEval_CallObject=PyObject_CallObject

.DEFAULT_GOAL := help
.PHONY: help demo test agree bench setup preflight lint format types imports protos policies check lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(READY) ## Decide a few shipments and show why
	$(BIN)/python -m licet.cli.demo

test: $(READY) ## Run the tests
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

agree: $(READY) ## Compare the engines on ten times as many cases, from LICET_AGREEMENT_SEED on
	LICET_AGREEMENT_PAIRS=$${LICET_AGREEMENT_PAIRS:-200000} $(BIN)/python -m pytest tests/agreement

bench: $(READY) ## Measure engines, the stages of a decision and servers, side by side
	$(BIN)/licet bench

setup: $(READY) ## Make the virtual environment

preflight: ## Say what is missing to set up
	@command -v $(PYTHON) > /dev/null || { echo "$(PYTHON) was not found: install Python 3.11 to 3.14, or name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) scripts/preflight.py

$(READY): pyproject.toml requirements.lock
	@$(MAKE) --no-print-directory preflight
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable '.[dev]'
	@touch $@

lint: $(READY) ## Check style, formatting and the API definition
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/buf lint

format: $(READY) ## Mend what the linter and formatter can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: $(READY) ## Check types
	$(BIN)/mypy

imports: $(READY) ## Check which module may import which
	$(BIN)/lint-imports

protos: $(READY) ## Generate the stubs in service/licet/v1
	$(BIN)/python scripts/gen_protos.py

policies: $(READY) ## Check and review the policies
	$(BIN)/licet policy check policies
	$(BIN)/licet policy lint policies

check: lint types imports policies ## Everything that CI runs
	$(BIN)/python scripts/gen_protos.py --check
	@$(MAKE) --no-print-directory test

lock: preflight ## Pin the newest versions that fit in requirements.lock
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && $(PYTHON) -m venv "$$folder" \
	  && "$$folder/bin/python" -m pip install --quiet '.[dev]' \
	  && { echo '# One tested set of versions. Made by `make lock`; used as constraints by `make setup`.'; \
	       "$$folder/bin/python" -m pip freeze --all --exclude licet --exclude pip; } > requirements.lock

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
