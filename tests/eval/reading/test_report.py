"""What the reading benchmark reports equals what can be counted by hand."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import DalilError
from eval.reading.readers import ChosenSentence, Read, WordsMet
from eval.reading.report import auroc, evaluate, false_answers
from eval.reading.tasks import read_tasks
from index import Library
from index.encoder import load_bundled

TEXT = "The ferry leaves Arwad at six. It carries forty passengers. Fog kept it in port on Monday."


class Scripted:
    """A reader whose answers are given by question."""

    def __init__(self, name, answers):
        self.name, self.answers = name, answers

    def read(self, task):
        return self.answers[task.question]


@pytest.fixture
def file(write_squad):
    def qa(key, question, answer):
        if answer is None:
            return {"id": key, "question": question, "answers": [], "is_impossible": True}
        answers = [{"text": answer, "answer_start": TEXT.index(answer)}]
        return {"id": key, "question": question, "answers": answers}

    questions = [
        qa("when", "When does it leave?", "at six"),
        qa("many", "How many does it carry?", "forty passengers"),
        qa("why", "Why did it stay?", "Fog"),
        qa("price", "What does it cost?", None),
    ]
    return write_squad("ferry.json", [{"context": TEXT, "qas": questions}])


GOOD = {
    "When does it leave?": Read(0, "at six", 0.9),
    "How many does it carry?": Read(1, "forty", 0.8),
    "Why did it stay?": Read(2, "the fog", 0.3),
    "What does it cost?": Read(1, "forty", 0.5),
}
POOR = {question: Read(0, None, 0.5) for question in GOOD}


def test_measures_are_counted_by_hand(file):
    report = evaluate(file, file, [Scripted("good", GOOD), Scripted("poor", POOR)])
    assert (report.n, report.answerable) == (4, 3)
    good = {name: interval.value for name, interval in report.readers["good"].items()}
    # Of "forty" against "forty passengers": precision 1, recall 1/2; the article does not count.
    assert good == pytest.approx({
        "sentence": 1.0, "EM": 2 / 3, "F1": (1 + 2 / 3 + 1) / 3,
        # The unanswerable one lies below two of three.
        "AUROC": 2 / 3,
        # None of three may be refused at 15 %, so the threshold is .3.
        "false answers": 1.0,
        "AURC": (0 + 0 + 1 / 3 + 1 / 4) / 4,
    })  # fmt: skip
    poor = {name: interval.value for name, interval in report.readers["poor"].items()}
    assert poor == pytest.approx(
        {"sentence": 1 / 3, "AUROC": 0.5, "false answers": 1.0, "AURC": 3 / 4}
    )
    found = {(d.measure, d.reader, d.against): d.interval.value for d in report.differences}
    assert found[("sentence", "poor", "good")] == pytest.approx(1 / 3 - 1)
    assert ("EM", "poor", "good") not in found


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.booleans(), st.integers(0, 3)), min_size=2, max_size=12
    )
)
@settings(max_examples=100, deadline=None)
def test_auroc_and_false_answers_equal_loops(rows):
    sure = np.array([score / 4 for score, _, _ in rows])
    told = np.array([answerable for _, answerable, _ in rows])
    counts = np.array([[count for _, _, count in rows]], np.int64)
    drawn = [(s, a) for s, a, c in rows for _ in range(c)]
    yes, no = ([s for s, a in drawn if a is kind] for kind in (True, False))
    if not (yes and no):
        return
    pairs = [1.0 if y > n else 0.5 if y == n else 0.0 for y, n in product(yes, no)]
    assert auroc(sure, told, counts) == pytest.approx([sum(pairs) / len(pairs)])
    least = max(t for t in yes if sum(y < t for y in yes) <= 0.15 * len(yes))
    answered = sum(n >= least for n in no) / len(no)
    assert false_answers(sure, told, counts) == pytest.approx([answered])


def test_questions_in_another_language_meet_the_passage_of_their_id(pair):
    tasks = read_tasks(pair.english, pair.arabic)
    assert [task.question for task in tasks] == pair.questions
    assert {task.language for task in tasks} == {"ar"}
    for task in tasks:
        (place,) = task.right
        start, end = task.spans[place]
        assert task.answers[0] in task.passage[start:end]


def test_files_that_do_not_fit_are_told(pair, write_squad, file):
    with pytest.raises(DalilError, match="lacks 4 of the 4"):
        read_tasks(pair.english, file)
    outside = {"text": "six", "answer_start": 10_000}
    bad = write_squad("bad.json", [
        {"context": TEXT, "qas": [{"id": "x", "question": "When?", "answers": [outside]}]}
    ])  # fmt: skip
    with pytest.raises(DalilError, match="starts in no sentence"):
        read_tasks(bad, bad)
    none = write_squad("none.json", [{"context": TEXT, "qas": [{"id": "x", "question": "When?"}]}])
    with pytest.raises(DalilError, match="is_impossible"):
        read_tasks(none, none)


def test_the_choice_and_the_words_find_what_is_plain(tmp_path, pair):
    library = Library.open(tmp_path, load_bundled(), create=True)
    readers = [kind(library.compare, library.words) for kind in (WordsMet, ChosenSentence)]
    report = evaluate(pair.arabic, pair.arabic, readers)
    # "When does the ferry leave?" shares as many words with the sentence about its passengers.
    found = {name: of["sentence"].value for name, of in report.readers.items()}
    assert found == {"words met": 0.75, "choice": 1.0}
    assert "AUROC" not in report.readers["choice"]
    library.close()


def test_sentences_that_a_file_cuts_otherwise_are_matched_by_what_they_share(tmp_path, write_squad):
    text = "Dr. Salma repairs clocks; her workshop opened in 1987. Snow fell."
    spans = [[0, 25], [26, 54], [55, 65]]
    answers = [{"text": "1987", "answer_start": text.index("1987")}]
    file = write_squad("cut.json", [{
        "context": text, "sentences": [text[a:b] for a, b in spans], "sentence_breaks": spans,
        "qas": [{"id": "q", "question": "When did her workshop open?", "answers": answers}],
    }])  # fmt: skip
    (task,) = read_tasks(file, file)
    assert task.right == {1}
    library = Library.open(tmp_path, load_bundled(), create=True)
    assert ChosenSentence(library.compare, library.words).read(task).sentence == 1
    library.close()
