"""What a reader says becomes features of the sentences it was said of, and words of the article."""

import numpy as np
import pytest

from corpus.article import Article, Passage
from index import Library, load_encoder
from rag.answer import Hit
from rag.assistant import Assistant
from rag.choice.evidence import describe, read_all, sentences_of
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
