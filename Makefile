# The two commands of a newcomer are `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
KILLS ?= 2500
SEED ?=
# Half as many again as processors: tests of daemons, leases and servers wait most of their time.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(-(-(os.cpu_count() or 1) * 3 // 2))')
BIN := $(VENV)/bin
SOURCES := $(shell find src -type f -not -name '*.pyc')

.PHONY: demo test check dev bench faults fuzz audit lock clean

demo: $(VENV)/.installed  ## Play the owner's morning on the embedded network.
	$(BIN)/cmctl demo
	@echo "(. $(abspath $(BIN))/activate puts cmctl on your path)"

test: $(VENV)/.tested-wheel  ## All that CI runs, but for the audit.
	tests/servers/system.sh
	tests/servers/install.sh
	$(MAKE) --no-print-directory check
	$(BIN)/pytest -n $(WORKERS) --dist loadfile

check: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

dev: $(VENV)/.dev  ## An editable installation, to work on the code.
	$(BIN)/pip install --quiet --no-deps --editable .

bench: $(VENV)/.tested-wheel  ## The figures of docs/benchmarks.md, as JSON on standard output.
	$(BIN)/python bench/everything.py

faults: $(VENV)/.tested-wheel  ## Kill KILLS daemons on each store, for an hour or more; SEED= gives a schedule again.
	EXAMPLES=1000 $(BIN)/pytest -q tests/app/test_once_or_held.py
	cd tests && for store in sqlite postgres; do \
	  folder=$$(mktemp -d) && chmod 755 $$folder && \
	  ../$(BIN)/python -m faults.locks $$store $$folder && rm -r $$folder || exit; \
	  ../$(BIN)/python -m faults.campaign --kills $(KILLS) --seed "$(SEED)" --store $$store || exit; done

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cmctl needs Python 3.11 or newer; name one with PYTHON=")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements/run.txt pyproject.toml $(SOURCES) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps .
	touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

# The wheel that is built is the wheel that is tested: nothing is imported from src/.
$(VENV)/.tested-wheel: $(VENV)/.dev pyproject.toml $(SOURCES)
	rm -rf dist
	$(BIN)/python -m build --quiet --outdir dist
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall dist/*.whl
	touch $@

FUZZ_SECONDS ?= 60

fuzz: dev  ## Feed every reader of files, texts and answers with anything, so long each.
	$(BIN)/pip install --quiet --require-hashes -r requirements/fuzz.txt
	$(BIN)/python tests/fuzz/run.py --seconds $(FUZZ_SECONDS)

audit: $(VENV)/.audit  ## Ask for known vulnerabilities of every locked package, loudly where that fails.
	$(VENV)/audit/bin/python tools/audit.py $(AUDIT)

$(VENV)/.audit: requirements/audit.txt | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/audit.txt
	touch $@

lock:  ## Choose the newest versions that fit pyproject.toml and write them down with their hashes.
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		pyproject.toml -o requirements/run.txt --custom-compile-command 'make lock'
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		pyproject.toml --group dev -o requirements/dev.txt --custom-compile-command 'make lock'
	for server in synapse nostr; do \
		uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
			tests/servers/$$server/requirements.in -o tests/servers/$$server/requirements.txt \
			--custom-compile-command 'make lock'; \
	done
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--group fuzz -o requirements/fuzz.txt --custom-compile-command 'make lock'
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--group audit -o requirements/audit.txt --custom-compile-command 'make lock'

clean:
	rm -rf .venv .cache build dist cmctl-demo
