# Everything below sets itself up: it needs Python 3.11 or later, make and a C library.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
INTEROP := .interop
# The plugins of plugins/ are distributions of their own: installed, they would judge in all other tests too.
LABS := .labs
PLUGINS := cortexlab ibl media

# What starts many processes, builds environments, or is a run for each of a hundred broken plugins.
SLOW := $(addprefix tests/,test_big_files.py test_dask.py test_dask_refusals.py test_deadlines.py test_guide.py test_plugin_processes.py test_plugins_broken.py \
    test_plugins_new.py test_plugins_order.py test_testing_kit.py properties/test_cache_laws.py)

.PHONY: demo test lint types tests slow-tests plugin-tests interop bench bench-short clean

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
	$(BIN)/python -m pytest -q -p no:cacheprovider -n auto $(SLOW:%=--ignore=%)

slow-tests: $(READY)
	$(BIN)/python -m pytest -q -p no:cacheprovider -n auto $(SLOW)

plugin-tests: $(LABS)/.ready
	for each in $(PLUGINS); do \
	    (cd plugins/$$each && $(CURDIR)/$(LABS)/bin/mypy && \
	        $(CURDIR)/$(LABS)/bin/python -m pytest -q -p no:cacheprovider -n auto) || exit 1; \
	done
	$(LABS)/bin/python -m pytest -q -p no:cacheprovider plugins/tests

$(LABS)/.ready: pyproject.toml constraints.txt $(PLUGINS:%=plugins/%/pyproject.toml)
	$(PYTHON) -m venv $(LABS)
	$(LABS)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
	    --editable '.[test]' $(PLUGINS:%=--editable 'plugins/%[test]')
	touch $(LABS)/.ready

# What alfcheck exports, judged by the programs that it is for; they need an environment of their own.
interop: $(READY) $(INTEROP)/.ready
	ALFCHECK_INTEROP=$(CURDIR)/$(INTEROP)/bin $(BIN)/python -m pytest -q -p no:cacheprovider tests/interop

$(INTEROP)/.ready: tests/interop/requirements.txt
	$(PYTHON) -m venv $(INTEROP)
	$(INTEROP)/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/interop/requirements.txt
	touch $(INTEROP)/.ready

# The full benchmark, which takes an hour or two; bench-short only shows that it runs.
bench: $(READY)
	$(BIN)/python benchmarks/suite.py

bench-short: $(READY)
	$(BIN)/python benchmarks/suite.py --short

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $(READY)

clean:
	rm -rf $(VENV) $(INTEROP) $(LABS) build dist
