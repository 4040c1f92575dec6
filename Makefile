# One line per task, no logic: what a task does stands in scripts/.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --warn-undefined-variables

# The interpreter that makes .venv: make check PYTHON=python3.13
PYTHON ?= python3
PAGES ?=
PORT ?= 8807
INDEX_URL ?=
SIMPLE_URL ?=

VENV := $(CURDIR)/.venv
INSTALLED := $(VENV)/installed-by-$(subst /,_,$(PYTHON))
export PATH := $(VENV)/bin:$(PATH)
export PYTHONPATH :=
unexport VIRTUAL_ENV

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(INSTALLED): requirements.lock
	$(PYTHON) -m venv --clear $(VENV)
	python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

.PHONY: setup
setup: $(INSTALLED) ## make .venv from requirements.lock (PYTHON=python3.13 for another interpreter)

.PHONY: demo
demo: setup ## regenerate the client and make real calls with it to the mock service
	python -m scripts.generate
	python -m scripts.demo

.PHONY: check
check: setup ## everything that must be true: format, lint, types, generated tree, contract, tests, release
	ruff format --check .
	ruff check .
	mypy
	python -m scripts.generate --check
	python -m scripts.accept --check
	pytest -n auto
	python -m scripts.release.check

.PHONY: update
update: setup ## take in vendor pages: make update PAGES="page.md ..."
	python -m scripts.update $(PAGES)

.PHONY: generate
generate: setup ## regenerate the client from openapi.yaml
	python -m scripts.generate

.PHONY: drift
drift: setup ## say what openapi.yaml changes in the accepted contract, and whom it breaks
	python -m scripts.drift

.PHONY: accept
accept: setup ## record the contract of openapi.yaml in contract.lock, with a fitting version and changelog
	python -m scripts.accept

.PHONY: mutants
mutants: setup ## show that every single-point change of openapi.yaml is seen, named and classed
	python -m scripts.mutants

.PHONY: mock
mock: setup ## run the mock service on loopback (PORT=8807)
	python -m scripts.mock_service --port $(PORT)

.PHONY: format
format: setup ## format and fix what can be fixed
	ruff check --fix .
	ruff format .

.PHONY: test
test: setup ## run the tests alone
	pytest -n auto

.PHONY: build
build: setup ## build sdist and wheel into dist/, the same bytes anywhere
	python -m scripts.release.build

.PHONY: publish
publish: setup ## release this commit: make publish INDEX_URL=https://... (TWINE_USERNAME, TWINE_PASSWORD)
	@python -m scripts.publish "$(INDEX_URL)" --simple-url="$(SIMPLE_URL)"

.PHONY: release-check
release-check: setup ## prove a release on a real index on loopback, in clean environments
	python -m scripts.release.check

.PHONY: lock
lock: setup ## write requirements.lock anew from pyproject.toml
	uv pip compile --quiet --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --output-file requirements.lock

.PHONY: docs
docs: setup ## write the reference to site/
	python -m scripts.reference

.PHONY: bench
bench: setup ## measure against what else could make the same calls; writes bench/ and BENCHMARKS.md (5 minutes)
	python -m scripts.bench

.PHONY: clean
clean: ## remove what can be made again
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .staging-* build dist site bench
