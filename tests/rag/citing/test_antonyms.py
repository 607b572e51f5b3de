""" "No:" before a quote that says the opposite of what was asked, and before no other."""

import pytest

from corpus.article import Article, Passage
from corpus.text.stems import stem
from corpus.text.words import fold
from index.encoder import load_bundled
from rag.answer import Hit
from rag.choice.evidence import Sentence
from rag.citing.antonyms import _languages, _table
from rag.citing.cite import answer_of, cite
from rag.reading import read


def lead(question, text, language="en", focus=None, history=()):
    """The first line of the answer that a sentence makes, all of whose words answer."""
    table = load_bundled()
    reading = read(question, table, history)
    article = Article("a", text, language=language)
    start = text.index(focus) if focus else 0
    hit = Hit(Passage("a", 1, 0, len(text), text), article, 1.0)
    sentence = Sentence(article, 0, len(text), hit, (start, start + len(focus or text)))
    answer = answer_of(question, reading, cite([sentence], reading, table), 0.9)
    assert answer.kind == "yes_no"
    return answer.lead


@pytest.mark.parametrize(
    ("question", "text", "language", "said"),
    [
        ("Did the bridge reopen?", "The bridge remains closed.", "en", "No:"),
        ("هل وافق المجلس على الاقتراح؟", "رفض المجلس الاقتراح.", "ar", "لا:"),
        ("Did the bridge reopen?", "لا يزال الجسر مغلقاً.", "ar", "No:"),
        ("هل فشلت العملية؟", "The operation succeeded.", "en", "لا:"),
        ("ئایا پردەکە کراوەیە؟", "پردەکە هێشتا داخراوە.", "ckb", "نەخێر:"),
        ("Gelo pir vekirî ye?", "Pir hîn girtî ye.", "kmr", "Na:"),
        ("Did the driver survive?", "The driver was killed on Friday.", "en", "No:"),
    ],
)
def test_the_opposite_of_what_is_asked_is_a_no(question, text, language, said):
    assert lead(question, text, language) == said


@pytest.mark.parametrize(
    ("question", "text", "language"),
    [
        # Said twice over, or doubted.
        ("Did the bridge reopen?", "The bridge is no longer closed.", "en"),
        ("هل فُتح الجسر؟", "لم يعد الجسر مغلقاً.", "ar"),
        ("Did the talks succeed?", "The talks almost failed.", "en"),
        ("Did the talks not succeed?", "The talks failed.", "en"),
        # Of another subject, though this one is named.
        ("Did the bridge reopen?", "The school near the bridge remains closed.", "en"),
        ("Did the bridge reopen?", "The bridge was seen while the school remains closed.", "en"),
        ("هل نجا السائق؟", "توفي شقيق السائق.", "ar"),
        ("Did Russia accept Turkey's plan?", "Turkey rejected Russia's plan.", "en"),
        ("Did the council accept the plan?", "The mayor rejected the plan.", "en"),
        # Of a part, another time or another thing of the same.
        ("Did the prisoners survive?", "Twelve prisoners died.", "en"),
        ("Did the bridge reopen?", "The bridge was closed in May.", "en"),
        ("Did prices rise in May?", "Prices fell in June.", "en"),
        ("هل ارتفعت الأسعار؟", "انخفضت أسعار الوقود.", "ar"),
        ("Did the judge convict the man?", "The judge acquitted the man's brother.", "en"),
        ("Is the bridge open?", "The bridge is still closed to trucks.", "en"),
        # The same letters, another word.
        ("Is the bridge open?", "The bridge is close to the border.", "en"),
        ("Did the driver survive?", "The driver killed a bird.", "en"),
        ("هل رفض الوفد العرض؟", "غادر الوفد قبل العرض.", "ar"),
        # What is asked itself.
        ("Did the bridge reopen?", "The bridge reopened on Sunday.", "en"),
    ],
)
def test_nothing_is_said_of_what_is_not_sure(question, text, language):
    assert lead(question, text, language) is None


def test_only_the_clause_that_answers_counts():
    text = "The bridge is guarded, and the old bridge remains closed."
    assert lead("Did the bridge reopen?", text, focus="guarded") is None
    assert lead("Did the bridge reopen?", "Guards left, the bridge remains closed.",
                focus="closed") == "No:"  # fmt: skip


def test_a_follow_up_gets_no_no():
    told = lead("Did it reopen?", "The bridge remains closed.", history=["Where is the bridge?"])
    assert told is None


def test_the_sides_of_a_group_have_nothing_in_common():
    for name, group in _table().items():
        for language in _languages():
            sides = [
                {stem(fold(form.lstrip("=?+")), language) for form in side.split()}
                for side in group.get(language, ())
            ]
            assert len(sides) in (0, 2), name
            assert not sides or sides[0].isdisjoint(sides[1]), (name, language)
