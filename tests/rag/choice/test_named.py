"""What carries a question is missed where an article lacks it, however it is written there."""

from datetime import date

import numpy as np
import pytest

from corpus.article import Article
from index.encoder import load_bundled
from rag.choice.answer_types import names_of, unmet
from rag.reading import read

ARABIC = Article(
    "a",
    "أعلن المتحدث مايلز كاغينز في الحسكة يوم 27 تشرين الأول مكافأة قدرها عشرة ملايين دولار "
    "لمن يدلي بمعلومات عن حجي عبد الله. وحضر والي الرقة.",
    title="مكافأة",
    language="ar",
    published=date(2020, 7, 2),
)


def missed(question, article=ARABIC, history=(), met=()):
    reading = read(question, load_bundled(), history)
    around = np.array([float(word.text in met) for word in reading.words])
    return unmet(reading, article, around)


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What bounty was announced for Hajji Abdullah?", []),
        ("What bounty was announced for Yusuf Karim?", ["Yusuf Karim"]),
        ("Did Caggins speak in Hasakah or in Zagreb?", ["Zagreb"]),
        ("Who governs Raqqa?", []),
        ("Who governs Raqqa and Manbij?", ["Manbij"]),
        # One of two words of a name is enough: spellings differ.
        ("What did Myles Cagins announce?", []),
        ("Where is Abu Muhammad?", ["Abu Muhammad"]),
    ],
)
def test_names_meet_by_their_consonants_in_any_script(question, missing):
    assert missed(question) == missing


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What was announced on 27 October 2020?", []),
        ("What was announced on 28 October 2020?", ["28 October"]),
        ("What was announced in 2019?", ["2019"]),
        ("ماذا أُعلن في آذار ٢٠١٩؟", ["آذار", "٢٠١٩"]),
        ("Who pays 10,000,000 dollars?", []),
        ("Who pays eleven million dollars?", ["eleven million"]),
        # The day of publication counts.
        ("What was announced on 2 July 2020?", []),
        # A number in a name is no number.
        ("How many died of Covid-19 there?", []),
    ],
)
def test_numbers_and_dates_meet_in_any_writing(question, missing):
    assert missed(question) == missing


def test_a_word_that_is_met_by_meaning_is_not_missed():
    assert missed("What did the ISIS leader do in Germany?") == ["ISIS", "Germany"]
    assert missed("What did the ISIS leader do in Germany?", met=["ISIS"]) == ["Germany"]


def test_a_capital_at_the_beginning_makes_no_name():
    table = load_bundled()
    for question in ("Après la fin, qui parle ?", "Koalisyon ne dedi?", "Reportedly, who spoke?"):
        assert names_of(read(question, table)) == []
    (name,) = names_of(read("Omar Haddad said what?", table))
    assert len(name) == 2
    assert missed("Peki neden?", history=["Manbij nerede?"]) == []


def test_nothing_is_missed_by_a_question_without_names():
    assert missed("من أعلن المكافأة؟") == []
