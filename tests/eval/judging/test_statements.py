"""Statements of written answers against the evidence, worked out by hand."""

import pytest

from corpus.article import Article
from eval.cases.case import Case, Evidence, place
from eval.comparing.summary import scores as of_measure
from eval.judging.judge import Writer, judge
from eval.judging.statements import statement_scores
from eval.running.parameters import Parameters
from eval.running.system import dalil, measure
from rag.answer import Answer, Citation, Statement
from tests.fakes.scripted_model import ScriptedModel

FLOOD = Article(
    "flood",
    "غمرت المياه 40 منزلاً في القرية. وقُدّرت الخسائر بنحو 900 ليرة. ولم يُصب أحد.",
    language="ar",
)
RIVER = Article("river", "The river left its bed. 60 houses were flooded.", language="en")
ARTICLES = {article.id: article for article in (FLOOD, RIVER)}
CASE = Case(
    id="a",
    question="How many houses were flooded?",
    language="en",
    answerable=True,
    evidence=(Evidence(article="flood", quote="40 منزلاً"),),
)
UNANSWERABLE = Case(id="b", question="Who is the mayor?", language="en", answerable=False)
# The sentences by number: the first is evidence.
SENTENCES = {1: (FLOOD, 0), 2: (FLOOD, 1), 3: (RIVER, 1)}


def written(*statements, timings=None):
    """Return an answer of statements, each a text, the numbers of its sentences, and its mark."""
    text, placed = "", []
    for words, numbers, supported in statements:
        placed.append(Statement(len(text), len(text) + len(words), numbers, supported))
        text += f"{words} {''.join(f'[{n}]' for n in numbers)} "
    cited = dict.fromkeys(n for _, numbers, _ in statements for n in numbers)
    return Answer(
        "?", "answered", text, 0.8, tuple(map(citation, cited)), mode="llm",
        statements=tuple(placed), timings_ms=timings or {},
    )  # fmt: skip


def citation(n):
    article, number = SENTENCES[n]
    sentence = article.text.split(". ")[number]
    start = article.text.index(sentence)
    return Citation(n, article, start, start + len(sentence))


def outcome(case, answer, writer=Writer("scripted")):  # noqa: B008 - frozen
    (placed,) = place([case], ARTICLES.values())
    return judge(placed, answer, None, lambda name, _=None: ARTICLES[name], {}, 12.5, writer)


HOUSES = ("Water flooded 40 houses.", (1,), True)
CASES = {
    "all is well": ([HOUSES], 1, 1, 1),
    "no citation": ([HOUSES, ("It was sad.", (), False)], 1 / 2, 1 / 2, 1 / 1),
    "a number that is not there": ([HOUSES, ("It took 7 days.", (1,), False)], 1 / 2, 1 / 2, 1 / 2),
    # True, but no evidence of this case: supported, not borne out.
    "beside the evidence": ([HOUSES, ("It cost 900 pounds.", (2,), True)], 1, 1 / 2, 1 / 2),
    # The second sentence bears out nothing alone, and the first does without it.
    "one too many": ([("Water flooded 40 houses.", (1, 2), True)], 1, 1, 1 / 2),
    # Neither holds both numbers, so each is needed.
    "both are needed": ([("It flooded 40 houses and cost 900.", (1, 2), True)], 1, 1, 2 / 2),
    "one of three statements": (
        [HOUSES, ("60 houses, said others.", (3,), True), ("It took 7 days.", (1, 2), False)],
        2 / 3, 1 / 3, 1 / 4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_statements(name):
    statements, supported, recall, precision = CASES[name]
    found = outcome(CASE, written(*statements)).scores
    assert found["supported statements"] == supported
    assert found["statement citation recall"] == recall
    assert found["statement citation precision"] == precision
    assert found["fallback"] == 0.0


def test_nothing_cited_has_no_precision():
    found = outcome(CASE, written(("It was sad.", (), False))).scores
    assert (found["supported statements"], found["statement citation recall"]) == (0.0, 0.0)
    assert "statement citation precision" not in found


def test_without_evidence_only_the_warnings_count():
    found = statement_scores(written(HOUSES, ("It was sad.", (), False)), ())
    assert found == {"supported statements": 1 / 2}


def test_a_fallback_has_no_statements():
    answer = Answer("?", "answered", "“…” [1]", 0.8, (citation(1),), timings_ms={"first_token": 9})
    found = outcome(CASE, answer)
    assert found.scores["fallback"] == 1.0
    assert found.first_token == 9
    assert not [name for name in found.scores if "statement" in name]


def test_a_refusal_is_no_fallback():
    refused = Answer("?", "abstained", "The articles do not say.", 0.1, mode="llm")
    assert outcome(UNANSWERABLE, refused).scores["fallback"] == 0.0


def test_without_a_model_nothing_of_it_is_scored():
    answer = Answer("?", "answered", "“…” [1]", 0.8, (citation(1),), timings_ms={"first_token": 9})
    found = outcome(CASE, answer, writer=None)
    assert found.first_token is None
    assert "fallback" not in found.scores
    assert not len(of_measure([found], "first token p50"))


def test_first_tokens():
    outcomes = [outcome(CASE, written(HOUSES, timings={"first_token": t})) for t in (10, 20, 90)]
    assert of_measure(outcomes, "first token p95").tolist() == [10, 20, 90]


def test_a_model_is_measured(library):
    library.add([FLOOD, RIVER])

    def reply(messages):
        prompt = messages[-1].text
        number = next(
            line[1 : line.index("]")] for line in prompt.splitlines() if "40 منزلاً" in line
        )
        yield f"Water flooded 40 houses [{number}]."

    # The first question is asked twice, to load what later ones find there.
    model = ScriptedModel([reply, reply])
    system = dalil(library, Parameters(), llm=model)
    (found,) = measure(system, place([CASE], ARTICLES.values()), library, lambda *_: None)
    assert found.mode == "llm"
    assert found.scores["statement citation recall"] == 1.0
    assert found.first_token > 0
