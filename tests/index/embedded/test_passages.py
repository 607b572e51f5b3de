"""The table of passages says what its rows say, and filters as a loop over them would."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.text.language import script_of
from corpus.text.words import words
from index.embedded.passages import PassageTable
from index.filters import Filters
from index.store.database import PassageRow

DATES = st.sampled_from(
    [None, date.min, date(2019, 10, 27), date(2019, 10, 28), date(2021, 1, 1), date.max]
)
OUTLETS = st.sampled_from(
    [None, "", "صدى الخابور", "صَدى  الخابور", "North Post", "NORTH POST", "!"]
)
LANGUAGES = st.sampled_from([None, "ar", "en", "ckb", "kmr", "ru", "und"])
ARTICLE = st.tuples(OUTLETS, DATES, LANGUAGES, st.integers(1, 3), st.integers(1, 2))
FILTERS = st.builds(
    Filters,
    since=DATES,
    until=DATES,
    outlet=OUTLETS,
    outlets=st.lists(OUTLETS.filter(lambda outlet: outlet is not None), max_size=2).map(tuple),
)


@st.composite
def rows(draw):
    """Rows as the store gives them: the passages of an article beside each other, ids rising."""
    found = []
    for number, drawn in enumerate(draw(st.lists(ARTICLE, max_size=6))):
        outlet, published, language, passages, version = drawn
        for place in range(passages):
            last = found[-1].id if found else 0
            row = last + draw(st.integers(1, 9))
            span = 50 * place, 50 * place + 40
            found.append(PassageRow(row, f"a{number}", version, *span, outlet, published, language))
    return found


def as_rows(table):
    """Read a table back, passage by passage."""
    for row in range(len(table)):
        place = table.articles[row]
        ordinal = int(table.published[place])
        yield PassageRow(
            int(table.ids[row]),
            *table.versions[place],
            int(table.starts[row]),
            int(table.ends[row]),
            table.outlets[table.outlet[place]],
            date.fromordinal(ordinal) if ordinal else None,
            table.languages[table.language[place]],
        )


def key(outlet):
    return [word.folded for word in words(outlet)]


def lets_through(filters, row):
    if filters.outlet is not None and (
        row.outlet is None or key(row.outlet) != key(filters.outlet)
    ):
        return False
    if filters.outlets and (
        row.outlet is None or key(row.outlet) not in [key(outlet) for outlet in filters.outlets]
    ):
        return False
    if filters.since is not None and (row.published is None or row.published < filters.since):
        return False
    return filters.until is None or (row.published is not None and row.published <= filters.until)


@given(rows())
@settings(max_examples=50, deadline=None)
def test_the_table_holds_the_rows(given_rows):
    table = PassageTable.of(given_rows)
    assert len(table) == len(given_rows)
    assert list(as_rows(table)) == given_rows
    articles = dict.fromkeys((row.article_id, row.version) for row in given_rows)
    assert list(table.versions) == list(articles)


@given(rows(), FILTERS)
@settings(max_examples=150, deadline=None)
def test_filters_equal_a_loop_over_the_rows(given_rows, filters):
    allowed = PassageTable.of(given_rows).allowed(filters)
    assert allowed.dtype == np.bool_
    assert allowed.tolist() == [lets_through(filters, row) for row in given_rows]


def test_filters_see_outlets_as_readers_do():
    spelled = ["صدى الخابور", "صَدى  الخابور", "صدى الفرات", None]
    table = PassageTable.of(
        [PassageRow(n, f"a{n}", 1, 0, 9, o, None, "ar") for n, o in enumerate(spelled)]
    )
    filters = Filters(outlet=" صدى الخابور")
    assert table.allowed(filters).tolist() == [True, True, False, False]


@given(rows())
@settings(max_examples=50, deadline=None)
def test_each_passage_is_of_one_script(given_rows):
    table = PassageTable.of(given_rows)
    scripts = [script_of(row.language) for row in given_rows]
    assert table.scripts_of(np.arange(len(scripts))) == scripts
    groups = [np.flatnonzero(group).tolist() for group in table.by_script]
    expected = [
        [row for row, script in enumerate(scripts) if script == wanted]
        for wanted in sorted(set(scripts))
    ]
    assert groups == expected


def test_languages_of_one_script_are_searched_together():
    codes = ["ar", "ckb", "en", "kmr", "ar"]
    table = PassageTable.of(
        [PassageRow(n, f"a{n}", 1, 0, 9, None, None, code) for n, code in enumerate(codes)]
    )
    groups = [group.tolist() for group in table.by_script]
    assert groups == [[True, True, False, False, True], [False, False, True, True, False]]


@given(given_rows=rows(), filters=FILTERS)
@settings(max_examples=30, deadline=None)
def test_what_was_saved_is_loaded(tmp_path_factory, given_rows, filters):
    path = tmp_path_factory.mktemp("table")
    table = PassageTable.of(given_rows)
    table.save(path)
    loaded = PassageTable.load(path)
    assert list(as_rows(loaded)) == given_rows
    assert list(loaded.versions) == list(table.versions)
    assert loaded.allowed(filters).tolist() == table.allowed(filters).tolist()


@pytest.mark.parametrize("kept", [0, 20, -1])
def test_a_damaged_file_is_an_error(tmp_path, kept):
    PassageTable.of([PassageRow(1, "a", 1, 0, 9, "صدى", None, "ar")]).save(tmp_path)
    for path in list(tmp_path.iterdir()):
        whole = path.read_bytes()
        path.write_bytes(whole[:kept])
        with pytest.raises((OSError, ValueError, EOFError)):
            PassageTable.load(tmp_path)
        path.write_bytes(whole)
