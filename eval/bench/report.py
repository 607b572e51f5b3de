"""A comparison as a table or as JSON, and whether it meets its bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.bench.sides.legs import FUSED
from eval.bench.stack import COUNTERPARTS, DALIL, ENSEMBLE, LANGCHAIN, Result, Side, percentile

_FIGURES = {
    "import_s": "import of articles: read, clean, split, encode, store, index (s)",
    "build_s": "index from stored passages and vectors (s)",
    "open_s": "open (s)",
    "import_peak_mb": "peak memory, import (MB)",
    "peak_mb": "peak memory, building the index (MB)",
    "serving_peak_mb": "peak memory, serving (MB)",
    "derived_mb": "index files (MB)",
    "stored_mb": "SQLite: articles, passages, vectors (MB)",
}
_NOTES = (
    "LangChain keeps no BM25: to open is to load the FAISS store, texts and all, and to build "
    "BM25 again. It is given passages and vectors that are ready. Each leg finds 50 passages, "
    "one thread a side; BM25Retriever splits at spaces."
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much faster (p50) and in what share of the memory Dalil must serve, and from what size.

    On small collections fixed costs outweigh what is measured, so no bound holds there.
    """

    times_faster: float
    share_of_memory: float
    passages: int


def ratios(result: Result) -> dict[str, float]:
    """Return the ratios that the bounds are on; none without the other side."""
    if LANGCHAIN not in result.sides:
        return {}
    dalil, other = result.sides[DALIL], result.sides[LANGCHAIN]
    return {
        "speed": percentile(other.legs[ENSEMBLE], 50) / percentile(dalil.legs[FUSED], 50),
        "memory": dalil.figures["serving_peak_mb"] / other.figures["serving_peak_mb"],
    }


def met(result: Result, bounds: Bounds) -> bool | None:
    """Tell if the bounds are met, `None` where they don't hold."""
    found = ratios(result)
    if not found or result.passages < bounds.passages:
        return None
    return found["speed"] >= bounds.times_faster and found["memory"] <= bounds.share_of_memory


def as_json(result: Result, bounds: Bounds) -> dict[str, object]:
    """Return the whole of a comparison; times in ms, memory and files in MB."""
    fields = {name: value for name, value in vars(result).items() if name != "sides"}
    sides = {
        name: {
            **{key: round(value, 3) for key, value in side.figures.items()},
            "legs": {leg: _percentiles(times) for leg, times in side.legs.items()},
        }
        for name, side in result.sides.items()
    }
    rounded = {name: round(value, 3) for name, value in ratios(result).items()}
    return {**fields, "sides": sides, "ratios": rounded, "met": met(result, bounds)}


def table(result: Result, bounds: Bounds) -> str:
    """Return a comparison as a Markdown table between a line on the run and notes."""
    head = (
        f"{result.passages:,} passages of {result.articles:,} {result.collection}, "
        f"{result.questions} questions a leg; {result.cpu}, {result.cores} cores; "
        f"commit {result.commit}, {result.date}"
    )
    rows = ["| | LangChain | Dalil |", "|---|---:|---:|"]
    rows += [f"| {name} | {other} | {dalil} |" for name, other, dalil in _rows(result, bounds)]
    return "\n".join([head, "", *rows, "", _NOTES])


def _rows(result: Result, bounds: Bounds) -> Iterator[tuple[str, str, str]]:
    """Yield the name of each row with its cells of LangChain and Dalil."""
    dalil, other = result.sides[DALIL], result.sides.get(LANGCHAIN, Side({}, {}))
    for key, name in _FIGURES.items():
        yield name, _cell(other.figures, key), _cell(dalil.figures, key)
    yield "articles imported a second", "", _number(result.articles / dalil.figures["import_s"])
    theirs = {leg: name for name, leg in COUNTERPARTS.items() if name in other.legs}
    for leg, times in dalil.legs.items():
        name = f"{theirs[leg]} / {leg}" if leg in theirs else leg
        known = _times(other.legs[theirs[leg]]) if leg in theirs else ""
        yield f"{name}, p50 / p95 (ms)", known, _times(times)
    found = ratios(result)
    if found:
        least, most = bounds.times_faster, bounds.share_of_memory
        speed, memory = f"{found['speed']:.1f}", f"{found['memory']:.2f}"
        yield f"{ENSEMBLE} p50 over {FUSED} p50, at least {least:g}", "", speed
        yield f"serving memory, Dalil over LangChain, at most {most:g}", "", memory


def _percentiles(times: Sequence[float]) -> dict[str, float]:
    return {f"p{percent}_ms": round(percentile(times, percent), 3) for percent in (50, 95)}


def _times(times: Sequence[float]) -> str:
    return " / ".join(_number(percentile(times, percent)) for percent in (50, 95))


def _cell(figures: Mapping[str, float], key: str) -> str:
    return _number(figures[key]) if key in figures else ""


def _number(value: float) -> str:
    """Return three digits of a number, or all of a larger one.

    >>> _number(0.0123), _number(12.34), _number(1234.5)
    ('0.0123', '12.3', '1,234')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
