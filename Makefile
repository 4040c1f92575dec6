# One line per task, no logic: what a task does stands in scripts/.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --warn-undefined-variables

# The interpreter that makes .venv: make check PYTHON=python3.13
PYTHON ?= python3
PAGES ?=
FLAGS ?=
DOCUMENTS ?=
PORT ?= 8807
MODELS ?=
ACCEPTED ?=
INDEX_URL ?=
SIMPLE_URL ?=

# Relative, and blanks as _, since make cannot name a file with a blank in its path.
BLANK := $(subst _,,_ _)
INSTALLED := .venv/installed-by-$(subst $(BLANK),_,$(subst /,_,$(PYTHON)))
# Without .venv, which an activated shell puts first: the interpreter that makes it must be another one.
OUTSIDE := $(subst $(CURDIR)/.venv/bin:,,$(PATH))
export PATH := $(CURDIR)/.venv/bin:$(OUTSIDE)
export PYTHONPATH :=
unexport VIRTUAL_ENV

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

$(INSTALLED): export PATH := $(OUTSIDE)
# The interpreter that .venv was made with may have been removed since: then .venv/bin/python leads nowhere, and .venv is made anew.
.venv/bin/python:
$(INSTALLED): requirements.lock $(if $(realpath .venv/bin/python),,.venv/bin/python)
	@[ "$$("$(PYTHON)" -c 'print(7)' 2> /dev/null)" = 7 ] || { echo "setup: there is no $(PYTHON) here that runs; name another one: make setup PYTHON=python3.13" >&2; exit 1; }
	@"$(PYTHON)" scripts/python_version.py
	@"$(PYTHON)" -m scripts.install requirements.lock "$@"

.PHONY: setup
setup: $(INSTALLED) ## make .venv from requirements.lock (PYTHON=python3.13 for another interpreter)

.PHONY: demo
demo: setup ## regenerate the client and make real calls with it to the mock service
	python -m scripts.generate
	python -m scripts.demo

.PHONY: check
check: setup ## run all checks before a push: format, lint, types, generated code, contract, tests
	@python -m scripts.check

.PHONY: proofs
proofs: setup ## run the slow tests: a whole release, every supported Python here, the walk of CONTRIBUTING
	python -m pytest -m proof -n 2 -v

.PHONY: fetch
fetch: setup ## download the vendor's pages, and say which operations are new, changed or gone: make fetch FLAGS="--match ..."
	python -m scripts.fetch --exit-zero $(FLAGS)

.PHONY: refresh
refresh: setup ## fetch, update, generate, and describe the change for a pull request
	python -m scripts.refresh --exit-zero $(FLAGS)

.PHONY: update
update: setup ## take in vendor pages: make update PAGES="page.md ..." FLAGS="--start-over"
	python -m scripts.update $(FLAGS) $(PAGES)

.PHONY: generate
generate: setup ## regenerate the client from openapi.yaml
	python -m scripts.generate $(FLAGS)

.PHONY: drift
drift: setup ## show what openapi.yaml changes for callers, and what is breaking (ACCEPTED=FILE: changes that are accepted; FLAGS="--format text")
	python -m scripts.drift --fail-on none $(FLAGS) $(if $(ACCEPTED),--accepted "$(ACCEPTED)")

.PHONY: accept
accept: setup ## record the contract of openapi.yaml in contract.lock, with a fitting version and changelog (ACCEPTED=FILE: only what it accepts)
	python -m scripts.accept $(if $(ACCEPTED),--accepted "$(ACCEPTED)")

.PHONY: corpus
corpus: setup ## try other OpenAPI documents, and list which operations work: make corpus DOCUMENTS="folder ..."
	python -m scripts.corpus $(DOCUMENTS)

.PHONY: mutants
mutants: setup ## show that every single-point change of openapi.yaml is noticed, named and classified
	python -m tests.mutation

.PHONY: mock
mock: setup ## run the mock service on loopback (PORT=8807, MODELS="folder file.yaml" for models of your own)
	@python -m scripts.mock_service --port $(PORT) --models "$${MODELS:-}"

.PHONY: build
build: setup ## build sdist, wheel and list of contents (SBOM) of the last commit into dist/
	python -m scripts.release build

.PHONY: publish
publish: setup ## release this commit: make publish INDEX_URL=https://... (TWINE_USERNAME, TWINE_PASSWORD)
	@python -m scripts.release publish "$(INDEX_URL)" --simple-url="$(SIMPLE_URL)"

.PHONY: docs
docs: setup ## write the reference to site/
	python -m scripts.reference

.PHONY: bench
bench: setup ## measure against other ways to make the same calls; writes BENCHMARKS.md and its picture (5 minutes)
	python -m scripts.bench

.PHONY: lock
lock: setup ## update requirements.lock from pyproject.toml
	python -m uv pip compile --quiet --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --output-file requirements.lock

.PHONY: format
format: setup ## format and fix what can be fixed
	python -m ruff check --fix .
	python -m ruff format .

.PHONY: clean
clean: ## remove what can be made again
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .staging-* build dist site bench
