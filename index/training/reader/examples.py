"""Questions beside passages, those that answer and those that don't, from data that may train.

Only the files named here are opened, and the questions of our own.  An unanswerable example is a
question of our own that is meant so, or any question whose passage has lost what answers it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from corpus.errors import DalilError
from corpus.text.sentences import sentence_spans
from index.training.overlap import NearDuplicates
from index.training.questions.documents import Document, joined, read_documents
from index.training.questions.written import WrittenQuestion, answer_spans, read_questions
from index.training.reader.tokenised import SENTENCES, read_pairs

# Licences in the data folder's SOURCES.md: anyone may reuse, adapt and sell what is made of them.
SQUAD = (
    "qa/arcd-train.json",
    *(f"qa/tydi-goldp.{code}.json.gz" for code in ("en", "ko", "sw", "fi", "id", "te", "bn", "ru")),
)
# Passages of a library are of this size; what is read at once costs by its length.
_LONGEST = 900
# A passage made of sentences that were kept without their text has so many.
_NEIGHBOURS = (2, 5)
# So often each question of our own is asked of a version of its document, and in which languages.
_VERSIONS, _WEIGHTS = 4, {"ar": 6, "en": 3, "fr": 1, "de": 1, "tr": 1, "fa": 1, "ckb": 1, "es": 1}
# So many of the answerable ones are also asked of a passage without what answers.
_WITHHELD = 0.3


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage with the half-open spans of its sentences, in code points.

    `right` are the places of the sentences that answer, none where the passage does not; `answer`
    is the span of the answering words, `None` where it is unknown or there is none.
    """

    question: str
    passage: str
    spans: Sequence[tuple[int, int]]
    right: frozenset[int]
    answer: tuple[int, int] | None = None


def read_examples(data: Path, measured: Sequence[str], seed: int = 0) -> list[Example]:
    """Return all examples in an order of their own, without those that measure.

    `measured` are texts of evaluation data; an example whose question or passage nearly equals one
    is left out.  Raises `DalilError` where the folder has none of the files that may train, or
    nothing is left of them.
    """
    random = Random(seed)
    own = of_our_own(data, random, _WEIGHTS, _VERSIONS)
    return prepared([*of_squad(data), *of_pairs(data, random), *own], measured, random, data)


def prepared(
    found: Sequence[Example],
    measured: Sequence[str],
    random: Random,
    data: Path,
    share: float = _WITHHELD,
) -> list[Example]:
    """Return what does not measure, a share also without what answers, in a drawn order."""
    kept = without(found, measured)
    if not kept:
        raise DalilError(f"Every example in {data} measures; name a folder with others in qa/.")
    kept += [made for each in kept if random.random() < share and (made := withheld(each))]
    random.shuffle(kept)
    return kept


def without(examples: Sequence[Example], measured: Sequence[str]) -> list[Example]:
    """Return the examples whose question and passage nearly equal none of the `measured` texts."""
    texts = list(dict.fromkeys(text for each in examples for text in (each.question, each.passage)))
    rows = NearDuplicates(measured).matches(texts).tolist()
    found = {text for text, row in zip(texts, rows, strict=True) if row >= 0}
    return [each for each in examples if found.isdisjoint((each.question, each.passage))]


def withheld(example: Example) -> Example | None:
    """Return the example without the sentences that answer, `None` if nothing else is left.

    >>> made = withheld(Example("When?", "At six. It rained.", [(0, 7), (8, 18)], frozenset({0})))
    >>> made.passage, made.spans, made.right
    ('It rained.', [(0, 10)], frozenset())
    """
    kept = [span for place, span in enumerate(example.spans) if place not in example.right]
    if not (example.right and kept):
        return None
    passage, spans = joined([example.passage[start:end] for start, end in kept])
    return Example(example.question, passage, spans, frozenset())


