"""What readers said of answers to cases: what is evidence, what is gone, what is not told."""

import pytest

from eval.cases.case import Evidence, place
from eval.files import write_lines
from eval.sources import feedback_cases, read_any
from rag.answer import Answer, Citation
from rag.citing.cite import body_of, compose

TEXT = "نزحت سبعون عائلة من المخيم. عادت عشر عائلات إلى القرية."
FLED, BACK = "نزحت سبعون عائلة من المخيم.", "عادت عشر عائلات إلى القرية."


@pytest.fixture
def rate(library):
    """Save an answer of quotes, none for an abstention, and what was said of it."""

    def save(key, question, *quotes, helpful=True, note="", history=(), owner="", said=True):
        citations = []
        for n, (article_id, quote) in enumerate(quotes, start=1):
            article = library.article(article_id)
            start = article.text.index(quote)
            citations.append(Citation(n, article, start, start + len(quote)))
        text = compose(question, citations) if citations else "The articles do not say."
        status = "answered" if citations else "abstained"
        answer = Answer(question, status, text, 0.5, tuple(citations), answer_id=key)
        spans = [citation.span for citation in citations]
        library.save_answer(key, body_of(answer, history), spans, owner)
        if said:
            library.feedback.keep(key, helpful=helpful, note=note, owner=owner)

    return save


def test_what_helped_is_evidence_and_its_citations_are_alternatives(library, make_article, rate):
    library.add([make_article(text=TEXT)])
    rate("a1", "كم عائلة نزحت؟", ("article-1", FLED), history=["ماذا حدث؟"])
    rate("a2", "Who returned?", ("article-1", BACK), ("article-1", FLED), note=" exactly ")
    rate("a3", "Who stayed?", said=False)
    first, second = feedback_cases(library)
    assert (first.id, first.language, first.answerable) == ("feedback-a1", "ar", True)
    assert (first.history, first.tags, first.note) == (("ماذا حدث؟",), ("feedback",), None)
    assert first.evidence == (Evidence(article="article-1", quote=FLED),)
    assert (second.language, second.note) == ("en", "Reader: exactly")
    assert second.evidence == (
        Evidence(article="article-1", quote=BACK, fact="answer"),
        Evidence(article="article-1", quote=FLED, fact="answer"),
    )
    placed = place([first, second], iter([library.article("article-1")]))
    assert [len(case.facts) for case in placed] == [1, 1]


def test_an_abstention_that_helped_is_unanswerable(library, rate):
    rate("a1", "Who sells clocks?")
    (case,) = feedback_cases(library)
    assert (case.answerable, case.evidence, case.note) == (False, (), None)


def test_what_did_not_help_is_left_to_a_person(library, make_article, rate):
    library.add([make_article(text=TEXT)])
    rate("a1", "كم عائلة عادت؟", ("article-1", FLED), helpful=False, note="العدد خطأ")
    rate("a2", "Who returned?", helpful=False)
    first, second = feedback_cases(library)
    assert (first.answerable, first.evidence) == (None, ())
    assert first.note.startswith("Reader: العدد خطأ\nNot helpful; answered: ")
    assert FLED in first.note
    assert "[1]" not in first.note
    assert second.note == "Not helpful; abstained: The articles do not say."


def test_quotes_are_looked_for_in_the_newest_version(library, make_article, rate):
    library.add([make_article(text=TEXT), make_article(2, TEXT)])
    rate("a1", "كم عائلة؟", ("article-1", FLED), ("article-1", BACK), ("article-2", FLED))
    library.add([make_article(text=f"تصحيح. {BACK} وقال الناطق: {BACK}")])
    library.remove(["article-2"])
    (case,) = feedback_cases(library)
    # Of both places the one nearest to where the quote stood.
    text = library.article("article-1").text
    assert case.evidence == (Evidence(article="article-1", quote=BACK, start=text.rindex(BACK)),)
    assert case.answerable
    assert case.note == f"Gone from article-1: {FLED}\nGone from article-2: {FLED}"


def test_without_any_quote_left_nobody_has_judged_it(library, make_article, rate):
    library.add([make_article(text=TEXT), make_article(2, TEXT)])
    rate("a1", "كم عائلة نزحت؟", ("article-1", FLED), note="صحيح")
    rate("a2", "كم عائلة عادت؟", ("article-2", BACK))
    library.add([make_article(text="نص جديد.")])
    library.remove(["article-2"], purge=True)
    changed, purged = feedback_cases(library)
    assert (changed.answerable, changed.evidence) == (None, ())
    assert changed.note == f"Reader: صحيح\nGone from article-1: {FLED}"
    assert (purged.question, purged.answerable, purged.evidence) == ("كم عائلة عادت؟", None, ())
    assert purged.note == "The answer cites an article that has been removed for good."


def test_every_reader_counts_and_none_is_named(library, make_article, rate, tmp_path):
    library.add([make_article(text=TEXT)])
    rate("a1", "كم عائلة نزحت؟", ("article-1", FLED), owner="nadia")
    rate("a2", "كم عائلة عادت؟", ("article-1", BACK), owner="samir", helpful=False)
    cases = feedback_cases(library)
    assert [case.id for case in cases] == ["feedback-a1", "feedback-a2"]
    path = tmp_path / "feedback.jsonl"
    write_lines(path, cases)
    assert read_any(path) == cases
    written = path.read_text(encoding="utf-8")
    assert "nadia" not in written
    assert "samir" not in written


def test_nothing_said_is_no_case(library, make_article):
    library.add([make_article(text=TEXT)])
    assert feedback_cases(library) == []
