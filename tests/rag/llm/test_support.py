"""Wrong numbers, dates and names are found, right ones in any language are not."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article, Passage
from index import load_encoder
from rag.answer import Hit
from rag.choice.evidence import Sentence
from rag.llm.support import check

CASES = json.loads((Path(__file__).parent / "cases/support.json").read_text("utf-8"))
WORDS = [
    "Caggins", "كاغينز", "said", "قال", "10", "ten", "million", "ملايين", "27", "October", "أيار",
    "Syrian", "السورية", "Monday", "ISIS", "داعش", "مدينة", "منبج", "In", "the", "COVID-19", ".",
]  # fmt: skip


@pytest.fixture(scope="module")
def encoder():
    return load_encoder("bundled")


def cited(text, title=None, outlet=None, published=None):
    language = "ar" if any("\u0600" < letter < "\u06ff" for letter in text) else "en"
    day = date.fromisoformat(published) if published else None
    article = Article("a", text, title, outlet, None, None, day, language)
    passage = Passage("a", 1, 0, len(text), text)
    return Sentence(article, 0, len(text), Hit(passage, article, 1.0))


def all_cases():
    for case in CASES:
        fails = pytest.mark.xfail(strict=True, reason=case.get("fails", ""))
        yield pytest.param(case, id=case["name"], marks=fails if "fails" in case else ())


@pytest.mark.parametrize("case", list(all_cases()))
def test_what_is_missing_is_told(case, encoder):
    about = {name: case.get(name) for name in ("title", "outlet", "published")}
    found = check(case["statement"], [cited(case["cited"], **about)], encoder)
    assert list(found) == case["missing"]


@pytest.mark.parametrize("case", [c for c in CASES if not c.get("meaning") and "fails" not in c])
def test_no_encoder_is_needed_for_most(case):
    about = {name: case.get(name) for name in ("title", "outlet", "published")}
    found = check(case["statement"], [cited(case["cited"], **about)])
    # Without it words that have another name in each language are not met.
    assert [name for name in found if name != "Syrian"] == case["missing"]


def test_any_of_the_sentences_cited_will_do():
    both = [cited("قال كاغينز ذلك."), cited("المكافأة 10 ملايين دولار.")]
    statement = "A reward of 10 million was offered, said Caggins."
    assert check(statement, both) == ()
    assert check(statement, both[:1]) == ("10 million",)
    assert check(statement, both[1:]) == ("Caggins",)
    assert check(statement, []) == ("10 million", "Caggins")


def test_what_is_missing_twice_is_told_once():
    assert check("In 2032 and 2032.", [cited("Rain fell.")]) == ("2032",)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_a_sentence_bears_out_itself(encoder, chosen):
    text = " ".join(chosen)
    assert check(text, [cited(text)]) == ()
    assert check(text, [cited(text)], encoder) == ()
