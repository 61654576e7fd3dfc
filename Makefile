PYTHON ?= python3
VENV ?= .venv
BIN := $(if $(filter /%,$(VENV)),$(VENV),$(CURDIR)/$(VENV))/bin
STAMP := $(VENV)/.installed
BENCH := $(VENV)/.installed-bench
DOCS := $(VENV)/.installed-docs
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
export PATH := $(BIN):$(PATH)
export MLFLOW_DISABLE_TELEMETRY := true

.PHONY: help install run test long docs hooks lint ui bench clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: $(STAMP)  ## create the environment in .venv

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e '.[dev,serve,cluster,sql,live]'
	touch $@

$(BENCH): $(STAMP)
	$(PIP) -e '.[bench]'
	touch $@

$(DOCS): $(STAMP)
	$(PIP) -e '.[docs]'
	touch $@

run: $(STAMP)  ## run the pipeline on what params.yaml chooses, and print the result
	$(BIN)/dvc repro
	$(BIN)/scalebridge track
	$(BIN)/scalebridge summary

# Files with few tests are the slowest. Without --no-loadscope-reorder they would run last, on one core.
test: $(STAMP) $(BENCH)  ## check style and types, run all tests, and measure line coverage
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy benchmarks
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=json
	$(BIN)/python -m tests.support.line_coverage

long: $(STAMP)  ## run the tests that are too slow for make test: kills, damaged files, a server, the documentation
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m long tests

hooks: $(STAMP)  ## run the checks of pre-commit on all files
	$(BIN)/pre-commit run --all-files

docs: $(DOCS)  ## write the reference pages and build the documentation into site/; a warning is an error
	$(BIN)/python -m docs.generator
	$(BIN)/zensical build --strict --clean

lint: $(STAMP)  ## repair the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

ui: $(STAMP)  ## open MLflow on the runs of this folder
	$(BIN)/scalebridge ui

bench: $(STAMP) $(BENCH)  ## run the benchmarks after make run, and write their tables into the documentation; takes hours
	for name in answering service what_if scenarios plant trajectories trajectory_growth over_workers calibration_promise bridge at_scale equivalence next_runs process_mean unknown_lots watch_update; do \
		$(BIN)/python benchmarks/$$name.py --write || exit 1; \
	done
	$(BIN)/python benchmarks/plant_models.py --jobs 2 --write
	if [ -d data/raw/tablets ]; then \
		$(BIN)/python benchmarks/stages.py --write && $(BIN)/python benchmarks/tablets_models.py --jobs 2 --write; \
	fi

clean:  ## remove the environment, caches and computed files; raw data, proposals, published runs, given answers and what was received stay
	git clean -dfqX -- benchmarks data docs pipeline tests ':(exclude)data/raw' ':(exclude)data/runs' ':(exclude)data/answers_given' ':(exclude)data/received'
	rm -rf $(VENV) .cache .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache *.egg-info coverage.json site
