"""Articles and cases from files in SQuAD's format: XQuAD, ARCD, MLQA, TyDi QA GoldP, SQuAD 2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from urllib.parse import unquote

from corpus.article import Article
from corpus.errors import DalilError
from corpus.text.characters import replace_surrogates
from corpus.text.language import detect
from eval.cases.case import Case, Evidence
from eval.retrieval.squad import Gold, Paragraph, Question, read_squad

_BETWEEN_PARAGRAPHS = "\n\n"
# All gold answers of a question are the same fact.
_FACT = "answer"


@dataclass(frozen=True, slots=True)
class Source:
    """Cases with the articles that they are asked of."""

    articles: tuple[Article, ...]
    cases: tuple[Case, ...]


def squad_cases(
    passages: Path,
    questions: Path | None = None,
    *,
    language: str | None = None,
    sample: int | None = None,
) -> Source:
    """Read a file as articles, one for each of its own, and a case for each of its questions.

    With `questions`, what is asked comes from there, joined by id, and the passages' file may hold
    more; answers of both files are accepted.  A case's id is its file's name and the file's id,
    with the names of both files if there are two.  `language` is that of the questions; without
    it, and for the articles, it is detected.  `sample` keeps so many cases, the same ones each
    time and all of them again in a larger sample, and every article.

    An answer that does not stand where the file says is looked for in its paragraph; one that
    stands nowhere there is accepted but is no evidence.  An impossible question of SQuAD 2 becomes
    unanswerable: its paragraph does not say, though another may, which the file cannot know.
    A question without any answer is left unjudged.  Raises `DalilError` for a file that cannot be
    read or is not SQuAD, for ids that do not join, and for a sample below 1.
    """
    if sample is not None and sample < 1:
        raise DalilError(f"A sample of {sample} holds no case; give a number from 1.")
    paragraphs = read_squad(passages, impossible=True)
    asked = None if questions is None else _by_id(read_squad(questions, impossible=True))
    if asked is not None:
        _check_join(asked, paragraphs, questions, passages)
    name = "-".join(_stem(path) for path in (questions, passages) if path)
    articles: list[Article] = []
    cases: list[Case] = []
    for number, (_, group) in enumerate(groupby(paragraphs, attrgetter("article")), start=1):
        of_article = list(group)
        article = _article(of_article, f"{_stem(passages)}-{number}", passages)
        articles.append(article)
        cases.extend(_cases(of_article, article.id, name, asked, language))
    return Source(tuple(articles), tuple(_sampled(cases, name, sample)))


def _by_id(paragraphs: Iterable[Paragraph]) -> dict[str, Question]:
    return {q.id: q for paragraph in paragraphs for q in paragraph.questions}


def _check_join(
    asked: Mapping[str, Question],
    paragraphs: Iterable[Paragraph],
    questions: Path | None,
    passages: Path,
) -> None:
    known = _by_id(paragraphs)
    missing = [key for key in asked if key not in known]
    if missing:
        raise DalilError(
            f"{passages} lacks {len(missing)} of the {len(asked)} question ids of {questions}, "
            f"such as {missing[0]!r}; give two files of the same questions."
        )


def _stem(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".json")


def _article(paragraphs: Sequence[Paragraph], article_id: str, path: Path) -> Article:
    text = _BETWEEN_PARAGRAPHS.join(replace_surrogates(paragraph.text) for paragraph in paragraphs)
    title = paragraphs[0].title
    # SQuAD's own titles are the last part of Wikipedia's addresses.
    shown = replace_surrogates(unquote(title).replace("_", " ")) if title else None
    return Article(article_id, text, shown, source=str(path), language=detect(text))


def _cases(
    paragraphs: Iterable[Paragraph],
    article_id: str,
    name: str,
    asked: Mapping[str, Question] | None,
    language: str | None,
) -> Iterator[Case]:
    offset = 0
    for paragraph in paragraphs:
        for question in paragraph.questions:
            if asked is None or question.id in asked:
                put = asked[question.id] if asked else question
                evidence = _evidence(question, paragraph.text, article_id, offset)
                yield _case(f"{name}-{question.id}", question, put, evidence, language)
        offset += len(paragraph.text) + len(_BETWEEN_PARAGRAPHS)


def _case(
    case_id: str,
    question: Question,
    put: Question,
    evidence: tuple[Evidence, ...],
    language: str | None,
) -> Case:
    """Return the case of a `question` in its paragraph that is `put` in other words."""
    text = replace_surrogates(put.text).strip()
    answers = dict.fromkeys(
        replace_surrogates(gold.text) for gold in (*question.answers, *put.answers)
    )
    answers.pop("", None)
    return Case(
        id=case_id,
        question=text,
        language=language or detect(text),
        answerable=False if question.impossible else True if answers else None,
        evidence=evidence,
        answers=() if question.impossible else tuple(answers),
    )


def _evidence(question: Question, text: str, article_id: str, offset: int) -> tuple[Evidence, ...]:
    """Return the distinct spans of a question's answers, `offset` further on than in `text`."""
    text = replace_surrogates(text)
    found = ((replace_surrogates(gold.text), _find(gold, text)) for gold in question.answers)
    placed = dict.fromkeys((quote, start) for quote, start in found if start is not None)
    fact = _FACT if len(placed) > 1 else None
    return tuple(
        Evidence(article=article_id, quote=quote, start=start + offset, fact=fact)
        for quote, start in placed
    )


def _find(gold: Gold, text: str) -> int | None:
    """Return where an answer starts: where the file says, else at its nearest occurrence."""
    answer, said = replace_surrogates(gold.text), gold.start
    if not answer:
        return None
    if said is not None and said >= 0 and text.startswith(answer, said):
        return said
    starts = [place for place in range(len(text)) if text.startswith(answer, place)]
    return min(starts, key=lambda start: abs(start - (said or 0)), default=None)


def _sampled(cases: Sequence[Case], name: str, sample: int | None) -> Sequence[Case]:
    if sample is None or sample >= len(cases):
        return cases

    def chance(case: Case) -> bytes:
        # By the file's own id, so that the same questions are asked in every language.
        key = case.id.removeprefix(f"{name}-")
        return sha256(f"sample {key}".encode("utf-8", "replace")).digest()

    chosen = {case.id for case in sorted(cases, key=chance)[:sample]}
    return [case for case in cases if case.id in chosen]
