"""An overview shows one sentence of each article on a topic, newest first, or refuses."""

from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from corpus.article import Article
from index import Filters, Library
from index.encoder import load_bundled
from rag import Assistant
from rag.citing.cite import body_of
from rag.overview.debris import tells
from rag.overview.timeline import topic_of

WIRE = (
    "هاجمت طائرة مسيرة مطار أبها جنوب السعودية صباح الأربعاء وأصابت ثمانية عمال. "
    "وقالت سلطات الطيران إن حركة الطائرات توقفت ساعتين ثم عادت إلى ما كانت عليه. "
    "ونُقل المصابون إلى مستشفى عسير المركزي، وحالة اثنين منهم خطرة بحسب الأطباء. "
    "ولم تعلن أي جهة مسؤوليتها عن الهجوم حتى مساء اليوم نفسه."
)
ARTICLES = [
    Article("wire", WIRE, "هجوم على مطار أبها", "وكالة الفجر", published=date(2021, 8, 31)),
    Article("copy", WIRE + " (وكالات)", "إصابة ثمانية", "صحيفة الغد", published=date(2021, 9, 1)),
    Article(
        "festival",
        "أبها، السعودية، مهرجان، ورد، سياحة، أخبار\n"
        "افتتح أمير المنطقة في أبها أمس مهرجان الورد بمشاركة أربعين مزرعة من عسير. "
        "ويستمر المهرجان عشرة أيام، ويتوقع المنظمون ستين ألف زائر.",
        "مهرجان الورد في أبها",
        "صدى الجنوب",
        published=date(2022, 4, 3),
    ),
    Article("undated", "Farmers near Abha lost forty hives to the cold this winter.", "Bees"),
    Article(
        "turkey",
        "أرسلت تركيا ثلاثين شاحنة محملة بالخيام إلى المناطق التي ضربها الزلزال.",
        "شاحنات من تركيا",
        "صدى الجنوب",
        published=date(2023, 2, 9),
    ),
    Article("other", "The council approved a new market in Basra on Monday evening.", "Market"),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    home = tmp_path_factory.mktemp("library")
    with closing(Library.open(home, load_bundled(), create=True)) as opened:
        opened.add([replace(a, language="en" if a.text.isascii() else "ar") for a in ARTICLES])
        yield opened


@pytest.fixture(scope="module")
def assistant(library):
    return Assistant(library)


def cited(answer):
    return [citation.article.id for citation in answer.citations]


@pytest.mark.parametrize("question", ["What happened in Abha?", "ماذا حدث في أبها؟"])
def test_articles_on_a_place_are_told_newest_first_and_a_copy_once(assistant, question):
    answer = assistant.ask(question)
    assert (answer.status, answer.kind) == ("answered", "overview")
    # The English note is met by an Arabic question through the glossary, and has no date.
    assert cited(answer) == ["festival", "wire", "undated"]
    assert [article.id for article in answer.citations[1].also] == ["copy"]
    assert [citation.n for citation in answer.citations] == [1, 2, 3]
    lines = answer.text.split("\n")
    assert lines[0] == answer.lead
    assert all(f"[{n}]" in line for n, line in enumerate(lines[1:], start=1))
    # The line of tags stands first in the article, and tells nothing.
    assert answer.citations[0].quote.startswith("افتتح أمير المنطقة")


def test_day_outlet_and_copies_stand_on_the_line_in_the_question_s_language(assistant):
    english = assistant.ask("What happened in Abha?").text.split("\n")
    assert english[0] == "3 articles, newest first:"
    assert english[2].startswith("31 August 2021 · وكالة الفجر · also in 1 article: “هاجمت")
    assert english[3].startswith("Undated: “Farmers")
    arabic = assistant.ask("آخر أخبار تركيا").text.split("\n")
    assert arabic[0] == "مقال واحد:"
    assert arabic[1].startswith("9 شباط/فبراير 2023 · صدى الجنوب: «أرسلت تركيا")


def test_an_english_question_reads_arabic_articles(assistant):
    assert cited(assistant.ask("latest news about Turkey")) == ["turkey"]


@pytest.mark.parametrize(
    "question", ["What happened in Zagreb?", "Tell me about Yemen", "ماذا حدث في صنعاء؟"]
)
def test_a_topic_that_no_article_has_is_refused(assistant, question):
    answer = assistant.ask(question)
    assert answer.status == "abstained"
    assert not answer.citations
    assert answer.confidence < 0.5


def test_filters_are_respected(assistant):
    answer = assistant.ask("What happened in Abha?", filters=Filters(since=date(2022, 1, 1)))
    assert cited(answer) == ["festival"]


def test_a_saved_overview_is_read_again_and_a_purged_copy_drops_out(tmp_path):
    with closing(Library.open(tmp_path, load_bundled(), create=True)) as library:
        library.add([replace(article, language="ar") for article in ARTICLES[:3]])
        assistant = Assistant(library)
        answer = assistant.ask("What happened in Abha?")
        assert "هاجمت" not in body_of(answer, ())
        again = assistant.saved(answer.answer_id).answer
        assert (again.text, again.kind, again.lead) == (answer.text, "overview", answer.lead)
        assert again.as_json()["citations"] == answer.as_json()["citations"]
        library.remove(["copy"], purge=True)
        again = assistant.saved(answer.answer_id).answer
        assert all(not citation.also for citation in again.citations)
        assert "also in" not in again.text


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What happened in Abha?", "Abha"),
        ("Summarise the articles on Turkey", "Turkey"),
        ("What do the articles say about Manbij?", "Manbij"),
        ("Tell me about Hajji Abdullah.", "Hajji Abdullah"),
        ("أعطني ملخصا عن تركيا", "تركيا"),
        ("ماذا يجري في منبج؟", "منبج"),
        ("Que s'est-il passé à Manbij ?", "Manbij"),
        ("Was ist in Manbij passiert?", "Manbij"),
        ("¿Qué pasó en Manbij?", "Manbij"),
        ("Manbij'de ne oldu?", "Manbij'de"),
        ("Что произошло в Манбидж?", "Манбидж"),
        ("آخرین خبرها درباره منبج", "منبج"),
        ("لە منبج چی ڕوویدا؟", "منبج"),
        ("Li Manbij çi qewimî?", "Manbij"),
    ],
)
def test_an_overview_is_asked_for_in_every_language(question, topic):
    reading = topic_of(question, load_bundled())
    assert reading is not None
    assert " ".join(word.text for word in reading.words) == topic


