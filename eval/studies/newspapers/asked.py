"""The questions, and the articles of the archives that they are asked of.

Of the articles only names and places are kept here, so evidence is an article's name and a span of
its text as Dalil stores it, with a digest that tells if it still stands there.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from corpus.article import Article
from corpus.errors import DalilError
from eval.bench.collection import from_archives
from eval.cases.case import Case, Evidence, Half
from eval.files import write_lines
from eval.running.evaluate import read_articles

_ARTICLES = Path(__file__).with_name("articles.txt.gz")
_QUESTIONS = Path(__file__).with_name("questions.jsonl.gz")
_DIGITS = 8


class Passage(NamedTuple):
    """A half-open span of the text of an article, in code points, and a digest of its words."""

    article: str
    start: int
    end: int
    digest: str


class Asked(NamedTuple):
    """A question in `language`; any of `evidence` answers it, and none does where there is none."""

    id: str
    half: Half
    language: str
    question: str
    evidence: list[Passage]


def write(news: Path, out: Path) -> Counter[str]:
    """Write the articles and the cases of both halves below `out`; return how many of each half.

    `news` is the folder of the archives.  Raises `DalilError` where they are others than those
    that the questions were written on, and where `out` holds other articles already.
    """
    articles = _write_articles(news, out / "articles")
    asked = list(questions())
    for half in ("fit", "report"):
        cases = [_case(each, articles) for each in asked if each.half == half]
        write_lines(out / f"{half}.jsonl", cases)
    return Counter(each.half for each in asked)


def questions() -> Iterator[Asked]:
    """Yield all questions, in the order of the file."""
    for line in _lines(_QUESTIONS):
        fields = json.loads(line)
        yield Asked(**fields | {"evidence": [Passage(*each) for each in fields["evidence"]]})


def _write_articles(news: Path, folder: Path) -> dict[str, Article]:
    """Write each article as a text file that begins with its title; return them as Dalil reads."""
    wanted = set(_lines(_ARTICLES))
    folder.mkdir(parents=True, exist_ok=True)
    # They would be asked as well, and the figures be those of another library.
    if others := {path.name for path in folder.iterdir()} - set(map(_file, wanted)):
        raise DalilError(f"{folder} holds {min(others)} already; name another folder with --out.")
    for found in from_archives(news):
        name = str(found["id"])
        if name in wanted:
            title, text = ((found[key] or "").strip() for key in ("title", "text"))
            (folder / _file(name)).write_text(f"{title}\n\n{text}\n", encoding="utf-8", newline="")
            wanted.remove(name)
    if wanted:
        raise DalilError(
            f"The archives in {news} lack {len(wanted)} articles, {min(wanted)} first; point "
            "--data at the folder whose news/ holds all of SaudiNewsNet's."
        )
    return {Path(article.id).name: article for article in read_articles(folder)}


def _file(name: str) -> str:
    return f"{name.replace('.json:', '-')}.txt"


def _case(asked: Asked, articles: Mapping[str, Article]) -> Case:
    evidence = []
    for passage in asked.evidence:
        file = _file(passage.article)
        quote = articles[file].text[passage.start : passage.end]
        if sha256(quote.encode("utf-8")).hexdigest()[:_DIGITS] != passage.digest:
            raise DalilError(
                f"The evidence of {asked.id} stands elsewhere in {passage.article} than it did: "
                "the archives are others, or texts are read otherwise than when it was written."
            )
        evidence.append(Evidence(article=file, quote=quote, start=passage.start, fact="answer"))
    return Case(
        id=asked.id,
        question=asked.question,
        language=asked.language,
        answerable=bool(evidence),
        evidence=tuple(evidence),
    )


def _lines(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
