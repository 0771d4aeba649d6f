# Needs make, a POSIX shell and Python >= 3.11. The first target lists the others.
VENV ?= .venv
PYTHON ?=
TORCH_INDEX ?=
TORCH ?= 2.13.0
ARGS ?=
TIER ?= quick
DATASET ?=
IMAGES ?=
SEEDS ?=
N ?=
NAME ?=
MINUTES ?= 10
DEVICE ?= auto
BY ?=
PROFILE ?= local
SHARDS ?= 1
PORT ?= 8000

# What programs keep at home goes into the checkout where there is no home, or none that can be written to.
HOMELY := $(shell test -n "$$HOME" && made=$$(mktemp -d "$$HOME/.mcdeconv-XXXXXX" 2>/dev/null) && rmdir "$$made" && echo yes)
ifneq ($(HOMELY),yes)
export HOME := $(CURDIR)/out/home
$(shell mkdir -p "$(CURDIR)/out/home")
endif

BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check
# What is not in the lock, or is another file than it says, is refused. One package comes as source: setuptools, which
# builds it, is the locked one too, and is there first.
LOCKED := --quiet --no-deps --require-hashes --no-build-isolation
# Ends with make, however make ends.
WORKFLOW := $(BIN)/python -m mcdeconv.machine $(BIN)/python workflow/make.py
SELECTION = --tier "$(TIER)" --dataset "$(DATASET)" --images "$(IMAGES)" --seeds "$(SEEDS)" \
    --profile "$(PROFILE)" --shards "$(SHARDS)"

# Studies that had targets of their own, two of them under another name.
STUDIES := bench known-kernel sampling breadth readings thresholds equality
NOW_bench := benchmark
NOW_readings := protocols

.PHONY: help reproduce book course pdf table figure serve status explorer contribute merge verify test torture hostile mutants \
    install study lint format lock dist archive clean $(STUDIES)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo '  TIER=laptop         quick (default), laptop or paper (reproduce, book, table, figure, status)'
	@echo '  DATASET=levin       only the runs on levin, lai or kohler, and the pages that show them (reproduce, table, figure)'
	@echo '  IMAGES=a,b SEEDS=2  only these images; seeds 0 and 1 (reproduce, table, figure)'
	@echo '  N=5                 number of the table or figure in the paper (table, figure)'
	@echo '  NAME=levin          the study (study)'
	@echo '  PORT=8000           where the book is shown (serve)'
	@echo '  PROFILE=slurm SHARDS=16   on a cluster, the images divided among 16 jobs (reproduce): workflow/profiles/'
	@echo '  ARGS="..."          further options of the command (explorer, merge, verify, test, study, lock)'
	@echo '  PYTHON=python3.12   Python that makes $(VENV) (default: the first >= 3.11 found)'
	@echo '  TORCH_INDEX=URL     a further package index, e.g. one with CPU-only builds of torch: saves gigabytes'

reproduce: $(INSTALLED) ## Install if needed, compute all runs of a tier, make the book; goes on where it stopped
	@exec $(WORKFLOW) reproduce $(SELECTION)

book: $(INSTALLED) ## The book from the records that there are, computed here or committed; trains nothing
	@exec $(WORKFLOW) book $(SELECTION)

table: $(INSTALLED) ## N=5: compute what a table of the paper lacks, and print it
	@exec $(WORKFLOW) table "$(N)" $(SELECTION)

figure: $(INSTALLED) ## N=8: compute what a figure of the paper lacks, and save its pictures in out/figures
	@exec $(WORKFLOW) figure "$(N)" $(SELECTION)

course: book ## The book, the chapters as notebooks and what they need, in out/course.zip: for a room without network
	@exec $(BIN)/python workflow/course.py

pdf: book ## The whole book as out/book.pdf, printed by Chromium
	@sh scripts/install_chromium.sh
	@exec $(BIN)/python workflow/pdf.py

serve: $(INSTALLED) ## Show the book at http://127.0.0.1:8000/
	@test -f out/site/index.html || $(MAKE) book
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory out/site $(PORT)

