"""Citations are numbered spans, and say which words of the question met which of the quote."""

import pytest

from corpus.article import Article, Passage
from index.encoder import load_bundled
from rag.answer import Hit
from rag.choice.evidence import Sentence, sentences_of
from rag.citing.cite import answer_of, cite, compose
from rag.citing.refusal import abstention
from rag.reading import read

TEXT = "قال كاغينز إن المكافأة بلغت عشرة ملايين دولار. التقى حجي عبد الله وفد قسد في الرقة."


@pytest.fixture(scope="module")
def sentences():
    article = Article("a", TEXT, title="خبر", language="ar")
    return sentences_of([Hit(Passage("a", 1, 0, len(TEXT), TEXT), article, 0.5)])


def matched(question, sentence):
    table = load_bundled()
    (citation,) = cite([sentence], read(question, table), table)
    return {match.question: (match.quote, match.score) for match in citation.matches}


def test_citations_are_numbered_and_read_from_the_article(sentences):
    table = load_bundled()
    citations = cite(sentences, read("ما المكافأة؟", table), table)
    assert [citation.n for citation in citations] == [1, 2]
    assert [citation.quote for citation in citations] == [s.text for s in sentences]
    assert all(TEXT[c.start : c.end] == c.quote for c in citations)


def test_each_way_of_meeting_has_its_score(sentences):
    bounty, meeting = sentences
    # The same stem, the same number in other words, a name in another script, one of the glossary.
    assert matched("كم كانت مكافأة كاغينز؟", bounty)["مكافأة"] == ("المكافأة", 1.0)
    assert matched("Who offered ten million?", bounty)["ten"] == ("عشرة", 1.0)
    assert matched("What did Caggins say?", bounty)["Caggins"] == ("كاغينز", pytest.approx(0.9))
    assert matched("Who met the SDF?", meeting)["SDF"] == ("قسد", pytest.approx(0.9))
    # A name of two words is one in the other script.
    assert matched("Where was Abdullah?", meeting)["Abdullah"][0] == "عبد الله"


def test_words_that_have_nothing_to_do_with_each_other_are_no_match(sentences):
    assert "football" not in matched("Which football club won?", sentences[0])
    assert matched("؟", sentences[0]) == {}


def test_the_text_of_an_answer_is_its_quotes_with_their_numbers(sentences):
    table = load_bundled()
    citations = cite(sentences, read("ما المكافأة؟", table), table)
    for question, marks in (("ما المكافأة؟", "«»"), ("What is the bounty?", "“”")):
        text = compose(question, citations)
        rest = text
        for citation in citations:
            shown = f"{marks[0]}{citation.quote}{marks[1]} [{citation.n}]"
            assert shown in text
            rest = rest.replace(shown, "")
        assert not any(word in rest for word in ("كاغينز", "عشرة", "الرقة"))


def test_an_abstention_speaks_the_questions_language():
    arabic, english = abstention("أين السوق؟", ()), abstention("Where is the market?", ())
    assert {arabic.status, english.status} == {"abstained"}
    assert arabic.text != english.text
    assert (arabic.citations, english.confidence) == ((), 0.0)


def test_an_abstention_points_to_what_may_answer(sentences):
    citations = cite(sentences[:1], read("ما المكافأة؟", load_bundled()), load_bundled())
    unsure = abstention("ما المكافأة؟", (), confidence=0.5, possible=citations)
    assert (unsure.status, unsure.citations) == ("abstained", ())
    assert unsure.text != abstention("ما المكافأة؟", ()).text
    (told,) = unsure.as_json()["possible"]
    assert told["quote"] == sentences[0].text
    assert unsure.text == abstention("ما المكافأة؟", (), possible=citations).text
    assert "1" not in unsure.text, "a number would make a citation of it"


def test_an_abstention_says_what_the_nearest_article_lacks(sentences):
    english = abstention("Who governs Oslo and Kyoto?", (), unmet=("Oslo", "Kyoto"))
    assert english.text.endswith("does not mention Oslo, Kyoto.")
    assert english.text.startswith(abstention("Who governs Oslo?", ()).text)
    arabic = abstention("من محافظ أوسلو وكيوتو؟", (), unmet=("أوسلو", "{كيوتو}"))
    assert "أوسلو، {كيوتو}." in arabic.text
    citations = cite(sentences[:1], read("Who?", load_bundled()), load_bundled())
    unsure = abstention("Who governs Oslo?", (), possible=citations, unmet=("Oslo",))
    # What points to the sentence stands last, since the sentence follows.
    assert unsure.text.endswith(":")
    assert "does not mention Oslo" in unsure.text
    assert list(unsure.as_json()["unmet"]) == ["Oslo"]


