"""Answerers that are bad on purpose: the right measure catches each, and the gate fails."""

import random
from dataclasses import replace

import pytest

from corpus.text.sentences import sentence_spans
from eval.cases.case import read_cases
from eval.comparing.baseline import read_baseline, write_baseline
from eval.comparing.compare import compare
from eval.comparing.gate import check
from eval.comparing.side_by_side import comparison_markdown
from eval.running.evaluate import CASES, DEMO, Plan, evaluate, quick, read_articles
from eval.running.parameters import Parameters
from eval.running.system import System, dalil
from index import Library, load_encoder
from rag.answer import Citation
from rag.citing.cite import compose
from rag.citing.refusal import abstention

# One process asks Dalil for all of these tests.
pytestmark = pytest.mark.xdist_group("cases")


class RandomCitations:
    """Answers when Dalil does, but with a sentence drawn from anywhere."""

    def __init__(self, library, answers):
        self._library, self._answers = library, answers
        self._ids = [article.id for article in library.articles()]
        self._random = random.Random(7)

    def ask(self, question, history=()):
        answer = self._answers.ask(question, history)
        if answer.status == "abstained":
            return answer
        article = self._library.article(self._random.choice(self._ids))
        start, end = self._random.choice(list(sentence_spans(article.text)))
        cited = (Citation(1, article, start, end),)
        return replace(answer, citations=cited, text=compose(question, cited))


class Refusing:
    """Always abstains."""

    def ask(self, question, history=()):
        return abstention(question, ())


class WrongWords:
    """Cites what Dalil cites and says something else."""

    def __init__(self, answers):
        self._answers = answers

    def ask(self, question, history=()):
        answer = self._answers.ask(question, history)
        return replace(answer, text="Nobody knows, they say. لا أحد يعلم شيئاً عن ذلك. [1]")


class ForgedQuotes:
    """Shows words that the article does not have."""

    def __init__(self, answers):
        self._answers = answers

    def ask(self, question, history=()):
        answer = self._answers.ask(question, history)
        forged = tuple(
            replace(c, article=replace(c.article, text=c.article.text.upper()[::-1]))
            for c in answer.citations
        )
        return replace(answer, citations=forged)


class Remembered:
    """Asks Dalil each question once, since every answerer here begins with its answer."""

    def __init__(self, honest):
        self._honest, self._known = honest, {}

    def ask(self, question, history=()):
        return self._once(self._honest.ask, question, history)

    def search(self, question, history=(), k=10):
        return self._once(self._honest.search, question, history, k)

    def _once(self, method, *asked):
        key = (method.__name__, *asked)
        if key not in self._known:
            self._known[key] = method(*asked)
        return self._known[key]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sabotage")
    library = Library.open(folder, load_encoder("bundled"), create=True)
    library.add(read_articles(DEMO))
    library.close()
    return folder


@pytest.fixture(scope="module")
def run(home):
    """Return a function that asks a third of the cases of what a sabotage makes of Dalil."""
    cases = quick(read_cases(CASES))
    kept = {}

    def asked(sabotage=lambda library, honest: honest):
        def answering(library, parameters, reranker, **models):
            if not kept:
                opened = Library.open(home, library.encoder)
                system = dalil(opened, parameters, reranker, **models)
                kept["answers"] = Remembered(system.answers)
                kept["unrefusing"] = Remembered(system.unrefusing)
            honest = System(kept["answers"], kept["answers"], kept["unrefusing"])
            return sabotage(library, honest)

        plan = Plan("quick", cases, "cases, a third", "demo", home=home)
        return evaluate(plan, answering=answering)

    return asked


@pytest.fixture(scope="module")
def baseline(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("gate") / "baseline.json"
    write_baseline(run(), path)
    return read_baseline(path)


def random_citations(library, honest):
    return System(RandomCitations(library, honest.answers), honest.finds)


def refusing(library, honest):
    return System(Refusing(), honest.finds)


def never_refusing(library, honest):
    return System(honest.unrefusing, honest.finds)


def wrong_words(library, honest):
    return replace(honest, answers=WrongWords(honest.answers))


def forged_quotes(library, honest):
    return replace(honest, answers=ForgedQuotes(honest.answers))


RETRIEVAL = {"RR", "nDCG@10", "R@1", "R@5", "R@10"}
CITING = {"evidence cited", "citation precision", "citation recall", "false answers"}


@pytest.mark.parametrize(
    ("sabotage", "caught", "blameless"),
    [
        (
            random_citations,
            {"evidence cited", "citation precision", "citation recall", "risk"},
            RETRIEVAL | {"false answers", "false refusals"},
        ),
        (refusing, {"false refusals", "evidence cited"}, RETRIEVAL | {"false answers"}),
        (never_refusing, {"false answers"}, RETRIEVAL | {"false refusals"}),
        (wrong_words, {"answer containment", "F1"}, RETRIEVAL | CITING),
    ],
)
def test_the_measure_that_should_catch_it_does_and_the_gate_fails(
    run, baseline, sabotage, caught, blameless
):
    report = check(run(sabotage), baseline)
    worse = {difference.measure for difference in report.worse}
    assert caught <= worse
    assert not worse & blameless
    assert not report.passed


def test_one_forged_quote_is_enough_to_fail(run, baseline):
    report = check(run(forged_quotes), baseline)
    assert report.inexact
    assert not report.passed


def test_dalil_itself_passes(run, baseline):
    assert check(run(), baseline).passed


def test_a_setting_that_hurts_is_a_significant_loss_with_the_cases_that_flipped(run, home):
    cases = quick(read_cases(CASES))
    plan = Plan("quick", cases, "cases, a third", "demo", home=home)
    hurt = Parameters().with_values({
        "selection.ranking.context": "0", "selection.ranking.reads": "0", "fusion.soft": "0"
    })  # fmt: skip
    comparison = compare(run(), evaluate(replace(plan, parameters=hurt)))
    worse = {d.measure for d in comparison.differences if d.verdict == "worse"}
    assert worse
    assert {change.name for change in comparison.changes} >= {"setting fusion.soft"}
    text = comparison_markdown(comparison)
    flipped = [flip.after.case for flip in comparison.flips if flip.direction == "worse"]
    assert flipped
    assert all(case.question in text for case in flipped[:5])
