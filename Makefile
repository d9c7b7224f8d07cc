# Everything a person types. Set-up happens by itself, in $TUTOR_HOME (.tutor here), and only when something changed.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
NO_PYTHON = $(error Python 3.11 or newer is needed: as python3 in the PATH, or make PYTHON=/path/to/python3)

# Sets up what is missing, then runs what follows in the virtual environment.
SETUP = $(if $(PYTHON),"$(PYTHON)",$(NO_PYTHON)) tutor_site/install
IN_DEV = $(SETUP) --dev --
IN_VENV = $(SETUP) --dev --without-web --
# Tests in which SQL could differ from SQLite's: they run there, too.
ON_POSTGRESQL = $(addprefix tests/sessions_app/test_,finding.py figures.py admin_of_sessions.py admin_of_alerts.py ending_turns.py)
WHISPERX = $(abspath $(or $(TUTOR_HOME),.tutor))/whisperx-venv
IN_GPU = $(SETUP) --environment gpu --dev --without-web --
NPM = $(IN_DEV) npm --prefix frontend --silent run
QUICK = not engines and not gpu and not whisperx and not fuzz

.PHONY: help run dev test test-engines test-engines-cpu test-engines-gpu test-engines-whisperx whisperx fuzz audit bench chaos check lint types imports migrations web generated generate format lock

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

run: $(if $(filter gpu,$(TUTOR_PROFILE)),whisperx) ## set up what is missing, then serve the whole product until Ctrl-C
	@exec $(SETUP) --environment $(or $(TUTOR_PROFILE),cpu) --mode demo -- python manage.py serve

whisperx: # the ASR worker's environment on a machine with a GPU
	@$(SETUP) --environment whisperx --without-web

dev: ## the same for developers: Vite's dev server on port 3000, restarts after edits
	@exec $(SETUP) --mode dev --dev -- python manage.py serve --dev

test: ## every check, then every test
	@$(IN_DEV) true
	@status=0; $(MAKE) --no-print-directory --keep-going check || status=1; \
		$(IN_DEV) python -m pytest -m "$(QUICK) and not browser" -n auto --maxprocesses 4 --dist loadfile || status=1; \
		$(IN_DEV) python -m pytest -p tests.postgres $(ON_POSTGRESQL) || status=1; \
		$(IN_DEV) python -m pytest -m "$(QUICK) and browser" || status=1; exit $$status

test-engines: ## the tests that load the real models, in the three environments of the stages
	@status=0; for environment in cpu gpu whisperx; do \
		$(MAKE) --no-print-directory test-engines-$$environment || status=1; done; exit $$status

test-engines-cpu:
	@$(IN_DEV) python -m pytest -m "engines and not gpu and not whisperx"

test-engines-gpu: # runs without a GPU, too
	@docker/whisperx-cpu-env.sh "$(WHISPERX)"
	@$(IN_GPU) env OMP_NUM_THREADS=1 python -m pytest -m gpu

test-engines-whisperx:
	@docker/whisperx-cpu-env.sh "$(WHISPERX)"
	@OMP_NUM_THREADS=1 "$(WHISPERX)/bin/python" -m pytest -m whisperx tests/gpu_tasks/engines/asr

fuzz: ## tens of thousands of hostile calls, messages and files; FUZZ_SEED=7 for another course
	@$(IN_DEV) python -m pytest -m fuzz tests/fuzz

audit: ## installed packages against their pins, and their licences
	@$(IN_VENV) python manage.py audit

bench: ## the benchmarks: tables here, JSON and a page with pictures under bench/results
	@$(SETUP) --environment pipecat --without-web || echo "Going on without pipecat"
	@$(IN_DEV) python -m bench $(PARTS)

chaos: ## kill, stop and cut off what runs while students talk: SEED=1 FAULTS=200 DATABASE=sqlite
	@$(IN_DEV) python -m tests.chaos --seed $(or $(SEED),1) --faults $(or $(FAULTS),200) --database $(or $(DATABASE),sqlite)

check: lint types imports migrations web generated ## what can be seen without running it

lint:
	@$(IN_VENV) ruff check .
	@$(IN_VENV) ruff format --check .

types:
	@$(IN_VENV) mypy

imports:
	@$(IN_VENV) lint-imports --no-logo

migrations:
	@$(IN_VENV) python manage.py makemigrations --check --dry-run

web:
	@$(NPM) lint
	@$(NPM) typecheck
	@$(NPM) test
	@$(NPM) size

generated: # fails when generate changes something, and leaves it changed
	@before=$$(mktemp -d); trap 'rm -r "$$before"' EXIT; cp frontend/src/api/openapi.json frontend/src/api/schema.d.ts "$$before" && \
		$(MAKE) --no-print-directory generate && diff -u "$$before/openapi.json" frontend/src/api/openapi.json && \
		diff -u "$$before/schema.d.ts" frontend/src/api/schema.d.ts

generate: ## write the OpenAPI schema, and the TypeScript that follows from it
	@$(IN_VENV) python manage.py spectacular --format openapi-json --validate --file frontend/src/api/openapi.json
	@$(NPM) generate
	@$(IN_VENV) python manage.py compose
	@$(IN_VENV) python manage.py kubernetes

format: ## put the Python in order
	@$(IN_VENV) ruff check --fix .
	@$(IN_VENV) ruff format .

lock: ## write constraints.txt anew from what the requirement files resolve to
	@venv=$$(mktemp -d); trap 'rm -r "$$venv"' EXIT; "$(PYTHON)" -m venv "$$venv" && \
		"$$venv/bin/pip" install --only-binary=:all: -r requirements.txt -r requirements-dev.txt && \
		{ sed -n '/^#/p' constraints.txt && "$$venv/bin/pip" freeze; } > constraints.new && mv constraints.new constraints.txt
