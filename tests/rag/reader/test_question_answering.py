"""Question-answering models of transformers as readers, with tiny ones made here."""

import sys

import numpy as np
import pytest

from corpus.errors import DalilError
from rag.reader import Excerpt, load_reader
from rag.reader.protocol import UNREAD

pytest.importorskip("transformers")

WORDS = ["bridge", "camp", "city", "convoy", "did", "go", "market", "river", "the", "to", "where"]
TEXT = "the convoy. the river market. to city"
SPANS = [(0, 11), (12, 29), (30, 37)]
QUESTION = "where did the convoy go"


@pytest.fixture
def make_model(tmp_path):
    """Save a small random BERT of a kind; the same each time."""
    import torch
    import transformers

    def make(kind="BertForQuestionAnswering"):
        vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", *WORDS]
        tokenizer = transformers.BertTokenizer({word: i for i, word in enumerate(vocabulary)})
        tokenizer.save_pretrained(tmp_path)
        torch.manual_seed(7)
        config = transformers.BertConfig(
            vocab_size=len(vocabulary), intermediate_size=32, initializer_range=1.0,
            hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        )  # fmt: skip
        getattr(transformers, kind)(config).save_pretrained(tmp_path)
        return str(tmp_path)

    return make


def test_scores_are_the_models_own_against_its_first_piece(make_model):
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    folder = make_model()
    (found,) = load_reader(folder).read(QUESTION, [Excerpt(TEXT, SPANS)])
    encoded = AutoTokenizer.from_pretrained(folder)(QUESTION, TEXT, return_tensors="pt")
    with torch.inference_mode():
        given = AutoModelForQuestionAnswering.from_pretrained(folder)(**encoded)
    first, last = given.start_logits[0].numpy(), given.end_logits[0].numpy()
    # [CLS] 5 words [SEP], then "the convoy ." and so on.
    pieces = {0: [7, 8, 9], 1: [10, 11, 12, 13], 2: [14, 15]}
    meant = [
        max(first[i] + last[j] for i in of for j in of if i <= j) - first[0] - last[0]
        for of in pieces.values()
    ]
    np.testing.assert_allclose(found.sentences, np.maximum(meant, UNREAD), atol=1e-4)
    for (start, end), words in zip(SPANS, found.words, strict=True):
        assert start <= words[0] < words[1] <= end


def test_what_is_no_such_model_is_told_in_a_sentence(make_model, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DalilError, match="no such folder"):
        load_reader(str(tmp_path / "nowhere" / "at" / "all"))
    with pytest.raises(DalilError, match="was not trained to answer questions"):
        load_reader(make_model("BertForSequenceClassification"))
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(DalilError, match=r"pip install '\.\[models\]'"):
        load_reader("some/reader")
