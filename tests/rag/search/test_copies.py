"""A search shows a report once, and an answer says where else its sentence stands."""

import pytest

from corpus.article import Article
from corpus.copies import Fingerprint
from index import Filters, Library
from index.encoder import load_bundled
from rag import Assistant

TOLD = "Governor Salma Haddad said that forty lorries with wheat crossed it before noon."
REPORT = (
    "Engineers reopened the old bridge over the river at Dara on Monday after five months of work. "
    f"{TOLD} The bridge had been closed since the flood of January swept away two of its pillars."
)
EDITED = "Agencies report: " + REPORT.replace("old bridge", "stone bridge")
APART = "Rain fell on the plain of Nar for two days, and lorries with wheat waited before a bridge."
ASKED = "How many lorries with wheat crossed the bridge at Dara?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    library = Library.open(tmp_path_factory.mktemp("copies"), load_bundled(), create=True)
    library.add(
        [
            Article("a", REPORT, title="Bridge open", outlet="Euphrates Post", language="en"),
            Article("b", EDITED, title="Wheat crosses", outlet="Tal News", language="en"),
            Article("c", APART, title="Rain", outlet="Olive Daily", language="en"),
        ]
    )
    yield Assistant(library)
    library.close()


def test_a_search_shows_the_best_and_names_the_others(assistant):
    hits, _ = assistant.search(ASKED)
    shown, also = hits[0].article.id, [article.id for article in hits[0].also]
    assert [sorted([shown, *also]), [hit.article.id for hit in hits].count(shown)] == [
        ["a", "b"],
        1,
    ]
    (other,) = [hit for hit in hits if hit.article.id == "c"]
    assert other.also == ()
    assert hits[0].as_json()["also"][0]["article_id"] == also[0]


def test_words_are_compared_with_those_of_copies_only(assistant, monkeypatch):
    seen = []

    def of(text):
        seen.append(text)
        return Fingerprint(frozenset(), frozenset())

    monkeypatch.setattr(Fingerprint, "of", of)
    hits, _ = assistant.search(ASKED, filters=Filters(outlet="Olive Daily"))
    assert ([hit.article.id for hit in hits], seen) == (["c"], [])
    assistant.search(ASKED)
    assert set(seen) == {REPORT, EDITED}


def test_as_many_as_are_asked_for(assistant):
    assert len(assistant.search(ASKED, k=2)[0]) == 2


def test_no_more_is_read_than_shown(assistant, monkeypatch):
    read = []
    passages = assistant.library.passages

    def spied(candidates):
        for found in passages(candidates):
            read.append(found)
            yield found

    monkeypatch.setattr(assistant.library, "passages", spied)
    for k in (1, 2):
        read.clear()
        assert len(assistant.search(ASKED, k=k)[0]) == k
        copies = [found for found in read if found[0].id in "ab"]
        assert len(read) == k + max(0, len(copies) - 1)


@pytest.mark.parametrize(("outlet", "article"), [("Euphrates Post", "a"), ("Tal News", "b")])
def test_each_can_be_found_and_cited_by_itself(assistant, outlet, article):
    """What a filter hides is not named either: it may be all that a reader may see."""
    filters = Filters(outlet=outlet)
    hits, _ = assistant.search(ASKED, filters=filters)
    assert {(hit.article.id, hit.also) for hit in hits} == {(article, ())}
    answer = assistant.ask(ASKED, filters=filters)
    assert [(c.article.id, c.also) for c in answer.citations] == [(article, ())]
    preferred = assistant.ask(f"{ASKED[:-1]} according to {outlet}?")
    assert preferred.citations[0].article.id == article


def test_an_answer_cites_a_sentence_once(assistant):
    answer = assistant.ask(ASKED)
    quoted = [citation for citation in answer.citations if citation.quote == TOLD]
    assert len(quoted) == 1
    (cited,) = quoted
    assert sorted([cited.article.id, *(each.id for each in cited.also)]) == ["a", "b"]
    assert [c.n for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    saved = assistant.saved(answer.answer_id).answer
    assert [each.id for each in saved.citations[0].also] == [each.id for each in cited.also]
