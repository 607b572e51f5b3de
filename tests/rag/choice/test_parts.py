"""Questions that join several: split where they do, answered part by part, the rest named."""

from dataclasses import replace

import pytest

from corpus.article import Article, Passage
from corpus.text.language import detect
from index import Library
from index.encoder import load_bundled
from rag.answer import Hit
from rag.assistant import Assistant
from rag.choice.evidence import sentences_of
from rag.choice.parts import by_parts, parts_of
from rag.choice.select import Choice, SelectionSettings
from rag.choice.signals import POINTED
from rag.reading import read

JOINED = [
    ("Who leads it and how many work there?", ["Who leads it?", "How many work there?"]),
    ("When was it shut, and in which year did it open?",
     ["When was it shut?", "In which year did it open?"]),
    ("Who came, what was said and why was it late?",
     ["Who came, what was said?", "Why was it late?"]),
    ("من يدير المخيم، ومن يتكلم باسمه؟", ["من يدير المخيم؟", "من يتكلم باسمه؟"]),
    ("متى أُغلق المعبر ولماذا بقي مغلقاً؟", ["متى أُغلق المعبر؟", "لماذا بقي مغلقاً؟"]),
    ("Wer leitet das Lager und wie viele wohnen dort?",
     ["Wer leitet das Lager?", "Wie viele wohnen dort?"]),
    ("Qui dirige le camp et combien y vivent ?", ["Qui dirige le camp?", "Combien y vivent?"]),
    ("¿Quién dirige el campo y cuántos viven allí?",
     ["Quién dirige el campo?", "Cuántos viven allí?"]),
    ("Kampı kim yönetiyor ve içinde kaç kişi yaşıyor?",
     ["Kampı kim yönetiyor?", "İçinde kaç kişi yaşıyor?"]),
    ("Кто руководит лагерем и сколько там врачей?",
     ["Кто руководит лагерем?", "Сколько там врачей?"]),
    ("چند نفر کشته شدند و چند نفر زخمی شدند؟", ["چند نفر کشته شدند؟", "چند نفر زخمی شدند؟"]),
    ("کێ بەڕێوەی دەبات و چەند کەس لەوێ دەژین؟", ["کێ بەڕێوەی دەبات؟", "چەند کەس لەوێ دەژین؟"]),
    ("Kî rêve dibe û çend kes lê dijîn?", ["Kî rêve dibe?", "Çend kes lê dijîn?"]),
]  # fmt: skip
# What joins words, clauses or names, and not questions.
SINGLE = [
    "When and where did the bus crash?",
    "Who was arrested in Raqqa and Tabqa?",
    "What did the guards and those who left say?",
    "What happened before and when the bridge reopened to lorries?",
    "كم عدد القادمين من الحسكة ومن دير الزور؟",
    "لماذا أُغلق المعبر وما زال مغلقاً؟",
    "من هو القائد وما إن وصل حتى غادر؟",
    "ما الذي جرى في كمبالا وكمال أين كان؟",
    "Ahmet ve Ali ne zaman gitti?",
    "Le pont qui a été fermé et qui a rouvert, où est-il ?",
    "Who said so, and why?",
]


@pytest.mark.parametrize(("question", "parts"), JOINED)
def test_a_question_is_taken_apart_where_another_begins(question, parts):
    assert parts_of(question, detect(question)) == parts


@pytest.mark.parametrize("question", SINGLE)
def test_one_question_stays_whole(question):
    assert parts_of(question, detect(question)) == [question]


CAMP = Article(
    "camp",
    "Rana Saleh manages the camp at Qadesh. It was opened in the spring of 2019.\n"
    "Four doctors and eleven nurses work there.",
    title="A day in the camp at Qadesh",
    language="en",
)
OTHER = Article(
    "mill",
    "Six doctors work there, in a clinic beside the old mill of Tarmanin. The mill was sold.",
    title="The mill of Tarmanin",
    language="en",
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    library = Library.open(tmp_path_factory.mktemp("library"), load_bundled(), create=True)
    library.add([CAMP, OTHER])
    yield Assistant(library)
    library.close()


def test_each_part_is_answered_from_a_sentence_about_what_the_others_name(assistant):
    answer = assistant.ask("Who manages the camp at Qadesh, and how many doctors work there?")
    assert answer.status == "answered"
    quotes = [citation.quote for citation in answer.citations]
    assert quotes[0].startswith("Rana Saleh")
    assert "Four doctors" in quotes[1]
    assert {citation.article.id for citation in answer.citations} == {"camp"}
    assert (list(answer.unanswered), answer.lead) == ([], None)


def test_a_part_that_no_article_answers_is_named_now_and_when_shown_again(assistant):
    answer = assistant.ask("How many doctors work at Qadesh, and who paid for the new school bus?")
    assert [citation.article.id for citation in answer.citations] == ["camp"]
    assert list(answer.unanswered) == ["Who paid for the new school bus?"]
    last = answer.text.splitlines()[-1]
    assert last == "Who paid for the new school bus? No sure answer was found in the articles."
    assert assistant.saved(answer.answer_id).answer.text == answer.text
    assert answer.as_json()["unanswered"] == list(answer.unanswered)


def test_nothing_is_claimed_where_no_part_is_answered(assistant):
    answer = assistant.ask("Who won the football cup, and how many goals were scored by Brazil?")
    assert (answer.status, list(answer.unanswered)) == ("abstained", [])


def test_a_name_that_no_article_has_leaves_the_whole_question_open(assistant):
    answer = assistant.ask("While the mill of Sarmada was shut, how many doctors work at Qadesh?")
    assert answer.status == "abstained"
    answer = assistant.ask("Who manages the camp at Sarmada, and how many doctors work at Qadesh?")
    assert (answer.status, list(answer.unmet)) == ("abstained", ["Sarmada"])


def test_where_no_part_is_surely_answered_what_may_answer_each_is_pointed_to(assistant):
    unsure = replace(SelectionSettings.read(), threshold=0.999, strict=0.999)
    asked = Assistant(assistant.library, selection=unsure, saves=False)
    answer = asked.ask("Who manages the camp at Qadesh, and how many doctors work there?")
    assert (answer.status, list(answer.citations)) == ("abstained", [])
    quotes = sorted(citation.quote for citation in answer.possible)
    assert [quote.split()[0] for quote in quotes] == ["Four", "Rana"]
    assert unsure.possible <= answer.confidence < unsure.threshold


def test_an_answer_that_nothing_vouches_for_is_pointed_to():
    hit = Hit(Passage("camp", 1, 0, len(CAMP.text), CAMP.text), CAMP, 0.5)
    manager, doctors = sentences_of([hit])[::2]
    question = "Who manages the camp at Qadesh, and how many doctors work there?"

    def choose(reading, hits):
        if "doctors" in reading.text:
            return Choice((doctors,), 0.6)
        return Choice((), 0.3, possible=(manager,), unmet=("Qadesh",))

    table = load_bundled()
    vouched = by_parts(choose, read(question, table), [hit], table, 0.5)
    assert ([*vouched.sentences], [*vouched.possible]) == ([doctors], [])
    unvouched = by_parts(choose, read(question, table), [hit], table, 0.7)
    assert ([*unvouched.sentences], [*unvouched.possible]) == ([], [doctors, manager])
    assert (unvouched.confidence, [*unvouched.unmet]) == (POINTED, ["Qadesh"])
    assert by_parts(lambda *_: Choice((), 0.1), read(question, table), [hit], table, 0.5) is None
