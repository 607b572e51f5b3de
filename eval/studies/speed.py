"""What the bundled reader costs: time a passage beside a CrossEncoder, a question, and memory.

`python -m eval.studies.speed` reads the demo collection's passages with the bundled reader and
with a sentence-transformers CrossEncoder of the model that it was trained from (12 layers, 32 bits,
drawn weights, which take as long), both on one thread in turns, and asks the cases' questions.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from corpus.split import split
from corpus.text.sentences import sentence_spans
from eval.cases.case import read_cases
from eval.running.evaluate import CASES, DEMO, read_articles
from index import Library
from index.encoder import load_bundled
from rag.assistant import Assistant
from rag.reader import BUNDLED, Excerpt

_QUESTION = "What bounty was announced for Hajji Abdullah?"
_PASSAGES, _ROUNDS, _QUESTIONS = 96, 3, 120
_LAYERS, _HIDDEN, _HEADS, _FEED_FORWARD = 12, 384, 12, 1536


def main() -> None:
    """Measure and print."""
    for line in (*_reading(), *_asking()):
        sys.stdout.write(line + "\n")


def _reading() -> Iterator[str]:
    texts = [p.text for article in read_articles(DEMO) for p in split(article)][:_PASSAGES]
    excerpts = [Excerpt(text, [(a, b) for a, b in sentence_spans(text)]) for text in texts]
    before = _megabytes()
    BUNDLED.read(_QUESTION, excerpts)
    yield f"memory: {_megabytes() - before:.0f} MB more at most while reading"
    with tempfile.TemporaryDirectory() as folder:
        predict = _cross_encoder(Path(folder))
        # The reader remembers what it has read, so each round asks another question.
        both = [
            (
                _timed(partial(BUNDLED.read, asked, excerpts)),
                _timed(partial(predict, asked, texts)),
            )
            for asked in (f"{_QUESTION} {number}" for number in range(_ROUNDS))
        ]
    ours, theirs = (1000 * min(times) / len(texts) for times in zip(*both, strict=True))
    yield f"a passage: {ours:.1f} ms, CrossEncoder {theirs:.1f} ms, {theirs / ours:.1f} times"


def _cross_encoder(folder: Path) -> Callable[[str, list[str]], object]:
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    import rag.reader

    torch.set_num_threads(1)
    pieces = Path(rag.reader.__file__).parent / "bundled" / "tokenizer.json"
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(pieces), pad_token="<pad>", cls_token="<s>", sep_token="</s>"
    )
    tokenizer.save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=_HIDDEN,
        num_hidden_layers=_LAYERS,
        num_attention_heads=_HEADS,
        intermediate_size=_FEED_FORWARD,
    )
    config.num_labels = 1
    BertForSequenceClassification(config).save_pretrained(folder)
    model = CrossEncoder(str(folder), max_length=256)
    return lambda asked, texts: model.predict([(asked, text) for text in texts], batch_size=4)


def _asking() -> Iterator[str]:
    questions = [case.question for case in read_cases(CASES)][:_QUESTIONS]
    with (
        tempfile.TemporaryDirectory() as home,
        closing(Library.open(home, load_bundled(), create=True)) as library,
    ):
        library.add(read_articles(DEMO))
        for name, reader in (("bundled reader", BUNDLED), ("no reader", None)):
            assistant = Assistant(library, reader=reader, saves=False)
            assistant.ask(_QUESTION)
            times = sorted(1000 * _timed(partial(assistant.ask, each)) for each in questions)
            most = times[int(0.95 * len(times))]
            yield f"a question, {name}: p50 {median(times):.0f} ms, p95 {most:.0f} ms"


def _timed(do: Callable[[], object]) -> float:
    began = perf_counter()
    do()
    return perf_counter() - began


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
