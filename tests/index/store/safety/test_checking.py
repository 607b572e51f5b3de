"""What changes a row behind Dalil's back is told, and never quoted."""

import sqlite3
from contextlib import closing

import pytest

from corpus.article import Article
from corpus.errors import DalilError, DamagedError
from index import Filters, Library, load_encoder
from index.store.database import DATABASE, Store
from index.store.tables.schema import SCHEMA_VERSION, seal_version
from rag import Assistant

TEXT = (
    "The council met on Monday. A bounty of ten million dollars was announced for Hajji Abdullah."
)
OTHER = "The market of Tell Halaf opened again on Tuesday. Forty traders came."
ASKED = "What bounty was announced for Hajji Abdullah?"


@pytest.fixture
def home(tmp_path):
    library = Library.open(tmp_path / "library", load_encoder("bundled"), create=True)
    library.add(
        [
            Article("bounty", TEXT, "A bounty", "Tal News", pages=((0, 1), (24, 2))),
            Article("market", OTHER, "A market", "Tal News"),
        ]
    )
    Assistant(library).ask(ASKED)
    library.close()
    return library.home


def opened(home):
    return Library.open(home, load_encoder("bundled"))


def change(home, *statements):
    with closing(sqlite3.connect(home / DATABASE)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_a_sound_library_has_no_fault(home):
    library = opened(home)
    seen = []
    assert library.faults(lambda done, total: seen.append((done, total))) == []
    # `done` leaves out the row of the schema.
    assert seen[-1] == (seen[-1][1] - 1, seen[-1][1])
    library.remove(["market"])
    library.withdrawals.take_out("bounty", "wrong")
    library.withdrawals.put_back("bounty")
    library.add([Article("bounty", TEXT + " It was paid.", "A bounty", "Tal News")])
    library.rebuild()
    assert library.faults() == []


@pytest.mark.parametrize(
    "changed",
    [
        "UPDATE versions SET text = replace(text, 'ten', 'two') WHERE article_id = 'bounty'",
        "UPDATE versions SET title = 'A pardon' WHERE article_id = 'bounty'",
        "UPDATE versions SET outlet = NULL WHERE article_id = 'bounty'",
        "UPDATE versions SET url = 'https://elsewhere.test/' WHERE article_id = 'bounty'",
        "UPDATE versions SET published = '2020-01-01' WHERE article_id = 'bounty'",
        "UPDATE pages SET begins = '[[0, 9]]' WHERE article_id = 'bounty'",
        "UPDATE versions SET text = CAST(X'C3284142' AS TEXT) WHERE article_id = 'bounty'",
        "DELETE FROM digests WHERE of = 'versions' AND key LIKE 'bounty%'",
    ],
)
def test_a_damaged_article_is_named_and_not_quoted(home, changed):
    change(home, changed)
    library = opened(home)
    with pytest.raises(DamagedError, match="'bounty'") as raised:
        library.article("bounty")
    assert "AB" not in str(raised.value)
    assert raised.value.__context__ is None or "AB" not in str(raised.value.__context__)
    answer = Assistant(library).ask(ASKED)
    shown = {hit.article.id for hit in answer.related} | {
        citation.article.id for citation in (*answer.citations, *answer.possible)
    }
    assert "bounty" not in shown
    assert "'bounty'" in str(answer.notice)
    assert library.article("market").text == OTHER
    (fault,) = library.faults()
    assert "'bounty'" in fault
    assert "dalil restore" in fault


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ("UPDATE passages SET vector = zeroblob(1024) WHERE article_id = 'market'", "'market'"),
        ("UPDATE passages SET last = last - 1 WHERE article_id = 'market'", "'market'"),
        ("UPDATE articles SET present = 0 WHERE id = 'market'", "'market'"),
        ("DELETE FROM versions WHERE article_id = 'market'", "'market'"),
        ("DELETE FROM passages WHERE article_id = 'market'", "passages"),
        ("UPDATE answers SET body = replace(body, 'dollars', 'francs')", "answers"),
        ("UPDATE citations SET first = first + 1", "'bounty'"),
        ("UPDATE meta SET value = value || '0' WHERE key = 'revision'", "revision"),
        ("CREATE INDEX extra ON versions (title)", "not defined"),
    ],
)
def test_every_other_row_is_checked(home, changed, named):
    before = opened(home)
    change(home, changed)
    try:
        faults = before.faults()
    except DalilError as error:
        faults = [str(error)]
    assert any(named in fault for fault in faults), faults


