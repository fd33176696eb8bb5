# Everything below sets itself up: it needs Python 3.11 or later, make and a C library.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
INTEROP := .interop

.PHONY: demo test lint types tests interop bench bench-short clean

demo: $(READY)
	rm -rf build/demo
	$(BIN)/alfcheck demo build/demo

test: lint types tests

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

tests: $(READY)
	$(BIN)/python -m pytest -q -p no:cacheprovider

# What alfcheck exports, judged by the programs that it is for; they need an environment of their own.
interop: $(READY) $(INTEROP)/.ready
	ALFCHECK_INTEROP=$(CURDIR)/$(INTEROP)/bin $(BIN)/python -m pytest -q -p no:cacheprovider tests/interop

$(INTEROP)/.ready: tests/interop/requirements.txt
	$(PYTHON) -m venv $(INTEROP)
	$(INTEROP)/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/interop/requirements.txt
	touch $(INTEROP)/.ready

# The full benchmark; bench-short only shows that it runs.
bench: $(READY)
	$(BIN)/python benchmarks/release.py --clean-and-faulty
	$(BIN)/python benchmarks/contracts.py

bench-short: $(READY)
	$(BIN)/python benchmarks/release.py --files 1500 --repeats 1
	$(BIN)/python benchmarks/contracts.py --files 1500 --repeats 1

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $(READY)

clean:
	rm -rf $(VENV) $(INTEROP) build dist
