# Every target makes the virtual environment when there is none. PYTHON chooses the interpreter, 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
# What make frameworks installs: the frameworks and launchers whose trials the tests start.
FRAMEWORKS := lightning accelerate transformers hydra-core sacred numba click fire mlflow-skinny tensorboard

.PHONY: demo test quick lint bench bench-tuners conformance processors fuzz faults diff-nni frameworks fresh clean

demo: $(INSTALLED)
	$(BIN)/python examples/demo.py

# The tests start hundreds of commands; where PYTHONDONTWRITEBYTECODE is set each would compile all it imports.
test: lint
	$(BIN)/python -m compileall -q nnic runtime tuners
	$(BIN)/python -m pytest -n auto --dist worksteal

# The tests of what was changed since the last commit, as far as two minutes reach.
quick: $(INSTALLED)
	$(BIN)/python -m ruff check --quiet
	$(BIN)/python tests/quick.py

lint: $(INSTALLED)
	$(BIN)/python -m ruff check
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m mypy

bench: $(INSTALLED)
	$(BIN)/python benchmarks/compile.py
	$(BIN)/python benchmarks/overhead.py --quick
	$(BIN)/python benchmarks/scale.py --only fake
	$(BIN)/python benchmarks/tuners.py --quick

# Every tuner on every task, one and eight trials at once: up to two hours on two cores.
bench-tuners: $(INSTALLED)
	$(BIN)/python benchmarks/tuners.py --jobs 1,8
	$(BIN)/python benchmarks/digits_curves.py --check 6
	$(BIN)/python benchmarks/early_stopping.py

# The memory of every tuner over 10,000 trials, of which make test sees some hundreds.
conformance: $(INSTALLED)
	$(BIN)/python -m pytest tests/tuners_tests -n auto --dist worksteal -k memory --trials 10000

# The tests that compute, as on seven processors: with other kernels of numpy and OpenBLAS, one and two threads.
processors: $(INSTALLED)
	$(BIN)/python tests/processors.py

fuzz: $(INSTALLED)
	$(BIN)/python -m pytest tests/compiler_tests -n auto --dist worksteal --programs 20000 --insertions 5000

# Errors of the system are injected by strace; without it these tests are skipped, and the reason is shown.
faults: $(INSTALLED)
	$(BIN)/python -m pytest tests/runtime_tests -n auto --dist worksteal --kills 20 -rs

# Against NNI 2.10, in a Python 3.8 of its own: python3.8, or NNI_PYTHON. RECORD=1 keeps a part for the tests.
diff-nni: $(INSTALLED)
	PYTHONPATH=tests/compiler_tests/campaigns $(BIN)/python -m diff_nni $(if $(RECORD),--record)

# The tests with Lightning, accelerate, Hydra, MLflow and others, which make test leaves out.
frameworks: .venv-frameworks/.installed
	.venv-frameworks/bin/python -m pytest tests/frameworks_tests

# A clone of what is committed, in a folder with a space and a non-ASCII letter, with an environment of its own.
fresh:
	$(PYTHON) tests/fresh.py

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "nnic needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; say which: make PYTHON=python3.13")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

# It sees the packages of .venv, so that torch is there once.
.venv-frameworks/.installed: $(INSTALLED) constraints-frameworks.txt
	test -x .venv-frameworks/bin/python || $(BIN)/python -m venv .venv-frameworks
	.venv-frameworks/bin/python tests/frameworks_tests/share_packages.py $(CURDIR)/$(BIN)/python
	.venv-frameworks/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-frameworks.txt 'setuptools<81' $(FRAMEWORKS)
	touch $@

clean:
	rm -rf .venv .venv-nni .venv-frameworks build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
