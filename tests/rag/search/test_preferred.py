"""What a question prefers comes first where two articles tell of it, and never hides an answer."""

from dataclasses import replace
from datetime import date

import pytest

from corpus.article import Article
from index import Filters, Library
from index.encoder import load_bundled
from rag import Assistant
from rag.reading import read
from rag.search.preferred import Preferred

TOLD = "Fourteen people were killed when a bomb hit the market of Hajin on Wednesday."
TEXT, OTHER = f"{TOLD} Two were children.", f"{TOLD} Three were traders."
APART = "The harvest of olives was good in Afrin. Farmers sold oil for 300 dollars a barrel."
ASKED = "How many people were killed by the bomb in the market of Hajin"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    library = Library.open(tmp_path_factory.mktemp("preferred"), load_bundled(), create=True)
    library.add(
        [
            Article("a", TEXT, outlet="Euphrates Post", published=date(2020, 4, 16), language="en"),
            Article("b", OTHER, outlet="Tal News", published=date(2021, 3, 2), language="en"),
            Article("c", APART, outlet="Olive Daily", published=date(2020, 11, 1), language="en"),
        ]
    )
    yield library
    library.close()


@pytest.fixture(scope="module")
def assistant(library):
    return Assistant(library, saves=False)


def first(answer):
    return answer.citations[0].article.outlet


@pytest.mark.parametrize(
    ("said", "outlet"),
    [
        (", according to the Euphrates Post?", "Euphrates Post"),
        (" according to Tal News?", "Tal News"),
        (" in April 2020?", "Euphrates Post"),
        (" in March 2021?", "Tal News"),
        (" since January?", "Tal News"),
        (" before June 2020?", "Euphrates Post"),
    ],
)
def test_of_two_articles_that_tell_the_same_the_preferred_comes_first(assistant, said, outlet):
    answer = assistant.ask(ASKED + said)
    assert (answer.status, first(answer)) == ("answered", outlet)
    assert answer.preferences
    plain = assistant.ask(ASKED + said, preferences=False)
    assert plain.preferences == ()


def test_what_is_preferred_hides_no_answer(assistant):
    """That outlet tells nothing of it, which rules nothing out."""
    answer = assistant.ask(f"{ASKED}, according to Olive Daily?")
    plain = assistant.ask(f"{ASKED}?")
    assert [each.value for each in answer.preferences] == ["Olive Daily"]
    assert [c.span for c in answer.citations] == [c.span for c in plain.citations] != []
    assert answer.confidence == pytest.approx(plain.confidence)


def test_a_month_of_which_nothing_tells_is_still_missed(assistant):
    """A preference makes no event of another month one of this."""
    answer = assistant.ask(f"{ASKED} in November 2020?")
    assert (answer.status, answer.unmet[0]) == ("abstained", "November")


def test_news_of_a_time_need_not_name_its_bound(assistant):
    asked = f"{ASKED} since January?"
    assert assistant.ask(asked).status == "answered"
    assert assistant.ask(asked, preferences=False).unmet == ["January"]
    # The newest article is of March 2021: nothing at all is of this time.
    assert assistant.ask(f"{ASKED} before 2020?").status == "abstained"


@pytest.mark.parametrize("said", [" in 2014?", "?", " according to the mayor?"])
def test_what_no_article_is_of_is_not_preferred(assistant, said):
    assert assistant.ask(ASKED + said).preferences == ()


def test_what_the_reader_filters_by_is_not_preferred_besides(library):
    asked = "Who was killed in April 2020, according to Tal News?"
    kinds = [
        [each.kind for each in Preferred.of(asked, library, filters).preferences]
        for filters in (
            Filters(),
            Filters(outlet="Tal News"),
            Filters(since=date(2020, 1, 1)),
            Filters(outlets=("Euphrates Post",)),
            Filters(outlets=("Tal News",), since=date(2021, 1, 1), fixed=True),
        )
    ]
    assert kinds == [
        ["since", "until", "outlet"], ["since", "until"], ["outlet"], ["since", "until"], ["outlet"]
    ]  # fmt: skip


def test_what_names_the_source_is_not_asked_for(library):
    """No article need have the words of an outlet's name."""
    asked = "What did Tal News report about Hajin?"
    preferred = Preferred.of(asked, library, Filters())
    reading = preferred.read_again(read(asked, load_bundled()), library.words)
    assert [word.text for word in reading.words] == ["report", "Hajin"]
    assert sum(word.weight for word in reading.words) == pytest.approx(1)
    assert reading.names == ("Hajin",)


def test_filters_that_hide_the_answer_are_told_of(assistant):
    hidden = assistant.ask(f"{ASKED}?", filters=Filters(outlet="Olive Daily"))
    assert (hidden.status, hidden.outside) == ("abstained", 1)
    assert hidden.text.endswith("(articles: 1).")
    whole = Filters(outlet="olive daily", outlets=("Olive Daily", "Tal News"))
    assert assistant.ask(f"{ASKED}?", filters=whole).outside == 1
    assert assistant.ask(f"{ASKED}?", filters=replace(whole, fixed=True)).outside is None
    assert (
        assistant.ask("Who won the cup?", filters=Filters(until=date(2020, 5, 1))).outside is None
    )
    assert assistant.ask(f"{ASKED}?").outside is None


def test_what_lies_outside_is_counted_and_not_cited(library):
    assistant = Assistant(library)
    answer = assistant.ask(f"{ASKED}?", filters=Filters(outlet="Olive Daily"))
    kept = assistant.saved(answer.answer_id).answer
    assert (kept.outside, kept.text, kept.citations) == (1, answer.text, ())
