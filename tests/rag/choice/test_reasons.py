"""What tells a reason is cited with what happened: the sentence behind, or one that says why."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from corpus.article import Article, Passage
from index import Library
from index.encoder import load_bundled
from rag.answer import Hit
from rag.assistant import Assistant
from rag.choice.evidence import Described, Sentence, sentences_of
from rag.choice.reasons import reasoned
from rag.reading import read
from rag.reading.languages import pattern

WHY, HOW, WHEN = "Why did the bridge close?", "How was the bridge mended?", "When did it close?"
PLAIN = ("The bridge closed.", "It is long.", "Boats crossed.", "The river had risen after rain.")
ONWARD = ("The bridge closed.", "That was because of rain.", "Boats crossed.", "It is long.")


def described(lines, odds, reason=()):
    article = Article("a", "\n".join(lines), language="en")
    hit = Hit(Passage("a", 1, 0, len(article.text), article.text), article, 0.5)
    sentences, start = [], 0
    for line in lines:
        sentences.append(Sentence(article, start, start + len(line), hit))
        start += len(line) + 1
    expected = np.array([float(place in reason) for place in range(len(lines))])
    none = np.zeros((len(lines), 0), np.float32)
    return Described(sentences, {"reads": np.array(odds), "expected": expected}, none, none)


# Lines, the places that give a reason, the reader's odds, the question, picked, cited.
CASES = [
    # Words that carry on from the sentence before need no reader, nor a question that asks why.
    (ONWARD, [1], [1.0, -9.0, -9.0, -9.0], WHY, [0], [0, 1]),
    (ONWARD, [], [1.0, -9.0, -9.0, -9.0], HOW, [0], [0, 1]),
    (ONWARD, [1], [1.0, -9.0, -9.0, -9.0], WHY, [0, 2], [0, 1, 2]),
    # Where none picked gives the reason, one that does; not one that the reader finds unlikely.
    (PLAIN, [3], [1.0, -9.0, -9.0, -2.0], WHY, [0], [0, 3]),
    (PLAIN, [3], [1.0, -9.0, -9.0, -4.0], WHY, [0], [0]),
    (PLAIN, [0, 3], [1.0, -9.0, -9.0, -2.0], WHY, [0], [0]),
    (PLAIN, [2, 3], [1.0, -9.0, -1.0, -2.0], WHY, [0, 2], [0, 2]),
    # The sentence behind, if it is nearly as likely, and only where a reason is missing.
    (PLAIN, [], [1.0, 0.0, -9.0, -9.0], WHY, [0], [0, 1]),
    (PLAIN, [], [1.0, -2.0, -9.0, -9.0], WHY, [0], [0]),
    (PLAIN, [0], [1.0, 0.0, -9.0, -9.0], WHY, [0], [0]),
    (PLAIN, [], [1.0, 0.0, -9.0, -9.0], HOW, [0], [0]),
    # The last of a passage has none behind it.
    (PLAIN, [], [1.0, 0.0, -9.0, 1.0], WHY, [3], [3]),
]


@pytest.mark.parametrize(("lines", "reason", "odds", "question", "picked", "cited"), CASES)
def test_the_reason_is_cited_too(lines, reason, odds, question, picked, cited):
    table = load_bundled()
    found = described(lines, odds, reason)
    scores = np.array([3.0, 0.0, 0.0, 0.0])
    assert reasoned(read(question, table), found, scores, picked, table) == cited


def test_an_answer_goes_on_in_the_sentence_behind(tmp_path):
    text = (
        "أغلقت البلدية جسر البصيرة أمام الشاحنات يوم الأحد. "
        "وذلك بسبب تصدع في أحد أعمدته. وسيعمل الجسر لعبور المشاة وحدهم."
    )
    library = Library.open(tmp_path, load_bundled(), create=True)
    library.add([Article("bridge", text, title="خبر", language="ar")])
    asked = Assistant(library, saves=False).ask
    answer = asked("لماذا أغلقت البلدية جسر البصيرة أمام الشاحنات؟")
    assert answer.kind == "reason"
    assert {"وذلك بسبب تصدع في أحد أعمدته."} <= {c.quote for c in answer.citations}
    assert "وسيعمل الجسر لعبور المشاة وحدهم." not in {c.quote for c in answer.citations}
    library.close()


OPENING = "The bridge at Basira closed to lorries on Sunday."
FIRST = Article(
    "first",
    f"{OPENING} The river had risen after rain. Boats crossed.",
    title="The bridge at Basira closed",
    published=date(2020, 3, 2),
    language="en",
)
OTHER = replace(
    FIRST,
    id="other",
    text=f"{OPENING} A lorry had struck a pillar. It is long.",
    published=date(2020, 3, 3),
)
# What is changed of the other article, the reader's odds of its three sentences, picked, cited.
EVENTS = [
    ({}, [0.0, 1.0, -9.0], [0, 3], [0, 4]),
    ({}, [0.0, 1.0, -9.0], [0], [0, 4]),
    ({}, [1.0, 0.0, -9.0], [0, 3], [0, 3]),
    # Nothing that the reader finds unlikely, nor of another time or a bridge elsewhere.
    ({}, [-9.0, -9.0, -9.0], [0], [0]),
    ({"published": date(2021, 3, 3)}, [0.0, 1.0, -9.0], [0, 3], [0, 3]),
    ({"published": None}, [0.0, 1.0, -9.0], [0], [0]),
    ({"text": "The school at Derik opened. A lorry had struck a pillar. It is long.",
      "title": "School opened"}, [0.0, 1.0, -9.0], [0], [0]),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "odds", "picked", "cited"), EVENTS)
def test_another_article_on_the_event_gives_its_own_reason(changed, odds, picked, cited):
    table, sentences = load_bundled(), []
    for article in (FIRST, replace(OTHER, **changed)):
        hit = Hit(Passage(article.id, 1, 0, len(article.text), article.text), article, 0.5)
        sentences += sentences_of([hit])
    none = np.zeros((len(sentences), 0), np.float32)
    features = {"reads": np.array([2.0, -9.0, -9.0, *odds]), "expected": np.ones(6)}
    found = Described(sentences, features, none, none)
    reading = read("Why did the bridge at Basira close?", table)
    assert reasoned(reading, found, np.zeros(6), picked, table) == cited


REASONS = {
    "en": ("They left in order to work.", "The fire was blamed on a stove."),
    "ar": ("وأرجعت الإدارة التأخير إلى عطل.", "وذلك لضيق الوقت.", "تفادياً للازدحام."),
    "fr": ("Il est parti de peur d'être arrêté.",),
    "de": ("Das ist auf Regen zurückzuführen.",),
    "es": ("El incendio fue provocado por un rayo, ya que llovía.",),
    "tr": ("Kaza sonucu yol kapandı.",),
    "ru": ("Пожар вызван молнией.",),
    "fa": ("باران باعث سیل شد.",),
    "ckb": ("لە ئەنجامی باران.",),
    "kmr": ("Ji tirsa şer reviyan.",),
}


@pytest.mark.parametrize("language", REASONS)
def test_words_that_give_a_reason_are_known(language):
    because = pattern("because", language)
    assert [text for text in REASONS[language] if not because.search(text)] == []


def test_what_comes_later_is_no_reason():
    texts = ("وذلك بعد يومين.", "وذلك بين المدينتين.", "رجع الأهالي إلى بيوتهم.")
    assert [text for text in texts if pattern("because", "ar").search(text)] == []
