# make demo   sets everything up and shows a digest from sample feeds
# make test   sets everything up and runs every check and test
# make help   the rest

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Debian packages of the offline translation engine, and of the tests; nothing else is installed outside $(VENV).
ENGINE  := apertium apertium-es-pt
SERVERS := postgresql chromium systemd
# Mail servers that tests start in their own folder; that takes root, so only root gets them.
MAILHOST := postfix dovecot-imapd dovecot-lmtpd
# What `make check-mail` needs beside Python; node itself comes from PyPI, with the versions of constraints.txt.
CHECKERS := chromium default-jre-headless spamassassin
CHECKS   := .cache/checks
AUDIT    := .cache/audit

# Bytecode is kept, whatever the shell says: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test lint types imports unit coverage format schema docs bench benchall wheel engine servers check-mail checkers image check-deploy audit licences sbom clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.runtime engine ## Set up, then run the whole job on sample feeds into demo/
	$(BIN)/monitor demo --out demo

test: lint types imports unit ## Set up, then run every check and test

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports --no-logo

unit: $(VENV)/.dev engine servers
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2 --dist worksteal

coverage: $(VENV)/.dev engine servers ## Run the tests and say which lines they reach (takes twice as long)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2 --dist worksteal --cov --cov-report=term

format: $(VENV)/.dev ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(VENV)/.runtime ## Write feeds.schema.json and glossary.schema.json from the code
	$(BIN)/python -m monitor.config.schema > feeds.schema.json
	$(BIN)/python -m monitor.language.glossary_file > glossary.schema.json

docs: $(VENV)/.dev ## Write the generated pages of docs/ and build the site into dist/site
	$(BIN)/python -m docs.generate
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

bench: $(VENV)/.dev engine ## Run every benchmark; each prints one JSON line last (two hours)
	@for file in benchmarks/*.py; do echo "== $$file"; OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python $$file || exit 1; done

benchall: $(VENV)/.dev engine ## Install the libraries that benchmarks compare with (290 MB), then run all
	@$(PIP) install --group bench --constraint constraints.txt
	@$(MAKE) bench

check-mail: $(VENV)/.check engine checkers ## Hold mails and web pages against mail clients, validators, axe and spam filters (five minutes)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/checks/check_mail.py $(ARGS)

image: ## Build the container image, with docker, podman or buildah
	@builder=$$(command -v docker || command -v podman || command -v buildah) || { echo "docker, podman or buildah is needed"; exit 1; }; \
	$$builder build --file deploy/Dockerfile --tag border-monitor:$$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml) .

check-deploy: $(VENV)/.dev ## Hold deploy/ against the program and against Kubernetes' own schemas (installs 108 MB)
	@$(PIP) install --group deploy --constraint constraints.txt
	$(BIN)/pytest tests/deploy

audit: $(AUDIT)/.done ## Look up known vulnerabilities of all pinned packages (asks a service on the network)
	$(BIN)/python tests/deploy/audit.py $(AUDIT)/bin/pip-audit

licences: $(VENV)/.dev ## Write docs/licences.md; fails for a licence that is unknown or not wanted
	$(BIN)/python tests/deploy/licences.py --write

sbom: $(VENV)/.dev $(AUDIT)/.done ## Write the software bill of materials, dist/sbom.cdx.json
	@mkdir -p dist
	$(BIN)/python tests/deploy/licences.py --names | $(BIN)/python tests/deploy/sbom.py $(AUDIT)/bin/cyclonedx-py > dist/sbom.cdx.json

# An environment of its own: chardet, which comes along, would make feedparser read feeds otherwise.
$(AUDIT)/.done: $(VENV)/.runtime
	@$(PYTHON) -m venv --without-pip $(AUDIT)
	@$(PIP) --python $(AUDIT)/bin/python install --group audit --constraint constraints.txt
	@touch $@

wheel: $(VENV)/.dev ## Build dist/*.whl
	$(BIN)/python -m build --outdir dist .

$(VENV)/.runtime: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 …"; exit 1; }
	@echo "Installing border-monitor and its Python packages into $(VENV) (about 650 MB, nothing outside it) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade pip
	@$(PIP) install --editable . --constraint constraints.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@echo "Installing the development tools (pytest, ruff, mypy, import-linter, …) into $(VENV) …"
	@$(PIP) install --group dev --constraint constraints.txt
	@touch $@

$(VENV)/.check: $(VENV)/.dev tests/checks/package-lock.json
	@echo "Installing the checkers of mails and pages (node into $(VENV), its packages into $(CHECKS); 300 MB) …"
	@$(PIP) install --group check --constraint constraints.txt
	@mkdir -p $(CHECKS) && cp tests/checks/package.json tests/checks/package-lock.json $(CHECKS)
	@cd $(CHECKS) && PATH="$(abspath $(BIN)):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

engine:
	@$(call install,$(ENGINE),offline translation)

servers:
	@$(call install,$(SERVERS),the tests on PostgreSQL and in a browser)
	@test "$$(id -u)" = 0 || exit 0; { $(call install,$(MAILHOST),the tests on a mail server) ; } || echo "Not installed: going on without."

checkers:
	@$(call install,$(CHECKERS),the checks of mails and web pages)

# $(1) Debian packages, $(2) what for; where they cannot be installed, what needs them is left out. None of their
# services is started (policy-rc.d), and nothing that is there is removed for them.
define install
missing=""; for name in $(1); do dpkg-query -W -f '$${Status}' $$name 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$name"; done; \
if [ -z "$$missing" ]; then exit 0; fi; \
if ! command -v apt-get >/dev/null; then echo "Not a Debian system: install$$missing yourself for $(2); going on without."; exit 0; fi; \
sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
echo "Installing the Debian packages$$missing for $(2) …"; \
policy=/usr/sbin/policy-rc.d; test -e $$policy || { printf '#!/bin/sh\nexit 101\n' | $$sudo install -m 755 /dev/stdin $$policy; trap "$$sudo rm -f $$policy" EXIT; }; \
$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove $$missing >/dev/null
endef

clean: ## Remove what the targets above made
	rm -rf $(VENV) $(CHECKS) $(AUDIT) demo dist .mypy_cache .ruff_cache .pytest_cache .coverage
