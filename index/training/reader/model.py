"""The reading model: one pass over question and passage scores sentences, words and "no answer"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from index.training.reader.examples import Example

if TYPE_CHECKING:
    from transformers import BertModel

# The file of a shipped reader's layers.
LAYERS = "layers.onnx"
# A batch is filled up to a multiple of so many pieces: kernels are compiled for each length anew,
# and kept for some hundred shapes only.
_MULTIPLE = 8
# What is added to the score of a token or sentence that is none.
_NONE = -1e4


@dataclass(frozen=True)
class Batch:
    """Examples as tensors, `n` of them of at most `t` pieces and `s` sentences.

    `ids` and `mask` int64 (n, t); `sentence` int64 (n, t) is the number of the sentence that a
    piece stands in, -1 for one of the question; `right` bool (n, s + 1) marks the sentences that
    answer, the last column "none of them"; `real` bool (n, s + 1) marks what there is; `words`
    int64 (n, 2) are the first and the last piece of the answering words, -1 where unknown.
    """

    ids: Tensor
    mask: Tensor
    sentence: Tensor
    right: Tensor
    real: Tensor
    words: Tensor


class ReadingModel(nn.Module):
    """A BERT with three heads; `bert`'s table of pieces stays as it is."""

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        self.bert = bert
        hidden = bert.config.hidden_size
        self.of_sentence = nn.Linear(hidden, 1)
        self.of_words = nn.Linear(hidden, 2)
        self.of_none = nn.Linear(hidden, 1)
        self.bert.embeddings.word_embeddings.weight.requires_grad_(False)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return scores of the sentences and of none (n, s + 1), and of pieces as ends (n, t, 2).

        A sentence is the mean of its pieces.
        """
        states = self.bert(input_ids=batch.ids, attention_mask=batch.mask).last_hidden_state
        count = batch.real.shape[1] - 1
        held = nn.functional.one_hot(batch.sentence.clamp(min=0), max(count, 1)).to(states.dtype)
        held = held * (batch.sentence >= 0).unsqueeze(-1)
        means = held.transpose(1, 2) @ states / held.sum(1).clamp(min=1).unsqueeze(-1)
        sentences = self.of_sentence(means).squeeze(-1)[:, :count]
        scores = torch.cat([sentences, self.of_none(states[:, 0])], dim=1)
        words: Tensor = self.of_words(states)
        outside = (batch.sentence < 0).unsqueeze(-1)
        return scores.masked_fill(~batch.real, _NONE), words.masked_fill(outside, _NONE)

    def loss(self, batch: Batch) -> Tensor:
        """Return the loss of a batch: what is right against all there is, and the ends of words.

        Several sentences may be right; any of them will do (Clark and Gardner 2018).
        """
        scores, words = self(batch)
        right = scores.masked_fill(~batch.right, _NONE).logsumexp(1)
        total: Tensor = (scores.logsumexp(1) - right).mean()
        known = batch.words[:, 0] >= 0
        if known.any():
            ends = words[known].transpose(1, 2).reshape(-1, words.shape[1])
            total = total + nn.functional.cross_entropy(ends, batch.words[known].reshape(-1))
        return total


def make_batch(examples: Sequence[Example], tokenizer: Tokenizer, longest: int) -> Batch:
    """Cut examples into at most `longest` pieces; sentences that are cut off are not real."""
    tokenizer.enable_truncation(longest)
    padding = {**(tokenizer.padding or {}), "pad_to_multiple_of": _MULTIPLE}
    tokenizer.enable_padding(**padding)
    encoded = tokenizer.encode_batch([(each.question, each.passage) for each in examples])
    count = max(len(each.spans) for each in examples)
    ids = torch.tensor([each.ids for each in encoded])
    mask = torch.tensor([each.attention_mask for each in encoded])
    sentence = torch.full_like(ids, -1)
    right = torch.zeros((len(examples), count + 1), dtype=torch.bool)
    real, words = torch.zeros_like(right), torch.full((len(examples), 2), -1)
    for row, (example, pieces) in enumerate(zip(examples, encoded, strict=True)):
        for at, (kind, (start, end)) in enumerate(
            zip(pieces.sequence_ids, pieces.offsets, strict=True)
        ):
            if kind == 1 and end > start:
                sentence[row, at] = _place(example, start, end)
                if example.answer and start < example.answer[1] and end > example.answer[0]:
                    words[row, 0] = at if words[row, 0] < 0 else words[row, 0]
                    words[row, 1] = at
        held = set(sentence[row].tolist()) - {-1}
        real[row, sorted(held)] = True
        real[row, count] = True
        answering = sorted(example.right & held)
        right[row, answering or [count]] = True
    return Batch(ids, mask, sentence, right, real, words)


def _place(example: Example, start: int, end: int) -> int:
    """Return the sentence that a piece stands in; a space before one belongs to it."""
    middle = (start + end - 1) // 2
    return next((p for p, (_, last) in enumerate(example.spans) if middle < last), -1)
