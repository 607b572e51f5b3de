"""What is done for many words at once is what is done for one: folding, pieces, keys of names."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.text import words as module
from corpus.text.names import name_terms, table
from corpus.text.word_names import joined_terms, word_terms
from corpus.text.words import Word, bare, fold, words, words_of

MARKS = ".,:;!?()[]\"'’«»“…–،؛؟%-/"
SOME = "قسد كَ ـ عبد Şe é ﬁ ½ ² ١ 10 ı İ ß ς \u200c \u0301 a'b’c ㎏ 한"
LETTERS = st.one_of(st.sampled_from(SOME + MARKS), st.characters(exclude_categories=["Cs"]))
PIECE = st.text(LETTERS, max_size=8).filter(lambda text: len(text.split()) == 1)
NAMED = st.text(st.sampled_from("".join({*table().first, *table().letters, *table().vowels})))


def folded_whole(word):
    """The definition: of a whole word, and not letter by letter."""
    letters = module._JOINERS.sub("", word).translate(module._LETTERS)
    decomposed = unicodedata.normalize("NFKD", letters)
    kept = (c for c in decomposed if not unicodedata.combining(c))
    digits = (str(unicodedata.digit(c)) if c.isdigit() else c for c in kept)
    return "".join(digits).casefold().translate(module._LETTERS)


@given(st.text(LETTERS))
@settings(max_examples=200, deadline=None)
def test_letters_are_folded_by_themselves(word):
    assert fold(word) == folded_whole(word)


@given(PIECE)
@settings(max_examples=200, deadline=None)
def test_the_word_of_a_piece_is_found_without_the_marks_around_it(piece):
    piece = piece.strip()
    found = list(words(piece))
    assert words_of(piece) == found
    assert [word.folded for word in words_of(bare(piece))] == [word.folded for word in found]


def test_most_pieces_are_bared():
    pieces = ["«قسد»،", "(SDF).", "o'clock", "3rd"]
    assert list(map(bare, pieces)) == ["قسد", "SDF", "o'clock", "3rd"]


@given(NAMED)
@settings(max_examples=300, deadline=None)
def test_terms_of_one_word_are_those_of_its_text(written):
    found = [Word(0, len(written), fold(written))] if written else []
    assert word_terms(written) == name_terms(found, written)


@pytest.mark.parametrize("written", ["والرقة", "للهول", "ظافر", "ههه", "ه", "عا", "Ekîm", "اووو"])
def test_terms_of_words_that_are_read_otherwise(written):
    assert word_terms(written) == name_terms(list(words(written)), written)


def test_names_of_two_words_come_behind_all_others():
    text = "Abdul Hadi met عبد الله، and abd el Rahman."
    found = list(words(text))
    single = [term for word in found for term in name_terms([word], text)]
    assert joined_terms(found, text)
    assert single + joined_terms(found, text) == name_terms(found, text)