def first_line(question, text, focus, language="ar"):
    """What an answer says before the quote of a whole text whose words `focus` answer."""
    start, table = text.index(focus), load_bundled()
    hit = Hit(Passage("a", 1, 0, len(text), text), Article("a", text, language=language), 1.0)
    sentence = Sentence(hit.article, 0, len(text), hit, (start, start + len(focus)))
    reading = read(question, table)
    return answer_of(question, reading, cite([sentence], reading, table), 0.9)


BOUNTY = "وخُصصت مكافأة قدرها عشرة ملايين دولار لمن يدل عليه."


@pytest.mark.parametrize(
    ("question", "text", "focus", "language", "lead"),
    [
        ("What bounty was announced?", BOUNTY, "عشرة ملايين دولار", "ar", "10,000,000 dollars"),
        ("كم بلغت المكافأة؟", BOUNTY, "عشرة ملايين دولار", "ar", "10,000,000 دولار"),
        ("How many left?", "غادرت ٧٣ عائلة المخيم.", "٧٣ عائلة", "ar", "73"),
        ("When did they leave?", "غادروا في 27 تشرين الأول 2019.", "27 تشرين الأول 2019", "ar",
         "27 October 2019"),
        ("متى غادروا؟", "They left on 3 May.", "3 May", "en", "3 أيار/مايو"),
        # Nothing is said that the words themselves say, or of which they hold two.
        ("How many left?", "In all 73 families left.", "73", "en", None),
        ("How many left?", "غادرت ثلاث عائلات وخمسة شبان.", "ثلاث عائلات وخمسة شبان", "ar", None),
        ("Who left?", "غادرت ثلاث عائلات.", "ثلاث عائلات", "ar", None),
        # One of six is not six.
        ("How many turbines run?", "Only one of the six turbines is running.", "six turbines", "en",
         None),
        ("How many turbines run?", "لا تعمل سوى واحدة من ست عنفات.", "ست عنفات", "ar", None),
        ("How many turbines run?", "وتعمل إحدى العنفات الست.", "العنفات الست", "ar", None),
        ("Combien de turbines tournent ?", "Only one was seen, and six turbines run.",
         "six turbines", "en", "6"),
        # The question's own number is no answer to it.
        ("How many of the ten left?", "كانوا عشرة.", "عشرة", "ar", None),
    ],
)  # fmt: skip
def test_a_number_or_day_comes_first_in_the_questions_language(
    question, text, focus, language, lead
):
    answer = first_line(question, text, focus, language)
    assert (answer.kind, answer.lead) == ("fact", lead)
    assert answer.text.startswith(f"{lead}\n") == bool(lead)


@pytest.mark.parametrize(
    ("question", "text", "focus", "language", "lead"),
    [
        ("Do people pay to leave?", "ومن يغادر لا يدفع أي رسوم.", "لا يدفع", "ar", "No:"),
        ("هل قُتل أحد؟", "Four were hurt, and nobody was killed.", "nobody", "en", "لا:"),
        # What denies stands in another clause, the question denies, nothing is denied.
        ("Was anyone hurt?", "Nobody was killed, but four were hurt.", "four", "en", None),
        ("Did nobody die?", "Nobody was killed.", "Nobody", "en", None),
        ("Is it open?", "The bridge opened on Sunday.", "Sunday", "en", None),
        # "Still", "not only", "no doubt" deny nothing; nor do the words of another language.
        ("Is the bridge closed?", "لا يزال الجسر مغلقاً.", "لا يزال", "ar", None),
        # Something else is denied.
        ("هل أُغلق جسر الرقة؟", "A crossing is still closed, and no date has been given for its"
         " repair.", "no date has been given", "en", None),
        ("هل الجسر مغلق؟", "ولا تزال الجسور مغلقة.", "ولا تزال", "ar", None),
        ("Did they pay?", "They paid not only once.", "not only once", "en", None),
        ("Is it shut?", "Il n'a que deux portes.", "n'a que", "fr", None),
        ("Is it shut?", "O ponte não abriu no domingo.", "no domingo", "pt", None),
    ],
)  # fmt: skip
def test_a_denial_comes_first_where_a_question_wants_yes_or_no(
    question, text, focus, language, lead
):
    answer = first_line(question, text, focus, language)
    assert (answer.kind, answer.lead) == ("yes_no", lead)


def test_other_questions_get_no_yes_or_no():
    answer = first_line("Why did he not pay?", "لم يدفع بسبب الحرب.", "بسبب الحرب")
    assert (answer.kind, answer.lead) == ("reason", None)
    assert first_line("Who did it?", "لا أحد فعل ذلك.", "لا أحد").kind == "fact"
