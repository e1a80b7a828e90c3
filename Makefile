# Every target does its own set-up, once: a second `make` is quick. CI runs `make check` and `make test`, nothing else.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

UV_VERSION := 0.13.9
PYTHON ?= python3
STAMPS := .cache/stamps
BIN := .venv/bin
LOG := .cache/setup.log

# The real interpreter, not a version manager's shim: the one that .venv was made with, else python3's own.
ANY_PYTHON := $(if $(wildcard $(BIN)/python),$(BIN)/python,$(PYTHON))
REAL_PYTHON := $(shell $(ANY_PYTHON) -c 'import os, sys; print(os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable))' 2>/dev/null)
export UV_PYTHON_DOWNLOADS := never
UV = UV_PYTHON="$(REAL_PYTHON)" .tools/bin/uv

RULES_TESTS := $(wildcard tests/*/unit/test_*_rules.py)
# What the cohort language is proven by, the making of worlds aside, which is none of it.
COHORT_TESTS := $(filter-out %/test_generated.py,$(wildcard tests/health/unit/test_*.py)) tests/health/spec tests/health/generative
PO_FILES := $(shell find diptych -name '*.po' 2>/dev/null)
step = printf '%s\n' "· $(1)"
# Runs a command with its output kept in the log, which is shown only when the command fails.
quietly = { mkdir -p .cache; $(1) >$(LOG) 2>&1 || { tail -n 30 $(LOG) >&2; exit 1; }; }

.PHONY: help setup demo test spark test-spark check docs messages bench-booking bench-rush bench-imports bench-search bench-cohorts browser pango

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMPS)/packages $(STAMPS)/assets $(STAMPS)/translations ## Install everything that is locked (done by the others)

demo: setup pango ## Run the pass with a world of its own, on http://localhost:8000
	@$(BIN)/diptych demo $(ARGS)

test: setup browser pango ## Run every test, those in a real browser included
	@$(BIN)/python -m pytest -n 2 -q
	@$(call step,every branch of the rules and of the cohort language)
	@$(call quietly,$(BIN)/coverage run -m pytest -q -p no:cacheprovider $(RULES_TESTS) $(COHORT_TESTS) && $(BIN)/coverage report)
	@$(BIN)/python -m pytest -q --ds=diptych.health.site.settings tests/health/screens
	@$(BIN)/python -m pytest -q --ds=diptych.health.room.settings tests/health/room

spark: setup ## Install Spark too, 450 MB, for `diptych health cohort count --engine spark`; needs Java 17 or later
	@$(call step,Spark)
	@$(call quietly,$(UV) sync --locked --all-extras --all-groups)

test-spark: spark ## Every spec of the cohort language on Spark, and ten published definitions
	@DIPTYCH_EVERY_SPEC=1 $(BIN)/python -m pytest -q -m spark tests/health

check: setup ## Format, lint, types, import contracts, dependencies, docs and translations current
	@$(call step,format); $(BIN)/ruff format --check --quiet . >/dev/null || { echo "Run: $(BIN)/ruff format ." >&2; exit 1; }
	@$(call step,lint); $(BIN)/ruff check --quiet .
	@$(call step,types); $(BIN)/mypy --no-error-summary diptych
	@$(call step,imports); $(call quietly,$(BIN)/lint-imports --no-logo)
	@$(call step,dependencies); $(call quietly,$(BIN)/deptry --no-ansi diptych)
	@$(call step,documentation); $(BIN)/python -m diptych.press docs --check && $(BIN)/python -m tests.health.spec --check
	@$(call step,translations); $(BIN)/python -m diptych.press messages --check
	@echo "All in order."

docs: setup ## Print docs/generated from the code
	@$(BIN)/python -m diptych.press docs
	@$(BIN)/python -m tests.health.spec

messages: setup ## Gather the screens' sentences into the .po files, and say which lack a French text
	@$(BIN)/python -m diptych.press messages
	@$(BIN)/python -m diptych.press compile

bench-booking: setup ## Bookings a second, beside the same booking under pgbench
	@$(BIN)/diptych culture bench booking --shape spread
	@$(BIN)/diptych culture bench booking --shape hot

bench-cohorts: setup ## Questions put to a generated hospital, beside DuckDB and sets alone; 100,000 persons unless PERSONS says otherwise
	@$(BIN)/diptych health bench cohorts --persons $(or $(PERSONS),100000)

bench-rush: setup ## Many for few places, with the server killed in the middle: exactly that many sold
	@$(BIN)/diptych culture bench rush

bench-search: setup ## Ten kinds of search through HTTP, beside the engine alone; 100,000 offers unless OFFERS says otherwise
	@$(BIN)/diptych culture bench search --offers $(or $(OFFERS),100000)

bench-imports: setup ## Imports of the official files in the folder DATA, beside a raw copy of them
	@$(BIN)/diptych culture bench imports --data $(or $(DATA),$(error say where the files are: make bench-imports DATA=DIR))

# ---- set-up, each step stamped

$(STAMPS):
	@mkdir -p $@

.tools/uv-$(UV_VERSION): | $(STAMPS)
	@$(ANY_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Diptych needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(REAL_PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    $(call step,python3-venv through apt); $(call quietly,{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv; }); \
	  else echo "Python's venv module is missing. Ask an administrator for: apt-get install python3-venv" >&2; exit 1; fi; }
	@$(call step,uv $(UV_VERSION))
	@$(call quietly,{ $(REAL_PYTHON) -m venv --clear .tools && .tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); })
	@touch $@

$(STAMPS)/packages: pyproject.toml uv.lock .tools/uv-$(UV_VERSION) | $(STAMPS)
	@$(call step,Python packages)
	@$(call quietly,$(UV) sync --locked --all-extras --no-extra spark --all-groups)
	@touch $@

$(STAMPS)/assets: $(STAMPS)/packages $(wildcard package.json package-lock.json diptych/commons/web/assets.py)
	@$(call step,front-end packages)
	@$(call quietly,$(BIN)/python -m diptych.commons.web.assets)
	@touch $@

$(STAMPS)/translations: $(STAMPS)/packages $(PO_FILES)
	@$(call step,translations)
	@$(BIN)/python -m diptych.press compile
	@touch $@

browser:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    $(call step,Chromium through apt); $(call quietly,{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; }); \
	  else echo "The browser tests are skipped: they need Chromium. Ask an administrator for: apt-get install chromium" >&2; fi; }

# What lays out the PDF of an extract (WeasyPrint); Chromium brings it along.
pango:
	@ldconfig -p 2>/dev/null | grep -q libpangoft2-1.0 && ldconfig -p | grep -q libharfbuzz-subset || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    $(call step,Pango through apt); $(call quietly,{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core; }); \
	  else echo "Extracts of personal data cannot be laid out as PDF: ask an administrator for: apt-get install libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core" >&2; fi; }