@pytest.mark.parametrize(
    "question",
    [
        "What happened when the bus crashed?",
        "What happened to the bus driver's brakes?",
        "What is the latest number of detainees?",
        "Tell me who guards the oil field.",
        "Tell me about how many families left.",
        "What happened there?",
        "What bounty was announced for Hajji Abdullah?",
        "Who happened to be in Abha?",
        "كم عائلة عادت إلى بيوتها؟",
        "ماذا قال كاغينز؟",
        "Was sagte der Direktor?",
    ],
)
def test_a_question_for_a_detail_is_none(question):
    assert topic_of(question, load_bundled()) is None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("The council reopened the bridge over the river on Monday.", True),
        ("أعلنت البلدية افتتاح الجسر أمام المارة يوم الاثنين.", True),
        ("Tags: Raqqa, Syria, bridge, news", False),
        ("سوريا، الرقة، جسر، أخبار، تقارير، صور", False),
        ("Photo by Omar Haddad", False),
        ("اقرأ أيضاً: إعادة فتح الجسر", False),
        ("Who reopened the bridge over the river on Monday?", False),
        ("Bridge over the river reopened.", False),
        ("Write to us at desk@paper.example about what you have seen.", False),
    ],
)
def test_debris_tells_nothing(line, told):
    article = Article("a", line, title="Bridge over the river reopened")
    assert tells(article, 0, len(line)) is told
