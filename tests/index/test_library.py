"""The library keeps what it was given, finds it, and tells what it did."""

import json
import shutil
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from corpus.article import Passage
from corpus.errors import DalilError
from index import Filters, Library
from index.embedded.segments.snapshot import MANIFEST
from index.engine import NOT_FOUND
from index.reencoding import Reencoded, reencode
from tests.conftest import HashEncoder
from tests.index.queries import query_of


def ids(articles):
    return [article.id for article in articles]


def search(library, text, depth, filters=None):
    return library.search(query_of(text, library.words), depth, filters or Filters())


def passages(library, found):
    return [library.passage(candidate)[1] for candidate in found.found]


def test_add_then_same_then_changed(library, make_article):
    first = library.add([make_article(1), make_article(2)])
    assert ids(first.added) == ["article-1", "article-2"]
    again = library.add([make_article(1), make_article(2, text="نص جديد تماماً.")])
    assert ids(again.unchanged) == ["article-1"]
    assert [(a.id, a.version) for a in again.updated] == [("article-2", 2)]
    assert library.article("article-2").text == "نص جديد تماماً."
    assert library.article("article-2", 1).text == make_article(2).text


def test_another_path_is_no_other_content(library, make_article):
    library.add([make_article(1, source="a.txt")])
    report = library.add([make_article(1, source="b.txt")])
    assert (report.unchanged[0].source, report.updated) == ("a.txt", [])


def test_equal_texts_stay_apart(library, make_article):
    library.add([make_article(1), make_article(2)])
    found = search(library, "عائلة المخيم", 10)
    assert {p.article_id for p in passages(library, found)} == {"article-1", "article-2"}


def test_search_sees_only_the_newest_version(library, make_article):
    library.add([make_article(1, text="وصل وفد كوري إلى المدينة.")])
    library.add([make_article(1, text="افتتح سوق جديد.")])
    found = search(library, "وفد كوري", 10)
    assert [(p.version, p.text) for p in passages(library, found)] == [(2, "افتتح سوق جديد.")]


def test_lexical_match_adds_candidates_and_removes_none(library, make_article):
    library.add([make_article(n, text=f"خبر رقم {n}.") for n in range(40)])
    found = search(library, "خبر 17", 5)
    query = library.encoder.encode_queries(["خبر 17"])[0]
    vectors = library.encoder.encode_passages([f"خبر رقم {n}." for n in range(40)])
    rows = {int(candidate.article_id.removeprefix("article-")) for candidate in found.found}
    assert set(np.argsort(-(vectors @ query))[:5]) <= rows
    assert 17 in rows


def test_filters_act_before_ranking(library, make_article):
    many = [make_article(n, text="قمح قمح قمح.", published=date(2020, 1, 1)) for n in range(30)]
    one = make_article(99, text="شعير.", published=date(2021, 5, 5), outlet="صدى الخابور")
    library.add([*many, one])
    for filters in (
        Filters(since=date(2021, 1, 1)),
        Filters(outlet="صدى  الخابور"),
        Filters(since=date(2021, 5, 5), until=date(2021, 5, 5), outlet="صدى الخابور"),
    ):
        found = search(library, "قمح", 3, filters)
        assert [p.article_id for p in passages(library, found)] == ["article-99"]
    assert search(library, "قمح", 3, Filters(until=date(2019, 1, 1))).found == []


def test_an_undated_article_passes_no_date_filter(library, make_article):
    library.add([make_article(1)])
    assert search(library, "عائلة", 3, Filters(since=date(1900, 1, 1))).found == []


def test_empty_library_finds_nothing(library):
    assert search(library, "أي شيء", 5).found == []


def test_remove_is_all_or_nothing(library, make_article):
    library.add([make_article(1), make_article(2)])
    with pytest.raises(DalilError, match="nothing was removed"):
        library.remove(["article-1", "no-such"])
    assert len(library) == 2
    assert library.remove(["article-1", "article-1"]) == ["article-1"]
    assert ids(library.articles()) == ["article-2"]
    with pytest.raises(DalilError, match="dalil list"):
        library.article("article-1")


def test_cited_versions_survive_updates_and_removal(library, make_article):
    article = make_article(1)
    library.add([article])
    library.save_answer("answer", "{}", [Passage("article-1", 1, 0, 5, article.text[:5])])
    library.add([make_article(1, text="نص آخر.")])
    library.remove(["article-1"])
    assert library.article("article-1", 1).text == article.text
    with pytest.raises(DalilError):
        library.article("article-1", 2)
    assert ids(library.add([article]).added) == ["article-1"]
    assert library.article("article-1").version == 3
    library.remove(["article-1"], purge=True)
    with pytest.raises(DalilError):
        library.article("article-1", 1)


