"""A damaged library repaired: what is sound is there again, and what is not is named."""

import sqlite3
from contextlib import closing

import pytest

from corpus.article import Article
from corpus.errors import DalilError
from index import Library, load_encoder
from index.store.database import DATABASE
from index.store.safety.repair import repair
from rag import Assistant

ENCODER = load_encoder("bundled")
TEXT = "The market of Tell Halaf opened again on Tuesday. {} traders came."


@pytest.fixture
def home(tmp_path):
    library = Library.open(tmp_path / "library", ENCODER, create=True)
    library.add([Article(f"m{n}", TEXT.format(n), f"Market {n}") for n in range(100, 160)])
    library.add([Article("m100", TEXT.format(1000), "Market again")])
    library.remove(["m101"])
    library.withdrawals.take_out("m102", "wrong")
    Assistant(library).ask("Did 140 traders come?")
    library.close()
    return library.home


def repaired(home):
    done = repair(home, ENCODER, lambda _: None)
    library = Library.open(home, ENCODER)
    library.rebuild()
    assert library.faults() == []
    return done, library


def change(home, statement):
    with closing(sqlite3.connect(home / DATABASE)) as connection, connection:
        connection.execute(statement)


def dump(library):
    tables = ("articles", "versions", "answers", "citations", "withdrawals")
    return [library._store.execute(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]


def test_a_sound_library_stays_as_it_is(home):
    with closing(Library.open(home, ENCODER)) as library:
        before, passages = dump(library), library._store.passages()
    done, library = repaired(home)
    assert (done.articles, done.lost) == (58, [])
    assert (dump(library), library._store.passages()) == (before, passages)
    assert done.aside.exists()


@pytest.mark.parametrize(
    ("statement", "saved", "named"),
    [
        ("UPDATE versions SET text = 'No.' WHERE article_id = 'm120'", 57, "'m120'"),
        ("UPDATE versions SET title = CAST(X'C328' AS TEXT) WHERE article_id = 'm120'", 57, "m120"),
        ("UPDATE passages SET vector = zeroblob(1024) WHERE article_id = 'm120'", 58, None),
        ("DELETE FROM passages WHERE article_id = 'm120'", 58, None),
        ("DELETE FROM articles WHERE id = 'm120'", 58, None),
        ("UPDATE answers SET body = '{}'", 58, "answers"),
    ],
)
def test_rows_that_are_damaged(home, statement, saved, named):
    change(home, statement)
    done, library = repaired(home)
    assert sum(1 for _ in library.articles() if library.article(_.id)) == saved
    assert [named in sentence for sentence in done.lost] == [True] * (named is not None)
    # What was removed or retracted stays out.
    assert not {"m101", "m102"} & {article.id for article in library.articles()}
    assert "140" in Assistant(library).ask("Did 140 traders come?").citations[0].quote


def test_pages_that_cannot_be_read(home):
    """Every page but the first zeroed in turn: what is saved and what is lost are all there was."""
    data, path = (home / DATABASE).read_bytes(), home / DATABASE
    tried = refused = 0
    for page in range(1, len(data) // 4096, 11):
        for file in home.glob(f"{DATABASE}*"):
            file.unlink()
        path.write_bytes(data[: page * 4096] + bytes(4096) + data[(page + 1) * 4096 :])
        tried += 1
        try:
            done = repair(home, ENCODER, lambda _: None)
        except DalilError:
            refused += 1
            continue
        with closing(Library.open(home, ENCODER)) as library:
            library.rebuild()
            assert library.faults() == []
            assert done.articles > 0 or done.lost
            texts = [library.article(each.id).text for each in library.articles()]
            assert all(text.startswith("The market") for text in texts)
            assert len(library) == 58 or done.lost
    assert tried > 3
    assert refused < tried / 2


def test_what_is_no_library_is_left_alone(home):
    (home / DATABASE).write_bytes(b"no database" * 1000)
    with pytest.raises(DalilError):
        repair(home, ENCODER, lambda _: None)
    assert (home / DATABASE).read_bytes().startswith(b"no database")
    assert not list(home.glob("*.damaged-*"))


@pytest.mark.parametrize(
    ("statement", "unread"),
    [
        ("DROP TABLE digests", ["m102"]),
        ("DELETE FROM digests", ["m102"]),
        # Without the digest of how tables are defined none of the others counts as all there were.
        ("DELETE FROM digests WHERE key > 'm13' OR of = 'schema'", []),
    ],
)
def test_lost_digests_cost_nothing_that_can_be_read(home, statement, unread):
    with closing(Library.open(home, ENCODER)) as library:
        before, passages = dump(library), library._store.passages()
    change(home, statement)
    done, library = repaired(home)
    assert (done.articles, done.lost) == (58, [])
    assert (dump(library), library._store.passages()) == (before, passages)
    assert "lost their digests" in done.unchecked[0]
    # No vectors speak for a text that was taken out.
    names = [f"m{n}" for n in range(100, 160)]
    assert [name for name in names if f"'{name}'" in str(done.unchecked)] == unread


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE versions SET text = replace(text, 'traders', 'judges') WHERE article_id = 'm120'",
        "UPDATE versions SET text = CAST(X'C328' AS TEXT) WHERE article_id = 'm120'",
        "UPDATE versions SET text = '' WHERE article_id = 'm120'",
    ],
)
def test_a_text_without_a_digest_that_does_not_fit_its_vectors_is_not_kept(home, statement):
    change(home, statement)
    change(home, "DROP TABLE digests")
    done, library = repaired(home)
    assert done.articles == 57
    assert any("'m120'" in sentence for sentence in done.lost)
    assert not any("'m120'" in sentence for sentence in done.unchecked)
    with pytest.raises(DalilError):
        library.article("m120")
    assert library.article("m121").text == TEXT.format(121)


def test_pages_of_digests_that_cannot_be_read_cost_no_article(home):
    with closing(sqlite3.connect(home / DATABASE)) as connection:
        pages = connection.execute("SELECT pageno FROM dbstat WHERE name = 'digests'").fetchall()
    data, path = (home / DATABASE).read_bytes(), home / DATABASE
    assert len(pages) > 2
    for (page,) in pages[:: max(1, len(pages) // 3)]:
        begin = (page - 1) * 4096
        path.write_bytes(data[:begin] + bytes(4096) + data[begin + 4096 :])
        done, library = repaired(home)
        with closing(library):
            assert (done.articles, done.lost) == (58, [])
            assert done.unchecked


def test_two_repairs_within_a_second_keep_both_files(home):
    asides = {repair(home, ENCODER, lambda _: None).aside for _ in range(3)}
    assert len(asides) == 3
    assert all(aside.exists() for aside in asides)
