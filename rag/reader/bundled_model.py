"""The reading model that ships inside the package: onnxruntime, and a table of pieces in 4 bits.

One pass over question and passage scores every piece as a part of a sentence that answers and as
an end of the answering words, and the whole as one that does not answer.  It is what
`index.training.reader` trained; the model card beside the weights tells from what.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import DalilError
from corpus.text.characters import replace_surrogates
from rag.reader.protocol import (
    UNREAD,
    Excerpt,
    Floats,
    Reader,
    ReadExcerpt,
    Span,
    best_words,
    sentence_of,
)

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

FILES = ("layers.onnx", "table.npy", "tokenizer.json")
FORMAT, SCHEMA = "dalil-reader", 1
# Of what is read at once, so much at most is the question, and so much two windows of a long text
# share, so that most sentences are whole in one of them.
_QUESTION_SHARE = _SHARED = 4
# So much of a text is read, in windows and in code points: a passage is longer only where a text
# has no sentences, and reading all of that would take minutes.
_MOST_WINDOWS, _LONGEST_TEXT = 8, 8_000
_REMEMBERED = 256
# A block of weights: a 16-bit scale, then sixteen bytes of two 4-bit weights each.
_SCALE_BYTES = 2
_ZERO = 8


class BundledReader:
    """A folder that `index.training.reader.export` wrote, opened when something is first read."""

    name = "bundled"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        # Who asks again, or asks the same more widely, has the same passages read.
        self._read = lru_cache(maxsize=_REMEMBERED)(self._read_excerpt)

    def read(self, question: str, excerpts: Sequence[Excerpt]) -> list[ReadExcerpt]:
        """Read every excerpt; raises `DalilError` if the folder is incomplete or damaged."""
        with self._lock:
            model = self._model
        asked = model.cut(replace_surrogates(question))
        return [self._read(asked, excerpt.text, tuple(excerpt.spans)) for excerpt in excerpts]

    def _read_excerpt(self, asked: str, text: str, spans: tuple[Span, ...]) -> ReadExcerpt:
        model = self._model
        text = replace_surrogates(text[:_LONGEST_TEXT])
        whole = model.tokenizer.encode(asked, text)
        windows = (whole, *whole.overflowing)[:_MOST_WINDOWS]
        excerpt = Excerpt(text, spans)
        return _merged([_read_window(excerpt, each, model.scores(each)) for each in windows])

    def faults(self) -> list[str]:
        """Return a sentence for each file that is missing or not as it was shipped."""
        try:
            config = _configuration(self._folder)
        except DalilError as error:
            return [str(error)]
        return [
            f"{self._folder / name} is damaged: install Dalil again."
            for name, meant in config["checksums"].items()
            if hashlib.sha256((self._folder / name).read_bytes()).hexdigest() != meant
        ]

    @cached_property
    def _model(self) -> _Model:
        return _Model(self._folder)


class _Model:
    """What is in the folder: the tokeniser, the table of pieces, the layers."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        longest = int(_configuration(folder)["longest"])
        try:
            self.tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._table: NDArray[np.uint8] = np.load(folder / "table.npy", mmap_mode="r")
            self._layers = _session(folder / "layers.onnx")
        except Exception as error:
            # Each of the three libraries has kinds of errors of its own.
            raise DalilError(
                f"The reader in {folder} is damaged ({error}): install Dalil again, or ask with "
                "--reader none."
            ) from error
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(longest, stride=longest // _SHARED, strategy="only_second")
        self._of_questions = Tokenizer(self.tokenizer.model)
        self._of_questions.normalizer = self.tokenizer.normalizer
        self._of_questions.pre_tokenizer = self.tokenizer.pre_tokenizer
        self._of_questions.enable_truncation(longest // _QUESTION_SHARE)

    def cut(self, question: str) -> str:
        """Return as much of a question as leaves room for the text."""
        offsets = self._of_questions.encode(question).offsets
        return question[: offsets[-1][1]] if offsets else question

    def scores(self, pieces: Encoding) -> Floats:
        """Return what the model says of the pieces of a window, float32 (t, 4).

        Windows are read one by one: in a batch, the 8 bits of an input are those of the largest
        value in it, so that texts would change each other's scores; it would be no faster either.
        """
        vectors = self._vectors(np.array(pieces.ids))[None]
        lengths = np.array([len(pieces.ids)], np.int32)
        scores: Floats = self._layers.run(None, {"vectors": vectors, "lengths": lengths})[0][0]
        return scores

    def _vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return rows of the table as float32 (t, h)."""
        blocks = self._table[ids]
        scales = blocks[..., :_SCALE_BYTES].copy().view("<f2").astype(np.float32)
        packed = blocks[..., _SCALE_BYTES:]
        weights = np.concatenate([packed & 0x0F, packed >> 4], axis=-1).astype(np.float32)
        weights -= _ZERO
        weights *= scales
        return weights.reshape(len(ids), -1)


def _read_window(excerpt: Excerpt, pieces: Encoding, scores: Floats) -> ReadExcerpt:
    """Return what the scores of the pieces, (t, 4), say of the sentences that they stand in."""
    text, spans = excerpt
    offsets = np.array(pieces.offsets, np.int64)
    of_text = np.array([kind == 1 for kind in pieces.sequence_ids]) & (
        offsets[:, 1] > offsets[:, 0]
    )
    places = np.where(of_text, sentence_of(spans, offsets), -1)
    sentences = np.full(len(spans), UNREAD)
    words: list[Span | None] = [None] * len(spans)
    for place in np.unique(places[places >= 0]).tolist():
        inside = np.flatnonzero(places == place)
        score = scores[inside, 0].mean() - scores[0, 3]
        sentences[place] = max(float(score), UNREAD)
        _, (first, last) = best_words(scores[inside, 1], scores[inside, 2])
        start, end = offsets[inside[first], 0], offsets[inside[last], 1]
        # The space before a word is a part of its first piece.
        start += len(text[start:end]) - len(text[start:end].lstrip())
        words[place] = max(int(start), spans[place][0]), min(int(end), spans[place][1])
    return ReadExcerpt(sentences, words)


def _merged(windows: Sequence[ReadExcerpt]) -> ReadExcerpt:
    """Return what is said of each sentence in the window in which it does best."""
    if len(windows) == 1:
        return windows[0]
    every = np.array([window.sentences for window in windows])
    best = every.argmax(axis=0)
    words = [windows[window].words[place] for place, window in enumerate(best)]
    return ReadExcerpt(every.max(axis=0), words)


def _configuration(folder: Path) -> dict[str, Any]:
    """Return the configuration of a complete folder."""
    missing = [name for name in ("config.json", *FILES) if not (folder / name).is_file()]
    if missing:
        raise DalilError(
            f"{folder} is no complete reader, {', '.join(missing)} is missing: install Dalil again."
        )
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if (config["format"], config["schema"]) == (FORMAT, SCHEMA):
            return config
    except (ValueError, KeyError, TypeError) as error:
        raise DalilError(f"{folder / 'config.json'} is damaged: install Dalil again.") from error
    raise DalilError(
        f"{folder} is of another schema than this Dalil reads ({SCHEMA}): use the Dalil that the "
        "reader was made with."
    )


def _session(path: Path) -> InferenceSession:
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    # Questions are answered side by side; threads that fight for a core lose more than they gain.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return InferenceSession(path, options, providers=["CPUExecutionProvider"])


# One for the process: its weights are in memory once.
BUNDLED = BundledReader(Path(__file__).with_name("bundled"))


def load_reader(name_or_folder: str) -> Reader | None:
    """Return the reader of that name: "bundled", "none", or a question-answering model.

    Such a model is a folder, or a name, of transformers' `AutoModelForQuestionAnswering`.  Raises
    `DalilError` when it cannot be opened.
    """
    if name_or_folder == "none":
        return None
    if name_or_folder == "bundled":
        return BUNDLED
    from rag.reader.question_answering import QuestionAnsweringReader

    return QuestionAnsweringReader(name_or_folder)
