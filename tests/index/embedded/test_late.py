"""How words are met in texts equals a word-by-word reference, in each way there is."""

import numpy as np
import pytest

from corpus.text.names import name_terms
from corpus.text.stems import passage_terms, terms
from corpus.text.words import words
from index.embedded import texts as of_texts
from index.embedded.soft import TokenCosines
from index.embedded.texts import TextIndex, best_similarities, compare, token_ids
from index.encoder import load_bundled
from index.engine import SAME_NAME, SAME_STEM
from rag.reading import read
from tests.rag.search.test_rank import QUESTIONS, TEXTS


@pytest.fixture(scope="module")
def encoder():
    return load_bundled()


def met_by_meaning(word, text, encoder):
    """The best cosine of each token of a word, as much as the token counts in the word."""
    ids, held = encoder.tokenize(word).ids, encoder.tokenize(text).ids
    if not len(ids) or not len(held):
        return 0.0
    total = 0.0
    for token, norm in zip(ids, encoder.token_norms(ids), strict=True):
        one = encoder.token_vectors(np.array([token]))[0]
        best = max(float(one @ other) for other in encoder.token_vectors(held))
        total += float(norm) * max(best, 0.0)
    return total / float(encoder.token_norms(ids).sum())


def met(question, place, text, language, languages, encoder):
    """How well one word of a question is met in one text, worked out word by word."""
    word = question.words[place]
    found = met_by_meaning(word.text, text, encoder)
    held = set(passage_terms(text, language))
    names = set(name_terms(list(words(text)), text))
    others = [set(terms(name, "ar")) for name in word.aliases]
    if names & set(word.keys) or any(other and other <= held for other in others):
        found = max(found, SAME_NAME)
    stems = [terms(word.text, code) for code in languages]
    if any(len(s) == 1 and ({s[0], "ل" + s[0]} & held) for s in stems):
        found = SAME_STEM
    return found


@pytest.mark.parametrize("text", QUESTIONS)
def test_similarities_equal_a_reference_by_word(encoder, text):
    texts, codes = [t for _, t in TEXTS], [code for code, _ in TEXTS]
    index, languages = TextIndex.build(texts, codes, encoder), sorted(set(codes))
    question = read(text, encoder).query
    rows = np.array([row for row in range(len(texts)) if row != 3])
    vectors = encoder.token_vectors(index.tokens.vocabulary)
    cosines = TokenCosines.between(encoder.token_vectors(token_ids(question)), vectors)
    ours = best_similarities(question, index, cosines, rows, languages)
    expected = [
        [
            met(question, place, *TEXTS[row][::-1], languages, encoder)
            for place in range(len(question.words))
        ]
        for row in rows.tolist()
    ]
    assert ours.shape == (len(rows), len(question.words))
    np.testing.assert_allclose(ours, np.array(expected).reshape(ours.shape), atol=1e-5)


@pytest.mark.parametrize("text", QUESTIONS)
def test_texts_are_compared_as_if_all_of_them_were_indexed(encoder, text):
    texts, codes = [t for _, t in TEXTS], [code for code, _ in TEXTS]
    index, question = TextIndex.build(texts, codes, encoder), read(text, encoder).query
    vectors = encoder.token_vectors(index.tokens.vocabulary)
    cosines = TokenCosines.between(encoder.token_vectors(token_ids(question)), vectors)
    expected = best_similarities(question, index, cosines, np.arange(len(texts)), set(codes))
    np.testing.assert_array_equal(compare(question, texts, codes, encoder), expected)


def test_names_of_texts_are_looked_at_only_if_a_name_is_asked_for(encoder, monkeypatch):
    seen = []
    monkeypatch.setattr(of_texts, "name_terms", lambda *of: seen.append(of) or [])
    for text in ("من باع القمح؟", "Where did Caggins meet the tribes?"):
        compare(read(text, encoder).query, [TEXTS[1][1]], ["ar"], encoder)
    assert [text for _, text in seen] == [TEXTS[1][1]]


def test_each_way_of_meeting_a_word_is_seen(encoder):
    """The reference above would agree with nothing at all, were no text met in a given way."""
    texts, codes = [t for _, t in TEXTS], [code for code, _ in TEXTS]
    index = TextIndex.build(texts, codes, encoder)
    vectors, rows = encoder.token_vectors(index.tokens.vocabulary), np.arange(len(texts))

    def similarity(asked, word, row):
        question = read(asked, encoder).query
        place = [w.text for w in question.words].index(word)
        cosines = TokenCosines.between(encoder.token_vectors(token_ids(question)), vectors)
        return best_similarities(question, index, cosines, rows, set(codes))[row, place]

    assert similarity(QUESTIONS[0], "Caggins", 1) >= SAME_NAME - 1e-6
    assert similarity(QUESTIONS[0], "Caggins", 3) < SAME_NAME
    assert similarity(QUESTIONS[1], "SDF", 0) >= SAME_NAME - 1e-6
    assert similarity(QUESTIONS[1], "SDF", 7) < SAME_NAME
    # With the preposition on it the stem is another.
    assert similarity(QUESTIONS[2], "قسد", 4) == SAME_STEM
    assert similarity(QUESTIONS[4], "القمح", 5) > 0.5 > similarity(QUESTIONS[4], "القمح", 7)
    assert not similarity(QUESTIONS[4], "القمح", 9)
