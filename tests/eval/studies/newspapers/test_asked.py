"""Questions on articles that are not part of Dalil, joined with the archives that hold them."""

import gzip
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from corpus.errors import DalilError
from eval.cases.case import place, read_cases
from eval.running.evaluate import read_articles
from eval.studies.newspapers import asked

EVIDENCE = "وبلغت تكلفته أربعين مليون ريال."
TEXT = f"افتتح الوزير الجسر الجديد يوم الأحد. {EVIDENCE}\n\nوحضر الحفل أهالي المدينة."
# Dalil keeps the title in the text.
STORED = f"افتتاح الجسر\n\n{TEXT}"
ROOT = Path(__file__).parents[4]


@pytest.fixture
def archives(tmp_path, monkeypatch):
    """A folder with an archive of two articles, and two questions on the second."""
    news = tmp_path / "news"
    news.mkdir()
    found = [_article("الطقس", "تهب رياح على الساحل."), _article("افتتاح الجسر", TEXT)]
    with ZipFile(news / "2015-07-21.zip", "w") as file:
        file.writestr("2015-07-21.json", json.dumps(found))
    start = STORED.index(EVIDENCE)
    digest = sha256(EVIDENCE.encode()).hexdigest()[:8]
    span = ["2015-07-21.json:1", start, start + len(EVIDENCE), digest]
    questions = [
        {"id": "a", "half": "report", "language": "ar", "question": "كم كلف الجسر؟"}
        | {"evidence": [span]},
        {"id": "b", "half": "fit", "language": "en", "question": "Who built it?", "evidence": []},
    ]
    _pack(tmp_path / "articles.txt.gz", ["2015-07-21.json:1"])
    _pack(tmp_path / "questions.jsonl.gz", map(json.dumps, questions))
    monkeypatch.setattr(asked, "_ARTICLES", tmp_path / "articles.txt.gz")
    monkeypatch.setattr(asked, "_QUESTIONS", tmp_path / "questions.jsonl.gz")
    return news


def _article(title, text):
    return {"title": title, "content": text, "source": "s", "url": "u", "date_extracted": ""}


def _pack(path, lines):
    path.write_bytes(gzip.compress("\n".join(lines).encode()))


def test_both_halves_are_cases_of_the_articles_they_name(archives, tmp_path):
    assert asked.write(archives, tmp_path / "out") == {"fit": 1, "report": 1}
    articles = read_articles(tmp_path / "out" / "articles")
    assert [article.title for article in articles] == ["افتتاح الجسر"]
    (case,) = place(read_cases(tmp_path / "out" / "report.jsonl"), articles)
    (span,) = case.facts[0].spans
    assert articles[0].text[span.start : span.end] == EVIDENCE
    (near,) = read_cases(tmp_path / "out" / "fit.jsonl")
    assert near.answerable is False


def test_archives_that_lack_an_article_are_refused(archives, tmp_path):
    _pack(tmp_path / "articles.txt.gz", ["2015-07-21.json:1", "2015-07-22.json:0"])
    with pytest.raises(DalilError, match=r"lack 1 articles, 2015-07-22.json:0 first"):
        asked.write(archives, tmp_path / "out")


def test_a_folder_with_other_articles_is_refused_and_left_as_it_is(archives, tmp_path):
    asked.write(archives, tmp_path / "out")
    # Those that are meant are written again.
    assert asked.write(archives, tmp_path / "out") == {"fit": 1, "report": 1}
    other = tmp_path / "out" / "articles" / "other.txt"
    other.write_text("Another article.")
    with pytest.raises(DalilError, match=r"holds other.txt already; name another folder"):
        asked.write(archives, tmp_path / "out")
    assert other.read_text() == "Another article."


def test_evidence_that_stands_elsewhere_is_refused(archives, tmp_path):
    with ZipFile(archives / "2015-07-21.zip", "w") as file:
        found = [_article("الطقس", "رياح."), _article("افتتاح الجسر", "اليوم " + TEXT)]
        file.writestr("2015-07-21.json", json.dumps(found))
    with pytest.raises(DalilError, match="The evidence of a stands elsewhere"):
        asked.write(archives, tmp_path / "out")


def test_what_is_missing_is_a_sentence(tmp_path):
    told = run("--data", tmp_path, "--out", tmp_path / "out")
    assert told.returncode == 1
    assert told.stderr.startswith("There are no zip files in")


def test_a_file_in_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "out").write_text("")
    told = run("--data", tmp_path, "--out", tmp_path / "out")
    assert told.returncode == 1
    assert told.stderr.startswith(f"{tmp_path / 'out'} cannot be written")
    assert told.stderr.endswith("name another folder with --out.\n")


def run(*options):
    command = [sys.executable, "-m", "eval.studies.newspapers", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_questions_name_articles_of_the_library():
    known = set(asked._lines(asked._ARTICLES))
    every = list(asked.questions())
    assert len({each.id for each in every}) == len(every) == 1260
    assert {each.half for each in every} == {"fit", "report"}
    named = {passage.article for each in every for passage in each.evidence}
    assert named <= known
    assert all(p.start < p.end and len(p.digest) == 8 for each in every for p in each.evidence)
