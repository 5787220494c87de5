# make lab: install what is missing and open the course.  make test: run every test and notebook.
# make test KERAS=3.14.0 (or newest): the same with another Keras, in an environment of its own.
.PHONY: lab test test-browser bench soak notebooks doctor clean install

# The first of these that TensorFlow has a build for. Where none is, python3, so that
# tools/install.py can say what is needed.
SUITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c '$(SUITS)' 2>/dev/null && echo $$python && exit; done; echo python3)
BIN := .venv$(if $(KERAS),-keras-$(KERAS))/bin

# Kernels that begin with Keras imported, where that can be had: exercises_check/warm.
WARM := --KernelProvisionerFactory.default_provisioner_name=keras-course-warm

lab: install
	$(BIN)/jupyter lab --ServerApp.root_dir=. $(WARM) chapters/00_start_here.ipynb

test: install
	$(BIN)/python tests/run.py

# In Chromium, without a window: from PATH, or BROWSER=/path/to/one. tools/install.py adds what
# drives it, and downloads no browser.
test-browser: EXTRA := --extra browser
test-browser: install
	$(BIN)/python -m pytest -q -p no:xdist browser_tests

bench: install
	$(BIN)/python benchmarks/check.py
	$(BIN)/python benchmarks/kernels.py
	$(BIN)/python benchmarks/grading.py

# 500 generated submissions, killed and resumed: some five minutes.
soak: install
	$(BIN)/python benchmarks/soak.py

notebooks: install
	$(BIN)/python tools/notebooks.py

doctor: install
	$(BIN)/python -m exercises_check doctor

install:
	@$(PYTHON) tools/install.py $(if $(KERAS),--keras $(KERAS)) $(EXTRA)

# What running things left behind; .venv stays, because offline it could not be made again.
clean:
	rm -rf .pytest_cache .ruff_cache .hypothesis .coverage build *.egg-info
	find . -path './.venv*' -prune -o -name __pycache__ -prune -exec rm -rf {} +
