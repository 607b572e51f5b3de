"""Any sentence-transformers CrossEncoder as a reranker: question and passage read together.

A cross-encoder compares every word of the one with every word of the other, so it judges better
than two vectors, and costs a run of the model for each passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import DalilError
from corpus.text.characters import replace_surrogates
from index.encoder.sentence_transformers import INSTALL, batch_size, first_line, is_missing_folder

_CLASSIFIER = "ForSequenceClassification"
# Of a token's vector in a large model, where the configuration keeps it elsewhere.
_USUAL_WIDTH = 1024


class Reranker(Protocol):
    """Judges how well texts answer a question."""

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float64]:
        """Float64 `(len(texts),)`, from 0 to 1, higher for better; any text is valid."""


class CrossEncoderReranker:
    """A CrossEncoder with one score, or two labels of which the second means "relevant".

    Raises `DalilError` when sentence-transformers is not installed, or the model cannot be loaded
    or is no cross-encoder. Loading downloads only what is neither a folder nor in the cache.
    """

    def __init__(self, name_or_folder: str) -> None:
        self.name = name_or_folder
        self._model = _load(name_or_folder)
        self._activation = _activation(self._model)
        width = getattr(self._model.config, "hidden_size", None) or _USUAL_WIDTH
        self._at_once = batch_size(self._model, width)

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float64]:
        """Float64 `(len(texts),)`, from 0 to 1: the model's own activation over its output.

        Models that hand out raw logits get the sigmoid, or for two labels the softmax.
        """
        if not texts:
            return np.zeros(0)
        asked = replace_surrogates(question)
        found = self._model.predict(
            [(asked, replace_surrogates(text)) for text in texts],
            batch_size=self._at_once,
            activation_fn=self._activation,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        scores = np.asarray(found, np.float64).reshape(len(texts), -1)[:, -1]
        return np.asarray(scores.clip(0.0, 1.0))


def _activation(model: Any) -> Any:  # noqa: ANN401 - the library has no types
    from torch import nn

    if not isinstance(model.activation_fn, nn.Identity):
        return model.activation_fn
    return nn.Sigmoid() if model.num_labels == 1 else nn.Softmax(dim=-1)


def _load(name: str) -> Any:  # noqa: ANN401
    if is_missing_folder(name):
        raise _unfit(name, "cannot be loaded (there is no such folder)")
    try:
        from sentence_transformers import CrossEncoder
    except ImportError as error:
        raise DalilError(
            f"The reranker {name!r} needs sentence-transformers: {INSTALL}."
        ) from error
    try:
        model = CrossEncoder(name)
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError) as error:
        raise _unfit(name, f"cannot be loaded ({first_line(error)})") from error
    if not _scores_pairs(model):
        raise _unfit(name, "is no cross-encoder: it has no trained layer that scores a pair")
    if model.num_labels > 2:
        raise _unfit(name, f"has {model.num_labels} labels and no single score")
    return model


def _scores_pairs(model: Any) -> bool:  # noqa: ANN401
    """Tell a cross-encoder from a model that the library gave a random layer on top.

    A saved `architectures` names the layers that were trained; models of several modules were
    put together as cross-encoders.
    """
    if len(model) > 1:
        return True
    trained = model.config.architectures or []
    return any(name.endswith(_CLASSIFIER) for name in trained)


def _unfit(name: str, why: str) -> DalilError:
    return DalilError(
        f"The reranker {name!r} {why}: give the name or folder of a sentence-transformers "
        "CrossEncoder, such as cross-encoder/mmarco-mMiniLMv2-L12-H384-v1, or leave out --reranker."
    )
