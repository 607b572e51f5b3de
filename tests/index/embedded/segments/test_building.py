"""Parts stay few and large ones unchanged, so that an addition costs what it adds."""

import json
from contextlib import closing
from itertools import pairwise

import faiss
import numpy as np
import pytest

from corpus.article import Article
from index import Filters, Library
from index.embedded import engine as engines
from index.embedded.segments.snapshot import MANIFEST
from index.encoder import load_bundled
from tests.conftest import HashEncoder
from tests.index.queries import query_of

WORDS = ("قمح", "نهر", "مدرسة", "سوق", "جسر", "مطر", "wheat", "river", "school", "rain", "bridge")


def article(number):
    some = " ".join(WORDS[(number * step) % len(WORDS)] for step in (1, 3, 5, 7))
    return Article(f"a{number}", f"خبر عن {some} رقم {number % 100}.", language="ar")


def filled(home, count):
    library = Library.open(home, HashEncoder(), create=True)
    library.add(article(number) for number in range(count))
    return library


def folders(library):
    return set((library.home / "derived").glob("revision-*"))


def counts(library):
    return [part.count for part in library.engine.snapshot().parts]


def test_one_article_more_writes_no_more_where_there_are_many(tmp_path):
    written = []
    for count in (60, 1_200):
        with closing(filled(tmp_path / str(count), count)) as library:
            library.add([article(5_001)])
            before = folders(library)
            library.add([article(5_002)])
            new = folders(library) - before
            written.append(sum(f.stat().st_size for each in new for f in each.rglob("*.*")))
            manifest = json.loads((library.home / "derived" / MANIFEST).read_text())
            named = [name for name, _ in (*manifest["segments"], manifest["neighbours"])]
            assert sorted(named) == sorted(each.name for each in folders(library))
    assert 0 < written[1] < 1.2 * written[0]


def held_in_memory(one):
    """Yield the bytes of the arrays below `one` that are not mapped from a file."""
    for value in vars(one).values():
        if isinstance(value, np.ndarray):
            base = value
            while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
                base = base.base
            yield 0 if isinstance(base, np.memmap) else value.nbytes
        elif hasattr(value, "__dict__") and type(value).__module__.startswith("index."):
            yield from held_in_memory(value)


def test_what_was_written_is_no_longer_held_in_memory(tmp_path):
    with closing(filled(tmp_path, 700)) as library:
        library.add(article(number) for number in range(700, 740))
        found = library.engine.snapshot()
        written = sum(f.stat().st_size for f in (tmp_path / "derived").rglob("*.npy"))
        assert len(found.parts) == 2
        held = [sum(held_in_memory(part.segment)) for part in found.parts]
        assert sum(held) + sum(held_in_memory(found.near_tokens)) < 0.1 * written


def test_parts_stay_few_and_each_is_some_times_as_large_as_the_next(tmp_path):
    with closing(filled(tmp_path, 1)) as library:
        for number in range(1, 40):
            library.add([article(number)])
            sizes = counts(library)
            assert sum(sizes) == number + 1
            assert all(size >= 4 * after for size, after in pairwise(sizes))
        assert 1 < len(sizes) <= 4


def test_a_part_that_has_lost_much_is_written_without_it(tmp_path):
    with closing(filled(tmp_path, 20)) as library:
        (first,) = library.engine.snapshot().parts
        library.remove(["a3", "a7"])
        (part,) = library.engine.snapshot().parts
        assert (part.segment, part.count, len(part.live)) == (first.segment, 18, 20)
        library.remove([f"a{number}" for number in range(8, 16)])
        (part,) = library.engine.snapshot().parts
        assert (part.count, len(part.live)) == (10, 10)
        library.remove([each.id for each in library.articles()])
        assert library.search(query_of("قمح", load_bundled()), 5, Filters()).found == []
        assert library.faults() == []


def test_who_reads_opens_what_was_written_and_analyses_nothing(tmp_path, monkeypatch):
    with (
        closing(filled(tmp_path, 30)) as library,
        closing(Library.open(tmp_path, HashEncoder())) as reader,
    ):
        before = reader.engine.snapshot()
        library.add([article(30)])
        library.remove(["a1"])

        def never(*_args, **_named):
            raise AssertionError("the reader indexed it again")

        monkeypatch.setattr(engines, "build", never)
        after = reader.engine.snapshot()
        assert (len(after.passages), after.revision) == (30, library.revision)
        assert after.parts[0].segment is before.parts[0].segment
        assert after.near_tokens is before.near_tokens


def test_what_a_killed_process_left_is_taken_away(tmp_path):
    with closing(filled(tmp_path, 3)) as library:
        (tmp_path / "derived" / "revision-9-left").mkdir()
        (tmp_path / "derived" / "revision-9-left" / "ids.npy").write_bytes(b"half")
        (tmp_path / "derived" / "revision-draft").write_text('{"format": ')
        library.add([article(3)])
        manifest = json.loads((tmp_path / "derived" / MANIFEST).read_text())
        named = [name for name, _ in (*manifest["segments"], manifest["neighbours"])]
        assert sorted(named) == sorted(each.name for each in folders(library))


def test_what_is_taken_away_while_it_is_opened_is_not_damaged(tmp_path, monkeypatch):
    with closing(filled(tmp_path, 30)) as library:
        before = library.engine.snapshot().parts[0].segment.files.folder
        read = faiss.read_index

        def replaced_meanwhile(*file):
            monkeypatch.setattr(faiss, "read_index", read)
            library.rebuild()
            assert not (tmp_path / "derived" / before).exists()
            return read(*file)

        monkeypatch.setattr(faiss, "read_index", replaced_meanwhile)
        said = []
        with closing(Library.open(tmp_path, HashEncoder(), say=said.append)) as reader:
            assert (len(reader.engine), said) == (30, [])


def test_who_reads_keeps_nothing_older_than_what_was_written_meanwhile(tmp_path, monkeypatch):
    with closing(filled(tmp_path, 30)) as library:
        (tmp_path / "derived" / MANIFEST).unlink()
        build = engines.build

        def beside_another(*args, **named):
            monkeypatch.setattr(engines, "build", build)
            library.add([article(30)])
            return build(*args, **named)

        monkeypatch.setattr(engines, "build", beside_another)
        with closing(Library.open(tmp_path, HashEncoder())) as reader:
            assert len(reader.engine) in (30, 31)
        manifest = json.loads((tmp_path / "derived" / MANIFEST).read_text())
        assert manifest["revision"] == library.revision
        assert library.faults() == []


@pytest.mark.parametrize("damaged", ["manifest", "first", "last"])
def test_damage_to_any_part_is_found_and_mended(tmp_path, damaged):
    with closing(filled(tmp_path, 30)) as library:
        library.add([article(30)])
        manifest = json.loads((tmp_path / "derived" / MANIFEST).read_text())
        assert len(manifest["segments"]) == 2
        if damaged == "manifest":
            del manifest["gone"]
            (tmp_path / "derived" / MANIFEST).write_text(json.dumps(manifest))
        else:
            folder, _ = manifest["segments"][0 if damaged == "first" else 1]
            file = tmp_path / "derived" / folder / "terms" / "counts.npy"
            file.write_bytes(file.read_bytes()[:-1] + b"\x77")
    with closing(Library.open(tmp_path, HashEncoder())) as reopened:
        assert reopened.faults() == ["The search index is damaged."]
        assert len(reopened.engine) == 31
        assert reopened.faults() == []
