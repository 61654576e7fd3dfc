PYTHON ?= python3
VENV ?= .venv
BIN := $(CURDIR)/$(VENV)/bin
STAMP := $(VENV)/.installed
BENCH := $(VENV)/.installed-bench
export PATH := $(BIN):$(PATH)
export MLFLOW_DISABLE_TELEMETRY := true

.PHONY: help install run test lint ui clean

help:  ## what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | column -t -s '|'

install: $(STAMP)  ## create the environment in .venv

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

$(BENCH): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	touch $@

run: $(STAMP)  ## run the pipeline on what params.yaml chooses, and print the result
	dvc repro
	scalebridge summary

test: $(STAMP) $(BENCH)  ## style, types, all tests and their line coverage
	ruff check .
	ruff format --check .
	mypy
	pytest -n 2 --dist loadfile --cov --cov-report=json
	python -m tests.support.line_coverage

lint: $(STAMP)  ## repair the style
	ruff check --fix .
	ruff format .

ui: $(STAMP)  ## open MLflow on the runs of this folder
	scalebridge ui

clean:  ## remove what the pipeline wrote; raw data, proposals and the record of runs stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage coverage.json
