# Each target sets itself up: only Python 3.11 or newer and make are needed.

ARGS =
BIN = .venv/bin

.PHONY: help demo test test-slow bench format docs clean

help:
	@echo "make demo         train a network on handwritten digits (ARGS='--epochs 20' adds flags)"
	@echo "make test         everything that must hold before a change is accepted"
	@echo "make test-slow    the tests that take longer"
	@echo "make bench        Ranvier beside its peers (ARGS='--rows mlp_small' chooses; an hour for all)"
	@echo "make format       rewrite the code in the project's format"
	@echo "make docs         build the documentation into site/"
	@echo "make clean        remove what the other targets made"

demo:
	@.ci/venv
	@$(BIN)/ranvier train digits $(ARGS)

test:
	@.ci/venv test,docs
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n auto --dist loadfile
	.ci/docs

test-slow:
	@.ci/venv test,docs
	$(BIN)/pytest -m slow $(ARGS)

bench:
	@.ci/venv
	$(BIN)/python -m benchmarks.driver $(ARGS)

format:
	@.ci/venv test,docs
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs:
	@.ci/venv test,docs
	.ci/docs
	@echo "Open site/index.html."

clean:
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache site dist
