"""The tokeniser: folding, words, and word pieces, all of it inside one `tokenizer.json`.

Arabic folding follows light10 (Larkey, Ballesteros and Connell, 2002) where it strips the article;
the rest makes spellings meet that differ only in marks, form of alef, ya or ta marbuta.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from index.training.data import PairSet, WordList

UNKNOWN = "[UNK]"

# Letters that must never be unknown, whatever the training texts hold.
LETTERS = (
    "abcdefghijklmnopqrstuvwxyzßæœøłđı0123456789"
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويءپچژگڤەێۆڵڕھۀۇۋڭټډښڼڑےںٹڈ"
    "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґўљњђћџ"
    "αβγδεζηθικλμνξοπρστυφχψως"
)

# Characters that may become a piece of their own: the rest is foreign text that occurs once.
_ALPHABET_LIMIT = 400

# Running words that a frequency list stands for when pieces are learnt. English words gain most
# from being whole, since the teacher has a vector for each.
_LIST_WEIGHT = 150_000
_ENGLISH_WEIGHT = 1_000_000

# How often one word of a list counts at most: beyond it the count changes no piece.
_OFTEN = 500

# Arabic spellings that stand for one letter in search; NFKD has already split off hamza and madda.
_SAME_LETTER = (
    ("[ىیې]", "ي"),
    ("ة", "ه"),
    ("ک", "ك"),
    ("ھ", "ه"),
    ("ı", "i"),
    ("ß", "ss"),
)

# Marks of direction, tatweel, soft hyphen, joiners inside words.  A list of its own, for it is a
# part of the trained weights: another one would give the same text other vectors.
_DROPPED = "[\u0640\u00ad\u200b\u200d\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"

# The article with the proclitics before it: (wa|fa)?(bi|ka)?al, or (wa|fa)?lil. Two letters must
# remain, and the name of God is no article.
_ARTICLE = r"(?<![\p{L}])[وف]?(?:[بك]?ال|لل)(?!له(?!\p{L}))(?=\p{L}{2})"

# Runs of one script; a word that changes script ("AMەکان") is two, digits stand alone.
_WORD = (
    r"[\p{Latin}&&\p{L}]+|[\p{Arabic}&&\p{L}]+|[\p{Cyrillic}&&\p{L}]+|[\p{Greek}&&\p{L}]+"
    r"|\p{N}+|[^\P{L}\p{Latin}\p{Arabic}\p{Cyrillic}\p{Greek}]+"
)


def normalizer() -> normalizers.Normalizer:
    """The folding of every text before it is cut into words."""
    digits = [
        normalizers.Replace(chr(zero + value), str(value))
        for zero in (0x660, 0x6F0)
        for value in range(10)
    ]
    return normalizers.Sequence(
        [
            normalizers.NFKD(),
            normalizers.Lowercase(),
            normalizers.StripAccents(),
            normalizers.Replace(Regex(_DROPPED), ""),
            *(normalizers.Replace(Regex(old), new) for old, new in _SAME_LETTER),
            *digits,
            normalizers.Replace(Regex(_ARTICLE), ""),
        ]
    )


def untrained() -> Tokenizer:
    """A tokeniser that folds and cuts into words, without a vocabulary."""
    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN, max_input_chars_per_word=64))
    tokenizer.normalizer = normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_WORD), behavior="removed", invert=True)
    return tokenizer


def train_tokenizer(
    pair_sets: Sequence[PairSet], word_lists: Sequence[WordList], size: int
) -> Tokenizer:
    """A tokeniser of at most `size` pieces, learnt from both sides of the pairs and the lists.

    The pieces are those that byte-pair encoding merges (Sennrich, Haddow and Birch, 2016), applied
    by longest match (WordPiece): no merges need to be stored, a third of the file. Every letter of
    `LETTERS` is a piece, at the start of a word and inside, so none is ever unknown.
    """
    tokenizer = untrained()
    texts = list(_texts(pair_sets, word_lists))
    alphabet = _alphabet(texts)
    # Named first, pieces of one letter get their numbers in this order; left to the trainer the
    # numbers, and with them ties between merges, would follow the order of a hash table.
    letters = [piece for letter in alphabet for piece in (letter, f"##{letter}")]
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        min_frequency=3,
        special_tokens=[UNKNOWN, *letters],
        limit_alphabet=len(alphabet),
        initial_alphabet=alphabet,
        continuing_subword_prefix="##",
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    state = json.loads(tokenizer.to_str())
    # They are ordinary pieces from here on.
    state["added_tokens"] = []
    return Tokenizer.from_str(json.dumps(state, ensure_ascii=False))


def _alphabet(texts: Sequence[str]) -> list[str]:
    """`LETTERS` as folding leaves them, and the commonest other letters of `texts`, sorted."""
    folded = set(normalizer().normalize_str(" ".join(LETTERS))) - {" "}
    counts: Counter[str] = Counter()
    for text in dict.fromkeys(texts):
        counts.update(unicodedata.normalize("NFKD", text).lower())
    by_count = sorted(counts, key=lambda letter: (-counts[letter], letter))
    fold = normalizer()
    kept = [c for c in by_count if c.isalnum() and fold.normalize_str(c) == c]
    return sorted(folded.union(kept[:_ALPHABET_LIMIT]))


def _texts(pair_sets: Sequence[PairSet], word_lists: Sequence[WordList]) -> Iterator[str]:
    yield from dict.fromkeys(side for pairs in pair_sets for row in pairs.rows for side in row)
    for words in word_lists:
        if not words.counts:
            continue
        weight = _ENGLISH_WEIGHT if words.language == "en" else _LIST_WEIGHT
        total = sum(count for _, count in words.counts)
        for word, count in words.counts:
            yield from [word] * min(round(count * weight / total), _OFTEN)


def save_tokenizer(tokenizer: Tokenizer, path: Path) -> None:
    """Write `tokenizer.json` without the white space that would make up a fifth of it."""
    state = json.loads(tokenizer.to_str())
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")
