# Two commands: `make run` and `make test`. Needs Python 3.11 or newer, git and make; the rest is fetched.
.POSIX:
.SUFFIXES:

BIN = .venv/bin
PYTHON = $(BIN)/python
MANAGE = $(PYTHON) manage.py

.PHONY: help run demo test check format bench fuzz requirements secrets clean

help:
	@echo 'make run     start the designer and print the address to open'
	@echo 'make demo    the same with sample profiles, on data of its own'
	@echo 'make test    all tests; ARGS="-k name" picks some'
	@echo 'make check   format, lint (Python, templates, scripts, styles, shell), types, import direction, migrations, settings'
	@echo 'make format  mend what can be mended'
	@echo 'make bench   measure'
	@echo 'make fuzz    look for files that upset the reader; ARGS="-max_total_time=600" looks longer'
	@echo 'make secrets  the files that docker-compose.yml needs'

run: .venv/.runtime node_modules/.runtime
	@.ci/static
	@$(MANAGE) prepare
	@exec $(MANAGE) serve

# The demo has a port, data and a broker of its own, so that it can run beside the other.
demo: .venv/.runtime node_modules/.runtime
	@.ci/static
	@DATA_DIR=var/demo PORT=$${PORT:-8001}; export DATA_DIR PORT; \
	DATABASE_URL= PUBLIC_URL= CELERY_BROKER_URL=; export DATABASE_URL PUBLIC_URL CELERY_BROKER_URL; \
	$(MANAGE) prepare --verbosity 0 && $(MANAGE) demo && echo "http://127.0.0.1:$$PORT" && exec $(MANAGE) serve

test: .venv/.dev node_modules/.dev
	@.ci/browser
	@$(PYTHON) -m pytest -n auto --dist loadfile --color=auto $(ARGS)
	@$(if $(ARGS),true,.ci/postgres)

check: .venv/.dev node_modules/.dev
	@.ci/check

format: .venv/.dev
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

bench: .venv/.dev node_modules/.dev
	@$(PYTHON) -m bench $(ARGS)

fuzz: .venv/.fuzz
	@$(PYTHON) -m tests.fuzz.read $(ARGS)

requirements: .venv/.dev
	@.ci/requirements

secrets:
	@.ci/secrets

clean:
	rm -rf .venv node_modules var/static .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# Each stamp is newer than what it was made from, so a second run has nothing to do.
.venv/.created:
	@.ci/venv
	@touch $@

.venv/.runtime: .venv/.created requirements.txt
	@echo 'Installing the Python packages ...' >&2
	@$(BIN)/pip install -qq --disable-pip-version-check --no-input -r requirements.txt
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.txt
	@echo 'Installing the tools for tests and checks ...' >&2
	@$(BIN)/pip install -qq --disable-pip-version-check --no-input -r requirements.txt -r requirements-dev.txt
	@touch $@

.venv/.fuzz: .venv/.dev requirements-fuzz.txt
	@echo 'Installing the fuzzer ...' >&2
	@$(BIN)/pip install -qq --disable-pip-version-check --no-input -r requirements-fuzz.txt
	@touch $@

node_modules/.runtime: .venv/.created package.json package-lock.json
	@echo 'Installing the front-end packages ...' >&2
	@.ci/frontend --omit=dev
	@touch $@

# npm installs everything anew, so this is the other one as well.
node_modules/.dev: .venv/.created package.json package-lock.json
	@echo 'Installing the front-end packages, and what checks them ...' >&2
	@.ci/frontend
	@touch node_modules/.runtime $@
