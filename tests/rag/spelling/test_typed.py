"""A question is the same however it was typed."""

import pytest

from eval.cases.case import read_cases
from eval.running.evaluate import CASES, DEMO, read_articles
from eval.studies.rewrites.forms import FORMS
from index import Library, load_encoder
from rag import Assistant
from rag.reading.reading import may_be_respelt
from rag.spelling import plain

TABLE = load_encoder("bundled")
# What these hide is found again among the passages (`corpus.text.words.spelled_as`), or not at all.
HIDING = {
    "no hamza",
    "other hamza",
    "haa for taa marbuta",
    "yaa for alif maqsura",
    "alif maqsura for yaa",
}
CAPITALS = {"capitals", "title case", "lower case"}


def read(question):
    return plain(question, TABLE) if may_be_respelt(question, TABLE) else question


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("WHO LEADS THE SDF", "Who leads the SDF?"),
        ("Who's the leader of al-Hol's guards??", "Who is the leader of al-Hol's guards?"),
        ("Could you please tell me where they're from?", "Where they are from?"),
        ("I want to know how many tents burned, thanks", "How many tents burned?"),
        ("whats the wieght limit", "What is the weight limit?"),
        ("What bounty\u00ad was an\u00adnounced\u200e?", "What bounty was announced?"),
        ("من فضلك، قل لي وين راحوا", "أين راحوا؟"),
        ("شو المكافأة؟", "ما المكافأة؟"),
        ("شو أعلنوا؟", "ماذا أعلنوا؟"),
        ("ليش انسحبوا من المدينة؟كم عددهم", "لماذا انسحبوا من المدينة؟ كم عددهم؟"),
        ("كَمْ سُــجين في ٢٠٢١?", "كم سجين في 2021؟"),
        ("ﻛﻢ ﺳﺠﻴﻨﺎً", "كم سجينا؟"),
        ("ڪم سجینا فی القریة؟", "كم سجينا في القرية؟"),
        ("Wieviel kostet es, bitte?", "Wieviel kostet es?"),
        ("Combien d’écoles, s’il vous plaît ?", "Combien d'écoles?"),
    ],
)
def test_ways_to_type_a_question(typed, meant):
    assert read(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Who leads the Red Cross?",
        "How much is 10,500.5 dollars?",
        "What did he say on www.example.com?",
        "Who is 1.5 m² tall?",
        "کدام وزیر گفت که می‌رود؟",
        "وزیر خارجه کیست؟",
        "کتنے لوگ وہاں ہیں؟",
        "کام نووسەر لە هەولێر بوو؟",
        "هل زار علي وأمين الشام؟",
        "من أين جاؤوا؟",
        "Please help?",
    ],
)
def test_what_is_typed_with_care_stays(question):
    assert plain(question, TABLE) == question


@pytest.mark.parametrize("name", sorted(FORMS.keys() - HIDING - CAPITALS))
def test_forms_of_all_questions_are_read_alike(name):
    asked = [case.question for case in read_cases(CASES)]
    pairs = [(read(text), read(FORMS[name](text))) for text in asked]
    # Persian letters hide which of two letters a word ends with.
    assert sum(one != other for one, other in pairs) <= (
        0.02 if name != "Persian letters" else 0.06
    ) * len(pairs)


@pytest.mark.parametrize("name", sorted(CAPITALS))
def test_capitals_of_english_questions_are_found_again(name):
    asked = [case.question for case in read_cases(CASES) if case.language == "en"]
    pairs = [(read(text), read(FORMS[name](text))) for text in asked]
    assert sum(one != other for one, other in pairs) <= 0.15 * len(pairs)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    library = Library.open(tmp_path_factory.mktemp("library"), TABLE, create=True)
    library.add(read_articles(DEMO))
    yield Assistant(library, saves=False)
    library.close()


@pytest.mark.parametrize(
    "question",
    [
        "WHAT BOUNTY WAS ANNOUNCED FOR HAJJI ABDULLAH?",
        "What Bounty Was Announced For Hajji Abdullah?",
        "please tell me, what bounty was annuonced for Hajji Abdullah",
        "What  boun\u00adty was announced\nfor Hajji Abdullah?",
    ],
)
def test_a_question_is_answered_however_it_is_typed(assistant, question):
    answer = assistant.ask(question)
    assert answer.question == question
    assert "عشرة ملايين دولار" in answer.citations[0].quote


@pytest.mark.parametrize(
    "question",
    [
        "من يدير المركز الإعلامي لقوات سوريا الديمقراطية؟",
        "مین یدیر المركز الاعلامى لقوات سوريا الديمقراطيه",
    ],
)
def test_spellings_of_a_question_have_one_outcome(assistant, question):
    as_it_is = assistant.ask("\u200fمن يدير المركز الإعلامي لقوات سوريا الديمقراطية؟")
    other = assistant.ask(question)
    assert (other.status, other.confidence) == (as_it_is.status, as_it_is.confidence)


def test_a_stranger_in_capitals_is_refused(assistant):
    assert assistant.ask("WHAT BOUNTY WAS ANNOUNCED FOR YASIR AL-HAMDAN?").status == "abstained"
