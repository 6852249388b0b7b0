# Two commands: `make run` evaluates the two editions of Chongqing, `make test` checks everything.
# Both do all their set-up from nothing but Python 3.11 or newer and make.

PYTHON ?= python3
BIN := .venv/bin
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Compiled modules are kept, or every start would compile them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check serve bench lock clean

run: .venv/run
	@$(BIN)/xietong run --edition chongqing-published
	@$(BIN)/xietong run --edition chongqing-demo

test: .venv/test
	@sh scripts/install_test_programs.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint sql
	$(BIN)/xietong check
	$(BIN)/python -m pytest --numprocesses 2

check: .venv/run
	@$(BIN)/xietong check

serve: .venv/run
	@$(BIN)/xietong serve --edition chongqing-demo

bench: .venv/test
	$(BIN)/python -m benchmarks.run

# The lock has hashes and no addresses; it serves Python 3.11 to 3.13 on every platform.
lock: .venv/test
	$(BIN)/python scripts/lock_requirements.py

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv

.venv/run: requirements/run.txt requirements/build.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test: requirements/test.txt .venv/run
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/test.txt
	@sh scripts/install_html_validator.sh .venv/html-validate
	@touch $@

clean:
	rm -rf build dist .venv
