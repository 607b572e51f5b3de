"""Any question-answering model of transformers as a reader, through the `models` extra.

Such a model scores every piece as the first and as the last of the answering words, and its first
piece as both where nothing answers, as SQuAD 2.0 trains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from corpus.errors import DalilError
from corpus.text.characters import replace_surrogates
from index.encoder.sentence_transformers import INSTALL, first_line, is_missing_folder
from rag.reader.protocol import UNREAD, Excerpt, ReadExcerpt, Span, best_words, sentence_of

_LONGEST, _LONGEST_QUESTION = 384, 400
_TRAINED = "ForQuestionAnswering"


class QuestionAnsweringReader:
    """A folder, or a name, of `AutoModelForQuestionAnswering`.

    Raises `DalilError` when transformers is not installed, or the model cannot be loaded or was not
    trained to answer questions.
    """

    def __init__(self, name_or_folder: str) -> None:
        self.name = name_or_folder
        self._tokenizer, self._model = _load(name_or_folder)

    def read(self, question: str, excerpts: Sequence[Excerpt]) -> list[ReadExcerpt]:
        """Read every excerpt, one after another; what is too long for the model is cut off."""
        asked = replace_surrogates(question)[:_LONGEST_QUESTION]
        return [self._read(asked, excerpt) for excerpt in excerpts]

    def _read(self, question: str, excerpt: Excerpt) -> ReadExcerpt:
        import torch

        encoded = self._tokenizer(
            question, replace_surrogates(excerpt.text), truncation="only_second",
            max_length=_LONGEST, return_offsets_mapping=True, return_tensors="pt",
        )  # fmt: skip
        offsets = encoded.pop("offset_mapping")[0].numpy()
        of_text = np.array([kind == 1 for kind in encoded.sequence_ids(0)])
        of_text &= offsets[:, 1] > offsets[:, 0]
        with torch.inference_mode():
            given = self._model(**encoded)
        first = given.start_logits[0].double().numpy()
        last = given.end_logits[0].double().numpy()
        places = np.where(of_text, sentence_of(excerpt.spans, offsets), -1)
        sentences = np.full(len(excerpt.spans), UNREAD)
        words: list[Span | None] = [None] * len(excerpt.spans)
        for place in np.unique(places[places >= 0]).tolist():
            inside = np.flatnonzero(places == place)
            score, (start, end) = best_words(first[inside], last[inside])
            sentences[place] = max(score - first[0] - last[0], UNREAD)
            words[place] = int(offsets[inside[start], 0]), int(offsets[inside[end], 1])
        return ReadExcerpt(sentences, words)


def _load(name: str) -> tuple[Any, Any]:
    if is_missing_folder(name):
        raise _unfit(name, "cannot be loaded (there is no such folder)")
    try:
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer
    except ImportError as error:
        raise DalilError(f"The reader {name!r} needs sentence-transformers: {INSTALL}.") from error
    try:
        model = AutoModelForQuestionAnswering.from_pretrained(name).eval()
        tokenizer = AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError) as error:
        raise _unfit(name, f"cannot be loaded ({first_line(error)})") from error
    if not any(kind.endswith(_TRAINED) for kind in model.config.architectures or []):
        raise _unfit(name, "was not trained to answer questions")
    if not tokenizer.is_fast:
        raise _unfit(name, "has a tokeniser that does not say where its pieces stand")
    return tokenizer, model


def _unfit(name: str, why: str) -> DalilError:
    return DalilError(
        f"The reader {name!r} {why}: give the name or folder of a question-answering model of "
        "transformers, such as deepset/xlm-roberta-base-squad2, or 'bundled' or 'none'."
    )
