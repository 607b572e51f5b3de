"""What an answer earns on each measure, worked out by hand, in Arabic and English."""

from dataclasses import replace

import pytest

from corpus.article import Article, Passage
from eval.cases.case import Case, Evidence, place
from eval.judging.judge import judge
from eval.judging.verdict import verdict
from rag.answer import Answer, Citation, Hit

FLOOD = Article(
    "flood",
    "غمرت المياه أربعين منزلاً في القرية. وقُدّرت الخسائر بمليوني ليرة. ولم يُصب أحد.",
    title="فيضان في القرية",
    language="ar",
)
RIVER = Article(
    "river", "The river left its bed on Monday. Sixty houses were flooded.", language="en"
)
ARTICLES = {article.id: article for article in (FLOOD, RIVER)}
HOUSES, LOSSES = "أربعين منزلاً", "بمليوني ليرة"


def stored(article_id, version=None):
    return ARTICLES[article_id]


def cite(n, article, quote):
    start = article.text.index(quote)
    return Citation(n, article, start, start + len(quote))


def sentence(n, article, number):
    return cite(n, article, article.text.split(". ")[number])


def answered(*citations, text="The articles say: «…» [1]", confidence=0.8):
    return Answer("?", "answered", text, confidence, citations)


ABSTAINED = Answer("?", "abstained", "The articles do not say.", 0.1)


def case(**fields):
    given = {"id": "a", "question": "How many houses?", "language": "en", "answerable": True}
    return Case(**{**given, **fields})


TWO_FACTS = case(
    evidence=(
        Evidence(article="flood", quote=HOUSES),
        Evidence(article="river", quote="Sixty houses"),
    ),
    answers=("أربعين", "forty", "sixty houses"),
)
EITHER = case(
    evidence=(
        Evidence(article="flood", quote=HOUSES, fact="houses"),
        Evidence(article="river", quote="Sixty houses", fact="houses"),
        Evidence(article="flood", quote=LOSSES),
    )
)


def outcome(of, answer, attempt=None, retrieval=None):
    (placed,) = place([of], ARTICLES.values())
    return judge(placed, answer, attempt, stored, retrieval or {}, 12.5)


def scores(of, answer, **more):
    return outcome(of, answer, **more).scores


def test_citations_are_counted_against_the_facts():
    answer = answered(sentence(1, FLOOD, 1), sentence(2, FLOOD, 0), sentence(3, RIVER, 0))
    found = scores(TWO_FACTS, answer)
    assert found["citation precision"] == 1 / 3
    assert found["citation recall"] == 1 / 2
    assert (found["evidence cited"], found["evidence cited first"]) == (1.0, 0.0)
    assert (found["coverage"], found["risk"], found["false refusals"]) == (1.0, 0.0, 0.0)
    assert "false answers" not in found


def test_one_of_two_alternatives_is_enough_for_their_fact():
    assert scores(EITHER, answered(sentence(1, RIVER, 1)))["citation recall"] == 1 / 2
    both = answered(sentence(1, RIVER, 1), sentence(2, FLOOD, 0))
    assert scores(EITHER, both)["citation recall"] == 1 / 2
    assert scores(EITHER, both)["citation precision"] == 2 / 2
    whole = answered(sentence(1, RIVER, 1), sentence(2, FLOOD, 1))
    assert scores(EITHER, whole)["citation recall"] == 2 / 2


def test_an_abstention_is_scored_only_where_it_can_be():
    found = scores(TWO_FACTS, ABSTAINED)
    assert found == {
        "coverage": 0.0,
        "false refusals": 1.0,
        "evidence cited": 0.0,
        "evidence cited first": 0.0,
        "evidence shown": 0.0,
        "all facts cited": 0.0,
        "all facts shown": 0.0,
        "refusal precision": 0.0,
        "citation recall": 0 / 2,
        "answer containment": 0.0,
        "exact match": 0.0,
        "F1": 0.0,
    }


def test_what_nobody_can_answer_is_right_when_it_is_refused():
    unanswerable = case(answerable=False)
    assert scores(unanswerable, ABSTAINED) == {
        "coverage": 0.0, "false answers": 0.0, "refusal precision": 1.0
    }  # fmt: skip
    answer = answered(sentence(1, FLOOD, 0))
    assert outcome(unanswerable, answer).citations[0].right is False
    found = scores(unanswerable, answer)
    assert found == {
        "coverage": 1.0,
        "risk": 1.0,
        "false answers": 1.0,
        "quote exactness": 1.0,
    }


def test_a_case_that_nobody_judged_is_not_scored():
    result = outcome(case(answerable=None), answered(sentence(1, FLOOD, 0)))
    assert result.scores == {"quote exactness": 1.0}
    assert result.attempt is None
    assert result.citations[0].right is None


@pytest.mark.parametrize(
    ("text", "accepted", "contained", "f1"),
    [
        # غمرت المياه اربعين منزلا: two of four words, two of two.
        ("غَمَرَتِ المياهُ أربعيــن منزلاً [1]", "اربعين منزلا", 1.0, 2 * (2 / 4) * 1 / (2 / 4 + 1)),
        # Ta marbuta, and the article that the official scorer removes: القرية is قريه.
        ("القرية", "قريه", 1.0, 1.0),
        ("بلغ العدد ٤٠ [1]", "40", 1.0, 2 * (1 / 3) * 1 / (1 / 3 + 1)),
        ("ستون منزلاً", "أربعين", 0.0, 0.0),
        ("Sixty houses were flooded. [2]", "sixty houses", 1.0, 2 * (2 / 4) * 1 / (2 / 4 + 1)),
    ],
)
def test_answers_are_compared_by_words(text, accepted, contained, f1):
    language = "en" if accepted[0].isascii() and accepted[0].isalpha() else "ar"
    asked = case(answers=(accepted,), language=language)
    found = scores(asked, answered(sentence(1, FLOOD, 0), text=text))
    assert found["answer containment"] == contained
    assert found["F1"] == pytest.approx(f1)
    assert found["risk"] == 1.0 - contained


