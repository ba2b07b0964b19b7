# Every command of the project. `make` alone lists them.
# All targets first bring .local/venv up to date, which takes a tenth of a second when nothing changed.

VENV := .local/venv
PY := $(VENV)/bin/python
ARGS ?=
SPREAD := --numprocesses logical --maxprocesses 4 --dist loadscope --no-loadscope-reorder
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help setup run up down migrate test check bench gen lock format

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  Arguments go in ARGS, for example: make test ARGS=tests/procurement/orders"

setup: ## Make .local/venv from requirements.lock (every other target does this first)
	@python3 infra/venv.py

run: setup ## Start everything, play the demo, stay up until Ctrl-C
	@$(PY) -m infra.local run $(ARGS)

up: setup ## Start everything in the background
	@$(PY) -m infra.local up $(ARGS)

down: setup ## Stop what `make up` started
	@$(PY) -m infra.local down $(ARGS)

migrate: setup ## Bring every database up to date
	@$(PY) -m infra.local migrate $(ARGS)

test: setup ## Run the tests (real PostgreSQL, NATS and Keycloak); without ARGS all of them, on all cores
	@$(PY) -m pytest $(or $(ARGS),$(SPREAD))

check: setup ## Style, types, imports, contracts, drift, architecture
	@$(PY) -m infra.contracts check

bench: setup ## Measure the hot paths and print one table of ratios
	@$(PY) -m tests.bench $(ARGS)

gen: setup ## Rewrite what is generated: protobuf code, OpenAPI documents, contract pages
	@$(PY) -m infra.contracts gen

format: setup ## Format the code
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .

lock: setup ## Resolve requirements.in afresh into requirements.lock
	@$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--upgrade requirements.in -o requirements.lock
