# What can be done here. Each task makes ready what it needs; only Python 3.11+ and make are assumed.
.DEFAULT_GOAL := help
.PHONY: help run reset clients test quick check check-clients check-python fmt types bench lock package

PYTHON ?= python3
READY  := $(PYTHON) bin/bootstrap
VENV   := .venv/bin

help:  ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

run:  ## the whole desk with a living demo game; Ctrl-C stops everything, data stays (PLAYERDESK_PORT, PLAYERDESK_DATA)
	@$(READY) run clients
	@exec $(VENV)/playerdesk run

reset:  ## forget all data of this checkout's desk
	@$(READY) run
	@exec $(VENV)/playerdesk reset

clients:  ## build the browser clients if their sources changed
	@$(READY) clients

test:  ## everything CI checks: style, types, the map, and all tests
	@$(READY) test clients browser
	@$(MAKE) --no-print-directory check
	@$(VENV)/pytest -n 2

quick:  ## the tests that need no browser and break no servers
	@$(READY) test
	@$(VENV)/pytest -n 2 -m "not browser and not slow"

check:  ## style (ruff), types (pyright), the map of the house (import-linter), the clients' own checks
	@$(READY) test clients
	@$(MAKE) --no-print-directory -j2 check-clients check-python

check-clients:
	@$(READY) sound

check-python:
	@$(VENV)/ruff check .
	@$(VENV)/pyright
	@$(VENV)/lint-imports --no-logo

fmt:  ## mend what can be mended by itself
	@$(READY) test
	@$(VENV)/ruff check --fix .

types:  ## the clients' types from the OpenAPI document (clients/api), after a change of the interfaces
	@$(READY) run clients
	@npm --prefix clients/agent run --silent types

bench:  ## measure ourselves beside the floor (ARGS="--tickets 1000000 --json figures.json")
	@$(READY) run
	@exec $(VENV)/python -m bench $(ARGS)

lock:  ## take newer versions of the dependencies within their bounds
	@uv lock --upgrade

package:  ## build the wheel, clients included, into dist/
	@$(READY) run clients
	@$(VENV)/python -m pip wheel --quiet --no-deps --wheel-dir dist . 2>/dev/null || uv build --wheel
