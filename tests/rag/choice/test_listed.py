"""A question for a list gathers what further articles name, and nothing that is said already."""

import numpy as np
import pytest

from corpus.article import Article, Passage
from index import Library
from index.encoder import load_bundled
from rag.answer import Hit
from rag.assistant import Assistant
from rag.choice.evidence import Described, Sentence
from rag.choice.listed import MOST, listed, whole
from rag.reading import read
from rag.reading.languages import pattern

# What each article says in its first sentence: the same camp, a country each, one of them twice.
TEXTS = {
    "uzbekistan": "أعادت أوزبكستان خمسة وعشرين طفلاً من مواطنيها من مخيم روج. وستتبعها رحلة أخرى.",
    "kazakhstan": "أعادت كازاخستان 171 امرأة وطفلاً من مخيم روج إلى بلادهم. ونُقلوا إلى أكتاو.",
    "again": "Kazakhstan flew 171 women and children home from Roj camp. Most were healthy.",
    "norway": "استعادت النرويج امرأة وطفليها من مخيم روج. وسيُفتح تحقيق مع الأم.",
    "market": "The market of Roj camp was closed after a fire. Two shops were burnt.",
}
QUESTION = "ما الدول التي استعادت مواطنيها من مخيم روج؟"


def asked(tmp_path, question, **texts):
    library = Library.open(tmp_path, load_bundled(), create=True)
    language = {True: "en", False: "ar"}
    library.add([Article(n, text, language=language[text.isascii()]) for n, text in texts.items()])
    answer = Assistant(library, saves=False).ask(question)
    library.close()
    return answer


def test_items_come_from_all_articles_each_once(tmp_path):
    answer = asked(tmp_path, QUESTION, **TEXTS)
    assert answer.status == "answered"
    assert answer.kind == "list"
    named = [c.article.text[slice(*c.focus)] for c in answer.citations]
    assert {"أوزبكستان", "النرويج"} <= set(named)
    cited = {citation.article.id for citation in answer.citations}
    assert "market" not in cited
    assert len(cited & {"kazakhstan", "again"}) <= 1


# Made by hand: one sentence of each article, with the words that answer and what is known of them.
SAID = (
    "Uzbekistan took children back.",
    "Norway took a mother back.",
    "Norway took a mother back again.",
    "Finland took orphans back.",
    "Roads were flooded.",
)
ASKED = "Which countries took children back?"


def described(odds, words, said=SAID):
    sentences = []
    for place, text in enumerate(said):
        article = Article(str(place), text, language="en")
        hit = Hit(Passage(article.id, 1, 0, len(text), text), article, 0.5)
        focus = (0, len(text.split()[0]))
        sentences.append(Sentence(article, 0, len(text), hit, focus))
    met = np.array([[share] * words for share in (1, 1, 1, 1, 0)][: len(said)], np.float32)
    features = {} if odds is None else {"reads": np.array(odds)}
    return Described(sentences, features, met, met)


@pytest.mark.parametrize(
    ("odds", "scores", "cited"),
    [
        ([1.0, 0.5, 0.4, 0.0, 1.0], [3.0, 2.0, 1.9, 1.0, 2.0], [0, 1, 3]),
        # Too unlikely beside the best, and at all.
        ([1.0, 0.5, 0.4, -1.6, 1.0], [3.0, 2.0, 1.9, 1.0, 2.0], [0, 1]),
        ([4.0, 0.5, 0.4, 2.0, 1.0], [3.0, 2.0, 1.9, 1.0, 2.0], [0, 3]),
        # Too far behind.
        ([1.0, 0.5, 0.4, 0.0, 1.0], [6.0, 2.1, 1.9, 1.0, 2.0], [0, 1]),
        # Without a reader nothing is gathered.
        (None, [3.0, 2.0, 1.9, 1.0, 2.0], [0]),
    ],
)
def test_what_is_likely_and_new_is_gathered(odds, scores, cited):
    table = load_bundled()
    reading = read(ASKED, table)
    found = described(odds, len(reading.words))
    assert listed(reading, found, np.array(scores), [0], table) == cited


def test_what_ranked_near_the_best_must_name_another_thing_too():
    table = load_bundled()
    reading = read(ASKED, table)
    found = described([1.0, 0.5, 0.4, 0.0, 1.0], len(reading.words))
    scores = np.array([3.0, 2.9, 2.8, 1.0, 2.9])
    assert listed(reading, found, scores, [0, 1, 2, 4], table) == [0, 1, 3]


