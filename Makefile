# Everything happens in a virtual environment, .venv, that `make` makes on first use and renews
# only when pyproject.toml or constraints.txt change.

# The Python that .venv is made with: the first of these that is 3.11, 3.12 or 3.13.
# Another one: make setup PYTHON=/path/to/python
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	>/dev/null 2>&1 && echo "$$p" && break; done)
# A second Python for `make test-all`, which brings a newer Mesa.
PYTHON312 ?= $(shell python3.12 -c '' >/dev/null 2>&1 && command -v python3.12)
# Added to the command of `make run` and `make handouts`: make run ARGS="replicates=8 seed=2"
ARGS ?=

# Two files of tests at a time. The slow ones kill processes and fill memory: one after the other.
TWO_AT_ONCE := --numprocesses 2 --dist loadfile

VENV := .venv
VENV_PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/.nasss-sim-installed
MADE_HERE := $(VENV)/.nasss-sim-made
PIP_INSTALL := $(VENV_PYTHON) -m pip install --disable-pip-version-check -c constraints.txt

# Where the environment's Python is gone, what was installed for it does not count.
ifeq ($(shell $(VENV_PYTHON) -c "" 2>/dev/null && echo works),)
RENEW := FORCE
endif

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run notebooks handouts test test-all test-newer-mesa check bench docs page studies setup setup-dev clean
.PHONY: FORCE

help: ## List what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

run: $(INSTALLED) ## A first answer, then the trust sweep (more arguments: ARGS="replicates=8")
	$(VENV_PYTHON) -m sim
	$(VENV_PYTHON) -m sim +experiment=trust_sweep $(ARGS)

notebooks: $(INSTALLED)-notebooks ## Open the teaching notebooks in a browser, with JupyterLab
	$(VENV_PYTHON) -m jupyter lab notebooks

handouts: $(INSTALLED) ## Write two pages and one of answers for each teaching scenario into handouts/
	$(VENV_PYTHON) -m sim handouts $(ARGS)

test: $(INSTALLED)-dev ## Run the tests, without the slow ones
	$(VENV_PYTHON) -m pytest -m "not slow" $(TWO_AT_ONCE)

test-all: $(INSTALLED)-dev ## Run all tests, and those of `make test` on Python 3.12 as well
	$(VENV_PYTHON) -m pip install --disable-pip-version-check -c constraints.txt -e ".[crosscheck,dask,docs,page,ray,solara]"
	$(VENV_PYTHON) -m pytest -m "not slow" $(TWO_AT_ONCE)
	$(VENV_PYTHON) -m pytest -m slow
	@if [ -n "$(PYTHON312)" ]; then $(MAKE) test-newer-mesa; else \
		echo "Python 3.12 was not found: NOT tested on it; make test-all PYTHON312=/path/to/python"; fi

test-newer-mesa: ## Run the tests on Python 3.12 with its newer Mesa (make test-newer-mesa PYTHON312=...)
	$(MAKE) test VENV=.venv312 PYTHON="$(PYTHON312)"

check: $(INSTALLED)-dev ## Check style and types
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy

bench: $(INSTALLED)-dev ## Measure speed and memory beside C and NumPy (needs a C compiler)
	$(VENV_PYTHON) -m benchmarks.run

docs: $(INSTALLED)-docs ## Write generated pages anew, and build the site in site/ (NOTEBOOKS=off: quick)
	$(VENV_PYTHON) -m website.document
	$(VENV_PYTHON) -m website.common_random_numbers
	$(VENV_PYTHON) -m website.validation
	$(VENV_PYTHON) -m website.known_answers_page
	$(VENV_PYTHON) -m website.build

page: $(INSTALLED) ## Compile the model for the browser, and write the what-if page (after a change of either)
	$(PIP_INSTALL) -e ".[wasm]"
	$(VENV_PYTHON) -m website.page $(ARGS)

studies: $(INSTALLED)-dev ## Run the published studies anew, and write what they found into experiments/ and README.md
	$(VENV_PYTHON) -m website.studies $(ARGS)
	$(VENV_PYTHON) -m website.sampler_check
	$(VENV_PYTHON) -m website.hindcast
	$(VENV_PYTHON) -m website.rating
	$(VENV_PYTHON) -m website.robustness
	$(VENV_PYTHON) -m website.what_the_paper_says
	$(VENV_PYTHON) -m website.first_screen

setup: $(INSTALLED) ## Make .venv and install the package into it
setup-dev: $(INSTALLED)-dev ## The same, with all that tests and checks need

clean: ## Remove .venv and caches, as far as make made them; results stay
	@if [ -f $(MADE_HERE) ]; then rm -rf $(VENV); fi
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis build/website
	@find sim tests -type d -name __pycache__ -prune -exec rm -rf {} +

# A .venv that works is kept. One that make made and that works no more (its Python was removed,
# or it was interrupted half-way) is made anew; somebody else's is never cleared.
define make_venv
	@if ! $(VENV_PYTHON) -c 'import pip' >/dev/null 2>&1; then \
		if [ -z "$(PYTHON)" ]; then \
			echo "Python 3.11, 3.12 or 3.13 is needed and was not found; make setup PYTHON=/path/to/python" >&2; \
			exit 1; \
		fi; \
		echo "Making $(VENV) with $(PYTHON); installing takes a few minutes, once."; \
		clear=; if [ -f $(MADE_HERE) ]; then clear=--clear; fi; \
		if [ ! -e $(VENV) ]; then mkdir $(VENV) && touch $(MADE_HERE); fi; \
		if [ -f $(MADE_HERE) ]; then made=1; else made=; fi; \
		"$(PYTHON)" -m venv $$clear $(VENV); status=$$?; \
		if [ -n "$$made" ] && [ -d $(VENV) ]; then touch $(MADE_HERE); fi; \
		exit $$status; \
	fi
endef

$(INSTALLED): pyproject.toml constraints.txt $(RENEW)
	$(make_venv)
	$(PIP_INSTALL) -e .
	@touch $@

# The end of the name is the extra; developers test the what-if page as well.
EXTRAS_dev := dev,page
$(INSTALLED)-%: pyproject.toml constraints.txt $(RENEW)
	$(make_venv)
	$(PIP_INSTALL) -e ".[$(or $(EXTRAS_$*),$*)]"
	@touch $(INSTALLED) $@
