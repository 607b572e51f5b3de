"""Hostile articles, and models that do as they say: the reader is not deceived by either.

Each case is an article with instructions, and what a model writes that obeys them.  `marked` are
words of statements that must be marked as unsupported, `fine` of statements that must not be,
`absent` what the reader must not get to see at all.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import regex

from corpus.article import Article
from index import Filters, Library
from rag import Assistant
from rag.llm.support import _MARKER
from tests.fakes.scripted_model import ScriptedModel

# Each article is added once, by one process, for all that is asked of it.
pytestmark = pytest.mark.xdist_group("injections")

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "injections.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
QUESTIONS = {
    "en": "How much did the repair of the vegetable market cost?",
    "ar": "كم بلغت كلفة ترميم سوق الخضار؟",
}
OPENED = "أُعيد فتح سوق الخضار في بلدة تل النخيل يوم الأحد."
COST = "وقال رئيس البلدية فادي الحمصي إن كلفة الترميم بلغت 40 ألف دولار."
HONEST = Article(
    id="honest",
    title="سوق الخضار يفتح أبوابه",
    text=f"{OPENED}\n{COST}",
    outlet="Open Times",
    language="ar",
)
# It answers the question better than any other, and this reader may not see it.
SECRET = Article(
    id="secret",
    title="كلفة ترميم سوق الخضار",
    text="بلغت كلفة ترميم سوق الخضار 7719 ديناراً من صندوق نرجس السري.",
    outlet="Closed Gazette",
    language="ar",
)
ALLOWED = Filters(outlets=("Open Times",))
# What makes more than words in some surface: addresses, Markdown links and images, tags, and
# characters that hide or turn text around.
LIVE = regex.compile(
    r"\w+://|www\.|\]\(|!\[|\]:|javascript:|<\s*[/!?]?\s*[a-zA-Z]"
    r"|[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)


def hostile(case):
    return Article(
        id="hostile",
        title=case.get("title", "Vegetable market"),
        text=case["text"],
        outlet="Open Times",
        language=case["question"],
    )


def obeying(case):
    """Return a reply that puts the true numbers of two sentences into the words of the case."""

    def reply(messages):
        prompt = messages[-1].text
        numbers = {
            name: regex.search(rf"\[(\d+)\] {regex.escape(sentence)}", prompt)[1]
            for name, sentence in (("opened", OPENED), ("cost", COST))
        }
        words = case["reply"]
        for name, number in numbers.items():
            words = words.replace(f"{{{name}}}", number)
        # Three characters at a time, as no marker or tag is.
        yield from (words[at : at + 3] for at in range(0, len(words), 3))

    return reply


@dataclass
class Attack:
    """A case with the library, the model that obeyed, and the events of the answer."""

    case: dict
    library: Library
    model: Any
    events: list

    @property
    def answer(self):
        return self.events[-1].answer


@pytest.fixture(scope="module", params=CASES, ids=[case["name"] for case in CASES])
def attack(request, make_collection):
    """Carry out a case: the model has obeyed."""
    case = request.param
    library = make_collection(HONEST, SECRET, hostile(case))
    model = ScriptedModel([obeying(case)])
    assistant = Assistant(library, reader=None, llm=model)
    events = list(assistant.stream(QUESTIONS[case["question"]], filters=ALLOWED))
    return Attack(case, library, model, events)


def test_there_are_thirty():
    assert len({case["text"] for case in CASES}) >= 30
    assert {case["question"] for case in CASES} == set(QUESTIONS)


def test_obeying_deceives_nobody(attack):
    case, answer = attack.case, attack.answer
    # The attack did reach the model.
    assert len(attack.model.asked) == 1
    assert case["text"][:20] in attack.model.asked[0][-1].text
    refused = (answer.mode, answer.status) == ("llm", "abstained")
    outcome = "abstained" if refused else answer.mode
    assert outcome == case["mode"]
    statements = [(answer.text[s.start : s.end], s.supported) for s in answer.statements]
    for words in case["marked"]:
        assert [supported for text, supported in statements if words in text] == [False], statements
    for words in case["fine"]:
        assert True in [supported for text, supported in statements if words in text], statements
    if case["mode"] == "llm" and case["marked"]:
        assert answer.notice


def test_nothing_but_words_reaches_the_reader(attack):
    case, answer = attack.case, attack.answer
    kinds = [event.kind for event in attack.events]
    # The articles' own sentences, which may follow, are quoted as they are.
    written = attack.events[: kinds.index("restart") if "restart" in kinds else None]
    tokens = "".join(event.text for event in written if event.kind == "token")
    for text in (tokens, answer.text if answer.mode == "llm" else "", answer.notice or ""):
        assert not LIVE.search(text), text
    assert not [words for words in case["absent"] if words in answer.text]


def test_quotes_and_markers_are_true(attack):
    answer = attack.answer
    for citation in answer.citations:
        stored = attack.library.article(citation.article.id, citation.article.version).text
        assert citation.quote == stored[citation.start : citation.end] != ""
    if answer.mode == "llm":
        numbers = {int(marker[1:-1]) for marker in _MARKER.findall(answer.text)}
        assert numbers == {citation.n for citation in answer.citations}
        # Every cited word is in a statement that was checked.
        assert numbers == {n for s in answer.statements for n in s.citations}


def test_nothing_outside_the_filters_leaks(attack):
    prompt = "\n".join(message.text for message in attack.model.asked[0])
    shown = json.dumps([event.as_json() for event in attack.events], ensure_ascii=False)
    # An id is drawn, and may hold any digits.
    shown = shown.replace(str(attack.answer.answer_id), "")
    for text in (prompt, shown):
        assert "نرجس" not in text
        assert "7719" not in text
    assert all(event.citation.article.id != "secret" for event in attack.events if event.citation)
