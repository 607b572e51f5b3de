"""What is said of a library, against counting by hand."""

from datetime import date

import pytest

from corpus.article import Article
from index import Filters
from rag import Assistant
from rag.about.wording import tables, wording

OUTLETS = ["One", "One", "One", "Two", None]
LANGUAGES = ["en", "en", "ar", "en", None]
DAYS = [date(2020, 7, 2), date(2019, 1, 31), date(2020, 3, 4), None, date(2020, 7, 1)]
TEXTS = [
    "The bridge at Raqqa is open.",
    "Schools in Raqqa reopened.",
    "عاد الجسر في الرقة إلى العمل.",
    "Wheat is dear.",
    "Water is cut in Hasakah.",
]


@pytest.fixture
def filled(library):
    library.add(
        [
            Article(f"a{n}", TEXTS[n], f"Title {n}", OUTLETS[n], published=DAYS[n],
                    language=LANGUAGES[n])
            for n in range(5)
        ]
    )  # fmt: skip
    return library


@pytest.fixture
def told(filled):
    return Assistant(filled).ask


def test_an_answer_about_the_library_states_nothing_of_the_world(told):
    answer = told("Hello")
    assert (answer.status, answer.kind, answer.confidence) == ("answered", "about", 1.0)
    assert not [*answer.citations, *answer.related, *answer.possible]
    assert answer.notice is None
    assert answer.answer_id
    assert answer.lead == answer.text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (
            "How many articles do you have?",
            "Articles in this library: 5 (dates: 31 January 2019 to 2 July 2020; "
            "outlets: One (3), Two (1)).",
        ),
        ("What outlets?", "Outlets of the articles in this library: One (3), Two (1); "
         "without an outlet: 1."),
        ("From when to when?", "Dates of the articles in this library: "
         "31 January 2019 to 2 July 2020; without a date: 1."),
        ("كم مقالا لديك؟", "عدد المقالات في هذه المكتبة: 5 (التواريخ: من 31 يناير 2019 إلى "
         "2 يوليو 2020؛ المصادر: One (3)، Two (1))."),
    ],
)  # fmt: skip
def test_figures_are_those_of_the_library(told, question, text):
    assert told(question).text == text


def test_languages_are_named_in_the_questions_language(told):
    assert "English (3), unknown (1), Arabic (1);" in told("Which languages?").text
    assert "الإنجليزية (3)" in told("ما هي اللغات؟").text


def test_what_is_mentioned_is_counted_across_scripts(told):
    answer = told("What do you know about Raqqa?")
    first, titles = answer.text.split("\n")
    assert first == (
        "Articles in this library that mention “Raqqa”: 3 (dates: 31 January 2019 to 2 July 2020; "
        "outlets: One (3))."
    )
    assert answer.lead == first
    assert all(f"“Title {n}”" in titles for n in (0, 1, 2))
    assert "Title 3" not in titles
    assert told("What do you know about unicorns?").text == (
        "No article in this library mentions “unicorns”."
    )


def test_only_what_a_reader_may_see_counts(filled):
    ask = Assistant(filled).ask
    only = Filters(outlets=("Two",))
    assert "library: 1 (outlets: Two (1))." in ask("How many articles?", filters=only).text
    assert "No article" in ask("What do you know about Raqqa?", filters=only).text
    since = Filters(since=date(2020, 7, 1))
    assert "library: 2 (" in ask("How many articles?", filters=since).text


def test_titles_do_not_outlive_a_purge_in_a_saved_answer(filled):
    assistant = Assistant(filled)
    answer = assistant.ask("What do you know about Raqqa?")
    saved = assistant.saved(answer.answer_id).answer
    assert saved.text == answer.lead
    assert "Title" not in filled.answer(answer.answer_id).body
    assert (saved.kind, saved.status) == ("about", "answered")


def test_an_empty_library_says_that_it_is_empty(library):
    answer = Assistant(library).ask("Hello")
    assert "articles: 0" in answer.text
    assert "empty" in answer.notice


def test_no_language_model_is_asked(filled):
    class Silent:
        def __getattr__(self, name):
            raise AssertionError(f"The model was asked: {name}")

    assistant = Assistant(filled)
    assistant._writer = Silent()
    assert assistant.ask("Thanks!").kind == "about"


@pytest.mark.parametrize("language", tables())
def test_every_language_can_say_everything(filled, language):
    overview = filled.catalogue.overview(Filters())
    said = wording(language)
    for words in (said.overview(overview), said.counted(overview, least=True)):
        assert "5" in words
        assert "One (3)" in words
    assert "2020" in said.dates(overview)
    assert said.languages(overview).count("(") == 3


def test_the_figures_of_chosen_articles(filled):
    overview = filled.catalogue.overview(Filters(), ["a3", "a4", "none"])
    assert (overview.articles, overview.dated) == (2, 1)
    assert (overview.first, overview.last) == (DAYS[4], DAYS[4])
    assert [(o.outlet, o.articles) for o in overview.outlets] == [("Two", 1)]
    assert dict(overview.languages) == {"en": 1, None: 1}