status: $(INSTALLED) ## Which runs are done, which are missing, and how long those take
	@$(BIN)/mcdeconv status --tier "$(TIER)"

explorer: $(INSTALLED) ## Compute the explorer's grids anew, into results/explorer; hours, goes on where it stopped
	$(BIN)/mcdeconv explorer $(ARGS)

contribute: $(INSTALLED) ## MINUTES=10 BY="your name": spend them on what the book lacks most, into out/contribution.zip
	$(BIN)/mcdeconv contribute --minutes "$(MINUTES)" --device "$(DEVICE)" --by "$(BY)" $(ARGS)

merge: $(INSTALLED) ## Add the records in out/records to those of the repository
	$(BIN)/mcdeconv merge out $(ARGS)

verify: $(INSTALLED) ## Check all committed records, compute some of them anew and compare; ten minutes
	$(BIN)/mcdeconv verify $(ARGS)

test: $(INSTALLED) ## Run the tests (MCDECONV_DATA=folder: with the benchmarks in it)
	@sh scripts/install_chromium.sh
	@sh scripts/install_slurm.sh
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

torture: $(INSTALLED) ## Kill every program a hundred times and count what is lost, into results/trust; an hour
	$(BIN)/python tests/trust/torture.py $(ARGS)

hostile: $(INSTALLED) ## Try thousands of files and arguments of strangers, into results/trust; minutes
	$(BIN)/python tests/trust/hostile.py $(ARGS)

mutants: $(INSTALLED) ## Change what every number rests on, line by line, and see whether the tests notice; an hour
	$(PIP) install --quiet mutmut==3.8.1
	$(BIN)/python tests/trust/mutants.py $(ARGS)

install: $(INSTALLED) ## Make .venv with the exact versions of requirements.lock and this checkout

study: $(INSTALLED) ## NAME=levin: answer a question beside the tables, e.g. one factor at a time; up to hours
	$(BIN)/mcdeconv study $(NAME) $(ARGS)

$(STUDIES):
	@echo '`make $@` is now `make study NAME=$(or $(NOW_$@),$@)`' >&2; exit 2

lint: $(INSTALLED) ## Check style, types and what imports what
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(INSTALLED) ## Sort imports and format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(BIN)/python ## Complete requirements.lock for all systems; ARGS=--upgrade takes the newest versions
	$(PIP) install --quiet uv
	cp requirements.lock $(VENV)/resolved.lock
	echo 'torch==$(TORCH)' | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --all-extras $(ARGS) --output-file $(VENV)/resolved.lock pyproject.toml -
	$(BIN)/python scripts/lock.py < $(VENV)/resolved.lock

dist: $(INSTALLED) ## Wheel and sdist of the last commit, built twice and compared, in dist/
	@$(BIN)/python scripts/dist.py

archive: book ## For a repository of data: code, records, book and container recipe, described as an RO-Crate, in out/archive/
	@exec $(BIN)/python workflow/archive.py

clean: ## Delete caches and build products, the book too; the environment and the run records stay
	rm -rf build dist mutants .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis .snakemake
	rm -rf out/archive out/home out/pages out/book out/jupyter_execute out/site out/solved out/figures out/quotes.json out/plan.json out/course.zip out/book.pdf
	find mcdeconv tests scripts workflow -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@sh scripts/make_venv.sh $(VENV) $(PYTHON)

$(INSTALLED): requirements.lock pyproject.toml
	@sh scripts/make_venv.sh $(VENV) $(PYTHON)
	@echo 'Installing the versions of requirements.lock into $(VENV); the first time this takes some minutes.'
	sed -n '/^setuptools==/,/[^\\]$$/p' requirements.lock | $(PIP) install $(LOCKED) -r /dev/stdin
	$(PIP) install $(LOCKED) -r requirements.lock
	$(PIP) install --quiet $(addprefix --extra-index-url ,$(TORCH_INDEX)) torch==$(TORCH)
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