def test_adding_a_damaged_article_again_mends_it(home):
    change(home, "UPDATE versions SET text = 'Nothing.' WHERE article_id = 'bounty'")
    library = opened(home)
    report = library.add([Article("bounty", TEXT, "A bounty", "Tal News", pages=((0, 1), (24, 2)))])
    assert [article.version for article in report.updated] == [2]
    assert library.article("bounty").text == TEXT
    assert library.passage(library.search(query(ASKED, library), 1, Filters()).found[0])
    assert Assistant(library).ask(ASKED).citations[0].quote in TEXT
    # The damaged version stays for the answer that cites it.
    library.remove(["bounty"])
    assert len(library.faults()) == 1
    library.remove(["bounty"], purge=True)
    assert library.faults() == []


def query(text, library):
    from rag.reading import read

    return read(text, library.words).query


def test_a_damaged_saved_answer_is_not_shown(home):
    change(home, "UPDATE answers SET body = replace(body, 'bounty', 'county')")
    library = opened(home)
    answer_id = library._store.execute("SELECT id FROM answers")[0][0]
    with pytest.raises(DamagedError, match="saved answer"):
        library.answer(answer_id)
    assert library.recent_answers(5) == []


def test_writing_over_a_damaged_row_does_not_make_it_sound(home):
    change(home, "UPDATE versions SET text = 'Nothing.' WHERE article_id = 'bounty'")
    store = Store(home / DATABASE)
    with store.transaction():
        store.execute("UPDATE versions SET title = 'Another' WHERE article_id = 'bounty'")
        store.execute("UPDATE versions SET title = 'Another' WHERE article_id = 'market'")
    with pytest.raises(DamagedError):
        store.article("bounty")
    assert store.article("market").title == "Another"


def test_a_version_changed_by_hand_can_be_sealed_anew(home):
    change(home, "UPDATE versions SET title = 'By hand' WHERE article_id = 'bounty'")
    store = Store(home / DATABASE)
    with store.transaction():
        seal_version(store, "bounty", 1)
    assert store.article("bounty").title == "By hand"


def test_an_older_library_gets_digests_when_it_is_opened(home):
    change(home, "DROP TABLE digests", "PRAGMA user_version = 6")
    library = opened(home)
    assert library.faults() == []
    assert library._store.execute("PRAGMA user_version") == [(SCHEMA_VERSION,)]
    change(home, "UPDATE versions SET text = 'Nothing.' WHERE article_id = 'bounty'")
    assert "'bounty'" in library.faults()[0]


def test_a_lower_version_in_the_header_does_not_call_damage_sound(home):
    change(
        home,
        "UPDATE versions SET text = 'Nothing.' WHERE article_id = 'bounty'",
        "PRAGMA user_version = 5",
    )
    assert "'bounty'" in opened(home).faults()[0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("UPDATE withdrawals SET reason = 'right' WHERE article_id = 'bounty'", "taken out"),
        ("UPDATE withdrawals SET at = 'noon' WHERE article_id = 'bounty'", "taken out"),
        ("UPDATE withdrawals SET reason = CAST(X'C328' AS TEXT)", "taken out"),
        ("UPDATE withdrawals SET reason = NULL", "taken out"),
        ("DELETE FROM withdrawals", "taken out"),
        ("UPDATE removals SET seal = 'another'", "removed by hand"),
        ("UPDATE removals SET seal = CAST(X'C328' AS TEXT)", "removed by hand"),
        ("DELETE FROM removals", "removed by hand"),
    ],
)
def test_damage_to_what_was_taken_out_is_told_as_that_and_lets_nothing_in(home, changed, said):
    library = opened(home)
    library.withdrawals.take_out("bounty", "wrong")
    library.remove(["market"])
    library.close()
    change(home, changed)
    library = opened(home)
    of = "'bounty'" if "withdrawals" in changed else "'market'"
    (fault,) = library.faults()
    assert all(part in fault for part in (of, said, "dalil doctor --repair"))
    if changed.startswith("DELETE"):
        return
    again = {
        "bounty": Article("bounty", TEXT, "A bounty", "Tal News", pages=((0, 1), (24, 2))),
        "market": Article("market", OTHER, "A market", "Tal News"),
    }
    assert all(library.withdrawals.keeps_out(article) for article in again.values())
    report = library.add([again["bounty"]])
    assert [article.id for article in report.unchanged] == ["bounty"]
    taken = library.withdrawals.of("bounty")
    if "withdrawals" in changed:
        assert "damaged" in taken.reason
        assert [one.article_id for one, _ in library.withdrawals.listed()] == ["bounty"]
    else:
        assert taken.reason == "wrong"
