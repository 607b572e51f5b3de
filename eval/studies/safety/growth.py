"""How time grows on hostile text: `python -m eval.studies.safety.growth [--size N]`.

Every regular expression of the tree, those made of TOML files too, runs over runs of one
character, of every separator, of brackets and of alternations, at one size and at twice that; then
the functions that read whole texts do.  What takes more than about twice as long for twice the text
is told.  Times are of the processor, the least of some runs.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

import regex

_ROOT = Path(__file__).parents[3]
_PACKAGES = ("corpus", "index", "rag", "ui")
# What only training, or packages that are slow to import, need.
_PASSED_OVER = (
    "index/training", "rag/langchain", "rag/rerankers", "ui/app", "ui/chat", "ui/widget",
)  # fmt: skip
_RUNS = (
    *" \t\n.,-_()[]{}<>\"'/|*#`&;:@=+%\\!?aA1éو٣،؛؟«»’–…ـ", "\u200f", "\u064b", "\u00a0", "一",
    " a", "a ", "A ", " A", ". ", "A.", "1.", "1,", "1 ", "a-", "a.", "\n ", "a\n", "()", "[1]",
    "<a", "](", " -", " (", "a'", "ا.", "و ", " و", "\u200fا", "https://", "www.", "ab@", "10 ",
    "million ", "مليون ", "and ", "&amp;", "**", "- \n",
)  # fmt: skip
# What comes before and behind a run, so that a match that has begun comes to nothing.
_AROUND = (("", ""), ("", "x"), ("x", "\n"), ("ق", " ق"))
_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")
# Expressions that never meet a long text, and why: they are as steep as their texts are short.
BOUNDED = {
    "corpus.dates.calendars._calendars": "80 characters, from the beginning",
    "corpus.dates.published._patterns": "300 characters, from the beginning",
    "corpus.text.line_breaks._FINISHED": "the last 40 characters of a line",
    "corpus.text.line_breaks._COMMA": "the last 40 characters of a line",
    "corpus.text.line_breaks._LAST_WORD": "the last 40 characters of a line",
    "corpus.text.sentences._ARABIC_WORD_BEFORE": "24 characters before a stop",
    "corpus.text.sentences._BRACKETED": "24 characters before a stop",
    "corpus.text.sentences._LAST_WORD": "24 characters before a stop",
    "corpus.text.sentences._LATIN_INITIALS": "24 characters before a stop",
    "corpus.text.sentences._ARABIC_INITIALS": "24 characters before a stop",
    "languages.toml.en negating": "a question, of 2,000 characters at most",
    "languages.toml.fr yes_no": "a question, of 2,000 characters at most",
}
# How those are used of which it is not seen at the name itself.
_USED = {
    "corpus.furniture.lines._AT_EDGE": ("fullmatch",),
    "corpus.readers.pdf.content._TOKEN": ("match",),
}
_LONGEST_S = 2.0
# Below this, what is measured is the clock.
_LEAST_S = 0.004
_TOO_STEEP = 3.0


@dataclass(frozen=True, slots=True)
class Steep:
    """Something whose time grows faster than its text: seconds at a size, and at twice that."""

    name: str
    shape: str
    seconds: float
    doubled: float


def compiled(packages: Sequence[str] = _PACKAGES) -> dict[tuple[str, str], Any]:
    """Return the regular expressions of the tree by module and name, or line where it has none.

    Those of functions that are cached and take nothing are among them, and each of every table.
    """
    found: dict[tuple[str, str], Any] = {}
    for path in _modules(packages):
        name = path.relative_to(_ROOT).with_suffix("").as_posix().replace("/", ".")
        module = importlib.import_module(name.removesuffix(".__init__"))
        for key, value in vars(module).items():
            for number, each in enumerate(_within(value)):
                found.setdefault((name, f"{key}[{number}]" if number else key), each)
        for line, pattern in _inline(path):
            found[name, f"line {line}"] = pattern
    return {key: found[key] for key in sorted(found)} | (
        _of_questions() if "rag" in packages else {}
    )


def _modules(packages: Sequence[str] = _PACKAGES) -> Iterator[Path]:
    for package in packages:
        for path in sorted((_ROOT / package).rglob("*.py")):
            where = path.relative_to(_ROOT).as_posix()
            if not where.startswith(_PASSED_OVER) and path.name != "__main__.py":
                yield path


def _within(value: object) -> Iterator[Any]:
    if isinstance(value, regex.Pattern | re.Pattern):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _within(each)
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from _within(each)
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        for name in value.__dataclass_fields__:
            yield from _within(getattr(value, name, None))
    elif hasattr(value, "cache_info") and _takes_nothing(value):
        yield from _within(value())  # type: ignore[operator]


def _takes_nothing(function: Any) -> bool:  # noqa: ANN401 - any cached function
    code = function.__wrapped__.__code__
    return bool(code.co_argcount == code.co_kwonlyargcount == 0)


def _inline(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield expressions that are written where they are used, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            first, of = node.args[0], node.func.value
            if not (isinstance(of, ast.Name) and isinstance(first, ast.Constant)):
                continue
            libraries: dict[str, Any] = {"re": re.compile, "regex": regex.compile}
            if of.id in libraries and node.func.attr in _METHODS and isinstance(first.value, str):
                yield node.lineno, libraries[of.id](first.value)


def _of_questions() -> dict[tuple[str, str], Any]:
    """Return the expressions that are made of `languages.toml`, for each language."""
    from rag.reading import languages

    tables = languages._languages()
    found: dict[tuple[str, str], Any] = {}
    for code, table in tables.items():
        for kind, options in table.items():
            if isinstance(options, list) and all(isinstance(one, str) for one in options):
                found["languages.toml", f"{code} {kind}"] = languages.pattern(kind, code)
    return found


@cache
def used(module: str, name: str) -> tuple[str, ...]:
    """Return by which methods an expression is used, `search` where that is not known."""
    plain = name.partition("[")[0]
    if known := _USED.get(f"{module}.{plain}"):
        return known
    path = _ROOT / (module.replace(".", "/") + ".py")
    for text in (path.read_text(encoding="utf-8") if path.exists() else "", _source()):
        called = re.findall(rf"\b{re.escape(plain)}(?:\[\w+\])?\.(\w+)\(", text)
        if methods := set(called) & set(_METHODS):
            return tuple(sorted(methods))
    return ("search",)


def _bounded(module: str, name: str) -> bool:
    return f"{module}.{name.partition('[')[0]}" in BOUNDED


@cache
def _source() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in _modules())


def shapes(runs: Sequence[str] = _RUNS) -> Iterator[tuple[str, Callable[[int], str]]]:
    """Yield names of hostile texts, and what makes each of a length in characters."""
    for run in runs:
        for before, behind in _AROUND:
            name = f"{before!r} {run!r}* {behind!r}"
            yield name, partial(_repeated, before, run, behind)
    yield "nested ([", lambda size: "([" * (size // 4) + "])" * (size // 4)
    yield "words", lambda size: "".join(f"w{n} " for n in range(size))[:size]


def _repeated(before: str, run: str, behind: str, size: int) -> str:
    return before + run * (size // len(run)) + behind


def steep(
    name: str, run: Callable[[str], object], size: int, runs: Sequence[str] = _RUNS
) -> Iterator[Steep]:
    """Yield the shapes on which the time of `run` grows faster than its text."""
    for shape, make in shapes(runs):
        small, large = make(size), make(2 * size)
        doubled = _seconds(run, large, 1)
        if doubled < _LEAST_S or _is_in_proportion(_seconds(run, small, 1), doubled):
            continue
        doubled, seconds = _seconds(run, large, 3), _seconds(run, small, 3)
        if doubled > _LEAST_S and not _is_in_proportion(seconds, doubled):
            yield Steep(name, shape, seconds, doubled)


def _is_in_proportion(seconds: float, doubled: float) -> bool:
    return doubled < min(_TOO_STEEP * seconds, _LONGEST_S)


def _seconds(run: Callable[[str], object], text: str, times: int) -> float:
    least = float("inf")
    for _ in range(times):
        began = time.process_time()
        try:
            run(text)
        except TimeoutError:
            return _LONGEST_S
        least = min(least, time.process_time() - began)
    return least


def by_method(pattern: Any, method: str) -> Callable[[str], object]:  # noqa: ANN401 - re's, regex's
    """Return what runs an expression over a text as the tree does."""
    if isinstance(pattern.pattern, bytes):
        if method in ("match", "fullmatch"):
            return lambda text: getattr(pattern, method)(text.encode())
        return lambda text: sum(1 for _ in pattern.finditer(text.encode()))
    options = {"timeout": _LONGEST_S} if isinstance(pattern, regex.Pattern) else {}
    bound = getattr(pattern, method)
    if method == "finditer":
        return lambda text: sum(1 for _ in bound(text, **options))
    if method in ("sub", "subn"):
        return lambda text: bound("", text, **options)
    return lambda text: bound(text, **options)


def patterns_steep(
    size: int, runs: Sequence[str] = _RUNS, packages: Sequence[str] = _PACKAGES
) -> Iterator[Steep]:
    """Yield every expression with the text on which its time grows fastest, if it does too fast.

    Those that are `BOUNDED` are left out.
    """
    names = defaultdict[tuple[Any, str], list[str]](list)
    for (module, name), pattern in compiled(packages).items():
        for method in () if _bounded(module, name) else used(module, name):
            names[pattern, method].append(f"{module}.{name}.{method}")
    for (pattern, method), named in names.items():
        worst = list(steep(named[0], by_method(pattern, method), size, runs))
        if worst:
            yield max(worst, key=lambda one: one.doubled)


def readers() -> dict[str, Callable[[str], object]]:
    """Return what reads the whole text of an article on its way in, by name."""
    from corpus.article import Article
    from corpus.dates.published import find_published
    from corpus.furniture.clean import clean
    from corpus.furniture.describe import describe
    from corpus.load import load_sources
    from corpus.readers.pdf.content import operators
    from corpus.source import bytes_source
    from corpus.split import split
    from corpus.text.language import detect
    from corpus.text.quantities import quantities
    from corpus.text.sentences import sentence_spans
    from corpus.text.words import words

    def loaded(kind: str) -> Callable[[str], object]:
        return lambda text: list(load_sources([bytes_source(f"a{kind}", text.encode())]))

    of_texts: dict[str, Callable[[str], object]] = {
        "clean": clean,
        "describe": describe,
        "published": lambda text: find_published(text.splitlines()),
        "language": detect,
        "sentences": sentence_spans,
        "words": lambda text: list(words(text)),
        "quantities": lambda text: quantities(list(words(text)), text),
        "split": lambda text: split(Article("a", text)),
        "operators": lambda text: list(operators(text.encode())),
    }
    kinds = (".txt", ".md", ".html", ".csv", ".json", ".jsonl")
    return of_texts | {f"load {kind}": loaded(kind) for kind in kinds}


def main(arguments: list[str] | None = None) -> int:
    """Run the study; 1 if anything grows too fast."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=4_000, help="characters, doubled once")
    parser.add_argument("--packages", nargs="*", default=_PACKAGES)
    chosen = parser.parse_args(arguments)
    found = 0
    whole = (each for name, run in readers().items() for each in steep(name, run, chosen.size))
    for one in chain(whole, patterns_steep(chosen.size, packages=chosen.packages)):
        found += 1
        sys.stdout.write(f"{one.name} on {one.shape}: {one.seconds:.4f} s, {one.doubled:.4f} s\n")
        sys.stdout.flush()
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
