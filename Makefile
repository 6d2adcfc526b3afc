# The two commands of the README are `make demo` and `make test`; each does its own set-up.
# PYTHON=python3.12 picks the interpreter, VENV=.venv-3.12 the folder it is installed into.

SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin
PICTURES ?= build/demo
export VENV PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo test check headless lint bench readme wheel clean setup-demo setup-test

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup-demo setup-test:
	@packaging/setup.sh $(@:setup-%=%)

demo: setup-demo ## A real broker, a small shop and the window; without a display the story and pictures in build/demo
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec $(BIN)/redrive demo; \
	else exec $(BIN)/redrive demo --headless --for 60 --screenshot $(PICTURES); fi

test: setup-test ## Everything, against real brokers
	$(BIN)/python -m pytest

check: lint ## Lint, types, imports and unit tests: under a minute
	$(BIN)/python -m pytest -q -m "not slow" tests/unit tests/architecture

lint: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/python packaging/readme.py --check

# `make test` runs these with Qt there and all the others too: here it is enough that nothing asks for Qt.
WITHOUT_QT := tests/unit tests/contract/test_memory.py tests/integration/test_reading_nats.py tests/integration/test_watch.py

headless: setup-test ## The engine's tests as if Qt were not installed
	$(BIN)/python -m tests.helpers.without_qt pytest -q -p no:pytest-qt $(WITHOUT_QT)

bench: setup-test ## The redrive against a plain client loop with the same guarantee, in one run
	$(BIN)/python -m tests.perf.nats_redrive

readme: setup-test ## Write the capability table of the README anew
	$(BIN)/python packaging/readme.py

wheel: setup-test ## Build the wheel into dist/
	rm -rf dist
	$(BIN)/python -m build --wheel

clean: ## Remove what was built or cached, not the virtual environment
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find adapters dashboard resources tests -name __pycache__ -prune -exec rm -rf {} +
