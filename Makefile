# Needs make, a POSIX shell and Python >= 3.11. The first target lists the others.
VENV ?= .venv
PYTHON ?=
TORCH_INDEX ?=
TORCH ?= 2.13.0
ARGS ?=

BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help reproduce test install study bench known-kernel lint format lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo '  ARGS="..."          further options of the command (reproduce, test, study, bench, known-kernel)'
	@echo '  PYTHON=python3.12   Python that makes $(VENV) (default: the first >= 3.11 found)'
	@echo '  TORCH_INDEX=URL     a further package index, e.g. one with CPU-only builds of torch: saves gigabytes'

reproduce: $(INSTALLED) ## Install if needed, then run the main comparison on the embedded data; goes on where it stopped
	$(BIN)/mcdeconv reproduce $(ARGS)

test: $(INSTALLED) ## Run the tests (MCDECONV_DATA=folder: with the benchmarks in it)
	$(BIN)/python -m pytest $(ARGS)

install: $(INSTALLED) ## Make .venv with the exact versions of requirements.lock and this checkout

study: $(INSTALLED) ## Which reading of the paper works: one factor at a time, some hours
	$(BIN)/mcdeconv study $(ARGS)

bench: $(INSTALLED) ## Time per iteration and peak memory of the three tiers
	$(BIN)/mcdeconv bench $(ARGS)

known-kernel: $(INSTALLED) ## Deconvolve the 32 images of Levin et al. with their true kernels
	$(BIN)/mcdeconv known-kernel $(ARGS)

lint: $(INSTALLED) ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(INSTALLED) ## Sort imports and format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(BIN)/python ## Resolve all versions anew, into requirements.lock and environment.yml
	$(PIP) install --dry-run --ignore-installed --quiet --report $(VENV)/report.json \
	    $(addprefix --extra-index-url ,$(TORCH_INDEX)) torch==$(TORCH) '.[data,book,workflow,dev]'
	$(BIN)/python scripts/lock.py < $(VENV)/report.json

clean: ## Delete caches and build products; the environment and the run records stay
	rm -rf build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find mcdeconv tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@sh scripts/make_venv.sh $(VENV) $(PYTHON)

$(INSTALLED): requirements.lock pyproject.toml
	@sh scripts/make_venv.sh $(VENV) $(PYTHON)
	@echo 'Installing the versions of requirements.lock into $(VENV); the first time this takes some minutes.'
	$(PIP) install --quiet $(addprefix --extra-index-url ,$(TORCH_INDEX)) -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
