# Everything below sets itself up: it needs Python 3.11 or later, make and a C library.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint types tests bench bench-short clean

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

# The full benchmark; bench-short only shows that it runs.
bench: $(READY)
	$(BIN)/python benchmarks/release.py --clean-and-faulty

bench-short: $(READY)
	$(BIN)/python benchmarks/release.py --files 1500 --repeats 1

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $(READY)

clean:
	rm -rf $(VENV) build dist