def test_failed_batch_leaves_the_library_as_it_was(library, make_article, monkeypatch):
    library.add([make_article(1)])
    insert = library._store.insert

    def fail_on_third(article, passages, vectors):
        if article.id == "article-3":
            raise OSError("disk full")
        insert(article, passages, vectors)

    monkeypatch.setattr(library._store, "insert", fail_on_third)
    with pytest.raises(OSError, match="disk full"):
        library.add([make_article(2), make_article(3)])
    assert ids(library.articles()) == ["article-1"]


def test_other_encoder_is_an_error_that_names_both(library, make_article):
    library.add([make_article(1)])
    with pytest.raises(DalilError, match=r"'hash'.*'other'.*dalil reindex --encoder other"):
        Library.open(library.home, HashEncoder("other", 16))


def test_reencode_switches_the_encoder(library, make_article):
    library.add([make_article(n, text=f"خبر رقم {n}.") for n in range(5)])
    other = HashEncoder("other", 16)
    assert reencode(library.home, other) == Reencoded(passages=5, resumed=0)
    reopened = Library.open(library.home, other)
    found = search(reopened, "خبر رقم 3", 1)
    best = max(found.found, key=lambda candidate: candidate.dense)
    assert reopened.passage(best)[1].text == "خبر رقم 3."
    with pytest.raises(DalilError, match="'other'"):
        Library.open(library.home, library.encoder)


@pytest.mark.parametrize(
    "damage",
    [
        "missing",
        "manifest",
        "stale",
        "passages",
        "vectors",
        "terms",
        "grams",
        "names",
        "tokens",
        "neighbours",
    ],
)
def test_derived_files_are_rebuilt(library, make_article, damage):
    library.add([make_article(n, text=f"خبر رقم {n}.") for n in range(5)])
    before = search(library, "خبر 3", 3)
    derived = library.home / "derived"
    manifest = json.loads((derived / MANIFEST).read_text())
    if damage == "missing":
        shutil.rmtree(derived)
    elif damage == "manifest":
        (derived / MANIFEST).write_text("{")
    elif damage == "stale":
        (derived / MANIFEST).write_text(json.dumps({**manifest, "revision": 0}))
    else:
        folder, _ = manifest["segments"][0]
        part = derived / folder / damage
        if damage == "neighbours":
            part = derived / manifest["neighbours"][0]
        file = max(part.iterdir(), key=lambda path: path.stat().st_size)
        file.write_bytes(file.read_bytes()[:-9])
    said = []
    reopened = Library.open(library.home, library.encoder, say=said.append)
    assert reopened.faults()
    after = search(reopened, "خبر 3", 3)
    assert after == before
    assert len(said) == 1
    assert "rebuilt" in said[0]
    assert Library.open(library.home, library.encoder, say=said.append).faults() == []
    assert len(said) == 1


def test_an_index_of_an_older_version_is_none_that_was_damaged(library, make_article):
    library.add([make_article(1)])
    file = library.home / "derived" / MANIFEST
    # Before there were tokens the manifest named none.
    older = {**json.loads(file.read_text()), "format": 1}
    del older["tokens"], older["segments"]
    file.write_text(json.dumps(older))
    assert Library.open(library.home, library.encoder).faults() == [
        "The search index is made by another version or encoder."
    ]


def test_a_passage_is_found_by_the_title_of_its_article(library, make_article):
    library.add([make_article(1, title="حصاد القمح", text="بدأ يوم الأحد."), make_article(2)])
    found = search(library, "القمح", 3)
    met = [candidate for candidate in found.found if candidate.lexical > NOT_FOUND]
    titles = [library.passage(candidate)[0].title for candidate in met]
    assert titles == ["حصاد القمح"]


def test_follows_another_process(library, make_article):
    library.add([make_article(1)])
    search(library, "عائلة", 3)
    Library.open(library.home, library.encoder).add([make_article(2, text="حريق في القمح.")])
    found = search(library, "حريق القمح", 5)
    assert "article-2" in {p.article_id for p in passages(library, found)}


def test_an_update_encodes_only_what_changed(library, make_article):
    library.add([make_article(n, text=f"خبر رقم {n}.") for n in range(20)])
    library.encoder.encoded = 0
    library.add([make_article(n, text=f"خبر رقم {n}.") for n in range(19)] + [make_article(19)])
    assert library.encoder.encoded == 1


def test_same_id_twice_in_one_batch(library, make_article):
    library.add([make_article(1), replace(make_article(1), text="نص ثان.")])
    assert library.article("article-1").text == "نص ثان."
