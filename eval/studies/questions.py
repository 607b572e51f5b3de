"""Questions whose answering spans are known, with the articles that they are asked of."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.article import Article
from eval.cases.case import Span, place, read_cases
from eval.running.evaluate import read_articles

_BLOCK = 5


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question and the facts that answer it, none if nothing does; any span of one states it."""

    text: str
    history: Sequence[str]
    facts: Sequence[Sequence[Span]]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Articles and questions on them."""

    articles: Sequence[Article]
    questions: Sequence[Labelled]


def from_cases(folder: Path, cases: Path, *, every: bool = False) -> QuestionSet:
    """Read the articles of a folder and the half of the cases on them that weights may see.

    It is `every` case where those of the other half are not among them.
    """
    articles = read_articles(folder)
    questions = [
        Labelled(
            placed.case.question,
            placed.case.history,
            [fact.spans for fact in placed.facts],
        )
        for placed in place(read_cases(cases), articles)
        if every or placed.case.half == "fit"
    ]
    return QuestionSet(articles, questions)


def arabic(data: Path) -> tuple[QuestionSet, QuestionSet]:
    """Read ARCD's training part and AQAD: Arabic questions on encyclopedia paragraphs of both.

    The bundled encoder was trained on the first, so the second alone shows what is new to it.
    """
    articles: dict[str, Article] = {}
    arcd, aqad = (_labelled(rows, articles) for rows in ([*_arcd(data)], [*_aqad(data)]))
    both = list(articles.values())
    return QuestionSet(both, arcd), QuestionSet(both, aqad)


def _labelled(
    rows: Sequence[tuple[str, str, list[str]]], articles: dict[str, Article]
) -> list[Labelled]:
    """Return the questions of rows of context, question and answers; add to `articles`."""
    questions = []
    for context, question, answers in rows:
        article = articles.setdefault(
            context, Article(f"paragraph-{len(articles)}", context, language="ar")
        )
        spans = [_found(article, answer) for answer in answers if answer in context]
        if spans:
            questions.append(Labelled(question, (), [spans]))
    return questions


def english(data: Path) -> QuestionSet:
    """Read SQuAD's training sentences; neighbours in the file become one article."""
    with gzip.open(data / "qa/squad-sentences.en.tsv.gz", "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    sentences = list(dict.fromkeys(sentence for _, sentence in rows))
    articles, places = [], {}
    for first in range(0, len(sentences), _BLOCK):
        block = sentences[first : first + _BLOCK]
        # The file is all lower case, which would hide where sentences begin.
        text = "\n".join(sentence[:1].upper() + sentence[1:] for sentence in block)
        article = Article(f"block-{first}", text, language="en")
        articles.append(article)
        places.update({s: _found(article, s[:1].upper() + s[1:]) for s in block})
    questions = [Labelled(question, (), [[places[sentence]]]) for question, sentence in rows]
    return QuestionSet(articles, questions)


def _found(article: Article, text: str) -> Span:
    start = article.text.index(text)
    return Span(article.id, start, start + len(text))


def _arcd(data: Path) -> Iterator[tuple[str, str, list[str]]]:
    content = json.loads((data / "qa/arcd-train.json").read_text(encoding="utf-8"))
    for topic in content["data"]:
        for paragraph in topic["paragraphs"]:
            for question in paragraph["qas"]:
                answers = [answer["text"] for answer in question["answers"]]
                yield paragraph["context"], question["question"].strip(" -"), answers


def _aqad(data: Path) -> Iterator[tuple[str, str, list[str]]]:
    with gzip.open(data / "qa/unlicensed-aqad.ar.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            yield record["context"], record["question"], record["answers"]
