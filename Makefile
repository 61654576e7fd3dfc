PYTHON ?= python3
VENV ?= .venv
BIN := $(CURDIR)/$(VENV)/bin
STAMP := $(VENV)/.installed
BENCH := $(VENV)/.installed-bench
DOCS := $(VENV)/.installed-docs
export PATH := $(BIN):$(PATH)
export MLFLOW_DISABLE_TELEMETRY := true

.PHONY: help install run test docs lint ui clean

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

$(DOCS): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	touch $@

run: $(STAMP)  ## run the pipeline on what params.yaml chooses, and print the result
	dvc repro
	scalebridge summary

test: $(STAMP) $(BENCH)  ## style, types and all tests
	ruff check .
	ruff format --check .
	mypy
	pytest -n 2 --dist loadfile

docs: $(DOCS)  ## write the reference pages and build the documentation into site/; a warning is an error
	python -m docs.generator
	zensical build --strict --clean

lint: $(STAMP)  ## repair the style
	ruff check --fix .
	ruff format .

ui: $(STAMP)  ## open MLflow on the runs of this folder
	scalebridge ui

clean:  ## remove what the pipeline wrote; raw data, proposals and the record of runs stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
