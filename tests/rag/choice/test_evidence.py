"""What a reader says becomes features of the sentences it was said of, and words of the article."""

import numpy as np
import pytest

from corpus.article import Article, Passage
from index import Library, load_encoder
from rag.answer import Hit
from rag.assistant import Assistant
from rag.choice.evidence import describe, read_again, read_all, sentences_of
from rag.choice.signals import signals
from rag.reader import ReadExcerpt
from rag.reading import read

TEXT = "The ferry left.\n\nIt carried forty people. Fog came on Monday. Nobody was hurt."


class PointingReader:
    """Says that sentences with a word answer, and that the word does."""

    name = "pointing"

    def __init__(self, word):
        self.word, self.seen = word, []

    def read(self, question, excerpts):
        self.seen += [(question, excerpt) for excerpt in excerpts]
        return [self._read(excerpt) for excerpt in excerpts]

    def _read(self, excerpt):
        odds, words = [], []
        for start, end in excerpt.spans:
            at = excerpt.text.find(self.word, start, end)
            odds.append(-8.0 if at < 0 else 6.0)
            words.append(None if at < 0 else (at, at + len(self.word)))
        return ReadExcerpt(np.array(odds), words)


@pytest.fixture
def library(tmp_path):
    with_texts = Library.open(tmp_path, load_encoder("bundled"), create=True)
    with_texts.add([Article("ferry", TEXT, language="en"), Article("b", "A bridge. A school.")])
    yield with_texts
    with_texts.close()


def hits(article, *spans):
    return [
        Hit(Passage(article.id, 1, start, end, article.text[start:end]), article, 0.5)
        for start, end in spans
    ]


def test_each_passage_is_read_once_and_its_words_are_the_articles(library):
    article = library.article("ferry")
    middle = TEXT.index("Fog")
    sentences = sentences_of(hits(article, (0, middle - 1), (middle, len(TEXT))))
    reader = PointingReader("forty people")
    reading = read("How many were on the ferry?", library.words)
    found, features = read_all(reading, sentences, reader)
    assert [excerpt.text for _, excerpt in reader.seen] == [
        "The ferry left. It carried forty people.", "Fog came on Monday. Nobody was hurt.",
    ]  # fmt: skip
    for _, excerpt in reader.seen:
        cut = [excerpt.text[start:end] for start, end in excerpt.spans]
        assert " ".join(cut) == excerpt.text
    assert [question for question, _ in reader.seen] == [reading.standalone] * 2
    assert features["reads"].tolist() == [-8, 6, -8, -8]
    assert features["reads_passage"][0] == features["reads_passage"][1] > 5
    assert features["reads_passage"][2] < -7
    (focus,) = [sentence.focus for sentence in found if sentence.focus]
    assert TEXT[slice(*focus)] == "forty people"


def test_without_a_reader_there_are_the_other_features(library):
    sentences = sentences_of(hits(library.article("ferry"), (0, len(TEXT))))
    reading = read("How many were on the ferry?", library.words)
    alone = describe(reading, sentences, library.compare)
    both = describe(reading, sentences, library.compare, PointingReader("Fog"))
    assert set(both.features) - set(alone.features) == {"reads", "reads_passage"}
    for name, values in alone.features.items():
        assert values.tolist() == both.features[name].tolist()


def test_what_the_reader_points_at_is_cited_with_its_words_marked(library):
    question = "What happened to the ferry?"
    for word, quote in (("forty people", "It carried"), ("Fog", "Fog came")):
        assistant = Assistant(library, reader=PointingReader(word), saves=False)
        answer = assistant.ask(question)
        assert answer.considered[0].features["reads"] == 6
        assert TEXT[answer.considered[0].start :].startswith(quote)
        for citation in answer.citations[:1]:
            assert TEXT[slice(*citation.focus)] == word


def test_the_words_that_answer_are_told_and_kept(library):
    answer = Assistant(library).ask("How many people did the ferry carry?")
    (first, *_) = answer.as_json()["citations"]
    assert "forty" in TEXT[first["focus_start"] : first["focus_end"]]
    assert first["start"] <= first["focus_start"] < first["focus_end"] <= first["end"]
    saved = Assistant(library).saved(answer.answer_id).answer
    assert saved.as_json()["citations"] == answer.as_json()["citations"]


REPORT = (
    "Bridge reopens\n\nThe bridge of Kobani reopened. Traffic began at noon.\n\nA school closed. "
    "The mayor spoke. He thanked forty workers. They cheered. Rain fell."
)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "He thanked forty workers.",
            "Bridge reopens The bridge of Kobani reopened. The mayor spoke. "
            "He thanked forty workers. They cheered.",
        ),
        # Neither the title, with which the text begins, nor what is near both comes twice.
        ("The bridge of Kobani reopened.",
         "Bridge reopens The bridge of Kobani reopened. Traffic began at noon."),
        ("Rain fell.",
         "Bridge reopens The bridge of Kobani reopened. They cheered. Rain fell."),
    ],
)  # fmt: skip
def test_a_sentence_is_read_again_behind_title_and_beginning(library, sentence, expected):
    article = Article("bridge", REPORT, title="Bridge reopens", language="en")
    sentences = sentences_of(hits(article, (0, len(REPORT))))
    place = [each.text for each in sentences].index(sentence)
    reader = PointingReader("forty")
    reading = read("How many workers did the mayor thank?", library.words)
    odds = read_again(reading, sentences, library.compare, reader, place)
    ((question, excerpt),) = reader.seen
    assert question == reading.standalone
    assert excerpt.text == expected
    assert [excerpt.text[start:end] for start, end in excerpt.spans][-1] in REPORT
    assert (odds > 5) is ("forty" in expected)


class TellingReader(PointingReader):
    """Is surer of a question by as much as it has Arabic words."""

    def _read(self, excerpt):
        question = self.seen[-1][0]
        odds = sum("\u0600" < word[0] < "\u06ff" for word in question.split())
        return ReadExcerpt(np.array([float(odds)]), [None])


def test_another_language_is_read_as_asked_and_in_its_own_words(library):
    text = "أُغلق جسر الخابور."
    sentences = sentences_of(hits(Article("b", text, language="ar"), (0, len(text))))
    reading = read("Who closed the Khabur bridge?", library.words)
    reader = TellingReader("")
    odds = read_again(reading, sentences, library.compare, reader, 0)
    asked = [question for question, _ in reader.seen]
    assert asked[0] == reading.text
    assert "الخابور جسر" in asked[1]
    assert len(asked) == 2
    words = sum("\u0600" < word[0] < "\u06ff" for word in asked[1].split())
    assert odds == words / 2 > 0


def test_only_a_reader_reads_again(library):
    article = library.article("ferry")
    sentences = sentences_of(hits(article, (0, len(TEXT))))
    reading = read("How many were on the ferry?", library.words)
    reader = PointingReader("forty")
    described = describe(reading, sentences, library.compare, reader)
    ranks = np.arange(len(sentences), dtype=float)
    found = signals(reading, described, ranks, library.words, 1)
    assert found["again"] == described.again(1) > 5
    # Of each passage, and of each sentence that is judged.
    assert len(reader.seen) == 3
    plain = describe(reading, sentences, library.compare)
    assert plain.again is None
    assert "again" not in signals(reading, plain, ranks, library.words, 1)
