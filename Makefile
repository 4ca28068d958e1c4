# `make run` and `make test` are all a newcomer needs; each does its own set-up. CONTRIBUTING.md tells the rest.

# Any Python from 3.10 on starts the set-up, which then finds or makes the ones the project runs on.
PYTHON ?= $(shell for python in python3 python python3.14 python3.13 python3.12 python3.11 python3.10; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo $$python && break; done)
BOOTSTRAP = $(or $(PYTHON),$(error 没有找到 Python 3.10 或更新的版本，请先安装)) setup/bootstrap.py
# Chinese progress lines, whatever the terminal's own encoding.
export PYTHONUTF8 = 1
RASA = RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=2 bot/.venv/bin/rasa
COMPILE = PATH="$(CURDIR)/.tools/uv/bin:$$PATH" uv pip compile --quiet --universal --generate-hashes $(UPGRADE)

.PHONY: run setup test setup-for-tests check lint stories format pins clean

run: setup                ## start everything and print its addresses
	.venv/bin/yuanxian up

setup:                    ## all that `make run` needs, without starting it
	@$(BOOTSTRAP) run

test: setup-for-tests     ## every test
	.venv/bin/python -m pytest
	bot/.venv/bin/python -m pytest bot/tests
	PATH="$(CURDIR)/.tools/bin:$$PATH" npm --prefix web test

setup-for-tests:          ## all that `make test` needs, without testing
	@$(BOOTSTRAP) test

check: lint test stories  ## what continuous integration runs

lint: setup-for-tests     ## format, lint, types
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy

stories: setup-for-tests  ## the Rasa files agree with each other, and the model plays the stories
	$(RASA) data validate --fail-on-warnings
	$(RASA) test core --model models/yuanxian.tar.gz --stories tests/stories --out var/stories --no-plot --fail-on-prediction-errors

format:                   ## put the Python files into the house format
	@$(BOOTSTRAP) format
	.venv/bin/ruff format
	.venv/bin/ruff check --fix

pins:                     ## take the newest versions that the .in files allow: make pins UPGRADE=--upgrade
	@$(BOOTSTRAP) format
	$(COMPILE) --python-version 3.12 requirements.in -o requirements.txt
	$(COMPILE) --python-version 3.12 requirements-dev.in -o requirements-dev.txt
	cd bot && $(COMPILE) --python-version 3.10 requirements.in -o requirements.txt
	cd setup && $(COMPILE) --python-version 3.10 uv.in -o uv.txt
	cd setup && $(COMPILE) --python-version 3.10 node.in -o node.txt

clean:                    ## remove what the set-up made, but not this installation's data in var/
	rm -rf .tools .venv bot/.venv web/node_modules web/dist build models .rasa *.egg-info .mypy_cache .pytest_cache .ruff_cache