def of_squad(folder: Path, names: Sequence[str] = SQUAD) -> Iterator[Example]:
    """Yield the questions of files in SQuAD's format; raise `DalilError` if there is no file."""
    paths = [folder / name for name in names if (folder / name).is_file()]
    if not paths:
        raise DalilError(f"{folder} has none of {', '.join(names)}; name the folder with qa/.")
    for path in paths:
        data = path.read_bytes()
        content = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
        for article in content["data"]:
            for paragraph in article["paragraphs"]:
                yield from _of_paragraph(paragraph["context"], paragraph["qas"])


def _of_paragraph(text: str, questions: Sequence[dict[str, object]]) -> Iterator[Example]:
    spans = [(start, end) for start, end in sentence_spans(text)]
    for question in questions:
        answers = question["answers"]
        first = answers[0] if isinstance(answers, list) and answers else None
        if first is None:
            continue
        start = int(first["answer_start"])
        right = [place for place, (_, end) in enumerate(spans) if start < end][:1]
        answer = (start, start + len(str(first["text"])))
        if right and text[slice(*answer)] == first["text"]:
            whole = Example(
                str(question["question"]).strip(" -"), text, spans, frozenset(right), answer
            )
            yield _window(whole, right[0])


def of_pairs(folder: Path, random: Random) -> Iterator[Example]:
    """Put passages together of sentences that stand near each other in a file of pairs."""
    if not (folder / SENTENCES).is_file():
        return
    pairs = read_pairs(folder / SENTENCES)
    sentences = list(dict.fromkeys(sentence for _, sentence in pairs))
    places = {sentence: place for place, sentence in enumerate(sentences)}
    for question, sentence in pairs:
        count, place = random.randint(*_NEIGHBOURS), places[sentence]
        first = max(0, min(place - random.randrange(count), len(sentences) - count))
        passage, spans = joined(sentences[first : first + count])
        yield Example(question, passage, spans, frozenset({place - first}))


def of_our_own(
    data: Path, random: Random, weights: Mapping[str, int], count: int, *, same: bool = True
) -> Iterator[Example]:
    """Yield what `asked_of_documents` yields, without what it is made of."""
    for _, example in asked_of_documents(data, random, weights, count, same=same):
        yield example


def asked_of_documents(
    data: Path, random: Random, weights: Mapping[str, int], count: int, *, same: bool = True
) -> Iterator[tuple[WrittenQuestion, Example]]:
    """Yield each question of our own, of `count` versions of its document drawn by `weights`.

    Without `same` none of them is in the question's own language.
    """
    documents = read_documents(data)
    for question in read_questions():
        document = documents[question.document]
        codes = [
            code
            for code in weights
            if code in document.versions and (same or code != question.language)
        ]
        if not codes:
            continue
        drawn = random.choices(codes, [weights[code] for code in codes], k=count)
        for code in dict.fromkeys(drawn):
            yield question, _of_version(question, document, code)


def _of_version(question: WrittenQuestion, document: Document, language: str) -> Example:
    right = frozenset([*question.evidence, *question.also])
    words = answer_spans(question, document, language)
    whole = Example(
        question.question,
        document.text(language),
        document.spans(language),
        right,
        words[0] if words else None,
    )
    return _window(whole, (question.evidence or question.near)[0])


def _window(example: Example, place: int) -> Example:
    """Return the part of an example around a sentence that is about as long as a passage."""
    first = last = place
    while True:
        grown = max(first - 1, 0), min(last + 1, len(example.spans) - 1)
        length = example.spans[grown[1]][1] - example.spans[grown[0]][0]
        if grown == (first, last) or length > _LONGEST:
            break
        first, last = grown
    start, end = example.spans[first][0], example.spans[last][1]
    answer = example.answer
    inside = answer is not None and start <= answer[0] and answer[1] <= end
    return Example(
        example.question,
        example.passage[start:end],
        [(a - start, b - start) for a, b in example.spans[first : last + 1]],
        frozenset(p - first for p in example.right if first <= p <= last),
        (answer[0] - start, answer[1] - start) if answer is not None and inside else None,
    )