def test_the_same_thing_in_another_language_is_not_named_again():
    table = load_bundled()
    said = ("Hospitals get power first.", "مستشفيات المدينة أولاً.", "Schools get power first.")
    reading = read("Which places get power?", table)
    found = described([1.0, 1.0, 1.0], len(reading.words), said)
    assert listed(reading, found, np.array([3.0, 2.9, 2.8]), [0], table) == [0, 2]


def test_no_more_than_a_few_are_gathered():
    countries = ("Uzbekistan", "Norway", "Finland", "Tunisia", "Canada", "Albania", "Morocco")
    said = tuple(f"{country} took children back." for country in countries)
    table = load_bundled()
    reading = read(ASKED, table)
    found = described([1.0] * len(said), len(reading.words), said)
    met = np.ones((len(said), len(reading.words)), np.float32)
    found = Described(found.sentences, found.features, met, met)
    assert len(listed(reading, found, np.zeros(len(said)), [0], table)) == 1 + MOST


# A sentence, the words that a reader marks, and the enumeration they begin.
WHOLE = [
    ("يكتبون باللغات العربية والكردية والتركية.", "العربية", "العربية والكردية والتركية"),
    (
        "تسلمت سلة تكفي شهراً، وأربع بطانيات، ومدفأة.",
        "سلة",
        "سلة تكفي شهراً، وأربع بطانيات، ومدفأة",
    ),
    ("غادروا منبج والطبقة والرقة، بعد معارك.", "منبج", "منبج والطبقة والرقة"),
    ("They list barley, wool and oil.", "barley", "barley, wool and oil"),
    ("Sie kamen aus Köln, Bonn und Trier.", "Köln", "Köln, Bonn und Trier"),
    # No enumeration, or one that may as well be the next clause.
    ("خسرت النرويج المباراة، وقال المدير ذلك.", "النرويج", "النرويج"),
    ("Norway left, and Finland stayed.", "Norway", "Norway"),
    ("They left Manbij, after a battle, in May.", "Manbij", "Manbij"),
]


@pytest.mark.parametrize(("text", "words", "marked"), WHOLE)
def test_all_things_of_an_enumeration_are_marked(text, words, marked):
    article, start = Article("a", f"Before. {text} After."), 8 + text.index(words)
    focus = (start, start + len(words))
    found = whole(Sentence(article, 8, 8 + len(text), None, focus))
    assert article.text[slice(*found.focus)] == marked


LISTS = {
    "en": ("Which Syrian towns were hit?", "Who are the detainees?", "What are the conditions?"),
    "ar": ("ما الدول التي شاركت؟", "من هم المعتقلون؟", "أي المناطق قُصفت؟", "ما هي الإجراءات؟"),
    "fr": ("Quels pays ont participé ?",),
    "de": ("Welche Städte wurden getroffen?", "Wer sind die Gefangenen?"),
    "es": ("¿Qué países participaron?",),
    "tr": ("Hangi ülkeler katıldı?",),
    "ru": ("Какие страны участвовали?",),
    "fa": ("کدام کشورها شرکت کردند؟",),
    "ckb": ("کام وڵاتان بەشدار بوون؟",),
    "kmr": ("Kîjan welatan beşdar bûn?",),
}
OTHERS = {
    "en": ("Which town was hit?", "What happened in Homs?", "Who is the mayor?", "What was said?"),
    "ar": ("ما زالت الطريق مغلقة؟", "من هو المدير؟", "كم دولة شاركت؟", "ماذا حدث؟"),
    "fr": ("Quel pays a participé ?",),
    "de": ("Wer ist der Leiter?",),
    "es": ("¿Quién es el alcalde?",),
    "tr": ("Hangi ülke katıldı?",),
    "ru": ("Какая страна участвовала?",),
    "fa": ("کدام کشور شرکت کرد؟",),
    "ckb": ("کام وڵات بەشدار بوو؟",),
    "kmr": ("Kîjan welat beşdar bû?",),
}


@pytest.mark.parametrize("language", LISTS)
def test_lists_are_told_from_single_things(language):
    listing = pattern("listing", language)
    assert [text for text in LISTS[language] if not listing.search(text)] == []
    assert [text for text in OTHERS[language] if listing.search(text)] == []
