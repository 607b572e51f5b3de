"""The bundled encoder as everything else sees it."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

import index.encoder
from corpus.errors import DalilError
from index.encoder import StaticEncoder, load_encoder

BUNDLED = Path(index.encoder.__file__).parent / "bundled"

ARABIC = "قالَ المتحدّثُ إنّ الولايات المتحدة رصدت مكافأةً قدرها ١٠ ملايين دولار."
ENGLISH = "The United States announced a reward of 10 million dollars."
KURDISH = "ئەمریکا خەڵاتی ۱۰ ملیۆن دۆلاری بۆ زانیاری ڕاگەیاند"
TEXTS = [ARABIC, ENGLISH, KURDISH, "Straße nach Köln", "İstanbul'da ığdır", "Москва ёлка"]
ODD = ["", " \n\t", "\x00", "a\x00b", "\ud800", "كلمة\udfff", "🙂🙂", "日本語", "\u202e\u202c"]

# Alphabets of the languages served, upper case included.
ALPHABETS = {
    "Arabic": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي٠١٢٣٤٥٦٧٨٩",
    "Persian": "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی۰۱۲۳۴۵۶۷۸۹",
    "Sorani": "ئابپتجچحخدرڕزژسشعغفڤقکگلڵمنوۆهەیێ",
    "Kurmanji": "abcçdeêfghiîjklmnopqrsştuûvwxyzABCÇDEÊFGHIÎJKLMNOPQRSŞTUÛVWXYZ",
    "Turkish": "abcçdefgğhıijklmnoöprsştuüvyzABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZ",
    "German": "abcdefghijklmnopqrstuvwxyzäöüßÄÖÜẞ",
    "Spanish": "áéíñóúüÁÉÍÑÓÚÜ",
    "French": "àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ",
    "Russian": "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
    "digits": "0123456789",
}


@pytest.fixture(scope="module")
def encoder():
    return load_encoder("bundled")


def test_vectors_are_float32_of_unit_length_one_row_a_text(encoder):
    for encode in (encoder.encode_queries, encoder.encode_passages):
        vectors = encode(TEXTS)
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(TEXTS), encoder.dimension)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(encoder):
    assert encoder.encode_passages([]).shape == (0, encoder.dimension)
    assert encoder.encode_queries([]).dtype == np.float32


def test_odd_texts_never_crash_and_without_tokens_are_zero(encoder):
    vectors = encoder.encode_passages(ODD)
    counts = np.array([len(encoder.tokenize(text).ids) for text in ODD])
    norms = np.linalg.norm(vectors, axis=1)
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(norms[counts > 0], 1, atol=1e-5)
    assert (norms[counts == 0] == 0).all()
    # Empty, blank, NUL, a surrogate and the two marks of direction hold no word at all.
    assert counts[[0, 1, 2, 4, 8]].tolist() == [0, 0, 0, 0, 0]
    assert (counts[[3, 5]] > 0).all()


def test_a_vector_is_the_direction_of_the_sum_of_its_tokens_vectors(encoder):
    table = encoder.table()
    for text, vector in zip(TEXTS, encoder.encode_passages(TEXTS), strict=True):
        total = table[encoder.tokenize(text).ids].sum(axis=0)
        np.testing.assert_allclose(vector, total / np.linalg.norm(total), atol=1e-5)


def test_neighbours_in_the_batch_and_repetition_change_nothing(encoder):
    alone = np.concatenate([encoder.encode_passages([text]) for text in TEXTS])
    together = encoder.encode_passages(TEXTS * 300)[-len(TEXTS) :]
    fresh = StaticEncoder(BUNDLED).encode_passages(TEXTS)
    np.testing.assert_allclose(alone, together, atol=1e-6)
    assert np.array_equal(fresh, encoder.encode_passages(TEXTS))


def test_a_very_long_text_is_the_mean_of_all_of_it(encoder):
    parts = encoder.encode_passages([ARABIC, f"{ARABIC} " * 2000])
    np.testing.assert_allclose(parts[0], parts[1], atol=1e-4)


def test_spans_point_into_the_original_text(encoder):
    text = f"🙂 {ARABIC}\u00a0\ud800{KURDISH}"
    tokens = encoder.tokenize(text)
    pieces = [text[start:end] for start, end in tokens.spans]
    assert tokens.spans.dtype == tokens.ids.dtype == tokens.words.dtype == np.int32
    assert tokens.spans.shape == (len(tokens.ids), 2)
    assert all(pieces)
    assert (np.diff(tokens.spans[:, 0]) >= 0).all()
    # A token keeps the diacritics of its last letter.
    assert "قالَ" in pieces
    # The article is folded away and stays outside the span.
    assert "متحدّثُ" in "".join(pieces)
    assert "المتحدّثُ" not in pieces
    starts = {text.index(word) for word in ("قالَ", "دولار")}
    assert starts <= set(tokens.spans[:, 0].tolist())


def test_words_number_the_whitespace_separated_words(encoder):
    text = "Hajji  Abdullah\nantidisestablishmentarianism ٣٤"
    tokens = encoder.tokenize(text)
    words = text.split()
    assert sorted(set(tokens.words.tolist())) == [0, 1, 2, 3]
    for (start, end), word in zip(tokens.spans, tokens.words, strict=True):
        assert text[start:end] in words[word]


def test_spellings_that_mean_one_word_get_the_same_tokens(encoder):
    for one, other in [
        ("أَحْمَد", "احمد"),
        ("المدرسة", "مدرسه"),
        ("وبالكتاب", "كتاب"),
        ("١٢٣", "123"),
        ("۱۲۳", "123"),
        ("STRASSE", "straße"),
        ("کتاب", "كتاب"),
        ("مـــرحبا", "مرحبا"),
    ]:
        assert encoder.tokenize(one).ids.tolist() == encoder.tokenize(other).ids.tolist(), one
    # The name of God is no article with a pronoun.
    assert encoder.tokenize("الله").ids.tolist() != encoder.tokenize("له").ids.tolist()


def test_token_ids_agree_with_tokenize(encoder):
    texts = [*TEXTS, *ODD]
    ids, counts = encoder.token_ids(texts)
    expected = [encoder.tokenize(text) for text in texts]
    assert counts.tolist() == [len(tokens.ids) for tokens in expected]
    assert ids.tolist() == [number for tokens in expected for number in tokens.ids.tolist()]


def test_token_vectors_and_norms_together_are_the_table(encoder):
    ids = encoder.tokenize(ARABIC).ids
    vectors, norms = encoder.token_vectors(ids), encoder.token_norms(ids)
    assert vectors.dtype == norms.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(vectors * norms[:, None], encoder.table()[ids], atol=1e-4)


def test_a_rare_word_weighs_more_than_a_common_one(encoder):
    common, rare = (encoder.tokenize(word).ids[:1] for word in ("the", "telescope"))
    assert encoder.token_norms(common)[0] < encoder.token_norms(rare)[0]


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.from_file(str(BUNDLED / "tokenizer.json"))


@pytest.mark.parametrize("language", ALPHABETS)
def test_no_letter_is_unknown(tokenizer, language):
    for letter in ALPHABETS[language]:
        for word in (letter, f"{letter}{letter}", f"a{letter}", f"ب{letter}ب"):
            tokens = tokenizer.encode(word).tokens
            # Hamza alone is a letter too; diacritics would not be.
            assert tokens, word
            assert "[UNK]" not in tokens, word


def test_english_finds_arabic_and_kurdish(encoder):
    pool = [ARABIC, KURDISH, "يعاني المزارعون من الجفاف", "مباراة كرة القدم انتهت بالتعادل"]
    similarity = encoder.encode_queries([ENGLISH]) @ encoder.encode_passages(pool).T
    assert set(np.argsort(-similarity[0])[:2].tolist()) == {0, 1}


def test_the_bundle_describes_itself_and_is_small(encoder):
    config = json.loads((BUNDLED / "config.json").read_text(encoding="utf-8"))
    files = [path for path in BUNDLED.iterdir() if path.suffix in {".npy", ".json"}]
    assert {path.name for path in files} == {*config["checksums"], "config.json"}
    assert sum(path.stat().st_size for path in files) <= 32_000_000
    for name, checksum in config["checksums"].items():
        assert hashlib.sha256((BUNDLED / name).read_bytes()).hexdigest() == checksum
    assert config["fingerprint"] == encoder.fingerprint
    assert (config["vocabulary_size"], config["dimension"]) == encoder.table().shape


def test_loading_and_encoding_imports_neither_torch_nor_sentence_transformers():
    code = (
        "import contextlib, sys\n"
        "from corpus.errors import DalilError\n"
        "from index.encoder import load_encoder\n"
        "load_encoder('bundled').encode_queries(['who?'])\n"
        "with contextlib.suppress(DalilError):\n    load_encoder('/no/such/folder')\n"
        "print([m for m in ('torch', 'sentence_transformers', 'transformers', 'scipy')"
        " if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["table.npy", "tokenizer.json"])
def test_an_incomplete_folder_is_told_apart(tmp_path, name):
    for path in BUNDLED.iterdir():
        if path.name != name and path.suffix in {".npy", ".json"}:
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(DalilError, match=name):
        load_encoder(str(tmp_path))


@pytest.mark.parametrize("name", ["table.npy", "scales.npy", "tokenizer.json", "config.json"])
def test_a_damaged_file_is_told_apart(tmp_path, name):
    for path in BUNDLED.iterdir():
        if path.suffix in {".npy", ".json"} and path.name != name:
            (tmp_path / path.name).symlink_to(path)
    content = (BUNDLED / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(DalilError, match=name):
        StaticEncoder(tmp_path)


def test_another_schema_is_refused(tmp_path):
    for path in BUNDLED.iterdir():
        if path.suffix == ".npy" or path.name == "tokenizer.json":
            (tmp_path / path.name).symlink_to(path)
    config = json.loads((BUNDLED / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(config | {"schema": 99}), encoding="utf-8")
    with pytest.raises(DalilError, match="99"):
        load_encoder(str(tmp_path))