def test_what_is_said_of_the_library_is_never_a_right_answer():
    about = Answer("?", "answered", "Articles in this library: 40.", 1.0, kind="about")
    found = outcome(case(answers=("40",)), about)
    assert found.scores["answer containment"] == 0.0
    assert found.scores["risk"] == 1.0
    assert verdict(found) == "wrongly answered"
    assert verdict(outcome(TWO_FACTS, about)) == "wrongly cited"


def test_a_quote_that_is_not_the_stored_text_is_seen():
    forged = Article("flood", FLOOD.text.replace("أربعين", "تسعين"), language="ar")
    found = scores(TWO_FACTS, answered(sentence(1, forged, 0), sentence(2, RIVER, 1)))
    assert found["quote exactness"] == 1 / 2


def test_an_attempt_says_what_a_refusal_would_have_been():
    refused = outcome(TWO_FACTS, ABSTAINED, answered(sentence(1, RIVER, 1), confidence=0.1))
    assert (refused.attempt.confidence, refused.attempt.right) == (0.1, True)
    wrong = outcome(TWO_FACTS, ABSTAINED, answered(sentence(1, RIVER, 0), confidence=0.2))
    assert not wrong.attempt.right
    assert outcome(TWO_FACTS, ABSTAINED).attempt is None
    assert outcome(TWO_FACTS, answered(sentence(1, RIVER, 1))).attempt.right


def test_what_may_answer_is_shown_and_not_cited():
    def pointing(index):
        return replace(ABSTAINED, possible=(sentence(1, FLOOD, index),))

    right, wrong = scores(TWO_FACTS, pointing(0)), scores(TWO_FACTS, pointing(1))
    assert (right["evidence shown"], right["possible precision"]) == (1.0, 1.0)
    assert (wrong["evidence shown"], wrong["possible precision"]) == (0.0, 0.0)
    for found in (right, wrong):
        assert (found["evidence cited"], found["false refusals"]) == (0.0, 1.0)
        assert "refusal precision" not in found
    cited = scores(TWO_FACTS, answered(sentence(1, FLOOD, 0)))
    assert cited["evidence shown"] == 1.0
    assert {"possible precision", "refusal precision"}.isdisjoint(cited)


def test_both_sides_are_counted_apart_where_a_refusal_points_to_them():
    sides = (sentence(1, FLOOD, 0), sentence(2, RIVER, 1))
    one, both = scores(TWO_FACTS, answered(*sides[:1])), scores(TWO_FACTS, answered(*sides))
    pointing = scores(TWO_FACTS, replace(ABSTAINED, possible=sides))
    assert (one["all facts cited"], one["all facts shown"]) == (0.0, 0.0)
    assert (both["all facts cited"], both["all facts shown"]) == (1.0, 1.0)
    assert (pointing["all facts cited"], pointing["all facts shown"]) == (0.0, 1.0)
    single = case(evidence=(Evidence(article="flood", quote=HOUSES),))
    assert "all facts shown" not in scores(single, answered(*sides))


def test_what_a_refusal_points_to_is_kept_with_whether_it_is_evidence():
    pointed = (sentence(1, FLOOD, 0), sentence(2, FLOOD, 1))
    kept = outcome(TWO_FACTS, replace(ABSTAINED, possible=pointed))
    assert [(c.quote, c.right) for c in kept.possible] == [
        (pointed[0].quote, True), (pointed[1].quote, False)
    ]  # fmt: skip
    assert kept.shown == "possibly here"
    assert outcome(TWO_FACTS, ABSTAINED).shown == "not found"
    assert outcome(TWO_FACTS, answered(*pointed)).shown == "answered"


def test_a_refusal_that_points_to_nothing_is_right_where_nothing_answers():
    pointed = replace(ABSTAINED, possible=(sentence(1, FLOOD, 0),))
    found = scores(case(answerable=False), pointed)
    assert found["possible precision"] == 0.0
    assert "refusal precision" not in found


def test_what_was_expected_and_cited_is_kept_with_its_language():
    result = outcome(TWO_FACTS, answered(sentence(1, FLOOD, 0)), retrieval={"RR": 0.5})
    assert result.scores["RR"] == 0.5
    assert result.pairs == ("en-ar", "en-en")
    assert [(e.fact, e.quote, e.language) for e in result.expected] == [
        (0, HOUSES, "ar"),
        (1, "Sixty houses", "en"),
    ]
    assert [(c.language, c.title, c.right) for c in result.citations] == [
        ("ar", "فيضان في القرية", True)
    ]
    assert "pair en-ar" in result.groups


def test_a_span_that_only_touches_the_evidence_is_not_on_it():
    (placed,) = place([TWO_FACTS], ARTICLES.values())
    start = FLOOD.text.index(HOUSES)
    half = start + len(HOUSES) // 2
    assert placed.facts[0].covers("flood", start, half + 1)
    assert not placed.facts[0].covers("flood", start - 30, start + 2)
    assert not placed.facts[0].covers("river", start, half + 1)


def test_hits_need_no_quote():
    # A hit is not a citation: only what is cited counts.
    related = Hit(Passage("flood", 1, 0, 10, FLOOD.text[:10]), FLOOD, 0.9)
    refused = Answer("?", "abstained", "The articles do not say.", 0.1, (), (related,))
    assert scores(TWO_FACTS, refused)["evidence cited"] == 0.0
